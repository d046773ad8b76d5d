"""When the file is not ours, locked, full, moved or broken: said so, and nothing is half done."""

from __future__ import annotations

import os
import resource
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from incidentflow.errors import StoreError
from incidentflow.ports import Query
from incidentflow.stores import SQLiteStore
from incidentflow.testing.store_data import ACME, by_id, incident, lines, message, write

SHORT = timedelta(milliseconds=20)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "incidents.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Open a store with one incident, that does not wait long for others."""
    with SQLiteStore(path, busy_timeout=SHORT) as store:
        store.commit([write("a")])
        yield store


def connection_of(store: SQLiteStore) -> sqlite3.Connection:
    """Return the connection of this thread."""
    return store._links._link().connection()  # noqa: SLF001


def failure(work: Callable[[], object]) -> StoreError:
    """Return the error that is raised; it shows nothing of what is beneath."""
    with pytest.raises(StoreError) as caught:
        work()

    error = caught.value
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None
    return error


def test_another_writer_is_waited_for_no_longer_than_asked(store: SQLiteStore, path: Path) -> None:
    """While it writes, reading goes on; when it is done, writing does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = failure(lambda: store.commit([write("b")]))

        assert "SQLITE_BUSY: database is locked" == error.detail
        assert "not_applied" == error.outcome
        assert by_id(store, "a")
        assert "SQLITE_BUSY" in failure(lambda: store.due(0, 1, 1)).detail
        other.execute("ROLLBACK")
    store.commit([write("b")])


def test_a_full_disk_changes_nothing(store: SQLiteStore) -> None:
    """A commit that does not fit is not applied; with room again it goes on."""
    connection = connection_of(store)
    [(pages,)] = connection.execute("PRAGMA page_count")
    connection.execute(f"PRAGMA max_page_count = {pages + 1}")
    large = write("b", owed=tuple(message(f"{number}", body="x" * 999) for number in range(99)))
    error = failure(lambda: store.commit([write("a", 1), large]))

    assert "SQLITE_FULL" in error.detail
    assert "not_applied" == error.outcome
    assert lines(1, 1) == store.history(incident("a"))
    connection.execute("PRAGMA max_page_count = 1000000")
    store.commit([write("a", 1), large])


def test_a_disk_that_fills_up_at_the_end_leaves_it_open(store: SQLiteStore, path: Path) -> None:
    """When the very commit fails, the change may stand: the same key tells."""
    log = Path(f"{path}-wal")
    large = write("b", key="k", state="x" * 99_999)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (log.stat().st_size + 8192, hard))
    try:
        error = failure(lambda: store.commit([large]))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert "unknown" == error.outcome
    assert "repeat the command with the same key" in str(error)
    store.commit([large])
    assert lines(1, 1) == store.history(incident("b"))


def test_a_commit_that_is_still_open_is_taken_back(store: SQLiteStore) -> None:
    """When SQLite refuses to commit but keeps the transaction, it is rolled back for certain."""
    connection = connection_of(store)
    connection.set_authorizer(deny("COMMIT"))
    error = failure(lambda: store.commit([write("a", 1)]))
    connection.set_authorizer(None)

    assert ("SQLITE_AUTH: not authorized", "not_applied") == (error.detail, error.outcome)
    assert lines(1, 1) == store.history(incident("a"))
    store.commit([write("a", 1)])


def test_a_connection_that_cannot_roll_back_is_given_up(store: SQLiteStore) -> None:
    """The next call has a fresh one, and finds nothing of the failed commit."""
    connection = connection_of(store)
    connection.set_authorizer(deny("ROLLBACK"))
    error = failure(lambda: store.commit([write("a", 1), write("a", 1)]))

    assert "not_applied" == error.outcome
    assert connection is not connection_of(store)
    assert lines(1, 1) == store.history(incident("a"))
    store.commit([write("a", 1)])


def deny(operation: str) -> Callable[..., int]:
    """Return an authorizer that forbids one operation of transactions."""

    def authorize(action: int, argument: str | None, *_: object) -> int:
        forbidden = action == sqlite3.SQLITE_TRANSACTION and argument == operation
        return sqlite3.SQLITE_DENY if forbidden else sqlite3.SQLITE_OK

    return authorize


@pytest.fixture
def nobody() -> Iterator[Path]:
    """Make a folder that all may enter, and be a user who may write nothing in it."""
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        place.chmod(0o555)
        SQLiteStore(place / "incidents.db").close()
        (place / "incidents.db").chmod(0o444)
        user = os.geteuid()
        os.seteuid(user or 65534)
        yield place
        os.seteuid(user)
        place.chmod(0o755)


def test_a_read_only_file_is_an_error(nobody: Path) -> None:
    """It can be told from a file that is not ours."""
    error = failure(lambda: SQLiteStore(nobody / "incidents.db").commit([write("a")]))

    assert error.detail.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN"))
    assert ("not_applied", StoreError) == (error.outcome, type(error))


def test_a_connection_that_may_only_read_is_an_error(store: SQLiteStore) -> None:
    """Reading goes on."""
    connection_of(store).execute("PRAGMA query_only = ON")
    error = failure(lambda: store.commit([write("b")]))

    assert "SQLITE_READONLY" in error.detail
    assert by_id(store, "a")


def test_what_cannot_be_stored_changes_nothing(store: SQLiteStore) -> None:
    """Numbers past 64 bits and half characters are refused as a whole."""
    for impossible in (
        write("a", 1, due_at=1 << 63),
        write("a", 1, state="\ud800"),
        write("a", 1, key="\udfff"),
        write("b", number="\ud83d"),
    ):
        writes = (write("before"), impossible)
        error = failure(lambda writes=writes: store.commit(writes))

        assert "not_applied" == error.outcome
        assert lines(1, 1) == store.history(incident("a"))
        assert store.history(incident("before")) == ()


def test_what_cannot_be_asked_is_an_error(store: SQLiteStore) -> None:
    """Reading fails as writing does."""
    error = failure(lambda: store.find(Query(tenant=ACME, service="\ud800")))

    assert ("find", "not_applied") == (error.action, error.outcome)
    assert "UnicodeEncodeError" in error.detail
    failure(lambda: store.find(Query(tenant=ACME, limit=1 << 63)))


def test_a_wrong_type_is_not_stored(store: SQLiteStore) -> None:
    """Columns are strict: text never becomes an instant."""
    error = failure(lambda: store.commit([write("b", due_at="soon")]))

    assert "TEXT value in INTEGER column" in error.detail
    assert not error.detail.startswith("unknown")
    assert by_id(store, "b") is None


def test_damage_while_open_is_an_error(store: SQLiteStore, path: Path) -> None:
    """A table that somebody dropped is named."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DROP TABLE incidentflow_entry")

    assert (
        "no such table: incidentflow_entry" in failure(lambda: store.history(incident("a"))).detail
    )
    assert "no such table: incidentflow_entry" in failure(lambda: store.commit([write("b")])).detail
    assert by_id(store, "b") is None
