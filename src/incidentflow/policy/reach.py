"""Reach: targets that a calendar comes to within a lifetime, and others (rule K15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from functools import lru_cache

from incidentflow.policy.amounts import MOST_DAYS, Amount, BusinessDays
from incidentflow.policy.calendars import OpeningHours, Union
from incidentflow.policy.targets import TargetRow, by_name

FIRST = date(2001, 1, 1).toordinal()
FOUR_YEARS = 1461
KEPT = 128


def reach_problems(rows: Iterable[TargetRow], calendars: Iterable[OpeningHours]) -> Iterator[str]:
    """
    Say which targets would take more than a century, one sentence each.

    Args:
        rows: The target rows of a policy.
        calendars: Its calendars; a name that neither they nor the shipped ones have is another
            problem.

    """
    named = by_name(calendars)
    for row in rows:
        hours = named.get(row.calendar) if isinstance(row.calendar, str) else row.calendar
        for clock, amount in row.targets:
            if hours is not None and amount is not None and not _is_reached(hours, amount):
                yield (
                    f"target {row.name!r} for {clock!r}: {amount} would take more than a century "
                    f"in the calendar {hours.name!r}; give less, or other hours"
                )


def _is_reached(hours: OpeningHours, amount: Amount) -> bool:
    return any(_is_within(hours, amount, days) for days in (FOUR_YEARS, MOST_DAYS))


def _is_within(hours: OpeningHours, amount: Amount, days: int) -> bool:
    span, dates = _open_within(hours, days)
    return amount.days <= dates if isinstance(amount, BusinessDays) else amount.span <= span


@lru_cache(maxsize=KEPT)
def _open_within(hours: OpeningHours, days: int) -> tuple[timedelta, int]:
    """Return how long the busiest calendar of several is open, and on how many dates one is."""
    members = hours.members if isinstance(hours, Union) else (hours,)
    spans, dates = [0] * len(members), 0
    for day in map(date.fromordinal, range(FIRST, FIRST + days)):
        opened = [sum(each.closes - each.opens for each in one.windows(day)) for one in members]
        spans = [sum(pair) for pair in zip(spans, opened, strict=True)]
        dates += any(opened)
    return timedelta(seconds=max(spans)), dates
