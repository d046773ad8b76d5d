"""Invariant: a kind is one class, and an old shape of it is read as the present one (rule J1)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

import pytest
from attrs import frozen

from incidentflow import Command, Event, Incident
from incidentflow.codec import Codec
from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Entry
from incidentflow.process import Note
from incidentflow.testing.clock import MONDAY
from incidentflow.words import SYSTEM


@frozen
class Measured(Event):
    """A host's own event, in its third shape."""

    schema: ClassVar[int] = 3

    took: timedelta
    unit: str = "ms"

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """Microseconds were once written as seconds, under another name."""
        if version == 1:
            return {"took": data["seconds"] * 1_000_000}
        return super().upcast(data, version)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Change nothing."""
        del entry
        return incident


@frozen(kw_only=True)
class Snooze(Command):
    """A host's own command."""

    span: timedelta

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Decide nothing."""
        del case
        return ()


FAST = Codec()


def entry(event: Event) -> Entry:
    """Put an event in a timeline."""
    return Entry(1, MONDAY, MONDAY, SYSTEM, event)


def changed(data: object, path: tuple[object, ...], value: object) -> Any:  # noqa: ANN401
    """Copy plain data with one value replaced."""
    if not path:
        return value
    assert isinstance(data, dict)
    return {**data, path[0]: changed(data.get(path[0]), path[1:], value)}


def test_old_shapes_are_upcast_step_by_step() -> None:
    """Each shape is turned into the next, up to the present one (rule J1)."""
    codec, span = Codec(events=(Measured,)), timedelta(seconds=5)
    written = codec.entry_data(entry(Measured(span, "s")))
    first = changed(written, ("event",), {"kind": "measured", "v": 1, "seconds": 5})
    second = changed(written, ("event",), {"kind": "measured", "v": 2, "took": 5_000_000})

    assert {"kind": "measured", "v": 3, "took": 5_000_000, "unit": "s"} == written["event"]
    assert Measured(span, "s") == codec.read_entry(written).event
    assert Measured(span) == codec.read_entry(first).event == codec.read_entry(second).event


@pytest.mark.parametrize("version", [4, 0, -1])
def test_unknown_shapes_are_refused(version: int) -> None:
    """A shape of a newer release is never guessed at."""
    codec = Codec(events=(Measured,))
    written = codec.entry_data(entry(Measured(timedelta(1))))
    with pytest.raises(ValueError, match=f"event 'measured' of shape {version} is unknown"):
        codec.read_entry(changed(written, ("event", "v"), version))


def test_unknown_kinds_are_refused() -> None:
    """An event of a newer release, or of a host that is not here, is an error."""
    written = Codec(events=(Measured,)).entry_data(entry(Measured(timedelta(1))))
    with pytest.raises(ValueError, match="event 'measured' of shape 3 is unknown"):
        FAST.read_entry(written)
    with pytest.raises(ValueError, match=r"unknown command 'notes'; did you mean 'note'\?"):
        FAST.read_command({"kind": "notes", "by": {"kind": "person", "id": "ana"}, "text": "x"})


def test_own_commands_are_read_by_who_knows_them() -> None:
    """A host gives its classes; without them they can be neither written nor read."""
    snooze, ours = Snooze(by="ana", span=timedelta(minutes=5)), Codec(commands=(Snooze,))
    written = ours.command_data(snooze)

    assert 300_000_000 == written["span"]
    assert snooze == ours.read_command(written)
    with pytest.raises(InvalidInput, match="build the desk with commands="):
        FAST.command_data(snooze)
    with pytest.raises(ValueError, match="unknown command 'snooze'"):
        FAST.read_command(written)


def test_classes_that_cannot_be_told_apart_are_refused() -> None:
    """One kind is one class; the same class may be given twice."""
    other = type("Noted", (Measured,), {})
    mine = frozen(other)

    assert Codec(events=(Measured, Measured))
    with pytest.raises(InvalidInput, match="has the kind 'noted' of another class"):
        Codec(events=(mine,))


@pytest.mark.parametrize("kind", [Note, str, "Measured", None, type("Bare", (Measured,), {})])
def test_what_is_no_event_class_is_refused_when_built(kind: Any) -> None:  # noqa: ANN401
    """A forgotten ``@frozen`` shows at once, not when the first such event is written."""
    with pytest.raises(InvalidInput, match="write @frozen above the class"):
        Codec(events=(kind,))


@pytest.mark.parametrize("name", ["kind", "v"])
def test_reserved_names_are_refused_when_built(name: str) -> None:
    """An attribute may not stand where the kind and the version of the shape stand."""
    cls = frozen(type("Sampled", (Event,), {"__annotations__": {name: int}, "apply": None}))
    with pytest.raises(InvalidInput, match=f"attribute '{name}', which is reserved"):
        Codec(events=(cls,))
