"""
Invariant: what other products were found to get wrong about deadlines is right here.

Each test is a bug that was shipped elsewhere, with the figures worked out by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.events import ClockWarned
from incidentflow.incident.clocks import ClockStatus, Verdict
from incidentflow.policy import Calendar, HoldReason, Hours, Policy, TargetRow, Union
from incidentflow.policy.calendars import OpeningHours, add
from incidentflow.policy.file import read_policy
from incidentflow.process import Acknowledge, Hold, OverridePriority, Reopen, Resolve, Resume
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)
OFFICE = Calendar("office", week={"mon-fri": "09:00-17:00"}, holidays=("2026-03-04",))
LUNCH = Calendar("lunch", week={"mon-fri": "09:00-12:00, 13:00-17:00"})
PARKED = HoldReason("parked", pauses="resolution")
HOLD = Hold(by="bo", reason="parked")
RESOLVE = Resolve(by="bo", code="fixed", note="done")


def policy(hours: OpeningHours, target: Hours, **conditions: Any) -> Policy:  # noqa: ANN401 - of any kind
    """Build a policy with one target."""
    row = TargetRow(targets={"resolution": target}, calendar=hours, **conditions)
    return Policy(targets=(row,), hold_reasons=(PARKED,), requirements=(), auto_close=timedelta(0))


def life(
    hours: OpeningHours,
    target: Hours,
    begins: datetime,
    **conditions: Any,  # noqa: ANN401 - as above
) -> Rehearsal:
    """Report an incident and take it, at an instant."""
    rehearsal = Rehearsal(policy=policy(hours, target, **conditions), now=begins)
    rehearsal.report(by="monitor:probe")
    rehearsal.do(Acknowledge(by="bo"))
    return rehearsal


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """Name an instant of March 2026, which begins on a Sunday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def test_a_pause_over_a_weekend_costs_its_business_hours_alone() -> None:
    """Not the hours of the wall counted as those of business: 2 of 8 used, 3 paused, not 66."""
    rehearsal = life(OFFICE, Hours(8), at(6, 12))
    rehearsal.now = at(6, 14)
    rehearsal.do(HOLD)
    rehearsal.now = at(9, 9)
    clock = rehearsal.do(Resume(by="bo")).clock("resolution")

    assert at(9, 15) == clock.due
    assert 2 * HOUR == clock.elapsed(rehearsal.now)


def test_warnings_fall_on_the_business_minute_in_hours_with_a_break() -> None:
    """Not at midnight, and not in the break: 12:00 is used up at noon, 3/4 at 15:00."""
    rehearsal = life(LUNCH, Hours(6), at(5, 9))
    rehearsal.tick(days=3)
    warned = [entry.at for entry in rehearsal.entries if isinstance(entry.event, ClockWarned)]

    assert [at(5, 12), at(5, 14, 30), at(5, 15, 24)] == warned
    assert at(5, 16) == rehearsal.incident.clock("resolution").breached_at


def test_resolving_straight_from_hold_leaves_the_hold_out() -> None:
    """Nobody resumed it; 42 days on hold are no 42 days of work."""
    rehearsal = life(OFFICE, Hours(8), at(2, 9))
    rehearsal.wait(hours=2)
    rehearsal.do(HOLD)
    rehearsal.wait(days=42)
    clock = rehearsal.do(RESOLVE).clock("resolution")

    assert 2 * HOUR == clock.elapsed(rehearsal.now)
    assert Verdict.MET is clock.verdict


def test_a_deadline_is_one_instant_for_readers_in_every_zone() -> None:
    """It has a zone, so that nobody sees red eight hours early."""
    tokyo = Calendar("tokyo", week={"mon-fri": "09:00-17:00"}, zone="Asia/Tokyo")
    due = life(tokyo, Hours(4), at(2, 0)).incident.clock("resolution").due

    assert at(2, 4) == due
    assert due is not None
    assert timedelta(0) == due.utcoffset()
    with pytest.raises(InvalidInput, match="has no time zone"):
        Hold(by="bo", reason="parked", until=datetime(2026, 3, 3, 9))  # noqa: DTZ001 - the mistake


def test_a_hold_moves_what_was_left_and_not_the_report() -> None:
    """Held overnight from 16:00 with 1 hour left: due an hour after it went on."""
    rehearsal = life(OFFICE, Hours(7), at(2, 9))
    rehearsal.now = at(2, 15)
    rehearsal.do(HOLD)
    rehearsal.now = at(3, 11)
    clock = rehearsal.do(Resume(by="bo")).clock("resolution")

    assert HOUR == clock.remaining(rehearsal.now)
    assert at(3, 12) == clock.due


def test_a_lunch_break_is_no_holiday() -> None:
    """The break counts nothing, and the day goes on after it."""
    assert at(2, 14) == add(LUNCH, at(2, 11), 2 * HOUR)
    assert at(2, 12) == add(LUNCH, at(2, 11), HOUR)
    assert at(3, 10) == add(LUNCH, at(2, 16), 2 * HOUR)


