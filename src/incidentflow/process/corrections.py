"""Corrections: the one administrative override, and renamed states (rules L6, L8 and L12)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from attrs import field

from incidentflow.errors import InvalidInput, hint
from incidentflow.incident import (
    Case,
    Category,
    Command,
    Entry,
    Event,
    Incident,
    Mark,
    Place,
    Steps,
)
from incidentflow.incident.parts import Episode
from incidentflow.incident.places import ANYWHERE
from incidentflow.process.hold import HoldReasonKnown, held
from incidentflow.words import aware, evolve, frozen, line, personal, prose, to_utc

EPISODE_MILESTONES = frozenset(
    {"acknowledged_at", "identified_at", "restored_at", "resolved_at", "ended_at"}
)
ENDS = frozenset({"resolved_at", "ended_at"})
"""A state alone reaches these, and restoration until it is over; others may be reached unseen."""
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
        if self.milestone is None or self.was_at is None:
            return incident
        if self.milestone not in EPISODE_MILESTONES:
            return _first_told(evolve(incident, **_one(self.milestone, self.was_at)))
        place = _reached(incident, self.milestone)
        place = len(incident.episodes) - 1 if place is None else place
        episodes = [*incident.episodes]
        episodes[place] = _put_right(episodes[place], self.milestone, self.was_at)
        after = evolve(incident, episodes=tuple(episodes))
        return _resolved(after, incident) if self.milestone == "resolved_at" else after


def _put_right(episode: Episode, milestone: str, was_at: datetime) -> Episode:
    """Correct a milestone; where the acknowledgement was the first answer, that goes with it."""
    answers = milestone == "acknowledged_at" and episode.answered_at == episode.acknowledged_at
    episode = evolve(episode, **_one(milestone, was_at))
    return evolve(episode, answered_at=was_at) if answers else episode


def _one(milestone: str, was_at: datetime) -> dict[str, Any]:
    return {milestone: was_at}


def _reached(incident: Incident, milestone: str) -> int | None:
    """Find the latest episode that reached a milestone."""
    reached = (getattr(episode, milestone) is not None for episode in incident.episodes)
    return max((place for place, there in enumerate(reached) if there), default=None)


def _first_told(incident: Incident) -> Incident:
    first = evolve(incident.episodes[0], started_at=incident.reported_at)
    return evolve(incident, episodes=(first, *incident.episodes[1:]))


def _resolved(after: Incident, before: Incident) -> Incident:
    """Let the resolution, and closing by itself, follow a corrected instant (rule L10)."""
    was, now = before.episode.resolved_at, after.episode.resolved_at
    if was is None or now is None:
        return after
    resolution = after.resolution and evolve(after.resolution, at=now)
    closes = after.auto_close_at and after.auto_close_at + (now - was)
    return evolve(after, resolution=resolution, auto_close_at=closes)


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
        hold_reason: Why it waits, when it should be on hold.
        comment: What the hold reason needs.
        reference: What the hold reason needs.
        until: When the hold ends by itself.

    Raises:
        InvalidInput: Nothing is corrected, or the milestone is unknown or comes without a time.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    may_look_back: ClassVar[bool] = True

    reason: str = field(validator=prose)
    state: str | None = field(default=None, validator=line())
    milestone: str | None = field(default=None, validator=line())
    was_at: datetime | None = field(default=None, converter=to_utc, validator=aware)
    raw: str | None = field(default=None, validator=prose)
    hold_reason: str | None = field(default=None, validator=line())
    comment: str | None = field(default=None, validator=prose)
    reference: str | None = field(default=None, validator=line())
    until: datetime | None = field(default=None, converter=to_utc, validator=aware)

    def __attrs_post_init__(self) -> None:
        """Refuse a correction of nothing."""
        if self.state is None and self.milestone is None and self.raw is None:
            raise InvalidInput.of("state", None, "correction.nothing")
        if self.milestone is not None and self.milestone not in MILESTONES:
            raise InvalidInput.of(
                "milestone",
                self.milestone,
                "milestone.unknown",
                hint=hint(self.milestone, MILESTONES),
            )
        if (self.milestone is None) is not (self.was_at is None):
            raise InvalidInput.of("was_at", self.was_at, "correction.half")

    def move(self, case: Case, steps: Steps) -> Place | None:
        """Go where it says, if the lifecycle lets a correction in."""
        stays = super().move(case, steps)
        return stays if self.state is None else steps.correct(case, self.state)

    def decide(self, case: Case) -> Iterable[Event]:
        """Correct; nothing lies in the future."""
        if self.was_at is not None and self.was_at > case.now + case.policy.clock_skew:
            case.refuse("was_at.future", "was_at", milestone=self.milestone, given=self.was_at)
        if self._is_early(case):
            case.refuse("milestone.not_reached", "milestone", milestone=self.milestone)
        yield Corrected(self.reason, self.milestone, self.was_at, self.raw)
        if case.to is not None and case.to.has(Mark.WAITING):
            failure = HoldReasonKnown("hold_reason")(case)
            if failure:
                case.refuse_all((failure,))
            yield held(case, self.hold_reason or "")

    def _is_early(self, case: Case) -> bool:
        """Whether nothing reached the milestone that it corrects, and only a state does."""
        place = case.to or case.incident.place
        lasts = place.is_unfinished and not place.has(Mark.RESTORED)
        if self.milestone not in (ENDS | {"restored_at"} if lasts else ENDS):
            return False
        return _reached(case.incident, self.milestone) is None


@frozen(kw_only=True)
class RenameState(Command):
    """Move an incident from a state that no longer exists to its declared new name (rule L12)."""

    def move(self, case: Case, steps: Steps) -> Place:
        """Ask for the new name."""
        return steps.rename(case)

    def decide(self, case: Case) -> Iterable[Event]:
        """Record the old name."""
        yield StateRenamed(case.incident.state)
