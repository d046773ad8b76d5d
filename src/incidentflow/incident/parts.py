"""The parts of an incident; each is a small frozen value."""

from __future__ import annotations

import enum
from datetime import datetime

from incidentflow.incident.places import Category, Mark, Place
from incidentflow.policy.requirements import Because
from incidentflow.words import Priority, evolve, frozen, personal


@frozen(slots=False)
class Relief:
    """A span in which service was restored, before it was lost again; half-open."""

    since: datetime
    until: datetime


@frozen(slots=False)
class Episode:
    """
    One run from being reported, or reopened, to being finished; its milestones stay (rule L9).

    All times are world-times; None is a milestone not reached. ``answered_at`` is when a person
    first acknowledged it, was made responsible by one, or acted when responsible (rule K12);
    ``triaged_at`` when it first left triage.
    ``reliefs`` are the spans from a restoration to its relapse, in order (rule M1).
    """

    started_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = personal(default=None)
    identified_at: datetime | None = None
    restored_at: datetime | None = None
    resolved_at: datetime | None = None
    ended_at: datetime | None = None
    answered_at: datetime | None = None
    triaged_at: datetime | None = None
    reliefs: tuple[Relief, ...] = ()

    def answered(self, at: datetime) -> Episode:
        """Return it answered, as it is if it was before."""
        return self if self.answered_at is not None else evolve(self, answered_at=at)

    def reached(self, to: Place, at: datetime) -> Episode:
        """Return it with the milestones that a place's category and marks set or take back."""
        restored_at, reliefs = self.restored_at, self.reliefs
        if to.has(Mark.RESTORED):
            restored_at = restored_at or at
        elif to.is_unfinished and not to.has(Mark.WAITING):
            lost = restored_at is not None and restored_at < at
            reliefs = (*reliefs, Relief(restored_at, at)) if restored_at and lost else reliefs
            restored_at = None
        triaged = to.category not in (Category.TRIAGE, Category.UNREPORTED)
        return evolve(
            self,
            triaged_at=self.triaged_at or (at if triaged else None),
            reliefs=reliefs,
            restored_at=restored_at,
            resolved_at=self.resolved_at or (at if to.has(Mark.RESOLVED) else None),
            ended_at=at if to.category is Category.TERMINAL else None,
        )


@frozen(slots=False)
class Counts:
    """How often things happened to one incident."""

    reports: int = 0
    assignments: int = 0
    reassignments: int = 0
    returns: int = 0
    relapses: int = 0
    reopens: int = 0
    escalations: int = 0
    findings: int = 0
    updates: int = 0
    notes: int = 0
    corrections: int = 0
    missed_updates: int = 0
    eta_slips: int = 0


@frozen(slots=False)
class Hold:
    """Why and since when an incident waits, and where it came from."""

    reason: str
    since: datetime
    came_from: Place
    comment: str | None = personal(default=None)
    reference: str | None = personal(default=None)
    until: datetime | None = None
    agreed: bool = False

    def ended(self, at: datetime) -> HoldInterval:
        """Return the interval that it was, ended at an instant."""
        return HoldInterval(self.reason, self.since, at, self.agreed, self.until)

    def lasts(self, at: datetime) -> bool:
        """Whether its end, if it has one, lies after an instant."""
        return self.until is None or self.until > at


@frozen(slots=False)
class HoldInterval:
    """
    One finished interval on hold; half-open.

    Attributes:
        reason: The configured reason.
        since: When it began.
        until: When it was ended.
        agreed: Whether the requester agreed to wait.
        ends: Until when it was to last, or None; what it paused went on then, whoever looked.

    """

    reason: str
    since: datetime
    until: datetime
    agreed: bool = False
    ends: datetime | None = None

    @property
    def paused_until(self) -> datetime:
        """When clocks went on that it paused, however late it was ended (rule K19)."""
        return min(self.until, self.ends or self.until)


@frozen(slots=False)
class Override:
    """A priority that does not follow the matrix (rule Q3)."""

    priority: Priority
    reason: str = personal()
    ends_with_axes: bool = True


@frozen(slots=False)
class Resolution:
    """How the incident was resolved."""

    code: str
    at: datetime
    note: str = personal()


class MajorStatus(enum.Enum):
    """The overlay of a major incident; the lifecycle's state is untouched (rule W3)."""

    NONE = "none"
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DEMOTED = "demoted"


@frozen(slots=False)
class Major:
    """Whether the incident is a major one, and who leads it."""

    status: MajorStatus = MajorStatus.NONE
    business_impact: str | None = personal(default=None)
    incident_manager: str | None = personal(default=None)
    communications_lead: str | None = personal(default=None)


class RequirementStatus(enum.Enum):
    """A requirement once raised is never lowered, only met (rule R1)."""

    RAISED = "raised"
    REVIEWED = "reviewed"
    WAIVED = "waived"


@frozen(slots=False)
class Requirement:
    """A review that policy requires, by when, and whether it blocks closing."""

    because: Because
    raised_at: datetime
    due: datetime
    blocks: bool
    status: RequirementStatus = RequirementStatus.RAISED
    overdue: bool = False

    @property
    def is_raised(self) -> bool:
        """Whether it still waits for its review or waiver."""
        return self.status is RequirementStatus.RAISED


class ReviewStatus(enum.Enum):
    """The lifecycle of a review (rule R2)."""

    NONE = "none"
    REQUIRED = "required"
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    REVIEWED = "reviewed"
    WAIVED = "waived"


@frozen(slots=False)
class Review:
    """What the team learnt (rule R2)."""

    status: ReviewStatus = ReviewStatus.NONE
    summary: str | None = personal(default=None)
    root_cause: str | None = personal(default=None)
    went_well: str | None = personal(default=None)
    went_badly: str | None = personal(default=None)


class Confidence(enum.Enum):
    """How sure an estimate is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class EtaAudience(enum.Enum):
    """Who reads an estimate: those who work on the incident, or everybody who is told."""

    INTERNAL = "internal"
    PUBLIC = "public"


@frozen(slots=False)
class StakeholderNews:
    """The latest word to stakeholders: a promise and an estimate (rule C2)."""

    at: datetime
    text: str = personal()
    next_update_at: datetime | None = None
    eta: datetime | None = None


@frozen(slots=False)
class Estimate:
    """
    When an incident was expected to be resolved, as was said then (rule C2).

    Attributes:
        at: When that was said.
        eta: When it was expected.
        confidence: How sure that was, or None.
        audience: Who was told.

    """

    at: datetime
    eta: datetime
    confidence: Confidence | None = None
    audience: EtaAudience = EtaAudience.INTERNAL


@frozen(slots=False)
class EscalatedTo:
    """Where the incident was escalated to last, on each axis (rule E1)."""

    team: str | None = None
    management: str | None = personal(default=None)


@frozen(slots=False)
class Postponed:
    """An act that was due and refused, and when it is looked at again (rule K18)."""

    code: str
    until: datetime


@frozen
class Thread:
    """What a provider called the first message to somebody; later ones continue it (rule D3)."""

    channel: str
    reference: str = personal()
    recipient: str = personal()
