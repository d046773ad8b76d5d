"""Retention: what must be kept for a legal matter, and what was erased (rule J8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import field

from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.parts import Counts
from incidentflow.incident.places import ANYWHERE
from incidentflow.policy import Policy
from incidentflow.policy.retention import keep_of
from incidentflow.words import evolve, frozen, line, personal, prose


@frozen
class LegalHoldPlaced(Event):
    """Nothing of the incident may be erased, for the sake of a legal matter."""

    matter: str
    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember the matter."""
        del entry
        return evolve(incident, legal_holds=(*incident.legal_holds, self.matter))


@frozen
class LegalHoldReleased(Event):
    """A legal matter no longer needs the incident to be kept."""

    matter: str
    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Forget the matter; others still hold."""
        del entry
        left = tuple(each for each in incident.legal_holds if each != self.matter)
        return evolve(incident, legal_holds=left)


@frozen
class Erased(Event):
    """
    Personal texts were taken out of this incident; written by `erase` alone, by no command.

    Attributes:
        texts: How many values were taken out of the journal.
        owed: How many of the things that it owes were taken out or changed.
        kept: How often things had happened to it. Some of that is told from who did them, which
            the journal no longer says.
        reason: Why.
        is_all: Whether nothing personal was left, for its time was over.
        updated_at: When anything else was recorded last; erasing is no news of the incident.

    """

    texts: int
    owed: int
    kept: Counts
    reason: str = personal()
    is_all: bool = False
    updated_at: datetime | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave the incident as it is, with the counts that it had."""
        emptied = entry.sequence if self.is_all else incident.emptied
        updated_at = self.updated_at or incident.updated_at
        return evolve(incident, counts=self.kept, emptied=emptied, updated_at=updated_at)


@frozen(kw_only=True)
class LegalHold(Command):
    """
    Keep everything of the incident for a legal matter, in any state: nothing of it is erased.

    Args:
        matter: What it is kept for, such as a case number; one incident may be kept for several.
        reason: Why.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    matter: str = field(validator=line())
    reason: str = field(validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Place it, unless it is placed already."""
        if self.matter in case.incident.legal_holds:
            case.refuse("legal_hold.already", "matter", matter=self.matter)
        yield LegalHoldPlaced(self.matter, self.reason)


@frozen(kw_only=True)
class ReleaseLegalHold(Command):
    """
    Keep the incident for a legal matter no longer.

    Args:
        matter: The matter that it was kept for.
        reason: Why.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    matter: str = field(validator=line())
    reason: str = field(validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Release it, if it holds."""
        holds = case.incident.legal_holds
        if self.matter not in holds:
            case.refuse("legal_hold.unknown", "matter", matter=self.matter, known=holds)
        yield LegalHoldReleased(self.matter, self.reason)


def is_expired(incident: Incident, policy: Policy, now: datetime) -> bool:
    """
    Whether personal texts of an incident are kept longer than a policy says; never of one at work.

    Args:
        incident: The incident.
        policy: How the desk works now.
        now: The present instant; at the very end of the time, it is over.

    """
    if incident.place.category is not Category.TERMINAL or incident.emptied == incident.version:
        return False
    keep = keep_of(policy.retention, incident.category)
    return keep is not None and now - incident.since >= keep
