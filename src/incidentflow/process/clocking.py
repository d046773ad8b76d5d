"""
Clocking: what a command does to the clocks of an incident (rules K5 to K8, K12, K16).

Looked at once after each command, with the incident before it and after it and what happened: a
priority that a report brings with it starts one clock, not two.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from incidentflow.incident import Category, Entry, Incident, Mark
from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.policy import ClockRule, OnReopen, Policy
from incidentflow.policy.clocks import PROMISED, STARTS
from incidentflow.process.clocks import (
    ClockCancelled,
    ClockPaused,
    ClockReopened,
    ClockStarted,
    resumed,
)
from incidentflow.process.stopping import (
    Happening,
    claims,
    ended_before,
    ended_by,
    stopped,
    stops,
)
from incidentflow.process.targeting import pauses, promised, retargeted, start_clock, wait_ends
from incidentflow.process.turns import MARKS, Turn, turn_of
from incidentflow.words import EPOCH, evolve

ENDINGS = (Category.DONE, Category.TERMINAL)


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
            yield from claims(clock, turn)
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
    end = ended_by(clock, turn)
    if end is not None:
        yield from stops(clock, end)
        trigger, at = end
        if trigger in clock.terms.restarts:
            yield from _restarts(clock, turn, at)
        return
    yield from _retargets(clock, turn)


def _retargets(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """
    Give a clock that goes on another target, if what that is chosen by has changed (rule K6).

    When an incident comes back that may have been long ago. By the policy of its terms, nothing
    but such a change chooses another row; an edited policy changes none (rule K13).
    """
    comes_back = turn.comes_back and clock.terms.version == turn.policy.reference
    if turn.reclassified or comes_back:
        event = retargeted(turn.after, clock, turn.policy, turn.at, turn.now)
        if event is not None:
            yield event, turn.at
        if isinstance(event, ClockCancelled):
            return
        clock = event.clock if event is not None else clock
    yield from _pauses(clock, turn)


def _pauses(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Pause a clock while a hold does (rule K16), or from a trigger of its own to another."""
    hold, began = turn.after.hold, turn.first(clock.terms.pauses_at)
    if began is not None or _waits_on(clock, turn):
        ends = wait_ends(turn.after, clock.terms, turn.at)
        trigger, at = began or (hold.reason if hold else "", turn.at)
        if not clock.waits or clock.pause_ends != ends:
            yield ClockPaused(clock.name, trigger, ends, waits=True), at
    elif hold is not None and pauses(clock.terms, hold) and hold.lasts(turn.at):
        if not clock.paused or clock.waits or clock.pause_ends != hold.until:
            yield ClockPaused(clock.name, hold.reason, hold.until), turn.at
    elif clock.paused:
        _, at = turn.first(clock.terms.resumes_at) or ("", turn.at)
        yield resumed(clock, at), at


def _waits_on(clock: Clock, turn: Turn) -> bool:
    """Whether a clock that a trigger of its own held back is held back still."""
    resumes = clock.terms.resumes_at
    return clock.waits and bool(resumes) and turn.first(resumes) is None


def _restarts(clock: Clock, turn: Turn, at: datetime) -> Iterator[Happening]:
    """Start the next cycle of a clock that counts its former ones, and waits as they did."""
    fresh = _next_cycle(clock, turn, at)
    if fresh is not None:
        if _waits_on(clock, turn):
            fresh = fresh.held(at, wait_ends(turn.after, fresh.terms, at), waits=True)
        yield ClockStarted(_counting(fresh, clock, turn.after.clocks, at)), at


def _next_cycle(clock: Clock, turn: Turn, at: datetime) -> Clock | None:
    rule = turn.policy.clock_rule(clock.name)
    return None if rule is None else _started(rule, turn, at, turn.recorded(at))


def _started(rule: ClockRule, turn: Turn, at: datetime, now: datetime) -> Clock | None:
    """Build a clock that starts; what happened with its start may hold it back at once."""
    clock = start_clock(turn.after, rule, turn.policy, at, now)
    began = None if clock is None else turn.first(clock.terms.pauses_at)
    if clock is None or began is None:
        return clock
    return clock.held(max(at, began[1]), wait_ends(turn.after, clock.terms, at), waits=True)


