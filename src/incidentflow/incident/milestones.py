"""Milestones in their order, as far as the world kept to it (rule L8)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter

from incidentflow.incident.aggregate import Incident

_told = attrgetter("episodes", "occurred_at", "detected_at", "reported_at")


def newly_inverted(before: Incident, after: Incident) -> bool:
    """Whether an event put milestones out of order that were in order before it."""
    return _told(before) != _told(after) and inverted(after) and not inverted(before)


def inverted(incident: Incident) -> bool:
    """Whether a milestone lies before one that should come first; that is odd, not wrong."""
    if not incident.episodes:
        return False
    first, last = incident.episodes[0], incident.episode
    stories = (
        (incident.occurred_at, incident.detected_at, first.acknowledged_at),
        (incident.occurred_at, incident.reported_at, first.acknowledged_at),
        (last.started_at, last.acknowledged_at, last.resolved_at, last.ended_at),
        (last.started_at, last.restored_at, last.resolved_at),
    )
    return any(map(_runs_back, stories))


def _runs_back(story: Iterable[datetime | None]) -> bool:
    latest = None
    for moment in story:
        if moment is not None:
            if latest is not None and moment < latest:
                return True
            latest = moment
    return False
