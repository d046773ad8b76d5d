"""
Clocking: what a command does to the clocks of an incident (rules K5 to K8, K12, K16).

Looked at once after each command, with the incident before it and after it and what happened: a
priority that a report brings with it starts one clock, not two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from incidentflow.incident import Category, Entry, Event, Incident, Mark
from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.incident.terms import Terms
from incidentflow.policy import ClockRule, OnReopen, Policy
from incidentflow.policy.clocks import PROMISED, STARTS
from incidentflow.process.clocks import (
    ClockBreached,
    ClockCancelled,
    ClockClaimed,
    ClockPaused,
    ClockReopened,
    ClockStarted,
    ClockStopped,
    resumed,
)
from incidentflow.process.targeting import begun, pauses, promised, retargeted
from incidentflow.process.turns import MARKS, Turn, turn_of
from incidentflow.words import EPOCH, evolve

ENDINGS = (Category.DONE, Category.TERMINAL)


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


def follow(
    before: Incident, after: Incident, entries: Sequence[Entry], policy: Policy
) -> Iterator[Happening]:
    """
    Say what a command does to the clocks, each with its world-time.

    Args:
        before: The incident before it.
        after: The incident after it.
        entries: What happened, at least one thing.
        policy: The policy as it is now.

    Yields:
        Events in order; a breach that lies before its clock was known comes with its own instant.

    """
    if not (after.clocks or policy.targets) and after.news is before.news:
        return
    turn = turn_of(before, after, entries, policy)
    known = {clock.name for clock in before.clocks}
    for clock in _latest(turn.after.clocks):
        if clock.name not in known:
            yield from _ends_at_once(clock, turn)
        elif clock.runs:
            yield from _goes_on(clock, turn)
        elif turn.moved and _opens(clock, turn):
            yield from _reopens(clock, turn)
        elif turn.corrections and clock.ended is Ended.STOPPED:
            yield from _claims(clock, turn)
    if turn.policy.targets:
        yield from _starts(turn)
    yield from _promises(turn)


def _latest(clocks: Iterable[Clock]) -> Iterable[Clock]:
    return {clock.name: clock for clock in clocks}.values()


def _goes_on(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Cancel, stop, retarget or pause a clock that runs."""
    category = turn.after.place.category
    corrected = category in ENDINGS and turn.corrections
    if turn.moved and (corrected or category is Category.TERMINAL):
        yield ClockCancelled(clock.name), turn.at
        return
    terms = clock.terms
    trigger = turn.first(terms.restarts) or turn.first(terms.stops)
    if trigger is not None:
        yield from _stops(clock, turn.at, trigger)
        if trigger in terms.restarts:
            yield from _again(clock, turn)
        return
    if turn.reclassified:
        event = retargeted(turn.after, clock, turn.policy, turn.at, turn.now)
        if event is not None:
            yield event, turn.at
        if isinstance(event, ClockCancelled):
            return
        clock = event.clock if event is not None else clock
    yield from _pauses(clock, turn)


