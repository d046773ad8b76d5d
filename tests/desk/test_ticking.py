"""Invariant: what is due happens once, whoever looks and however late (rules K18 and K19)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from incidentflow import (
    ITIL,
    AcceptMajor,
    Acknowledge,
    FieldRule,
    Hold,
    IncidentDesk,
    Policy,
    Reopen,
    Resolve,
    Resume,
    SetFields,
)
from incidentflow.errors import InvalidInput, LifecycleError, StoreError
from incidentflow.incident import Case, Entry
from incidentflow.ports import Lookup, Query, Store, Stored
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.usecases.ticking import BATCH

Build = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")
HOUR = timedelta(hours=1)


def hold(hours: int) -> Hold:
    """Hold for some hours."""
    return Hold(by="ana", reason="scheduled", until=MONDAY + hours * HOUR)


def test_nothing_is_due_at_first(desk: IncidentDesk) -> None:
    """A tick without work does nothing."""
    incident = desk.report("Mail is down", by="ana")

    assert ((), ()) == (desk.tick().incidents, desk.tick().failed)
    assert 1 == desk.get(incident).version


def test_a_hold_with_an_end_resumes_by_itself(desk: IncidentDesk, clock: ManualClock) -> None:
    """At its instant and not before; the act records when it was due and when it was done."""
    incident = desk.report("Mail is down", Acknowledge(by="ana"), hold(2), by="ana")
    clock.set(MONDAY + 2 * HOUR - timedelta(microseconds=1))
    early = desk.tick().incidents
    clock.advance(minutes=7)
    (resumed,) = desk.tick().incidents
    again = desk.tick().incidents
    entry = desk.history(incident)[-1]

    assert ((), ()) == (early, again)
    assert ("in_progress", "resumed", "system:incidentflow") == (
        resumed.state,
        entry.kind,
        str(entry.by),
    )
    assert (MONDAY + 2 * HOUR, clock.now()) == (entry.due, entry.recorded_at)


def test_a_resolved_incident_closes_by_itself(desk: IncidentDesk, clock: ManualClock) -> None:
    """Five days after its last resolve, unless it is reopened (rule L10)."""
    incident = desk.report("Mail is down", RESOLVE, by="ana")
    clock.advance(days=4)
    desk.apply(incident, Reopen(by="ana", reason="again"))
    desk.apply(incident, RESOLVE)
    clock.advance(days=4)
    (waiting,) = desk.find()
    clock.advance(days=2)

    assert [] == [one.state for one in (waiting,) if one.state != "resolved"]
    assert ["closed"] == [one.state for one in desk.tick().incidents]
    assert None is desk.next_due()


def test_who_commits_first_wins(build: Build, meddle: Any, other: IncidentDesk) -> None:  # noqa: ANN401
    """A person resumes while a tick is about to: it happens once (rule K19)."""
    incident = other.report("Mail is down", hold(1), by="ana")
    clock = ManualClock(MONDAY + 2 * HOUR)
    desk = build(meddle(lambda: other.apply(incident, Resume(by="bo"))), clock=clock)
    (ticked,) = desk.tick().incidents

    assert ["bo"] == [entry.by.id for entry in desk.history(incident) if entry.kind == "resumed"]
    assert ("new", 3) == (ticked.state, ticked.version)


def test_one_tick_serves_many(desk: IncidentDesk, clock: ManualClock) -> None:
    """More than a batch, soonest first; a limit leaves the rest for the next tick."""
    with desk.batch() as batch:
        for number in range(BATCH + 20):
            batch.report(f"{number}", hold(1 + number % 3), by="ana")
    clock.advance(hours=5)
    some = desk.tick(limit=30)
    rest = desk.tick()

    assert (30, BATCH - 10) == (len(some.incidents), len(rest.incidents))
    assert {0} == {int(incident.title) % 3 for incident in some.incidents}
    assert ((), None) == (desk.tick().incidents, desk.next_due())


@pytest.mark.parametrize("limit", [0, -1, "5", 1.0, True, None])
def test_a_limit_is_a_positive_whole_number(desk: IncidentDesk, limit: Any) -> None:  # noqa: ANN401
    """Nothing is converted (rule I6)."""
    with pytest.raises(InvalidInput, match="is no whole number of at least 1"):
        desk.tick(limit=limit)


def told(entries: tuple[Entry, ...]) -> list[tuple[object, ...]]:
    """Tell what happened, when it was due and when it was done."""
    return [(entry.sequence, entry.at, entry.event, entry.due, entry.to) for entry in entries]


@pytest.mark.parametrize(
    "commands",
    [
        (hold(30),),
        (RESOLVE,),
        (
            AcceptMajor(
                by="ana", business_impact="all", incident_manager="bo", communications_lead="cy"
            ),
            hold(3),
        ),
    ],
)
def test_a_forecast_is_what_ticks_do(
    desk: IncidentDesk, clock: ManualClock, commands: tuple[Any, ...]
) -> None:
    """Ticking at each instant that is due gives exactly what was foreseen, and nothing more."""
    until = MONDAY + timedelta(days=30)
    incident = desk.report("Mail", Acknowledge(by="ana"), *commands, by="ana", impact=1, urgency=1)
    foreseen = desk.forecast(incident, until)
    while (due := desk.next_due()) is not None and due <= until:
        clock.set(due)
        desk.tick()
    happened = sorted(desk.history(incident), key=lambda entry: entry.sequence)

    assert foreseen
    assert told(foreseen) == told(tuple(happened[incident.version :]))
    assert () == desk.forecast(incident, until)


def test_one_late_tick_gives_the_same_facts(build: Build, clock: ManualClock) -> None:
    """After weeks of silence the same facts, with the same instants, as a tick an hour."""
    often, late = build(), build()
    report = {"by": "ana", "impact": "high", "urgency": "high"}
    one, two = often.report("One", **report), late.tenant("t").report("Two", **report)
    for _ in range(24 * 14):
        clock.advance(hours=1)
        often.tenant("default").tick()
    late.tick()
    facts = [
        [(entry.kind, entry.at, entry.due) for entry in history if entry.due]
        for history in (often.history(one), late.tenant("t").history(two))
    ]

    kinds = [kind for kind, _, _ in facts[0]]
    assert (6, 2) == (kinds.count("clock_warned"), kinds.count("clock_breached"))
    assert "review_overdue" == kinds[-1]
    assert facts[0] == facts[1]


class Broken(MemoryStore):
    """A store that loses one incident's snapshot, or fails altogether."""

    broken = ""

    def load(self, lookup: Lookup) -> Stored | None:
        """Load, or fail."""
        stored = super().load(lookup)
        if self.broken == "all":
            raise StoreError("load", "the disk is gone")
        if stored is not None and stored.subject.id == self.broken:
            return evolve(stored, snapshot=b"{}")
        return stored


