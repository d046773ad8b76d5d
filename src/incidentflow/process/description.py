"""Describing: what an incident is called, and for whom and how it came in (rule L3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import field

from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.places import ANYWHERE
from incidentflow.texts import Text
from incidentflow.words import evolve, frozen, line, person_id, personal, prose

DESCRIPTION = ("title", "description", "source", "requester")


@frozen(kw_only=True)
class Described(Event):
    """What the incident is called, or for whom or how it came in, was put in other words."""

    title: str | None = personal(default=None)
    description: str | None = personal(default=None)
    source: str | None = None
    requester: str | None = person_id(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Take over what was given."""
        del entry
        values = ((name, getattr(self, name)) for name in DESCRIPTION)
        return evolve(incident, **{name: value for name, value in values if value is not None})

    def wording(self) -> Text:
        """Say what it is now."""
        values = ((name, getattr(self, name)) for name in ("title", "source", "requester"))
        changes = {name: value for name, value in values if value is not None}
        more = self.description is not None
        return Text(super().wording().code, {"changes": changes, "more": more})


@frozen(kw_only=True)
class Describe(Command):
    """
    Put in other words what the incident is, in any state; what is not given stays.

    Args:
        title: What is wrong, in one visible line.
        description: More of it.
        source: How it came in.
        requester: For whom, the host's id of a person.

    Raises:
        InvalidInput: Nothing is given.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    title: str | None = field(default=None, validator=line())
    description: str | None = field(default=None, validator=prose)
    source: str | None = field(default=None, validator=line())
    requester: str | None = field(default=None, validator=line())

    def __attrs_post_init__(self) -> None:
        """Refuse to say nothing."""
        if all(getattr(self, name) is None for name in DESCRIPTION):
            raise InvalidInput.of("title", None, "inputs.none", names=DESCRIPTION)

    def decide(self, case: Case) -> Iterable[Event]:
        """Describe it."""
        del case
        yield Described(**{name: getattr(self, name) for name in DESCRIPTION})
