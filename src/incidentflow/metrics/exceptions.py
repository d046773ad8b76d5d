"""Exceptions: what was not done as it usually is, in a period (rule M4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from incidentflow.errors import UnreadableJournal
from incidentflow.incident import Entry, Incident
from incidentflow.incident.occurrence import Occurrence
from incidentflow.metrics.period import Period
from incidentflow.process.clocks import ClockCancelled, ClockRetargeted
from incidentflow.process.closing import Reinstated
from incidentflow.process.corrections import Corrected
from incidentflow.process.review import ReviewWaived
from incidentflow.process.triage import PriorityOverridden
from incidentflow.words import SYSTEM, Actor, FieldValue, frozen

LATE_ENTRY = "late_entry"
RELIEVED = "relieved"
KINDS: Mapping[type[Occurrence], str] = {
    Corrected: "correction",
    PriorityOverridden: "override",
    ReviewWaived: "waiver",
    Reinstated: "reinstatement",
}


@frozen
class Exceptional:
    """
    One thing that was not done as it usually is.

    Attributes:
        incident: The id of its incident.
        number: The incident's number.
        kind: ``correction``, ``override``, ``waiver``, ``reinstatement``, ``relieved`` (a target
            was loosened or taken away in its last quarter) or ``late_entry``, once for all that
            somebody entered late in one commit.
        entry: The entry of the journal that says so.
        change: The entry of the change that it follows from, where that is another one: a clock
            follows a change of priority, and says nothing of who made it.

    """

    incident: str
    number: str | None
    kind: str
    entry: Entry
    change: Entry | None = None

    @property
    def at(self) -> datetime:
        """When it happened, by what was said."""
        return self.entry.at

    @property
    def recorded_at(self) -> datetime:
        """When it was recorded."""
        return self.entry.recorded_at

    @property
    def by(self) -> Actor:
        """Who did it."""
        return (self.change or self.entry).by

    @property
    def reason(self) -> str:
        """Why; empty where none was needed, as for a late entry."""
        said = (self.change or self.entry).event
        return "" if self.kind == LATE_ENTRY else str(getattr(said, "reason", ""))

    def row(self) -> tuple[FieldValue | None, ...]:
        """Return it as a row of a table, in the order of `TITLES`."""
        return tuple(TITLES[name](self) for name in TITLES)


TITLES: Mapping[str, Callable[[Exceptional], FieldValue | None]] = {
    "number": lambda each: each.number,
    "incident": lambda each: each.incident,
    "sequence": lambda each: each.entry.sequence,
    "kind": lambda each: each.kind,
    "at": lambda each: each.at.isoformat(),
    "recorded_at": lambda each: each.recorded_at.isoformat(),
    "by": lambda each: str(each.by),
    "reason": lambda each: each.reason,
    "what": lambda each: each.entry.event.describe(),
}
"""The columns of a table of exceptions, and what stands in them."""


@frozen
class Exceptions:
    """
    Some of the exceptions of a period; iterate over it.

    Attributes:
        found: The exceptions, incident by incident, the latest incident first, each in order.
        after: What to give as ``after`` for the next page; None at the end.
        unreadable: Incidents that may have more, but that this release cannot read.

    """

    found: tuple[Exceptional, ...]
    after: tuple[int, str] | None = None
    unreadable: tuple[UnreadableJournal, ...] = ()

    def __iter__(self) -> Iterator[Exceptional]:
        """Iterate over the exceptions."""
        return iter(self.found)

    def __len__(self) -> int:
        """Count the exceptions of this page."""
        return len(self.found)


def exceptions(
    incident: Incident, entries: tuple[Entry, ...], period: Period
) -> Iterator[Exceptional]:
    """
    List the exceptions of one incident that were recorded in a period.

    By the record-time, which nobody chooses: nothing is dated out of an audited period.
    """
    late: set[tuple[datetime, Actor]] = set()
    for place, entry in enumerate(entries):
        if period.covers(entry.recorded_at):
            for kind in _kinds(entry, late):
                change = _change(entries[:place], entry) if kind == RELIEVED else None
                yield Exceptional(incident.id, incident.number, kind, entry, change)


def _change(before: tuple[Entry, ...], entry: Entry) -> Entry | None:
    """Find what somebody did in the same commit that a clock follows, with its reason if any."""
    if entry.by != SYSTEM:
        return None
    same = [each for each in before if each.recorded_at == entry.recorded_at]
    asked = [each for each in same if each.by != SYSTEM] or same
    mine = [each for each in asked if each.by == asked[-1].by]
    told = [each for each in mine if getattr(each.event, "reason", "")]
    return next(reversed(told or mine), None)


def _kinds(entry: Entry, late: set[tuple[datetime, Actor]]) -> Iterator[str]:
    """Name what is exceptional; what somebody entered late in one commit is told by its first."""
    if type(entry.event) in KINDS:
        yield KINDS[type(entry.event)]
    if isinstance(entry.event, ClockRetargeted | ClockCancelled) and entry.event.relieved:
        yield RELIEVED
    commit = entry.recorded_at, entry.by
    if LATE_ENTRY in entry.warnings and commit not in late:
        late.add(commit)
        yield LATE_ENTRY
