"""The host's own fields on an incident (rule T3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.places import ANYWHERE
from incidentflow.policy.fields import read_fields
from incidentflow.texts import Text
from incidentflow.words import OwnField, evolve, frozen


@frozen
class FieldsSet(Event):
    """Own fields were set."""

    fields: tuple[OwnField, ...]

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set them; others stay."""
        del entry
        merged = {own.name: own for own in (*incident.fields, *self.fields)}
        return evolve(incident, fields=tuple(merged[name] for name in sorted(merged)))

    def wording(self) -> Text:
        """Say what was set."""
        each = (Text("own_field", {"name": own.name, "value": own.value}) for own in self.fields)
        return Text(super().wording().code, {"fields": tuple(each)})


def set_along(case: Case) -> Iterable[Event]:
    """Return the setting of the own fields that any command may bring along."""
    if not case.command.fields:
        return ()
    return (FieldsSet(read_fields(case.policy.fields, case.command.fields)),)


@frozen(kw_only=True)
class SetFields(Command):
    """
    Set some of the fields that the policy declares, and do nothing else.

    Raises:
        InvalidInput: None is given.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    def __attrs_post_init__(self) -> None:
        """Refuse to set nothing."""
        if not self.fields:
            raise InvalidInput.of("fields", {}, "fields.empty")

    def decide(self, case: Case) -> Iterable[Event]:
        """Decide nothing more than what every command brings along."""
        del case
        return ()
