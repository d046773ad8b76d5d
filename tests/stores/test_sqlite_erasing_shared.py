"""Invariant: erasing leaves no byte of it among what is ours, and all of the host's as it was."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from incidentflow import IncidentDesk, Note
from incidentflow.errors import StoreError
from incidentflow.stores import SQLiteStore
from incidentflow.stores.sqlite_file import SHARED
from incidentflow.testing.clock import ManualClock, SeededEntropy

CANARY = "canary7b1f"
WHO = f"{CANARY}-id"
REQUEST = {"by": "dpo", "reason": "request 7"}
KINDS = [("WAL", 0), ("WAL", 2), ("DELETE", 0), ("DELETE", 1), ("PERSIST", 2)]
OURS = ("subject", "entry", "command", "series", "owed", "schema")


def traces(path: Path) -> list[str]:
    """Name the files beside a database, and the database, that hold the canary."""
    files = sorted(path.parent.iterdir())
    return [file.name for file in files if CANARY.encode() in file.read_bytes()]


def make_host(path: Path, log: str, vacuum: int) -> None:
    """Make a file of a host, with rows that are known by their row ids alone."""
    with closing(sqlite3.connect(path, isolation_level=None)) as host:
        host.execute(f"PRAGMA auto_vacuum = {vacuum}")
        host.execute(f"PRAGMA journal_mode = {log}")
        host.execute("BEGIN")
        host.execute("CREATE TABLE orders (name TEXT)")
        host.executemany("INSERT INTO orders VALUES (?)", [(f"order {n}" * 40,) for n in range(90)])
        host.execute("DELETE FROM orders WHERE rowid % 3 = 0")
        host.execute("COMMIT")
        host.execute("PRAGMA user_version = 7")


def dump(path: Path, *tables: str) -> list[object]:
    """Return all that some tables hold, with the row ids of the host's."""
    with closing(sqlite3.connect(path)) as connection:
        held = [
            sorted(connection.execute(f"SELECT * FROM {name}"), key=repr)  # noqa: S608 - our names
            for name in tables
        ]
        rows = connection.execute("SELECT rowid, name FROM orders").fetchall()
        version = connection.execute("PRAGMA user_version").fetchall()
        log = connection.execute("PRAGMA journal_mode").fetchall()
        schema = connection.execute("SELECT type, name, sql FROM sqlite_schema").fetchall()
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        sound = connection.execute("PRAGMA integrity_check").fetchall()
        return [held, rows, version, log, schema, broken, sound]


def leave_traces(path: Path) -> None:
    """Change and delete rows of ours as a connection of the host does, which does not overwrite."""
    with closing(sqlite3.connect(path, isolation_level=None)) as host:
        host.execute("PRAGMA secure_delete = OFF")
        host.execute("BEGIN")
        host.execute("CREATE TABLE incidentflow_scratch (text TEXT)")
        rows = [(f"{CANARY} " * 2_000,), *[(f"{place} {CANARY}",) for place in range(40)]]
        host.executemany("INSERT INTO incidentflow_scratch VALUES (?)", rows)
        host.execute("DROP TABLE incidentflow_scratch")
        host.execute("COMMIT")
        before = host.execute("SELECT row, snapshot FROM incidentflow_subject").fetchall()
        long = [(f"{CANARY} ".encode() * 900, row) for row, _ in before]
        host.executemany("UPDATE incidentflow_subject SET snapshot = ? WHERE row = ?", long)
        was = [(snapshot, row) for row, snapshot in before]
        host.executemany("UPDATE incidentflow_subject SET snapshot = ? WHERE row = ?", was)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "app.db"


@pytest.fixture(name="desk")
def shared(path: Path) -> Iterator[IncidentDesk]:
    """Give a desk over the file of a host."""
    make_host(path, "WAL", 0)
    with open_desk(path) as made:
        yield made


def open_desk(path: Path) -> IncidentDesk:
    """Open a desk that waits for nobody for long."""
    wait = timedelta(milliseconds=50)
    store = SQLiteStore(path, file=SHARED, synchronous="NORMAL", busy_timeout=wait)
    return IncidentDesk(store, clock=ManualClock(), entropy=SeededEntropy())


