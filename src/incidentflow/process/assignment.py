"""Assignment: who works on it (rules K12 and E1)."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import field

from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Command, Entry, Event, Incident
from incidentflow.words import Actor, evolve, frozen, line, person_id, personal, prose


@frozen
class Assigned(Event):
    """
    A team or a person was made responsible.

    Attributes:
        imported: Whether another system said so; that answers nothing (rule K12).

    """

    team: str | None = None
    assignee: str | None = person_id(default=None)
    reason: str | None = personal(default=None)
    imported: bool = False

    def is_answer(self, by: Actor) -> bool:
        """Whether somebody was made responsible by a person, here."""
        return by.is_person and self.assignee is not None and not self.imported

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set what was given; a change of a known team or person counts as a reassignment."""
        team, assignee = self.team or incident.team, self.assignee or incident.assignee
        changed = (incident.team not in (None, team)) or (incident.assignee not in (None, assignee))
        counts = incident.counts
        counts = evolve(
            counts,
            assignments=counts.assignments + 1,
            reassignments=counts.reassignments + changed,
        )
        after = evolve(incident, team=team, assignee=assignee, counts=counts)
        return after.answered(entry.at) if self.is_answer(entry.by) else after


@frozen(kw_only=True)
class Assign(Command):
    """
    Make a team, a person, or both responsible.

    Args:
        team: The team; None leaves it as it is.
        assignee: The person's id; None leaves it as it is.
        reason: Why, if that is worth saying.

    Raises:
        InvalidInput: Neither is given.

    """

    team: str | None = field(default=None, validator=line())
    assignee: str | None = field(default=None, validator=line())
    reason: str | None = field(default=None, validator=prose)

    def __attrs_post_init__(self) -> None:
        """Refuse to assign to nobody."""
        if self.team is None and self.assignee is None:
            raise InvalidInput.of("assignee", None, "assignment.nobody")

    def decide(self, case: Case) -> Iterable[Event]:
        """Assign."""
        yield Assigned(self.team, self.assignee, self.reason, case.imported)
