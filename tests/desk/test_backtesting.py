"""Backtesting reads what is stored, counts by priority, and changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from incidentflow import (
    Acknowledge,
    Cancel,
    Hours,
    IncidentDesk,
    OverridePriority,
    Policy,
    Resolve,
    StakeholderUpdate,
    TargetRow,
)
from incidentflow.errors import InvalidInput
from incidentflow.incident import Incident
from incidentflow.policy import ClockRule
from incidentflow.ports import Allow, Deny
from incidentflow.replay import backtest, backtest_log
from incidentflow.sources import read_mapping
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import ManualClock
from incidentflow.usecases import Compared, Verdicts
from incidentflow.words import Actor, Priority

STRICT = Policy(
    targets=(TargetRow(targets={"response": Hours(minutes=5), "resolution": Hours(2)}),)
)


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock to wind."""
    return ManualClock()


@pytest.fixture
def desk(clock: ManualClock) -> IncidentDesk:
    """Give a desk with three incidents: one resolved, one cancelled, one nobody looked at."""
    desk = IncidentDesk(clock=clock)
    urgent = desk.report("Mail", by="ana", impact=1, urgency=1)
    cancelled = desk.report("Test", by="ana", impact=1, urgency=1)
    desk.report("Door", by="ana")
    clock.advance(minutes=10)
    desk.apply(urgent, Acknowledge(by="bo"))
    desk.apply(cancelled, Cancel(by="bo", reason="test"))
    clock.advance(minutes=10)
    desk.apply(urgent, Resolve(by="bo", code="fixed", note="restarted"))
    return desk


def test_verdicts_are_counted_by_priority_and_clock(desk: IncidentDesk) -> None:
    """Those of the other policy beside what was recorded; the most urgent first."""
    done = backtest(desk, STRICT)
    met, none = Verdicts(met=1, cancelled=1), Verdicts()

    assert (3, STRICT.reference) == (done.incidents, done.policy)
    assert (
        Compared(Priority.P1, "resolution", Verdicts(met=1, cancelled=1), none),
        Compared(Priority.P1, "response", Verdicts(breached=2), met),
        Compared(Priority.P1, "restoration", none, met),
        Compared(None, "resolution", Verdicts(running=1), none),
        Compared(None, "response", Verdicts(breached=1), none),
    ) == done.compared


def test_nothing_is_changed(desk: IncidentDesk) -> None:
    """Neither an incident nor the desk's own journal."""
    before = [desk.history(each) for each in desk.find()], desk.adoptions()
    backtest(desk, STRICT)

    assert before == ([desk.history(each) for each in desk.find()], desk.adoptions())


def test_it_may_look_ahead(desk: IncidentDesk, clock: ManualClock) -> None:
    """What is due until then is settled."""
    done = backtest(desk, STRICT, until=clock.now() + timedelta(hours=3))

    assert clock.now() + timedelta(hours=3) == done.until
    assert Verdicts(breached=1) == done.compared[3].would
    with pytest.raises(InvalidInput, match="until = "):
        backtest(desk, STRICT, until="tomorrow")  # type: ignore[arg-type]


def test_former_cycles_are_counted() -> None:
    """Of a clock that starts anew: each was kept or missed."""
    clock = ManualClock()
    desk = IncidentDesk(clock=clock, policy=Policy(targets=()))
    incident = desk.report("Mail", by="ana")
    rule = ClockRule("look", stops="resolved", restarts="updated")
    policy = Policy(
        clocks=(rule,), hold_reasons=(), targets=(TargetRow(targets={"look": Hours(1)}),)
    )
    for minutes in (30, 90, 10):
        clock.advance(minutes=minutes)
        incident = desk.apply(incident, StakeholderUpdate(by="bo", text="on it"))
    (compared,) = backtest(desk, policy).compared

    assert Verdicts(met=2, breached=1, running=1) == compared.would


def test_a_view_counts_what_it_may_see() -> None:
    """And progress tells how many were replayed."""

    def authorise(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        hidden = actor.id == "eve" and action == "read" and incident.title != "Door"
        return Deny("secret", "not yours") if hidden else Allow()

    told: list[int] = []
    store = MemoryStore()
    guarded = IncidentDesk(store, authorise=authorise)
    guarded.report("Door", by="ana")
    guarded.report("Vault", by="ana")

    assert 1 == backtest(guarded.seen_by("eve"), STRICT, progress=told.append).incidents
    assert [1] == told
    assert 2 == backtest(guarded, STRICT).incidents


def test_a_superseded_clock_without_a_verdict_is_not_counted(desk: IncidentDesk) -> None:
    """The one that took its place is."""
    rows = [TargetRow(priority=n, targets={"response": Hours(n)}) for n in (1, 2)]
    incident = desk.report("Mail", by="ana", customer="acme", impact=1, urgency=1)
    desk.apply(incident, OverridePriority(by="ana", priority=2, reason="only a test"))
    found = backtest(desk, Policy(targets=tuple(rows))).compared
    (compared,) = (
        each for each in found if (Priority.P2, "response") == (each.priority, each.clock)
    )

    assert (Verdicts(running=1), Verdicts(running=1)) == (compared.would, compared.did)


def test_progress_is_told_while_a_log_is_replayed(tmp_path: Path) -> None:
    """And while its incidents are, under the policy."""
    rows = [f"T-{n},2026-03-02T08:00:00,open" for n in range(500)]
    log = tmp_path / "log.csv"
    told: list[int] = []
    log.write_text("\n".join(("id,at,state", *rows)), "utf-8")
    data = {"log": {name: name for name in ("at", "state")} | {"number": "id"}}
    mapping = read_mapping({**data, "states": {"open": "new"}}, "ours")

    assert 500 == backtest_log(log, mapping, STRICT, progress=told.append).incidents
    assert [500, 200, 400, 500] == told
    assert 500 == backtest_log(log, mapping, STRICT).incidents
