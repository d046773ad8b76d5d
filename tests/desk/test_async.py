"""What is particular to the async desk: a thread under it, cancellation, async stores."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import pytest

from incidentflow import AsyncIncidentDesk, IncidentDesk, Note, Resolve
from incidentflow.desk.drivers import Lifted, run
from incidentflow.desk.threads import Threaded
from incidentflow.errors import InvalidInput, StoreError
from incidentflow.notifiers import callback
from incidentflow.ports import (
    Lookup,
    Notification,
    Outcome,
    OwedKind,
    Receipt,
    Settlement,
    Stored,
)
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy
from incidentflow.testing.simulation import SuspendingStore
from incidentflow.words import micros

NOTE = Note(by="ana", text="hello")


class Watched(MemoryStore):
    """A store that remembers which threads called it, and can be held up in a commit."""

    def __init__(self) -> None:
        super().__init__()
        self.threads: set[str] = set()
        self.arrived = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.closed = 0

    def load(self, lookup: Lookup) -> Stored | None:
        """Remember the thread, and load."""
        self.threads.add(threading.current_thread().name)
        return super().load(lookup)

    def commit(self, writes: Any) -> tuple[str | None, ...]:  # noqa: ANN401 - writes
        """Remember the thread, wait to be let go, and commit."""
        self.threads.add(threading.current_thread().name)
        self.arrived.set()
        assert self.go_on.wait(60)
        return super().commit(writes)

    def close(self) -> None:
        """Remember being closed, and on which thread."""
        self.threads.add(threading.current_thread().name)
        self.closed += 1


class Closing(SuspendingStore):
    """An async store that must be closed."""

    closed = 0

    async def close(self) -> None:
        """Remember it."""
        self.closed += 1


def both(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run coroutines side by side, and collect what came of them."""

    async def main() -> list[Any]:
        return await asyncio.gather(*work, return_exceptions=True)

    return asyncio.run(main())


def test_a_sync_store_is_called_on_one_thread_of_its_own() -> None:
    """Never on the event loop's, and never on two."""
    store = Watched()

    async def main() -> None:
        async with AsyncIncidentDesk(store) as desk:
            incident = await desk.report("Mail is down", by="ana")
            await asyncio.gather(*(desk.apply(incident, NOTE) for _ in range(5)))

    asyncio.run(main())
    (name,) = store.threads

    assert name.startswith("incidentflow-store")
    assert name not in {thread.name for thread in threading.enumerate()}
    assert 1 == store.closed


def test_the_event_loop_goes_on_while_the_store_works() -> None:
    """A slow commit holds up its caller alone."""
    store = Watched()

    async def main() -> list[str]:
        said = []
        desk = AsyncIncidentDesk(store)
        store.go_on.clear()
        report = asyncio.create_task(desk.report("Mail is down", by="ana"))
        await asyncio.to_thread(store.arrived.wait, 60)
        said.append("still here")
        store.go_on.set()
        said.append((await report).title)
        await desk.close()
        return said

    assert ["still here", "Mail is down"] == asyncio.run(main())


def test_a_commit_that_was_cancelled_is_repeated_with_its_key() -> None:
    """Its outcome is unknown to who was cancelled; the key makes sure that it happened once."""
    store = Watched()

    async def main() -> None:
        desk = AsyncIncidentDesk(store, clock=ManualClock())
        store.go_on.clear()
        report = asyncio.create_task(desk.report("Mail is down", by="ana", key="k"))
        await asyncio.to_thread(store.arrived.wait, 60)
        report.cancel()
        with pytest.raises(asyncio.CancelledError):
            await report
        store.go_on.set()
        again = await desk.report("Mail is down", by="ana", key="k")
        found = await desk.find()

        assert [again] == list(found)
        assert 1 == again.version
        await desk.close()

    asyncio.run(main())


def test_a_call_that_was_cancelled_before_its_turn_never_happens() -> None:
    """What still waits for the thread is taken back."""
    store = Watched()

    async def main() -> None:
        desk = AsyncIncidentDesk(store)
        first = await desk.report("Mail is down", by="ana")
        store.go_on.clear()
        store.arrived.clear()
        noted = asyncio.create_task(desk.apply(first, NOTE))
        await asyncio.to_thread(store.arrived.wait, 60)
        waiting = asyncio.create_task(desk.report("Printer", by="ana"))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        store.go_on.set()
        await noted

        assert 1 == len(await desk.find())
        assert 1 == (await desk.get(first)).counts.notes
        await desk.close()

    asyncio.run(main())


def test_an_async_store_is_awaited() -> None:
    """A store whose methods are coroutines needs no thread."""
    store = Closing(MemoryStore())
    desk = AsyncIncidentDesk(store, clock=ManualClock())

    async def main() -> list[Any]:
        incident = await desk.report("Mail is down", by="ana", team="net")
        until = await desk.next_due()
        async with desk.batch() as batch:
            await batch.apply(incident, NOTE)
        return [until, (await desk.get(incident)).counts.notes, (await desk.verify()).holds]

    async def stepped() -> list[Any]:
        answers = await main()
        await desk.close()
        return answers

    coroutine, answers = stepped(), []
    while not answers:
        try:
            coroutine.send(None)
        except StopIteration as finished:
            answers = finished.value

    assert [None, 1, True] == answers
    assert 1 == store.closed


