"""The agenda: what will be due, as a pure function of the incident (rules K18 and K19)."""

from __future__ import annotations

from datetime import datetime

from attrs import frozen

from incidentflow.incident.aggregate import Event
from incidentflow.incident.case import Command


@frozen
class Due:
    """
    One thing that falls due.

    Attributes:
        at: When.
        code: What, as a stable code.
        event: For a fact, true at its instant whoever looks: the event to record.
        command: For an act, true when committed: the command that the system gives.

    """

    at: datetime
    code: str
    event: Event | None = None
    command: Command | None = None
