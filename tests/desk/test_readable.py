"""Invariant: whatever is given, it is refused in words or read again; no incident is ever lost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import attrs
import pytest

from incidentflow import (
    AcceptMajor,
    Acknowledge,
    Actor,
    ActorKind,
    Cancel,
    Command,
    DraftReview,
    FieldRule,
    Hold,
    HoldReason,
    Incident,
    IncidentDesk,
    LegalHold,
    Mitigate,
    Note,
    Policy,
    ProposeMajor,
    Report,
    Resolve,
)
from incidentflow.errors import InvalidInput, TransitionRefused
from incidentflow.process import COMMANDS
from incidentflow.testing.clock import ManualClock, SeededEntropy

POLICY = Policy(
    fields=(FieldRule("tier"),),
    hold_reasons=(HoldReason("x"),),
    cancel_reasons="x",
    close_unresolved=True,
)
GOOD: Mapping[str, Any] = {
    "approved_by": "cy",
    "assignee": "bo",
    "business_impact": "x",
    "by": "ana",
    "category": "mail",
    "cause": "x",
    "code": "fixed",
    "communications_lead": "cy",
    "fields": {"tier": "gold"},
    "impact": 1,
    "incident_manager": "bo",
    "label": "x",
    "matter": "x",
    "note": "x",
    "priority": 1,
    "raw": "x",
    "reason": "x",
    "source": "x",
    "state": "triaged",
    "step": "nonsense",
    "child": "x",
    "parent": "x",
    "summary": "x",
    "target": "bo",
    "text": "x",
    "title": "x",
    "urgency": 1,
}
OWED = {"absorb", "add_child", "follow", "drop_child"}
NEVER = {"advance", "attach", "detach", "merge", "rename_state", "retarget"} | OWED
"""Each of these needs more than itself to be carried out."""
ODD = (
    *(None, 5, 0, -1, True, 1.5, float("nan"), 10**30, "x", "", " ", b"x", "\ud800", "a\0"),
    *([], ["x"], [5], {}, {"tier": 5}, {"tier": None}, {5: 5}, ("a", None), object(), Note),
    *(timedelta(1), date(2026, 1, 1), datetime(2026, 3, 2, 8, tzinfo=UTC)),
    datetime(2026, 1, 1),  # noqa: DTZ001 - what must be refused
)
ACCEPT = AcceptMajor(by="a", business_impact="x", incident_manager="b", communications_lead="c")
FIRST: Mapping[str, Command] = {
    "complete_review": DraftReview(by="ana", summary="x"),
    "demote_major": ACCEPT,
    "reinstate": Cancel(by="ana", reason="x"),
    "reject_major": ProposeMajor(by="ana", reason="x"),
    "relapse": Mitigate(by="ana", note="x"),
    "reopen": Resolve(by="ana", code="x", note="x"),
    "resume": Hold(by="ana", reason="x"),
    "return_to_queue": Acknowledge(by="ana"),
    "release_legal_hold": LegalHold(by="ana", matter="x", reason="x"),
    "submit_review": DraftReview(by="ana", summary="x"),
    "waive_review": ACCEPT,
}


def odd(kind: type[Command]) -> Iterator[Command]:
    """Build every command of a kind with one odd input, that can be built at all."""
    names = [field.name for field in attrs.fields(kind)]
    good = {name: GOOD[name] for name in names if name in GOOD}
    if kind is Report:
        good["to"] = "resolved"
    if kind is Report:
        held = {"hold_reason", "comment", "reference", "until"}
        good = {name: value for name, value in good.items() if name not in held}
        good["to"] = "resolved"
    for name in names:
        for value in ODD:
            try:
                yield kind(**{**good, name: value})
            except InvalidInput:
                continue


def tried(desk: IncidentDesk, command: Command) -> Incident | None:
    """Carry out a command on a fresh incident, or return None when it is refused."""
    first = [FIRST[command.kind]] if command.kind in FIRST else []
    incident = desk.report("Mail is down", *first, by="ana")
    try:
        return (
            desk.report(command) if isinstance(command, Report) else desk.apply(incident, command)
        )
    except (InvalidInput, TransitionRefused):
        assert incident == desk.get(incident)
        return None


@pytest.mark.parametrize("kind", COMMANDS, ids=lambda kind: kind.kind)
def test_every_odd_input_is_refused_or_read_again(kind: type[Command]) -> None:
    """Each input of each command in turn is nothing, of another type, too large, or unprintable."""
    desk = IncidentDesk(policy=POLICY, clock=ManualClock(), entropy=SeededEntropy())
    accepted = [after for command in odd(kind) if (after := tried(desk, command)) is not None]
    told = [str(entry) for after in accepted for entry in desk.history(after)]

    assert accepted == [desk.get(after) for after in accepted]
    assert all(told)
    assert (kind.kind in NEVER) is not bool(accepted)
    assert desk.verify().holds


@pytest.mark.parametrize("value", [value for value in ODD if value not in ("x", "", " ")])
def test_an_odd_name_of_an_actor_is_refused(value: Any) -> None:  # noqa: ANN401
    """What is shown in every timeline is text."""
    with pytest.raises(InvalidInput, match="name = "):
        Actor(ActorKind.PERSON, "ana", value)
