"""Everything that can have happened, to an incident or to a desk, defined by its activity."""

from incidentflow.charter import DESK_EVENTS, AdoptersErased, LifecycleAdopted, PolicyAdopted
from incidentflow.incident import Entry, Event
from incidentflow.process.agenda import ActPostponed
from incidentflow.process.assignment import Assigned
from incidentflow.process.clocks import (
    ClockBreached,
    ClockCancelled,
    ClockClaimed,
    ClockPaused,
    ClockReopened,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    ClockStopped,
    ClockWarned,
)
from incidentflow.process.closing import AutoCloseScheduled, Cancelled, Closed, Reinstated
from incidentflow.process.communication import StakeholdersUpdated
from incidentflow.process.corrections import Corrected, StateRenamed
from incidentflow.process.delivery import DeliveryFailed, OwedRefused, ThreadOpened
from incidentflow.process.description import Described
from incidentflow.process.escalation import Escalated
from incidentflow.process.family import Attached, ChildAdded, ChildDropped, Detached
from incidentflow.process.fields import FieldsSet
from incidentflow.process.hold import Held, Resumed
from incidentflow.process.investigation import FindingRecorded, Identified
from incidentflow.process.keys import DedupKeyGivenUp
from incidentflow.process.links import Absorbed, Merged
from incidentflow.process.major import MajorAccepted, MajorDemoted, MajorProposed, MajorRejected
from incidentflow.process.notes import Noted, SubstatusSet
from incidentflow.process.reporting import Reported, ReportedAgain
from incidentflow.process.requirements import RequirementRaised, ReviewOverdue
from incidentflow.process.resolution import Reopened, Resolved
from incidentflow.process.retention import Erased, LegalHoldPlaced, LegalHoldReleased
from incidentflow.process.review import (
    ReviewCompleted,
    ReviewDrafted,
    ReviewSubmitted,
    ReviewWaived,
)
from incidentflow.process.routing import Routed
from incidentflow.process.triage import Prioritised, PriorityOverridden, Reclassified, Triaged
from incidentflow.process.work import Acknowledged, Advanced, Mitigated, Relapsed, ReturnedToQueue

EVENTS: tuple[type[Event], ...] = (
    Absorbed,
    Acknowledged,
    ActPostponed,
    Advanced,
    Assigned,
    Attached,
    AutoCloseScheduled,
    Cancelled,
    ChildAdded,
    ChildDropped,
    ClockBreached,
    ClockCancelled,
    ClockClaimed,
    ClockPaused,
    ClockReopened,
    ClockResumed,
    ClockRetargeted,
    ClockStarted,
    ClockStopped,
    ClockWarned,
    Closed,
    Corrected,
    DedupKeyGivenUp,
    DeliveryFailed,
    Described,
    Detached,
    Erased,
    Escalated,
    FieldsSet,
    FindingRecorded,
    Held,
    Identified,
    LegalHoldPlaced,
    LegalHoldReleased,
    MajorAccepted,
    MajorDemoted,
    MajorProposed,
    MajorRejected,
    Merged,
    Mitigated,
    Noted,
    OwedRefused,
    Prioritised,
    PriorityOverridden,
    Reclassified,
    Reinstated,
    Relapsed,
    Reopened,
    Reported,
    ReportedAgain,
    RequirementRaised,
    Resolved,
    Resumed,
    ReturnedToQueue,
    ReviewCompleted,
    ReviewDrafted,
    ReviewOverdue,
    ReviewSubmitted,
    ReviewWaived,
    Routed,
    StakeholdersUpdated,
    StateRenamed,
    SubstatusSet,
    ThreadOpened,
    Triaged,
)

__all__ = [
    "DESK_EVENTS",
    "EVENTS",
    "Absorbed",
    "Acknowledged",
    "ActPostponed",
    "AdoptersErased",
    "Advanced",
    "Assigned",
    "Attached",
    "AutoCloseScheduled",
    "Cancelled",
    "ChildAdded",
    "ChildDropped",
    "ClockBreached",
    "ClockCancelled",
    "ClockClaimed",
    "ClockPaused",
    "ClockReopened",
    "ClockResumed",
    "ClockRetargeted",
    "ClockStarted",
    "ClockStopped",
    "ClockWarned",
    "Closed",
    "Corrected",
    "DedupKeyGivenUp",
    "DeliveryFailed",
    "Described",
    "Detached",
    "Entry",
    "Erased",
    "Escalated",
    "Event",
    "FieldsSet",
    "FindingRecorded",
    "Held",
    "Identified",
    "LegalHoldPlaced",
    "LegalHoldReleased",
    "LifecycleAdopted",
    "MajorAccepted",
    "MajorDemoted",
    "MajorProposed",
    "MajorRejected",
    "Merged",
    "Mitigated",
    "Noted",
    "OwedRefused",
    "PolicyAdopted",
    "Prioritised",
    "PriorityOverridden",
    "Reclassified",
    "Reinstated",
    "Relapsed",
    "Reopened",
    "Reported",
    "ReportedAgain",
    "RequirementRaised",
    "Resolved",
    "Resumed",
    "ReturnedToQueue",
    "ReviewCompleted",
    "ReviewDrafted",
    "ReviewOverdue",
    "ReviewSubmitted",
    "ReviewWaived",
    "Routed",
    "StakeholdersUpdated",
    "StateRenamed",
    "SubstatusSet",
    "ThreadOpened",
    "Triaged",
]
