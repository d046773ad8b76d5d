"""What a message says, in plain words; the one place where messages get their text (rule C6)."""

from __future__ import annotations

from incidentflow.incident import Entry, Incident
from incidentflow.policy import Audience
from incidentflow.process.communication import StakeholdersUpdated


def word(incident: Incident, entry: Entry, audience: Audience) -> tuple[str, str]:
    """Return subject and text; stakeholders read what was written for them, and no more."""
    what = _told(entry)
    if audience is Audience.STAKEHOLDERS and not isinstance(entry.event, StakeholdersUpdated):
        what = entry.kind.replace("_", " ")
    first = what.splitlines()[0]
    lines = [what, "", f"{incident.name}: {incident.title}", f"State: {incident.state}"]
    if incident.priority is not None:
        lines.append(f"Priority: {incident.priority.name}")
    return f"[{incident.name}] {first}", "\n".join(lines)


def _told(entry: Entry) -> str:
    """Say what happened; a host's event that cannot say it stops no message (rule C6)."""
    try:
        return entry.event.describe().strip() or entry.kind
    except Exception:  # noqa: BLE001 - the host's own code, of any quality
        return entry.kind
