"""Links: an incident continues in another one (rules L2 and J5)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar, cast

from attrs import field

from incidentflow.errors import Failure
from incidentflow.incident import Ask, Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.owed import OwedCommand
from incidentflow.incident.places import ANYWHERE
from incidentflow.policy import Policy
from incidentflow.words import evolve, frozen, line


def target_unfinished(case: Case) -> Failure | None:
    """Require another incident in triage or open to merge into (rule L2)."""
    into = case.given("into")
    if into is None:
        return Failure("into.missing", inputs=("into",))
    target = case.facts.incidents.get(into)
    if target is None:
        return Failure("into.not_found", {"into": into}, ("into",))
    if target.id == case.incident.id:
        return Failure("into.itself", inputs=("into",))
    if not target.place.is_unfinished:
        return Failure("into.finished", {"into": target.name, "state": target.state}, ("into",))
    return None


@frozen
class Merged(Event):
    """The incident continues in another one."""

    others: ClassVar[tuple[str, ...]] = ("into",)

    into: str
    number: str | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember where it continues."""
        del entry
        return evolve(incident, ending="merged", merged_into=self.into)


@frozen
class Absorbed(Event):
    """Another incident was merged into this one."""

    others: ClassVar[tuple[str, ...]] = ("source",)

    source: str
    number: str | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave the incident as it is."""
        del entry
        return incident


OWING = (Merged,)
"""The events that owe something."""


def owes(incident: Incident, entry: Entry, policy: Policy) -> Iterable[OwedCommand]:
    """Owe the incident that was merged into the knowledge of it (rule J5)."""
    del policy
    merged = cast("Merged", entry.event)
    absorb = Absorb(by=entry.by, at=entry.at, source=incident.id, number=incident.number)
    yield OwedCommand(merged.into, absorb, entry.sequence)


@frozen(kw_only=True)
class Merge(Command):
    """
    Continue this incident in another one.

    Args:
        into: The other incident's id or number.

    """

    trigger: ClassVar[str] = "merge"

    into: str | None = field(default=None, validator=line())

    def asks(self, incident: Incident) -> tuple[Ask, ...]:
        """Ask for the other incident."""
        del incident
        return (Ask(incident=self.into),) if self.into else ()

    def decide(self, case: Case) -> Iterable[Event]:
        """Merge."""
        target = case.facts.incidents[self.into or ""]
        yield Merged(target.id, target.number)


@frozen(kw_only=True)
class Absorb(Command):
    """
    Record that another incident was merged into this one; owed by the merge.

    Args:
        source: The other incident's id.
        number: Its number.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    may_look_back: ClassVar[bool] = True
    instead: ClassVar[tuple[str, ...]] = ("Merge",)

    source: str = field(validator=line())
    number: str | None = field(default=None, validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Record it."""
        del case
        yield Absorbed(self.source, self.number)
