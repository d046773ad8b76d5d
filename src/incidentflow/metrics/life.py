"""One incident as it is measured: which milestones it reached, and which it still may."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cached_property

from incidentflow.incident import Category, Entry, Incident, apply
from incidentflow.process.corrections import Corrected
from incidentflow.words import frozen

TOLD_ONCE = ("occurred", "detected")
TOLD = (*TOLD_ONCE, "reported")
REACHED = ("started", "acknowledged", "identified", "restored", "resolved", "ended")
MILESTONES = (*TOLD, *REACHED)
"""Named as the incident's attributes, without ``_at``; those that are told, then those reached."""
WHEN_DONE = frozenset({"identified", "ended"})

Reached = Mapping[tuple[int, str], datetime]


@frozen(slots=False)
class Life:
    """
    An incident, the instant at which it is looked at, and its journal where it was read.

    Attributes:
        incident: The incident as it stands.
        now: The instant.
        entries: Its journal in the order of recording; empty where nobody needed it.

    """

    incident: Incident
    now: datetime
    entries: tuple[Entry, ...] = ()

    def at(self, episode: int, milestone: str) -> datetime | None:
        """
        Say when a milestone was reached, or None.

        What happened once, when the damage began and when it was noticed, is the same for every
        episode; a later episode counts as reported when it was reopened.
        """
        if milestone == "reported":
            milestone = "reported" if episode == 0 else "started"
        told = milestone in TOLD
        of = self.incident if told else self.incident.episodes[episode]
        found: datetime | None = getattr(of, f"{milestone}_at")
        return found

    def may_come(self, episode: int, milestone: str) -> bool:
        """Whether a milestone that was not reached may yet be (rule M1: censored, not missing)."""
        if episode != len(self.incident.episodes) - 1 or milestone in TOLD:
            return False
        category = self.incident.place.category
        return self.incident.place.is_unfinished or (
            category is Category.DONE and milestone in WHEN_DONE
        )

    def was_corrected(self, episode: int, milestone: str) -> bool:
        """Whether a correction says when a milestone was reached (rule L6)."""
        if milestone == "reported" and episode:
            milestone = "started"
        return (0 if milestone in TOLD else episode, milestone) in self._corrected

    @cached_property
    def in_order(self) -> tuple[Entry, ...]:
        """Its journal in the order of world-time."""
        return tuple(sorted(self.entries, key=lambda entry: (entry.at, entry.sequence)))

    @cached_property
    def _corrected(self) -> frozenset[tuple[int, str]]:
        found: frozenset[tuple[int, str]] = frozenset()
        incident = Incident(tenant=self.incident.tenant, id=self.incident.id)
        before = _reached(incident)
        for entry in self.entries:
            incident = apply(incident, entry)
            after = _reached(incident)
            changed = {one for one in after.keys() | before if after.get(one) != before.get(one)}
            found = found | changed if isinstance(entry.event, Corrected) else found - changed
            before = after
        return found


def reads_for_corrections(incident: Incident) -> bool:
    """Whether the journal must be read to know which milestones were corrected."""
    return incident.counts.corrections > 0


def never(incident: Incident) -> bool:
    """Say that no journal has to be read."""
    del incident
    return False


def _reached(incident: Incident) -> Reached:
    return dict(_each_reached(incident))


def _each_reached(incident: Incident) -> Iterator[tuple[tuple[int, str], datetime]]:
    for name in TOLD:
        if (at := getattr(incident, f"{name}_at")) is not None:
            yield (0, name), at
    for place, episode in enumerate(incident.episodes):
        for name in REACHED:
            if (at := getattr(episode, f"{name}_at")) is not None:
                yield (place, name), at
