"""
Invariant: every verdict is counted once, whatever becomes of its clock.

Cycles end and begin, targets change and go, incidents are ended and taken up again (rules K6 to
K8, K17, C2 and M2).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.events import (
    ClockBreached,
    ClockReopened,
    ClockRetargeted,
    ClockStarted,
    ClockStopped,
)
from incidentflow.incident import Command
from incidentflow.incident.clocks import Clock, ClockStatus, Ended, Verdict
from incidentflow.metrics import Life, Period, attainment, exceptions
from incidentflow.policy import Calendar, ClockRule, Hours, OnChange, OnReopen, Policy, TargetRow
from incidentflow.process import (
    Acknowledge,
    Cancel,
    Correct,
    Hold,
    OverridePriority,
    Reinstate,
    Relapse,
    Reopen,
    Resolve,
    Resume,
    StakeholderUpdate,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
RESOLVE = Resolve(by="bo", code="fixed", note="done")
REOPEN = Reopen(by="bo", reason="r", to="triaged")
REQUESTER = Hold(by="bo", reason="awaiting_requester", comment="asked")
UPDATE = StakeholderUpdate(by="bo", text="we are on it")
STEPS: dict[str, Command] = {
    "acknowledge": Acknowledge(by="bo"),
    "hold": REQUESTER,
    "resume": Resume(by="bo"),
    "resolve": RESOLVE,
    "reopen": REOPEN,
    "work again": Reopen(by="bo", reason="r"),
    "relapse": Relapse(by="bo", note="n"),
    "cancel": Cancel(by="bo", reason="test"),
    "reinstate": Reinstate(by="bo", reason="r"),
    "update": UPDATE,
    "P1": OverridePriority(by="bo", priority=1, reason="r"),
    "P3": OverridePriority(by="bo", priority=3, reason="r"),
    "P5": OverridePriority(by="bo", priority=5, reason="r"),
}


def policy(*rows: TargetRow, change: str = "retroactive", reopen: str = "resume") -> Policy:
    """Build a policy with these rows whose clocks all follow one mode."""
    rules = (*Policy().clocks, ClockRule("effort", starts="working", stops="resolved"))
    clocks = (evolve(rule, on_change=change, on_reopen=reopen) for rule in rules)
    return Policy(targets=rows, clocks=tuple(clocks), requirements=(), auto_close=timedelta(0))


def row(priority: int | None, minutes: int, *names: str) -> TargetRow:
    """Build a row with one target for all clocks, or those of these names."""
    names = names or ("response", "restoration", "resolution", "update", "effort")
    return TargetRow(priority=priority, targets=dict.fromkeys(names, Hours(minutes=minutes)))


def life(rules: Policy, **report: object) -> Rehearsal:
    """Rehearse an incident that a monitor has just reported."""
    found = Rehearsal(policy=rules)
    found.report(by="monitor:probe", **report)
    return found


def promise(now: datetime) -> Command:
    """Promise another update within the hour."""
    return evolve(UPDATE, next_update_at=now + HOUR)


def counted(life: Rehearsal, verdict: Verdict) -> Counter[str]:
    """Count what is measured of the clocks of each name (rule M2)."""
    incident = life.incident
    names = {clock.name for clock in incident.clocks}
    said = {name: Counter(attainment(name).words(Life(incident, life.now))) for name in names}
    return +Counter({name: words[verdict.value] for name, words in said.items()})


def recorded(life: Rehearsal) -> tuple[Counter[str], Counter[str]]:
    """Count the cycles that the timeline says were breached, or met and did not go on."""
    cycles: dict[tuple[str, int], Verdict | None] = {}
    current: dict[str, int] = {}
    for event in (entry.event for entry in life.entries):
        if isinstance(event, ClockStarted | ClockRetargeted):
            current[event.clock.name] = event.clock.cycle
        elif isinstance(event, ClockBreached):
            cycles[event.clock, current[event.clock]] = Verdict.BREACHED
        elif isinstance(event, ClockStopped):
            cycles.setdefault((event.clock, current[event.clock]), event.verdict)
        elif isinstance(event, ClockReopened):
            key = event.clock, current[event.clock]
            if cycles.get(key) is Verdict.MET:
                del cycles[key]
    met = Counter(name for (name, _), verdict in cycles.items() if verdict is Verdict.MET)
    return met, Counter(name for name, _ in cycles) - met


@given(
    st.sampled_from(OnChange),
    st.sampled_from(OnReopen),
    st.lists(st.tuples(st.integers(0, 90), st.sampled_from((*STEPS, "promise"))), max_size=25),
)
def test_every_verdict_is_counted_once(
    change: OnChange, reopen: OnReopen, steps: list[tuple[int, str]]
) -> None:
    """No cycle, target, reopening or end counts one twice, or loses one; and one clock runs."""
    rules = policy(row(1, 60), row(3, 120), change=change.value, reopen=reopen.value)
    rehearsal = life(rules, impact=1, urgency=1)
    for minutes, name in steps:
        rehearsal.tick(minutes=minutes)
        rehearsal.attempt(STEPS.get(name) or promise(rehearsal.now))
        running = [clock.name for clock in rehearsal.incident.clocks if clock.runs]
        met, breached = recorded(rehearsal)

        assert len(set(running)) == len(running)
        assert breached == counted(rehearsal, Verdict.BREACHED)
        assert met == counted(rehearsal, Verdict.MET)


def test_a_promise_after_a_reinstatement_is_the_only_one() -> None:
    """The one that was cancelled stays cancelled; of the others the latest counts (rule C2)."""
    rehearsal = life(policy())
    rehearsal.do(promise(rehearsal.now))
    rehearsal.do(Cancel(by="bo", reason="test"))
    rehearsal.do(Reinstate(by="bo", reason="r"))
    for _ in range(3):
        rehearsal.wait(minutes=10)
        rehearsal.do(promise(rehearsal.now))
    cancelled, running = rehearsal.incident.clocks

    assert (Ended.CANCELLED, 1) == (cancelled.ended, cancelled.cycle)
    assert (4, 2, MONDAY + 90 * MINUTE) == (running.cycle, running.kept, running.due)
    assert ("clock_warned", "clock_breached") == passed(rehearsal, hours=3)
    assert 1 == rehearsal.incident.counts.missed_updates


def passed(rehearsal: Rehearsal, **span: float) -> tuple[str, ...]:
    """Let time pass, and say what happened."""
    rehearsal.tick(**span)
    return rehearsal.kinds


@pytest.mark.parametrize("change", [each.value for each in OnChange])
def test_cycles_are_counted_once_when_the_target_changes(change: str) -> None:
    """By the clock that counted them (rules K6 and M2)."""
    rules = policy(row(1, 60, "update"), row(3, 120, "update"), change=change)
    rehearsal = life(rules, impact=1, urgency=1)
    for _ in range(3):
        rehearsal.wait(minutes=20)
        rehearsal.do(UPDATE)
    rehearsal.do(STEPS["P3"])

    assert {"update": 3} == counted(rehearsal, Verdict.MET)


def test_cycles_before_a_reopening_are_not_forgotten() -> None:
    """Counting begins anew, beside what was counted (rules K7 and M2)."""
    rehearsal = life(policy(row(None, 60, "update"), reopen="restart"))
    for command in (UPDATE, UPDATE, RESOLVE, REOPEN, UPDATE):
        rehearsal.wait(minutes=20)
        rehearsal.do(command)

    assert [(2, 3), (1, 5)] == [(each.kept, each.cycle) for each in rehearsal.incident.clocks]
    assert {"update": 4} == counted(rehearsal, Verdict.MET)


def test_a_stop_slightly_ahead_of_the_record_breaches_what_was_due_between() -> None:
    """Its world-time decides, though nobody has looked since (rule K2)."""
    rehearsal = life(policy(row(None, 60, "response")))
    rehearsal.wait(minutes=58)
    rehearsal.do(Acknowledge(by="bo", at=rehearsal.now + 4 * MINUTE))
    clock = rehearsal.incident.clock("response")

    assert (Verdict.BREACHED, MONDAY + HOUR) == (clock.verdict, clock.breached_at)
    assert not clock.retroactive


def late_hold(*steps: Command, minutes: int = 30) -> Clock:
    """Enter a hold after the breach that it might have prevented, then resolve."""
    rehearsal = life(policy(row(None, 60, "resolution")))
    rehearsal.tick(minutes=65)
    rehearsal.do(evolve(REQUESTER, at=MONDAY + minutes * MINUTE))
    rehearsal.wait(minutes=10)
    for command in (*steps, RESOLVE):
        rehearsal.do(command)
    return rehearsal.incident.clock("resolution")


@pytest.mark.parametrize("steps", [(), (Resume(by="bo"),)])
def test_a_late_hold_claims_the_same_whether_it_was_resumed(steps: tuple[Command, ...]) -> None:
    """Resolved from the hold or after it: in time, had it been known (rules K5 and K17)."""
    clock = late_hold(*steps)

    assert (Verdict.BREACHED, Verdict.MET) == (clock.verdict, clock.claimed)


@pytest.mark.parametrize("steps", [(), (Resume(by="bo"),)])
def test_a_late_hold_from_the_due_instant_on_claims_nothing(steps: tuple[Command, ...]) -> None:
    """The target was reached by then (rules K4 and K17)."""
    clock = late_hold(*steps, minutes=60)

    assert (Verdict.BREACHED, None) == (clock.verdict, clock.claimed)


def test_a_correction_claims_nothing_of_a_clock_that_something_else_stopped() -> None:
    """Nor of one that another episode's milestone stopped (rule K17)."""
    rehearsal = life(policy(row(None, 60, "response"), reopen="never"))
    for command in (Acknowledge(by="bo"), RESOLVE, REOPEN, Acknowledge(by="bo")):
        rehearsal.wait(minutes=50)
        rehearsal.do(command)
    for milestone in ("resolved_at", "acknowledged_at"):
        was_at = rehearsal.now - MINUTE
        rehearsal.do(Correct(by="bo", reason="r", milestone=milestone, was_at=was_at))

        assert rehearsal.incident.clock("response").claimed is None


