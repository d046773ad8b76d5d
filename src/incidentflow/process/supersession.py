"""Supersession: what another target makes of a clock that runs (rules K6 and K13)."""

from __future__ import annotations

from datetime import datetime

from incidentflow.incident import Incident
from incidentflow.incident.clocks import Clock
from incidentflow.incident.pauses import Pause
from incidentflow.incident.terms import Terms, amount_of, later
from incidentflow.policy import OnChange, Policy
from incidentflow.policy.amounts import Amount
from incidentflow.process.clocks import ClockCancelled, ClockRetargeted
from incidentflow.process.targeting import measured, promise_of, terms_of
from incidentflow.words import MICROSECOND, evolve

LAST_QUARTER = 4


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
    promise = promise_of(incident, clock.name, policy)
    if promise is None:
        relieved = _is_late(clock, at)
        return ClockCancelled(clock.name, superseded=True, relieved=relieved)
    row, amount = promise
    if mode is None and row.name == clock.terms.row:
        return None
    terms = terms_of(incident, rule, row, policy)
    if mode is not None and evolve(terms, version="") == evolve(clock.terms, version=""):
        return None
    after = _CHANGES[mode or clock.terms.on_change](clock, terms, amount, at, now)
    return ClockRetargeted(
        after, clock.terms.target, relieved=_relieved(clock, after, at), reason=reason
    )


def _retroactive(clock: Clock, terms: Terms, amount: Amount, at: datetime, now: datetime) -> Clock:
    """Recompute from the original start, honouring pauses; what was warned of is not said again."""
    del at
    fresh = measured(clock.name, terms, amount, clock.started_at, now)
    warned = clock.warned_under(terms)
    return evolve(_in_place_of(fresh, clock, clock.pauses), warned=warned).reckoned()


def _from_change(clock: Clock, terms: Terms, amount: Amount, at: datetime, now: datetime) -> Clock:
    """Begin anew, with nothing used."""
    fresh = measured(clock.name, terms, amount, at, now)
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
    warned = clock.warned_under(terms)
    return evolve(_in_place_of(fresh, clock, clock.pauses), warned=warned).reckoned()


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


def _relieved(clock: Clock, after: Clock, at: datetime) -> bool:
    """Whether a target was loosened within its last quarter: it is due later (rule K6)."""
    was, now = clock.due_if_resumed(at), after.due_if_resumed(at)
    return _is_late(clock, at) and was is not None and now is not None and now > was


def _is_late(clock: Clock, at: datetime) -> bool:
    """Whether a target is in its last quarter, and may still be kept."""
    late = clock.elapsed(at) * LAST_QUARTER >= clock.target * (LAST_QUARTER - 1)
    return late and bool(clock.amount) and not clock.breached
