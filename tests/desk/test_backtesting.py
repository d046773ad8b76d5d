"""Backtesting reads what is stored, counts by priority, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from incidentflow import (
    Acknowledge,
    Assign,
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
from incidentflow.policy import ClockRule, OnChange
from incidentflow.ports import Allow, Deny, Store
from incidentflow.replay import backtest_log, replay
from incidentflow.sources import read_mapping
from incidentflow.testing.clock import ManualClock
from incidentflow.usecases import Compared, Verdicts
from incidentflow.words import Actor, Priority

Build = Callable[..., Any]
STRICT = Policy(
    targets=(TargetRow(targets={"response": Hours(minutes=5), "resolution": Hours(2)}),)
)


@pytest.fixture
def desk(build: Build, clock: ManualClock) -> Any:  # noqa: ANN401 - either desk
    """Give a desk with three incidents: one resolved, one cancelled, one nobody looked at."""
    desk = build()
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
    done = desk.backtest(STRICT)
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
    desk.backtest(STRICT)

    assert before == ([desk.history(each) for each in desk.find()], desk.adoptions())


def test_it_may_look_ahead(desk: IncidentDesk, clock: ManualClock) -> None:
    """What is due until then is settled."""
    done = desk.backtest(STRICT, until=clock.now() + timedelta(hours=3))

    assert clock.now() + timedelta(hours=3) == done.until
    assert Verdicts(breached=1) == done.compared[3].would
    with pytest.raises(InvalidInput, match="until = "):
        desk.backtest(STRICT, until="tomorrow")  # type: ignore[arg-type]


def test_it_may_look_at_the_latest_alone(desk: IncidentDesk, clock: ManualClock) -> None:
    """What was reported before counts nowhere, though it goes on."""
    since = clock.now()
    desk.report("Printer", by="ana")
    (response, resolution) = desk.backtest(STRICT, since=since).compared

    assert 4 == desk.backtest(STRICT).incidents
    assert 1 == desk.backtest(STRICT, since=since).incidents
    assert {"response", "resolution"} == {response.clock, resolution.clock}
    with pytest.raises(InvalidInput, match="has no time zone"):
        desk.backtest(STRICT, since=since.replace(tzinfo=None))


def test_a_policy_is_a_policy(desk: IncidentDesk) -> None:
    """And the path of one is told how to become one."""
    with pytest.raises(InvalidInput, match="is no Policy; read one from a file with incidentflow"):
        desk.backtest("strict.toml")  # type: ignore[arg-type]


LOG = """id,at,state,by,priority,to,opened
T-1,2026-03-02T08:00:00,open,dispatch,1,,2026-03-02T07:00:00
T-1,2026-03-02T08:10:00,open,ana,1,bo,
T-1,2026-03-02T08:20:00,work,bo,1,bo,
T-1,2026-03-02T11:00:00,done,bo,1,bo,
T-2,2026-03-02T09:00:00,open,ana,2,cy,
T-2,2026-03-02T09:02:00,done,dispatch,2,cy,
T-3,2026-03-02T11:01:00,open,ana,2,,
T-3,2026-03-02T11:02:00,open,ana,2,bo,
"""
SOURCE: dict[str, Any] = {
    "log": {"number": "id", "at": "at", "state": "state", "by": "by"},
    "columns": {"assignee": "to", "reported_at": "opened", "priority": "priority"},
    "states": {"open": "new", "work": "in_progress", "done": "resolved"},
    "levels": {"priority": ["1", "2", "3", "4", "5"]},
}


def test_an_import_keeps_its_verdicts(
    build: Build, store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    """Under the policy it was imported with: an assignment elsewhere answers nothing (K12)."""
    log = tmp_path / "log.csv"
    log.write_text(LOG, "utf-8")
    mapping = read_mapping(SOURCE, "ours")
    mapping = evolve(mapping, policy=evolve(mapping.policy, targets=STRICT.targets))
    replay(log, mapping, store=store)
    desk = build(policy=mapping.policy)
    latest = max(each.updated_at for each in desk.find())
    clock.set(latest)
    desk.tick()
    imported = desk.backtest(mapping.policy)
    found = {(each.priority, each.clock): each.did for each in imported.compared}

    assert 3 == imported.incidents
    assert [each.would for each in imported.compared] == [each.did for each in imported.compared]
    assert Verdicts(breached=1) == found[Priority.P1, "response"]
    assert Verdicts(met=1, running=1) == found[Priority.P2, "response"]
    clock.advance(minutes=1)
    desk.apply("T-3", Assign(by="ana", assignee="cy"))
    clock.advance(minutes=1)
    continued = desk.backtest(mapping.policy).compared

    assert [each.would for each in continued] == [each.did for each in continued]
    assert Verdicts(met=2) in [each.did for each in continued]


def test_former_cycles_are_counted(build: Build, clock: ManualClock) -> None:
    """Of a clock that starts anew: each was kept or missed."""
    desk = build(policy=Policy(targets=()))
    incident = desk.report("Mail", by="ana")
    rule = ClockRule("look", stops="resolved", restarts="updated")
    policy = Policy(
        clocks=(rule,), hold_reasons=(), targets=(TargetRow(targets={"look": Hours(1)}),)
    )
    for minutes in (30, 90, 10):
        clock.advance(minutes=minutes)
        incident = desk.apply(incident, StakeholderUpdate(by="bo", text="on it"))
    (compared,) = desk.backtest(policy).compared

    assert Verdicts(met=2, breached=1, running=1) == compared.would


def test_a_view_counts_what_it_may_see(build: Build) -> None:
    """And progress tells how many were replayed."""

    def authorise(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        hidden = actor.id == "eve" and action == "read" and incident.title != "Door"
        return Deny("secret", "not yours") if hidden else Allow()

    told: list[int] = []
    guarded = build(authorise=authorise)
    guarded.report("Door", by="ana")
    guarded.report("Vault", by="ana")

    assert 1 == guarded.seen_by("eve").backtest(STRICT, progress=told.append).incidents
    assert [1] == told
    assert 2 == guarded.backtest(STRICT).incidents


@pytest.mark.parametrize("on_change", OnChange)
def test_a_superseded_clock_without_a_verdict_is_not_counted(
    desk: IncidentDesk, clock: ManualClock, on_change: OnChange
) -> None:
    """The one that took its place is, whether in the same cycle or in the next."""
    rows = [TargetRow(priority=n, targets={"response": Hours(n)}) for n in (1, 2)]
    rule = ClockRule("response", starts="reported", stops=("acknowledged",), on_change=on_change)
    incident = desk.report("Mail", by="ana", customer="acme", impact=1, urgency=1)
    clock.advance(minutes=10)
    desk.apply(incident, OverridePriority(by="ana", priority=2, reason="only a test"))
    found = desk.backtest(Policy(clocks=(rule,), hold_reasons=(), targets=tuple(rows))).compared
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
