"""Clocks: what a target, or a span, years away costs beside one that is near, or counted by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import cycle

from conftest import Compare

from incidentflow import Calendar, Hours, Incident, Policy, TargetRow, engine
from incidentflow.engine import Practice
from incidentflow.incident.clocks import Clock
from incidentflow.policy import calendars
from incidentflow.process import Report
from incidentflow.profiles import ITIL
from incidentflow.testing.clock import MONDAY
from incidentflow.words import EPOCH

OFFICE = Calendar(
    "office",
    week={"mon-fri": "09:00-12:30, 13:30-18:00"},
    zone="Europe/Berlin",
    holidays=("01-01", "05-01", "12-25", "12-26"),
)
DAY = timedelta(days=1)
NEAR, FAR = timedelta(hours=3 * 8), timedelta(hours=5 * 52 * 40)
"""Three days of open time, and five years of it."""
SOME_DAYS = 90
STARTS = [MONDAY + n * timedelta(hours=7, minutes=13) for n in range(97)]


def bench_due(compare: Compare) -> None:
    """When a target years away is due, against one that is days away."""
    near, far = cycle(STARTS), cycle(STARTS)

    compare(
        "due: in five years, to in three days",
        lambda: calendars.add(OFFICE, next(far), FAR),
        lambda: calendars.add(OFFICE, next(near), NEAR),
        number=2000,
        at_most=1.5,
    )


def bench_elapsed(compare: Compare) -> None:
    """How much of five years was open, against how much of three days."""
    near, far = cycle(STARTS), cycle(STARTS)

    compare(
        "elapsed: over five years, to over three days",
        lambda: calendars.elapsed(OFFICE, start := next(far), start + 5 * 365 * DAY),
        lambda: calendars.elapsed(OFFICE, start := next(near), start + 3 * DAY),
        number=2000,
        at_most=1.5,
    )


def bench_reckoning(compare: Compare) -> None:
    """A clock's due instant and warnings, for a target years away against one days away."""
    near, far = clock(NEAR), clock(FAR)

    compare(
        "clock reckoned: five years, to three days",
        far.reckoned,
        near.reckoned,
        number=500,
        at_most=1.5,
    )


def bench_by_the_day(compare: Compare) -> None:
    """One evaluation, elapsed and due, against a walk from day to day with the same answer."""
    starts, others = cycle(STARTS), cycle(STARTS)
    span = SOME_DAYS * DAY
    for start in STARTS:
        end = start + span
        open_time = calendars.elapsed(OFFICE, start, end)
        assert (open_time, calendars.add(OFFICE, start, open_time)) == by_the_day(start, end)

    def ours() -> None:
        start = next(starts)
        calendars.add(OFFICE, start, calendars.elapsed(OFFICE, start, start + span))

    def reference() -> None:
        start = next(others)
        by_the_day(start, start + span)

    compare(
        f"clock: {SOME_DAYS} days, to a walk by the day", ours, reference, number=20, at_most=0.1
    )


def clock(target: timedelta) -> Clock:
    """Return a clock that has just started in office hours."""
    hours = Hours(target // timedelta(hours=1))
    row = TargetRow(targets={"resolution": hours}, calendar="office")
    policy = Policy(targets=(row,), calendars=(OFFICE,))
    report = Report(by="monitor:probe", title="Mail is stuck")
    incident = Incident(tenant="default", id="0" * 36)
    started = engine.decide(incident, (report,), Practice(ITIL, policy), MONDAY).incident
    return started.clock("resolution")


def by_the_day(start: datetime, end: datetime) -> tuple[timedelta, datetime]:
    """Count what is open between two instants, day by day; and when the last of it was over."""
    total, last = timedelta(0), EPOCH
    for opens, closes in openings(start.date() - DAY, end.date() + DAY):
        begins, ends = max(opens, start), min(closes, end)
        if begins < ends:
            total, last = total + (ends - begins), ends
    return total, last


def openings(first: date, final: date) -> Iterator[tuple[datetime, datetime]]:
    """Walk the opening hours of each date, as a wall clock shows them."""
    day = first
    while day <= final:
        midnight = datetime.combine(day, time(), OFFICE.tz)
        for window in OFFICE.windows(day):
            yield (
                (midnight + timedelta(seconds=window.opens)).astimezone(MONDAY.tzinfo),
                (midnight + timedelta(seconds=window.closes)).astimezone(MONDAY.tzinfo),
            )
        day += DAY
