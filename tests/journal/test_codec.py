"""Invariant: what is written is read back as the same value, or refused with a clear error."""

from __future__ import annotations

import enum
import json
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Union, get_args, get_origin, get_type_hints

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from incidentflow import ITIL, Command, Event, Policy
from incidentflow.codec import Codec, Plain, canonical, fastest
from incidentflow.events import EVENTS, Noted, Prioritised
from incidentflow.incident import Entry
from incidentflow.incident.owed import Message
from incidentflow.policy import Audience
from incidentflow.process import COMMANDS, Note, Report
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.generated import OWN_FIELDS, policies
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.testing.strategies import Vocabulary, command, inputs
from incidentflow.words import SYSTEM, Priority

PRIMITIVES: Mapping[object, st.SearchStrategy[Any]] = {
    str: st.text(st.characters(codec="utf-8"), max_size=5),
    int: st.integers(-(1 << 62), 1 << 62),
    bool: st.booleans(),
    type(None): st.none(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    timedelta: st.timedeltas(),
}


PLAIN, FAST = Codec(json=Plain()), Codec(json=fastest())


def values(kind: object) -> st.SearchStrategy[Any]:
    """Draw values of a type that an event may hold."""
    if kind in PRIMITIVES:
        return PRIMITIVES[kind]
    if get_origin(kind) in (Union, types.UnionType):
        return st.one_of([values(each) for each in get_args(kind)])
    if get_origin(kind) is tuple:
        return st.lists(values(get_args(kind)[0]), max_size=3).map(tuple)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return st.sampled_from(kind)
    assert isinstance(kind, type), kind
    return built(kind)


def built(kind: type) -> st.SearchStrategy[Any]:
    """Draw values of an attrs class, each attribute by its type, or left at its default."""
    hints = get_type_hints(kind)
    if kind.__name__ == "Actor":
        return st.just(SYSTEM)
    fields = {field.name: field.default is attrs.NOTHING for field in attrs.fields(kind)}
    needed = {name: values(hints[name]) for name, is_needed in fields.items() if is_needed}
    optional = {name: values(hints[name]) for name, is_needed in fields.items() if not is_needed}
    return st.fixed_dictionaries(needed, optional=optional).map(lambda given: kind(**given))


def entry(event: Event) -> Entry:
    """Put an event in a timeline."""
    return Entry(1, MONDAY, MONDAY, SYSTEM, event)


def changed(data: object, path: tuple[object, ...], value: object) -> Any:  # noqa: ANN401
    """Copy plain data with one value replaced."""
    if not path:
        return value
    assert isinstance(data, dict)
    return {**data, path[0]: changed(data.get(path[0]), path[1:], value)}


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.kind)
@given(data=st.data())
def test_every_event_survives(kind: type[Event], data: st.DataObject) -> None:
    """An entry with any event of any class is read back as it was, also from canonical text."""
    told = entry(data.draw(built(kind)))
    written = FAST.entry_data(told)

    assert told == FAST.read_entry(written)
    assert told == PLAIN.read_entry(json.loads(canonical(written)))
    assert (kind.kind, 1) == (written["event"]["kind"], written["event"]["v"])


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.kind)
@given(data=st.data())
def test_every_command_survives(kind: type[Command], data: st.DataObject) -> None:
    """A command of any class is read back as it was."""
    one = data.draw(command(kind, inputs(Vocabulary.of(ITIL, Policy(fields=OWN_FIELDS)))))
    written = FAST.command_data(one)

    assert one == PLAIN.read_command(written)
    assert kind.kind == written["kind"]


def test_every_class_is_listed_once_and_by_its_kind() -> None:
    """No event and no command of the library is forgotten, and no two share a kind."""

    def below(base: type) -> set[type]:
        found = {each for each in base.__subclasses__() if each.__module__.startswith(OURS)}
        return found | {each for one in found for each in below(one)}

    abstract = {"_Classify", "ClockEvent", "Probe", "Record", "Tick"}
    events, commands = below(Event), below(Command)

    assert {*EVENTS} == {each for each in events if each.__name__ not in abstract}
    assert {*COMMANDS} == {each for each in commands if each.__name__ not in abstract}
    assert len(EVENTS) == len({each.kind for each in EVENTS})
    assert len(COMMANDS) == len({each.kind for each in COMMANDS})


OURS = "incidentflow."


@given(policies().flatmap(lambda policy: lives(ITIL, policy)))
def test_snapshots_survive_with_either_library(life: Rehearsal) -> None:
    """What one JSON library wrote the other one reads, as the very same incident."""
    assert life.incident == PLAIN.read_incident(FAST.write_incident(life.incident))
    assert life.incident == FAST.read_incident(PLAIN.write_incident(life.incident))


def test_the_number_is_not_part_of_a_snapshot() -> None:
    """The store gives it, so the store keeps it (rule J2)."""
    incident = attrs.evolve(Rehearsal().report(), number="INC-5")

    assert None is FAST.read_incident(FAST.write_incident(incident)).number


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(1 << 63), (1 << 63) - 1)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
@example({"b": ["Zoë ☎ \u2028 </script>", (1 << 63) - 1], "a": '\x00\x1f\x7f\x80"\\/\b\f\n\r\t'})
def test_canonical_text_does_not_depend_on_the_accelerator(data: object) -> None:
    """With msgspec and without it, the same text is hashed (rule J2)."""
    assert canonical(data) == PLAIN.text(data) == FAST.text(data)


