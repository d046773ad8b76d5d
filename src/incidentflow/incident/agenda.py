"""The agenda: what will be due, as a pure function of the incident (rules K18 and K19)."""

from __future__ import annotations

from datetime import datetime

from incidentflow.incident.aggregate import Event
from incidentflow.incident.case import Command
from incidentflow.words import frozen


@frozen(slots=False)
class Due:
    """
    One thing that falls due.

    Attributes:
        at: When it is looked at.
        code: What, as a stable code.
        what: For a fact, true at its instant whoever looks: the event to record. For an act,
            true when committed: the command that the system gives.
        since: When it first fell due, if it was postponed.

    """

    at: datetime
    code: str
    what: Event | Command
    since: datetime | None = None

    @property
    def fell_due(self) -> datetime:
        """When it was due at first."""
        return self.since or self.at
