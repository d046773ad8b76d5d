"""Work and hold: acknowledge, return, mitigate, relapse, hold and resume (rules L2, E7, L9)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow.errors import InvalidInput
from incidentflow.incident.parts import HoldInterval
from incidentflow.policy import HoldReason, Policy
from incidentflow.process import (
    Acknowledge,
    Assign,
    Close,
    Correct,
    Hold,
    Mitigate,
    Note,
    Relapse,
    Resolve,
    Resume,
    ReturnToQueue,
)
from incidentflow.testing.rehearsal import Rehearsal


def reported(**details: object) -> Rehearsal:
    """Rehearse an incident that was just reported."""
    life = Rehearsal()
    life.report(**details)
    return life


def test_whoever_acknowledges_becomes_the_assignee() -> None:
    """Unless somebody is assigned already, or named with it."""
    person, assigned, named = reported(), reported(assignee="bo"), reported(assignee="bo")
    person.do(Acknowledge(by="ana"))
    assigned.do(Acknowledge(by="ana"))
    named.do(Acknowledge(by="ana", assignee="cy"))

    assert ("ana", "ana") == (person.incident.assignee, person.incident.acknowledged_by)
    assert ("bo", "ana") == (assigned.incident.assignee, assigned.incident.acknowledged_by)
    assert "cy" == named.incident.assignee
    assert "acknowledged; cy works on it" in str(named.entries[-1])


def test_the_first_acknowledgement_of_an_episode_is_its_milestone() -> None:
    """A later one, after a return to the queue, does not move it."""
    life = reported()
    first = life.now
    life.do(Acknowledge(by="ana"))
    life.wait(hours=1)
    life.do(ReturnToQueue(by="ana", reason="not mine"))

    assert (None, 1, "triaged") == (
        life.incident.assignee,
        life.incident.counts.returns,
        life.incident.state,
    )
    assert "returned to the queue: not mine" in str(life.entries[-1])

    life.do(Acknowledge(by="bo"))

    assert ("bo", first) == (life.incident.assignee, life.incident.episode.acknowledged_at)


@pytest.mark.parametrize("state", ["on_hold", "mitigated"])
def test_elsewhere_an_acknowledgement_is_recorded_without_a_move(state: str) -> None:
    """Once; the second is told by whom and when (rule E7)."""
    life = reported()
    hold = "awaiting_vendor" if state == "on_hold" else None
    life.do(Correct(by="ana", reason="r", state=state, hold_reason=hold))
    life.wait(hours=1)

    assert ("assignee.missing",) == life.attempt(Acknowledge(by="monitor:m")).codes

    life.do(Acknowledge(by="bo"))
    again = life.attempt(Acknowledge(by="cy"))

    assert (state, "bo", life.now) == (
        life.incident.state,
        life.incident.assignee,
        life.incident.episode.acknowledged_at,
    )
    assert ("acknowledge.already",) == again.codes
    assert "already acknowledged by bo at 2026-03-02 09:00Z" in str(again.outcome)


def test_what_is_being_worked_on_was_acknowledged_already() -> None:
    """Somebody else who takes it is told so."""
    life = reported(to="in_progress")

    assert ("acknowledge.already",) == life.attempt(Acknowledge(by="bo")).codes


@pytest.mark.parametrize("state", ["nothing", "resolved", "closed"])
def test_nothing_finished_or_unreported_is_acknowledged(state: str) -> None:
    """There is no such step."""
    life = Rehearsal()
    if state != "nothing":
        life.report()
        life.do(Correct(by="ana", reason="r", state=state))

    assert ("step.unknown",) == life.attempt(Acknowledge(by="ana")).codes


def test_assignments_are_counted_and_changes_of_hands_too() -> None:
    """Naming the team of an assigned person is no reassignment; another person is."""
    life = reported()
    life.do(Assign(by="ana", assignee="bo"))
    life.do(Assign(by="ana", team="mail"))
    life.do(Assign(by="ana", team="mail", assignee="cy"))

    assert (3, 1) == (life.incident.counts.assignments, life.incident.counts.reassignments)
    assert "assigned to mail / cy" in str(life.entries[-1])

    with pytest.raises(InvalidInput, match="a team, an assignee, or both"):
        Assign(by="ana")


def test_a_mitigation_is_restored_until_it_relapses() -> None:
    """A hold in between keeps it, a relapse takes it back; no new episode begins (rule L2)."""
    life = reported()
    restored = life.wait(hours=1)
    life.do(Mitigate(by="ana", note="bypass"))
    life.wait(hours=1)
    life.do(Hold(by="ana", reason="awaiting_vendor"))

    assert restored == life.incident.episode.restored_at

    life.do(Resume(by="ana"))

    assert ("mitigated", restored) == (life.incident.state, life.incident.episode.restored_at)

    life.do(Relapse(by="ana", note="bypass melted"))

    assert (None, 1, 1) == (
        life.incident.episode.restored_at,
        life.incident.counts.relapses,
        len(life.incident.episodes),
    )
    assert "relapsed: bypass melted" in str(life.entries[-1])

    again = life.wait(hours=1)
    life.do(Mitigate(by="ana", note="another"), Resolve(by="ana", code="c", note="n"))

    assert again == life.incident.episode.restored_at


@pytest.mark.parametrize("resume", ["in_progress", "triaged"])
def test_going_back_to_work_from_a_held_mitigation_takes_it_back(resume: str) -> None:
    """What is worked on again is not restored."""
    life = reported(to="mitigated", note="n")
    life.do(Hold(by="ana", reason="awaiting_vendor"), Resume(by="ana", to=resume))

    assert life.incident.episode.restored_at is None


@pytest.mark.parametrize("state", ["new", "triaged", "in_progress", "mitigated"])
def test_a_hold_remembers_where_it_came_from(state: str) -> None:
    """Resuming leads back there, whether or not it is asked for by name (rule L2)."""
    life = reported()
    life.do(Correct(by="ana", reason="r", state=state))
    life.do(Hold(by="ana", reason="awaiting_vendor"))
    named = life.attempt(Resume(by="monitor:m", to=state)).commit

    assert named is not None
    assert state == named.incident.state

    life.do(Hold(by="ana", reason="awaiting_change"), Resume(by="monitor:m"))

    assert state == life.incident.state


def test_a_new_reason_ends_one_interval_and_begins_the_next() -> None:
    """The remembered state stays (rule L2)."""
    life = reported(to="in_progress")
    start = life.now
    life.do(Hold(by="ana", reason="awaiting_requester", comment="which floor?"))
    change = life.wait(hours=1)
    life.do(Hold(by="ana", reason="awaiting_change", reference="CHG-7"))
    end = life.wait(hours=2)

    assert ("awaiting_change", "CHG-7", change) == (
        life.incident.hold.reason,
        life.incident.hold.reference,
        life.incident.hold.since,
    )
    assert "on hold, awaiting_requester: which floor?" in str(life.entries[-2])

    life.do(Resume(by="ana"))

    assert "in_progress" == life.incident.state
    assert (
        HoldInterval("awaiting_requester", start, change),
        HoldInterval("awaiting_change", change, end),
    ) == life.incident.holds
    assert life.incident.hold is None


def test_a_hold_that_came_from_nowhere_resumes_in_the_queue() -> None:
    """Reported on hold, also when the reason changes since; a correction knows where from."""
    told = reported(to="on_hold", hold_reason="awaiting_vendor")
    again = reported(to="on_hold", hold_reason="awaiting_vendor")
    again.do(Hold(by="ana", reason="awaiting_change"))
    corrected = reported()
    corrected.do(Correct(by="ana", reason="r", state="on_hold", hold_reason="awaiting_vendor"))

    assert "triaged" == told.do(Resume(by="ana")).state
    assert "triaged" == again.do(Resume(by="ana")).state
    assert "new" == corrected.do(Resume(by="ana")).state


def test_resuming_to_work_on_request_is_an_acknowledgement() -> None:
    """With its guard (rule L2); going back to work is none."""
    life = reported()
    life.do(Hold(by="ana", reason="awaiting_vendor"), Resume(by="bo", to="in_progress"))

    assert "acknowledged" == life.kinds[-1]
    assert "bo" == life.incident.assignee


def test_leaving_a_hold_in_any_way_ends_its_interval() -> None:
    """Also by resolving, and by a correction."""
    life = reported()
    life.do(Hold(by="ana", reason="awaiting_vendor"))
    end = life.wait(hours=1)
    life.do(Resolve(by="ana", code="c", note="n"))

    assert (None, end) == (life.incident.hold, life.incident.holds[0].until)


def test_a_hold_with_an_end_resumes_by_itself() -> None:
    """Exactly at its end, as an act of the system that says when it was due (rule K19)."""
    life = reported(to="in_progress")
    until = life.now + timedelta(hours=3)
    life.do(Hold(by="ana", reason="scheduled", until=until))

    assert until == life.commits[-1].due_at
    assert "on hold, scheduled until 2026-03-02 11:00Z" in str(life.entries[-1])

    life.tick(hours=3, microseconds=-1)

    assert "on_hold" == life.incident.state

    life.tick(hours=1)
    entry = life.entries[-1]

    assert ("in_progress", "resumed") == (life.incident.state, entry.kind)
    assert (until, life.now, "incidentflow") == (entry.due, entry.recorded_at, entry.by.id)
    assert life.commits[-1].due_at is None


def test_a_new_hold_takes_the_end_of_the_former_away() -> None:
    """Only the present one has an end."""
    life = reported()
    life.do(Hold(by="ana", reason="scheduled", until=life.now + timedelta(hours=3)))
    life.do(Hold(by="ana", reason="awaiting_vendor"))
    life.tick(days=3)

    assert "on_hold" == life.incident.state


def test_what_a_reason_needs_is_listed_with_the_reason() -> None:
    """The inputs name all that any configured reason may need; none configured, none will do."""
    needy = (HoldReason("a", ("comment",)), HoldReason("b", ("reference", "comment")))
    asked = Rehearsal(policy=Policy(hold_reasons=needy))
    never = Rehearsal(policy=Policy(hold_reasons=()))
    asked.report()
    never.report()
    hold = Hold(by="ana", reason="b", comment="c")

    assert ("reason", "comment", "reference") == (
        asked.attempt(Hold(by="ana")).outcome.failures[0].inputs
    )
    assert ("reference",) == asked.attempt(hold).outcome.failures[0].inputs
    assert () == asked.attempt(evolve(hold, reference="r")).codes
    assert () == never.attempt(Hold(by="ana", reason="a")).outcome.failures[0].inputs


def test_nothing_is_held_or_resumed_in_a_finished_state() -> None:
    """The steps do not exist there; notes do (rule L3)."""
    life = reported(to="resolved", code="c", note="n")
    life.do(Close(by="ana"))

    assert ("step.unknown",) == life.attempt(Hold(by="ana", reason="awaiting_vendor")).codes
    assert ("step.unknown",) == life.attempt(Resume(by="ana")).codes
    assert () == life.attempt(Note(by="ana", text="n")).codes
