"""Shares: of so many, so many; and beside them what was not decided (rule M2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction

from attrs import Factory, field

from incidentflow.incident import Incident
from incidentflow.incident.clocks import Clock, Verdict
from incidentflow.metrics.life import Life, never, reads_for_corrections
from incidentflow.metrics.period import Period
from incidentflow.policy.clocks import PROMISED
from incidentflow.process.closing import Closed
from incidentflow.process.communication import StakeholdersUpdated
from incidentflow.words import ActorKind, frozen


@frozen
class Share:
    """
    How many of how many.

    Attributes:
        count: How many.
        of: Of how many.
        beside: What is counted, and is in neither.

    """

    count: int
    of: int
    beside: Mapping[str, int] = field(factory=dict)

    @property
    def ratio(self) -> Fraction | None:
        """The one divided by the other, exactly; None of nothing."""
        return Fraction(self.count, self.of) if self.of else None

    def numbers(self) -> Mapping[str, int | None]:
        """Return all of it as whole numbers."""
        return {"count": self.count, "of": self.of, **self.beside}


@frozen(kw_only=True)
class ShareOf:
    """
    A share, by the words with which each incident is counted.

    Attributes:
        name: What to call it.
        counted: The word that counts.
        against: The word that only counts among how many.
        beside: Words that are counted beside it.
        words: Says the words of an incident, each as often as it counts.
        needs_journal: Whether the words of an incident are in its journal.
        clock: The name of the clock that it is about; None: it is about none.

    """

    name: str
    counted: str
    against: str
    beside: tuple[str, ...] = ()
    words: Callable[[Life], Iterator[str]]
    needs_journal: Callable[[Incident], bool] = never
    clock: str | None = None

    def concerns(self, incident: Incident, period: Period) -> bool:
        """Whether it is measured: where the incident was reported in the period."""
        return period.covers(incident.reported_at)

    def begin(self, period: Period, now: datetime) -> ShareTally:
        """Begin to add up."""
        del period, now
        return ShareTally(self)


@frozen
class ShareTally:
    """Adds up the words of one share."""

    metric: ShareOf
    found: Counter[str] = Factory(Counter)

    def add(self, life: Life) -> None:
        """Add an incident."""
        self.found.update(self.metric.words(life))

    def figures(self) -> Share:
        """Say what there is to say of them."""
        count = self.found[self.metric.counted]
        beside = {word: self.found[word] for word in self.metric.beside}
        return Share(count, count + self.found[self.metric.against], beside)


def _reopened(life: Life) -> Iterator[str]:
    reopens = life.incident.counts.reopens
    yield from ["reopenings"] * reopens
    if reopens:
        yield "reopened"
    elif any(_was_resolved(life, place) for place in range(len(life.incident.episodes))):
        yield "stayed"


def _was_resolved(life: Life, episode: int) -> bool:
    """Whether an episode was resolved, by more than a correction (rule L6)."""
    at = life.incident.episodes[episode].resolved_at
    return at is not None and not life.was_corrected(episode, "resolved")


def _returned(life: Life) -> Iterator[str]:
    returns = life.incident.counts.returns
    yield from ["returns"] * returns
    yield "returned" if returns else "stayed"


def _was_closed(incident: Incident) -> bool:
    return incident.ending == "closed"


def _closed(life: Life) -> Iterator[str]:
    if not _was_closed(life.incident):
        return
    closings = [entry for entry in life.entries if isinstance(entry.event, Closed)]
    for last in closings[-1:]:
        yield "system" if last.by.kind is ActorKind.SYSTEM else "somebody"


def was_told(incident: Incident) -> bool:
    """Whether stakeholders were told anything, which only the journal keeps."""
    return incident.news is not None


def updates(life: Life) -> list[tuple[datetime, StakeholdersUpdated]]:
    """List what stakeholders were told, and when, in the order of world-time."""
    told = ((entry.at, entry.event) for entry in life.in_order)
    return [(at, event) for at, event in told if isinstance(event, StakeholdersUpdated)]


def _promises(life: Life) -> Iterator[str]:
    """Judge each promise of another update as its clock recorded it (rules C2 and K17)."""
    for clock in life.incident.clocks:
        if clock.name == PROMISED:
            yield from ["kept"] * clock.kept + ["missed"] * clock.missed
            claims = clock.claimed is Verdict.MET and clock.stopped_by == "updated"
            yield from ["claimed_kept"] * (clock.claims + claims)
            yield _kept(clock, life.now)


def _kept(clock: Clock, now: datetime) -> str:
    """Say what became of one promise; void: it was over before another update was due."""
    if clock.breached or (clock.runs and clock.due is not None and clock.due < now):
        return "missed"
    if clock.runs:
        return "open"
    return "kept" if clock.stopped_by == "updated" else "void"


REOPENED = ShareOf(
    name="reopened",
    counted="reopened",
    against="stayed",
    beside=("reopenings",),
    words=_reopened,
    needs_journal=reads_for_corrections,
)
"""Of the incidents that were resolved, those that were reopened; beside it how often."""
RETURNED = ShareOf(
    name="returned_to_queue",
    counted="returned",
    against="stayed",
    beside=("returns",),
    words=_returned,
)
"""Of all incidents, those that went back to the queue; beside it how often."""
CLOSED_BY_SYSTEM = ShareOf(
    name="closed_by_system",
    counted="system",
    against="somebody",
    words=_closed,
    needs_journal=_was_closed,
)
"""Of the incidents that are closed, those that closed by themselves."""
UPDATES_ON_TIME = ShareOf(
    name="updates_on_time",
    counted="kept",
    against="missed",
    beside=("open", "void", "claimed_kept"),
    words=_promises,
)
"""
Of the promises of another update, those kept, as recorded.

Beside it those not due, those not needed as it was over, and what late entries claim to have kept.
"""
