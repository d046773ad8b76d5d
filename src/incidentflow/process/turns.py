"""A turn: what one command did, as the clocks see it, and what of it moves them (rule K12)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from operator import attrgetter

from incidentflow.incident import Category, Entry, Incident, Mark
from incidentflow.policy import Policy
from incidentflow.policy.conditions import CONDITIONS
from incidentflow.process.assignment import Assigned
from incidentflow.process.communication import StakeholdersUpdated
from incidentflow.process.corrections import Corrected
from incidentflow.process.work import Acknowledged
from incidentflow.words import frozen

MARKS: Mapping[str, Mark] = {mark.value: mark for mark in Mark}
_classification = attrgetter("fields", *CONDITIONS)


@frozen(slots=False)
class Turn:
    """
    One command as the clocks see it.

    Attributes:
        before: The incident before it.
        after: The incident after it.
        entries: What happened, at least one thing.
        policy: The policy as it is now.
        triggers: What of it may move clocks, each with its world-time: a hold with an end is
            released then, however late that is done (rules K16 and K19).
        moved: Whether it moved the incident.
        reclassified: Whether something changed that a target row may look at (rule Q5).
        comes_back: Whether work on it goes on, after it was over.

    """

    before: Incident
    after: Incident
    entries: Sequence[Entry]
    policy: Policy
    triggers: Mapping[str, datetime]
    moved: bool
    reclassified: bool
    comes_back: bool

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entries[0].at

    @property
    def now(self) -> datetime:
        """When it is recorded."""
        return self.entries[0].recorded_at

    @property
    def corrections(self) -> tuple[Corrected, ...]:
        """What was put right."""
        if self.before.counts is self.after.counts:
            return ()
        events = (entry.event for entry in self.entries)
        return tuple(event for event in events if isinstance(event, Corrected))

    def first(self, triggers: Iterable[str]) -> tuple[str, datetime] | None:
        """Return which of these happened first, and when; None when none did."""
        found = ((each, self.triggers[each]) for each in triggers if each in self.triggers)
        return min(found, key=lambda one: one[1], default=None)

    def recorded(self, at: datetime) -> datetime:
        """Return the record-time of what happened; what time did is known when it does it."""
        return self.now if at == self.at else at


def turn_of(before: Incident, after: Incident, entries: Sequence[Entry], policy: Policy) -> Turn:
    """
    Look at what one command did.

    Args:
        before: The incident before it.
        after: The incident after it.
        entries: What happened, at least one thing.
        policy: The policy as it is now.

    """
    moved, at = entries[0].to is not None, entries[0].at
    triggers = dict.fromkeys(_marks(before, after), at) if moved else {}
    for entry in entries:
        triggers.update(dict.fromkeys(_said(entry, before), at))
    if before.hold is not after.hold and before.hold != after.hold:
        triggers.update(_hold(before, after, at))
    reclassified = _classification(before) != _classification(after)
    was_over = before.place.category in (Category.DONE, Category.TERMINAL)
    comes_back = was_over and after.place.is_unfinished
    return Turn(before, after, entries, policy, triggers, moved, reclassified, comes_back)


def _marks(before: Incident, after: Incident) -> Iterator[str]:
    gained = (mark.value for mark in after.place.marks if not before.place.has(mark))
    lost = (f"left:{mark.value}" for mark in before.place.marks if not after.place.has(mark))
    return chain(gained, lost)


def _said(entry: Entry, before: Incident) -> Iterator[str]:
    event = entry.event
    yield f"event:{event.kind}"
    given = taken = False
    if isinstance(event, Assigned) and event.assignee is not None:
        given = event.is_answer(entry.by)
        yield "assigned"
    if isinstance(event, Acknowledged):
        taken = entry.by.is_person
        yield "acknowledged"
    if isinstance(event, StakeholdersUpdated):
        yield "updated"
    if given or taken or (entry.by.is_person and entry.by.id == before.assignee):
        yield "answered"


def _hold(before: Incident, after: Incident, at: datetime) -> Iterator[tuple[str, datetime]]:
    if before.hold is not None:
        over = before.hold.ended(at).paused_until
        yield "released", over
        if not after.place.has(Mark.WAITING):
            yield "left:waiting", over
    if after.hold is not None:
        yield f"held:{after.hold.reason}", at
