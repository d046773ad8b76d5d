"""The durable step: load, decide, commit on SQLite, against the same rows in bare SQL."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from time import perf_counter, thread_time

import pytest
from conftest import Compare, Side

from incidentflow import IncidentDesk, StakeholderUpdate
from incidentflow.codec import json as accelerator
from incidentflow.desk.parts import make_codec
from incidentflow.stores import SQLiteStore

INCIDENTS = 100
RAM = Path("/dev/shm")  # noqa: S108 - the RAM disk is the point
SCHEMA = (
    """
    CREATE TABLE incident (
        id TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, data BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE event (
        incident TEXT NOT NULL, sequence INTEGER NOT NULL, kind TEXT NOT NULL, data TEXT NOT NULL,
        PRIMARY KEY (incident, sequence)
    ) WITHOUT ROWID
    """,
    "CREATE TABLE outbox (id INTEGER PRIMARY KEY, topic TEXT NOT NULL, data TEXT NOT NULL)",
)
READ = "SELECT version, data FROM incident WHERE id = ?"
UPDATE = "UPDATE incident SET version = ?, state = ?, data = ? WHERE id = ? AND version = ?"
TOLD = StakeholderUpdate(by="ana", text="we are on it, mail will be back soon")
BARS = {
    ("RAM", "msgspec"): 0.45,
    ("RAM", "plain"): 0.22,
    ("disk", "msgspec"): 0.70,
    ("disk", "plain"): 0.60,
}


@pytest.fixture(params=["RAM", "disk"])
def place(request: pytest.FixtureRequest) -> Iterator[tuple[str, Path]]:
    """Give a folder on the RAM disk, then one on the disk."""
    if request.param == "RAM" and not RAM.is_dir():
        pytest.skip("this machine has no RAM disk at /dev/shm")
    with tempfile.TemporaryDirectory(dir=RAM if request.param == "RAM" else None) as folder:
        yield request.param, Path(folder)


@pytest.fixture(params=["msgspec", "plain"])
def codec(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Use what the extra brings, then nothing but the standard library."""
    make_codec.cache_clear()
    if request.param == "plain":
        monkeypatch.setattr(accelerator, "find_spec", lambda _: None)
    yield request.param
    make_codec.cache_clear()


def bench_step(compare: Compare, place: tuple[str, Path], codec: str) -> None:
    """One event and one message: three rows written after one is read, on incidents in turn."""
    where, folder = place
    synchronous = "NORMAL" if where == "RAM" else "FULL"
    with SQLiteStore(folder / "ours.db", synchronous=synchronous) as store:
        desk = IncidentDesk(store)
        ids = [
            desk.report(
                f"Mail is stuck in hall {n}", service="mail", team="network", by="monitor:probe"
            ).id
            for n in range(INCIDENTS)
        ]
        turns = cycle(ids)
        compare(
            f"durable step: {where}, {codec}",
            lambda: desk.apply(next(turns), TOLD),
            bare(folder / "bare.db", synchronous, ids),
            number=INCIDENTS,
            rounds=30 if where == "RAM" else 10,
            clock=thread_time if where == "RAM" else perf_counter,
            at_least=BARS[where, codec],
        )


def bare(path: Path, synchronous: str, ids: list[str]) -> Side:
    """Return a step in bare SQL that writes as many bytes as ours."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    for statement in SCHEMA:
        connection.execute(statement)
    data, event, message = b"x" * 800, "x" * 540, "x" * 120
    rows = [(each, 1, "triaged", data) for each in ids]
    connection.executemany("INSERT INTO incident VALUES (?, ?, ?, ?)", rows)
    turns = cycle(ids)

    def step() -> None:
        one = next(turns)
        version, _ = connection.execute(READ, (one,)).fetchone()
        connection.execute("BEGIN IMMEDIATE")
        changed = connection.execute(UPDATE, (version + 1, "triaged", data, one, version))
        assert changed.rowcount == 1
        row = (one, version + 1, "stakeholders_updated", event)
        connection.execute("INSERT INTO event VALUES (?, ?, ?, ?)", row)
        connection.execute("INSERT INTO outbox (topic, data) VALUES (?, ?)", ("message", message))
        connection.execute("COMMIT")

    return step
