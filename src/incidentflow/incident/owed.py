"""What a commit owes: messages to people, commands to other subjects (rule J5)."""

from __future__ import annotations

from incidentflow.incident.case import Command
from incidentflow.policy.communication import Audience
from incidentflow.words import frozen, personal


@frozen
class Message:
    """
    One message owed to one recipient on one channel (rule D1).

    Attributes:
        channel: The name of the notifier that is to carry it.
        audience: In which role the recipient is told.
        recipient: Who is told: the host's id of a person, a team or a group.
        kind: The kind of event it tells of.
        sequence: That event's place in the journal.

    """

    channel: str
    audience: Audience
    kind: str
    sequence: int
    recipient: str = personal()


@frozen
class OwedCommand:
    """
    One command owed to another incident.

    Attributes:
        incident: Its id.
        command: What to do.
        sequence: The place in the journal of the event that owes it (rule J5).

    """

    incident: str
    command: Command
    sequence: int
