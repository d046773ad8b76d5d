"""Review: what the team must learn, and that it does (rules R1 and R2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import field

from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.parts import RequirementStatus, ReviewStatus
from incidentflow.incident.places import ANYWHERE
from incidentflow.words import Actor, evolve, frozen, line, person_id, personal, plain, prose


def _meet(incident: Incident, status: RequirementStatus) -> Incident:
    met = (
        evolve(each, status=status) if each.is_raised else each for each in incident.requirements
    )
    return evolve(incident, requirements=tuple(met))


@frozen
class ReviewDrafted(Event):
    """Somebody began to write the review."""

    summary: str = personal()
    went_well: str | None = personal(default=None)
    went_badly: str | None = personal(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Keep the draft."""
        del entry
        review = evolve(
            incident.review,
            status=ReviewStatus.DRAFT,
            summary=self.summary,
            went_well=self.went_well or incident.review.went_well,
            went_badly=self.went_badly or incident.review.went_badly,
        )
        return evolve(incident, review=review)


@frozen
class ReviewSubmitted(Event):
    """The draft is to be discussed."""

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the status."""
        del entry
        return evolve(incident, review=evolve(incident.review, status=ReviewStatus.IN_REVIEW))


@frozen
class ReviewCompleted(Event):
    """The review is done; every raised requirement is met."""

    root_cause: str | None = personal(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Keep the root cause and meet the requirements."""
        del entry
        review = evolve(incident.review, status=ReviewStatus.REVIEWED, root_cause=self.root_cause)
        return _meet(evolve(incident, review=review), RequirementStatus.REVIEWED)


@frozen
class ReviewWaived(Event):
    """Somebody else agreed that no review is needed."""

    reason: str = personal()
    approved_by: str = person_id()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Waive the requirements."""
        del entry
        review = evolve(incident.review, status=ReviewStatus.WAIVED)
        return _meet(evolve(incident, review=review), RequirementStatus.WAIVED)


@frozen(kw_only=True)
class DraftReview(Command):
    """
    Write the review, or a new version of it.

    Args:
        summary: What happened.
        went_well: What went well.
        went_badly: What went badly.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    summary: str = field(validator=prose)
    went_well: str | None = field(default=None, validator=prose)
    went_badly: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Draft it."""
        del case
        yield ReviewDrafted(self.summary, self.went_well, self.went_badly)


@frozen(kw_only=True)
class SubmitReview(Command):
    """Hand the draft in for discussion."""

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    def decide(self, case: Case) -> Iterable[Event]:
        """Submit it, if there is a draft."""
        _require(case, ReviewStatus.DRAFT)
        yield ReviewSubmitted()


@frozen(kw_only=True)
class CompleteReview(Command):
    """
    Finish the review; raised requirements are met by it.

    Args:
        root_cause: The root cause, if one was found.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    root_cause: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Complete it, if it was written."""
        _require(case, ReviewStatus.DRAFT, ReviewStatus.IN_REVIEW)
        yield ReviewCompleted(self.root_cause or case.incident.cause)


@frozen(kw_only=True)
class WaiveReview(Command):
    """
    Do without the review; somebody other than the one who asks must agree (rule R1).

    Args:
        reason: Why.
        approved_by: Who agrees.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    reason: str = field(validator=prose)
    approved_by: str = field(validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Waive it, if one is required and somebody else agrees."""
        approver = Actor.parse(self.approved_by)
        if not approver.is_person:
            case.refuse("review.no_approver", "approved_by")
        if plain(approver.id) == plain(self.by.id):
            case.refuse("review.own_waiver", "approved_by")
        if not any(each.is_raised for each in case.incident.requirements):
            case.refuse("review.not_required")
        yield ReviewWaived(self.reason, self.approved_by)


def _require(case: Case, *wanted: ReviewStatus) -> None:
    status = case.incident.review.status
    if status not in wanted:
        case.refuse("review.status", status=status)
