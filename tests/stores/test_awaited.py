"""The contract of stores checks those that are awaited, too, and finds what is wrong with them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from incidentflow.desk.threads import Threaded
from incidentflow.errors import CommitConflict
from incidentflow.ports import AsyncStore, Settlement
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.contract import checks
from incidentflow.testing.simulation import SuspendingStore
from incidentflow.testing.store import StoreContract
from incidentflow.testing.store_awaited import Answering, answering
from incidentflow.testing.store_data import by_id


class TestSuspending(StoreContract):
    """One in memory, that lets others go on before each call."""

    def make_store(self) -> AsyncStore:
        """Return a fresh store."""
        return SuspendingStore(MemoryStore())


class Keeping(SuspendingStore):
    """A store that cannot erase."""

    capabilities = frozenset()  # type: ignore[assignment]  # of a property


class TestKeeping(StoreContract):
    """One that cannot erase is asked for no erasure."""

    def make_store(self) -> AsyncStore:
        """Return a fresh store."""
        return Keeping(MemoryStore())


class TestThreaded(StoreContract):
    """One in a file, called on a thread: durable, and opened again."""

    @pytest.fixture(autouse=True)
    def _closed_at_the_end(self, tmp_path: Path) -> Iterator[None]:
        """Close whatever a check opened."""
        self.paths = iter(tmp_path / f"{number}.db" for number in range(100))
        self.stores: list[Threaded] = []
        yield
        for store in self.stores:
            store.close()

    def make_store(self) -> AsyncStore:
        """Return a fresh store."""
        return self._opened(next(self.paths))

    def reopen(self, store: AsyncStore) -> AsyncStore:
        """Close a store, and open its file again."""
        self.stores[-1].close()
        return self._opened(Path(store.name.removeprefix("sqlite:///")))

    def _opened(self, path: Path) -> AsyncStore:
        self.stores.append(Threaded(SQLiteStore(path, synchronous="NORMAL")))
        return self.stores[-1]


class Hasty(SuspendingStore):
    """Looks, lets others go on, and then says that what it found still held."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())

    async def commit(self, writes: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - writes
        """Lose a write that was overtaken since it looked."""
        found = [by_id(self._store, each.subject) for each in writes]
        await asyncio.sleep(0.001)
        try:
            return self._store.commit(writes)
        except CommitConflict:
            if found == [by_id(self._store, each.subject) for each in writes]:
                raise
            return (None,) * len(found)


class Unawaited(SuspendingStore):
    """Answers a settlement at once, as a plain store does."""

    def __init__(self) -> None:
        super().__init__(MemoryStore())

    def settle(self, tenant: str, settlement: Settlement) -> bool:  # type: ignore[override]  # the fault
        """Settle without being awaited."""
        return self._store.settle(tenant, settlement)


def failing(broken: type[AsyncStore]) -> set[str]:
    """Name the checks that a store fails."""
    contract: Any = type("Contract", (StoreContract,), {"make_store": lambda _: broken()})
    failed = set()
    for check in checks(StoreContract):
        try:
            getattr(contract(), check)()
        except (AssertionError, CommitConflict, LookupError, TypeError):
            failed.add(check)
    return failed


def test_one_that_writes_later_than_it_looks_is_found() -> None:
    """Rivals run side by side in one loop, as in an application."""
    assert {"test_one_of_many_threads_wins"} == failing(Hasty)


def test_one_that_forgets_to_be_awaited_is_found() -> None:
    """A desk would await what cannot be."""
    failed = failing(Unawaited)

    assert "test_only_the_latest_claim_settles" in failed
    assert "test_journals_grow_in_order" not in failed


def test_a_plain_store_passes_as_it_is() -> None:
    """Only what is awaited needs somebody to await it."""
    store = MemoryStore()

    assert store is answering(store)


@pytest.mark.parametrize("how", ["awaited", "plain", "none"])
def test_closing_waits_where_there_is_something_to_wait_for(how: str) -> None:
    """As an async desk closes its store: in either way, or not at all."""
    closed = []

    class Store(SuspendingStore):
        async def _awaited(self) -> None:
            closed.append("awaited")

        def _plain(self) -> None:
            closed.append("plain")

        if how != "none":
            close = _awaited if how == "awaited" else _plain

    answering_ = answering(Store(MemoryStore()))
    assert isinstance(answering_, Answering)
    answering_.close()

    assert [how] * (how != "none") == closed
