"""ITIL, row by row: the states and steps of rule L2."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow.incident import Category, Command, Mark
from incidentflow.lifecycle import Step
from incidentflow.policy import Policy
from incidentflow.process import (
    COMMANDS,
    Acknowledge,
    Cancel,
    Close,
    Correct,
    Hold,
    Merge,
    Mitigate,
    Reinstate,
    Relapse,
    Reopen,
    Report,
    Resolve,
    Resume,
    ReturnToQueue,
    Triage,
)
from incidentflow.profiles import ITIL
from incidentflow.testing.rehearsal import Rehearsal

UNFINISHED = {"new", "triaged", "in_progress", "on_hold", "mitigated"}
FROM_TO = {
    "report": ({"nothing"}, {"new", "triaged", "in_progress", "on_hold", "mitigated", "resolved"}),
    "triage": ({"new"}, {"triaged"}),
    "acknowledge": ({"new", "triaged"}, {"in_progress"}),
    "return_to_queue": ({"in_progress", "on_hold"}, {"triaged"}),
    "hold": (UNFINISHED, {"on_hold"}),
    "resume": ({"on_hold"}, {"new", "triaged", "in_progress", "mitigated"}),
    "mitigate": (UNFINISHED - {"mitigated"}, {"mitigated"}),
    "relapse": ({"mitigated"}, {"in_progress"}),
    "resolve": (UNFINISHED, {"resolved"}),
    "reopen": ({"resolved", "closed"}, {"in_progress", "triaged", "on_hold"}),
    "close": (UNFINISHED | {"resolved"}, {"closed"}),
    "cancel": (UNFINISHED, {"cancelled"}),
    "merge": (UNFINISHED, {"merged"}),
    "reinstate": ({"cancelled", "merged"}, {"triaged"}),
}


def life_in(state: str, policy: Policy | None = None) -> Rehearsal:
    """Rehearse an incident up to a state."""
    life = Rehearsal(policy=policy)
    if state != "nothing":
        life.report()
        hold = "awaiting_vendor" if state == "on_hold" else None
        life.do(Correct(by="ana", reason="for a test", state=state, hold_reason=hold))
    return life


@pytest.mark.parametrize(
    ("state", "category", "marks"),
    [
        ("new", "triage", ()),
        ("triaged", "open", ()),
        ("in_progress", "open", ("working",)),
        ("on_hold", "open", ("waiting",)),
        ("mitigated", "open", ("restored",)),
        ("resolved", "done", ("resolved", "restored")),
        ("closed", "terminal", ()),
        ("cancelled", "terminal", ()),
        ("merged", "terminal", ()),
    ],
)
def test_itil_has_nine_states(state: str, category: str, marks: tuple[str, ...]) -> None:
    """Each state has its category and its marks."""
    place = ITIL.places[state]

    assert 9 == len(ITIL.places)
    assert Category(category) is place.category
    assert tuple(map(Mark, marks)) == place.marks
    assert ITIL.reference == place.lifecycle


@pytest.mark.parametrize("trigger", sorted(FROM_TO))
def test_itil_leads_from_and_to_these_states(trigger: str) -> None:
    """Each trigger starts from and leads to the states of its row, and no others."""
    sources = {state for state, row in ITIL.table.items() if trigger in row}
    leads_to = {way.place.state for row in ITIL.table.values() for way in row.get(trigger, ())}

    assert FROM_TO[trigger] == (sources, leads_to)


def test_itil_has_no_other_triggers() -> None:
    """Each trigger has its command, and the commands have no others."""
    triggers = {kind.trigger for kind in COMMANDS if kind.trigger}

    assert FROM_TO.keys() == {step.trigger for step in ITIL.steps}
    assert FROM_TO.keys() == triggers


@pytest.mark.parametrize(
    ("state", "command", "codes"),
    [
        ("nothing", Report(by="ana", title="t", to="triaged"), ["classification.missing"]),
        ("nothing", Report(by="monitor:m", title="t", to="in_progress"), ["assignee.missing"]),
        ("nothing", Report(by="ana", title="t", to="on_hold"), ["hold_reason.missing"]),
        ("nothing", Report(by="ana", title="t", to="mitigated"), ["note.missing"]),
        ("nothing", Report(by="ana", title="t", to="resolved"), ["code.missing", "note.missing"]),
        ("new", Triage(by="ana", category="mail"), ["classification.missing"]),
        ("new", Acknowledge(by="monitor:m"), ["assignee.missing"]),
        ("triaged", Acknowledge(by="service:s"), ["assignee.missing"]),
        ("in_progress", ReturnToQueue(by="ana"), ["reason.missing"]),
        ("on_hold", ReturnToQueue(by="ana"), ["reason.missing"]),
        ("new", Hold(by="ana"), ["hold_reason.missing"]),
        ("new", Hold(by="ana", reason="tea"), ["hold_reason.unknown"]),
        ("new", Hold(by="ana", reason="awaiting_requester"), ["hold_reason.incomplete"]),
        (
            "on_hold",
            Resume(by="monitor:m", to="in_progress"),
            ["hold.elsewhere", "assignee.missing"],
        ),
        ("new", Mitigate(by="ana"), ["note.missing"]),
        ("mitigated", Mitigate(by="ana", note="n"), ["step.unknown"]),
        ("mitigated", Relapse(by="ana"), ["note.missing"]),
        ("new", Resolve(by="ana"), ["code.missing", "note.missing"]),
        ("resolved", Reopen(by="ana"), ["reason.missing"]),
        ("closed", Reopen(by="ana", reason="r"), ["reopen.closed"]),
        ("new", Close(by="ana", reason="r"), ["close.unresolved"]),
        ("mitigated", Close(by="ana"), ["close.unresolved", "reason.missing"]),
        ("new", Cancel(by="ana"), ["reason.missing"]),
        ("new", Cancel(by="ana", reason="tea"), ["reason.unknown"]),
        ("resolved", Cancel(by="ana", reason="test"), ["step.unknown"]),
        ("new", Merge(by="ana"), ["into.missing"]),
        ("new", Merge(by="ana", into="INC-404"), ["into.not_found"]),
        ("cancelled", Reinstate(by="ana"), ["reason.missing"]),
        ("new", Reinstate(by="ana", reason="r"), ["step.unknown"]),
        ("merged", Reopen(by="ana", reason="r"), ["step.unknown"]),
    ],
)
def test_guards_refuse_by_name(state: str, command: Command, codes: list[str]) -> None:
    """Each row's guards name what is missing, all of it at once, and nothing changes."""
    life = life_in(state)
    attempt = life.attempt(command)

    assert codes == list(attempt.codes)
    assert attempt.before == life.incident


