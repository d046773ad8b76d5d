"""Resolution: resolve, and reopen when it was not (rules L2 and L9)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import field

from incidentflow.errors import Failure
from incidentflow.incident import Ask, Case, Command, Entry, Event, Incident, Mark
from incidentflow.incident.parts import Resolution
from incidentflow.process.hold import held
from incidentflow.words import aware, evolve, flag, frozen, line, personal, prose, to_utc


def resolution_code_known(case: Case) -> Failure | None:
    """Require one of the policy's resolution codes, where it lists any."""
    code, known = case.given("code"), case.policy.resolution_codes
    if code is None or not known or code in known:
        return None
    return Failure("code.unknown", {"given": code, "known": known}, ("code",))


def within_reopen_window(case: Case) -> Failure | None:
    """Close reopening after the window since the last resolve (rule L2)."""
    window, episode = case.policy.reopen_window, case.incident.episode
    since = episode.resolved_at or case.incident.since
    if window is None or case.now - since <= window:
        return None
    return Failure("reopen.too_late", {"window": window, "ended": since + window})


def closed_may_reopen(case: Case) -> Failure | None:
    """Close reopening of a closed incident, unless the policy allows it."""
    if case.policy.reopen_closed:
        return None
    return Failure("reopen.closed")


@frozen
class Resolved(Event):
    """Service is restored and the resolution recorded."""

    code: str
    note: str = personal()
    cascade: bool = True

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Record the resolution."""
        return evolve(incident, resolution=Resolution(self.code, entry.at, self.note))


@frozen
class Reopened(Event):
    """It was not resolved after all; a new episode begins (rule L9)."""

    reason: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Count it; the move began the episode."""
        del entry
        counts = evolve(incident.counts, reopens=incident.counts.reopens + 1)
        return evolve(incident, counts=counts)


@frozen(kw_only=True)
class Resolve(Command):
    """
    Record that service is restored, and how.

    Args:
        code: How, as a code such as ``"fixed"``.
        note: What was done.
        cascade: Whether open children are resolved with it; without, they must be finished.

    """

    trigger: ClassVar[str] = "resolve"

    code: str | None = field(default=None, validator=line())
    note: str | None = field(default=None, validator=prose)
    cascade: bool = field(default=True, validator=flag)

    def asks(self, incident: Incident) -> tuple[Ask, ...]:
        """Ask for the children, when they are not resolved with it."""
        return () if self.cascade else tuple(Ask(incident=child) for child in incident.children)

    def decide(self, case: Case) -> Iterable[Event]:
        """Resolve."""
        del case
        yield Resolved(self.code or "", self.note or "", self.cascade)


@frozen(kw_only=True)
class Reopen(Command):
    """
    Reopen an incident that was not resolved after all.

    Args:
        reason: Why.
        to: The state to reopen in; default where work is done.
        hold_reason: Why it waits, when it reopens on hold.
        comment: What the hold reason needs.
        reference: What the hold reason needs.
        until: When the hold ends by itself.

    """

    trigger: ClassVar[str] = "reopen"

    reason: str | None = field(default=None, validator=prose)
    to: str | None = field(default=None, validator=line())
    hold_reason: str | None = field(default=None, validator=line())
    comment: str | None = field(default=None, validator=prose)
    reference: str | None = field(default=None, validator=line())
    until: datetime | None = field(default=None, converter=to_utc, validator=aware)

    def decide(self, case: Case) -> Iterable[Event]:
        """Reopen, and hold where that is asked for."""
        yield Reopened(self.reason or "")
        if case.to is not None and case.to.has(Mark.WAITING):
            yield held(case, self.hold_reason or "")