def _counting(fresh: Clock, former: Clock, clocks: Iterable[Clock], at: datetime) -> Clock:
    """Count the verdict of the former cycle, unless a clock that was replaced in it tells it."""
    end = stopped(former, at, "") if former.runs else None
    verdict, claimed = (end.verdict, end.claimed) if end else (former.verdict, former.claimed)
    cycle = [each for each in clocks if each.name == former.name and each.cycle == former.cycle]
    told = any(each.breached and each.ended is Ended.SUPERSEDED for each in cycle)
    missed = verdict is Verdict.BREACHED and not told
    hopeless = missed and (former.retroactive or (not former.breached and former.was_used_up))
    fresh = evolve(
        fresh,
        cycle=former.cycle + 1,
        kept=former.kept + (verdict is Verdict.MET and not told),
        missed=former.missed + missed,
        hopeless=former.hopeless + hopeless,
    )
    return evolve(fresh, claims=former.claims + (fresh.counts and claimed is not None))


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
        fresh = _next_cycle(clock, turn, turn.at)
        if fresh is not None:
            yield ClockStarted(evolve(fresh, cycle=clock.cycle + 1)), turn.at
        return
    counts = mode is OnReopen.CONTINUE
    after = (clock if counts else clock.going_on(turn.at)).reckoned()
    yield ClockReopened(clock.name, after.due, after.looks, counts), turn.at
    yield from _retargets(evolve(after, ended=None, ended_at=None), turn)


def _starts(turn: Turn) -> Iterator[Happening]:
    """Start the clocks whose trigger happened, or whose target has become known."""
    known = {clock.name: clock for clock in _latest(turn.after.clocks)}
    for rule in turn.policy.clocks:
        if rule.name not in turn.policy.rows:
            continue
        former = known.get(rule.name)
        if rule.starts in STARTS:
            if former is None or former.ended is Ended.SUPERSEDED:
                yield from _late_start(rule, former, turn)
        elif former is None or not (former.runs or (turn.moved and _opens(former, turn))):
            yield from _triggered(rule, former, turn)


def _late_start(rule: ClockRule, former: Clock | None, turn: Turn) -> Iterator[Happening]:
    """Start a clock at its milestone, which may lie in the past; what ended it may, too."""
    start = start_of(rule, turn)
    clock = None if start is None else _started(rule, turn, start, turn.now)
    if clock is None:
        return
    clock = evolve(clock, cycle=former.cycle) if former else clock
    yield ClockStarted(clock), turn.at
    yield from _ends_at_once(clock, turn)


def _ends_at_once(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Stop a clock that has just started by what had ended it before its target was known."""
    end = ended_before(clock.terms, turn)
    if end is not None:
        trigger, at = end
        yield from stops(clock, (trigger, max(at, clock.started_at)))


def start_of(rule: ClockRule, turn: Turn) -> datetime | None:
    """Say when a clock that has not run yet starts, None when it does not (now)."""
    incident, began = turn.after, not turn.before.version
    if not (began or incident.place.is_unfinished):
        return None
    if rule.starts == "triaged":
        opens = turn.moved and turn.before.place.category is not Category.OPEN
        is_open = incident.place.category is not Category.TRIAGE
        return turn.at if is_open and (opens or turn.reclassified) else None
    chosen = began or turn.reclassified or turn.comes_back
    return counts_from(incident, rule) if chosen else None


def counts_from(incident: Incident, rule: ClockRule) -> datetime:
    """Say from when a clock counts that starts late: its milestone, update, or last cycle."""
    detected = incident.detected_at if rule.starts == "detected" else None
    told = incident.news.at if incident.news and "updated" in rule.restarts else EPOCH
    restarts = rule.on_reopen is OnReopen.RESTART and len(incident.episodes) > 1
    again = incident.episode.started_at if restarts else EPOCH
    return max(detected or incident.reported_at, told, again)


def _triggered(rule: ClockRule, former: Clock | None, turn: Turn) -> Iterator[Happening]:
    if rule.starts not in turn.triggers or turn.after.place.category is Category.TERMINAL:
        return
    at = turn.triggers[rule.starts]
    clock = _started(rule, turn, at, turn.recorded(at))
    if clock is not None:
        yield ClockStarted(evolve(clock, cycle=former.cycle + 1 if former else 1)), at


def _promises(turn: Turn) -> Iterator[Happening]:
    """Keep the clock of the promised next update (rule C2)."""
    if "updated" not in turn.triggers:
        return
    former = next((each for each in reversed(turn.after.clocks) if each.name == PROMISED), None)
    if former is not None and former.runs:
        yield from stops(former, ("updated", turn.at))
    news = turn.after.news
    if news is None or news.next_update_at is None or not turn.after.place.is_unfinished:
        return
    clock = promised(turn.at, news.next_update_at, turn.now)
    if former is not None and (former.runs or former.stopped_by == "updated"):
        clock = _counting(clock, former, (), turn.at)
    elif former is not None:
        clock = evolve(clock, cycle=former.cycle + 1)
    yield ClockStarted(clock), turn.at
