"""Joining: which incident takes another report of the same thing (rules I1 and I7)."""

from __future__ import annotations

from incidentflow.errors import UnreadableJournal
from incidentflow.incident import Incident
from incidentflow.incident.stand_ins import beside
from incidentflow.ports import By, Lookup, Stored, Subject, Write
from incidentflow.usecases.setup import Setup
from incidentflow.usecases.writing import to_release
from incidentflow.words import evolve, frozen

FARTHEST = 20
"""A longer chain of merges is not followed: the report opens an incident, and is not lost."""


@frozen(kw_only=True, slots=False)
class Taker:
    """
    Who takes reports under a dedup key.

    Attributes:
        key: The key that a new incident would hold.
        held_by: Who holds it in the store, finished or not, or None.
        joins: The unfinished incident that takes them, or None.
        passed: The merged incidents on the way there, as they were read.
        frees: How the one of them that holds the key lets it go, when nobody takes reports.
        unreadable: What stands where nobody can tell; with it nobody joins anything.

    """

    key: str | None
    held_by: Subject | None = None
    joins: Stored | None = None
    passed: tuple[Incident, ...] = ()
    frees: Write | None = None
    unreadable: Stored | None = None

    def holder(self, setup: Setup) -> Incident | None:
        """Return the incident that nobody else's key may be, so that reports have one place."""
        if self.unreadable is not None:
            one, named = self.unreadable, self.unreadable.subject
            blank = Incident(tenant=named.tenant, id=named.id, number=one.number)
            return evolve(blank, version=one.version)
        if self.joins is None:
            return None
        hidden = Incident(tenant=setup.tenant, id="")
        return setup.read(self.joins) if setup.shows(self.joins) else hidden

    def shut(self, setup: Setup) -> Stored | None:
        """Return the incident that stands in the way of a viewer's reports, or None."""
        if self.joins is not None and not setup.shows(self.joins):
            return self.joins
        return self.unreadable


async def taker(setup: Setup, dedup_key: str | None) -> Taker:
    """Find who takes reports under a key: its holder, or where that was merged into."""
    if dedup_key is None:
        return Taker(key=None)
    holder = await setup.store.load(Lookup(setup.tenant, By.DEDUP_KEY, dedup_key))
    if holder is None:
        return Taker(key=dedup_key)
    found = Taker(key=dedup_key, held_by=holder.subject)
    passed: list[Incident] = []
    stored: Stored | None = holder
    while stored is not None and len(passed) < FARTHEST:
        try:
            incident = setup.read(stored)
        except UnreadableJournal:
            return evolve(found, passed=tuple(passed), unreadable=stored)
        if incident.place.is_unfinished:
            return evolve(found, passed=tuple(passed), joins=stored)
        passed.append(incident)
        stored = await _next(setup, incident)
    return evolve(found, passed=tuple(passed), frees=to_release(setup, passed[0], holder))


async def _next(setup: Setup, merged: Incident) -> Stored | None:
    if merged.merged_into is None:
        return None
    return await setup.store.load(Lookup(setup.tenant, By.ID, merged.merged_into))


async def reporting(setup: Setup, dedup_key: str | None) -> Taker:
    """
    Find who takes a report of a viewer; past what cannot be read or seen, under a key of its own.

    So what an unreadable (rule J1) or a restricted incident (rule X2) holds goes on being one.
    """
    found = await taker(setup, dedup_key)
    while found.key is not None and (shut := found.shut(setup)) is not None:
        found = await taker(setup, beside(found.key, shut.subject.id))
    return found
