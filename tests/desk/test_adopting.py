"""Invariant: nothing is decided under a lifecycle or policy that the desk's journal lacks (J6)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import ITIL, Acknowledge, IncidentDesk, Note, Policy, Resolve, State, Step
from incidentflow.charter import Adopted, Charter, enact
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    TransitionRefused,
    UnreadableJournal,
)
from incidentflow.events import Entry, LifecycleAdopted, Noted, PolicyAdopted
from incidentflow.incident import Incident, apply
from incidentflow.ports import By, Line, Lookup, Store, Stored, Subject, Write
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.words import SYSTEM

Build = Callable[..., Any]
DESK = Subject("default", "desk", "desk")
STRICT = Policy(auto_close=timedelta(days=2))
OURS = ITIL.extend(
    State("contained", "open"),
    Step("contain", "in_progress", "contained"),
    Step("resolve", "contained", "resolved"),
    name="ours",
)


class Counting(MemoryStore):
    """A store that tells what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.writes: list[tuple[str, ...]] = []

    def load(self, lookup: Lookup) -> Stored | None:
        """Tell, then load."""
        self.calls.append(lookup.kind)
        return super().load(lookup)

    def commit(self, writes: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - as the store's own
        """Tell, then commit."""
        self.writes.append(tuple(write.subject.kind for write in writes))
        return super().commit(writes)


def told(desk: IncidentDesk) -> list[tuple[str, str, str]]:
    """Say what a desk's journal holds."""
    return [
        (one.event.reference, str(one.by), one.event.reason)  # type: ignore[attr-defined]
        for one in desk.adoptions()
    ]


def test_the_first_commit_adopts_what_the_desk_works_by(
    desk: IncidentDesk, store: Store, clock: ManualClock
) -> None:
    """As the system, in the same transaction, at the same instant; and never again."""
    clock.advance(hours=1)
    assert () == desk.adoptions() == desk.describe().adopted
    incident = desk.report("Mail is down", by="ana")
    desk.apply(incident, Note(by="ana", text="hm"))
    lifecycle, policy = desk.adoptions()

    assert [
        (ITIL.reference, "system:incidentflow", "first used here"),
        (Policy().reference, "system:incidentflow", "first used here"),
    ] == told(desk)
    assert (LifecycleAdopted, PolicyAdopted) == (type(lifecycle.event), type(policy.event))
    assert (ITIL.definition, Policy().definition) == (
        lifecycle.event.definition,  # type: ignore[attr-defined]
        policy.event.definition,  # type: ignore[attr-defined]
    )
    assert {clock.now()} == {lifecycle.at, lifecycle.recorded_at, policy.at, policy.recorded_at}
    assert 2 == len(store.history(DESK))
    assert desk.verify().holds


def test_a_refused_command_adopts_nothing(desk: IncidentDesk) -> None:
    """What changes nothing changes nothing here either (rule L5)."""
    with pytest.raises(TransitionRefused):
        desk.report("Mail is down", Acknowledge(by="monitor:probe"), by="ana")

    assert () == desk.adoptions()


def test_another_policy_is_adopted_with_what_differs(build: Build, desk: IncidentDesk) -> None:
    """The first commit of a desk that works by another one says so; the lifecycle stands."""
    incident = desk.report("Mail is down", by="ana")
    strict = build(policy=STRICT, lifecycle=OURS)
    strict.get(incident)
    assert 2 == len(desk.adoptions())
    strict.apply(incident, Note(by="ana", text="hm"))
    *_, lifecycle, policy = desk.adoptions()

    assert [OURS.reference, STRICT.reference] == [one[0] for one in told(desk)[2:]]
    assert ("auto_close: 5d -> 2d",) == policy.event.differs.changed  # type: ignore[attr-defined]
    assert 'states.contained: category open; label ""; marks none' in lifecycle.event.differs.added  # type: ignore[attr-defined]
    assert desk.verify().holds


def test_a_policy_that_comes_back_is_adopted_again(build: Build, desk: IncidentDesk) -> None:
    """The journal tells which was at work when; the lifecycle that stayed is not told again."""
    incident = desk.report("Mail is down", by="ana")
    build(policy=STRICT).apply(incident, Note(by="ana", text="hm"))
    build().apply(incident, Note(by="ana", text="hm"))

    assert [ITIL.reference, *(one.reference for one in (Policy(), STRICT, Policy()))] == [
        one[0] for one in told(desk)
    ]
    assert ["first used here"] * 3 + ["used again"] == [one[2] for one in told(desk)]


def test_adopting_by_name_goes_before_the_first_use(
    build: Build, desk: IncidentDesk, clock: ManualClock
) -> None:
    """Who and why stand in the journal; what is adopted already is not adopted again."""
    desk.report("Mail is down", by="ana")
    clock.advance(days=1)
    strict = build(policy=STRICT)
    added = strict.adopt(by="service:deploy", reason="change 4711")
    strict.report("Printer", by="ana")

    assert [(STRICT.reference, "service:deploy", "change 4711")] == told(desk)[2:]
    assert desk.adoptions()[2:] == added
    assert () == strict.adopt(by="ana", reason="once more")
    assert 3 == len(desk.adoptions())
    assert [
        (ITIL.reference, MONDAY, SYSTEM, "first used here"),
        (STRICT.reference, clock.now(), added[0].by, "change 4711"),
    ] == [(one.reference, one.since, one.by, one.reason) for one in strict.describe().adopted]
    assert strict.describe().policy == STRICT.reference
    assert f"{STRICT.reference} adopted: change 4711" in str(added[0])


@pytest.mark.parametrize(("by", "reason"), [("system:x", "why"), ("", "why"), ("ana", " ")])
def test_adopting_takes_an_actor_and_a_reason(desk: IncidentDesk, by: str, reason: str) -> None:
    """Nobody acts as the system, and nobody acts without saying why."""
    with pytest.raises(InvalidInput):
        desk.adopt(by=by, reason=reason)

    assert () == desk.adoptions()


def test_only_the_host_adopts(desk: IncidentDesk) -> None:
    """Not a view for somebody; what they do under another policy is journaled all the same."""
    mine = desk.seen_by("ana")
    with pytest.raises(InvalidInput, match="adopt serves everybody"):
        mine.adopt(by="ana", reason="why not")
    mine.report("Mail is down")

    assert 2 == len(desk.adoptions())
    with pytest.raises(InvalidInput, match="adoptions serves everybody"):
        mine.adoptions()


def test_each_tenant_has_a_desk_of_its_own(desk: IncidentDesk) -> None:
    """Also one that a worker's tick serves (rule T1)."""
    desk.report("Mail is down", by="ana")
    acme = desk.tenant("acme")

    assert () == acme.adoptions()
    acme.report("Printer", by="ana")
    assert 2 == len(acme.adoptions()) == len(desk.adoptions())
    assert (1, 1) == (acme.verify().desks, desk.verify().desks)


def test_a_tick_adopts_what_it_decides_by(
    build: Build, desk: IncidentDesk, clock: ManualClock
) -> None:
    """A worker with another policy than the desk's own leaves its mark, where it changes things."""
    acme = desk.tenant("acme")
    acme.report("Mail is down", Resolve(by="ana", code="fixed", note="done"), by="ana")
    worker = build(policy=STRICT)
    worker.tick()
    assert 2 == len(acme.adoptions())
    clock.advance(days=6)
    worker.tick()

    assert STRICT.reference == told(acme)[-1][0]
    assert () == desk.adoptions()


def test_looking_costs_one_load_for_each_desk_and_tenant() -> None:
    """And no command after the first costs anything for it."""
    store = Counting()
    for expected in (1, 2):
        desk = IncidentDesk(store)
        incident = desk.report("Mail is down", by="ana")
        for _ in range(5):
            desk.apply(incident, Note(by="ana", text="hm"))
        with desk.batch() as batch:
            batch.apply(incident, Note(by="ana", text="hm"))
        assert expected == store.calls.count("desk")
    desk.tenant("acme").report("Printer", by="ana")
    desk.tenant("acme").report("Printer", by="ana")

    assert 3 == store.calls.count("desk")
    assert [("desk", "incident")] * 2 == [one for one in store.writes if "desk" in one]


def test_a_batch_that_is_given_up_adopts_nothing(desk: IncidentDesk) -> None:
    """Its adoption went with it; the next commit adopts instead."""
    with suppress(ZeroDivisionError), desk.batch() as batch:
        batch.report("Mail is down", by="ana")
        assert 2 == len(batch.adoptions())
        raise ZeroDivisionError
    assert () == desk.adoptions()
    desk.report("Mail is down", by="ana")

    assert 2 == len(desk.adoptions())


def test_a_batch_adopts_for_its_desk(desk: IncidentDesk) -> None:
    """In its one transaction; and what was only used may be chosen, once."""
    with desk.batch() as batch:
        batch.report("Mail is down", by="ana")
        batch.adopt(by="ana", reason="as it is used")
        batch.adopt(by="ana", reason="again")
        batch.report("Printer", by="ana")
    desk.report("Disk", by="ana")
    told = [(str(each.by), each.kind, each.event.reason) for each in desk.adoptions()]

    assert [
        ("system:incidentflow", "lifecycle_adopted", "first used here"),
        ("system:incidentflow", "policy_adopted", "first used here"),
        ("ana", "policy_adopted", "as it is used"),
    ] == told
    assert desk.verify().holds


def test_whoever_loses_a_race_adopts_after_the_winner(
    build: Build, meddle: Callable[..., Any], other: IncidentDesk
) -> None:
    """Both are journaled, each once, and the difference is that from the winner's."""
    loser = build(meddle(lambda: other.report("Printer", by="bo")), policy=STRICT)
    loser.report("Mail is down", by="ana")

    assert [ITIL.reference, Policy().reference, STRICT.reference] == [one[0] for one in told(other)]
    changed = other.adoptions()[-1].event.differs.changed  # type: ignore[attr-defined]
    assert ("auto_close: 5d -> 2d",) == changed
    assert other.verify().holds


def test_adopting_is_tried_again_and_then_given_up(
    build: Build, meddle: Callable[..., Any], store: Store
) -> None:
    """Others may adopt in between; nobody adopts for ever."""
    rivals = [
        lambda days=days: IncidentDesk(store, policy=Policy(auto_close=timedelta(days=days))).adopt(
            by="bo", reason="race"
        )
        for days in range(10, 19)
    ]
    once = build(meddle(rivals[0])).adopt(by="ana", reason="mine")
    with pytest.raises(CommitConflict):
        build(meddle(*rivals[1:]), policy=STRICT).adopt(by="ana", reason="mine")

    assert [Policy().reference] == [one.event.reference for one in once]
    assert STRICT.reference not in [one[0] for one in told(build())]


def test_a_charter_that_cannot_be_read_is_an_error(build: Build, store: Store) -> None:
    """A newer release continued the desk; nothing is decided over its head."""
    write = Write(
        subject=DESK,
        expected=0,
        version=1,
        snapshot=b'{"tenant":"default","dreams":1}',
        head="",
        lines=(Line(1, "{}", "{}", ""),),
    )
    store.commit((write,))
    desk = build()
    with pytest.raises(UnreadableJournal, match="the snapshot of desk"):
        desk.report("Mail is down", by="ana")
    with pytest.raises(UnreadableJournal):
        desk.adoptions()

    assert ["desk"] == [broken.subject for broken in desk.verify().broken]


def test_a_forged_adoption_is_found(tmp_path: Path) -> None:
    """Whoever rewrites by what was decided, and why, is found out (rule J7)."""
    path = tmp_path / "incidents.db"
    with IncidentDesk(f"sqlite:///{path}") as desk:
        desk.report("Mail is down", by="ana")
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE incidentflow_subject SET snapshot = "
            "CAST(replace(snapshot, 'P5', 'P4') AS BLOB) WHERE kind = 'desk'"
        )
    connection.close()
    with IncidentDesk(f"sqlite:///{path}") as desk:
        (broken,) = desk.verify().broken

    assert ("desk", 0, "the snapshot is not the fold of the journal") == (
        broken.subject,
        broken.sequence,
        broken.problem,
    )


