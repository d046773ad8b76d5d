"""The values of the fields that a host declares (rule T3)."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from incidentflow.errors import InvalidInput
from incidentflow.words.text import MAX_LINE, checked
from incidentflow.words.values import frozen

FieldValue = str | int | bool


def as_fields(value: Mapping[str, FieldValue]) -> Mapping[str, FieldValue]:
    """Read own fields by name, as a copy that nobody else changes (an attrs converter)."""
    if not isinstance(value, Mapping):
        raise InvalidInput.of("fields", value, "fields.none")
    for name in value:
        checked(name, "fields", MAX_LINE)
    return dict(value)


@frozen
class OwnField:
    """
    The value of one field that the host declared (rule T3).

    Attributes:
        name: The declared name.
        value: Text, a whole number, or yes or no.
        personal: Whether it is a person's data, and so can be erased.

    """

    name: str
    value: FieldValue = attrs.field(metadata={"personal": "personal"})
    personal: bool = False
