"""Owing: what other incidents have to do because of what happened here (rule J5)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from incidentflow.incident import Entry, Incident
from incidentflow.incident.occurrence import Occurrence
from incidentflow.incident.owed import OwedCommand
from incidentflow.policy import Policy
from incidentflow.process import cascades, family, links

Owe = Callable[[Incident, Entry, Policy], Iterable[OwedCommand]]

OWING = (
    (links.owes, links.OWING),
    (family.owes, family.OWING),
    (cascades.owes, cascades.OWING),
)
"""What owes commands, each with the classes of events that it looks at."""


def owe(incident: Incident, entries: Iterable[Entry], policy: Policy) -> list[OwedCommand]:
    """List the commands that these entries owe, as the incident stands after them."""
    return [
        owed
        for entry in entries
        for owes in _owing(type(entry.event))
        for owed in owes(incident, entry, policy)
    ]


@cache
def _owing(kind: type[Occurrence]) -> tuple[Owe, ...]:
    """Name what looks at events of a class; asked of every event, so remembered."""
    return tuple(owes for owes, kinds in OWING if issubclass(kind, kinds))
