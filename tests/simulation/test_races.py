"""Races, in every order in which they can happen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from incidentflow import (
    Acknowledge,
    AsyncIncidentDesk,
    Incident,
    IncidentDesk,
    Merge,
    Note,
    Policy,
    Report,
    Resolve,
)
from incidentflow.desk.parts import Parts, make_plugins, make_setup
from incidentflow.errors import IncidentflowError, KeyReused, StaleIncident, TransitionRefused
from incidentflow.events import PolicyAdopted
from incidentflow.ports import Settlement, Store
from incidentflow.stores.memory import MemoryStore
from incidentflow.stores.sqlite import SQLiteStore
from incidentflow.testing.clock import ManualClock, SeededEntropy
from incidentflow.testing.simulation import Race, SuspendingStore, interleavings
from incidentflow.usecases.ticking import tick_due

Open = Callable[[], Store]


@pytest.fixture(params=["memory", "sqlite"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Open an empty store, each time another one."""
    opened: list[SQLiteStore] = []

    def sqlite() -> SQLiteStore:
        for store in opened:
            store.close()
        opened[:] = [SQLiteStore(tmp_path / f"{next(names)}.db", synchronous="NORMAL")]
        return opened[0]

    names = iter(range(1_000_000))
    yield sqlite if request.param == "sqlite" else MemoryStore
    for store in opened:
        store.close()


def desks(store: Store) -> tuple[IncidentDesk, AsyncIncidentDesk]:
    """Build a desk to look with and one to race with, over one store."""
    entropy, clock = SeededEntropy(), ManualClock()
    racing = AsyncIncidentDesk(SuspendingStore(store), entropy=entropy, clock=clock)
    adopting = racing.adopt(by="ana", reason="so that nobody looks for it while racing")
    with suppress(StopIteration):
        while True:
            adopting.send(None)
    return IncidentDesk(store, entropy=entropy, clock=clock), racing


def state(answer: object) -> str:
    """Say what became of one racer: the state it reached, or the code of its error."""
    if isinstance(answer, IncidentflowError):
        return answer.code
    assert isinstance(answer, Incident)
    return answer.state


def test_two_incidents_are_never_merged_into_each_other(fresh: Open) -> None:
    """Of two merges A into B and B into A exactly one succeeds, in every order."""
    worlds: list[tuple[IncidentDesk, Incident, Incident]] = []

    def begin() -> Race:
        desk, racing = desks(fresh())
        a, b = desk.report("A", by="ana"), desk.report("B", by="ana")
        worlds.append((desk, a, b))
        return Race(
            (
                racing.apply(a, Merge(by="ana", into=b.id)),
                racing.apply(b, Merge(by="bob", into=a.id)),
            )
        )

    runs = 0
    for race in interleavings(begin):
        runs += 1
        desk, a, b = worlds[-1]

        assert sorted(map(state, race.answers)) == ["merged", "transition.refused"], race.order
        assert sorted((desk.get(a).state, desk.get(b).state)) == ["merged", "new"]
        assert desk.verify().holds
    assert runs >= 20


def test_one_key_has_one_effect(fresh: Open) -> None:
    """Two calls with the same key record one report, in every order."""
    worlds: list[IncidentDesk] = []

    def begin() -> Race:
        desk, racing = desks(fresh())
        worlds.append(desk)
        report = Report(by="ana", title="mail is down")
        return Race((racing.report(report, key="k"), racing.report(report, key="k")))

    for race in interleavings(begin):
        first, second = race.answers

        assert first == second, race.order
        assert len(worlds[-1].find()) == 1
        assert len(worlds[-1].history(worlds[-1].find().incidents[0])) == 1


def test_one_key_is_never_used_for_two_requests(fresh: Open) -> None:
    """Of two different reports with the same key exactly one is recorded, in every order."""
    worlds: list[IncidentDesk] = []

    def begin() -> Race:
        desk, racing = desks(fresh())
        worlds.append(desk)
        return Race(
            (
                racing.report("mail is down", by="ana", key="k"),
                racing.report("web is down", by="ana", key="k"),
            )
        )

    for race in interleavings(begin):
        refused = [answer for answer in race.answers if isinstance(answer, KeyReused)]

        assert len(refused) == 1, race.order
        assert len(worlds[-1].find()) == 1


def test_who_expects_a_version_never_overwrites(fresh: Open) -> None:
    """Of two commands that expect the same version exactly one wins; the loser learns of whom."""

    def begin() -> Race:
        desk, racing = desks(fresh())
        seen = desk.report("mail is down", by="ana")
        return Race(
            (
                racing.apply(seen, Acknowledge(by="ana"), expect=seen.version),
                racing.apply(seen, Note(by="bob", text="hm"), expect=seen.version),
            )
        )

    for race in interleavings(begin):
        stale = [answer for answer in race.answers if isinstance(answer, StaleIncident)]
        won = next(answer for answer in race.answers if isinstance(answer, Incident))

        assert len(stale) == 1, race.order
        assert stale[0].found == won.version
        assert stale[0].changed_by == ("person:ana" if won.acknowledged_by else "person:bob")


