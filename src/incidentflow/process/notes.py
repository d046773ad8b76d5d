"""Notes and sub-statuses: words without rules (rules L3 and L4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import field

from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.places import ANYWHERE
from incidentflow.words import evolve, frozen, line, personal, prose


@frozen
class Noted(Event):
    """Somebody wrote something down, for colleagues only (rule C4)."""

    text: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Count it."""
        del entry
        counts = evolve(incident.counts, notes=incident.counts.notes + 1)
        return evolve(incident, counts=counts)


@frozen
class SubstatusSet(Event):
    """A label inside the state was set, for display."""

    label: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the label; it goes with the state."""
        del entry
        return evolve(incident, substatus=self.label)


@frozen(kw_only=True)
class Note(Command):
    """
    Write something down for colleagues, in any state.

    Args:
        text: What.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    may_look_back: ClassVar[bool] = True

    text: str = field(validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Note it."""
        del case
        yield Noted(self.text)


@frozen(kw_only=True)
class SetSubstatus(Command):
    """
    Set a label inside the state, such as ``"monitoring"``; it has no rules (rule L4).

    Args:
        label: The label.

    """

    label: str = field(validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Set it."""
        del case
        yield SubstatusSet(self.label)
