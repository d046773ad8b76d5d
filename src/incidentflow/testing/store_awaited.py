"""An async store as a sync one, so that one kit checks both; see `AsyncStore`."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import cache
from inspect import isawaitable
from typing import Any

from incidentflow.desk.drivers import close_store, is_async
from incidentflow.ports import AsyncStore, Store


class Answering:
    """
    An async store that answers whoever calls, from any thread.

    All are awaited in one event loop on a thread of its own, as in an application: what several
    threads ask for is done there side by side.

    Attributes:
        store: The store that is awaited.

    """

    def __init__(self, store: AsyncStore) -> None:
        self.store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Give what is no method as it is, and a method as one that waits for its answer."""
        part = getattr(self.store, name)
        if not callable(part):
            return part

        async def wait(*args: object, **kwargs: object) -> object:
            return await part(*args, **kwargs)

        return lambda *args, **kwargs: _run(wait, *args, **kwargs)

    def close(self) -> None:
        """Close the store, if it can be closed."""

        async def close() -> None:
            closing = close_store(self.store)
            if isawaitable(closing):
                await closing

        _run(close)


def answering(made: Store | AsyncStore) -> Store:
    """Return a store of either kind as one that answers; a sync one passes."""
    return Answering(made) if is_async(made) else made  # type: ignore[arg-type, return-value]  # seen


def _run(work: Callable[..., Any], *args: object, **kwargs: object) -> object:
    return asyncio.run_coroutine_threadsafe(work(*args, **kwargs), _loop()).result()


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Start the loop in which all stores are awaited; it ends with the process."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="incidentflow-checks", daemon=True).start()
    return loop
