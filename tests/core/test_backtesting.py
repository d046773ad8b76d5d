"""Invariant: under the policy that was at work, backtesting gives what the journal recorded."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import assume, given
from hypothesis import strategies as st

from incidentflow import (
    Acknowledge,
    ClockRule,
    Correct,
    Describe,
    Hold,
    Hours,
    Note,
    OverridePriority,
    Policy,
    Resolve,
    TargetRow,
)
from incidentflow.incident.clocks import Verdict
from incidentflow.policy.clocks import CLOCKS
from incidentflow.process.agenda import Tick
from incidentflow.process.backtesting import OWN, backtest
from incidentflow.testing.generated import policies
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import SYSTEM

QUICK = Policy(targets=(TargetRow(targets={"response": Hours(minutes=5)}),))


@st.composite
def lived(draw: st.DrawFn) -> Rehearsal:
    """Draw a life under any policy, in which nobody changed a target by hand."""
    life = draw(lives(policy=draw(policies())))
    by_hand = (each for each in life.entries if isinstance(each.event, OWN))
    assume(life.entries and all(each.by.kind.value == "system" for each in by_hand))
    return life


@given(lived())
def test_under_the_same_policy_the_clocks_are_those_recorded(life: Rehearsal) -> None:
    """Every start, pause, due, warning, breach, verdict and former cycle, to the microsecond."""
    policy, until = life.practice.policy, life.incident.updated_at

    assert life.incident.clocks == backtest(life.entries, policy, until)


@given(lived())
def test_without_targets_there_are_no_clocks(life: Rehearsal) -> None:
    """But those of promised updates, which need none; what the journal recorded is left out."""
    policy, until = Policy(targets=()), life.incident.updated_at
    clocks = backtest(life.entries, policy, until)

    assert {"promised_update"} >= {clock.name for clock in clocks}


def test_another_target_gives_another_verdict() -> None:
    """The facts stand: reported, acknowledged ten minutes later, resolved."""
    life = Rehearsal()
    life.report(by="ana", impact=1, urgency=1)
    life.now += timedelta(minutes=10)
    life.attempt(Acknowledge(by="bo"))
    life.attempt(OverridePriority(by="bo", priority=2, reason="VIP"))
    life.now += timedelta(minutes=10)
    life.attempt(Resolve(by="bo", code="fixed", note="restarted"))
    (response,) = backtest(life.entries, QUICK, life.now)

    assert Verdict.MET is life.incident.clock("response").verdict
    assert Verdict.BREACHED is response.verdict
    assert life.entries[0].at + timedelta(minutes=5) == response.breached_at


def test_what_is_due_is_settled_up_to_an_instant() -> None:
    """A clock that nobody stopped is breached once its due instant has gone by."""
    life = Rehearsal()
    life.report(by="ana")
    (running,) = backtest(life.entries, QUICK, life.now + timedelta(minutes=5))
    (late,) = backtest(life.entries, QUICK, life.now + timedelta(minutes=6))

    assert running.runs
    assert not running.breached
    assert late.breached


def test_commands_of_one_instant_are_told_apart_by_what_clocks_did() -> None:
    """A journal has no other mark between them: paused and resumed, breached and corrected."""
    own = ClockRule("ola", stops="resolved", pauses="event:noted", resumes="event:described")
    targets = (TargetRow(targets={"ola": Hours(1), "response": Hours(1)}),)
    life = Rehearsal(policy=Policy(clocks=(*CLOCKS, own), targets=targets, requirements=()))
    life.report(by="monitor:probe")
    until = life.now + timedelta(minutes=30)
    life.do(Hold(by="bo", reason="awaiting_vendor", until=until))
    life.do(Note(by="monitor:probe", text="n"), Describe(by="monitor:probe", title="t"))
    life.wait(hours=2)
    life.do(Tick(by=SYSTEM))
    life.do(Correct(by="ana", reason="r", milestone="acknowledged_at", was_at=until))
    policy = life.practice.policy

    assert life.incident.clocks == backtest(life.entries, policy, life.now)
    assert [True, True] == [each.breached for each in life.incident.clocks]


def test_nothing_has_no_clocks() -> None:
    """An incident of which nothing is known had none."""
    assert () == backtest((), QUICK, Rehearsal().now)
