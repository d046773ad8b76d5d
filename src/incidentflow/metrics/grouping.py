"""By what a report is grouped: attributes of the incident as it stands, and its month."""

from __future__ import annotations

from collections.abc import Iterable

from incidentflow.errors import InvalidInput, hint
from incidentflow.incident import Incident
from incidentflow.metrics.period import Period
from incidentflow.policy import FieldRule
from incidentflow.words import FieldValue, strings

MONTH = "month"
KEYS = ("service", "priority", "team", "category", MONTH)
OWN = "fields."

Key = tuple[FieldValue | None, ...]
"""What the incidents of a group have in common, one value for each key; None: they have none."""


def make_keys(by: object, rules: Iterable[FieldRule]) -> tuple[str, ...]:
    """
    Check by what is grouped.

    Args:
        by: ``service``, ``priority``, ``team``, ``category``, ``month`` or ``fields.NAME``; one
            name or several.
        rules: The host's own fields.

    Raises:
        InvalidInput: A name is unknown, given twice, or of a field that holds a person's data.

    """
    own = {f"{OWN}{rule.name}": rule for rule in rules}
    keys = strings(by, "by")
    for place, name in enumerate(keys):
        if name not in KEYS and name not in own:
            raise InvalidInput.of("by", name, "group.unknown", hint=hint(name, (*KEYS, *own)))
        if name in keys[:place]:
            raise InvalidInput.of("by", name, "group.twice")
        if name in own and own[name].personal:
            raise InvalidInput.of("by", name, "group.personal")
    return keys


def key_of(incident: Incident, by: Iterable[str], period: Period) -> Key:
    """Say to which group an incident belongs, as it stands."""
    return tuple(_value(incident, name, period) for name in by)


def in_order(key: Key) -> tuple[tuple[bool, str, FieldValue | None], ...]:
    """Order groups by their values; what has none comes last, and kinds are not compared."""
    return tuple((value is None, type(value).__name__, value) for value in key)


def _value(incident: Incident, name: str, period: Period) -> FieldValue | None:
    if name == MONTH:
        return period.month(incident.reported_at)
    if name == "priority":
        return incident.priority and incident.priority.name
    if name.startswith(OWN):
        return incident.field(name.removeprefix(OWN))
    found: str | None = getattr(incident, name)
    return found
