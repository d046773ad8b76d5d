"""A file that is not ours is refused and left; one of ours is opened, or it is said why not."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from incidentflow.errors import ForeignDatabase, StoreError
from incidentflow.stores import SQLiteStore
from incidentflow.stores.sqlite_file import use_wal
from incidentflow.testing.store_data import write

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


# --- whose file it is ------------------------------------------------------------------------


def foreign(path: Path, *statements: str) -> None:
    """Make an SQLite file that is not ours."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def folder(path: Path) -> dict[str, bytes]:
    """Return all files beside this one."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


@pytest.mark.parametrize("content", [b"hello", b"x" * 99, b"x" * 10_000, b"SQLite format 4"])
def test_what_is_no_database_is_refused(path: Path, content: bytes) -> None:
    """A file of another format is left as it is."""
    path.write_bytes(content)
    error = failure(lambda: SQLiteStore(path))

    assert isinstance(error, ForeignDatabase)
    assert "give the path of another file" in str(error)
    assert {path.name: content} == folder(path)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE customer (name)",
        "CREATE VIEW one AS SELECT 1",
        "PRAGMA application_id = 252006674",
        "PRAGMA user_version = 1",
    ],
)
def test_the_database_of_another_application_is_refused(path: Path, statement: str) -> None:
    """However little is in it, it is left as it is."""
    foreign(path, statement)
    before = folder(path)
    error = failure(lambda: SQLiteStore(path))

    assert isinstance(error, ForeignDatabase)
    assert "another application" in str(error)
    assert str(path) in str(error)
    assert before == folder(path)


def test_the_log_of_another_application_is_left(path: Path) -> None:
    """What it has committed to its log, but not yet to its file, stays there."""
    origin = path.with_name("origin.db")
    with closing(sqlite3.connect(origin, isolation_level=None)) as other:
        other.execute("PRAGMA journal_mode = WAL")
        other.execute("CREATE TABLE customer (name)")
        for suffix in ("", "-wal"):
            shutil.copy(f"{origin}{suffix}", f"{path}{suffix}")
    before = folder(path)
    failure(lambda: SQLiteStore(path))
    after = folder(path)

    assert before == {name: after[name] for name in before}
    assert len(before[f"{path.name}-wal"])


def test_a_file_of_a_newer_release_is_refused(path: Path) -> None:
    """The error names both schemas and says what to do."""
    SQLiteStore(path).close()
    foreign(path, "PRAGMA user_version = 99")
    before = path.read_bytes()
    error = failure(lambda: SQLiteStore(path))

    assert isinstance(error, ForeignDatabase)
    assert "schema 99" in str(error)
    assert "upgrade incidentflow" in str(error)
    assert before == path.read_bytes()


def test_an_empty_file_is_ours(path: Path) -> None:
    """Whether it has no byte, or is a database with nothing in it."""
    path.touch()
    SQLiteStore(path).close()
    other = path.with_name("other.db")
    foreign(other, "VACUUM")
    SQLiteStore(other).close()


def test_a_file_with_an_unfinished_transaction_is_repaired(path: Path, tmp_path: Path) -> None:
    """A crash in the middle of a transaction of the old kind is rolled back at opening."""
    SQLiteStore(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("PRAGMA cache_size = 1")
        connection.execute("BEGIN IMMEDIATE")
        for number in range(999):
            connection.execute(
                "INSERT INTO incidentflow_series VALUES (?, 'X', 1)", (str(number) * 99,)
            )
        (tmp_path / "crashed").mkdir()
        for file in (path, Path(f"{path}-journal")):
            shutil.copy(file, tmp_path / "crashed")
    with SQLiteStore(tmp_path / "crashed" / path.name) as store:
        store.commit([write("a", series="X")])

        assert [(1,)] == connection_of(store).execute(
            "SELECT count(*) FROM incidentflow_series"
        ).fetchall()


# --- opening ---------------------------------------------------------------------------------


def test_what_cannot_be_opened_is_named(path: Path, tmp_path: Path) -> None:
    """A missing folder, or a folder in place of a file."""
    for place in (path / "x.db", tmp_path, tmp_path / "missing" / "x.db"):
        error = failure(lambda place=place: SQLiteStore(place))

        assert f"open {place}" == error.action
        assert "SQLITE_CANTOPEN" in error.detail
        assert not isinstance(error, ForeignDatabase)
        path.touch()


def test_a_broken_file_is_no_foreign_one(path: Path) -> None:
    """Damage is said to be damage."""
    SQLiteStore(path).close()
    content = bytearray(path.read_bytes())
    content[100:600] = b"\xff" * 500
    path.write_bytes(content)
    error = failure(lambda: SQLiteStore(path))

    assert "SQLITE_CORRUPT" in error.detail
    assert not isinstance(error, ForeignDatabase)


def test_switching_to_a_log_waits_for_others(path: Path) -> None:
    """SQLite itself would fail at once when another one writes; here it is waited for."""
    foreign(path, "CREATE TABLE t (x)")
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as writer,
        closing(sqlite3.connect(path, isolation_level=None)) as connection,
    ):
        writer.execute("BEGIN IMMEDIATE")
        connection.set_trace_callback(
            lambda statement: writer.execute("COMMIT") if "EXCLUSIVE" in statement else None
        )
        use_wal(connection)

        assert [("wal",)] == connection.execute("PRAGMA journal_mode").fetchall()


def test_switching_to_a_log_does_not_wait_for_ever(path: Path) -> None:
    """Who never lets go of an old file is reported."""
    SQLiteStore(path).close()
    foreign(path, "PRAGMA journal_mode = DELETE")
    with closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM incidentflow_series").fetchall()
        error = failure(lambda: SQLiteStore(path, busy_timeout=SHORT))

    assert "SQLITE_BUSY" in error.detail


def test_a_log_that_is_impossible_is_an_error(path: Path) -> None:
    """Only waiting is tried again."""
    foreign(path, "CREATE TABLE t (x)")
    with (
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
        pytest.raises(sqlite3.OperationalError, match="readonly"),
    ):
        use_wal(connection)
