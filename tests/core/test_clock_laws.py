"""
Invariant: a clock says what a naive model, stepping minute by minute, says of the same life.

And who looks, when, and what the policy has become since, changes nothing (rules K1 to K5, K13,
K18, K19).
"""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta

from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.incident import Command
from incidentflow.incident.clocks import Clock, Ended, Verdict, next_breach
from incidentflow.incident.pauses import Pause, united
from incidentflow.incident.terms import part_of
from incidentflow.policy import Calendar, ClockRule, HoldReason, Hours, Policy, TargetRow, Union
from incidentflow.policy.calendars import ROUND_THE_CLOCK, OpeningHours, is_open
from incidentflow.policy.clocks import CLOCKS
from incidentflow.process import (
    Acknowledge,
    Assign,
    Cancel,
    Hold,
    Mitigate,
    Note,
    OverridePriority,
    Reinstate,
    Relapse,
    Reopen,
    Resolve,
    Resume,
    Retarget,
)
from incidentflow.process.agenda import Tick, agenda
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.generated import policies
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import MICROSECOND, SYSTEM

MINUTE = timedelta(minutes=1)
SPLIT = Calendar("split", week={"mon-fri": "08:00-08:40, 09:10-10:00"})
NIGHT = Calendar("night", week={"mon-sat": "23:30-00:20"})
CALENDARS = (ROUND_THE_CLOCK, SPLIT, NIGHT, Union("both", (SPLIT, NIGHT)))
PAUSING = HoldReason("parked", pauses=("restoration", "resolution"))
MILD = HoldReason("waiting")


@frozen
class Model:
    """What a clock does, minute by minute; the slow and obvious way."""

    hours: OpeningHours
    target: int

    def play(self, until: int, paused: set[int], stopped: set[int]) -> list[int]:
        """Return how many minutes are used at the end of each minute."""
        used, seen = 0, [0]
        for minute in range(until):
            counts = is_open(self.hours, MONDAY + minute * MINUTE)
            used += counts and minute not in paused and minute not in stopped
            seen.append(used)
        return seen


def measured(hours: OpeningHours, target: int) -> Policy:
    """Build a policy with one clock, for everything."""
    return Policy(
        targets=(TargetRow(targets={"resolution": Hours(minutes=target)}, calendar=hours),),
        hold_reasons=(PAUSING, MILD),
        requirements=(),
        auto_close=timedelta(0),
    )


STEPS = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from(("parked", "waiting", "resume", "turn"))),
    max_size=8,
)


@given(st.sampled_from(CALENDARS), st.integers(1, 200), STEPS, st.booleans())
def test_a_clock_agrees_with_a_naive_model(
    hours: OpeningHours,
    target: int,
    steps: list[tuple[int, str]],
    ticks: bool,  # noqa: FBT001 - drawn
) -> None:
    """Pauses, resolving and reopening over calendars: used, due, breach and verdict (K1 to K7)."""
    life = Rehearsal(policy=measured(hours, target))
    life.report(by="monitor:probe")
    paused: set[int] = set()
    ended: set[int] = set()
    state, now = "", 0
    for wait, what in (*steps, (300, "resume")):
        (paused if state == "parked" else ended if state == "done" else set()).update(
            range(now, now + wait)
        )
        now += wait
        life.wait(minutes=wait)
        if ticks:
            life.do(Tick(by=SYSTEM))
        clock = life.incident.clock("resolution")
        seen = Model(hours, target).play(now, paused, ended)

        assert seen[now] * MINUTE == clock.elapsed(life.now)
        _same(clock, seen, target, now, ticked=ticks)
        if what == "turn":
            life.do(
                Reopen(by="bo", reason="r", to="triaged")
                if state == "done"
                else Resolve(by="bo", code="c", note="n")
            )
            state = "" if state == "done" else "done"
        elif what == "resume" and state in ("parked", "waiting"):
            life.do(Resume(by="bo", to="triaged"))
            state = ""
        elif what in ("parked", "waiting") and state != "done":
            life.do(Hold(by="bo", reason=what))
            state = what


def _same(clock: Clock, seen: list[int], target: int, now: int, *, ticked: bool) -> None:
    reached = next((minute for minute, used in enumerate(seen) if used >= target), None)
    if reached is not None:
        assert MONDAY + reached * MINUTE == clock.due
        if ticked and clock.runs and now > reached:
            assert clock.due == clock.breached_at
    else:
        assert not clock.breached
        assert clock.due is None or clock.due > MONDAY + now * MINUTE or not clock.runs
    if clock.ended is Ended.STOPPED:
        assert (Verdict.BREACHED if clock.breached else Verdict.MET) is clock.verdict