def test_without_expectation_both_are_decided_on_what_stands(fresh: Open) -> None:
    """Three commands at once all take effect, or are refused by the state they met."""
    worlds: list[tuple[IncidentDesk, Incident]] = []

    def begin() -> Race:
        desk, racing = desks(fresh())
        seen = desk.report("mail is down", by="ana")
        worlds.append((desk, seen))
        return Race(
            (
                racing.apply(seen, Acknowledge(by="ana")),
                racing.apply(seen, Resolve(by="bob", code="fixed", note="restarted")),
            )
        )

    for race in interleavings(begin):
        acknowledged, resolved = race.answers
        desk, seen = worlds[-1]

        assert state(resolved) == "resolved", race.order
        assert isinstance(acknowledged, Incident | TransitionRefused)
        assert desk.get(seen).state == "resolved"
        assert desk.verify().holds


def test_one_dedup_key_opens_one_incident(fresh: Open) -> None:
    """Two monitors that report the same thing at once open one incident between them."""
    worlds: list[IncidentDesk] = []

    def begin() -> Race:
        desk, racing = desks(fresh())
        worlds.append(desk)
        return Race(
            (
                racing.report("mail is down", by="monitor:a", dedup_key="mail"),
                racing.report("mail is down", by="monitor:b", dedup_key="mail"),
            )
        )

    for race in interleavings(begin):
        (found,) = worlds[-1].find()

        assert {answer.id for answer in race.answers if isinstance(answer, Incident)} == {found.id}
        assert found.counts.reports == 2, race.order


def test_a_tick_and_a_command_never_both_act(fresh: Open) -> None:
    """Closing by time and reopening by a person: whoever commits first wins."""

    def begin() -> Race:
        store = fresh()
        clock, entropy = ManualClock(), SeededEntropy()
        desk = IncidentDesk(store, entropy=entropy, clock=clock)
        parts: Parts = {"clock": clock, "entropy": entropy}
        suspending = SuspendingStore(store)
        racing = AsyncIncidentDesk(suspending, **parts)
        ticking = tick_due(make_setup(suspending, parts, make_plugins(parts)), 10)
        done = desk.report("mail", Resolve(by="ana", code="fixed", note="ok"), by="ana")
        clock.advance(days=6)
        race = Race((ticking, racing.apply(done, Note(by="ana", text="still down"))))
        checks.append((desk, done))
        return race

    checks: list[tuple[IncidentDesk, Incident]] = []
    for race in interleavings(begin):
        desk, done = checks[-1]

        assert desk.get(done).state == "closed", race.order
        assert desk.get(done).counts.notes == 1
        assert desk.verify().holds


def test_a_suspending_store_waits_and_then_does_what_the_store_does() -> None:
    """Each call takes one turn; what it answers is the store's answer."""
    store = MemoryStore()
    desk = IncidentDesk(store, clock=ManualClock(), entropy=SeededEntropy())
    desk.report("mail", by="ana", team="mail")
    suspending = SuspendingStore(store)
    settlement = Settlement("nothing", "t")
    race = Race((suspending.claim(0, 9, 1, "t"), suspending.settle("default", settlement)))
    race.run(())

    assert (store.name, store.capabilities) == (suspending.name, suspending.capabilities)
    assert [(), False] == race.answers
    assert (0, 0, 1, 1) == race.order


def test_two_desks_adopt_what_each_works_by_once(fresh: Open) -> None:
    """Whoever is first, both reports stand, and each policy is journaled once (rule J6)."""
    worlds: list[IncidentDesk] = []
    policies = (Policy(), Policy(reopen_closed=True))

    def begin() -> Race:
        store = fresh()
        entropy, clock = SeededEntropy(), ManualClock()
        worlds.append(IncidentDesk(store, entropy=entropy, clock=clock))
        racers = (
            AsyncIncidentDesk(SuspendingStore(store), policy=each, entropy=entropy, clock=clock)
            for each in policies
        )
        return Race(tuple(racer.report("mail is down", by="ana") for racer in racers))

    for race in interleavings(begin):
        desk = worlds[-1]
        adopted = [entry.event for entry in desk.adoptions()]

        assert ["new", "new"] == [state(answer) for answer in race.answers], race.order
        assert len(adopted) == 3
        assert {each.reference for each in policies} == {
            event.reference for event in adopted if isinstance(event, PolicyAdopted)
        }
        assert desk.verify().holds


def test_what_is_written_while_a_person_is_erased_is_whole_or_gone(fresh: Open) -> None:
    """In every order: the chain holds, and the text is erased or came after the erasure."""
    worlds: list[tuple[IncidentDesk, Incident]] = []

    def begin() -> Race:
        desk, racing = desks(fresh())
        incident = desk.report("Mail is down", by="zoe")
        worlds.append((desk, incident))
        return Race(
            (
                racing.erase("zoe", by="dpo", reason="request 17"),
                racing.apply(incident, Note(by="zoe", text="my phone is 555")),
            )
        )

    after = 0
    for race in interleavings(begin):
        desk, incident = worlds[-1]
        kinds = [entry.kind for entry in desk.history(incident)]
        last = kinds.index("erased")
        texts = [repr(entry.event) for entry in desk.history(incident)]

        assert desk.verify().holds, race.order
        assert sorted(kinds) == ["erased", "noted", "reported"]
        assert "Mail is down" not in "".join(texts[:last])
        assert ("555" in "".join(texts)) is (kinds.index("noted") > last)
        after += kinds.index("noted") > last
    assert 0 < after < len(worlds)