@pytest.mark.parametrize(
    ("state", "command", "to"),
    [
        ("nothing", Report(by="ana", title="t"), "new"),
        ("nothing", Report(by="ana", title="t", to="in_progress"), "in_progress"),
        ("nothing", Report(by="ana", title="t", to="mitigated", note="n"), "mitigated"),
        ("nothing", Report(by="ana", title="t", to="resolved", code="c", note="n"), "resolved"),
        ("new", Triage(by="ana", category="mail", impact=1, urgency=2), "triaged"),
        ("new", Acknowledge(by="ana"), "in_progress"),
        ("triaged", Acknowledge(by="monitor:m", assignee="bo"), "in_progress"),
        ("in_progress", ReturnToQueue(by="ana", reason="r"), "triaged"),
        ("on_hold", ReturnToQueue(by="ana", reason="r"), "triaged"),
        *(
            (state, Hold(by="ana", reason="awaiting_vendor"), "on_hold")
            for state in sorted(UNFINISHED)
        ),
        ("on_hold", Resume(by="ana", to="in_progress"), "in_progress"),
        ("on_hold", Resume(by="ana", to="triaged"), "triaged"),
        *(
            (state, Mitigate(by="ana", note="n"), "mitigated")
            for state in sorted(UNFINISHED - {"mitigated"})
        ),
        ("mitigated", Relapse(by="ana", note="n"), "in_progress"),
        *(
            (state, Resolve(by="ana", code="c", note="n"), "resolved")
            for state in sorted(UNFINISHED)
        ),
        ("resolved", Reopen(by="ana", reason="r"), "in_progress"),
        ("resolved", Reopen(by="ana", reason="r", to="triaged"), "triaged"),
        (
            "resolved",
            Reopen(by="ana", reason="r", to="on_hold", hold_reason="awaiting_change"),
            "on_hold",
        ),
        ("resolved", Close(by="ana"), "closed"),
        *((state, Cancel(by="ana", reason="test"), "cancelled") for state in sorted(UNFINISHED)),
        ("cancelled", Reinstate(by="ana", reason="r"), "triaged"),
        ("merged", Reinstate(by="ana", reason="r"), "triaged"),
    ],
)
def test_steps_land_where_their_row_says(state: str, command: Command, to: str) -> None:
    """With its inputs, each step of the default policy lands where rule L2 says."""
    life = life_in(state)

    assert to == life.do(command).state


