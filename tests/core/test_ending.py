"""Resolve, reopen, close, cancel, merge, reinstate: how incidents end and go on (L2, L9, L10)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow.incident import Incident
from incidentflow.lifecycle import State, Step
from incidentflow.policy import FieldRule, Policy
from incidentflow.process import (
    Absorb,
    AcceptMajor,
    Advance,
    Cancel,
    Close,
    CompleteReview,
    Correct,
    DemoteMajor,
    DraftReview,
    Merge,
    Note,
    Reinstate,
    Reopen,
    Resolve,
)
from incidentflow.profiles import ITIL
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import SYSTEM

RESOLVE = Resolve(by="ana", code="fixed", note="restarted")
MAJOR = AcceptMajor(by="bo", business_impact="all", incident_manager="bo", communications_lead="cy")


def resolved(policy: Policy | None = None, **details: object) -> Rehearsal:
    """Rehearse an incident that was resolved an hour after its report."""
    life = Rehearsal(policy=policy)
    life.report(**details)
    life.wait(hours=1)
    life.do(RESOLVE)
    return life


def other(number: str = "INC-0000002", **details: object) -> Incident:
    """Report another incident."""
    life = Rehearsal()
    life.incident = Incident(tenant="default", id=f"id of {number}", number=number)
    return life.report(title="Other", by="cy", **details)


def test_a_resolution_says_how() -> None:
    """Code, note and instant, and the milestones of the episode."""
    life = resolved()

    assert ("fixed", "restarted", life.now) == (
        life.incident.resolution.code,
        life.incident.resolution.note,
        life.incident.resolution.at,
    )
    assert (life.now, life.now) == (
        life.incident.episode.resolved_at,
        life.incident.episode.restored_at,
    )
    assert "resolved (fixed): restarted" in str(life.entries[-2])


def test_a_policy_may_list_resolution_codes() -> None:
    """Then no other will do."""
    life = Rehearsal(policy=Policy(resolution_codes=("workaround",)))
    life.report()

    assert ("code.unknown",) == life.attempt(RESOLVE).codes
    assert () == life.attempt(evolve(RESOLVE, code="workaround")).codes


def test_reopening_begins_an_episode_and_keeps_the_earlier_ones() -> None:
    """Earlier episodes keep their milestones; reopenings are counted without limit (L2, L9)."""
    life = resolved()
    first = life.incident.episode
    for times in range(1, 4):
        reopened = life.wait(hours=1)
        life.do(Reopen(by="ana", reason="back again"))

        assert (times, reopened) == (life.incident.counts.reopens, life.incident.episode.started_at)
        assert first == life.incident.episodes[0]
        assert life.incident.episode.resolved_at is None
        assert "reopened" in life.kinds

        life.wait(hours=1)
        life.do(RESOLVE)

    assert 4 == len(life.incident.episodes)


def test_the_reopen_window_counts_from_the_last_resolve() -> None:
    """Not from the first, nor from the closing (rule L2)."""
    life = resolved(Policy(reopen_closed=True))
    life.tick(days=10)
    reopen = Reopen(by="ana", reason="r")

    assert "closed" == life.incident.state

    life.wait(days=3)
    life.do(reopen)
    life.wait(days=10)
    life.do(RESOLVE)
    life.wait(days=14)

    assert () == life.attempt(reopen).codes


def test_a_correction_into_resolved_opens_the_window_anew() -> None:
    """It counts as the last resolve."""
    life = resolved()
    life.do(Reopen(by="ana", reason="r"))
    life.wait(days=30)
    life.do(Correct(by="ana", reason="was resolved", state="resolved"))

    assert () == life.attempt(Reopen(by="ana", reason="r")).codes


def test_an_incident_closed_unresolved_has_a_window_from_its_closing() -> None:
    """There is no resolve to count from."""
    policy = Policy(close_unresolved=True, reopen_closed=True)
    life = Rehearsal(policy=policy)
    life.report()
    life.wait(days=20)
    life.do(Close(by="ana", reason="nobody answers"))
    life.wait(days=14)

    assert () == life.attempt(Reopen(by="ana", reason="r")).codes


def test_a_resolved_incident_closes_by_itself() -> None:
    """Five days after the last resolve, by the system, whoever else writes (rule L10)."""
    life = resolved()
    due = life.now + timedelta(days=5)
    life.wait(days=4)
    life.do(Note(by="ana", text="thank you"))

    assert due == life.commits[-1].due_at
    assert "will close 2026-03-07 09:00Z unless reopened" in str(life.entries[-2])

    life.now = due - timedelta(microseconds=1)
    life.tick()

    assert "resolved" == life.incident.state

    life.now = due
    life.tick()
    entry = life.entries[-1]

    assert ("closed", "closed", SYSTEM, due) == (
        life.incident.state,
        life.incident.ending,
        entry.by,
        entry.due,
    )
    assert (None, due) == (life.commits[-1].due_at, life.incident.episode.ended_at)


def test_reopening_cancels_closing_by_itself_and_resolving_counts_anew() -> None:
    """Counted from the last resolve, never from the first (rule L10)."""
    life = resolved()
    life.wait(days=4)
    life.do(Reopen(by="ana", reason="r"))

    assert life.commits[-1].due_at is None

    life.wait(days=2)
    life.do(RESOLVE)

    assert life.now + timedelta(days=5) == life.commits[-1].due_at


def test_zero_means_never() -> None:
    """Without ``auto_close`` nothing closes by itself."""
    life = resolved(Policy(auto_close=timedelta(0)))

    assert life.commits[-1].due_at is None


def test_a_policy_edit_moves_no_closing_that_is_scheduled() -> None:
    """The event wrote it down (rule K18)."""
    life = resolved()
    life.practice = evolve(life.practice, policy=Policy(auto_close=timedelta(0)))
    life.tick(days=5)

    assert "closed" == life.incident.state


def test_a_major_incident_never_closes_by_itself() -> None:
    """Not while it is one, and afterwards not before its review (rules L10 and R1)."""
    life = resolved()
    life.do(MAJOR)
    life.do(DraftReview(by="ana", summary="s"), CompleteReview(by="ana"))

    assert life.commits[-1].due_at is None
    assert "resolved" == life.tick(days=30).state

    life.do(DemoteMajor(by="bo", reason="over"))

    assert "closed" == life.tick().state


def test_closing_by_itself_waits_for_its_blocker() -> None:
    """While a requirement blocks there is no entry; once it is met, the next tick closes (K18)."""
    life = resolved()
    life.do(MAJOR, DemoteMajor(by="bo", reason="over"))
    life.tick(days=30)

    assert ("resolved", None) == (life.incident.state, life.commits[-1].due_at)

    life.do(DraftReview(by="ana", summary="s"), CompleteReview(by="ana"))

    assert life.commits[-1].due_at < life.now
    assert "closed" == life.tick().state


def test_another_done_state_keeps_the_resolve_and_the_closing() -> None:
    """Confirming is no second resolve (rule L10)."""
    ours = ITIL.extend(
        State("confirmed", "done", marks={"restored", "resolved"}),
        Step("confirm", "resolved", "confirmed"),
        Step("close", "confirmed", "closed"),
    )
    life = Rehearsal(ours)
    life.report(to="resolved", code="c", note="n")
    due, at = life.commits[-1].due_at, life.now
    life.wait(days=2)
    life.do(Advance(by="ana", step="confirm"))

    assert (due, at) == (life.commits[-1].due_at, life.incident.episode.resolved_at)


def test_an_act_that_is_refused_is_looked_at_later_and_later() -> None:
    """It is postponed, with the reason, and done when nothing refuses it any more (rule K18)."""
    life = resolved(Policy(fields=(FieldRule("survey", required_at="close"),)))
    due = life.commits[-1].due_at
    looks = []
    for _ in range(6):
        life.now = life.commits[-1].due_at
        life.tick()
        looks.append((life.commits[-1].due_at - life.now) // timedelta(hours=1))

    assert [1, 1, 2, 4, 8, 16] == looks
    assert "auto_close postponed until 2026-03-08 17:00Z: fields.missing" in str(life.entries[-1])
    assert {due} == {entry.due for entry in life.entries if entry.kind == "act_postponed"}

    life.do(Note(by="ana", text="answered", fields={"survey": "good"}))
    life.now = life.commits[-1].due_at
    life.tick()

    assert ("closed", due) == (life.incident.state, life.entries[-1].due)


def test_a_late_tick_postpones_once() -> None:
    """Three weeks of silence are one look, not hundreds."""
    life = resolved(Policy(fields=(FieldRule("survey", required_at="close"),)))
    life.tick(days=21)

    assert ("act_postponed",) == life.kinds
    assert life.now + timedelta(days=16) == life.commits[-1].due_at


def test_a_new_resolve_is_not_late_because_an_old_closing_was_postponed() -> None:
    """What was to be looked at later goes with the state (rule L10)."""
    rule = FieldRule("survey", required_at="close")
    life = resolved(Policy(fields=(rule,), reopen_window=None))
    life.tick(days=100)
    life.do(Reopen(by="ana", reason="r"), RESOLVE)

    assert life.now + timedelta(days=5) == life.commits[-1].due_at


def test_closing_may_say_why() -> None:
    """Or nothing at all."""
    told, silent = resolved(), resolved()
    told.do(Close(by="ana", reason="confirmed by phone"))
    silent.do(Close(by="ana"))

    assert str(told.entries[-1]).endswith("ana: closed: confirmed by phone")
    assert str(silent.entries[-1]).endswith("ana: closed")


def test_cancelling_says_why() -> None:
    """By a configured reason, with more of it in a note."""
    life = Rehearsal()
    life.report()
    life.do(Cancel(by="ana", reason="false_positive", note="test alarm"))

    assert ("cancelled", "false_positive", life.now) == (
        life.incident.state,
        life.incident.ending,
        life.incident.episode.ended_at,
    )
    assert "cancelled (false_positive): test alarm" in str(life.entries[-1])


def test_without_cancel_reasons_nothing_is_cancelled() -> None:
    """And no input is asked for."""
    life = Rehearsal(policy=Policy(cancel_reasons=()))
    life.report()
    (option,) = (one for one in life.options() if one.trigger == "cancel")

    assert () == option.inputs
    assert "reason.unknown" in life.attempt(Cancel(by="ana", reason="test")).codes


def test_reinstating_takes_an_incident_up_again() -> None:
    """In the queue, in a new episode, without its ending (rule L2)."""
    life = Rehearsal()
    life.report()
    life.do(Cancel(by="ana", reason="withdrawn"))
    life.wait(days=14)
    life.do(Reinstate(by="ana", reason="happened again"))

    assert ("triaged", None, 2) == (
        life.incident.state,
        life.incident.ending,
        len(life.incident.episodes),
    )
    assert "reinstated: happened again" in str(life.entries[-1])


@pytest.mark.parametrize("into", ["INC-0000002", "id of INC-0000002"])
def test_merging_continues_in_another_incident(into: str) -> None:
    """Named by number or id; the other one is owed the knowledge of it (rules L2 and J5)."""
    target = other()
    life = Rehearsal(others=(target,))
    life.report()
    life.do(Merge(by="ana", into=into))
    commit = life.commits[-1]
    (owed,) = commit.commands

    assert ("merged", "merged", target.id) == (
        life.incident.state,
        life.incident.ending,
        life.incident.merged_into,
    )
    assert "merged into INC-0000002" in str(life.entries[-1])
    assert (target,) == commit.reads
    assert (target.id, Absorb(by="ana", at=life.now, source=life.incident.id)) == (
        owed.incident,
        owed.command,
    )


def test_absorbing_is_recorded_in_any_state() -> None:
    """The incident that goes on stays as it is."""
    life = resolved()
    life.do(Close(by="ana"), Absorb(by="ana", source="another"))

    assert "closed" == life.incident.state
    assert "absorbed another" in str(life.entries[-1])


def test_nothing_is_merged_into_itself_or_into_what_is_over() -> None:
    """The target is another incident in triage or open (rule L2)."""
    done = other(to="resolved", code="c", note="n")
    life = Rehearsal()
    life.report()
    life.others = (done, evolve(life.incident, number="INC-0000001"))

    assert ("into.finished",) == life.attempt(Merge(by="ana", into=done.id)).codes
    assert ("into.itself",) == life.attempt(Merge(by="ana", into="INC-0000001")).codes


def test_reinstating_a_merged_incident_parts_it_again() -> None:
    """Also when a correction or a host's own step does it."""
    for step in (
        Reinstate(by="ana", reason="another cause"),
        Correct(by="ana", reason="wrong one", state="triaged"),
    ):
        life = Rehearsal(others=(other(),))
        life.report()
        life.do(Merge(by="ana", into="INC-0000002"))
        life.do(step)

        assert (None, None) == (life.incident.merged_into, life.incident.ending)


@pytest.mark.parametrize(
    "back",
    [
        Reopen(by="ana", reason="r"),
        Correct(by="ana", reason="r", state="in_progress"),
    ],
)
def test_going_back_to_work_asks_who_holds_the_dedup_key(back: Reopen | Correct) -> None:
    """Another holder closes the way, named, unless the key is given up (rule I7)."""
    life = resolved(dedup_key="mail-queue")
    life.others = (other(dedup_key="mail-queue"),)
    attempt = life.attempt(back)

    assert ("dedup_key.held",) == attempt.codes
    assert "INC-0000002 holds its dedup key" in str(attempt.outcome)

    life.do(evolve(back, give_up_key=True))

    assert (None, "in_progress") == (life.incident.dedup_key, life.incident.state)
    assert "gave up dedup key mail-queue to INC-0000002" in str(life.entries[-1])


def test_a_key_that_nobody_else_holds_is_kept() -> None:
    """Giving it up gives up nothing."""
    life = resolved(dedup_key="mail-queue")
    life.others = (evolve(life.incident, place=ITIL.places["new"]), other(dedup_key="disk"))
    life.do(Reopen(by="ana", reason="r", give_up_key=True))

    assert "mail-queue" == life.incident.dedup_key
