"""The process of incident management, one module for each activity."""

from incidentflow.incident import Command
from incidentflow.process.assignment import Assign
from incidentflow.process.cascades import Follow
from incidentflow.process.closing import Cancel, Close, Reinstate
from incidentflow.process.communication import StakeholderUpdate
from incidentflow.process.corrections import Correct, RenameState
from incidentflow.process.description import Describe
from incidentflow.process.escalation import Escalate
from incidentflow.process.family import AddChild, Attach, Detach, DropChild
from incidentflow.process.fields import SetFields
from incidentflow.process.hold import Hold, Resume
from incidentflow.process.investigation import Finding, Identify
from incidentflow.process.links import Absorb, Merge
from incidentflow.process.major import AcceptMajor, DemoteMajor, ProposeMajor, RejectMajor
from incidentflow.process.notes import Note, SetSubstatus
from incidentflow.process.reporting import Report, ReportAgain
from incidentflow.process.resolution import Reopen, Resolve
from incidentflow.process.retargeting import Retarget
from incidentflow.process.retention import LegalHold, ReleaseLegalHold
from incidentflow.process.review import CompleteReview, DraftReview, SubmitReview, WaiveReview
from incidentflow.process.triage import OverridePriority, Reclassify, Triage
from incidentflow.process.work import Acknowledge, Advance, Mitigate, Relapse, ReturnToQueue

COMMANDS: tuple[type[Command], ...] = (
    Report,
    ReportAgain,
    Triage,
    Reclassify,
    Describe,
    OverridePriority,
    Assign,
    Acknowledge,
    ReturnToQueue,
    Advance,
    Hold,
    Resume,
    Escalate,
    Finding,
    Identify,
    StakeholderUpdate,
    Retarget,
    Note,
    SetSubstatus,
    SetFields,
    Mitigate,
    Relapse,
    ProposeMajor,
    AcceptMajor,
    RejectMajor,
    DemoteMajor,
    Resolve,
    Reopen,
    DraftReview,
    SubmitReview,
    CompleteReview,
    WaiveReview,
    Close,
    Cancel,
    Reinstate,
    Merge,
    Absorb,
    LegalHold,
    ReleaseLegalHold,
    Attach,
    Detach,
    AddChild,
    DropChild,
    Follow,
    Correct,
    RenameState,
)

__all__ = [
    "COMMANDS",
    "Absorb",
    "AcceptMajor",
    "Acknowledge",
    "AddChild",
    "Advance",
    "Assign",
    "Attach",
    "Cancel",
    "Close",
    "CompleteReview",
    "Correct",
    "DemoteMajor",
    "Describe",
    "Detach",
    "DraftReview",
    "DropChild",
    "Escalate",
    "Finding",
    "Follow",
    "Hold",
    "Identify",
    "LegalHold",
    "Merge",
    "Mitigate",
    "Note",
    "OverridePriority",
    "ProposeMajor",
    "Reclassify",
    "Reinstate",
    "RejectMajor",
    "Relapse",
    "ReleaseLegalHold",
    "RenameState",
    "Reopen",
    "Report",
    "ReportAgain",
    "Resolve",
    "Resume",
    "Retarget",
    "ReturnToQueue",
    "SetFields",
    "SetSubstatus",
    "StakeholderUpdate",
    "SubmitReview",
    "Triage",
    "WaiveReview",
]
