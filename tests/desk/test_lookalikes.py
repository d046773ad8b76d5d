"""Invariant: what a host keeps in a mapping is never taken for a personal value that was hidden."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from attrs import field, frozen

from incidentflow import Command, Event, Incident
from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Entry

Build = Callable[..., Any]
ALIKE = {"#": "0123456789abcdef" * 4}


@frozen
class Sampled(Event):
    """A host's own event: what a probe says, and who looked."""

    data: Mapping[str, Any] = field(hash=False)
    looked: str = field(default="", metadata={"personal": True})

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Change nothing."""
        del entry
        return incident


@frozen(kw_only=True)
class Sample(Command):
    """Ask for what a probe says."""

    data: Mapping[str, Any] = field(hash=False)

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Tell it."""
        del case
        return (Sampled(self.data, "ana"),)


@pytest.fixture
def desk(build: Build) -> Any:  # noqa: ANN401 - either desk
    """Give a desk of each kind that knows the event."""
    return build(events=(Sampled,), commands=(Sample,))


@pytest.mark.parametrize(
    "data",
    [
        {"#": "x"},
        {"#": 5, "": {"#": None}},
        {**ALIKE, "unit": "ms"},
        {"rows": [{"#": ALIKE["#"][:-1]}, {"#": ALIKE["#"] + "0"}, {"#": ALIKE["#"].upper()}]},
        {'a"#': "x", "#": ['"#":']},
    ],
)
def test_a_number_sign_is_a_name_as_any_other(desk: Any, data: Any) -> None:  # noqa: ANN401
    """It is told, verified, and left as it is when a person is erased."""
    incident = desk.report("Mail is down", by="probe")
    desk.apply(incident, Sample(by="ana", data=data), key="k")
    told = desk.history(incident)[-1].event
    again = desk.apply(incident, Sample(by="ana", data=data), key="k")
    desk.erase("ana", by="dpo", reason="asked")
    left = desk.history(incident)[-2].event

    assert Sampled(data, "ana") == told
    assert 2 == again.version
    assert Sampled(data, "[erased]") == left
    assert desk.verify().holds


@pytest.mark.parametrize(
    ("data", "path"),
    [(ALIKE, ""), ({"rows": [1, ALIKE]}, ".rows.1"), ({"#": ALIKE}, ".#")],
)
def test_what_nobody_could_tell_from_a_hidden_value_is_refused(
    desk: Any,  # noqa: ANN401 - either desk
    data: Any,  # noqa: ANN401
    path: str,
) -> None:
    """Before anything is stored, with the path of it."""
    incident = desk.report("Mail is down", by="probe")
    with pytest.raises(InvalidInput, match="would be read as a personal value") as caught:
        desk.apply(incident, Sample(by="ana", data=data))

    assert f"event.data{path}" == caught.value.field
    assert incident == desk.get(incident)
    assert 1 == len(desk.history(incident))
    assert desk.verify().holds
