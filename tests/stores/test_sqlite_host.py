"""On a host's connection: each that cannot be used is one clear error, and no fault leaves half."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from incidentflow.errors import CommitConflict, ForeignDatabase, InvalidInput, StoreError
from incidentflow.ports import Query
from incidentflow.stores import SQLiteStore
from incidentflow.testing.store_data import ACME, by_id, incident, lines, message, write


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "app.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Open a store with one incident, in a file that is shared with a host."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE purchase (status TEXT)")
    with SQLiteStore(path, file="shared") as store:
        store.commit([write("a")])
        yield store


@pytest.fixture
def host(path: Path, store: SQLiteStore) -> Iterator[sqlite3.Connection]:
    """Give the host's connection, in a transaction that has written something."""
    assert store.name
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO purchase VALUES ('late')")
        yield connection


def refusal(store: SQLiteStore, connection: object) -> str:
    """Return why a connection cannot be used."""
    with pytest.raises(InvalidInput) as caught:
        store.join(connection)

    assert "connection" == caught.value.field
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    return str(caught.value.problem)


# --- which connections can be used -----------------------------------------------------------


@pytest.mark.parametrize("connection", [None, "sqlite:///app.db", object(), sqlite3.Connection])
def test_what_is_no_connection_is_refused(store: SQLiteStore, connection: object) -> None:
    """A connection of another kind, its URL, its class."""
    assert "is no connection of sqlite3" in refusal(store, connection)


def test_a_closed_connection_is_refused(store: SQLiteStore, host: sqlite3.Connection) -> None:
    """At once, and if it is closed later, when it is used."""
    joined = store.join(host)
    host.close()

    assert "cannot be used: Cannot operate on a closed database" in refusal(store, host)
    with pytest.raises(StoreError, match=r"closed database.*nothing was changed"):
        joined.commit([write("b")])
    with pytest.raises(StoreError, match="closed database"):
        by_id(joined, "a")


def test_the_connection_of_another_thread_is_refused(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """With SQLite's own words about which."""
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(refusal(store, host)))
    thread.start()
    thread.join()

    assert "can only be used in that same thread" in found[0]
    assert "on the thread it belongs to" in found[0]


def test_a_connection_to_another_file_is_refused(store: SQLiteStore, path: Path) -> None:
    """Also one in memory, and one that has our file beside its own; the error names both."""
    other = path.with_name("other.db")
    SQLiteStore(other, file="shared").close()
    for place, named in ((other, str(other)), (":memory:", "a database in memory")):
        with closing(sqlite3.connect(place)) as connection:
            connection.execute("ATTACH ? AS ours", (str(path),))
            problem = refusal(store, connection)

        assert f"is to {named}, not to {path}" in problem
        assert "give one to the file of the desk's store" in problem


def test_the_same_file_by_another_name_will_do(store: SQLiteStore, path: Path) -> None:
    """A link leads to the same file."""
    path.with_name("link.db").symlink_to(path)
    with closing(sqlite3.connect(path.with_name("link.db"))) as connection, connection:
        store.join(connection).commit([write("b")])

    assert by_id(store, "b")


def test_a_file_whose_tables_are_gone_is_refused(path: Path, store: SQLiteStore) -> None:
    """Somebody has put another file in its place since the desk was built."""
    store.close()
    path.unlink()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE purchase (status TEXT)")
        with pytest.raises(StoreError, match="build the desk anew") as caught:
            store.join(connection)

        assert f"join a transaction on {path}" == caught.value.action


def test_a_file_of_another_application_is_refused(path: Path) -> None:
    """The same for a store whose file is its own."""
    with SQLiteStore(path) as store:
        store.close()
        path.unlink()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE purchase (status TEXT)")
            with pytest.raises(ForeignDatabase, match="another application"):
                store.join(connection)


def test_text_that_comes_as_bytes_is_refused(store: SQLiteStore, host: sqlite3.Connection) -> None:
    """It would have to be changed for us, and changed back."""
    host.text_factory = bytes

    assert "has a text_factory of its own" in refusal(store, host)