def test_an_async_store_is_refused_by_the_sync_desk() -> None:
    """It says which desk would do; a class is no store, whichever kind."""
    with pytest.raises(InvalidInput, match="is an async store; give it to AsyncIncidentDesk"):
        IncidentDesk(SuspendingStore(MemoryStore()))  # type: ignore[arg-type]
    for desk in (IncidentDesk, AsyncIncidentDesk):
        with pytest.raises(InvalidInput, match="is no store; give a URL"):
            desk(SuspendingStore)  # type: ignore[arg-type]


def test_a_use_case_that_waits_is_refused_by_the_sync_driver() -> None:
    """A sync desk has no event loop to wait in."""
    store = SuspendingStore(MemoryStore())
    with pytest.raises(RuntimeError, match="its store must answer at once"):
        run(store.load(None))  # type: ignore[arg-type]


def test_a_closed_desk_opens_its_store_again(tmp_path: Path) -> None:
    """Closing twice is fine, and so is going on: a new thread, a new connection."""
    url = f"sqlite:///{tmp_path / 'incidents.db'}"

    async def main() -> int:
        desk = AsyncIncidentDesk(url)
        await desk.report("Mail is down", by="ana")
        await desk.close()
        await desk.close()
        await desk.report("Printer", by="ana")
        found = len(await desk.find())
        await desk.close()
        return found

    with IncidentDesk(url) as desk:
        assert 0 == len(desk.find())
    assert 2 == asyncio.run(main())
    assert [] == list(tmp_path.glob("*-wal"))


def test_a_view_leaves_the_store_that_it_shares_open() -> None:
    """Tenant, somebody's or batch, and views of views: the desk itself closes, nothing else."""
    store, counts = Watched(), []

    async def main() -> None:
        async with AsyncIncidentDesk(store) as desk:
            async with desk.tenant("acme") as acme, acme.seen_by("ana") as hers:
                await hers.close()
            async with desk.batch() as batch:
                await batch.close()
            counts.append(store.closed)
        counts.append(store.closed)

    asyncio.run(main())
    with IncidentDesk(store) as desk:
        with desk.tenant("acme") as acme, acme.seen_by("ana") as hers:
            hers.close()
        with desk.batch() as batch:
            batch.close()
        counts.append(store.closed)
    counts.append(store.closed)
    IncidentDesk().close()

    assert [0, 1, 1, 2] == counts


def test_a_view_leaves_the_notifiers_of_its_desk_running() -> None:
    """The loop that an async notifier runs in is the desk's, and ends with it."""
    loops = []

    async def send(_: Notification) -> Receipt:
        loops.append(asyncio.get_running_loop())
        return Receipt(Outcome.DELIVERED)

    with IncidentDesk(notifiers=[callback("default", send)]) as desk:
        for title in ("Mail is down", "Printer"):
            with desk.tenant("acme") as acme:
                acme.report(title, by="ana", team="net")
                acme.deliver()

    assert 2 <= len(loops)
    assert 1 == len(set(loops))


def test_one_desk_serves_one_event_loop_after_another() -> None:
    """As tests and scripts do it."""
    desk = AsyncIncidentDesk(MemoryStore())
    titles = [asyncio.run(desk.report(title, by="ana")).title for title in ("One", "Two")]
    asyncio.run(desk.close())

    assert ["One", "Two"] == titles


def test_errors_of_the_store_reach_the_caller() -> None:
    """Through the thread, as they were raised."""

    class Gone(MemoryStore):
        def load(self, lookup: Lookup) -> Stored | None:
            """Fail."""
            del lookup
            raise StoreError("load", "the disk is gone", "unknown")

    desk = AsyncIncidentDesk(Gone())
    (error,) = both(desk.get("INC-0000001"))
    asyncio.run(desk.close())

    assert ("unknown", "repeat the command with the same key") == (
        error.outcome,
        str(error).rpartition(": ")[2],
    )


@pytest.mark.parametrize("adapter", [Lifted, Threaded])
def test_adapters_pass_on_every_call(adapter: Any, tmp_path: Path) -> None:  # noqa: ANN401
    """A sync store as an async one is the same store, method by method."""
    store = SQLiteStore(tmp_path / "incidents.db")
    desk = IncidentDesk(store, clock=ManualClock(), entropy=SeededEntropy())
    incident = desk.report("Mail is down", by="ana", team="net")
    desk.apply(incident, Resolve(by="ana", code="fixed", note="x"))
    adapted, now = adapter(store), micros(MONDAY)

    async def main() -> None:
        assert (store.name, store.capabilities) == (adapted.name, adapted.capabilities)
        claim, *_ = await adapted.claim(now, 9, 1, "t")
        assert OwedKind.MESSAGE is claim.owed.kind
        assert await adapted.settle("default", Settlement(claim.owed.key, "t"))
        assert not await adapted.settle("default", Settlement(claim.owed.key, "t"))
        assert () == await adapted.due(now, 9, 1)
        assert (incident.id,) == tuple(
            subject.id for subject in await adapted.due(now + (1 << 50), 9, 1)
        )

    asyncio.run(main())
    if adapter is Threaded:
        adapted.close()
    store.close()