def test_what_a_host_takes_back_was_never_adopted(tmp_path: Path) -> None:
    """Inside its transactions every commit looks, until one outside has (rule J9)."""
    store = SQLiteStore(tmp_path / "incidents.db")
    desk = IncidentDesk(store)
    connection = sqlite3.connect(tmp_path / "incidents.db", isolation_level=None)
    for end in ("ROLLBACK", "COMMIT"):
        connection.execute("BEGIN IMMEDIATE")
        joined = desk.using(connection)
        joined.report("Mail is down", by="ana")
        joined.report("Printer", by="ana")
        assert 2 == len(joined.adoptions())
        connection.execute(end)
        assert len(desk.adoptions()) == 2 * (end == "COMMIT")
    connection.close()

    assert (2, True) == (len(desk.find()), desk.verify().holds)
    store.close()


def test_entries_belong_to_their_kind_of_subject() -> None:
    """None of the one is ever folded into the other."""
    note = Entry(1, MONDAY, MONDAY, SYSTEM, Noted("hm"))
    adopted = Entry(1, MONDAY, MONDAY, SYSTEM, PolicyAdopted("policy@1", ("a: 1",), reason="why"))

    with pytest.raises(TypeError, match="noted happens to no desk"):
        enact(Charter(tenant="default"), (note,))
    with pytest.raises(TypeError, match="policy_adopted happens to no incident"):
        apply(Incident(tenant="default", id="1"), adopted)
    assert Charter(
        tenant="default",
        version=1,
        updated_at=MONDAY,
        policy=Adopted("policy@1", ("a: 1",), MONDAY, SYSTEM, "why"),
    ) == enact(Charter(tenant="default"), (adopted,))


def test_the_reason_of_an_adoption_can_be_erased(desk: IncidentDesk, store: Store) -> None:
    """It stands as a salted hash in what is hashed, as every text of people does (rule J2)."""
    desk.adopt(by="ana", reason="because ben said so")
    bodies = "".join(line.body for line in store.history(DESK))
    beside = "".join(line.personal for line in store.history(DESK))

    assert "ben" not in bodies
    assert '"ana"' not in bodies
    assert "because ben said so" in beside
    assert store.load(Lookup("default", By.ID, "desk", "desk")) is not None
    assert None is store.load(Lookup("default", By.ID, "desk"))