def test_without_the_extra_the_standard_library_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The extra is optional: where it is not installed nobody misses it."""
    incident = Rehearsal().report()
    monkeypatch.setattr("incidentflow.codec.json.find_spec", lambda _: None)

    assert isinstance(fastest(), Plain)
    assert incident == Codec().read_incident(Codec().write_incident(incident))


def test_defaults_are_left_out() -> None:
    """What was not said takes no room, so that a new attribute leaves old text as it is."""
    assert {"kind": "noted", "v": 1, "text": "x"} == FAST.entry_data(entry(Noted("x")))["event"]
    assert {"kind": "note", "by": {"kind": "person", "id": "ana"}, "text": "x"} == (
        FAST.command_data(Note(by="ana", text="x"))
    )


def test_a_message_is_written_in_words() -> None:
    """What is owed to people can be read without the class."""
    message = Message("mail", Audience.TEAM, "reported", 1, "network")

    assert {
        "channel": "mail",
        "audience": "team",
        "kind": "reported",
        "sequence": 1,
        "recipient": "network",
    } == FAST.message_data(message)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("sequence",), "5"),
        (("sequence",), True),
        (("sequence",), 5.0),
        (("sequence",), None),
        (("event", "priority"), "1"),
        (("event", "priority"), True),
        (("event", "priority"), 1.0),
        (("event", "priority"), 9),
        (("event", "matrix"), 5),
        (("event", "surprise"), 5),
        (("event", "kind"), ["prioritised"]),
        (("event", "v"), "1"),
        (("event",), None),
        (("at",), 0),
        (("at",), "yesterday"),
        (("at",), "2026-03-02T08:00:00"),
        (("at",), "0001-01-01T00:00:00+12:00"),
        (("by",), "ana"),
        (("by", "kind"), "alien"),
        (("to",), {}),
        (("warnings",), "late_entry"),
        (("warnings",), [5]),
        (("surprise",), 5),
    ],
)
def test_types_are_strict(path: tuple[object, ...], value: object) -> None:
    """Nothing is converted: "5" is not 5, and what is not known is not skipped (rule I6)."""
    written = FAST.entry_data(entry(Prioritised(Priority.P1, "ITIL")))
    with pytest.raises(ValueError, match=r"^\w+: "):
        FAST.read_entry(changed(written, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("title",), 5),
        (("title",), None),
        (("impact",), True),
        (("items",), "mail"),
        (("items",), [5]),
        (("fields",), []),
        (("fields", "seats"), 1.5),
        (("fields", "seats"), None),
        (("at",), "2026-03-02T08:00:00"),
        (("kind",), "rejoice"),
        (("kind",), ["report"]),
        (("kind",), None),
    ],
)
def test_commands_are_strict_too(path: tuple[object, ...], value: object) -> None:
    """A command that is carried out later is the one that was owed."""
    report = Report(by="ana", title="x", items=("mail",), fields={"seats": 5, "vip": True})
    written = FAST.command_data(report)

    assert report == FAST.read_command(written)
    with pytest.raises(ValueError, match=r"^\w+: "):
        FAST.read_command(changed(written, path, value))


@pytest.mark.parametrize("data", [None, 5, "x", [], {}, [[]]])
@pytest.mark.parametrize(
    "read",
    [
        FAST.read_entry,
        FAST.read_command,
        lambda data: FAST.read_incident(canonical(data).encode()),
    ],
)
def test_other_data_is_refused(read: Callable[[object], object], data: object) -> None:
    """What is no entry, command or incident at all is one clear error."""
    with pytest.raises(ValueError, match=r"^\w+: "):
        read(data)


@pytest.mark.parametrize("codec", [PLAIN, FAST], ids=["plain", "fast"])
@pytest.mark.parametrize("snapshot", [b"", b"\xff", b"{", b'{"tenant":'])
def test_broken_snapshots_are_refused(codec: Codec, snapshot: bytes) -> None:
    """Bytes that are no JSON are an error of the same kind."""
    with pytest.raises(ValueError, match=r"."):
        codec.read_incident(snapshot)


@pytest.mark.parametrize("codec", [PLAIN, FAST], ids=["plain", "fast"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("surprise",), 5),
        (("place", "surprise"), 5),
        (("counts",), {"surprises": 1}),
        (("version",), "5"),
        (("version",), True),
        (("version",), 5.5),
        (("impact",), "1"),
        (("impact",), 9),
        (("since",), "2026-03-02T08:00:00"),
        (("since",), 0),
        (("place", "category"), "elsewhere"),
        (("place",), None),
        (("items",), "mail"),
        (("fields",), [{"name": "seats", "value": None}]),
        (("tenant",), None),
    ],
)
def test_snapshots_are_strict_with_either_library(
    codec: Codec, path: tuple[str, ...], value: object
) -> None:
    """What this release does not know is never dropped in silence, and nothing is converted."""
    written = json.loads(PLAIN.write_incident(Rehearsal().report()))
    with pytest.raises(ValueError, match=r"^\w+: "):
        codec.read_incident(canonical(changed(written, path, value)).encode())
