"""A turn: what one command did, as the clocks see it, and what of it moves them (rule K12)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from attrs import frozen

from incidentflow.incident import Entry, Event, Incident, Mark
from incidentflow.policy import Policy
from incidentflow.policy.targets import CONDITIONS
from incidentflow.process.assignment import Assigned
from incidentflow.process.communication import StakeholdersUpdated
from incidentflow.process.corrections import Corrected
from incidentflow.process.work import Acknowledged

MARKS: Mapping[str, Mark] = {mark.value: mark for mark in Mark}


@frozen(slots=False)
class Turn:
    """
    One command as the clocks see it.

    Attributes:
        before: The incident before it.
        after: The incident after it.
        entries: What happened.
        policy: The policy as it is now.
        imported: Whether it is retold from another system.

    """

    before: Incident
    after: Incident
    entries: Sequence[Entry]
    policy: Policy
    imported: bool

    @property
    def at(self) -> datetime:
        """When it happened."""
        return self.entries[0].at

    @property
    def now(self) -> datetime:
        """When it is recorded."""
        return self.entries[0].recorded_at

    @cached_property
    def moved(self) -> bool:
        """Whether it moved the incident."""
        return any(entry.to is not None for entry in self.entries)

    @cached_property
    def reclassified(self) -> bool:
        """Whether something changed that a target row may look at (rule Q5)."""
        before, after = self.before, self.after
        return before.fields != after.fields or any(
            getattr(before, name) != getattr(after, name) for name in CONDITIONS
        )

    @cached_property
    def corrections(self) -> tuple[Corrected, ...]:
        """What was put right."""
        events = (entry.event for entry in self.entries)
        return tuple(event for event in events if isinstance(event, Corrected))

    def has(self, *kinds: type[Event]) -> bool:
        """Whether something of these kinds happened."""
        return any(isinstance(entry.event, kinds) for entry in self.entries)


def happened(trigger: str, turn: Turn) -> bool:
    """Whether a trigger of a clock happened in this turn."""
    mark = MARKS.get(trigger)
    if mark is not None:
        return turn.moved and turn.after.place.has(mark) and not turn.before.place.has(mark)
    what, _, detail = trigger.partition(":")
    return _TRIGGERS[what](turn, detail)


def _assigned(turn: Turn, _: str) -> bool:
    events = (entry.event for entry in turn.entries)
    return any(isinstance(event, Assigned) and event.assignee is not None for event in events)


def _held(turn: Turn, reason: str) -> bool:
    hold = turn.after.hold
    return hold is not None and hold != turn.before.hold and hold.reason == reason


def _released(turn: Turn, _: str) -> bool:
    return turn.before.hold is not None and turn.after.hold != turn.before.hold


_TRIGGERS: Mapping[str, Callable[[Turn, str], bool]] = {
    "answered": lambda turn, _: any(_answers(entry, turn) for entry in turn.entries),
    "acknowledged": lambda turn, _: turn.has(Acknowledged),
    "assigned": _assigned,
    "updated": lambda turn, _: turn.has(StakeholdersUpdated),
    "released": _released,
    "held": _held,
    "event": lambda turn, kind: any(entry.kind == kind for entry in turn.entries),
}


def _answers(entry: Entry, turn: Turn) -> bool:
    """Whether a person took it, gave it to a person, or acts on what was given them (K12)."""
    if not entry.by.is_person:
        return False
    event = entry.event
    if isinstance(event, Assigned) and event.assignee is not None and not turn.imported:
        return True
    return isinstance(event, Acknowledged) or entry.by.id == turn.before.assignee