@pytest.mark.parametrize("state", sorted(UNFINISHED))
def test_policy_may_close_what_is_not_resolved(state: str) -> None:
    """With ``close_unresolved`` and a reason, an unfinished incident closes."""
    life = life_in(state, Policy(close_unresolved=True))

    assert ("reason.missing",) == life.attempt(Close(by="ana")).codes
    assert "closed" == life.do(Close(by="ana", reason="nobody answers")).state


@pytest.mark.parametrize("to", ["in_progress", "triaged", "on_hold"])
def test_policy_may_reopen_what_is_closed(to: str) -> None:
    """With ``reopen_closed``, a closed incident reopens like a resolved one."""
    life = life_in("closed", Policy(reopen_closed=True))

    assert to == life.do(Reopen(by="ana", reason="r", to=to, hold_reason="awaiting_change")).state


def test_a_policy_without_assignees_lets_anybody_acknowledge() -> None:
    """With ``require_assignee=False`` a monitor acknowledges, and nobody is assigned."""
    life = life_in("new", Policy(require_assignee=False))

    assert "in_progress" == life.do(Acknowledge(by="monitor:m")).state
    assert life.incident.assignee is None


@pytest.mark.parametrize(
    ("state", "command"),
    [
        ("resolved", Reopen(by="ana", reason="r")),
        ("cancelled", Reinstate(by="ana", reason="r")),
        ("merged", Reinstate(by="ana", reason="r")),
    ],
)
def test_windows_last_fourteen_days_to_the_microsecond(state: str, command: Command) -> None:
    """At the end of its window a step is open; a microsecond later it is closed."""
    life = life_in(state)
    life.wait(days=14)
    late = life_in(state)
    late.wait(days=14, microseconds=1)

    assert () == life.attempt(command).codes
    assert (f"{command.trigger}.too_late",) == late.attempt(command).codes


@pytest.mark.parametrize("state", ["resolved", "cancelled"])
def test_windows_may_be_without_end(state: str) -> None:
    """None means for ever."""
    life = life_in(
        state, Policy(reopen_window=None, reinstate_window=None, auto_close=timedelta(0))
    )
    life.wait(days=10_000)
    command = Reopen if state == "resolved" else Reinstate

    assert () == life.attempt(command(by="ana", reason="r")).codes


def test_the_diagram_shows_every_step() -> None:
    """The drawing names each state and each trigger."""
    diagram = ITIL.draw()

    assert "stateDiagram" in diagram
    assert all(name in diagram for name in (*ITIL.places, *FROM_TO))


def test_two_profiles_differ_in_their_digests() -> None:
    """The digest changes with the definition, and only with it."""
    again = evolve(ITIL)
    other = ITIL.extend(Step("escape", "new", "triaged"))

    assert ITIL.digest == again.digest
    assert ITIL == again
    assert ITIL.digest != other.digest
    assert "ITIL+" == other.name
