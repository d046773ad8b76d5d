"""Delivery: what became of messages, where the incident has to know (rules D3 and D4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.parts import Thread
from incidentflow.incident.places import ANYWHERE
from incidentflow.words import ERASED, evolve, frozen, person_id, personal


@frozen
class ThreadOpened(Event):
    """A provider named the first message to somebody; later ones continue it (rule D3)."""

    channel: str
    reference: str = personal()
    recipient: str = person_id()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember what later messages continue."""
        del entry
        thread = Thread(self.channel, self.reference, self.recipient)
        return evolve(incident, threads=(*incident.threads, thread))


@frozen
class DeliveryFailed(Event):
    """A message is given up: nobody was told (rule D3)."""

    channel: str
    told_of: str
    sequence: int
    reason: str = personal()
    recipient: str = person_id()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave the incident as it is."""
        del entry
        return incident


@frozen
class DeliverySuppressed(Event):
    """A message went nowhere, and no attempt was made to send it (rule D3)."""

    channel: str
    told_of: str
    sequence: int
    reason: str
    recipient: str = person_id()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave the incident as it is."""
        del entry
        return incident


@frozen
class OwedRefused(Event):
    """What the incident asked of another one was refused there (rule J5)."""

    others: ClassVar[tuple[str, ...]] = ("to",)

    asked: str
    to: str
    reasons: tuple[str, ...]
    number: str | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Take back what stood on it: a parent that does not adopt is none."""
        del entry
        refused = self.asked == "add_child" and incident.parent == self.to
        return evolve(incident, parent=None) if refused else incident


@frozen(kw_only=True)
class Record(Command):
    """
    Record what became of something that was owed; the library's own.

    Args:
        happened: What.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    instead: ClassVar[tuple[str, ...]] = ("Note",)

    happened: Event

    def decide(self, case: Case) -> Iterable[Event]:
        """Record it."""
        del case
        yield self.happened


def thread_of(incident: Incident, channel: str, recipient: str) -> str | None:
    """Return what the first message to somebody is called by its provider, or None."""
    same = (each for each in incident.threads if each.channel == channel)
    theirs = (each.reference for each in same if each.recipient == recipient)
    return next((reference for reference in theirs if reference != ERASED), None)
