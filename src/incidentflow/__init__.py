"""
Incident management that you embed: an explicit lifecycle, a journal that proves itself, no server.

Events live in `incidentflow.events`, errors in `incidentflow.errors`, ports in
`incidentflow.ports`.
"""

from typing import TYPE_CHECKING

from incidentflow.desk import IncidentDesk, load_policy
from incidentflow.errors import IncidentflowError
from incidentflow.incident import Command, Event, Incident
from incidentflow.lifecycle import Lifecycle, State, Step
from incidentflow.policy import (
    BusinessDays,
    Calendar,
    ClockRule,
    FieldRule,
    HoldReason,
    Hours,
    Matrix,
    Policy,
    TargetRow,
)
from incidentflow.process import (
    AcceptMajor,
    Acknowledge,
    Advance,
    Assign,
    Attach,
    Cancel,
    Close,
    CompleteReview,
    Correct,
    DemoteMajor,
    Describe,
    Detach,
    DraftReview,
    Escalate,
    Finding,
    Hold,
    Identify,
    LegalHold,
    Merge,
    Mitigate,
    Note,
    OverridePriority,
    ProposeMajor,
    Reclassify,
    Reinstate,
    RejectMajor,
    Relapse,
    ReleaseLegalHold,
    RenameState,
    Reopen,
    Report,
    Resolve,
    Resume,
    Retarget,
    ReturnToQueue,
    SetFields,
    SetSubstatus,
    StakeholderUpdate,
    SubmitReview,
    Triage,
    WaiveReview,
)
from incidentflow.profiles import ITIL
from incidentflow.words import Actor, ActorKind, Impact, Priority, Severity, Urgency

if TYPE_CHECKING:
    from incidentflow.desk.aio import AsyncIncidentDesk

__all__ = [
    "ITIL",
    "AcceptMajor",
    "Acknowledge",
    "Actor",
    "ActorKind",
    "Advance",
    "Assign",
    "AsyncIncidentDesk",
    "Attach",
    "BusinessDays",
    "Calendar",
    "Cancel",
    "ClockRule",
    "Close",
    "Command",
    "CompleteReview",
    "Correct",
    "DemoteMajor",
    "Describe",
    "Detach",
    "DraftReview",
    "Escalate",
    "Event",
    "FieldRule",
    "Finding",
    "Hold",
    "HoldReason",
    "Hours",
    "Identify",
    "Impact",
    "Incident",
    "IncidentDesk",
    "IncidentflowError",
    "LegalHold",
    "Lifecycle",
    "Matrix",
    "Merge",
    "Mitigate",
    "Note",
    "OverridePriority",
    "Policy",
    "Priority",
    "ProposeMajor",
    "Reclassify",
    "Reinstate",
    "RejectMajor",
    "Relapse",
    "ReleaseLegalHold",
    "RenameState",
    "Reopen",
    "Report",
    "Resolve",
    "Resume",
    "Retarget",
    "ReturnToQueue",
    "SetFields",
    "SetSubstatus",
    "Severity",
    "StakeholderUpdate",
    "State",
    "Step",
    "SubmitReview",
    "TargetRow",
    "Triage",
    "Urgency",
    "WaiveReview",
    "load_policy",
]


def __getattr__(name: str) -> object:
    """Import the async desk when it is first asked for: asyncio takes long to import."""
    if name == "AsyncIncidentDesk":
        from incidentflow.desk.aio import AsyncIncidentDesk  # noqa: PLC0415 - as it says

        return AsyncIncidentDesk
    msg = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(msg)
