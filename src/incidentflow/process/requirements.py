"""Requirements: what raises them, and that they are chased (rule R1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache

from incidentflow.incident import Entry, Event, Facts, Incident
from incidentflow.incident.agenda import Due
from incidentflow.incident.occurrence import Occurrence
from incidentflow.incident.parts import Requirement, ReviewStatus
from incidentflow.policy import Because, Policy, RequirementRule
from incidentflow.process.clocks import ClockBreached
from incidentflow.process.major import MajorAccepted
from incidentflow.process.resolution import Reopened
from incidentflow.process.triage import Prioritised, PriorityOverridden
from incidentflow.words import evolve, frozen

RAISING = (ClockBreached, MajorAccepted, Prioritised, PriorityOverridden, Reopened)
"""The events that some rule may look at."""


@frozen
class RequirementRaised(Event):
    """Policy requires a review; only a review or a waiver meets it."""

    because: Because
    due: datetime
    blocks: bool

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Add the requirement; a review that was finished is required anew."""
        requirement = Requirement(self.because, entry.at, self.due, self.blocks)
        review = incident.review
        if review.status not in (ReviewStatus.DRAFT, ReviewStatus.IN_REVIEW):
            review = evolve(review, status=ReviewStatus.REQUIRED)
        return evolve(incident, requirements=(*incident.requirements, requirement), review=review)


@frozen
class ReviewOverdue(Event):
    """A required review was not there in time."""

    because: Because

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Mark the requirement, so that it is said once."""
        marked = (
            evolve(each, overdue=each.overdue or self._late(each, entry))
            for each in incident.requirements
        )
        return evolve(incident, requirements=tuple(marked))

    def _late(self, requirement: Requirement, entry: Entry) -> bool:
        return requirement.because is self.because and requirement.due <= entry.at


def react(incident: Incident, entry: Entry, policy: Policy, facts: Facts) -> Iterable[Event]:
    """
    Raise each requirement when its rule fits, a blocking one beside a mild one.

    One that is still raised is not raised again, nor one that was met in this episode; but whoever
    accepts a major incident again requires a review of that, too.
    """
    del facts
    if not _may_raise(type(entry.event)):
        return
    raised = {
        (each.because, each.blocks) for each in incident.requirements if _stands(each, incident)
    }
    for rule in policy.requirements:
        if (rule.because, rule.blocks) not in raised and _fits(rule, incident, entry.event):
            raised.add((rule.because, rule.blocks))
            yield RequirementRaised(rule.because, entry.at + rule.within, rule.blocks)


def agenda(incident: Incident) -> Iterable[Due]:
    """Name the instants at which required reviews become overdue."""
    for each in incident.requirements:
        if each.is_raised and not each.overdue:
            code = f"review_overdue.{each.because.value}"
            yield Due(each.due, code, ReviewOverdue(each.because))


@cache
def _may_raise(kind: type[Occurrence]) -> bool:
    """Whether some rule may look at events of this class; asked of every event, so remembered."""
    return issubclass(kind, RAISING)


def _stands(each: Requirement, incident: Incident) -> bool:
    anew = each.because is Because.MAJOR or each.raised_at < incident.episode.started_at
    return each.is_raised or not anew


def _fits(rule: RequirementRule, incident: Incident, event: Occurrence) -> bool:
    match rule.because, event:
        case Because.MAJOR, MajorAccepted():
            return True
        case Because.PRIORITY, Prioritised() | PriorityOverridden():
            return event.priority <= rule.priority
        case Because.BREACHED, ClockBreached():
            known = incident.priority is not None and incident.priority <= rule.priority
            return known and event.clock in rule.clocks
        case Because.REOPENED, Reopened():
            return incident.counts.reopens >= rule.times
        case _:
            return False
