"""Await a sync store: one dedicated thread calls it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from incidentflow.desk.drivers import Lifted, close_store, is_async, join_host, sync_store
from incidentflow.ports import (
    AsyncStore,
    Claim,
    Line,
    Lookup,
    Opener,
    OwedKind,
    Query,
    Redaction,
    Settlement,
    Store,
    Stored,
    Subject,
    Write,
)
from incidentflow.stores import open_store

T = TypeVar("T")
P = ParamSpec("P")


class Threaded(Lifted):
    """A sync store as an async one: every call is one hop to one dedicated thread."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._thread = _one_thread()

    async def load(self, lookup: Lookup) -> Stored | None:
        """Load on the thread."""
        return await self._hop(self._store.load, lookup)

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Commit on the thread; when cancelled, the outcome is unknown."""
        return await self._hop(self._store.commit, writes)

    async def find(self, query: Query) -> tuple[Stored, ...]:
        """Find on the thread."""
        return await self._hop(self._store.find, query)

    async def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Read on the thread."""
        return await self._hop(self._store.history, subject, after)

    async def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim on the thread."""
        return await self._hop(self._store.due, now, limit, lease)

    async def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim on the thread."""
        return await self._hop(self._store.claim, now, limit, lease, token, kind)

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle on the thread."""
        return await self._hop(self._store.settle, tenant, settlement)

    async def erase(self, redactions: Sequence[Redaction]) -> None:
        """Erase on the thread."""
        await self._hop(self._store.erase, redactions)

    def join(self, connection: object) -> AsyncStore:
        """Join a transaction of the host; its connection stays on the thread of the caller."""
        return join_host(self._store, connection)

    def close(self) -> None:
        """Close the store on its thread, and let the thread end; the next call begins another."""
        self._thread.submit(close_store, self._store).result()
        self._thread.shutdown()
        self._thread = _one_thread()

    async def _hop(self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.wrap_future(self._thread.submit(partial(call, *args, **kwargs)))


def _one_thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=1, thread_name_prefix="incidentflow-store")


def async_store(
    store: str | Store | AsyncStore, openers: Mapping[str, Opener] | None = None
) -> AsyncStore:
    """
    Open a store by its URL, or take one of either kind, as an async store.

    Raises:
        InvalidInput: It is no store.

    """
    if isinstance(store, str):
        store = open_store(store, openers)
    if is_async(store):
        return store  # type: ignore[return-value]  # its methods were just seen to be awaited
    return Threaded(sync_store(store))  # type: ignore[arg-type]  # as above: not awaited
