"""
Clocks: a target, what it was agreed to mean, and how much of it is used (rules K0 to K4, K13).

A clock carries everything it is reckoned by. Whoever looks at it needs no policy, and nothing that
a policy becomes later changes it. All arithmetic is in whole microseconds.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from datetime import datetime, timedelta

from incidentflow.incident.pauses import Pause, united
from incidentflow.incident.terms import Terms, later, part_of
from incidentflow.policy.calendars import elapsed, is_open
from incidentflow.words import MICROSECOND, evolve, frozen

NONE = timedelta(0)


class Ended(enum.Enum):
    """How a clock ended."""

    STOPPED = "stopped"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


class Verdict(enum.Enum):
    """What became of a promise."""

    MET = "met"
    BREACHED = "breached"


class ClockStatus(enum.Enum):
    """What a clock does at an instant; being paused is never shown as being closed (rule K14)."""

    RUNNING = "running"
    OUT_OF_HOURS = "out_of_hours"
    PAUSED = "paused"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


@frozen(slots=False, kw_only=True)
class Clock:
    """
    One promise, measured.

    Attributes:
        name: Which clock, such as ``"response"``.
        terms: What was promised, and how it is measured.
        started_at: When it started.
        counted_from: From when it counts; later than the start after a proportional change.
        used: Microseconds that were used up before that.
        amount: The whole target, microseconds of open time.
        deadline: When it is due if nothing pauses it.
        set_at: The record-time at which its target was set.
        due: When it is due; None while a pause holds it back (rule K3).
        looks: The instants of the warnings that are still to come and known.
        warned: How many warnings have been given.
        pauses: What did not count; apart from one another and in order.
        pause_ends: When the open pause ends by itself, or None.
        waits: Whether a trigger of its own holds it back, beside any hold.
        cycle: How often it was started.
        breached_at: The due instant that went by, or None (rule K2).
        retroactive: Whether it was breached before its target was set.
        ended: How it ended, or None while it runs.
        ended_at: When.
        stopped_by: What stopped it, such as ``"restored"``.
        episode: The number of the episode in which it ended.
        claimed: What a late entry claims against what is recorded, or None (rule K17).
        relieved: Whether it was loosened within the last quarter of its target (rule K6).
        kept: In how many former cycles it was met.
        missed: In how many former cycles it was breached.
        claims: In how many of those a late entry claims that it was met.
        hopeless: In how many of those it was breached before its target was set.

    """

    name: str
    terms: Terms
    started_at: datetime
    counted_from: datetime
    used: int = 0
    amount: int
    deadline: datetime
    set_at: datetime
    due: datetime | None
    looks: tuple[datetime, ...] = ()
    warned: int = 0
    pauses: tuple[Pause, ...] = ()
    pause_ends: datetime | None = None
    waits: bool = False
    cycle: int = 1
    breached_at: datetime | None = None
    retroactive: bool = False
    ended: Ended | None = None
    ended_at: datetime | None = None
    stopped_by: str = ""
    episode: int = 0
    claimed: Verdict | None = None
    relieved: bool = False
    kept: int = 0
    missed: int = 0
    claims: int = 0
    hopeless: int = 0

    @property
    def target(self) -> timedelta:
        """The whole target, as open time."""
        return self.amount * MICROSECOND

    @property
    def runs(self) -> bool:
        """Whether it has not ended; also while it is paused or it is out of hours."""
        return self.ended is None

    @property
    def paused(self) -> bool:
        """Whether a hold or a trigger of its own holds it back."""
        return self.runs and bool(self.pauses) and self.pauses[-1].until is None

    @property
    def breached(self) -> bool:
        """Whether its due instant went by."""
        return self.breached_at is not None

    @property
    def verdict(self) -> Verdict | None:
        """What became of it as recorded; None while it runs in time, or was cancelled in time."""
        if self.breached:
            return Verdict.BREACHED
        return Verdict.MET if self.ended is Ended.STOPPED else None

    @property
    def counts(self) -> bool:
        """Whether it counts former cycles, whose clocks are not kept any more."""
        return self.kept + self.missed > 0

    @property
    def was_used_up(self) -> bool:
        """Whether its target was used up before it was set: nobody could have kept it (rule K6)."""
        past = self.due is not None and self.due < self.set_at
        return past or 0 < self.amount <= self.used

    @property
    def changed_at(self) -> datetime:
        """The latest world-time at which it started, paused, went on or ended (rule L8)."""
        last = self.pauses[-1:]
        told = (self.ended_at, *(each.since for each in last), *(each.until for each in last))
        return max(filter(None, told), default=self.counted_from)

    def warned_under(self, terms: Terms) -> int:
        """Return how many warnings of other terms have been given already: those of the same."""
        return self.warned if terms.warnings == self.terms.warnings else 0

    def out_of_hours(self, at: datetime) -> bool:
        """Whether its calendar is closed at an instant; that is no pause (rule K14)."""
        hours = self.terms.hours
        return hours is not None and not is_open(hours, at)

    def status(self, at: datetime) -> ClockStatus:
        """Say what it does at an instant, as things stand."""
        if self.ended is not None:
            return ClockStatus(self.ended.value)
        if self.paused:
            return ClockStatus.PAUSED
        return ClockStatus.OUT_OF_HOURS if self.out_of_hours(at) else ClockStatus.RUNNING

    def elapsed(self, at: datetime) -> timedelta:
        """Return how much of the target was used at an instant: open time without pauses."""
        end = at if self.ended_at is None else min(at, self.ended_at)
        lost = sum(
            (
                self._open(max(each.since, self.counted_from), min(each.until or end, end))
                for each in self.pauses
            ),
            NONE,
        )
        return self.used * MICROSECOND + self._open(self.counted_from, end) - lost

    def remaining(self, at: datetime) -> timedelta:
        """Return how much of the target is left at an instant; negative once it is overrun."""
        return self.target - self.elapsed(at)

    def due_if_resumed(self, at: datetime) -> datetime | None:
        """Return when it would be due if its pause ended at an instant (rule K3)."""
        if not self.paused:
            return self.due
        return self.resumed(at).moved(self.deadline)

    def moved(self, point: datetime) -> datetime | None:
        """
        Return when so much is used, given an instant at which it would be without pauses.

        A pause that begins once it is reached moves it no more (rule K4); behind an open one it
        is unknown.
        """
        for pause in self.pauses:
            since = max(pause.since, self.counted_from)
            if since >= point:
                break
            if pause.until is None:
                return None
            point = later(self.terms.hours, point, self._open(since, pause.until))
        return point

    def reckoned(self) -> Clock:
        """
        Return it with due and warnings worked out anew; a recorded breach stays (rule K4).

        A target of business days that end before the calendar opens has no open time in it, so no
        part of it to warn at (rule K15).
        """
        if self.breached_at is not None:
            return evolve(self, due=self.breached_at, looks=())
        hours, looks = self.terms.hours, []
        for part in self.terms.warnings[self.warned :] if self.amount else ():
            share = part_of(part, self.amount) - self.used
            looks.append(self.moved(later(hours, self.counted_from, max(share, 0) * MICROSECOND)))
        known = tuple(each for each in looks if each is not None)
        return evolve(self, due=self.moved(self.deadline), looks=known)

    def held(self, since: datetime, ends: datetime | None, *, waits: bool = False) -> Clock:
        """Return it with a pause that has begun; what was reached before stays known."""
        if self.paused:
            return evolve(self, pause_ends=ends, waits=waits)
        due = None if self.breached_at is None and (self.due and self.due > since) else self.due
        return evolve(
            self,
            pauses=united((*self.pauses, Pause(since))),
            pause_ends=ends,
            waits=waits,
            due=due,
            looks=tuple(each for each in self.looks if each <= since),
        )

    def resumed(self, at: datetime) -> Clock:
        """Return it with the open pause ended, not reckoned anew."""
        if not self.paused:
            return self
        *others, last = self.pauses
        closed = (Pause(last.since, at),) if at > last.since else ()
        return evolve(self, pauses=(*others, *closed), pause_ends=None, waits=False)

    def going_on(self, at: datetime, held: tuple[Pause, ...] | None = None) -> Clock:
        """Return it, having ended, with the time since then, or what of it was held, as a pause."""
        if self.ended_at is None or at <= self.ended_at:
            return self
        since = (Pause(self.ended_at, at),) if held is None else held
        return evolve(self, pauses=united((*self.pauses, *since)))

    def _open(self, start: datetime, end: datetime) -> timedelta:
        hours = self.terms.hours
        return max(end - start, NONE) if hours is None else elapsed(hours, start, end)


def next_breach(clocks: Iterable[Clock]) -> Clock | None:
    """Return the clock that is breached next if nobody acts; None while none is known to be."""
    ahead = (clock for clock in clocks if clock.runs and not clock.breached)
    known = ((clock.due, clock.name, clock) for clock in ahead if clock.due is not None)
    return min(known, key=lambda each: each[:2], default=(None, "", None))[-1]


def remembered(clocks: Iterable[Clock], name: str) -> tuple[Clock, ...]:
    """
    Forget clocks of a name that were replaced and tell nothing that others do not (rule K6).

    Of them the latest stays; in each cycle the first that was breached, and the first that was
    relieved; and what counts former cycles. The journal has them all.
    """
    known, found = tuple(clocks), []
    replaced = [each for each in known if each.name == name and each.ended is Ended.SUPERSEDED]
    told: set[tuple[int, bool]] = set()
    for each in known:
        tells = {(each.cycle, True)} if each.breached else set()
        tells |= {(each.cycle, False)} if each.relieved else set()
        is_old = any(each is one for one in replaced[:-1])
        if not is_old or tells - told or each.counts:
            found.append(each)
        told |= tells if is_old else set()
    return tuple(found)