@pytest.mark.parametrize("day", ["tue", "wed", "fri", "sun"])
def test_a_calendar_needs_no_particular_weekday(day: str) -> None:
    """One day a week is enough, whichever."""
    due = add(Calendar("one", week={day: "09:00-17:00"}), at(2, 8), 9 * HOUR)

    assert (day, 10) == (f"{due:%a}".lower(), due.hour)
    assert timedelta(days=7) < due - at(2, 8) < timedelta(days=15)


def test_without_a_calendar_all_time_counts_and_an_empty_one_is_refused() -> None:
    """Neither is searched for ever."""
    rehearsal = Rehearsal(
        policy=Policy(targets=(TargetRow(targets={"resolution": Hours(30)}),)), now=at(7, 8)
    )
    rehearsal.report()

    assert at(8, 14) == rehearsal.incident.clock("resolution").due
    with pytest.raises(PolicyError):
        Calendar("never", week={})
    with pytest.raises(InvalidInput):
        Union("never", ())


def test_a_holiday_feed_gives_no_days_that_are_merely_observed() -> None:
    """Valentine's day is worked; independence day is not."""
    read = read_policy("""
[calendars.us]
week = { mon-sun = "09:00-17:00" }
holidays = { country = "US", years = [2025] }
""")
    (calendar,) = (each for each in read.calendars if each.name == "us")
    days = calendar.holidays if isinstance(calendar, Calendar) else ()

    assert "2025-07-04" in days
    assert not {"2025-02-14", "2025-03-17", "2025-10-31"} & set(days)


def test_a_target_that_comes_after_reopening_counts_from_the_report() -> None:
    """The time it was thought to be over is the only one that does not count."""
    rehearsal = life(LUNCH, Hours(6), at(5, 9), priority=1)
    rehearsal.now = at(5, 11)
    rehearsal.do(OverridePriority(by="bo", priority=1, reason="a customer"))
    rehearsal.now = at(5, 12)
    rehearsal.do(RESOLVE)
    rehearsal.now = at(9, 9)
    clock = rehearsal.do(Reopen(by="ana", reason="again")).clock("resolution")

    assert (at(5, 9), at(9, 12)) == (clock.started_at, clock.due)

    late = life(LUNCH, Hours(6), at(5, 9), priority=1)
    late.now = at(5, 12)
    late.do(RESOLVE)
    late.now = at(6, 9)
    late.do(Reopen(by="ana", reason="again"))
    clock = late.do(OverridePriority(by="bo", priority=1, reason="a customer")).clock("resolution")

    assert (at(5, 9), at(6, 12)) == (clock.started_at, clock.due)


def test_editing_targets_or_calendars_rewrites_no_live_clock_and_no_history() -> None:
    """Neither by itself nor at the next pause; the clock carries its own terms."""
    rehearsal = life(OFFICE, Hours(8), at(2, 9))
    before = rehearsal.incident.clocks
    rehearsal.practice = evolve(rehearsal.practice, policy=policy(LUNCH, Hours(1)))
    rehearsal.now = at(2, 10)
    rehearsal.do(HOLD)
    rehearsal.now = at(3, 9)
    clock = rehearsal.do(Resume(by="bo")).clock("resolution")

    assert before[0].terms == clock.terms
    assert at(5, 8) < at(5, 9) < at(5, 17)
    assert at(3, 16) == clock.due


def test_a_paused_clock_on_a_holiday_is_shown_as_paused() -> None:
    """Paused and closed are two facts; the one does not hide the other, nor the day after."""
    rehearsal = life(OFFICE, Hours(8), at(3, 9))
    rehearsal.now = at(3, 11)
    clock = rehearsal.do(HOLD).clock("resolution")

    for day, closed in ((4, True), (5, False)):
        assert ClockStatus.PAUSED is clock.status(at(day, 11))
        assert clock.paused
        assert closed is clock.out_of_hours(at(day, 11))
        assert 6 * HOUR == clock.remaining(at(day, 11))


def test_a_target_used_up_to_nearly_all_is_met() -> None:
    """Nothing is rounded to a hundred percent: a microsecond before is in time."""
    rehearsal = life(OFFICE, Hours(8), at(2, 9))
    rehearsal.now = at(2, 17) - timedelta(microseconds=1)

    assert Verdict.MET is rehearsal.do(RESOLVE).clock("resolution").verdict


def test_a_day_that_was_meant_as_24_hours_is_never_three_days_by_accident() -> None:
    """Open hours are called hours; a day is no amount."""
    with pytest.raises(PolicyError, match="is no amount"):
        read_policy('targets = [{ targets = { resolution = "1 day" } }]')

    assert at(5, 17) == add(evolve(OFFICE, holidays=()), at(3, 9), 24 * HOUR)
    assert MONDAY.weekday() == 0
