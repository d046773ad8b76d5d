"""Invariant: clocks are right where they start, stop, end and go on, in whichever order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidentflow.incident import Command
from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.policy import ClockRule, HoldReason, Hours, Policy, TargetRow
from incidentflow.policy.clocks import CLOCKS
from incidentflow.process import (
    Acknowledge,
    Assign,
    Cancel,
    Close,
    Correct,
    Hold,
    Mitigate,
    Note,
    OverridePriority,
    Reclassify,
    Reinstate,
    Relapse,
    Reopen,
    Report,
    Resolve,
    Resume,
    Retarget,
    StakeholderUpdate,
    Triage,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)
WORST = {"impact": 1, "urgency": 1}
ACKNOWLEDGE = Acknowledge(by="bo")
RESOLVE = Resolve(by="bo", code="fixed", note="done")
MITIGATE = Mitigate(by="bo", note="rerouted")
RELAPSE = Relapse(by="bo", note="down again")
REOPEN = Reopen(by="ana", reason="still there")
CANCEL = Cancel(by="bo", reason="test")
REINSTATE = Reinstate(by="bo", reason="a mistake")
RESUME = Resume(by="bo")
VENDOR = Hold(by="bo", reason="awaiting_vendor")
PARKED = HoldReason("parked", pauses=("restoration", "resolution"))
SUPPLIER = ClockRule("supplier", starts="held:awaiting_vendor", stops="released")


def policy(*rows: TargetRow, own: tuple[ClockRule, ...] = (), **more: Any) -> Policy:  # noqa: ANN401 - of any kind
    """Build a policy with clocks of the host's own, in place of shipped ones of the same name."""
    names = {each.name for each in own}
    clocks = (*(each for each in CLOCKS if each.name not in names), *own)
    usual: dict[str, Any] = {"requirements": (), "auto_close": timedelta(0), "clocks": clocks}
    return Policy(**{**usual, **({"targets": rows} if rows else {}), **more})


def row(priority: int | None = None, **hours: int) -> TargetRow:
    """Build a target row, in hours."""
    return TargetRow(priority=priority, targets={name: Hours(each) for name, each in hours.items()})


def life(given: Policy, *asked: Command | float, **report: Any) -> Rehearsal:  # noqa: ANN401 - as above
    """Report an incident, and let things happen; a number is so many hours."""
    played = Rehearsal(policy=given)
    played.report(**{"by": "monitor:probe", **report})
    return after(played, *asked)


def after(played: Rehearsal, *asked: Command | float) -> Rehearsal:
    """Let things happen; a number is so many hours in which a worker looks once, at their end."""
    for each in asked:
        if isinstance(each, Command):
            played.do(each)
        else:
            played.tick(hours=each)
    return played


def adopt(played: Rehearsal, given: Policy) -> None:
    """Go on under another policy."""
    played.practice = Rehearsal(policy=given).practice


def override(priority: int) -> OverridePriority:
    """Set a priority by hand."""
    return OverridePriority(by="ana", priority=priority, reason="the board")


def running(played: Rehearsal) -> dict[str, Clock]:
    """Return the clocks that run, by name."""
    return {each.name: each for each in played.incident.clocks if each.runs}


@pytest.mark.parametrize(("ends", "goes_on"), [(RESOLVE, REOPEN), (CANCEL, REINSTATE)])
def test_what_was_reclassified_while_it_was_over_has_its_targets_again(
    ends: Command, goes_on: Command
) -> None:
    """Clocks that never ran start, and those that had run follow (rules Q5, K6 and K12)."""
    worse = Reclassify(by="ana", **WORST)
    played = life(policy(), ACKNOWLEDGE, ends, worse, goes_on, impact=3, urgency=3)
    assert "P1" == running(played)["restoration"].terms.row

    played = life(policy(), ACKNOWLEDGE, ends, override(3), goes_on, **WORST)
    assert "P3" == running(played)["restoration"].terms.row


def test_an_edited_policy_changes_no_clock_that_goes_on() -> None:
    """Not when somebody is assigned, nor when it is reopened; only by `Retarget` (rule K13)."""
    special = TargetRow(priority=1, customer="acme", targets={"restoration": Hours(1)})
    for edited in (policy(row(1, restoration=8), special), policy(row(2, restoration=1))):
        played = life(policy(row(1, restoration=8)), 2.0, customer="acme", **WORST)
        adopt(played, edited)
        for asked in (Assign(by="ana", team="network"), ACKNOWLEDGE, RESOLVE, REOPEN):
            after(played, asked)
            assert "8 h" == played.incident.clock("restoration").terms.target
        assert "restoration" in running(played)


