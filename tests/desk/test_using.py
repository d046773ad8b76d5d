"""Invariant: in a host's transaction nothing is ended, changed or left that is not the host's."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import Acknowledge, AsyncIncidentDesk, Hold, IncidentDesk, Note, Relapse, Resolve
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    KeyReused,
    MissingCapability,
    StaleIncident,
    StoreError,
    TransitionRefused,
)
from incidentflow.ports import Store
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.words import micros

Build = Callable[..., Any]
NOTE = Note(by="ana", text="hello")
LATE = "INSERT INTO purchase (status) VALUES ('late')"
SETTINGS = (
    *("foreign_keys", "synchronous", "journal_mode", "busy_timeout", "recursive_triggers"),
    *("user_version", "application_id"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name the file that host and library share."""
    return tmp_path / "app.db"


@pytest.fixture(params=["own", "shared"])
def store(request: pytest.FixtureRequest, path: Path) -> Iterator[Store]:
    """Give a store in a file of its own, and in one of the host."""
    if request.param == "shared":
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE purchase (status TEXT)")
            connection.execute("PRAGMA user_version = 7")
    with SQLiteStore(path, file=request.param, busy_timeout=timedelta(milliseconds=20)) as kept:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS purchase (status TEXT)")
        yield kept


@pytest.fixture
def host(path: Path, store: Store) -> Iterator[sqlite3.Connection]:
    """Give the host's connection, as sqlite3 opens it by default."""
    assert store.name
    with closing(sqlite3.connect(path, timeout=0.02)) as connection:
        yield connection


def purchases(connection: sqlite3.Connection) -> int:
    """Count what the host has written."""
    [(count,)] = connection.execute("SELECT count(*) FROM purchase")
    return int(count)


def test_the_host_commits_both_or_neither(
    desk: IncidentDesk, other: IncidentDesk, host: sqlite3.Connection
) -> None:
    """Others see nothing before; what is rolled back leaves nothing, not even a number."""
    with pytest.raises(ZeroDivisionError), host:  # noqa: PT012 - the block is it
        host.execute(LATE)
        given = desk.using(host).report("Mail is down", by="ana", key="k")
        seen = len(other.find()), len(desk.using(host).find())
        raise ZeroDivisionError
    left = len(other.find()), purchases(host)
    with host:
        again = desk.using(host).report("Printer", by="ana", key="k")
        host.execute(LATE)

    assert ((0, 1), (0, 0)) == (seen, left)
    assert "INC-0000001" == given.number == again.number
    assert [again] == list(other.find())
    assert 1 == purchases(host)
    assert desk.verify().holds


def test_a_change_begins_a_transaction_where_python_does(
    desk: IncidentDesk, host: sqlite3.Connection
) -> None:
    """As the host's own first statement would; reading does not."""
    view = desk.using(host)
    view.find()
    before = host.in_transaction
    incident = view.report("Mail is down", by="ana")
    during = host.in_transaction
    host.rollback()

    assert (False, True) == (before, during)
    assert 0 == len(desk.find())
    assert incident.number == desk.report("Mail is down", by="ana").number


def test_without_a_transaction_nothing_is_changed(
    desk: IncidentDesk, path: Path, store: Store
) -> None:
    """A connection that commits everything at once would commit for the host; reading is fine."""
    incident = desk.report("Mail is down", by="ana")
    assert store.name
    with closing(sqlite3.connect(path, isolation_level=None)) as host:
        view = desk.using(host)
        with pytest.raises(InvalidInput, match="has no transaction open; begin one first"):
            view.apply(incident, NOTE)
        found = view.get(incident)
        host.execute("BEGIN")
        view.apply(incident, NOTE)
        host.execute("COMMIT")

    assert (incident, 1) == (found, desk.get(incident).counts.notes)


def test_what_is_refused_takes_nothing_with_it(
    desk: IncidentDesk, host: sqlite3.Connection
) -> None:
    """What the host and the library did before it stands."""
    with host:
        view = desk.using(host)
        host.execute(LATE)
        incident = view.report("Mail is down", by="ana", key="k", number="T-1")
        with pytest.raises(TransitionRefused):
            view.apply(incident, NOTE, Relapse(by="ana"))
        with pytest.raises(KeyReused):
            view.report("Printer", by="ana", key="k")
        with pytest.raises(InvalidInput, match="taken by another incident"):
            view.report("Printer", by="ana", number="T-1")
        with pytest.raises(StaleIncident):
            view.apply(incident, NOTE, expect=9)
        host.execute(LATE)

    assert [incident] == list(desk.find())
    assert 2 == purchases(host)


