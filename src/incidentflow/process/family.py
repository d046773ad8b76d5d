"""Parent and child: one incident goes the way of another (rules L11 and W4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import ClassVar

from attrs import field

from incidentflow.errors import Failure
from incidentflow.incident import Ask, Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.owed import OwedCommand
from incidentflow.incident.places import ANYWHERE
from incidentflow.policy import Policy
from incidentflow.words import evolve, frozen, line


def children_finished(case: Case) -> Failure | None:
    """Close resolving a parent alone while a child is open (rule L2)."""
    if case.given("cascade") is not False:
        return None
    asked = (case.facts.incidents.get(child) for child in case.incident.children)
    unfinished = tuple(each.name for each in asked if each and each.place.is_unfinished)
    if not unfinished:
        return None
    facts = {"children": unfinished, "one": len(unfinished) == 1}
    return Failure("children.open", facts, ("cascade",))


@frozen
class Attached(Event):
    """The incident goes the way of a parent."""

    others: ClassVar[tuple[str, ...]] = ("parent",)

    parent: str
    number: str | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember the parent."""
        del entry
        return evolve(incident, parent=self.parent)


@frozen
class Detached(Event):
    """The incident goes its own way again."""

    others: ClassVar[tuple[str, ...]] = ("parent",)

    parent: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Forget the parent."""
        del entry
        return evolve(incident, parent=None)


@frozen
class ChildAdded(Event):
    """Another incident goes the way of this one."""

    others: ClassVar[tuple[str, ...]] = ("child",)

    child: str
    number: str | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember the child."""
        del entry
        return evolve(incident, children=(*incident.children, self.child))


@frozen
class ChildDropped(Event):
    """A child goes its own way again."""

    others: ClassVar[tuple[str, ...]] = ("child",)

    child: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Forget the child."""
        del entry
        return evolve(
            incident, children=tuple(each for each in incident.children if each != self.child)
        )


@frozen(kw_only=True)
class Attach(Command):
    """
    Make this incident the child of another one, to be worked on, held and resolved with it.

    Args:
        parent: The other incident's id or number.

    """

    parent: str = field(validator=line())

    def asks(self, incident: Incident) -> tuple[Ask, ...]:
        """Ask for the other incident, and for the parent it has."""
        wanted = (self.parent, incident.parent)
        return tuple(Ask(incident=one) for one in wanted if one is not None)

    def decide(self, case: Case) -> Iterable[Event]:
        """Attach it: one level deep, to one parent, which is in triage or open."""
        parent = case.facts.incidents.get(self.parent)
        if parent is None:
            case.refuse("parent.not_found", "parent", parent=self.parent)
        if parent.id == case.incident.id:
            case.refuse("parent.itself", "parent")
        if case.incident.parent is not None:
            another = case.facts.incidents.get(case.incident.parent)
            case.refuse("parent.another", parent=another and another.name)
        if parent.parent is not None:
            case.refuse("parent.deep", "parent", parent=parent.name)
        if case.incident.children:
            case.refuse("parent.deep", parent=None)
        if not parent.place.is_unfinished:
            case.refuse("parent.finished", "parent", parent=parent.name, state=parent.state)
        yield Attached(parent.id, parent.number)


@frozen(kw_only=True)
class Detach(Command):
    """Let this incident go its own way again, in any state."""

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    def decide(self, case: Case) -> Iterable[Event]:
        """Detach it."""
        if case.incident.parent is None:
            case.refuse("parent.missing")
        yield Detached(case.incident.parent)


@frozen(kw_only=True)
class AddChild(Command):
    """
    Record on a parent that another incident is its child; owed by `Attach`.

    Args:
        child: The child's id.
        number: Its number.

    """

    instead: ClassVar[tuple[str, ...]] = ("Attach",)

    child: str = field(validator=line())
    number: str | None = field(default=None, validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Record it, unless the parent was finished or attached itself meanwhile."""
        parent = case.incident
        if parent.parent is not None:
            case.refuse("parent.deep", parent=parent.name)
        if not parent.place.is_unfinished:
            case.refuse("parent.finished", parent=parent.name, state=parent.state)
        if self.child not in parent.children:
            yield ChildAdded(self.child, self.number)


@frozen(kw_only=True)
class DropChild(Command):
    """
    Record on a parent that a child goes its own way; owed by `Detach`.

    Args:
        child: The child's id.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    instead: ClassVar[tuple[str, ...]] = ("Detach",)

    child: str = field(validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Record it."""
        if self.child in case.incident.children:
            yield ChildDropped(self.child)


OWING = (Attached, Detached)
"""The events that owe something."""


def owes(incident: Incident, entry: Entry, policy: Policy) -> Iterator[OwedCommand]:
    """Owe the parent the knowledge of a child that comes or goes (rule J5)."""
    del policy
    if isinstance(entry.event, Attached):
        adopt = AddChild(by=entry.by, child=incident.id, number=incident.number)
        yield OwedCommand(entry.event.parent, adopt, entry.sequence)
    if isinstance(entry.event, Detached):
        release = DropChild(by=entry.by, child=incident.id)
        yield OwedCommand(entry.event.parent, release, entry.sequence)