def test_the_connections_of_django_and_sqlalchemy_are_looked_into(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """Django's has it as ``connection``; SQLAlchemy's in one more layer, a pool's."""
    django = SimpleNamespace(connection=host)
    pooled = SimpleNamespace(dbapi_connection=host)
    for number, wrapped in enumerate((django, pooled, SimpleNamespace(connection=pooled))):
        store.join(wrapped).commit([write("a", number + 1)])
    host.commit()

    assert lines(1, 4) == store.history(incident("a"))
    assert "is no connection of sqlite3" in refusal(store, SimpleNamespace(connection=None))


# --- faults ----------------------------------------------------------------------------------


def kept(host: sqlite3.Connection) -> list[tuple[str]]:
    """Commit, and return what the host has kept."""
    host.commit()
    return list(host.execute("SELECT status FROM purchase"))


def test_a_conflict_undoes_its_savepoint_alone(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """The writes before the conflicting one are undone with it."""
    with pytest.raises(CommitConflict, match="version"):
        store.join(host).commit([write("a", 1), write("b"), write("c", 5)])
    store.join(host).commit([write("b")])

    assert [("late",)] == kept(host)
    assert lines(1, 1) == store.history(incident("a")) == store.history(incident("b"))


def test_a_full_disk_undoes_its_savepoint_or_says_more(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """What does not fit is not applied; the host's own work stands unless the error says so."""
    [(pages,)] = host.execute("PRAGMA page_count")
    host.execute(f"PRAGMA max_page_count = {pages + 1}")
    large = write("b", owed=tuple(message(f"{number}", body="x" * 999) for number in range(99)))
    with pytest.raises(StoreError) as caught:
        store.join(host).commit([write("a", 1), large])
    undone = "taken back the whole transaction" in caught.value.detail

    assert "not_applied" == caught.value.outcome
    assert ([] if undone else [("late",)]) == kept(host)
    assert lines(1, 1) == store.history(incident("a"))
    assert by_id(store, "b") is None


def test_a_transaction_that_sqlite_takes_back_is_told_so(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """A trigger, a full disk or an interrupt may cost the host its whole transaction."""
    host.commit()
    host.execute(
        "CREATE TEMP TRIGGER never BEFORE INSERT ON incidentflow_owed "
        "BEGIN SELECT RAISE(ROLLBACK, 'no'); END"
    )
    host.execute("INSERT INTO purchase VALUES ('later')")
    with pytest.raises(StoreError) as caught:
        store.join(host).commit([write("a", 1, owed=(message("m"),))])

    assert "no; SQLite has taken back the whole transaction" == caught.value.detail
    assert "not_applied" == caught.value.outcome
    assert [("late",)] == kept(host)
    assert lines(1, 1) == store.history(incident("a"))


def test_a_savepoint_that_cannot_be_undone_leaves_it_open(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """The error says that the change may stand, so that the host rolls everything back."""
    joined = store.join(host)
    host.set_authorizer(deny("ROLLBACK"))
    with pytest.raises(StoreError) as caught:
        joined.commit([write("a", 1), write("a", 1)])
    host.set_authorizer(None)
    host.rollback()

    assert ("SQLITE_AUTH: not authorized", "unknown") == (
        caught.value.detail,
        caught.value.outcome,
    )
    assert lines(1, 1) == store.history(incident("a"))


def test_a_savepoint_that_cannot_be_released_is_undone(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """The host's work stands, and is whole."""
    joined = store.join(host)
    asked: list[str] = []

    def deny_once(action: int, argument: str | None, *_: object) -> int:
        if action == sqlite3.SQLITE_SAVEPOINT and argument == "RELEASE":
            asked.append(argument)
            return sqlite3.SQLITE_DENY if len(asked) == 1 else sqlite3.SQLITE_OK
        return sqlite3.SQLITE_OK

    host.set_authorizer(deny_once)
    with pytest.raises(StoreError, match="not authorized; nothing was changed"):
        joined.commit([write("a", 1)])
    host.set_authorizer(None)

    assert [("late",)] == kept(host)
    assert lines(1, 1) == store.history(incident("a"))


def test_what_cannot_be_asked_or_stored_is_an_error(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """As on a connection of our own; the host's work stands."""
    joined = store.join(host)
    for impossible in (write("a", 1, due_at=1 << 63), write("a", 1, state="\ud800")):
        with pytest.raises(StoreError, match="nothing was changed"):
            joined.commit([write("b"), impossible])
    with pytest.raises(StoreError, match="UnicodeEncodeError"):
        joined.find(Query(tenant=ACME, service="\ud800"))

    assert [("late",)] == kept(host)
    assert by_id(store, "b") is None


def test_closing_leaves_the_connection_to_the_host(
    store: SQLiteStore, host: sqlite3.Connection
) -> None:
    """It was not ours to open."""
    store.join(host).close()

    assert [("late",)] == kept(host)


def deny(operation: str) -> Callable[..., int]:
    """Return an authorizer that forbids one operation of savepoints."""

    def authorize(action: int, argument: str | None, *_: object) -> int:
        forbidden = action == sqlite3.SQLITE_SAVEPOINT and argument == operation
        return sqlite3.SQLITE_DENY if forbidden else sqlite3.SQLITE_OK

    return authorize