@pytest.mark.parametrize(("minutes", "relieved"), [(44, False), (45, True), (60, True)])
def test_a_target_dropped_in_its_last_quarter_is_relieved(minutes: int, relieved: bool) -> None:  # noqa: FBT001 - a parameter
    """No target at all is the loosest, up to the instant at which it is due (K2, K6, M2 and M4)."""
    rehearsal = life(policy(row(1, 60, "resolution")), impact=1, urgency=1)
    rehearsal.tick(minutes=minutes)
    rehearsal.do(STEPS["P5"])
    incident, since = rehearsal.incident, Period(rehearsal.now)
    found = [each.kind for each in exceptions(incident, rehearsal.entries, since)]
    told = rehearsal.entries[-1].event.describe()

    assert relieved is incident.clock("resolution").relieved
    assert ["override", "relieved"][: 1 + relieved] == found
    assert relieved is told.endswith(": there is none now, relieved")


def test_a_target_that_is_due_later_is_loosened_whatever_its_hours() -> None:
    """An hour of office time after closing is more than two by day and night (rule K6)."""
    office = Calendar("office", week={"mon-fri": "09:00-17:00"})
    slow = TargetRow(priority=3, targets={"resolution": Hours(9)}, calendar=office)
    rehearsal = life(policy(row(1, 720, "resolution"), slow), impact=1, urgency=1)
    rehearsal.wait(hours=10)
    rehearsal.do(STEPS["P3"])
    former, clock = rehearsal.incident.clocks

    assert timedelta(hours=2) == former.remaining(rehearsal.now)
    assert timedelta(hours=1) == clock.remaining(rehearsal.now)
    assert former.relieved


