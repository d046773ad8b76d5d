"""A file that is shared with a host: its tables stand beside ours, and what is the host's stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from incidentflow.errors import ForeignDatabase, InvalidInput, StoreError
from incidentflow.ports import Store
from incidentflow.stores import SQLiteStore, open_store
from incidentflow.stores.sqlite_file import SHARED, migrate, version_of
from incidentflow.stores.sqlite_schema import MIGRATIONS
from incidentflow.testing.store import StoreContract
from incidentflow.testing.store_data import by_id, incident, lines, write

HOSTS = ("user_version", "application_id", "journal_mode", "page_size")


class TestSharedSQLiteStore(StoreContract):
    """The contract holds in a file with an old-fashioned log, too."""

    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path) -> Iterator[None]:
        """Keep each store in a host's file of its own, and close all at the end."""
        self.paths = (tmp_path / f"{number}.db" for number in count())
        self.stores: list[Store] = []
        yield
        for store in self.stores:
            store.close()  # type: ignore[attr-defined]  # of SQLite

    def make_store(self) -> Store:
        """Return a fresh store."""
        path = next(self.paths)
        make_host(path)
        self.stores.append(SQLiteStore(path, file="shared", synchronous="NORMAL"))
        return self.stores[-1]

    def reopen(self, store: Store) -> Store:
        """Close a store, and open what its name says."""
        self.stores[-1].close()  # type: ignore[attr-defined]  # of SQLite
        self.stores.append(open_store(store.name))
        return self.stores[-1]


def make_host(path: Path) -> None:
    """Make the file of a host."""
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE subject (name TEXT)")
        connection.execute("INSERT INTO subject VALUES ('chemistry')")
        connection.execute("PRAGMA user_version = 7")
        connection.execute("PRAGMA application_id = 42")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name the file of a host."""
    path = tmp_path / "app.db"
    make_host(path)
    return path


def theirs(path: Path) -> list[object]:
    """Return everything in a file that is the host's."""
    with closing(sqlite3.connect(path)) as connection:
        return [
            *(connection.execute(f"PRAGMA {name}").fetchone() for name in HOSTS),
            *connection.execute("SELECT * FROM sqlite_schema WHERE sql NOT LIKE '%incidentflow%'"),
            *connection.execute("SELECT * FROM subject"),
        ]


def test_nothing_of_the_host_is_changed(path: Path) -> None:
    """Neither its tables, nor its version, nor how its log is kept; it is opened again so."""
    before = theirs(path)
    for name in "ab":
        with open_store(f"sqlite:///{path}?file=shared") as store:  # type: ignore[attr-defined]
            store.commit([write(name)])

            assert f"sqlite:///{path}?file=shared" == store.name

    assert before == theirs(path)


def test_an_empty_file_may_be_shared_before_the_host_comes(tmp_path: Path) -> None:
    """Whoever comes first; the host's marks are never taken for ours."""
    path = tmp_path / "new.db"
    with SQLiteStore(path, file="shared") as store:
        store.commit([write("a")])
    make_host(path)
    with SQLiteStore(path, file="shared") as store:
        assert lines(1, 1) == store.history(incident("a"))
    with pytest.raises(ForeignDatabase, match="add \\?file=shared"):
        SQLiteStore(path)


def test_a_file_of_ours_is_not_shared_by_accident(tmp_path: Path) -> None:
    """It would have two versions: the error says which option to leave out."""
    SQLiteStore(tmp_path / "own.db").close()
    with pytest.raises(ForeignDatabase, match="leave out file=shared"):
        SQLiteStore(tmp_path / "own.db", file="shared")


@pytest.mark.parametrize("file", ["theirs", "", "SHARED"])
def test_another_kind_of_file_is_refused(path: Path, file: str) -> None:
    """Nothing is opened."""
    for opening in (
        lambda: SQLiteStore(path, file=file),
        lambda: open_store(f"sqlite:///{path}?file={file}"),
    ):
        with pytest.raises(InvalidInput, match="is not one of own, shared") as caught:
            opening()

        assert "file" == caught.value.field


def test_what_a_newer_release_made_is_refused(path: Path) -> None:
    """Its version stands in a table of ours."""
    SQLiteStore(path, file="shared").close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE incidentflow_schema SET version = 99")
    before = path.read_bytes()
    with pytest.raises(ForeignDatabase, match="upgrade incidentflow"):
        SQLiteStore(path, file="shared")

    assert before == path.read_bytes()


def test_tables_of_our_names_that_are_not_ours_are_left(path: Path) -> None:
    """Nothing is made beside them, either."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE incidentflow_owed (what TEXT)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="incidentflow_owed already exists; nothing was changed"):
        SQLiteStore(path, file="shared")

    assert before == path.read_bytes()


def test_an_older_schema_is_brought_up_to_date(path: Path) -> None:
    """What the host has stays, and so does what we had."""
    with SQLiteStore(path, file="shared") as store:
        store.commit([write("a")])
    before = theirs(path)
    newer = (*MIGRATIONS, ("CREATE TABLE incidentflow_note (text TEXT) STRICT",))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for _ in range(2):
            migrate(connection, "here", newer, SHARED)

        assert len(newer) == version_of(connection, "here", len(newer), SHARED)
        assert [(1,)] == connection.execute("SELECT count(*) FROM incidentflow_subject").fetchall()
        assert [(1,)] == connection.execute("SELECT count(*) FROM incidentflow_schema").fetchall()
    assert before == theirs(path)


def test_without_a_log_readers_and_writers_still_wait_for_one_another(path: Path) -> None:
    """The host's own transaction holds up ours, and ours the host's, as its timeouts say."""
    with SQLiteStore(path, file="shared") as store:
        store.commit([write("a")])
        with closing(sqlite3.connect(path, timeout=0.02)) as host:
            host.execute("INSERT INTO subject VALUES ('physics')")

            assert by_id(store, "a")
            host.commit()
        store.commit([write("a", 1)])

        assert lines(1, 2) == store.history(incident("a"))