def test_what_fails_holds_nobody_up(build: Build, clock: ManualClock) -> None:
    """It is named with its reason, and tried again later, each time after a longer wait."""
    store = Broken()
    desk = build(store)
    bad, good = desk.report("Bad", hold(1), by="ana"), desk.report("Good", hold(2), by="ana")
    store.broken = bad.id
    clock.advance(hours=3)
    first = desk.tick()
    tries = []
    for minute in range(6):
        clock.advance(minutes=1)
        if desk.tick().failed:
            tries.append(minute)
    store.broken = ""
    clock.advance(hours=1)

    assert [good.id] == [one.id for one in first.incidents]
    assert [bad.id] == [name for name, _ in first.failed]
    assert "the snapshot of" in str(first.failed[0][1])
    assert [0, 1, 3] == tries
    assert ["new"] == [one.state for one in desk.tick().incidents]


def test_a_guard_that_breaks_holds_nobody_up(build: Build, clock: ManualClock) -> None:
    """A fault in a host's own code is the fault of its incidents alone."""

    def faulty(case: Case) -> None:
        if case.incident.title == "Bad":
            raise ZeroDivisionError

    steps = [
        evolve(step, guards=(*step.guards, faulty)) if step.trigger == "resume" else step
        for step in ITIL.steps
    ]
    desk = build(lifecycle=evolve(ITIL, steps=tuple(steps)))
    bad, good = desk.report("Bad", hold(1), by="ana"), desk.report("Good", hold(1), by="ana")
    clock.advance(hours=3)
    ticked = desk.tick()

    assert [good.id] == [one.id for one in ticked.incidents]
    assert [(bad.id, LifecycleError)] == [(name, type(why)) for name, why in ticked.failed]


def test_a_broken_store_stops_the_tick(build: Build, clock: ManualClock) -> None:
    """Nobody is marked as failed for a disk that is gone."""
    store = Broken()
    desk = build(store)
    desk.report("Mail is down", hold(1), by="ana")
    store.broken = "all"
    clock.advance(hours=3)
    with pytest.raises(StoreError, match="the disk is gone; nothing was changed"):
        desk.tick()


def test_what_is_refused_is_looked_at_again(build: Build, clock: ManualClock) -> None:
    """An act that is refused is postponed, and later done as what was due at first (rule K18)."""
    approval = FieldRule("approved", "flag", required_at=("resume",))
    desk = build(policy=Policy(fields=(approval,), retry_act=timedelta(minutes=30)))
    incident = desk.report("Mail is down", hold(1), by="ana")
    clock.set(MONDAY + HOUR)
    desk.tick()
    postponed = desk.history(incident)[-1]
    due = desk.next_due()
    desk.apply(incident, SetFields(by="ana", fields={"approved": True}))
    clock.advance(minutes=30)
    desk.tick()
    resumed = desk.history(incident)[-1]

    assert ("act_postponed", MONDAY + HOUR) == (postponed.kind, postponed.due)
    assert MONDAY + timedelta(minutes=90) == due
    assert ("resumed", MONDAY + HOUR) == (resumed.kind, resumed.due)


class Counting(MemoryStore):
    """A store that counts what is asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.loads = 0
        self.commits: list[int] = []

    def load(self, lookup: Lookup) -> Stored | None:
        """Count, and load."""
        self.loads += 1
        return super().load(lookup)

    def commit(self, writes: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - writes
        """Count, and commit."""
        self.commits.append(len(writes))
        return super().commit(writes)


def test_a_tick_costs_what_is_due_and_not_what_is_open(clock: ManualClock) -> None:
    """Of many open incidents only those that are due are touched."""
    store = Counting()
    desk = IncidentDesk(store, clock=clock)
    with desk.batch() as batch:
        for number in range(50):
            batch.report(f"{number}", *([hold(1)] if number == 7 else []), by="ana")
    store.loads, store.commits = 0, []
    clock.advance(hours=2)
    desk.tick()

    assert (2, [1, 1]) == (store.loads, store.commits), "the incident, and the heartbeat"


def test_each_commit_knows_what_is_due_next(desk: IncidentDesk, store: Store) -> None:
    """The due instant beside the snapshot is that of the agenda, or none (rule K18)."""
    incident = desk.report("Mail is down", hold(3), by="ana")
    query = Query(tenant="default")
    before = store.find(query)[0].due_at
    desk.apply(incident, Resume(by="ana"))

    assert (MONDAY + 3 * HOUR).timestamp() * 1_000_000 == before
    assert None is store.find(query)[0].due_at
