"""
Invariant: what happens to a clock happens at its own instant, whoever looks and says so when.

A hold that ends by itself, a milestone that is corrected, a start that becomes known late (rules
K6, K11, K12, K15, K16, K17, K19 and L8).
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidentflow.incident import Entry
from incidentflow.incident.clocks import Ended, Verdict
from incidentflow.policy import (
    BusinessDays,
    Calendar,
    ClockRule,
    HoldReason,
    Hours,
    OnChange,
    Policy,
    TargetRow,
)
from incidentflow.policy.clocks import CLOCKS
from incidentflow.process import (
    Acknowledge,
    Correct,
    Hold,
    Mitigate,
    OverridePriority,
    Reopen,
    Resolve,
    Resume,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
HOLD = Hold(by="bo", reason="parked", until=MONDAY + HOUR)
RESOLVE = Resolve(by="bo", code="fixed", note="done")
CALLBACK = ClockRule("callback", starts="released", stops=("resolved",))
PATIENCE = ClockRule("patience", stops=("released",))
ROUNDS = ClockRule("rounds", stops=("resolved",), restarts=("released",))


def life(*rows: TargetRow, change: OnChange | None = None, **report: object) -> Rehearsal:
    """Report an incident to a desk with these targets and clocks of its own."""
    rules = tuple(
        ClockRule(rule.name, stops=rule.stops, pausable=False, on_change=change or rule.on_change)
        for rule in CLOCKS
    )
    policy = Policy(
        targets=rows,
        clocks=(*rules, CALLBACK, PATIENCE, ROUNDS),
        hold_reasons=(HoldReason("parked"),),
        requirements=(),
        auto_close=timedelta(0),
    )
    played = Rehearsal(policy=policy)
    played.report(by="monitor:probe", **report)
    return played


def row(clock: str, hours: int = 2, priority: int | None = None) -> TargetRow:
    """Build a row with one target."""
    return TargetRow(priority=priority, targets={clock: Hours(hours)})


def clocks_say(played: Rehearsal) -> list[tuple[str, str, object]]:
    """List what happened to clocks, each with its instant and what it says."""
    return [
        (entry.kind, f"{(entry.at - MONDAY) / MINUTE:g}", entry.event)
        for entry in played.entries
        if entry.kind.startswith("clock_")
    ]


@pytest.mark.parametrize("clock", ["callback", "patience", "rounds"])
@pytest.mark.parametrize("minutes", [21 * 24 * 60, 90])
def test_a_hold_is_released_when_it_ends_however_late_somebody_looks(
    clock: str, minutes: int
) -> None:
    """One look tells what a look every ten minutes does, of what starts, stops and restarts."""
    seldom, often = life(row(clock)), life(row(clock))
    for played in (seldom, often):
        played.do(HOLD)
    seldom.tick(minutes=minutes)
    for _ in range(0, min(minutes, 200), 10):
        often.tick(minutes=10)
    often.tick(minutes=max(0, minutes - 200))

    assert clocks_say(seldom) == clocks_say(often)
    assert any((at == "60") for _, at, _ in clocks_say(seldom))


def test_a_release_by_somebody_after_its_end_counts_from_the_end() -> None:
    """And one before it from when it is done."""
    late, early = life(row("callback")), life(row("callback"))
    for played in (late, early):
        played.do(HOLD)
    late.wait(minutes=90)
    early.wait(minutes=30)
    starts = [played.do(Resume(by="bo")).clock("callback") for played in (late, early)]

    assert [MONDAY + HOUR, MONDAY + 30 * MINUTE] == [each.started_at for each in starts]


def test_a_corrected_acknowledgement_stops_a_response_that_runs() -> None:
    """When it happened, in time; and nothing is breached later (rules K12 and L8)."""
    played = life(row("response"))
    played.tick(minutes=90)
    was_at = MONDAY + 30 * MINUTE
    correct = Correct(by="bo", reason="r", milestone="acknowledged_at", was_at=was_at)
    clock = played.do(correct).clock("response")
    played.tick(hours=5)

    assert (Verdict.MET, was_at, "answered") == (clock.verdict, clock.ended_at, clock.stopped_by)
    assert clock == played.incident.clock("response")


@pytest.mark.parametrize(("minutes", "claimed"), [(30, Verdict.MET), (150, None)])
def test_a_correction_after_the_breach_keeps_both_verdicts(
    minutes: int, claimed: Verdict | None
) -> None:
    """As recorded and as claimed (rule K17)."""
    played = life(row("response"))
    played.tick(minutes=180)
    was_at = MONDAY + minutes * MINUTE
    correct = Correct(by="bo", reason="r", milestone="acknowledged_at", was_at=was_at)
    clock = played.do(correct).clock("response")

    assert (Ended.STOPPED, Verdict.BREACHED, claimed) == (
        clock.ended,
        clock.verdict,
        clock.claimed,
    )


def test_a_correction_before_the_report_stops_at_the_start() -> None:
    """No clock ends before it started."""
    played = life(row("response"))
    played.wait(minutes=5)
    correct = Correct(by="bo", reason="r", milestone="acknowledged_at", was_at=MONDAY - HOUR)

    assert MONDAY == played.do(correct).clock("response").ended_at


def test_a_correction_of_a_former_episode_stops_nothing_of_this_one() -> None:
    """It says when something was reached that had been reached (rule L9)."""
    rule = ClockRule("handling", starts="working", stops=("acknowledged",), on_reopen="restart")
    policy = Policy(targets=(row("handling"),), clocks=(rule,), hold_reasons=())
    played = Rehearsal(policy=policy)
    played.report(by="ana")
    for command in (Acknowledge(by="bo"), RESOLVE, Reopen(by="bo", reason="r", to="in_progress")):
        played.wait(minutes=10)
        played.do(command)
    running = played.incident.clock("handling")
    correct = Correct(by="bo", reason="r", milestone="acknowledged_at", was_at=MONDAY + 5 * MINUTE)

    assert running == played.do(correct).clock("handling")


def test_restoration_is_corrected_with_its_state() -> None:
    """While the incident goes on, a milestone without the state would not last (rule L6)."""
    played = life(row("restoration"))
    played.do(Acknowledge(by="bo"))
    played.tick(minutes=90)
    was_at = MONDAY + 30 * MINUTE
    said = {"by": "bo", "reason": "r", "milestone": "restored_at", "was_at": was_at}
    alone = played.attempt(Correct(**said))  # type: ignore[arg-type] # by name
    clock = played.do(Correct(**said, state="mitigated")).clock("restoration")  # type: ignore[arg-type] # as above

    assert ("milestone.not_reached",) == alone.codes
    assert (Verdict.MET, was_at) == (clock.verdict, clock.ended_at)
    assert was_at == played.incident.episode.restored_at


def test_a_restoration_that_nobody_recorded_may_be_put_right_when_it_is_over() -> None:
    """It was restored unseen, at the latest by being resolved."""
    played = life()
    played.do(Acknowledge(by="bo"))
    played.do(RESOLVE)
    correct = Correct(by="bo", reason="r", milestone="restored_at", was_at=MONDAY - HOUR)

    assert MONDAY - HOUR == played.do(correct).episode.restored_at


def warned(entries: tuple[Entry, ...]) -> list[tuple[str, float]]:
    """List the warnings and breaches, with the minutes at which they happened."""
    kinds = ("clock_warned", "clock_breached", "clock_stopped")
    return [(each.kind, (each.at - MONDAY) / MINUTE) for each in entries if each.kind in kinds]


@pytest.mark.parametrize("minutes", [100, 180])
def test_a_start_that_becomes_known_late_warns_before_it_ends(minutes: int) -> None:
    """The verdict and its warnings are those of a clock that ran all the time (rules K11, K12)."""
    rows = row("restoration", priority=1)
    late, known = life(rows), life(rows, impact=1, urgency=1)
    for played in (late, known):
        played.do(Acknowledge(by="bo"))
        played.tick(minutes=minutes)
        played.do(Mitigate(by="bo", note="n"))
        played.tick(minutes=10)
        played.do(OverridePriority(by="bo", priority=1, reason="r"))

    assert warned(known.entries) == warned(late.entries)
    assert "clock_warned" == warned(late.entries)[0][0]


def test_business_days_without_open_time_have_no_parts() -> None:
    """From a closed Sunday to Monday's opening: due then, with no warning at the start (K15)."""
    office = Calendar("office", week={"mon-fri": "09:00-17:00"})
    target = {"resolution": BusinessDays(1, "same time")}
    played = Rehearsal(
        policy=Policy(targets=(TargetRow(targets=target, calendar=office),)),
        now=MONDAY - 24 * HOUR,
    )
    clock = played.report().clock("resolution")
    played.tick(minutes=1)

    assert (timedelta(0), MONDAY, ()) == (clock.target, clock.due, clock.looks)
    assert [] == warned(played.entries)
    assert MONDAY == played.tick(days=1).clock("resolution").breached_at
    assert not played.incident.clock("resolution").retroactive


def test_nothing_left_of_a_target_leaves_nothing_of_another() -> None:
    """In proportion that is due at once, and was used up before it was set (rule K6)."""
    rows = row("resolution", 2, priority=1), row("resolution", 8, priority=3)
    played = life(*rows, change=OnChange.PROPORTIONAL, impact=1, urgency=1)
    played.tick(hours=3)
    played.do(OverridePriority(by="bo", priority=3, reason="r"))
    clock = played.tick(minutes=1).clock("resolution")

    assert (MONDAY + 3 * HOUR, True) == (clock.breached_at, clock.retroactive)
