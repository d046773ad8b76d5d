"""Dedup keys: one unfinished incident holds each (rules I1 and I7)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from incidentflow.incident import Case, Entry, Event, Incident
from incidentflow.incident.stand_ins import as_given
from incidentflow.words import evolve, frozen


@frozen
class DedupKeyGivenUp(Event):
    """The incident let its dedup key go to the incident that holds it now."""

    others: ClassVar[tuple[str, ...]] = ("holder",)

    key: str
    holder: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Forget the key."""
        del entry
        return evolve(incident, dedup_key=None)


def give_up(case: Case) -> Iterable[Event]:
    """Return the loss of the key, when it is asked for and another incident holds it."""
    key = case.incident.dedup_key
    holder = case.facts.holders.get(key) if key and case.command.give_up_key else None
    if not (key and holder) or holder.id == case.incident.id:
        return ()
    return (DedupKeyGivenUp(as_given(key), holder.name),)
