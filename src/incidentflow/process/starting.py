"""Starting: when a clock starts, however late that becomes known (rules K7, K12 and K13)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from incidentflow.incident import Category, Incident
from incidentflow.incident.clocks import Clock, Ended
from incidentflow.policy import ClockRule, OnChange, OnReopen
from incidentflow.policy.clocks import HOLD_ENDS, STARTS
from incidentflow.process.clocks import ClockStarted
from incidentflow.process.stopping import Happening, ended_before, ended_by, stops
from incidentflow.process.targeting import start_clock, taken_up, wait_ends
from incidentflow.process.turns import MARKS, Turn
from incidentflow.words import EPOCH, evolve

Opens = Callable[[Clock, Turn], bool]


def latest(clocks: Iterable[Clock]) -> Iterable[Clock]:
    """Return the latest clock of each name."""
    return {clock.name: clock for clock in clocks}.values()


def starts(turn: Turn, opens: Opens) -> Iterator[Happening]:
    """
    Start the clocks whose trigger happened, or whose target has become known.

    Args:
        turn: What one command did.
        opens: Whether a clock that had ended goes on instead.

    """
    known = {clock.name: clock for clock in latest(turn.after.clocks)}
    for rule in turn.policy.clocks:
        if rule.name not in turn.policy.rows:
            continue
        former = known.get(rule.name)
        if rule.starts in STARTS:
            if former is None or former.ended is Ended.SUPERSEDED:
                yield from _late(rule, former, turn)
        elif former is None or _is_free(former, turn, opens):
            yield from _triggered(rule, former, turn)


def next_cycle(clock: Clock, turn: Turn, at: datetime) -> Clock | None:
    """Build the clock that follows one of the same name; None without a rule or a target."""
    rule = turn.policy.clock_rule(clock.name)
    return None if rule is None else _started(rule, turn, at, turn.recorded(at))


def ends_at_once(clock: Clock, turn: Turn) -> Iterator[Happening]:
    """Stop a clock that has just started by what had ended it before its target was known."""
    end = ended_before(clock.terms, turn)
    if end is not None:
        trigger, at = end
        yield from stops(clock, (trigger, max(at, clock.started_at)))


def counts_from(incident: Incident, rule: ClockRule) -> datetime | None:
    """
    Say from when a clock counts that starts late: its milestone, update, or last cycle.

    None as long as its milestone is not reached.
    """
    restarts = rule.on_reopen is OnReopen.RESTART
    episode = incident.episode if restarts else incident.episodes[0]
    detected = incident.detected_at if rule.starts == "detected" else None
    began = episode.triaged_at if rule.starts == "triaged" else detected or incident.reported_at
    if began is None:
        return None
    told = incident.news.at if incident.news and "updated" in rule.restarts else EPOCH
    again = episode.started_at if restarts and len(incident.episodes) > 1 else EPOCH
    lost = episode.reliefs[-1:] if restarts and "restored" in rule.stops else ()
    return max(began, told, again, *(each.until for each in lost))


def _is_free(former: Clock, turn: Turn, opens: Opens) -> bool:
    """Whether another cycle may start: the former has ended, if need be by the end of a hold."""
    if not former.runs:
        return not (turn.moved and opens(former, turn))
    end = ended_by(former, turn)
    return end is not None and end[0] in HOLD_ENDS and end[0] not in former.terms.restarts


def _late(rule: ClockRule, former: Clock | None, turn: Turn) -> Iterator[Happening]:
    """Start a clock at its milestone, which may lie in the past; what ended it may, too."""
    start = _start_of(rule, turn)
    if former is not None and former.terms.on_change is OnChange.FROM_CHANGE:
        start = start and turn.at
    clock = None if start is None else _started(rule, turn, start, turn.now)
    if clock is not None:
        if former is not None:
            clock = taken_up(clock, former, former.terms.on_change)
        yield ClockStarted(clock), turn.at
        yield from ends_at_once(clock, turn)


def _start_of(rule: ClockRule, turn: Turn) -> datetime | None:
    """Say when a clock that has not run yet starts, None when it does not (now)."""
    incident, began = turn.after, not turn.before.version
    if not (began or incident.place.is_unfinished):
        return None
    chosen = began or turn.reclassified or turn.comes_back
    opens = turn.moved and turn.before.place.category is Category.TRIAGE
    known = chosen or (rule.starts == "triaged" and opens)
    return counts_from(incident, rule) if known else None


def _triggered(rule: ClockRule, former: Clock | None, turn: Turn) -> Iterator[Happening]:
    """Start a clock at its trigger; where what it waits for holds already, it is met at once."""
    place = turn.after.place
    if rule.starts not in turn.triggers or place.category is Category.TERMINAL:
        return
    at = turn.triggers[rule.starts]
    clock = _started(rule, turn, at, turn.recorded(at))
    if clock is None:
        return
    clock = evolve(clock, cycle=former.cycle + 1 if former else 1)
    yield ClockStarted(clock), at
    holds = (stop for stop in rule.stops if stop in MARKS and place.has(MARKS[stop]))
    told = () if former is not None and former.runs else turn.first(rule.stops)
    end = told or next(((stop, at) for stop in holds), None)
    if end:
        yield from stops(clock, (end[0], max(end[1], at)))


def _started(rule: ClockRule, turn: Turn, at: datetime, now: datetime) -> Clock | None:
    """Build a clock that starts; what happened with its start may hold it back at once."""
    clock = start_clock(turn.after, rule, turn.policy, at, now)
    began = None if clock is None else turn.first(clock.terms.pauses_at)
    if clock is None or began is None:
        return clock
    return clock.held(max(at, began[1]), wait_ends(turn.after, clock.terms, at), waits=True)