def test_a_correction_to_a_restored_state_takes_no_restoration_up() -> None:
    """Service is restored: there is nothing to wait for (rules K7 and L6)."""
    correct = Correct(by="ana", reason="only mitigated", state="mitigated")
    played = life(policy(), ACKNOWLEDGE, 1.0, RESOLVE, 1.0, correct, 6.0, RESOLVE, **WORST)

    assert not running(played)
    assert Verdict.MET is played.incident.clock("restoration").verdict


@pytest.mark.parametrize(("on_reopen", "hours"), [("resume", 9), ("restart", 10), ("continue", 4)])
def test_a_restoration_known_late_leaves_out_what_was_restored(on_reopen: str, hours: int) -> None:
    """As one that was known from the beginning does (rule K7)."""
    own = (ClockRule("restoration", stops="restored", on_reopen=on_reopen),)
    for priority in (None, 1):
        given = policy(row(priority, restoration=4), own=own)
        played = life(given, ACKNOWLEDGE, 1.0, MITIGATE, 5.0, RELAPSE, override(1))

        assert MONDAY + hours * HOUR == played.incident.clock("restoration").due


@pytest.mark.parametrize(
    ("stops", "asked"),
    [("working", (ACKNOWLEDGE, 1.0, MITIGATE)), ("waiting", (VENDOR, 1.0, RESUME))],
)
def test_progress_takes_up_no_clock_that_had_stopped(stops: str, asked: tuple[Any, ...]) -> None:
    """A clock that stopped keeps its verdict, unless something is lost or reopened (K6 and K7)."""
    own = (ClockRule("first", stops=stops),)
    played = life(policy(row(first=4), own=own), *asked, 9.0, RESOLVE)

    assert Verdict.MET is played.incident.clock("first").verdict


def test_what_starts_and_stops_in_one_command_is_met_at_once() -> None:
    """Else nothing would ever stop it (rule K12)."""
    cure = ClockRule("cure", starts="restored", stops="resolved")
    played = life(policy(row(cure=4), own=(cure,)), ACKNOWLEDGE, RESOLVE, 9.0)
    assert Verdict.MET is played.incident.clock("cure").verdict

    taken = ClockRule("taken", starts="assigned", stops="resolved")
    done = {"to": "resolved", "assignee": "bo", "code": "fixed", "note": "done"}
    assert (
        Verdict.MET
        is life(policy(row(taken=4), own=(taken,)), 9.0, **done).incident.clock("taken").verdict
    )

    answer = ClockRule("answer", starts="assigned", stops="answered")
    given = Assign(by="ana", assignee="bo")
    played = life(policy(row(answer=4), own=(answer,)), given, 9.0)
    assert Verdict.MET is played.incident.clock("answer").verdict


def test_held_again_for_the_same_supplier_the_next_cycle_begins() -> None:
    """One interval on hold ends as the next begins (rule L2)."""
    played = life(policy(row(supplier=8), own=(SUPPLIER,)), VENDOR, 1.0, VENDOR, 2.0, RESUME)
    cycles = [(each.cycle, each.elapsed(played.now)) for each in played.incident.clocks]

    assert [(1, HOUR), (2, 2 * HOUR)] == cycles


def test_a_supplier_is_not_waited_for_after_a_cancellation() -> None:
    """It starts again when it is held for the supplier again (rules K8 and K12)."""
    given = policy(row(supplier=8), own=(SUPPLIER,))
    played = life(given, VENDOR, CANCEL, REINSTATE, 9.0)
    assert not running(played)
    assert MONDAY + 17 * HOUR == after(played, VENDOR).incident.clock("supplier").due


def test_a_clock_of_triaged_incidents_counts_from_the_triage() -> None:
    """However late its target is known, and never before (rule K12)."""
    own = (ClockRule("first", starts="triaged", stops="working"),)
    triage = Triage(by="bo", category="mail")
    known_late = policy(row(1, first=4), own=own)
    played = life(known_late, 1.0, triage, 2.0, override(1), impact=3, urgency=3)
    assert MONDAY + HOUR == played.incident.clock("first").started_at

    played = life(policy(row(response=4), own=own), 1.0, **WORST)
    adopt(played, policy(row(response=4, first=2), own=own))
    assert ("retarget.nothing",) == played.attempt(Retarget(by="ana", reason="new")).codes
    assert MONDAY + HOUR == after(played, triage).incident.clock("first").started_at


@pytest.mark.parametrize("stops", [("working", "released"), ("released", "working")])
def test_the_first_thing_that_stops_a_clock_stops_it(stops: tuple[str, ...]) -> None:
    """The end of a hold, not the worker that came hours later, in whichever order they stand."""
    own = (ClockRule("supplier", starts="held:awaiting_vendor", stops=stops),)
    hold = Hold(by="bo", reason="awaiting_vendor", until=MONDAY + 2 * HOUR)
    for steps in ((10.0,), (1.0,) * 10):
        played = life(policy(row(supplier=8), own=own), ACKNOWLEDGE, hold, *steps)

        assert MONDAY + 2 * HOUR == played.incident.clock("supplier").ended_at


