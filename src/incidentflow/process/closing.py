"""Closing: close, cancel and reinstate, and closing by itself (rules L2 and L10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import field

from incidentflow.errors import Failure, hint
from incidentflow.incident import Case, Category, Command, Entry, Event, Facts, Incident
from incidentflow.incident.agenda import Due
from incidentflow.incident.parts import MajorStatus
from incidentflow.policy import Policy
from incidentflow.words import SYSTEM, evolve, frozen, line, personal, prose


def unresolved_may_close(case: Case) -> Failure | None:
    """Close closing before resolving, unless the policy allows it."""
    if case.policy.close_unresolved:
        return None
    return Failure("close.unresolved")


def cancel_reason_known(case: Case) -> Failure | None:
    """Require one of the policy's cancel reasons."""
    reason, known = case.given("reason"), case.policy.cancel_reasons
    if known and (reason is None or reason in known):
        return None
    inputs = ("reason",) if known else ()
    return Failure("reason.unknown", {"given": reason, "hint": hint(str(reason), known)}, inputs)


def within_reinstate_window(case: Case) -> Failure | None:
    """Close reinstating after the window since the cancel or merge (rule L2)."""
    window, since = case.policy.reinstate_window, case.incident.since
    if window is None or case.now - since <= window:
        return None
    return Failure("reinstate.too_late", {"window": window, "ended": since + window})


@frozen
class AutoCloseScheduled(Event):
    """It will close by itself unless somebody objects (rule L10)."""

    closes_at: datetime

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember when."""
        del entry
        return evolve(incident, auto_close_at=self.closes_at)


@frozen
class Closed(Event):
    """It is over."""

    reason: str | None = personal(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Record how it ended."""
        del entry
        return evolve(incident, ending="closed")


@frozen
class Cancelled(Event):
    """It was no incident, or not one to work on."""

    reason: str
    note: str | None = personal(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Record why."""
        del entry
        return evolve(incident, ending=self.reason)


@frozen
class Reinstated(Event):
    """It was an incident to work on after all."""

    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave it to the move, which began a new episode."""
        del entry
        return incident


def react(incident: Incident, entry: Entry, policy: Policy, facts: Facts) -> Iterable[Event]:
    """Schedule closing when an incident is done, counted from then (rule L10)."""
    del facts
    if entry.to is None or entry.to.category is not Category.DONE or not policy.auto_close:
        return
    if incident.auto_close_at is None or entry.kind == "resolved":
        yield AutoCloseScheduled((incident.episode.resolved_at or entry.at) + policy.auto_close)


def agenda(incident: Incident) -> Iterable[Due]:
    """Name the instant of closing; none for a major, or while a requirement blocks."""
    major = incident.major.status is MajorStatus.ACCEPTED
    if incident.auto_close_at is not None and not major and not incident.is_blocked:
        yield Due(incident.auto_close_at, "auto_close", CLOSE)


@frozen(kw_only=True)
class Close(Command):
    """
    End a resolved incident; an unresolved one only where the policy allows it.

    Args:
        reason: Why; needed for an unresolved one.

    """

    trigger: ClassVar[str] = "close"

    reason: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Close."""
        del case
        yield Closed(self.reason)


CLOSE = Close(by=SYSTEM)
"""What closes an incident by itself."""


@frozen(kw_only=True)
class Cancel(Command):
    """
    End what was no incident.

    Args:
        reason: A configured reason, such as ``"false_positive"``.
        note: More of it.

    """

    trigger: ClassVar[str] = "cancel"

    reason: str | None = field(default=None, validator=line())
    note: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Cancel."""
        del case
        yield Cancelled(self.reason or "", self.note)


@frozen(kw_only=True)
class Reinstate(Command):
    """
    Take up a cancelled or merged incident again.

    Args:
        reason: Why.

    """

    trigger: ClassVar[str] = "reinstate"

    reason: str | None = field(default=None, validator=prose)

    def decide(self, case: Case) -> Iterable[Event]:
        """Reinstate."""
        del case
        yield Reinstated(self.reason or "")
