"""Announcement: who is told of what happened (rules C3 and D9)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from incidentflow.incident import Entry, Incident
from incidentflow.incident.owed import Message
from incidentflow.policy import Audience, Policy
from incidentflow.process.delivery import DeliveryFailed, DeliverySuppressed
from incidentflow.process.escalation import Escalated
from incidentflow.words import ERASED

GROUPS = frozenset({Audience.TEAM, Audience.STAKEHOLDERS})
"""The audiences that are never a single person, whatever they are called."""

UNTOLD = (DeliveryFailed, DeliverySuppressed)
UNTOLD_KINDS = frozenset(each.kind for each in UNTOLD)
"""What says that somebody was not told."""

RECIPIENTS: Mapping[Audience, Callable[[Incident], str | None]] = {
    Audience.REQUESTER: lambda incident: incident.requester,
    Audience.ASSIGNEE: lambda incident: incident.assignee,
    Audience.TEAM: lambda incident: incident.team,
    Audience.ESCALATED_TO: lambda incident: (
        incident.escalated_to.management or incident.escalated_to.team
    ),
    Audience.STAKEHOLDERS: lambda _: "stakeholders",
}
"""Who is meant by an audience, as an incident stands; None: nobody yet."""


def announce(incident: Incident, entries: Iterable[Entry], policy: Policy) -> Iterator[Message]:
    """
    Name the messages that these entries owe, as the incident stands after them.

    Nobody is told of their own act, and nobody is told twice on one channel, in however many
    roles. That nobody could be told of an untold message is told to nobody: it would never end.
    """
    for entry in entries:
        if isinstance(entry.event, UNTOLD) and entry.event.told_of in UNTOLD_KINDS:
            continue
        told: set[tuple[str, bool, str]] = set()
        for each in policy.subscribed.get(entry.event.kind, ()):
            for recipient in _recipients(incident, entry, each.audience):
                one = (each.channel, each.audience in GROUPS, recipient)
                if one in told or one == (each.channel, False, entry.by.id):
                    continue
                told.add(one)
                yield Message(each.channel, each.audience, entry.kind, entry.sequence, recipient)


def _recipients(incident: Incident, entry: Entry, audience: Audience) -> tuple[str, ...]:
    if audience is Audience.ESCALATED_TO and isinstance(entry.event, Escalated):
        people = tuple(reached.person for reached in entry.event.reached)
        return people or (entry.event.target,)
    recipient = RECIPIENTS[audience](incident)
    return () if recipient is None or recipient == ERASED else (recipient,)
