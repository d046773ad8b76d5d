"""Corrections: the one administrative override, and renamed states (rules L6, L8 and L12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from attrs import evolve, field, frozen

from incidentflow.errors import InvalidInput, nearest
from incidentflow.incident import Case, Category, Command, Entry, Event, Incident, Place, Steps
from incidentflow.incident.places import ANYWHERE
from incidentflow.words import aware, flag, line, personal, prose, show, to_utc

EPISODE_MILESTONES = frozenset(
    {"acknowledged_at", "identified_at", "restored_at", "resolved_at", "ended_at"}
)
MILESTONES = EPISODE_MILESTONES | {"occurred_at", "detected_at", "reported_at"}


@frozen
class Corrected(Event):
    """Somebody put the record right; left out of metrics."""

    reason: str = personal()
    milestone: str | None = None
    was_at: datetime | None = None
    raw: str | None = personal(default=None)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the milestone, if one is corrected; the move did the rest."""
        del entry
        counts = evolve(incident.counts, corrections=incident.counts.corrections + 1)
        incident = evolve(incident, counts=counts)
        corrected: dict[str, Any] = {self.milestone: self.was_at} if self.milestone else {}
        if self.milestone in EPISODE_MILESTONES:
            episode = evolve(incident.episode, **corrected)
            return evolve(incident, episodes=(*incident.episodes[:-1], episode))
        return evolve(incident, **corrected)

    def describe(self) -> str:
        """Say what was put right and why."""
        when = f"{self.milestone} = {show(self.was_at)}, " if self.was_at else ""
        raw = f" [{self.raw}]" if self.raw else ""
        return f"corrected: {when}{self.reason}{raw}"


@frozen
class StateRenamed(Event):
    """The lifecycle calls this state something else now; what was reached there stays."""

    old: str

    def arrive(self, incident: Incident, to: Place, at: datetime) -> dict[str, Any]:
        """Change the name alone, unless the new state means something else."""
        before = incident.place
        same = (to.category, to.marks) == (before.category, before.marks)
        return {"place": to} if same else super().arrive(incident, to, at)

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave it to the move."""
        del entry
        return incident

    def describe(self) -> str:
        """Say what it was called."""
        return f"state renamed from {self.old}"


@frozen(kw_only=True)
class Correct(Command):
    """
    Put a state or a world-time right, against the steps of the lifecycle (rule L6).

    It never bypasses a raised requirement.

    Args:
        reason: Why; always needed.
        state: The state it should be in; None keeps the present one.
        milestone: The world-time to correct, such as ``"resolved_at"``.
        was_at: When that really was.
        raw: For an importer: what the source said.
        give_up_key: Let go of a dedup key that another incident holds by now (rule I7).

    Raises:
        InvalidInput: Nothing is corrected, or the milestone is unknown or comes without a time.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    reason: str = field(validator=prose)
    state: str | None = field(default=None, validator=line())
    milestone: str | None = field(default=None, validator=line())
    was_at: datetime | None = field(default=None, converter=to_utc, validator=aware)
    raw: str | None = field(default=None, validator=prose)
    give_up_key: bool = field(default=False, validator=flag)

    def __attrs_post_init__(self) -> None:
        """Refuse a correction of nothing."""
        if self.state is None and self.milestone is None and self.raw is None:
            raise InvalidInput("state", "None", "give a state, a milestone, or the raw source")
        if self.milestone is not None and self.milestone not in MILESTONES:
            hint = f"is no milestone; {nearest(self.milestone, MILESTONES)}"
            raise InvalidInput("milestone", repr(self.milestone), hint)
        if (self.milestone is None) is not (self.was_at is None):
            raise InvalidInput("was_at", repr(self.was_at), "give milestone and was_at together")

    def move(self, case: Case, steps: Steps) -> Place | None:
        """Go where it says, if the lifecycle lets a correction in."""
        stays = super().move(case, steps)
        return stays if self.state is None else steps.correct(case, self.state)

    def decide(self, case: Case) -> Iterable[Event]:
        """Correct; nothing lies in the future."""
        if self.was_at is not None and self.was_at > case.now + case.policy.clock_skew:
            text = f"{self.milestone} cannot be {show(self.was_at)}: that is still ahead"
            case.refuse("was_at.future", text, "was_at")
        yield Corrected(self.reason, self.milestone, self.was_at, self.raw)


@frozen(kw_only=True)
class RenameState(Command):
    """Move an incident from a state that no longer exists to its declared new name (rule L12)."""

    def move(self, case: Case, steps: Steps) -> Place:
        """Ask for the new name."""
        return steps.rename(case)

    def decide(self, case: Case) -> Iterable[Event]:
        """Record the old name."""
        yield StateRenamed(case.incident.state)
