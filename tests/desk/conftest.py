"""Both desks over both stores, with a clock to wind; every test that takes `desk` runs on all."""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from incidentflow import AsyncIncidentDesk, IncidentDesk
from incidentflow.ports import (
    Claim,
    Line,
    Lookup,
    OwedKind,
    Query,
    Settlement,
    Store,
    Stored,
    Subject,
    Write,
)
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.clock import ManualClock, SeededEntropy


class Awaited:
    """An async desk that is awaited at every call, so that one test serves both desks."""

    def __init__(self, desk: AsyncIncidentDesk, runner: asyncio.Runner) -> None:
        self._desk = desk
        self._runner = runner

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Give a verb that waits for its answer."""
        verb = getattr(self._desk, name)

        def call(*args: object, **kwargs: object) -> Any:  # noqa: ANN401 - whatever the verb answers
            answer = verb(*args, **kwargs)
            if inspect.iscoroutine(answer):
                return self._runner.run(answer)
            return Awaited(answer, self._runner)

        return call

    @contextmanager
    def batch(self) -> Iterator[Awaited]:
        """Enter and leave the batch, waiting."""
        batch = self._desk.batch()
        view = self._runner.run(_awaited(batch.__aenter__()))
        try:
            yield Awaited(view, self._runner)
        except BaseException:
            self._runner.run(_awaited(batch.__aexit__(*sys.exc_info())))
            raise
        self._runner.run(_awaited(batch.__aexit__(None, None, None)))


async def _awaited(waits: Any) -> Any:  # noqa: ANN401 - anything that can be awaited
    return await waits


class Meddled:
    """A store in which something happens just before each of the next commits."""

    def __init__(self, store: Store, *acts: Callable[[], object]) -> None:
        self._store = store
        self.acts = list(acts)
        self.commits = 0

    @property
    def name(self) -> str:
        """The store's name."""
        return self._store.name

    @property
    def capabilities(self) -> frozenset[str]:
        """What the store can do."""
        return self._store.capabilities

    def load(self, lookup: Lookup) -> Stored | None:
        """Load."""
        return self._store.load(lookup)

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Let the next act happen, then commit."""
        self.commits += 1
        if self.acts:
            self.acts.pop(0)()
        return self._store.commit(writes)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find."""
        return self._store.find(query)

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Read."""
        return self._store.history(subject, after)

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects."""
        return self._store.due(now, limit, lease)

    def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim what is owed."""
        return self._store.claim(now, limit, lease, token, kind)

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle."""
        return self._store.settle(tenant, settlement)


@pytest.fixture
def clock() -> ManualClock:
    """Give a clock that stands on a Monday morning."""
    return ManualClock()


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """Give an empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore()
        return
    kept = SQLiteStore(tmp_path / "incidents.db", synchronous="NORMAL")
    yield kept
    kept.close()


@pytest.fixture(params=["sync", "async"])
def build(
    request: pytest.FixtureRequest, store: Store, clock: ManualClock
) -> Iterator[Callable[..., Any]]:
    """Build desks of each kind, over the same store and clock unless told otherwise."""
    awaited: list[AsyncIncidentDesk] = []
    with asyncio.Runner() as runner:

        def make(over: object = store, **options: object) -> Any:  # noqa: ANN401 - either desk
            options = {"clock": clock, "entropy": SeededEntropy(), **options}
            if request.param == "sync":
                return IncidentDesk(over, **options)  # type: ignore[arg-type]
            awaited.append(AsyncIncidentDesk(over, **options))  # type: ignore[arg-type]
            return Awaited(awaited[-1], runner)

        yield make
        for desk in awaited:
            runner.run(desk.close())


@pytest.fixture
def desk(build: Callable[..., Any]) -> Any:  # noqa: ANN401 - either desk
    """Give a desk of each kind over a store of each kind."""
    return build()


@pytest.fixture
def other(store: Store, clock: ManualClock) -> IncidentDesk:
    """Give a colleague's desk over the same store."""
    return IncidentDesk(store, clock=clock, entropy=SeededEntropy(99))


@pytest.fixture
def meddle(store: Store) -> Callable[..., Meddled]:
    """Give the store, with something happening before its next commits."""

    def make(*acts: Callable[[], object]) -> Meddled:
        return Meddled(store, *acts)

    return make