def test_a_conflict_is_raised_and_not_tried_again(
    desk: IncidentDesk, other: IncidentDesk, path: Path, store: Store
) -> None:
    """Somebody else was faster between reading and writing: the host is told who."""
    assert store.name
    incident = desk.report("Mail is down", by="ana")
    begun = []

    def overtake(statement: str) -> None:
        if statement.startswith("BEGIN"):
            begun.append(other.apply(incident, Note(by="bo", text="me first")))

    with closing(sqlite3.connect(path, timeout=0.02)) as host:
        host.set_trace_callback(overtake)
        with pytest.raises(StaleIncident, match="changed by person:bo"):
            desk.using(host).apply(incident, NOTE)
        host.set_trace_callback(None)
        host.execute(LATE)
        host.commit()

        assert 1 == purchases(host)
    assert 1 == len(begun) == desk.get(incident).counts.notes


def test_a_transaction_that_was_overtaken_is_told_so(
    desk: IncidentDesk, other: IncidentDesk, path: Path, store: Store
) -> None:
    """One that began by reading cannot write after others have: the host begins it again."""
    assert store.name
    incident = desk.report("Mail is down", by="ana")
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0.02)) as host:
        host.execute("PRAGMA journal_mode = WAL")
        host.execute("BEGIN")
        view = desk.using(host)
        assert [incident] == list(view.find())
        other.apply(incident, Note(by="bo", text="me first"))
        with pytest.raises(CommitConflict, match="begin the transaction again") as caught:
            view.apply(incident, NOTE)
        host.execute("ROLLBACK")
        host.execute("BEGIN IMMEDIATE")
        view.apply(incident, NOTE)
        with pytest.raises(StoreError, match="SQLITE_BUSY: database is locked"):
            other.apply(incident, NOTE)
        host.execute("COMMIT")

    assert ("snapshot", incident.id) == (caught.value.what, caught.value.subject)
    assert 2 == desk.get(incident).counts.notes


def test_another_writer_is_waited_for_as_the_host_said(
    desk: IncidentDesk, other: IncidentDesk, host: sqlite3.Connection, path: Path
) -> None:
    """Its own busy timeout counts; then nothing is changed, and what it did before stands."""
    incident = desk.report("Mail is down", by="ana")
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="SQLITE_BUSY") as caught:
            desk.using(host).apply(incident, NOTE)
        writer.execute("ROLLBACK")
        host.rollback()

    assert "not_applied" == caught.value.outcome
    assert [incident] == list(other.find())


def test_no_setting_of_the_host_is_changed(desk: IncidentDesk, host: sqlite3.Connection) -> None:
    """Nor does the library depend on any: rows may be anything, checks may be off."""

    def settings() -> list[object]:
        return [
            host.row_factory,
            host.text_factory,
            host.isolation_level,
            *(tuple(host.execute(f"PRAGMA {name}").fetchone()) for name in SETTINGS),
        ]

    host.row_factory = sqlite3.Row
    before = settings()
    watched = []
    host.set_trace_callback(lambda _: watched.append(host.row_factory))
    with host:
        incident = desk.using(host).report("Mail is down", by="ana", dedup_key="mail")
        desk.using(host).apply(incident, Acknowledge(by="ana"))
        assert desk.using(host).verify().holds
    host.set_trace_callback(None)

    assert before == settings()
    assert {sqlite3.Row} == set(watched)


def test_a_batch_inside_is_one_savepoint(desk: IncidentDesk, host: sqlite3.Connection) -> None:
    """Left by an error it leaves nothing, and the host's transaction goes on."""
    with host:
        view = desk.using(host)
        host.execute(LATE)
        with view.batch() as batch:
            incident = batch.report("Mail is down", by="ana")
            batch.apply(incident, NOTE)
            before = len(view.find())
        with pytest.raises(ZeroDivisionError), view.batch() as batch:  # noqa: PT012
            batch.apply(incident, NOTE)
            raise ZeroDivisionError
        with pytest.raises(CommitConflict), view.batch() as batch:  # noqa: PT012
            batch.apply(incident, NOTE)
            view.apply(incident, NOTE)

    assert (0, 2) == (before, desk.get(incident).counts.notes)
    assert 1 == purchases(host)


def test_a_batch_joins_nothing(desk: IncidentDesk, host: sqlite3.Connection) -> None:
    """What it keeps back belongs to a transaction of its own."""
    with desk.batch() as batch, pytest.raises(InvalidInput) as caught:
        batch.using(host)

    assert "connection" == caught.value.field
    assert r"open it inside: desk.using(...).batch()" in str(caught.value)