def test_a_correction_claims_nothing_against_another_answer() -> None:
    """It was answered by an assignment; when it was acknowledged changes nothing (rule K17)."""
    told = MONDAY + timedelta(minutes=20)
    correct = Correct(by="ana", reason="r", milestone="acknowledged_at", was_at=told)
    assigned = Assign(by="ana", assignee="bo")
    played = life(policy(), assigned, 0.5, ACKNOWLEDGE, correct, **WORST)

    assert played.incident.clock("response").claimed is None


def test_a_correction_claims_against_an_answer_of_a_former_episode() -> None:
    """Though the target became known in a later one (rules K12 and K17)."""
    given = policy(row(1, response=1))
    correct = Correct(by="ana", reason="r", milestone="acknowledged_at", was_at=MONDAY + HOUR / 2)
    played = life(given, 2.0, ACKNOWLEDGE, RESOLVE, 1.0, REOPEN, override(1))
    assert Verdict.BREACHED is played.incident.clock("response").verdict
    assert Verdict.MET is after(played, correct).incident.clock("response").claimed


def test_what_was_paused_before_a_change_in_proportion_stays_known() -> None:
    """For another change, that counts from the start (rule K6)."""
    own = (ClockRule("resolution", stops="resolved", on_change="proportional"),)
    more: dict[str, Any] = {"own": own, "hold_reasons": (PARKED,)}
    given = policy(row(1, resolution=8), row(2, resolution=16), **more)
    played = life(given, Hold(by="bo", reason="parked"), 5.0, RESUME, 1.0, override(2), **WORST)
    adopt(played, policy(row(2, resolution=10), **more))
    retarget = Retarget(by="ana", reason="a new contract", mode="retroactive")

    assert 14 * HOUR == played.incident.clock("resolution").remaining(played.now)
    assert MONDAY + 15 * HOUR == after(played, retarget).incident.clock("resolution").due


def test_closing_stops_what_waited_for_it_alone() -> None:
    """What else runs is cancelled (rule K8)."""
    confirm = ClockRule("confirm", starts="resolved", stops="event:closed")
    given = policy(row(confirm=4, update=9), own=(confirm,), close_unresolved=True)
    played = life(given, RESOLVE, Close(by="bo"))
    assert Verdict.MET is played.incident.clock("confirm").verdict

    played = life(given, Close(by="bo", reason="no answer"))
    assert Ended.CANCELLED is played.incident.clock("update").ended
    assert Ended.CANCELLED is life(given, RESOLVE, CORRECTED).incident.clock("confirm").ended


CORRECTED = Correct(by="ana", reason="r", state="cancelled")


def test_nothing_starts_any_more_once_it_is_over() -> None:
    """A note to a closed incident is no promise (rule K12)."""
    own = (ClockRule("noted", starts="event:noted", stops="resolved"),)
    note = Note(by="bo", text="for the record")

    assert not life(policy(row(noted=4), own=own), CANCEL, note).incident.clocks


def test_a_target_that_comes_back_goes_on_in_its_cycle() -> None:
    """Each warning is given once (rules K6 and K11); by `Retarget`, too."""
    given = policy(row(1, restoration=4))
    played = life(given, 3.1, override(5), override(1), 0.0, **WORST)
    parts = [each.event.describe() for each in played.entries if each.kind == "clock_warned"]
    assert 2 == len(parts) == len(set(parts))

    played = life(policy(row(1, restoration=4)), override(2), **WORST)
    adopt(played, policy(row(2, restoration=8)))
    clock = after(played, Retarget(by="ana", reason="new")).incident.clock("restoration")
    assert (True, 1, MONDAY + 8 * HOUR) == (clock.runs, clock.cycle, clock.due)


def test_a_target_that_comes_back_sees_what_ended_it_meanwhile() -> None:
    """Somebody answered while there was no target (rule K12)."""
    played = life(policy(row(1, response=4)), 1.0, override(2), 1.0, ACKNOWLEDGE, 1.0, **WORST)
    adopt(played, policy(row(2, response=8)))
    clock = after(played, Retarget(by="ana", reason="new")).incident.clock("response")

    assert (Verdict.MET, MONDAY + 2 * HOUR) == (clock.verdict, clock.ended_at)


def test_a_target_that_comes_back_may_begin_anew() -> None:
    """Where changes count from when they are made (rule K6)."""
    own = (ClockRule("resolution", stops="resolved", on_change="from_change"),)
    given = policy(row(1, resolution=4), own=own)
    played = life(given, override(5), 9.0, override(1), **WORST)

    assert MONDAY + 13 * HOUR == played.incident.clock("resolution").due


