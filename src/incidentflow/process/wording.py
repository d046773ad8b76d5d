"""Wording: what a message says, and to whom it may say it (rules C4 and C7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from incidentflow.incident import Entry, Incident, Occurrence
from incidentflow.policy import Audience
from incidentflow.process.closing import Cancelled, Closed
from incidentflow.process.communication import StakeholdersUpdated
from incidentflow.process.investigation import Identified
from incidentflow.process.links import Merged
from incidentflow.process.major import MajorAccepted
from incidentflow.process.reporting import Reported, ReportedAgain
from incidentflow.process.resolution import Reopened, Resolved
from incidentflow.process.work import Acknowledged, Mitigated, Relapsed
from incidentflow.texts import HAPPENED, Text

COLLEAGUES = frozenset({Audience.ASSIGNEE, Audience.TEAM, Audience.ESCALATED_TO})
"""The audiences that read everything."""
FOR_REQUESTER = (Cancelled, Closed, Merged, Reopened, Reported, ReportedAgain, Resolved)
"""The events whose own words a requester reads; of any other, only that it happened."""
PUBLIC: Mapping[type[Occurrence], Text] = {
    Acknowledged: Text("public.acknowledged"),
    Cancelled: Text("public.cancelled"),
    Closed: Text("public.closed"),
    Identified: Text("public.identified"),
    MajorAccepted: Text("public.major_accepted"),
    Mitigated: Text("public.mitigated"),
    Relapsed: Text("public.relapsed"),
    Reopened: Text("public.reopened"),
    Reported: Text("public.reported"),
    Resolved: Text("public.resolved"),
}
"""What anybody may read of an event: nothing that somebody typed."""
CHANGED = Text("public.changed")


def word(incident: Incident, entry: Entry, audience: Audience) -> tuple[Text, Text]:
    """
    Return subject and body of a message, to be rendered for its recipient.

    Colleagues read what happened, by whom, and how the incident stands. Others read what was
    written for them, and otherwise only that something happened: no note, no title, no name.

    Args:
        incident: The incident as it stands.
        entry: What the message tells of.
        audience: In which role the recipient is told.

    """
    if audience in COLLEAGUES:
        what = _happened(entry)
        return _subject(incident, what), _for_colleagues(incident, entry, what)
    if isinstance(entry.event, StakeholdersUpdated):
        what = Text("public.news", {"text": entry.event.text})
        promised, eta = entry.event.next_update_at, entry.event.public_eta
    else:
        told = audience is Audience.REQUESTER and isinstance(entry.event, FOR_REQUESTER)
        what = _happened(entry) if told else PUBLIC.get(type(entry.event), CHANGED)
        promised, eta = _promised(incident, entry), None
    body = Text(
        "message.public",
        {
            "what": what,
            "at": entry.at,
            "incident": incident.name,
            "service": incident.service,
            "next_update_at": promised,
            "eta": eta,
        },
    )
    return _subject(incident, what), body


def _happened(entry: Entry) -> Text:
    try:
        return entry.event.wording()
    except Exception:  # noqa: BLE001 - a host's event that cannot say it stops no message (C6)
        return Text(f"{HAPPENED}{entry.kind}")


def _for_colleagues(incident: Incident, entry: Entry, what: Text) -> Text:
    is_promise = isinstance(entry.event, StakeholdersUpdated)
    return Text(
        "message.colleagues",
        {
            "what": what,
            "at": entry.at,
            "by": entry.by,
            "incident": incident.name,
            "title": incident.title,
            "state": incident.state,
            "priority": incident.priority,
            "service": incident.service,
            "next_update_at": None if is_promise else _promised(incident, entry),
        },
    )


def _subject(incident: Incident, what: Text) -> Text:
    return Text("message.subject", {"incident": incident.name, "what": what})


def _promised(incident: Incident, entry: Entry) -> datetime | None:
    """Return when the next update is promised, as long as that lies ahead."""
    promised = incident.news.next_update_at if incident.news else None
    return promised if promised is not None and promised > entry.at else None