@st.composite
def any_life(draw: st.DrawFn) -> Rehearsal:
    """Draw a life under any policy."""
    return draw(lives(policy=draw(policies()), longest=10))


@given(any_life(), st.lists(st.integers(1, 5000), max_size=30))
def test_how_often_somebody_looks_changes_no_fact(life: Rehearsal, looks: list[int]) -> None:
    """One tick after three weeks, and many in between: the same, to the microsecond (K19)."""
    often, once = copy(life), copy(life)
    for minutes in looks:
        often.tick(minutes=minutes)
    often.now = once.now = max(often.now, life.now + timedelta(weeks=3))
    often.tick()
    once.tick()

    assert _facts(often) == _facts(once)


def _facts(life: Rehearsal) -> list[tuple[datetime, str, object]]:
    facts = ("clock_warned", "clock_breached")
    return [(entry.at, entry.kind, entry.event) for entry in life.entries if entry.kind in facts]


@given(any_life(), st.integers(0, 30))
def test_after_a_tick_nothing_of_a_clock_lies_behind(life: Rehearsal, days: int) -> None:
    """Warnings in order, before the breach, each once a cycle (rules K11 and K18)."""
    after = life.tick(days=days)

    assert all(due.at > life.now for due in agenda(after))
    for clock in after.clocks:
        assert sorted(clock.looks) == list(clock.looks)
        assert clock.due is None or all(each <= clock.due for each in clock.looks)
        assert clock.warned + len(clock.looks) <= len(clock.terms.warnings)
        assert clock.breached_at is None or clock.breached_at == clock.due
        assert united(clock.pauses) == clock.pauses


@given(any_life(), policies())
def test_another_policy_changes_no_running_clock(life: Rehearsal, other: Policy) -> None:
    """Nor what it will do: its future is played without the policy it came from (rule K13)."""
    edited = copy(life)
    edited.practice = evolve(
        life.practice, policy=evolve(other, fields=life.practice.policy.fields)
    )
    for each in (life, edited):
        each.do(Tick(by=SYSTEM))
    life.tick(hours=1)
    edited.tick(hours=1)

    assert [clock for clock in life.incident.clocks if clock.runs] == [
        clock for clock in edited.incident.clocks if clock.runs
    ]


@given(any_life())
def test_a_recorded_breach_is_never_erased(life: Rehearsal) -> None:
    """Not by a looser target, a late entry, a reopening or an end (rules K4, K6, K8, K17)."""
    told = [
        (entry.event.clock, entry.at)  # type: ignore[attr-defined] # it is a breach
        for entry in life.entries
        if entry.kind == "clock_breached"
    ]
    kept = {(clock.name, clock.breached_at) for clock in life.incident.clocks}
    counted = {clock.name for clock in life.incident.clocks if clock.missed}

    assert all(breach in kept or breach[0] in counted for breach in told)


@given(any_life())
def test_of_one_name_one_clock_runs(life: Rehearsal) -> None:
    """And a verdict that was recorded is the one that its clock shows."""
    for commit in life.commits:
        names = [clock.name for clock in commit.incident.clocks if clock.runs]

        assert len(set(names)) == len(names)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 20)), max_size=8))
def test_pauses_are_a_union(spans: list[tuple[int, int]]) -> None:
    """Whatever overlaps counts once; an open one swallows what follows (rule K3)."""
    pauses = [Pause(at(start), at(start + length)) for start, length in spans]
    covered = {minute for start, length in spans for minute in range(start, start + length)}
    joined = united(pauses)

    assert len(covered) == sum(
        ((each.until or each.since) - each.since) // MINUTE for each in joined
    )
    assert joined == united(reversed(joined))
    opened = united((*pauses, Pause(at(10))))
    assert opened[-1].until is None
    assert opened[-1].since <= at(10)


def at(minute: int) -> datetime:
    """Return so many minutes after the start."""
    return MONDAY + minute * MINUTE


@given(st.integers(1, 10**13), st.integers(1, 99), st.integers(100, 1000))
def test_a_part_is_reached_at_the_earliest_microsecond(amount: int, top: int, bottom: int) -> None:
    """Neither before nor one later: no floats, no percentages (rules K0 and K11)."""
    reached = part_of(f"{top}/{bottom}", amount)

    assert reached * bottom >= amount * top > (reached - 1) * bottom


