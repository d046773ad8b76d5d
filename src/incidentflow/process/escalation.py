"""Escalation by hand: to a specialised team, or to management (rule E1)."""

from __future__ import annotations

import enum
from collections.abc import Iterable

from attrs import field

from incidentflow.errors import InvalidInput
from incidentflow.incident import Ask, Case, Command, Entry, Event, Incident
from incidentflow.process.assignment import Assigned
from incidentflow.words import evolve, flag, frozen, line, member, person_id, personal, prose


class Axis(enum.Enum):
    """In which direction an incident is escalated."""

    FUNCTIONAL = "functional"
    HIERARCHICAL = "hierarchical"


def _axis(value: Axis | str) -> Axis:
    return member(Axis, value, "axis")


@frozen
class Reached:
    """
    Somebody who answered for the team or role when it was escalated to (rule E3).

    Attributes:
        person: The host's id of the person.

    """

    person: str = person_id()


@frozen
class Escalated(Event):
    """The incident was escalated; informing never transfers it (rule E1)."""

    axis: Axis
    target: str = person_id()
    reason: str = personal()
    reached: tuple[Reached, ...] = ()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember where it went, and count it."""
        del entry
        if self.axis is Axis.FUNCTIONAL:
            escalated_to = evolve(incident.escalated_to, team=self.target)
        else:
            escalated_to = evolve(incident.escalated_to, management=self.target)
        counts = evolve(incident.counts, escalations=incident.counts.escalations + 1)
        return evolve(incident, escalated_to=escalated_to, counts=counts)


@frozen(kw_only=True)
class Escalate(Command):
    """
    Escalate to a specialised team or to management.

    Args:
        target: The team, or the person or role in management.
        reason: Why.
        axis: ``"functional"`` or ``"hierarchical"``.
        transfer: Whether the team takes the incident over; never with a hierarchical one.

    Raises:
        InvalidInput: A hierarchical escalation cannot transfer the incident.

    """

    target: str = field(validator=line())
    reason: str = field(validator=prose)
    axis: Axis = field(default=Axis.FUNCTIONAL, converter=_axis)
    transfer: bool = field(default=False, validator=flag)

    def __attrs_post_init__(self) -> None:
        """Refuse to hand an incident to management."""
        if self.transfer and self.axis is Axis.HIERARCHICAL:
            raise InvalidInput.of("transfer", self.transfer, "escalation.transfer")

    def asks(self, incident: Incident) -> tuple[Ask, ...]:
        """Ask who answers for the target."""
        del incident
        return (Ask(reach=self.target),)

    def decide(self, case: Case) -> Iterable[Event]:
        """Escalate, and transfer where that is asked for."""
        people = case.facts.reached.get(self.target, ())
        yield Escalated(self.axis, self.target, self.reason, tuple(map(Reached, people)))
        if self.transfer:
            yield Assigned(team=self.target)