def _pauses(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Pause a clock while the incident is held for a reason that does (rule K16)."""
    hold = turn.after.hold
    wanted = hold is not None and pauses(clock.terms, hold)
    if wanted and hold is not None and (hold.until is None or hold.until > turn.at):
        if not clock.paused or clock.pause_ends != hold.until:
            yield ClockPaused(clock.name, hold.reason, hold.until), turn.at
    elif clock.paused:
        yield resumed(clock, turn.at), turn.at


def _stops(clock: Clock, at: datetime, trigger: str) -> Iterator[Happening]:
    """Stop a clock; a breach that nobody has recorded yet comes first, at its own instant."""
    if clock.due is not None and at > clock.due and not clock.breached:
        yield ClockBreached(clock.name, retroactive=clock.due < clock.set_at), clock.due
        clock = evolve(clock, breached_at=clock.due)
    yield stopped(clock, at, trigger), at


def stopped(clock: Clock, at: datetime, trigger: str) -> ClockStopped:
    """Build the event of a clock being stopped, with both verdicts where they differ (K17)."""
    met = not clock.breached and (clock.due is None or at <= clock.due)
    verdict = Verdict.MET if met else Verdict.BREACHED
    claimed = Verdict.MET if clock.breached and _in_time(clock, at) else None
    return ClockStopped(clock.name, verdict, clock.remaining(at), trigger, claimed)


def _claims(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Hold a corrected milestone against the verdict of the clock that it stopped (rule K17)."""
    name = CORRECTED.get(clock.stopped_by)
    for event in turn.corrections:
        if name is None or event.milestone != name or event.was_at is None:
            continue
        if getattr(turn.after.episodes[clock.episode - 1], name) == event.was_at:
            met = _in_time(clock, event.was_at)
            claimed = Verdict.MET if met else Verdict.BREACHED
            if claimed is not (clock.claimed or clock.verdict):
                yield ClockClaimed(clock.name, claimed), turn.at


def _in_time(clock: Clock, at: datetime) -> bool:
    """Whether an instant lies before the target is used up, by all pauses known by now."""
    due = clock.moved(clock.deadline)
    return due is None or at <= due


def _again(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Start the next cycle of a clock that counts its former ones."""
    fresh = _anew(clock, turn)
    if fresh is not None:
        yield ClockStarted(_counting(fresh, clock, turn.at)), turn.at


def _anew(clock: Clock, turn: Turn) -> Clock | None:
    rule = turn.policy.clock_rule(clock.name)
    return None if rule is None else begun(turn.after, rule, turn.policy, turn.at, turn.now)


def _counting(fresh: Clock, former: Clock, at: datetime) -> Clock:
    verdict = stopped(former, at, "").verdict if former.runs else former.verdict
    kept = former.kept + (verdict is Verdict.MET)
    missed = former.missed + (verdict is Verdict.BREACHED)
    return evolve(fresh, cycle=former.cycle + 1, kept=kept, missed=missed)


def _opens(clock: Clock, turn: Turn) -> bool:
    """Whether a clock that had ended goes on, because the incident does (rule K7)."""
    place = turn.after.place
    if not place.is_unfinished or clock.ended is Ended.SUPERSEDED:
        return False
    if clock.ended is Ended.CANCELLED:
        return clock.name != PROMISED
    mark = MARKS.get(clock.stopped_by)
    if clock.terms.on_reopen is OnReopen.NEVER or mark is None:
        return False
    lost = not (place.has(mark) or place.has(Mark.WAITING))
    return lost or len(turn.after.episodes) > clock.episode


def _reopens(clock: Clock, turn: Turn) -> Iterator[Happening]:
    mode = clock.terms.on_reopen
    if mode is OnReopen.RESTART:
        fresh = _anew(clock, turn)
        if fresh is not None:
            yield ClockStarted(evolve(fresh, cycle=clock.cycle + 1)), turn.at
        return
    counts = mode is OnReopen.CONTINUE
    after = (clock if counts else clock.going_on(turn.at)).reckoned()
    yield ClockReopened(clock.name, after.due, after.looks, counts), turn.at
    yield from _pauses(evolve(after, ended=None, ended_at=None), turn)


def _starts(turn: Turn) -> Iterator[Happening]:
    """Start the clocks whose trigger happened, or whose target has become known."""
    known = {clock.name: clock for clock in _latest(turn.after.clocks)}
    for rule in turn.policy.clocks:
        if rule.name not in turn.policy.rows:
            continue
        former = known.get(rule.name)
        if rule.starts in STARTS:
            if former is None or former.ended is Ended.SUPERSEDED:
                yield from _late_start(rule, turn)
        elif former is None or not (former.runs or (turn.moved and _opens(former, turn))):
            yield from _triggered(rule, former, turn)


def _late_start(rule: ClockRule, turn: Turn) -> Iterator[Happening]:
    """Start a clock at its milestone, which may lie in the past; what ended it may, too."""
    incident = turn.after
    start = start_of(rule, turn)
    if start is None:
        return
    clock = begun(incident, rule, turn.policy, start, turn.now)
    if clock is None:
        return
    yield ClockStarted(clock), turn.at
    yield from _ends_at_once(clock, turn)


def _ends_at_once(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Stop a clock that has just started by what had ended it before its target was known."""
    reached = _reached(clock.terms, turn)
    if reached is None:
        return
    end, trigger = reached
    yield from _stops(clock, max(end, clock.started_at), trigger)


def start_of(rule: ClockRule, turn: Turn) -> datetime | None:
    """Say when a clock that has not run yet starts, None when it does not (now)."""
    incident, began = turn.after, not turn.before.version
    if not (began or incident.place.is_unfinished):
        return None
    if rule.starts == "triaged":
        opens = incident.place.category is not Category.TRIAGE
        return turn.at if opens and (turn.moved or turn.reclassified) else None
    return counts_from(incident, rule) if began or turn.reclassified else None


def counts_from(incident: Incident, rule: ClockRule) -> datetime:
    """Say from when a clock counts that starts late: its milestone, update, or last cycle."""
    detected = incident.detected_at if rule.starts == "detected" else None
    told = incident.news.at if incident.news and "updated" in rule.restarts else EPOCH
    restarts = rule.on_reopen is OnReopen.RESTART and len(incident.episodes) > 1
    again = incident.episode.started_at if restarts else EPOCH
    return max(detected or incident.reported_at, told, again)


def _triggered(rule: ClockRule, former: Clock | None, turn: Turn) -> Iterator[Happening]:
    if rule.starts not in turn.triggers:
        return
    clock = begun(turn.after, rule, turn.policy, turn.at, turn.now)
    if clock is not None:
        yield ClockStarted(evolve(clock, cycle=former.cycle + 1 if former else 1)), turn.at


def _reached(terms: Terms, turn: Turn) -> tuple[datetime, str] | None:
    """Say when and by what a clock that starts late had ended already, or None."""
    then = ((at, stop) for stop in terms.stops for at in _reached_at(turn.after, stop, terms))
    now = ((turn.at, stop) for stop in terms.stops if stop in turn.triggers)
    return min((*then, *now), key=lambda each: each[0], default=None)


def _reached_at(incident: Incident, stop: str, terms: Terms) -> Iterator[datetime]:
    """
    Say when a milestone that stops a clock was reached.

    Only what a mark stopped goes on when the incident is reopened, and not all of that (rule K7).
    """
    never = stop not in MARKS or terms.on_reopen is OnReopen.NEVER
    for episode in incident.episodes if never else incident.episodes[-1:]:
        at = getattr(episode, KEPT.get(stop, ""), None)
        if at is not None:
            yield at


def _promises(turn: Turn) -> Iterator[Happening]:
    """Keep the clock of the promised next update (rule C2)."""
    if "updated" not in turn.triggers:
        return
    former = next((each for each in reversed(turn.after.clocks) if each.name == PROMISED), None)
    if former is not None and former.runs:
        yield from _stops(former, turn.at, "updated")
    news = turn.after.news
    if news is None or news.next_update_at is None or not turn.after.place.is_unfinished:
        return
    clock = promised(turn.at, news.next_update_at, turn.now)
    if former is not None and former.ended is Ended.CANCELLED:
        clock = evolve(clock, cycle=former.cycle + 1)
    elif former is not None:
        clock = _counting(clock, former, turn.at)
    yield ClockStarted(clock), turn.at