@given(st.integers(1, 2000), st.integers(0, 1999))
def test_a_proportional_change_leaves_the_same_part(new: int, used: int) -> None:
    """New target times what was left of the old, rounded up to a microsecond (rule K6)."""
    rows = tuple(
        TargetRow(targets={"resolution": Hours(minutes=minutes)}, priority=priority)
        for minutes, priority in ((2000, 2), (new, 1))
    )
    usual = Policy()
    clocks = tuple(evolve(rule, on_change="proportional") for rule in usual.clocks)
    life = Rehearsal(policy=Policy(targets=rows, clocks=clocks))
    life.report(by="monitor:probe", impact=1, urgency=2)
    life.wait(minutes=used)
    clock = life.do(OverridePriority(by="bo", priority=1, reason="r")).clock("resolution")
    left = clock.remaining(life.now) // MICROSECOND

    assert left * 2000 >= new * (2000 - used) * 60_000_000 > (left - 1) * 2000
    assert life.now + left * MICROSECOND == clock.due


@given(any_life())
def test_nothing_is_breached_before_what_is_due_next(life: Rehearsal) -> None:
    """So a search in the order of what is due may stop at an instant (rules K2 and K18)."""
    for commit in life.commits:
        clock = next_breach(commit.incident.clocks)
        due = None if clock is None else clock.due

        assert due is None or (commit.due_at is not None and commit.due_at <= due + MICROSECOND)
        assert all(each.runs and not each.breached for each in filter(None, (clock,)))


ACTS: tuple[Command, ...] = (
    Assign(by="bo", assignee="cy"),
    Assign(by="service:router", assignee="cy"),
    Acknowledge(by="bo"),
    Acknowledge(by="service:chat", assignee="cy"),
    Note(by="cy", text="looking"),
    Hold(by="bo", reason="parked"),
    Resume(by="bo"),
    Mitigate(by="bo", note="n"),
    Relapse(by="bo", note="n"),
    Resolve(by="bo", code="c", note="n"),
    Reopen(by="ana", reason="r"),
    Cancel(by="bo", reason="test"),
    Reinstate(by="ana", reason="r"),
)


@given(
    st.sampled_from(CALENDARS),
    st.integers(1, 200),
    st.lists(st.tuples(st.integers(0, 300), st.sampled_from(ACTS)), max_size=8),
    st.sampled_from(("resume", "restart", "continue")),
    st.booleans(),
)
def test_a_target_that_is_known_late_gives_the_same_clocks(
    hours: OpeningHours,
    target: int,
    acts: list[tuple[int, Command]],
    on_reopen: str,
    retargets: bool,  # noqa: FBT001 - drawn
) -> None:
    """As one that was known from the beginning: answered, paused and over as it was (K7, K12)."""
    names = ("response", "restoration", "resolution")
    amounts = dict.fromkeys(names, Hours(minutes=target))
    rules = (
        CLOCKS[0],
        ClockRule("restoration", stops="restored", on_reopen=on_reopen),
        ClockRule("resolution", stops="resolved", on_reopen=on_reopen),
    )
    always, late = (
        Rehearsal(policy=evolve(measured(hours, target), clocks=rules, targets=(row,)))
        for row in (
            TargetRow(targets=amounts, calendar=hours),
            TargetRow(targets=amounts, calendar=hours, priority=1),
        )
    )
    for life in (always, late):
        life.report(by="monitor:probe")
        for wait, command in acts:
            life.wait(minutes=wait)
            life.attempt(command)
        if not life.incident.place.is_unfinished:
            life.attempt(Reopen(by="ana", reason="r"))
            life.attempt(Reinstate(by="ana", reason="r"))
        life.wait(minutes=7)
    if retargets:
        late.practice = always.practice
        late.do(Retarget(by="ana", reason="from today"))
    else:
        late.do(OverridePriority(by="ana", priority=1, reason="from today"))
    always.do(Tick(by=SYSTEM))
    late.do(Tick(by=SYSTEM))

    for name in amounts:
        one, other = always.incident.clock(name), late.incident.clock(name)
        assert one.verdict is other.verdict
        assert (one.started_at, one.ended_at) == (other.started_at, other.ended_at)
        assert not one.runs or one.due == other.due
