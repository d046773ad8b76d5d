"""Hold and resume: responsibility is outside for a while (rule L2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import field

from incidentflow.errors import Failure
from incidentflow.incident import Case, Command, Entry, Event, Incident, Place
from incidentflow.incident.agenda import Due
from incidentflow.incident.parts import Hold as HoldPart
from incidentflow.incident.places import UNREPORTED, Mark
from incidentflow.process.work import Acknowledged, responder
from incidentflow.words import SYSTEM, aware, evolve, flag, frozen, line, personal, prose, to_utc


@frozen
class HoldReasonKnown:
    """
    Require a configured reason, with what that reason needs.

    Attributes:
        input: What the command calls the reason.

    """

    input: str

    def __call__(self, case: Case) -> Failure | None:
        """Pass when the reason is configured and complete."""
        name, known = case.given(self.input), case.policy.hold_reasons
        names = tuple(reason.name for reason in known)
        needs = dict.fromkeys(need for reason in known for need in reason.needs)
        inputs = (self.input, *needs) if known else ()
        if name is None:
            return Failure("hold_reason.missing", {"known": names}, inputs)
        reason = case.policy.hold_reason(name)
        if reason is None:
            return Failure("hold_reason.unknown", {"given": name, "known": names}, inputs)
        until = case.given("until")
        if until is not None and until <= case.at:
            return Failure("until.past", {"given": until}, ("until",))
        missing = tuple(need for need in reason.needs if case.given(need) is None)
        if not missing:
            return None
        return Failure("hold_reason.incomplete", {"reason": name, "missing": missing}, missing)


@frozen
class CameFrom:
    """
    Choose the way back to where the incident was put on hold.

    Attributes:
        state: The state this way leads back to.
        otherwise: Whether it is the way when it came from nowhere, as by a report or correction.

    """

    state: str
    otherwise: bool = False

    def __call__(self, case: Case) -> Failure | None:
        """Pass when the incident came from here and nothing else is asked for."""
        if case.given("to") not in (None, self.state):
            return Failure("step.not_asked", {"state": self.state}, ("to",))
        hold = case.incident.hold
        origin = hold.came_from if hold else UNREPORTED
        known = origin.is_unfinished and not origin.has(Mark.WAITING)
        if origin.state == self.state if known else self.otherwise:
            return None
        return Failure("hold.elsewhere", {"state": self.state})


@frozen
class Held(Event):
    """The incident waits for somebody outside."""

    reason: str
    came_from: Place
    comment: str | None = personal(default=None)
    reference: str | None = personal(default=None)
    until: datetime | None = None
    agreed: bool = False

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Open a hold interval; one that was open ends here."""
        before, holds = incident.hold, incident.holds
        if before is not None:
            holds = (*holds, before.ended(entry.at))
        hold = HoldPart(
            self.reason,
            entry.at,
            self.came_from,
            self.comment,
            self.reference,
            self.until,
            self.agreed,
        )
        return evolve(incident, hold=hold, holds=holds)


@frozen
class Resumed(Event):
    """The incident waits no longer."""

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave it to the move, which ended the hold interval."""
        del entry
        return incident


def held(case: Case, reason: str) -> Held:
    """Build the event of going on hold, remembering where the incident came from."""
    hold = case.incident.hold
    came_from = hold.came_from if hold else case.incident.place
    return Held(
        reason,
        came_from,
        case.given("comment"),
        case.given("reference"),
        case.given("until"),
        bool(case.given("agreed")),
    )


def agenda(incident: Incident) -> Iterable[Due]:
    """Name the instant at which a hold with an end is over."""
    if incident.hold is not None and incident.hold.until is not None:
        yield Due(incident.hold.until, "hold_until", Resume(by=SYSTEM))


@frozen(kw_only=True)
class Hold(Command):
    """
    Put the incident on hold, or change the reason.

    Args:
        reason: A configured reason, such as ``"awaiting_vendor"``.
        comment: Why, for people; some reasons need it.
        reference: A change, problem or vendor reference; some reasons need it.
        until: When it resumes by itself; None: never.
        agreed: Whether the requester agreed to wait; some reasons pause clocks then (rule K16).

    """

    trigger: ClassVar[str] = "hold"

    reason: str | None = field(default=None, validator=line())
    comment: str | None = field(default=None, validator=prose)
    reference: str | None = field(default=None, validator=line())
    until: datetime | None = field(default=None, converter=to_utc, validator=aware)
    agreed: bool = field(default=False, validator=flag)

    def decide(self, case: Case) -> Iterable[Event]:
        """Hold."""
        yield held(case, self.reason or "")


@frozen(kw_only=True)
class Resume(Command):
    """
    Take the incident off hold, back to where it came from.

    Args:
        to: Another state to resume in, where the lifecycle allows it.
        assignee: Who works on it, when it resumes in a working state.

    """

    trigger: ClassVar[str] = "resume"

    to: str | None = field(default=None, validator=line())
    assignee: str | None = field(default=None, validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Resume; resuming to work by request is an acknowledgement too."""
        works = case.to is not None and case.to.has(Mark.WORKING)
        if self.assignee is not None and not works:
            case.refuse("assignee.unused")
        yield Resumed()
        if works and (self.to is not None or self.assignee is not None):
            yield Acknowledged(responder(case))
