"""Estimates: how good the first word about the resolution was (rules C2 and M2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from incidentflow.incident import Category, Incident
from incidentflow.metrics.durations import ReadingTally
from incidentflow.metrics.life import Life
from incidentflow.metrics.period import Period
from incidentflow.metrics.shares import ShareOf, updates, was_told
from incidentflow.words import frozen


@frozen
class Estimated:
    """
    What was estimated in one episode, and what came of it.

    Attributes:
        told: The estimates told before the episode was resolved, in order; at least one.
        resolved_at: When it was resolved, or None.
        outcome: ``"kept"`` or ``"late"`` by the first estimate; ``"open"`` or ``"void"`` where it
            is not resolved, yet or any more; ``"corrected"`` where a correction says when.

    """

    told: tuple[datetime, ...]
    resolved_at: datetime | None
    outcome: str


def estimated(life: Life) -> Iterator[Estimated]:
    """Judge the estimates of each episode that has any."""
    episodes = life.incident.episodes
    told: list[list[datetime]] = [[] for _ in episodes]
    for at, update in updates(life):
        place = max((n for n, one in enumerate(episodes) if one.started_at <= at), default=0)
        stop = episodes[place].resolved_at
        if update.eta is not None and (stop is None or at <= stop):
            told[place].append(update.eta)
    for place, etas in enumerate(told):
        if etas:
            stop = episodes[place].resolved_at
            yield Estimated(tuple(etas), stop, _outcome(life, place, etas[0], stop))


def _outcome(life: Life, place: int, eta: datetime, stop: datetime | None) -> str:
    if stop is not None:
        kept = "kept" if stop <= eta else "late"
        return "corrected" if life.was_corrected(place, "resolved") else kept
    over = place + 1 < len(life.incident.episodes)
    return "void" if over or life.incident.place.category is Category.TERMINAL else "open"


def _judged(life: Life) -> Iterator[str]:
    for each in estimated(life):
        yield from ["slips" for before, after in pairwise(each.told) if after > before]
        yield each.outcome


@frozen
class EstimateError:
    """How far resolutions lay from the first estimate, before or after it."""

    name: str = "estimate_error"

    def needs_journal(self, incident: Incident) -> bool:
        """Whether it looks into the journal: where anything was told."""
        return was_told(incident)

    def concerns(self, incident: Incident, period: Period) -> bool:
        """Whether it is measured: where the incident was reported in the period."""
        return period.covers(incident.reported_at)

    def begin(self, period: Period, now: datetime) -> ReadingTally:
        """Begin to add up."""
        del period, now
        return ReadingTally(_errors)


def _errors(life: Life) -> Iterator[timedelta | str]:
    names = {"open": "censored", "void": "missing", "corrected": "corrected"}
    for each in estimated(life):
        if each.outcome in names or each.resolved_at is None:
            yield names[each.outcome]
        else:
            yield abs(each.resolved_at - each.told[0])


ESTIMATES_KEPT = ShareOf(
    name="estimates_kept",
    counted="kept",
    against="late",
    beside=("open", "void", "corrected", "slips"),
    words=_judged,
    needs_journal=was_told,
)
"""Of the first estimates of episodes that were resolved, those not exceeded; beside it slips."""
ESTIMATE_ERROR = EstimateError()
"""How far resolutions lay from the first estimate of their episode, before or after it."""
