"""Availability: the period without the union of impact intervals (rule M1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from fractions import Fraction

from attrs import Factory, define, field

from incidentflow.errors import InvalidInput
from incidentflow.incident import Incident
from incidentflow.metrics.life import Life
from incidentflow.metrics.period import Period
from incidentflow.words import MICROSECOND, frozen, line, micros

Span = tuple[int, int]
"""From one instant on, and before another, in microseconds."""


@frozen(kw_only=True)
class Availability:
    """
    How much of a period was without impact.

    Attributes:
        down: How long there was impact: the union of the intervals, each instant once.
        period: How long the period is, as far as it is past.
        intervals: How many intervals lie in it, at least in part.
        ongoing: How many of them have no end yet.
        impossible: How many would end before they begin; they are left out.

    """

    down: timedelta
    period: timedelta
    intervals: int = 0
    ongoing: int = 0
    impossible: int = 0

    @property
    def ratio(self) -> Fraction | None:
        """The share of the period without impact, exactly; None of an empty one."""
        whole = self.period // MICROSECOND
        return Fraction(whole - self.down // MICROSECOND, whole) if whole else None

    def numbers(self) -> Mapping[str, int | None]:
        """Return all of it as whole numbers; durations in microseconds."""
        return {
            "down_us": self.down // MICROSECOND,
            "period_us": self.period // MICROSECOND,
            "intervals": self.intervals,
            "ongoing": self.ongoing,
            "impossible": self.impossible,
        }


@frozen
class Impact:
    """
    One interval of impact; half-open.

    Attributes:
        since: When it began.
        until: When it ended; None: it goes on.

    """

    since: datetime
    until: datetime | None

    @property
    def is_impossible(self) -> bool:
        """Whether it would end before it begins."""
        return self.until is not None and self.until < self.since

    def touches(self, period: Period) -> bool:
        """Whether it lies in a period, at least in part; an impossible one where it begins."""
        if self.is_impossible or self.until == self.since:
            return period.covers(self.since)
        begins = period.until is None or self.since < period.until
        ends = period.since is None or self.until is None or self.until > period.since
        return begins and ends


def impacts(incident: Incident) -> Iterator[Impact]:
    """
    Say during which intervals an incident had impact, one for each episode and relapse.

    The first begins when the damage occurred, or else was detected, or else reported; a later one
    when it was reopened, or service was lost again. Each ends when service was restored, or else
    resolved, or else when it ended. What was cancelled had none, unless service had to be restored.
    """
    for place, episode in enumerate(incident.episodes):
        began = (incident.occurred_at or incident.detected_at) if place == 0 else None
        restored = episode.restored_at or episode.resolved_at
        if restored is None and not episode.reliefs and _was_cancelled(incident):
            continue
        began = began or episode.started_at
        for relief in episode.reliefs:
            yield Impact(began, relief.since)
            began = relief.until
        yield Impact(began, restored or episode.ended_at)


def span_of(incident: Incident) -> tuple[datetime, datetime | None]:
    """
    Say from when to when something happened to an incident, or was recorded; None: it goes on.

    Whatever a period has to do with it, the two touch: its report, its milestones, its impact, and
    what was recorded last. When its first event was recorded the incident alone does not tell.
    """
    times = [incident.reported_at, incident.updated_at, incident.since]
    times += [at for at in (incident.occurred_at, incident.detected_at) if at]
    for each in incident.episodes:
        reached = (each.started_at, each.restored_at, each.resolved_at, each.ended_at)
        times += [at for at in reached if at]
    finished = not incident.place.is_unfinished and all(each.until for each in impacts(incident))
    return min(times), max(times) if finished else None


def _was_cancelled(incident: Incident) -> bool:
    return incident.ending not in (None, "closed") and incident.merged_into is None


@frozen
class AvailabilityOf:
    """
    The share of a period without impact.

    It is measured over every incident with impact in the period, whenever that was reported. A
    corrected milestone counts as it stands: leaving one out would invent impact, or its absence.

    Args:
        name: What to call it.

    """

    name: str = field(default="availability", kw_only=True, validator=line(60))

    def needs_journal(self, incident: Incident) -> bool:
        """Whether it looks into the journal: never."""
        del incident
        return False

    def concerns(self, incident: Incident, period: Period) -> bool:
        """Whether it is measured: where the incident had impact in the period."""
        return any(each.touches(period) for each in impacts(incident))

    def begin(self, period: Period, now: datetime) -> AvailabilityTally:
        """
        Begin to add up.

        Raises:
            InvalidInput: The period has no beginning.

        """
        if period.since is None:
            raise InvalidInput.of("since", None, "period.missing")
        end = max(period.since, min(now, period.until or now))
        return AvailabilityTally(micros(period.since), micros(end))


AVAILABILITY = AvailabilityOf()
"""The share of a period without impact."""


@define
class AvailabilityTally:
    """
    Adds intervals up, each clipped to a period.

    Attributes:
        since: When the period begins, in microseconds.
        until: When it ends, as far as it is past.

    """

    since: int
    until: int
    spans: list[Span] = Factory(list)
    found: Counter[str] = Factory(Counter)

    def add(self, life: Life) -> None:
        """Add an incident."""
        for each in impacts(life.incident):
            since = micros(each.since)
            until = self.until if each.until is None else micros(each.until)
            if each.is_impossible:
                self.found["impossible"] += self.since <= since < self.until
            elif since < self.until and (until > self.since or each.until is None):
                self.found["intervals"] += 1
                self.found["ongoing"] += each.until is None
                self.spans.append((max(since, self.since), min(until, self.until)))

    def figures(self) -> Availability:
        """Say how much of the period is left."""
        return Availability(
            down=union(self.spans) * MICROSECOND,
            period=(self.until - self.since) * MICROSECOND,
            **self.found,
        )


def union(spans: Iterable[Span]) -> int:
    """Return how many microseconds lie in at least one of several intervals."""
    covered, reached = 0, None
    for since, until in sorted(spans):
        begins = since if reached is None else max(since, reached)
        covered += max(0, until - begins)
        reached = max(begins, until)
    return covered
