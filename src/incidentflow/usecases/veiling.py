"""
Veiling: what somebody sees of an incident that has to do with others (rules A3 and X2).

Of others that the viewer may not see, an incident they may see tells nothing: it has no such
parent, child or target, and the events that name one are not on its timeline. The key of a stand-in
is shown as it was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from incidentflow.incident import Entry, Incident
from incidentflow.incident.stand_ins import as_given
from incidentflow.process.reporting import Reported
from incidentflow.usecases.setup import Setup, seek
from incidentflow.words import evolve


async def veiled(setup: Setup, incident: Incident) -> Incident:
    """Return an incident as the viewer sees it."""
    if setup.viewer is not None and incident.dedup_key is not None:
        incident = evolve(incident, dedup_key=as_given(incident.dedup_key))
    others = (incident.parent, incident.merged_into, *incident.children)
    if (hidden := await _hidden(setup, others)) is None:
        return incident
    return evolve(
        incident,
        parent=None if incident.parent in hidden else incident.parent,
        merged_into=None if incident.merged_into in hidden else incident.merged_into,
        children=tuple(child for child in incident.children if child not in hidden),
    )


async def told(setup: Setup, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Return the entries of a journal that name nobody whom the viewer may not see."""
    entries = tuple(entries) if setup.viewer is None else tuple(map(_as_given, entries))
    named = [_named(entry) for entry in entries]
    if (hidden := await _hidden(setup, (name for names in named for name in names))) is None:
        return entries
    pairs = zip(entries, named, strict=True)
    return tuple(entry for entry, names in pairs if hidden.isdisjoint(names))


def _as_given(entry: Entry) -> Entry:
    event = entry.event
    if not isinstance(event, Reported) or event.dedup_key is None:
        return entry
    return evolve(entry, event=attrs.evolve(event, dedup_key=as_given(event.dedup_key)))


def _named(entry: Entry) -> tuple[str, ...]:
    named = (getattr(entry.event, name) for name in entry.event.others)
    return tuple(name for name in named if name)


async def _hidden(setup: Setup, others: Iterable[str | None]) -> set[str] | None:
    """Say which of some others the viewer may not see; None where everybody is seen."""
    if setup.viewer is None or not setup.outside.authorisers:
        return None
    names = {name for name in others if name}
    return {name for name in names if await seek(setup, name) is None} or None
