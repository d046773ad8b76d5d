"""The SQLite store keeps the contract of all stores, in a file that is set up for it."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
from attrs import evolve

from incidentflow.errors import InvalidInput, StoreError
from incidentflow.ports import By, Order, Query, Store
from incidentflow.stores import SQLiteStore
from incidentflow.stores.sqlite import FIND_DUE, FIND_OWED, HISTORY
from incidentflow.stores.sqlite_commit import FIND_HOLDER, FIND_KEY, FIND_NUMBER, FIND_SUBJECT
from incidentflow.stores.sqlite_file import APPLICATION_ID, migrate, require, version_of
from incidentflow.stores.sqlite_find import FIND_OWED_BY, LOAD, LOAD_BY_COMMAND_KEY
from incidentflow.stores.sqlite_schema import MIGRATIONS
from incidentflow.testing.store import StoreContract
from incidentflow.testing.store_data import by_id, ids, incident, lines, write

OURS = "incidentflow_"


class TestSQLiteStore(StoreContract):
    """The contract."""

    @pytest.fixture(autouse=True)
    def _files(self, tmp_path: Path) -> Iterator[None]:
        """Keep each store in a file of its own, and close all at the end."""
        self.paths = (tmp_path / f"{number}.db" for number in count())
        self.stores: list[SQLiteStore] = []
        yield
        for store in self.stores:
            store.close()

    def make_store(self) -> Store:
        """Return a fresh store."""
        self.stores.append(SQLiteStore(next(self.paths)))
        return self.stores[-1]

    def reopen(self, store: Store) -> Store:
        """Close a store, and open its file again."""
        self.stores[-1].close()
        self.stores.append(SQLiteStore(store.name.removeprefix("sqlite:///")))
        return self.stores[-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "incidents.db"


def ask(store: SQLiteStore, pragma: str) -> object:
    """Ask the connection of this thread for one of its settings."""
    return store._links.read(  # noqa: SLF001
        "ask", lambda connection: connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    )


def test_the_settings_are_really_made(path: Path) -> None:
    """Durable, checked, waiting for others, and marked as ours."""
    with SQLiteStore(path) as store:
        settings = {
            name: ask(store, name)
            for name in (
                "journal_mode",
                "synchronous",
                "foreign_keys",
                "trusted_schema",
                "busy_timeout",
                "application_id",
                "user_version",
            )
        }

    assert {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "busy_timeout": 10_000,
        "application_id": APPLICATION_ID,
        "user_version": len(MIGRATIONS),
    } == settings


def test_no_name_meets_a_name_of_the_host(path: Path) -> None:
    """Tables and indexes are named after the library: a host's may stand beside them."""
    with SQLiteStore(path), closing(sqlite3.connect(path)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema")]

    assert len(names) >= len(MIGRATIONS)
    assert [] == [
        name for name in names if not name.removeprefix("sqlite_autoindex_").startswith(OURS)
    ]


def test_speed_may_be_bought(path: Path) -> None:
    """With NORMAL, a commit does not wait for the disk."""
    with SQLiteStore(path, synchronous="NORMAL") as store:
        assert 1 == ask(store, "synchronous")


def test_every_thread_has_the_settings(path: Path) -> None:
    """A connection that another thread opens is no different."""
    found: list[object] = []
    with SQLiteStore(path) as store:
        thread = threading.Thread(target=lambda: found.append(ask(store, "foreign_keys")))
        thread.start()
        thread.join()

    assert [1] == found


@pytest.mark.parametrize("name", ["", ":memory:"])
def test_memory_is_refused_with_advice(name: str) -> None:
    """SQLite's store in memory would be another one in each thread."""
    with pytest.raises(InvalidInput, match="give 'memory:'"):
        SQLiteStore(name)


def test_an_unknown_setting_is_refused(path: Path) -> None:
    """Nothing is opened with it."""
    with pytest.raises(InvalidInput, match="FULL, NORMAL"):
        SQLiteStore(path, synchronous="OFF")

    assert not path.exists()


def test_a_relative_path_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who changes the working directory later still has the same file."""
    monkeypatch.chdir(tmp_path)
    with SQLiteStore("here.db") as store:
        store.close()
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        store.commit([write("a")])

        assert "sqlite:///here.db" == store.name
        assert ["here.db"] == [file.name for file in tmp_path.glob("*.db")]
        assert [] == list(Path.cwd().iterdir())


def test_closing_lets_go_of_the_file(path: Path) -> None:
    """No log stays behind, whichever threads have used the store; it can be used again."""
    with SQLiteStore(path) as store:
        threads = [
            threading.Thread(target=store.commit, args=([write(name)],)) for name in ("a", "b")
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    left = [file.name for file in path.parent.iterdir()]
    found = by_id(store, "b")
    store.close()

    assert [path.name] == left
    assert incident("b") == (found and found.subject)


def test_hot_statements_use_an_index() -> None:
    """Nothing that is run at each step reads a table from end to end."""
    statements = (
        *(FIND_DUE, FIND_OWED, HISTORY, FIND_SUBJECT, FIND_HOLDER, FIND_NUMBER, FIND_KEY),
        *(*LOAD.values(), LOAD_BY_COMMAND_KEY, FIND_OWED_BY),
    )
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        migrate(connection, "memory")
        for statement in statements:
            named = dict.fromkeys(("tenant", "id", "kind"), "1")
            bound = named if ":id" in statement else ["1"] * statement.count("?")
            plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", bound).fetchall()

            assert not [step for *_, step in plan if step.startswith("SCAN")]

    assert set(By) == {*LOAD, By.COMMAND_KEY, By.OWED}


def test_an_old_sqlite_is_refused() -> None:
    """The error names both versions."""
    with pytest.raises(StoreError, match=r"SQLite 3\.31\.1; 3\.37\.0 is needed"):
        require((3, 31, 1))

    require((3, 37, 0))


# --- migrations ------------------------------------------------------------------------------

NEXT = (
    *MIGRATIONS,
    ("CREATE TABLE note (text TEXT) STRICT", "INSERT INTO note VALUES ('one')"),
    ("ALTER TABLE note ADD COLUMN author TEXT",),
)
BROKEN = (
    *MIGRATIONS,
    ("CREATE TABLE note (text TEXT) STRICT", "CREATE TABLE incidentflow_subject (row)"),
)


@pytest.fixture
def old(path: Path) -> Iterator[sqlite3.Connection]:
    """Connect to a file of the first schema, with an incident in it."""
    with SQLiteStore(path) as store:
        store.commit([write("a", 0, 3, series="INC")])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection


def test_an_older_file_is_brought_up_to_date(path: Path, old: sqlite3.Connection) -> None:
    """All missing migrations are applied in order; what was there stays."""
    migrate(old, "here", NEXT)
    migrate(old, "here", NEXT)

    assert [("one", None)] == old.execute("SELECT * FROM note").fetchall()
    assert len(NEXT) == version_of(old, "here", len(NEXT))
    old.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    with SQLiteStore(path) as store:
        assert lines(1, 3) == store.history(incident("a"))


FIRST_SUBJECT = """
    INSERT INTO incidentflow_subject (
        tenant, kind, id, version, head, state, category, fields, looks, snapshot
    )
    VALUES ('acme', 'incident', 'a', 1, 'head 1', 'closed', 'terminal', char(10, 10), 0, 'a at 1')
"""


def test_a_file_of_the_first_schema_is_continued(path: Path) -> None:
    """What it holds may concern any period, until it says when it ended."""
    period = Query(tenant="acme", order=Order.BEGUN, since=50, until=60)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        migrate(connection, "here", MIGRATIONS[:1])
        connection.execute(FIRST_SUBJECT.replace("'a at 1'", "CAST('a at 1' AS BLOB)"))
        assert 1 == version_of(connection, "here")
    with SQLiteStore(path) as store:
        assert by_id(store, "a")
        assert [("a", 0)] == [
            (each.subject.id, each.cursor[0] if each.cursor else None)
            for each in store.find(period)
        ]
        store.commit([write("a", 1, begun_at=40, ended_at=45), write("b", begun_at=55)])

        assert ["b"] == ids(store.find(period))
        assert ["b", "a"] == ids(store.find(evolve(period, since=45)))


def test_a_failing_migration_changes_nothing(old: sqlite3.Connection) -> None:
    """Either all of it is applied, or the file stays as it was."""
    before = old.execute("SELECT * FROM sqlite_schema").fetchall()
    with pytest.raises(sqlite3.OperationalError, match="already exists"):
        migrate(old, "here", BROKEN)

    assert before == old.execute("SELECT * FROM sqlite_schema").fetchall()
    assert len(MIGRATIONS) == version_of(old, "here")
    assert not old.in_transaction


def test_a_migration_that_another_one_made_is_not_repeated(
    path: Path, old: sqlite3.Connection
) -> None:
    """Whoever waited for the other's migration finds it done."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        # The other one is faster: between the first look and the lock it has done everything.
        old.set_trace_callback(
            lambda statement: migrate(other, "here", NEXT) if "BEGIN" in statement else None
        )
        migrate(old, "here", NEXT)

    assert [("one", None)] == old.execute("SELECT * FROM note").fetchall()
