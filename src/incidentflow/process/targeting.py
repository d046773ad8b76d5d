"""Targeting: which target a clock gets, and what another one does to it (rules K6, K13, K15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from incidentflow.incident import Incident
from incidentflow.incident.clocks import Clock
from incidentflow.incident.pauses import Pause, united
from incidentflow.incident.terms import Terms, amount_of, deadline_of, later
from incidentflow.policy import ClockRule, OnChange, OnReopen, Policy, TargetRow
from incidentflow.policy.amounts import Amount
from incidentflow.policy.calendars import ROUND_THE_CLOCK
from incidentflow.policy.clocks import PROMISED
from incidentflow.policy.conditions import CONDITIONS
from incidentflow.policy.targets import chosen
from incidentflow.process.clocks import ClockCancelled, ClockRetargeted
from incidentflow.words import MICROSECOND, evolve

PRIVATE = frozenset({"customer", "location"})
LAST_QUARTER = 4


def facts_of(incident: Incident) -> Mapping[str, object]:
    """Name what a target row may look at."""
    own = {f"fields.{each.name}": each.value for each in incident.fields}
    return {name: getattr(incident, name) for name in CONDITIONS} | own


def _promise(incident: Incident, clock: str, policy: Policy) -> tuple[TargetRow, Amount] | None:
    """Choose the row that wins, with its amount; None when this clock does not run."""
    row = chosen(policy.rows.get(clock, ()), facts_of(incident))
    amount = None if row is None else row.amount(clock)
    return None if row is None or amount is None else (row, amount)


def start_clock(
    incident: Incident, rule: ClockRule, policy: Policy, start: datetime, now: datetime
) -> Clock | None:
    """
    Build the clock that starts for an incident, or None without a target.

    Holds that pause it and were before now are honoured, also when it starts in the past; so are
    the state that it is in now, and the time in which it was thought to be over (rule K7).
    """
    promise = _promise(incident, rule.name, policy)
    if promise is None:
        return None
    row, amount = promise
    terms = _terms(incident, rule, row, policy)
    held = incident.hold
    spans = [Pause(each.since, each.paused_until) for each in incident.holds if pauses(terms, each)]
    spans.extend(_over(incident, rule))
    ends = None
    if held is not None and pauses(terms, held):
        spans.append(Pause(held.since, None))
        ends = held.until
    waits = any(mark.value in terms.pauses_at for mark in incident.place.marks)
    if waits:
        spans.append(Pause(incident.since, None))
        ends = wait_ends(incident, terms, start)
    counted = (
        Pause(max(each.since, start), each.until) for each in spans if _ends_after(each, start)
    )
    clock = _measured(rule.name, terms, amount, start, now)
    after = evolve(clock, pauses=united(counted), pause_ends=ends, waits=waits)
    return after.reckoned() if spans else clock


def _over(incident: Incident, rule: ClockRule) -> Iterator[Pause]:
    """List when an incident was thought to be over, or restored, where that is a pause."""
    never = rule.on_reopen is OnReopen.NEVER
    if not never and rule.on_reopen is not OnReopen.RESUME:
        return
    ways = [f"{stop}_at" for stop in rule.stops if never or stop in ("restored", "resolved")]
    for former, episode in pairwise(incident.episodes):
        ends = [getattr(former, name, None) for name in ways]
        if never and any(ends):
            return
        over = next((end for end in (*ends, former.ended_at) if end is not None), None)
        if over is not None:
            yield Pause(over, episode.started_at)
    if "restored" in rule.stops:
        reliefs = (relief for episode in incident.episodes for relief in episode.reliefs)
        yield from (Pause(relief.since, relief.until) for relief in reliefs)


def taken_up(clock: Clock, former: Clock) -> Clock:
    """Return a clock that starts where the target of a former one had gone, in its cycle."""
    if former.terms.on_change is OnChange.FROM_CHANGE:
        return evolve(clock, cycle=former.cycle + 1)
    same = former.warned if clock.terms.warnings == former.terms.warnings else 0
    return evolve(clock, cycle=former.cycle, warned=same).reckoned()


def held_since(incident: Incident, clock: Clock) -> tuple[Pause, ...]:
    """List what holds would have kept from a clock since it ended."""
    since = clock.ended_at or clock.started_at
    ends = ((each.since, each.paused_until) for each in incident.holds if pauses(clock.terms, each))
    return tuple(Pause(max(begun, since), end) for begun, end in ends if end > since)


def wins_anew(before: Incident, after: Incident, clock: Clock, policy: Policy) -> bool:
    """Whether another row wins for an incident than did before, by the same policy."""
    rows = policy.rows.get(clock.name, ())
    return chosen(rows, facts_of(before)) is not chosen(rows, facts_of(after))


def pauses(terms: Terms, hold: object) -> bool:
    """Whether a hold, or a finished interval of one, pauses a clock with these terms (K16)."""
    reason = getattr(hold, "reason", None)
    return reason in terms.pauses or (reason in terms.if_agreed and getattr(hold, "agreed", False))


def wait_ends(incident: Incident, terms: Terms, at: datetime) -> datetime | None:
    """Say when what a trigger holds back at an instant goes on by itself, as a hold ends."""
    held = incident.hold if terms.goes_on_after_hold else None
    return held.until if held is not None and held.lasts(at) else None


def promised(at: datetime, until: datetime, now: datetime) -> Clock:
    """Build the clock of a promised next update (rule C2)."""
    terms = Terms(
        PROMISED,
        "promised",
        stops=("resolved",),
        warnings=("3/4",),
        on_reopen=OnReopen.NEVER,
    )
    span = until - at
    clock = Clock(
        name=PROMISED,
        terms=terms,
        started_at=at,
        counted_from=at,
        amount=span // MICROSECOND,
        deadline=until,
        set_at=now,
        due=until,
    )
    return clock.reckoned()


def retargeted(
    incident: Incident,
    clock: Clock,
    policy: Policy,
    at: datetime,
    now: datetime,
    *,
    mode: OnChange | None = None,
    reason: str = "",
) -> ClockRetargeted | ClockCancelled | None:
    """
    Say what another target makes of a running clock; None when the same row still wins.

    Args:
        incident: The incident as it stands.
        clock: One of its clocks that runs.
        policy: The policy as it is now.
        at: When the target changed.
        now: The record-time.
        mode: What the change does; None: what the clock's terms say. Given, the terms are copied
            anew even if the same row wins.
        reason: Why, where somebody gave one.

    """
    rule = policy.clock_rule(clock.name)
    if rule is None:
        return None
    promise = _promise(incident, clock.name, policy)
    if promise is None:
        relieved = _is_late(clock, at)
        return ClockCancelled(clock.name, superseded=True, relieved=relieved)
    row, amount = promise
    if mode is None and row.name == clock.terms.row:
        return None
    terms = _terms(incident, rule, row, policy)
    if mode is not None and evolve(terms, version="") == evolve(clock.terms, version=""):
        return None
    after = _CHANGES[mode or clock.terms.on_change](clock, terms, amount, at, now)
    return ClockRetargeted(
        after, clock.terms.target, relieved=_relieved(clock, after, at), reason=reason
    )


def _terms(incident: Incident, rule: ClockRule, row: TargetRow, policy: Policy) -> Terms:
    hours = policy.calendar(row)
    reasons = policy.hold_reasons if rule.pausable else ()
    mine = [each for each in reasons if rule.name in each.pauses]
    own = {each.name for each in incident.fields if each.personal}
    return Terms(
        row.name,
        str(row.amount(rule.name)),
        "" if hours == ROUND_THE_CLOCK else hours.line,
        rule.stops,
        rule.restarts,
        tuple(each.name for each in mine if not each.if_agreed),
        tuple(each.name for each in mine if each.if_agreed),
        rule.pauses,
        rule.resumes,
        tuple(f"{top}/{bottom}" for top, bottom in rule.warnings),
        rule.on_change,
        rule.on_reopen,
        policy.reference,
        private=bool(row.conditions.keys() & PRIVATE) or any(name in own for name, _ in row.fields),
    )


def _measured(name: str, terms: Terms, amount: Amount, start: datetime, now: datetime) -> Clock:
    hours = terms.hours
    due = deadline_of(hours, amount, start)
    clock = Clock(
        name=name,
        terms=terms,
        started_at=start,
        counted_from=start,
        amount=amount_of(hours, amount, start),
        deadline=due,
        set_at=now,
        due=due,
    )
    return clock.reckoned()


def _retroactive(clock: Clock, terms: Terms, amount: Amount, at: datetime, now: datetime) -> Clock:
    """Recompute from the original start, honouring pauses; what was warned of is not said again."""
    del at
    fresh = _measured(clock.name, terms, amount, clock.started_at, now)
    same = clock.warned if terms.warnings == clock.terms.warnings else 0
    return evolve(_in_place_of(fresh, clock, clock.pauses), warned=same).reckoned()


def _from_change(clock: Clock, terms: Terms, amount: Amount, at: datetime, now: datetime) -> Clock:
    """Begin anew, with nothing used."""
    fresh = _measured(clock.name, terms, amount, at, now)
    fresh = _in_place_of(fresh, clock, _open_at(clock, at))
    return evolve(fresh, cycle=clock.cycle + 1).reckoned()


def _proportional(clock: Clock, terms: Terms, amount: Amount, at: datetime, now: datetime) -> Clock:
    """Leave as large a part of the new target as was left of the old one."""
    whole = amount_of(terms.hours, amount, clock.started_at)
    left = max(clock.remaining(at) // MICROSECOND, 0)
    share = -(-whole * left // clock.amount) if clock.amount else 0
    due = later(terms.hours, at, share * MICROSECOND)
    fresh = Clock(
        name=clock.name,
        terms=terms,
        started_at=clock.started_at,
        counted_from=at,
        used=whole - share,
        amount=whole,
        deadline=due,
        set_at=now,
        due=due,
    )
    same = clock.warned if terms.warnings == clock.terms.warnings else 0
    return evolve(_in_place_of(fresh, clock, clock.pauses), warned=same).reckoned()


_CHANGES = {
    OnChange.RETROACTIVE: _retroactive,
    OnChange.FROM_CHANGE: _from_change,
    OnChange.PROPORTIONAL: _proportional,
}


def _in_place_of(fresh: Clock, clock: Clock, spans: tuple[Pause, ...]) -> Clock:
    return evolve(
        fresh,
        pauses=spans,
        pause_ends=clock.pause_ends,
        waits=clock.waits,
        cycle=clock.cycle,
    )


def _open_at(clock: Clock, at: datetime) -> tuple[Pause, ...]:
    return (Pause(at),) if clock.paused else ()


def _ends_after(pause: Pause, start: datetime) -> bool:
    return pause.until is None or pause.until > start


def _relieved(clock: Clock, after: Clock, at: datetime) -> bool:
    """Whether a target was loosened within its last quarter: it is due later (rule K6)."""
    was, now = clock.due_if_resumed(at), after.due_if_resumed(at)
    return _is_late(clock, at) and was is not None and now is not None and now > was


def _is_late(clock: Clock, at: datetime) -> bool:
    """Whether a target is in its last quarter, and may still be kept."""
    late = clock.elapsed(at) * LAST_QUARTER >= clock.target * (LAST_QUARTER - 1)
    return late and bool(clock.amount) and not clock.breached
