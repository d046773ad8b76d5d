"""
What a worker costs: a tick follows what is due, not what is open; claims follow bare SQL.

Twenty thousand incidents are open, or as many as INCIDENTFLOW_BENCH_OPEN says; they are copies of
one that was really reported, stored in large commits.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from time import thread_time
from uuid import UUID

import pytest
from attrs import evolve
from conftest import Compare, Side

from incidentflow import Hours, IncidentDesk, Policy, TargetRow
from incidentflow.ports import Owed, OwedKind, Store, Subject, Write
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.clock import ManualClock
from incidentflow.words import from_micros

OPEN = int(os.environ.get("INCIDENTFLOW_BENCH_OPEN", "20000"))
SHARE, ROUNDS, WARMUP = 100, 10, 3
TURNS = ROUNDS + WARMUP
"""So many ticks are compared; each finds another hundredth of what is open due."""
BATCH, COMMIT = 500, 1000
SECOND = 1_000_000
FAR = 1 << 60
RAM = Path("/dev/shm")  # noqa: S108 - the RAM disk is the point
SCHEMA = (
    "CREATE TABLE thing (row INTEGER PRIMARY KEY, at INTEGER, token TEXT, id TEXT, body TEXT)",
    "CREATE INDEX thing_at ON thing (at) WHERE at IS NOT NULL",
)
FIND = "SELECT row, id, body FROM thing WHERE at <= ? ORDER BY at, row LIMIT ?"
LEASE = "UPDATE thing SET at = ?, token = ? WHERE row = ?"
POLICY = Policy(
    subscriptions=(), targets=(TargetRow(targets={"resolution": Hours(48), "response": Hours(8)}),)
)


class Heard(MemoryStore):
    """A store that remembers the last that it was asked to write."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Remember it."""
        self.last = writes[-1]
        return super().commit(writes)


def reported() -> Write:
    """Report an incident, and return what is written for it."""
    store = Heard()
    desk = IncidentDesk(store, policy=POLICY, clock=ManualClock())
    desk.adopt(by="service:bench", reason="to measure")
    desk.report("Mail is stuck in hall 5", service="mail", team="net", by="monitor:probe")
    return store.last


def copies(write: Write, dues: Iterator[int], owed: int = 0) -> Iterator[Write]:
    """Copy what is written for an incident, each copy with an id and a due instant of its own."""
    original, first = write.subject.id, UUID(write.subject.id).int
    for n, due_at in enumerate(dues):
        id_ = str(UUID(int=first + n))
        message = Owed(key=f"{id_}/1/page/1", kind=OwedKind.MESSAGE, body="{}", available_at=n)
        yield evolve(
            write,
            subject=Subject("default", "incident", id_),
            snapshot=write.snapshot.replace(original.encode(), id_.encode()),
            index=evolve(write.index, due_at=due_at),
            owed=(message,) * (n < owed),
        )


def fill(store: Store, writes: Iterator[Write]) -> Store:
    """Store many writes, a thousand in each commit."""
    while some := tuple(islice(writes, COMMIT)):
        store.commit(some)
    return store


@pytest.fixture(params=["memory", "sqlite"])
def make(request: pytest.FixtureRequest) -> Iterator[Callable[[], Store]]:
    """Give what makes stores of one kind; files lie on the RAM disk, where there is one."""
    with ExitStack() as stack:
        place = RAM if RAM.is_dir() else None
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir=place)))
        names = iter(range(TURNS + 2))

        def store() -> Store:
            if request.param == "memory":
                return MemoryStore()
            path = folder / f"{next(names)}.db"
            return stack.enter_context(SQLiteStore(path, synchronous="NORMAL"))

        yield store


def bench_tick(compare: Compare, make: Callable[[], Store], request: pytest.FixtureRequest) -> None:
    """A tick over many open incidents, some due, against one over these few alone."""
    write, some = reported(), OPEN // SHARE
    first = write.index.due_at or 0
    dues = (first + n // some * SECOND if n < TURNS * some else FAR for n in range(OPEN))
    many = fill(make(), copies(write, dues))
    few = [fill(make(), copies(write, iter([first] * some))) for _ in range(TURNS)]
    assert some == len(tick(few[-1], first, some))
    few[-1] = fill(make(), copies(write, iter([first] * some)))
    turns, others = iter(range(TURNS)), iter(few)

    compare(
        f"tick: {some:,} due of {OPEN:,}, {request.node.callspec.id}",
        lambda: tick(many, first + next(turns) * SECOND, some),
        lambda: tick(next(others), first, some),
        rounds=ROUNDS,
        clock=thread_time,
        at_most=1.5,
    )


def tick(store: Store, now: int, due: int) -> Sequence[object]:
    """Tick once; as many incidents as are due must change."""
    clock = ManualClock(from_micros(now))
    ticked = IncidentDesk(store, policy=POLICY, clock=clock).tick(limit=OPEN).incidents
    assert len(ticked) == due
    return ticked


def bench_due(compare: Compare, make: Callable[[], Store]) -> None:
    """Taking what is due from a store in batches, against the same in bare SQL."""
    ours = fill(make(), copies(reported(), iter(range(OPEN))))
    assert BATCH == len(ours.due(OPEN, BATCH, 0))
    compare(
        f"due: {BATCH} a batch of {OPEN:,}, {type(ours).__name__}",
        lambda: ours.due(OPEN, BATCH, 0),
        bare(),
        number=5,
        rounds=20,
        at_most=3,
    )


def bench_claim(compare: Compare, make: Callable[[], Store]) -> None:
    """Claiming messages from a store in batches, against the same in bare SQL."""
    ours = fill(make(), copies(reported(), iter(range(OPEN)), owed=OPEN))
    assert BATCH == len(ours.claim(OPEN, BATCH, 0, "token"))
    compare(
        f"claim: {BATCH} a batch of {OPEN:,}, {type(ours).__name__}",
        lambda: ours.claim(OPEN, BATCH, 0, "token"),
        bare(),
        number=5,
        rounds=20,
        at_most=3,
    )


def bare() -> Side:
    """Return what leases a batch in bare SQL: a table, an index, a transaction."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    for statement in SCHEMA:
        connection.execute(statement)
    rows = [(n, str(UUID(int=n)), "x" * 600) for n in range(OPEN)]
    connection.executemany("INSERT INTO thing (at, id, body) VALUES (?, ?, ?)", rows)

    def batch() -> None:
        connection.execute("BEGIN IMMEDIATE")
        found = connection.execute(FIND, (OPEN, BATCH)).fetchall()
        connection.executemany(LEASE, [(OPEN, "token", row) for row, *_ in found])
        connection.execute("COMMIT")

    return batch