def test_a_view_may_be_narrowed_or_widened(desk: IncidentDesk, host: sqlite3.Connection) -> None:
    """To a tenant, to another connection, or again to the same."""
    with host:
        acme = desk.tenant("acme").using(host)
        one = acme.report("Mail is down", by="ana")
        two = desk.using(host).tenant("acme").using(host).apply(one, NOTE)

    assert two == desk.tenant("acme").get(one)
    assert 0 == len(desk.find())


def test_time_may_pass_but_nothing_is_taken_out(
    desk: IncidentDesk, host: sqlite3.Connection, clock: ManualClock, store: Store
) -> None:
    """What a tick does can be rolled back; what is sent cannot."""
    hold = Hold(by="ana", reason="scheduled", until=MONDAY + timedelta(hours=1))
    incident = desk.report("Mail is down", hold, by="ana")
    clock.advance(hours=2)
    with host:
        ticked = desk.using(host).tick()
        host.rollback()
    assert isinstance(store, SQLiteStore)
    with host, pytest.raises(InvalidInput, match="before its transaction is committed"):
        store.join(host).claim(micros(clock.now()), 1, 1, "t")
    with host, pytest.raises(InvalidInput, match="before its transaction is committed"):
        desk.using(host).deliver()

    assert ["new"] == [one.state for one in ticked.incidents]
    assert incident == desk.get(incident)
    assert "new" == desk.tick().incidents[0].state


def test_what_is_owed_is_seen_inside(desk: IncidentDesk, host: sqlite3.Connection) -> None:
    """Looking leaves the host's transaction as it was."""
    view = desk.using(host)
    incident = view.report("Mail is down", by="ana", team="net")
    unsent = view.health().oldest_unsent

    assert incident.updated_at == unsent
    assert host.in_transaction
    host.rollback()
    assert desk.health().oldest_unsent is None


def test_the_desk_itself_goes_on_beside_it(desk: IncidentDesk, host: sqlite3.Connection) -> None:
    """A view that is closed closes nothing: neither the desk nor the connection."""
    with host:
        view = desk.using(host)
        incident = view.report("Mail is down", by="ana")
        view.close()
        view.apply(incident, Resolve(by="ana", code="fixed", note="restarted"))

    assert "resolved" == desk.get(incident).state
    assert "sqlite" in desk.using(host).describe().store


def test_a_block_of_a_view_ends_nothing(path: Path) -> None:
    """On either desk: its connections are closed with the desk itself."""

    class Counted(SQLiteStore):
        closed = 0

        def close(self) -> None:
            """Count, and close."""
            self.closed += 1
            super().close()

    kept, counts = Counted(path), []
    host = sqlite3.connect(path)

    async def use() -> None:
        async with AsyncIncidentDesk(kept) as desk:
            with host:
                async with desk.using(host) as view:
                    await view.report("Printer", by="ana")
            counts.append((len(await desk.find()), kept.closed))

    with IncidentDesk(kept) as desk:
        with host, desk.using(host) as view:
            view.report("Mail is down", by="ana")
        counts.append((len(desk.find()), kept.closed))
    asyncio.run(use())
    host.close()

    assert [(1, 0), (2, 1)] == counts
    assert 2 == kept.closed


@pytest.mark.parametrize("desk", [IncidentDesk, AsyncIncidentDesk])
def test_a_store_that_cannot_join_is_named(desk: type[IncidentDesk], tmp_path: Path) -> None:
    """With what it lacks, and one that would do; declaring alone is not enough."""

    class Boasting(MemoryStore):
        capabilities = frozenset({"joins_host"})

    with closing(sqlite3.connect(tmp_path / "app.db")) as host:
        for store in (MemoryStore(), Boasting()):
            with pytest.raises(MissingCapability, match="such as 'sqlite:///") as caught:
                desk(store).using(host)

            assert ("joins_host", "memory:") == (caught.value.capability, caught.value.store)


def test_an_async_store_may_join_too(host: sqlite3.Connection, path: Path) -> None:
    """What it answers for a connection is awaited as the store itself is."""

    class Native:
        name, capabilities = "native", frozenset({"joins_host"})

        async def load(self, lookup: object) -> None:
            """Find nothing."""

        def join(self, connection: object) -> Native:
            """Join anything."""
            assert host is connection
            return self

    async def use() -> None:
        desk = AsyncIncidentDesk(Native())  # type: ignore[arg-type]  # no more of it is called
        with pytest.raises(LookupError):
            await desk.using(host).get("INC-0000001")

    assert path.exists()
    asyncio.run(use())
