"""Durations: milestone minus milestone, and what there is to say of many (rules M1, M3, L9)."""

from __future__ import annotations

import enum
from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

import attrs
from attrs import Factory, evolve, field

from incidentflow.errors import InvalidInput, hint
from incidentflow.incident import Incident
from incidentflow.metrics.life import MILESTONES, TOLD, TOLD_ONCE, Life, reads_for_corrections
from incidentflow.metrics.period import Period
from incidentflow.words import MICROSECOND, frozen, line, member

PERCENT = 100


class Per(enum.Enum):
    """What one duration is taken of (rule L9)."""

    EPISODE = "episode"
    FIRST = "first"
    TOTAL = "total"


@frozen(kw_only=True)
class Durations:
    """
    What there is to say of many durations; None where there was none.

    Percentiles are by nearest rank: the shortest of the durations that at least so many percent
    of them do not exceed. So each is a duration that occurred, the median too.

    Attributes:
        n: How many there were.
        missing: How many milestones nobody told, or that can be reached no more.
        censored: How many are not over yet.
        impossible: How many would be negative.
        corrected: How many have a milestone that a correction gave (rule L6).
        mean: Their mean, to the microsecond.
        median: The 50th percentile.
        p75: The 75th percentile.
        p90: The 90th percentile.
        max: The longest.

    """

    n: int = 0
    missing: int = 0
    censored: int = 0
    impossible: int = 0
    corrected: int = 0
    mean: timedelta | None = None
    median: timedelta | None = None
    p75: timedelta | None = None
    p90: timedelta | None = None
    max: timedelta | None = None

    def numbers(self) -> Mapping[str, int | None]:
        """Return all of it as whole numbers; durations in microseconds."""
        counts, spans = {}, {}
        for name, value in attrs.asdict(self).items():
            if name in COUNTS:
                counts[name] = value
            else:
                spans[f"{name}_us"] = None if value is None else value // MICROSECOND
        return counts | spans


COUNTS = ("n", "missing", "censored", "impossible", "corrected")


class DurationTally:
    """Adds durations up; keeps eight bytes for each, which exact percentiles need."""

    def __init__(self) -> None:
        self._spans = array("q")
        self._left_out: Counter[str] = Counter()

    def add(self, reading: timedelta | str) -> None:
        """Add a duration, or the word for why there is none."""
        if isinstance(reading, str):
            self._left_out[reading] += 1
        elif reading < timedelta(0):
            self._left_out["impossible"] += 1
        else:
            self._spans.append(reading // MICROSECOND)

    def figures(self) -> Durations:
        """Say what there is to say of them."""
        ranked, why = sorted(self._spans), self._left_out
        found = Durations(
            n=len(ranked),
            missing=why["missing"],
            censored=why["censored"],
            impossible=why["impossible"],
            corrected=why["corrected"],
        )
        if not ranked:
            return found
        return evolve(
            found,
            mean=round(Fraction(sum(ranked), len(ranked))) * MICROSECOND,
            median=percentile(ranked, 50),
            p75=percentile(ranked, 75),
            p90=percentile(ranked, 90),
            max=ranked[-1] * MICROSECOND,
        )


def percentile(ranked: Sequence[int], percent: int) -> timedelta:
    """
    Return a percentile by nearest rank.

    Args:
        ranked: Microseconds, the fewest first; at least one.
        percent: Which, from 1 to 100.

    """
    return ranked[-(-len(ranked) * percent // PERCENT) - 1] * MICROSECOND


def _milestone(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if value not in MILESTONES:
        near = hint(value, MILESTONES)
        raise InvalidInput.of(attribute.name, value, "milestone.unknown", hint=near)


def _per(value: Per | str) -> Per:
    return member(Per, value, "per")


@frozen
class Between:
    """
    The time from one milestone to another.

    A milestone is one of ``occurred``, ``detected``, ``reported``, ``started``,
    ``acknowledged``, ``identified``, ``restored``, ``resolved`` and ``ended``. An episode is
    started when the incident is reported or reopened.

    Args:
        start: The milestone it is counted from.
        stop: The milestone it is counted to.
        per: ``"episode"``, each by itself: a later one counts as reported when it was reopened,
            and has no own ``occurred`` and ``detected``. ``"first"``, the first alone. Or
            ``"total"``, from the first start to the last stop; while another stop may come, that
            one is not over yet.
        name: What to call it; by default made from the rest.

    Raises:
        InvalidInput: There is no such milestone, or both are the same.

    """

    start: str = field(validator=_milestone)
    stop: str = field(validator=_milestone)
    per: Per = field(default=Per.EPISODE, converter=_per)
    name: str = field(kw_only=True, validator=line(60))

    @name.default
    def _name(self) -> str:
        each = "" if self.per is Per.EPISODE else f"_{self.per.value}"
        return f"{self.start}_to_{self.stop}{each}"

    def __attrs_post_init__(self) -> None:
        """Refuse to measure nothing."""
        if self.start == self.stop:
            raise InvalidInput.of("stop", self.stop, "milestone.same")

    def needs_journal(self, incident: Incident) -> bool:
        """Whether it looks into the journal: where something was corrected."""
        return reads_for_corrections(incident)

    def concerns(self, incident: Incident, period: Period) -> bool:
        """Whether it is measured: where the incident was reported in the period."""
        return period.covers(incident.reported_at)

    def begin(self, period: Period, now: datetime) -> ReadingTally:
        """Begin to add up."""
        del period, now
        return ReadingTally(self.readings)

    def readings(self, life: Life) -> Iterator[timedelta | str]:
        """Measure an incident: durations, which may be negative, or words for why there is none."""
        last = len(life.incident.episodes) - 1
        if self.per is Per.TOTAL:
            yield self._read(life, 0, self._final(life))
            return
        once = self.per is Per.FIRST or self.start in TOLD_ONCE or self.stop in TOLD_ONCE
        for episode in range(1 if once else last + 1):
            yield self._read(life, episode, episode)

    def _final(self, life: Life) -> int:
        """Choose the last episode that reached the stop, or the present one while it may."""
        last = len(life.incident.episodes) - 1
        if self.stop in TOLD:
            return 0
        if life.may_come(last, self.stop):
            return last
        reached = (each for each in range(last, -1, -1) if life.at(each, self.stop) is not None)
        return next(reached, last)

    def _read(self, life: Life, first: int, final: int) -> timedelta | str:
        start, stop = life.at(first, self.start), life.at(final, self.stop)
        if start is not None and stop is not None:
            if life.was_corrected(first, self.start) or life.was_corrected(final, self.stop):
                return "corrected"
            return stop - start
        unknown = [
            (episode, name)
            for episode, name, at in ((first, self.start, start), (final, self.stop, stop))
            if at is None
        ]
        return "censored" if all(life.may_come(*each) for each in unknown) else "missing"


@frozen
class ReadingTally:
    """Adds up the readings of one metric."""

    readings: Callable[[Life], Iterable[timedelta | str]]
    tally: DurationTally = Factory(DurationTally)

    def add(self, life: Life) -> None:
        """Add an incident."""
        for reading in self.readings(life):
            self.tally.add(reading)

    def figures(self) -> Durations:
        """Say what there is to say of them."""
        return self.tally.figures()