@pytest.mark.parametrize("looks", [[], [10] * 30])
def test_a_hold_counts_as_long_as_it_was_to_last_whoever_looks(looks: list[int]) -> None:
    """Also for a clock that starts anew after it: five hours later or at once (rule K19)."""
    rehearsal = life(policy(row(1, 600, "resolution")), impact=1, urgency=1)
    rehearsal.do(STEPS["P5"])
    rehearsal.do(evolve(REQUESTER, until=MONDAY + HOUR))
    for minutes in looks:
        rehearsal.tick(minutes=minutes)
    rehearsal.now = MONDAY + 5 * HOUR
    rehearsal.tick()
    clock = rehearsal.do(STEPS["P1"]).clock("resolution")

    assert timedelta(hours=4) == clock.elapsed(rehearsal.now)
    assert MONDAY + 11 * HOUR == clock.due


@pytest.mark.parametrize(("mode", "cycle", "due"), [("resume", 1, 70), ("restart", 2, 80)])
def test_what_goes_on_is_not_started_beside(mode: str, cycle: int, due: int) -> None:
    """Work that is taken up again starts a clock of work anew or takes it up; not both (K7)."""
    rehearsal = life(policy(row(None, 60, "effort"), reopen=mode))
    for command in (Acknowledge(by="bo"), RESOLVE, Reopen(by="bo", reason="r")):
        rehearsal.do(command)
        rehearsal.wait(minutes=10)
    running = [clock for clock in rehearsal.incident.clocks if clock.runs]

    assert [(cycle, MONDAY + due * MINUTE)] == [(clock.cycle, clock.due) for clock in running]


def test_a_pause_ends_with_its_clock() -> None:
    """Resolved from a hold and reopened, it goes on with what was left (rules K5 and K7)."""
    rehearsal = life(policy(row(None, 60, "resolution")))
    for command in (REQUESTER, RESOLVE, REOPEN):
        rehearsal.wait(minutes=10)
        rehearsal.do(command)

    assert MONDAY + 80 * MINUTE == rehearsal.incident.clock("resolution").due


@pytest.mark.parametrize("change", ["retroactive", "proportional"])
def test_what_was_warned_of_is_not_said_again_for_another_target(change: str) -> None:
    """Half was said for the former; the cycle goes on (rules K6 and K11)."""
    rules = policy(row(1, 60, "resolution"), row(3, 80, "resolution"), change=change)
    rehearsal = life(rules, impact=1, urgency=1)
    rehearsal.tick(minutes=31)
    rehearsal.do(STEPS["P3"])
    rehearsal.tick(hours=2)
    parts = [getattr(entry.event, "part", None) for entry in rehearsal.entries]

    assert ["1/2", "3/4", "9/10"] == [part for part in parts if part]


def test_a_clock_that_is_paused_out_of_hours_is_paused() -> None:
    """That it is closed too is another question (rule K14)."""
    office = Calendar("office", week={"mon-fri": "09:00-17:00"})
    slow = TargetRow(targets={"resolution": Hours(9)}, calendar=office)
    rehearsal = life(policy(slow))
    clock = rehearsal.do(REQUESTER).clock("resolution")

    assert ClockStatus.PAUSED is clock.status(MONDAY + 12 * HOUR)
    assert clock.out_of_hours(MONDAY + 12 * HOUR)
