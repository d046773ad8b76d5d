"""A rehearsal: one incident on the pure engine, with no store and a clock that you wind."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from incidentflow import engine
from incidentflow.engine import Commit, Practice
from incidentflow.errors import IncidentflowError, TransitionRefused
from incidentflow.incident import Command, Entry, Facts, Incident
from incidentflow.lifecycle import Lifecycle, Option
from incidentflow.policy import Policy
from incidentflow.process import Report
from incidentflow.process.agenda import Tick
from incidentflow.process.dating import Origin
from incidentflow.profiles import ITIL
from incidentflow.testing.clock import MONDAY
from incidentflow.words import SYSTEM, Actor, frozen, show

BLANK = Incident(tenant="default", id="00000000-0000-7000-8000-000000000001")


@frozen
class Attempt:
    """
    What was tried in a rehearsal, and what came of it.

    Attributes:
        now: When.
        before: The incident before it.
        commands: What was tried.
        outcome: The commit, or the refusal.

    """

    now: datetime
    before: Incident
    commands: tuple[Command, ...]
    outcome: Commit | IncidentflowError

    @property
    def commit(self) -> Commit | None:
        """The commit, if there was one."""
        return self.outcome if isinstance(self.outcome, Commit) else None

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of every reason for a refusal; none when there was a commit."""
        if isinstance(self.outcome, TransitionRefused):
            return tuple(failure.code for failure in self.outcome.failures)
        return (self.outcome.code,) if isinstance(self.outcome, IncidentflowError) else ()

    def __str__(self) -> str:
        """Show what was tried and what came of it."""
        came = self.commit.incident.state if self.commit else self.outcome
        return f"{show(self.now)} {', '.join(map(repr, self.commands))} -> {came}"


class Rehearsal:
    """
    Plays the life of one incident, to try a lifecycle and a policy before a desk has them.

    Args:
        lifecycle: The states and steps to rehearse.
        policy: How the desk would work.
        now: The instant at which it begins.
        others: Other incidents of the same desk, such as one to merge into.
        origin: Where the commands come from.

    Attributes:
        incident: The incident as it stands.
        commits: Every commit so far.
        attempts: Everything that was attempted so far.
        now: The record-time.

    """

    def __init__(
        self,
        lifecycle: Lifecycle = ITIL,
        policy: Policy | None = None,
        *,
        now: datetime = MONDAY,
        others: Iterable[Incident] = (),
        origin: Origin = Origin.LIVE,
    ) -> None:
        self.practice = Practice(lifecycle, policy or Policy(), origin)
        self.incident = BLANK
        self.commits: tuple[Commit, ...] = ()
        self.attempts: tuple[Attempt, ...] = ()
        self.now = now
        self.others = tuple(others)

    def __repr__(self) -> str:
        """Show what was attempted, line by line."""
        return "\n".join(("Rehearsal:", *map(str, self.attempts)))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The timeline so far."""
        return tuple(entry for commit in self.commits for entry in commit.entries)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of what the latest commit recorded."""
        return tuple(entry.kind for entry in self.commits[-1].entries)

    def report(
        self, title: str = "Mail queue stuck", by: str = "ana", **details: object
    ) -> Incident:
        """Log the incident."""
        return self.do(Report(by=by, title=title, **details))  # type: ignore[arg-type] # by name

    def do(self, *commands: Command) -> Incident:
        """
        Carry out commands as one commit.

        Raises:
            TransitionRefused: They are not possible; nothing has changed.
            InvalidInput: A value can never be right; nothing has changed.

        """
        commit = engine.decide(
            self.incident, commands, self.practice, self.now, self.facts(commands)
        )
        self.incident, self.commits = commit.incident, (*self.commits, commit)
        return self.incident

    def attempt(self, *commands: Command) -> Attempt:
        """Carry out commands, or change nothing; remember either."""
        before = self.incident
        try:
            self.do(*commands)
            outcome: Commit | IncidentflowError = self.commits[-1]
        except IncidentflowError as error:
            outcome = error
        attempt = Attempt(self.now, before, commands, outcome)
        self.attempts = (*self.attempts, attempt)
        return attempt

    def wait(self, **span: float) -> datetime:
        """Wind the clock, as in ``wait(days=3)``, and return the instant it shows."""
        self.now += timedelta(**span)
        return self.now

    def tick(self, **span: float) -> Incident:
        """Wind the clock, and let what is due happen."""
        self.wait(**span)
        return self.do(Tick(by=SYSTEM))

    def facts(self, commands: Sequence[Command]) -> Facts:
        """Answer what a decision on commands asks to know, from the other incidents."""
        asks = [ask for _, ask in engine.asks(self.incident, commands)]
        known = {name: other for other in self.others for name in (other.id, other.number) if name}
        holders = {
            other.dedup_key: other
            for other in self.others
            if other.dedup_key and other.place.is_unfinished
        }
        return Facts(
            {ask.incident: known[ask.incident] for ask in asks if ask.incident in known},
            {ask.dedup_key: holders[ask.dedup_key] for ask in asks if ask.dedup_key in holders},
        )

    def options(self, by: Actor | str = "ana") -> tuple[Option, ...]:
        """List every step from here, as it is for this actor."""
        actor = Actor.parse(by)
        return engine.options(self.incident, actor, self.practice, self.now, self.facts(()))

    def forecast(self, until: datetime) -> tuple[Entry, ...]:
        """List what will happen until an instant if nobody acts."""
        return engine.forecast(self.incident, self.practice, until, self.now)
