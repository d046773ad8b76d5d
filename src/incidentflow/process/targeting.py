"""Targeting: which target a clock gets, and the clock that starts with it (K7, K13 and K15)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import pairwise

from incidentflow.incident import Incident
from incidentflow.incident.clocks import Clock
from incidentflow.incident.pauses import Pause, united
from incidentflow.incident.terms import Terms, amount_of, deadline_of
from incidentflow.policy import ClockRule, OnChange, OnReopen, Policy, TargetRow
from incidentflow.policy.amounts import Amount
from incidentflow.policy.calendars import ROUND_THE_CLOCK
from incidentflow.policy.clocks import PROMISED
from incidentflow.policy.conditions import CONDITIONS
from incidentflow.policy.targets import chosen
from incidentflow.words import END, MICROSECOND, evolve

PRIVATE = frozenset({"customer", "location"})


def facts_of(incident: Incident) -> Mapping[str, object]:
    """Name what a target row may look at."""
    own = {f"fields.{each.name}": each.value for each in incident.fields}
    return {name: getattr(incident, name) for name in CONDITIONS} | own


def promise_of(incident: Incident, clock: str, policy: Policy) -> tuple[TargetRow, Amount] | None:
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
    promise = promise_of(incident, rule.name, policy)
    if promise is None:
        return None
    row, amount = promise
    terms = terms_of(incident, rule, row, policy)
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
    clock = measured(rule.name, terms, amount, start, now)
    after = evolve(clock, pauses=united(counted), pause_ends=ends, waits=waits)
    return after.reckoned() if spans else clock


def _over(incident: Incident, rule: ClockRule) -> Iterator[Pause]:
    """List when an incident was thought to be over, or restored, where that is a pause."""
    never = rule.on_reopen is OnReopen.NEVER
    if not never and rule.on_reopen is not OnReopen.RESUME:
        return
    ways = [f"{stop}_at" for stop in rule.stops if never or stop in ("restored", "resolved")]
    for former, episode in pairwise(incident.episodes):
        reached = [at for name in ways if (at := getattr(former, name, None)) is not None]
        if never and reached and min(reached) <= (former.ended_at or END):
            return
        over = former.ended_at if never or not reached else reached[0]
        if over is not None:
            yield Pause(over, episode.started_at)
    if "restored" in rule.stops:
        reliefs = (relief for episode in incident.episodes for relief in episode.reliefs)
        yield from (Pause(relief.since, relief.until) for relief in reliefs)


def taken_up(clock: Clock, former: Clock, mode: OnChange) -> Clock:
    """
    Return a clock that starts where the target of a former one had gone.

    It goes on in its cycle, unless what changes is to count from the change.
    """
    if mode is OnChange.FROM_CHANGE:
        return evolve(clock, cycle=former.cycle + 1)
    warned = former.warned_under(clock.terms)
    return evolve(clock, cycle=former.cycle, warned=warned).reckoned()


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


def terms_of(incident: Incident, rule: ClockRule, row: TargetRow, policy: Policy) -> Terms:
    """Copy all that a clock is reckoned by (rule K13)."""
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


def measured(name: str, terms: Terms, amount: Amount, start: datetime, now: datetime) -> Clock:
    """Build a clock that nothing has paused."""
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


def _ends_after(pause: Pause, start: datetime) -> bool:
    return pause.until is None or pause.until > start
