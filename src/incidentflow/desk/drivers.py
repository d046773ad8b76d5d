"""Step use cases at once, over stores that answer at once."""

from __future__ import annotations

import inspect
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

from incidentflow.errors import InvalidInput, MissingCapability, shorten
from incidentflow.ports import (
    AsyncStore,
    Claim,
    JoiningStore,
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
JOINS_HOST = "joins_host"


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Step a use case to its end; over lifted ports it never waits."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        answer: T = finished.value
        return answer
    coroutine.close()
    msg = "a use case waited in a sync desk; its store must answer at once"
    raise RuntimeError(msg)


class Lifted:
    """A sync store as an async one that answers at once."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @property
    def name(self) -> str:
        """The store's name."""
        return self._store.name

    @property
    def capabilities(self) -> frozenset[str]:
        """What the store can do."""
        return self._store.capabilities

    async def load(self, lookup: Lookup) -> Stored | None:
        """Load at once."""
        return self._store.load(lookup)

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Commit at once."""
        return self._store.commit(writes)

    async def find(self, query: Query) -> tuple[Stored, ...]:
        """Find at once."""
        return self._store.find(query)

    async def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Read at once."""
        return self._store.history(subject, after)

    async def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim at once."""
        return self._store.due(now, limit, lease)

    async def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim at once."""
        return self._store.claim(now, limit, lease, token, kind)

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle at once."""
        return self._store.settle(tenant, settlement)

    async def erase(self, redactions: Sequence[Redaction]) -> None:
        """Erase at once."""
        self._store.erase(redactions)


def close_store(store: Store | AsyncStore) -> Any:  # noqa: ANN401 - what an async store awaits
    """Close a store, if it can be closed."""
    close = getattr(store, "close", None)
    return None if close is None else close()


def is_async(store: object) -> bool:
    """Whether a store's methods are to be awaited."""
    load = None if isinstance(store, type) else getattr(store, "load", None)
    return inspect.iscoroutinefunction(load)


def sync_store(store: str | Store, openers: Mapping[str, Opener] | None = None) -> Store:
    """
    Open a store by its URL; one that is given passes.

    Raises:
        InvalidInput: It is no store, or one whose methods are awaited.

    """
    if isinstance(store, str):
        opened = open_store(store, openers)
        return sync_store(opened)  # type: ignore[arg-type]  # an async one is refused there
    if is_async(store):
        problem = "is an async store; give it to AsyncIncidentDesk"
        raise InvalidInput("store", shorten(store), problem)
    if isinstance(store, type) or not callable(getattr(store, "load", None)):
        problem = "is no store; give a URL such as 'sqlite:///incidents.db', or a store object"
        raise InvalidInput("store", shorten(store), problem)
    return store


def join_host(store: Store | AsyncStore, connection: object) -> AsyncStore:
    """
    Return a store inside the transaction that is open on a connection of the host.

    Its methods run where they are called: the connection belongs to that thread.

    Raises:
        MissingCapability: The store does not declare ``joins_host``.
        InvalidInput: The connection is none that it can use.

    """
    if JOINS_HOST not in store.capabilities or not isinstance(store, JoiningStore):
        raise MissingCapability(JOINS_HOST, store.name)
    joined = store.join(connection)
    return joined if is_async(joined) else Lifted(joined)  # type: ignore[return-value, arg-type]  # as above: seen