def live(desk: IncidentDesk) -> None:
    """Let the person be in the journal, the snapshot, the index and what is owed."""
    desk.adopt(by=WHO, reason=f"as {CANARY} asked")
    one = desk.report(f"says {CANARY}", by=WHO, requester=WHO, assignee=WHO, key="k")
    desk.apply(one, Note(by=WHO, text="x" * 9_000 + CANARY), Note(by="bo", text=CANARY))
    desk.report("Other", by="bo", assignee="cy")


@pytest.mark.parametrize(("log", "vacuum"), KINDS)
def test_no_byte_of_a_person_is_left_in_a_shared_file(path: Path, log: str, vacuum: int) -> None:
    """However the host keeps its log and its free pages, and whatever it left in ours."""
    make_host(path, log, vacuum)
    with open_desk(path) as desk:
        live(desk)
        leave_traces(path)
        before, host = traces(path), dump(path)
        erased = desk.erase(WHO, names=[CANARY], **REQUEST)
        after = traces(path)

        assert before
        assert [] == after
        assert (True, 1, 1) == (erased.is_complete, erased.incidents, erased.desks)
        assert host == dump(path)
        assert desk.verify().holds


def test_what_stays_is_what_was_there(desk: IncidentDesk, path: Path) -> None:
    """Wiping alone changes nothing that can be read, of ours or of the host's; again neither."""
    for length in (1, 500, 4_000, 12_000):
        desk.report("Down", by="bo", description="x" * length, key=f"k{length}")
    ours = [f"incidentflow_{name}" for name in OURS]
    before = dump(path, *ours)
    for _ in range(2):
        assert desk.erase("nobody", **REQUEST).is_empty
        assert before == dump(path, *ours)


def test_a_reader_of_the_past_holds_the_log_of_a_host(desk: IncidentDesk, path: Path) -> None:
    """The erasure says so and stands; a repeat, when they are done, wipes the rest."""
    live(desk)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM incidentflow_entry").fetchall()
        with pytest.raises(StoreError, match="repeat the erasure later"):
            desk.erase(WHO, names=[CANARY], **REQUEST)
        counted, left = desk.traces(WHO, names=[CANARY]), traces(path)
    again = desk.erase(WHO, names=[CANARY], **REQUEST)

    assert (True, True) == (counted.is_empty, again.is_empty)
    assert left
    assert [] == traces(path)


def test_a_host_that_writes_is_not_interrupted(desk: IncidentDesk, path: Path) -> None:
    """What was erased is wiped later; foreign keys hold afterwards as before."""
    live(desk)
    desk.erase(WHO, names=[CANARY], **REQUEST)
    with closing(sqlite3.connect(path, isolation_level=None)) as host:
        host.execute("BEGIN IMMEDIATE")
        host.execute("INSERT INTO orders VALUES ('late')")
        with pytest.raises(StoreError, match="locked"):
            desk.erase("nobody", **REQUEST)
        host.execute("COMMIT")
    desk.report("Later", by="bo")

    assert desk.erase("nobody", **REQUEST).is_empty
    assert ("late",) == dump(path)[1][-1][1:]


def test_a_reader_of_a_file_without_a_log_holds_it_up(path: Path) -> None:
    """Nothing is half moved, and a repeat does all of it."""
    make_host(path, "DELETE", 0)
    with open_desk(path) as desk:
        live(desk)
        leave_traces(path)
        ours = [f"incidentflow_{name}" for name in OURS]
        before = dump(path, *ours)
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN")
            other.execute("SELECT count(*) FROM orders").fetchall()
            with pytest.raises(StoreError, match="locked"):
                desk.erase("nobody", **REQUEST)
        after = dump(path, *ours)
        desk.erase(WHO, names=[CANARY], **REQUEST)

    assert before == after
    assert [] == traces(path)


def test_what_the_host_holds_is_the_hosts(desk: IncidentDesk, path: Path) -> None:
    """A row of its own that names the person stays, for the host to erase."""
    live(desk)
    with closing(sqlite3.connect(path)) as host, host:
        host.execute("INSERT INTO orders VALUES (?)", (CANARY,))
    desk.erase(WHO, names=[CANARY], **REQUEST)

    assert [path.name] == traces(path)
    assert (CANARY,) == dump(path)[1][-1][1:]
