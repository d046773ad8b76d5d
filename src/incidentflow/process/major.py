"""The major incident: an overlay with people in charge (rule W3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from attrs import field

from incidentflow.errors import Failure
from incidentflow.incident import Case, Command, Entry, Event, Incident
from incidentflow.incident.parts import Major, MajorStatus
from incidentflow.words import evolve, frozen, line, person_id, personal, prose


def _set(incident: Incident, status: MajorStatus) -> Incident:
    return evolve(incident, major=evolve(incident.major, status=status))


@frozen
class MajorProposed(Event):
    """Somebody thinks it is a major incident."""

    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the overlay."""
        del entry
        return _set(incident, MajorStatus.PROPOSED)


@frozen
class MajorAccepted(Event):
    """It is a major incident; these people lead it."""

    business_impact: str = personal()
    incident_manager: str = person_id()
    communications_lead: str = person_id()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the overlay and the roles."""
        del entry
        major = Major(
            MajorStatus.ACCEPTED,
            self.business_impact,
            self.incident_manager,
            self.communications_lead,
        )
        return evolve(incident, major=major)


@frozen
class MajorRejected(Event):
    """It is no major incident."""

    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the overlay."""
        del entry
        return _set(incident, MajorStatus.REJECTED)


@frozen
class MajorDemoted(Event):
    """It is no major incident any more; what it required stays required (rule R1)."""

    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the overlay."""
        del entry
        return _set(incident, MajorStatus.DEMOTED)


def _require(case: Case, *wanted: MajorStatus) -> None:
    status = case.incident.major.status
    if status not in wanted:
        case.refuse("major.status", status=status, wanted=wanted)


@frozen(kw_only=True)
class ProposeMajor(Command):
    """
    Propose that this is a major incident.

    Args:
        reason: Why.

    """

    reason: str = field(validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Propose it, unless it is one."""
        _require(case, MajorStatus.NONE, MajorStatus.REJECTED, MajorStatus.DEMOTED)
        yield MajorProposed(self.reason)


@frozen(kw_only=True)
class AcceptMajor(Command):
    """
    Declare a major incident, proposed or not (rule W3).

    Args:
        business_impact: What is at stake.
        incident_manager: Who manages it.
        communications_lead: Who communicates.

    """

    business_impact: str | None = field(default=None, validator=prose)
    incident_manager: str | None = field(default=None, validator=line())
    communications_lead: str | None = field(default=None, validator=line())

    NEEDS: ClassVar[tuple[str, ...]] = (
        "business_impact",
        "incident_manager",
        "communications_lead",
    )

    def decide(self, case: Case) -> Iterable[Event]:
        """Accept it, with everything that takes."""
        statuses = (status for status in MajorStatus if status is not MajorStatus.ACCEPTED)
        _require(case, *statuses)
        missing = tuple(
            Failure(f"{name}.missing", {"input": name}, (name,))
            for name in self.NEEDS
            if getattr(self, name) is None
        )
        if missing:
            case.refuse_all(missing)
        yield MajorAccepted(
            self.business_impact or "", self.incident_manager or "", self.communications_lead or ""
        )


@frozen(kw_only=True)
class RejectMajor(Command):
    """
    Reject the proposal.

    Args:
        reason: Why.

    """

    reason: str = field(validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Reject it, if it is proposed."""
        _require(case, MajorStatus.PROPOSED)
        yield MajorRejected(self.reason)


@frozen(kw_only=True)
class DemoteMajor(Command):
    """
    End the major incident; the incident itself goes on.

    Args:
        reason: Why.

    """

    reason: str = field(validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Demote it, if it is one."""
        _require(case, MajorStatus.ACCEPTED)
        yield MajorDemoted(self.reason)
