"""Stopping: what ends a clock, when, and with which verdict (rules K2, K11, K12 and K17)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from incidentflow.incident import Event, Incident
from incidentflow.incident.clocks import Clock, Verdict
from incidentflow.incident.terms import Terms
from incidentflow.policy import OnReopen
from incidentflow.process.clocks import ClockBreached, ClockClaimed, ClockStopped, ClockWarned
from incidentflow.process.turns import MARKS, Turn
from incidentflow.words import evolve

KEPT = {
    "answered": "answered_at",
    "acknowledged": "acknowledged_at",
    "restored": "restored_at",
    "resolved": "resolved_at",
}
"""Where an episode keeps when what stops a clock happened."""
CORRECTED = {**KEPT, "answered": "acknowledged_at"}
"""Which milestone is corrected to say that it happened at another time."""
Happening = tuple[Event, datetime]
End = tuple[str, datetime]
"""A trigger, and when it happened."""


def stops(clock: Clock, end: End) -> Iterator[Happening]:
    """
    Stop a clock; what nobody has recorded yet comes first, each at its own instant.

    Args:
        clock: The clock, which runs.
        end: What stops it, and when.

    Yields:
        The warnings and the breach that were due by then, and that it was stopped.

    """
    trigger, at = end
    over = clock.due is not None and at > clock.due and not clock.breached
    for part, look in zip(clock.terms.warnings[clock.warned :], clock.looks, strict=False):
        if look <= at:
            yield ClockWarned(clock.name, part), look
    if over and clock.due is not None:
        yield ClockBreached(clock.name, clock.was_used_up), clock.due
        clock = evolve(clock, breached_at=clock.due)
    yield stopped(clock, at, trigger), at


def stopped(clock: Clock, at: datetime, trigger: str) -> ClockStopped:
    """Build the event of a clock being stopped, with both verdicts where they differ (K17)."""
    met = not clock.breached and (clock.due is None or at <= clock.due)
    verdict = Verdict.MET if met else Verdict.BREACHED
    claimed = Verdict.MET if clock.breached and _in_time(clock, at) else None
    return ClockStopped(clock.name, verdict, clock.remaining(at), trigger, claimed)


def claims(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Hold a corrected milestone against the verdict of the clock that it stopped (rule K17)."""
    name, kept = CORRECTED.get(clock.stopped_by), KEPT.get(clock.stopped_by, "")
    for event in turn.corrections:
        if name is None or event.milestone != name or event.was_at is None:
            continue
        if getattr(turn.after.episodes[clock.episode - 1], kept) == event.was_at:
            met = _in_time(clock, event.was_at)
            claimed = Verdict.MET if met else Verdict.BREACHED
            if claimed is not (clock.claimed or clock.verdict):
                yield ClockClaimed(clock.name, claimed), turn.at


def ended_by(clock: Clock, turn: Turn) -> End | None:
    """Say what of a turn stops or restarts a clock first, and when; None when nothing does."""
    put_right = {trigger: max(at, clock.started_at) for trigger, at in _put_right(turn)}
    when = {**turn.triggers, **put_right}
    found = [each for each in (*clock.terms.restarts, *clock.terms.stops) if each in when]
    return min(((each, when[each]) for each in found), key=lambda end: end[1], default=None)


def _put_right(turn: Turn) -> Iterator[End]:
    """List what a correction says was reached, and nobody had recorded in this episode (L8)."""
    for event in turn.corrections:
        for trigger, milestone in CORRECTED.items():
            known = getattr(turn.before.episode, KEPT[trigger])
            reached = getattr(turn.after.episode, KEPT[trigger])
            if event.milestone == milestone and known is None and reached == event.was_at:
                yield trigger, reached


def _in_time(clock: Clock, at: datetime) -> bool:
    """Whether an instant lies before the target is used up, by all pauses known by now."""
    due = clock.moved(clock.deadline)
    return due is None or at <= due


def ended_before(terms: Terms, turn: Turn) -> End | None:
    """Say by what and when a clock that starts late had ended already, or None."""
    then = ((stop, at) for stop in terms.stops for at in _reached_at(turn.after, stop, terms))
    now = ((stop, turn.triggers[stop]) for stop in terms.stops if stop in turn.triggers)
    return min((*then, *now), key=lambda each: each[1], default=None)


def _reached_at(incident: Incident, stop: str, terms: Terms) -> Iterator[datetime]:
    """
    Say when what stops a clock was reached: a milestone, or the state that it is in.

    Only what a mark stopped goes on when the incident is reopened, and not all of that (rule K7).
    """
    if stop not in KEPT and stop in MARKS and incident.place.has(MARKS[stop]):
        yield incident.since
    never = stop not in MARKS or terms.on_reopen is OnReopen.NEVER
    for episode in incident.episodes if never else incident.episodes[-1:]:
        at = getattr(episode, KEPT.get(stop, ""), None)
        if at is not None:
            yield at
