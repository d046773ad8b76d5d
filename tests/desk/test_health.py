"""Invariant: health names what is late, unsent and failing, and nothing else (rule D8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from incidentflow import ITIL, Hold, IncidentDesk, Lifecycle, Policy
from incidentflow.errors import InvalidInput
from incidentflow.incident import Case
from incidentflow.notifiers import LoggingNotifier, callback
from incidentflow.policy import Audience
from incidentflow.policy.communication import Subscription
from incidentflow.ports import INCIDENT, KINDS, WORKER, Order, Query, Store
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.usecases.health import RARELY
from incidentflow.words import MICROSECOND

Build = Callable[..., Any]
HOUR = timedelta(hours=1)
TOLD = Policy(subscriptions=(Subscription(Audience.TEAM, ("reported",), "mail"),))


def held(until: timedelta) -> Hold:
    """Hold until some time after Monday morning."""
    return Hold(by="ana", reason="scheduled", until=MONDAY + until)


def test_a_fresh_desk_has_seen_no_worker(desk: IncidentDesk) -> None:
    """And nothing is late."""
    health = desk.health()

    assert (None, None, None, ()) == (
        health.last_tick,
        health.oldest_due,
        health.oldest_unsent,
        health.failing,
    )
    assert str(health).startswith("last tick: never\noldest due: nothing is overdue\n")


def test_a_tick_leaves_a_heartbeat(desk: IncidentDesk, clock: ManualClock, store: Store) -> None:
    """Of the worker, for all tenants; a moment later it is as good as new."""
    desk.tick()
    first = desk.tenant("acme").health().last_tick
    clock.advance(seconds=2)
    desk.tick()
    second = desk.health().last_tick
    clock.advance(seconds=3)
    desk.tick()
    third = desk.health().last_tick

    assert (MONDAY, MONDAY, MONDAY + RARELY * MICROSECOND) == (first, second, third)
    assert 1 == len(store.find(Query(tenant="*", kind=WORKER)))
    assert WORKER not in KINDS


def test_two_workers_leave_one_heartbeat(
    build: Build, meddle: Build, store: Store, clock: ManualClock
) -> None:
    """Whoever is second at the first one loses nothing."""
    other = IncidentDesk(store, clock=clock)
    build(meddle(other.tick)).tick()

    assert MONDAY == other.health().last_tick


def test_what_is_overdue_is_named_since_when(desk: IncidentDesk, clock: ManualClock) -> None:
    """What lies ahead is not, nor another tenant's."""
    desk.report("Mail is down", held(3 * HOUR), by="ana")
    desk.report("Printer", held(2 * HOUR), by="ana")
    desk.tenant("acme").report("Door", held(HOUR), by="ana")
    clock.advance(hours=2)
    one = desk.health().oldest_due
    clock.advance(hours=5)
    desk.tick()

    assert MONDAY + 2 * HOUR == one
    assert desk.health().oldest_due is None


def test_every_overdue_incident_is_looked_at(desk: IncidentDesk, clock: ManualClock) -> None:
    """However many there are, and nothing beside them."""
    for number in range(103):
        desk.report("Mail is down", held(HOUR + timedelta(seconds=number)), by="ana")
    clock.advance(hours=2)

    assert MONDAY + HOUR == desk.health().oldest_due


def test_what_cannot_be_ticked_is_failing(build: Build, clock: ManualClock, store: Store) -> None:
    """Once it was looked at twice without success."""

    def broken(case: Case) -> None:
        raise ZeroDivisionError(case.incident.id)

    good = build(store)
    bad = good.report("Mail is down", held(HOUR), by="ana")
    steps = tuple(
        evolve(step, guards=(broken, *step.guards)) if step.trigger == "resume" else step
        for step in ITIL.steps
    )
    ours = Lifecycle("broken", ITIL.states, steps)
    desk = build(store, lifecycle=ours)
    clock.advance(hours=2)
    desk.tick()
    once = desk.health().failing
    clock.advance(hours=2)
    desk.tick()
    twice = desk.health()

    assert () == once
    assert [(bad.number, MONDAY + HOUR, 2)] == [
        (one.incident, one.due_at, one.looks) for one in twice.failing
    ]
    assert f"failing: {bad.number}, looked at 2 times" in str(twice)
    clock.advance(hours=2)
    good.tick()
    assert () == desk.health().failing


def test_the_oldest_unsent_message_is_named(build: Build, clock: ManualClock) -> None:
    """Since when it was owed, whatever was tried meanwhile."""
    answers = [ConnectionError("down")] * 3

    def send(_: object) -> None:
        if answers:
            raise answers.pop()

    desk = build(policy=TOLD, notifiers=[callback("mail", send)])
    desk.report("Mail is down", by="ana")
    clock.advance(minutes=1)
    desk.report("Printer", by="ana", team="net")
    clock.advance(minutes=1)
    desk.report("Door", by="ana", team="net")
    before = desk.health().oldest_unsent
    desk.deliver()
    tried = desk.health().oldest_unsent
    clock.advance(hours=1)
    desk.deliver()
    clock.advance(hours=1)
    desk.deliver()

    assert MONDAY + timedelta(minutes=1) == before == tried
    assert desk.health().oldest_unsent is None


def test_channels_without_a_notifier_are_named(build: Build) -> None:
    """Nobody hears what is sent there from here."""
    desk, mute = build(policy=TOLD, notifiers=[LoggingNotifier("page")]), build(policy=TOLD)
    carried = build(policy=TOLD, notifiers=[LoggingNotifier("mail")])

    assert (("mail",), ("mail",), ()) == (
        desk.health().silent,
        mute.health().silent,
        carried.health().silent,
    )
    assert "no notifier here: mail" in str(desk.health())


def test_health_is_the_hosts(desk: IncidentDesk) -> None:
    """A viewer has no business with what they may not see."""
    with pytest.raises(InvalidInput, match="health serves everybody"):
        desk.seen_by("bo").health()
    with pytest.raises(InvalidInput, match="is not in the set; known: due, newest"):
        desk.find(order="owing")


class Settles(MemoryStore):
    """A store in which what is owed is settled just before it is looked at."""

    def find(self, query: Query) -> Any:  # noqa: ANN401 - rows
        """Find who owes; then let another worker be quick."""
        found = super().find(query)
        if query.order is Order.OWING:
            self.quick()
        return found

    def quick(self) -> None:
        """Do nothing unless told otherwise."""


def test_what_is_settled_meanwhile_is_not_late() -> None:
    """Another worker may be quicker than the question."""
    store = Settles()
    desk = IncidentDesk(store, policy=TOLD, notifiers=[LoggingNotifier("mail")])
    desk.report("Mail is down", by="ana", team="net")
    store.quick = desk.deliver  # type: ignore[method-assign]  # that is the other worker

    assert desk.health().oldest_unsent is None
    assert INCIDENT in KINDS