def test_business_days_are_relieved_until_they_are_due() -> None:
    """Their open time is used up at closing time, their promise is not (rules K6 and K15)."""
    evening = datetime(2026, 3, 2, 20, tzinfo=UTC)
    played = Rehearsal(now=evening)
    played.report(impact=2, urgency=2)
    due = played.incident.clock("restoration").due
    assert due is not None
    played.now = due - HOUR
    played.do(override(4))

    assert any(each.relieved for each in played.incident.clocks)


def test_a_hold_while_it_was_restored_is_left_out_where_that_time_counts() -> None:
    """The time between counts, what of it was held does not (rules K3, K7 and K16)."""
    own = (ClockRule("restoration", stops="restored", on_reopen="continue"),)
    given = policy(row(restoration=8), own=own, hold_reasons=(PARKED,))
    held = Hold(by="bo", reason="parked")
    back = Resume(by="bo", to="in_progress")
    played = life(given, ACKNOWLEDGE, 1.0, MITIGATE, 1.0, held, 4.0, back)

    assert MONDAY + 12 * HOUR == played.incident.clock("restoration").due


def test_a_response_known_late_leaves_out_what_was_cancelled() -> None:
    """As one that was known from the beginning does (rules K7 and K12)."""
    by_service = {"by": "service:mail", "reason": "test"}
    asked = (1.0, Cancel(**by_service), 5.0, Reinstate(**by_service), override(1))
    for priority in (None, 1):
        played = life(policy(row(priority, response=4)), *asked)

        assert MONDAY + 9 * HOUR == played.incident.clock("response").due


@pytest.mark.parametrize(
    ("on_change", "mode"), [("from_change", None), ("retroactive", "from_change")]
)
def test_a_target_that_comes_back_by_request_may_begin_anew(
    on_change: str, mode: str | None
) -> None:
    """As the clock was agreed to follow changes, or as is asked for; no breach is made up (K6)."""
    own = (ClockRule("resolution", stops="resolved", on_change=on_change),)
    played = life(policy(row(1, resolution=2), own=own), 1.0, override(3), 9.0, **WORST)
    adopt(played, policy(row(3, resolution=4), own=own))
    clock = after(played, Retarget(by="bo", reason="new", mode=mode), 1.0).incident.clock(
        "resolution"
    )

    assert (MONDAY + 14 * HOUR, None, 2) == (clock.due, clock.breached_at, clock.cycle)


def test_what_never_goes_on_runs_through_a_resolution_that_does_not_stop_it() -> None:
    """Reopening is no pause of it, whenever its target became known (rule K7)."""
    own = (ClockRule("noted", stops="event:noted", on_reopen="never"),)
    for priority in (None, 1):
        given = policy(row(priority, noted=8), own=own)
        played = life(given, 1.0, RESOLVE, 2.0, REOPEN, override(1))

        assert MONDAY + 8 * HOUR == played.incident.clock("noted").due


def test_a_promise_is_no_target_to_be_measured_anew() -> None:
    """It has no row that could be another (rules C2 and K13)."""
    promise = StakeholderUpdate(by="bo", text="more soon", next_update_at=MONDAY + HOUR)
    played = life(policy(row(response=4)), promise)
    adopt(played, policy(row(response=8)))
    clock = after(played, Retarget(by="ana", reason="new")).incident.clock("promised_update")

    assert (True, MONDAY + HOUR) == (clock.runs, clock.due)


def test_a_target_known_late_sees_the_state_that_stops_it() -> None:
    """Work has begun before anybody knew of a target (rule K12)."""
    own = (ClockRule("begun", stops="working"),)
    played = life(policy(row(1, begun=4), own=own), 1.0, ACKNOWLEDGE, 1.0, override(1))

    assert MONDAY + HOUR == played.incident.clock("begun").ended_at


@pytest.mark.parametrize("name", ["detected_at", "occurred_at"])
def test_nothing_has_happened_that_lies_ahead(name: str) -> None:
    """It would start a clock in three days; five minutes are forgiven (rule L8)."""
    for minutes, codes in ((5, ()), (6, ("was_at.future",))):
        told = {name: MONDAY + timedelta(minutes=minutes)}
        report = Report(by="ana", title="Down", **told)  # type: ignore[arg-type] # an instant

        assert codes == Rehearsal().attempt(report).codes


def test_a_promise_is_kept_though_it_is_resolved_and_none_is_made_once_it_is_over() -> None:
    """Somebody said when more would be heard (rule C2)."""
    promise = StakeholderUpdate(by="bo", text="more soon", next_update_at=MONDAY + HOUR)
    played = life(policy(), RESOLVE, promise, 2.0)
    assert 1 == played.incident.counts.missed_updates

    refused = life(policy(), CANCEL).attempt(promise)
    assert ("next_update_at.over",) == refused.codes
    assert life(policy(), CANCEL).attempt(StakeholderUpdate(by="bo", text="a test")).commit
