"""Terms: what was promised, copied, and how it is reckoned in open time (rules K1, K13, K15)."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction
from functools import cache

import attrs

from incidentflow.policy.amounts import Amount, BusinessDays
from incidentflow.policy.calendars import (
    ROUND_THE_CLOCK,
    OpeningHours,
    add,
    add_business_days,
    elapsed,
    read_calendar,
)
from incidentflow.policy.clocks import HOLD_ENDS, OnChange, OnReopen
from incidentflow.words import MICROSECOND, frozen


@frozen(slots=False)
class Terms:
    """
    What was promised and how it is measured, copied when the clock starts (rule K13).

    Attributes:
        row: The target row that matched.
        target: The amount as people write it, such as ``"4 h"``.
        calendar: The line of the calendar; empty: round the clock.
        stops: What stops the clock.
        restarts: What stops it and starts it anew.
        pauses: The hold reasons that pause it.
        if_agreed: The hold reasons that pause it when the requester agreed.
        pauses_at: The triggers that pause it.
        resumes_at: The triggers at which it goes on after one of these.
        warnings: The parts of the target at which it warns.
        on_change: What a change of target does to it.
        on_reopen: What reopening does to it.
        version: The reference of the policy it was copied from.
        private: Whether the row names a person or customer.

    """

    row: str = attrs.field(metadata={"personal": "private"})
    target: str
    calendar: str = ""
    stops: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    pauses: tuple[str, ...] = ()
    if_agreed: tuple[str, ...] = ()
    pauses_at: tuple[str, ...] = ()
    resumes_at: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    on_change: OnChange = OnChange.RETROACTIVE
    on_reopen: OnReopen = OnReopen.RESUME
    version: str = ""
    private: bool = False

    @property
    def waits_after_hold(self) -> bool:
        """Whether the end of a hold is a trigger that pauses it."""
        return not set(HOLD_ENDS).isdisjoint(self.pauses_at)

    @property
    def goes_on_after_hold(self) -> bool:
        """Whether the end of a hold is a trigger at which it goes on."""
        return not set(HOLD_ENDS).isdisjoint(self.resumes_at)

    @property
    def hours(self) -> OpeningHours | None:
        """The calendar; None: round the clock."""
        return read_calendar(self.calendar) if self.calendar else None


def later(hours: OpeningHours | None, start: datetime, span: timedelta) -> datetime:
    """Return the earliest instant at which so much open time has gone by (rule K1)."""
    return start + span if hours is None else add(hours, start, span)


def deadline_of(hours: OpeningHours | None, amount: Amount, start: datetime) -> datetime:
    """Return when an amount is due, counted from an instant (rule K15)."""
    if isinstance(amount, BusinessDays):
        return add_business_days(hours or ROUND_THE_CLOCK, start, amount.days, at=amount.at)
    return later(hours, start, amount.span)


def amount_of(hours: OpeningHours | None, amount: Amount, start: datetime) -> int:
    """Return how much open time an amount is, counted from an instant; microseconds."""
    if isinstance(amount, BusinessDays):
        end = deadline_of(hours, amount, start)
        return elapsed(hours or ROUND_THE_CLOCK, start, end) // MICROSECOND
    return amount.span // MICROSECOND


def part_of(part: str, amount: int) -> int:
    """Return the least whole number that is at least a part of an amount (rule K11)."""
    exact = _exact(part)
    return -(-amount * exact.numerator // exact.denominator)


@cache
def _exact(part: str) -> Fraction:
    return Fraction(part)
