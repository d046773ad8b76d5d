"""Corrections: the one override, and what it never bypasses (rules L6 and L8)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow.errors import InvalidInput
from incidentflow.process import (
    AcceptMajor,
    Acknowledge,
    Close,
    Correct,
    Merge,
    Mitigate,
    Reopen,
    Resolve,
)
from incidentflow.process.corrections import EPISODE_MILESTONES, MILESTONES
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)


def reported(**details: object) -> Rehearsal:
    """Rehearse an incident that was just reported."""
    life = Rehearsal()
    life.report(**details)
    return life


def test_a_correction_leads_to_any_state_against_the_steps() -> None:
    """With a reason, as an event of its own kind, counted (rule L6)."""
    life = reported(to="resolved", code="c", note="n")
    life.do(Correct(by="ana", reason="wrong ticket", state="new", raw="Neu (1)"))

    assert ("new", ("corrected",), 1) == (
        life.incident.state,
        life.kinds,
        life.incident.counts.corrections,
    )
    assert "corrected: wrong ticket [Neu (1)]" in str(life.entries[-1])
    assert 2 == len(life.incident.episodes)


def test_a_correction_may_carry_a_label_alone() -> None:
    """An importer's unknown state keeps the present one (rule L6)."""
    life = reported()
    before = life.incident.since
    life.wait(hours=1)
    life.do(Correct(by="service:import", reason="unknown state", raw="Awaiting Moon"))

    assert ("new", before) == (life.incident.state, life.incident.since)


@pytest.mark.parametrize("state", ["closed", "cancelled", "merged"])
def test_a_correction_never_bypasses_a_requirement(state: str) -> None:
    """Into a terminal state it is refused like any other way (rules L6 and R1)."""
    life = reported()
    life.do(
        AcceptMajor(by="bo", business_impact="all", incident_manager="bo", communications_lead="cy")
    )

    assert ("requirement.blocks",) == life.attempt(
        Correct(by="root", reason="because I can", state=state)
    ).codes


@pytest.mark.parametrize("milestone", sorted(MILESTONES))
def test_every_milestone_can_be_put_right(milestone: str) -> None:
    """World-times are corrected, record-times never (rule L8)."""
    life = reported()
    life.do(Resolve(by="ana", code="c", note="n"), Close(by="ana"))
    was_at = life.now - HOUR
    life.wait(hours=1)
    life.do(Correct(by="ana", reason="call log", milestone=milestone, was_at=was_at))
    holder = life.incident.episode if milestone in EPISODE_MILESTONES else life.incident

    assert was_at == getattr(holder, milestone)
    assert life.now == life.entries[-1].recorded_at
    assert f"corrected: {milestone} = 2026-03-02 07:00Z, call log" in str(life.entries[-1])


def test_nothing_is_corrected_into_the_future() -> None:
    """Beyond the skew of clocks."""
    life = reported()
    ahead = life.now + timedelta(minutes=5)
    correct = {"by": "ana", "reason": "r", "milestone": "detected_at"}

    assert () == life.attempt(Correct(**correct, was_at=ahead)).codes
    assert ("was_at.future",) == life.attempt(
        Correct(**correct, was_at=ahead + timedelta(microseconds=1))
    ).codes


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({}, "give a state, a milestone, or the raw source"),
        ({"milestone": "resolvd_at"}, "did you mean 'resolved_at'?"),
        ({"milestone": "resolved_at"}, "give milestone and was_at together"),
        ({"state": "new", "was_at": Rehearsal().now}, "give milestone and was_at together"),
        ({"state": ""}, "blank"),
    ],
)
def test_a_correction_of_nothing_is_refused(wrong: dict[str, object], problem: str) -> None:
    """It says what to give."""
    with pytest.raises(InvalidInput) as caught:
        Correct(by="ana", reason="r", **wrong)

    assert problem in str(caught.value)


def test_what_was_never_reported_is_not_corrected() -> None:
    """There is no record to put right."""
    blank = Rehearsal()
    past = blank.now - HOUR

    assert ("category.wrong",) == blank.attempt(Correct(by="a", reason="r", state="new")).codes
    assert ("category.wrong",) == blank.attempt(
        Correct(by="a", reason="r", milestone="resolved_at", was_at=past)
    ).codes


def test_a_correction_may_lie_before_the_last_change() -> None:
    """Where every other move is refused and told to correct (rule L8)."""
    life = reported()
    life.wait(hours=2)
    life.do(Acknowledge(by="ana"))
    earlier = life.now - HOUR
    mitigate = Mitigate(by="ana", note="n", at=earlier)
    refused = life.attempt(mitigate)

    assert ("at.before_last_change",) == refused.codes
    assert "use Correct" in str(refused.outcome)

    life.do(Correct(by="ana", reason="was up", state="mitigated", at=earlier))

    assert earlier == life.incident.episode.restored_at


def test_leaving_a_terminal_state_by_correction_clears_its_ending() -> None:
    """Nothing of it stays in an incident that goes on."""
    life = reported()
    life.others = (reported(dedup_key="x").incident,)
    life.do(Correct(by="ana", reason="r", state="closed"))
    life.do(Correct(by="ana", reason="r", state="in_progress"))
    life.do(Resolve(by="ana", code="c", note="n"))

    assert (None, None) == (life.incident.ending, life.incident.merged_into)
    assert ("into.missing",) == reported().attempt(Merge(by="ana")).codes
    assert [True, False] == [bool(each.ended_at) for each in life.incident.episodes]


@pytest.mark.parametrize("milestone", ["resolved_at", "ended_at"])
def test_an_end_that_was_not_reached_cannot_be_put_right(milestone: str) -> None:
    """Only a state reaches it; a correction never invents it."""
    life = reported()
    correct = Correct(by="ana", reason="r", milestone=milestone, was_at=life.now)

    assert ("milestone.not_reached",) == life.attempt(correct).codes


def test_closing_by_itself_follows_a_corrected_resolution() -> None:
    """It counts from the last resolve, whenever that really was (rule L10)."""
    life = reported()
    life.do(Resolve(by="ana", code="c", note="n"))
    scheduled, was_at = life.incident.auto_close_at, life.now - HOUR
    life.do(Correct(by="ana", reason="r", milestone="resolved_at", was_at=was_at))

    assert scheduled is not None
    assert life.incident.auto_close_at == scheduled - HOUR
    assert life.incident.resolution is not None
    assert was_at == life.incident.resolution.at


def test_the_episode_that_reached_a_milestone_is_the_one_put_right() -> None:
    """After reopening that is an earlier one; the running one has nothing to correct."""
    life = reported()
    life.do(Resolve(by="ana", code="c", note="n"))
    was_at = life.now - HOUR
    life.wait(hours=1)
    life.do(Reopen(by="ana", reason="again"))
    life.do(Correct(by="ana", reason="r", milestone="resolved_at", was_at=was_at))
    first, running = life.incident.episodes

    assert (was_at, None) == (first.resolved_at, running.resolved_at)


def test_a_correction_into_waiting_says_why_it_waits() -> None:
    """As everything that leads there does (rule L2)."""
    life = reported()
    bare = Correct(by="ana", reason="r", state="on_hold")

    assert ("hold_reason.missing",) == life.attempt(bare).codes

    life.do(evolve(bare, hold_reason="awaiting_vendor"))

    assert life.incident.hold is not None
    assert "awaiting_vendor" == life.incident.hold.reason
