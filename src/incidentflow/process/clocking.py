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
from incidentflow.policy import OnReopen, Policy
from incidentflow.policy.clocks import PROMISED, STARTS
from incidentflow.process.clocks import (
    ClockCancelled,
    ClockPaused,
    ClockReopened,
    ClockStarted,
    resumed,
)
from incidentflow.process.starting import ends_at_once, latest, next_cycle, starts
from incidentflow.process.stopping import (
    End,
    Happening,
    claims,
    ended_before,
    ended_by,
    stopped,
    stops,
)
from incidentflow.process.supersession import retargeted
from incidentflow.process.targeting import (
    held_since,
    pauses,
    promised,
    wait_ends,
    wins_anew,
)
from incidentflow.process.turns import MARKS, Turn, turn_of
from incidentflow.words import evolve

ENDINGS = (Category.DONE, Category.TERMINAL)
LOST = (Mark.RESTORED, Mark.RESOLVED)
"""What may be lost again, as by a relapse."""
CLOSED = "closed"


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
    events = (entry.event for entry in entries)
    fresh = {event.clock.name for event in events if isinstance(event, ClockStarted)}
    for clock in latest(turn.after.clocks):
        if clock.name in fresh:
            yield from ends_at_once(clock, turn)
        elif clock.runs:
            yield from _goes_on(clock, turn)
        elif turn.moved and _opens(clock, turn):
            yield from _reopens(clock, turn)
        elif turn.corrections and clock.ended is Ended.STOPPED:
            yield from claims(clock, turn)
    if turn.policy.targets:
        yield from starts(turn, _opens)
    yield from _promises(turn)


def _goes_on(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Cancel, stop, retarget or pause a clock that runs."""
    end = ended_by(clock, turn)
    if turn.moved and _cancels(turn, end):
        yield ClockCancelled(clock.name), turn.at
        return
    if end is not None:
        yield from stops(clock, end)
        trigger, at = end
        if trigger in clock.terms.restarts:
            yield from _restarts(clock, turn, at)
        return
    yield from _retargets(clock, turn)


def _cancels(turn: Turn, end: End | None) -> bool:
    """
    Whether a move ends what runs: a correction into an end, cancelling and merging (rule K8).

    So does closing, unless its event is what a clock of the host's waited for.
    """
    after = turn.after
    if after.place.category not in ENDINGS or turn.corrections:
        return after.place.category in ENDINGS
    awaited = end is not None and end[0].startswith("event:") and after.ending in (None, CLOSED)
    return after.place.category is Category.TERMINAL and not awaited


def _retargets(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """
    Give a clock that goes on another target, if what that is chosen by has changed (rule K6).

    An edited policy alone changes none (rule K13). So the rows that win before and after are
    compared, both by the present policy; and where an incident comes back that was reclassified
    when it was over, the row is looked at if the policy is still that of the clock's terms.
    """
    comes_back = turn.comes_back and clock.terms.version == turn.policy.reference
    if comes_back or (turn.reclassified and wins_anew(turn.before, turn.after, clock, turn.policy)):
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
    fresh = next_cycle(clock, turn, at)
    if fresh is not None:
        if _waits_on(clock, turn):
            fresh = fresh.held(at, wait_ends(turn.after, fresh.terms, at), waits=True)
        yield ClockStarted(_counting(fresh, clock, turn.after.clocks, at)), at


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
    """
    Whether a clock that had ended goes on, because the incident does (rule K7).

    Not where what it waits for holds. One that was cancelled and has a trigger of its own waits
    for that again. One that stopped at a restoration goes on when that is lost.
    """
    place = turn.after.place
    if not place.is_unfinished or clock.ended is Ended.SUPERSEDED:
        return False
    if any(place.has(MARKS[stop]) for stop in clock.terms.stops if stop in MARKS):
        return False
    if clock.ended is Ended.CANCELLED:
        rule = turn.policy.clock_rule(clock.name)
        return clock.name != PROMISED and (rule is None or rule.starts in STARTS)
    mark = MARKS.get(clock.stopped_by)
    if clock.terms.on_reopen is OnReopen.NEVER or mark is None:
        return False
    lost = mark in LOST and not (place.has(mark) or place.has(Mark.WAITING))
    return lost or len(turn.after.episodes) > clock.episode


def _reopens(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Take a clock up; one that was cancelled may have been answered since then (rule K12)."""
    mode = clock.terms.on_reopen
    if mode is OnReopen.RESTART:
        fresh = next_cycle(clock, turn, turn.at)
        if fresh is not None:
            yield ClockStarted(evolve(fresh, cycle=clock.cycle + 1)), turn.at
        return
    counts = mode is OnReopen.CONTINUE
    held = held_since(turn.after, clock) if counts else ()
    after = clock.going_on(turn.at, held=held if counts else None).reckoned()
    yield ClockReopened(clock.name, after.due, after.looks, counts, held), turn.at
    after = evolve(after, ended=None, ended_at=None)
    end = ended_before(clock.terms, turn) if clock.ended is Ended.CANCELLED else None
    yield from _retargets(after, turn) if end is None else stops(after, end)


def _promises(turn: Turn) -> Iterator[Happening]:
    """Keep the clock of the promised next update (rule C2)."""
    if "updated" not in turn.triggers:
        return
    former = next((each for each in reversed(turn.after.clocks) if each.name == PROMISED), None)
    if former is not None and former.runs:
        yield from stops(former, ("updated", turn.at))
    news = turn.after.news
    if news is None or news.next_update_at is None:
        return
    clock = promised(turn.at, news.next_update_at, turn.now)
    if former is not None and (former.runs or former.stopped_by == "updated"):
        clock = _counting(clock, former, (), turn.at)
    elif former is not None:
        clock = evolve(clock, cycle=former.cycle + 1)
    yield ClockStarted(clock), turn.at
