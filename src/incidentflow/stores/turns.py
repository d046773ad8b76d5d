"""Turns: what is due is handed out tenant by tenant, so that no backlog holds others up."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator, Mapping
from typing import TypeVar

T = TypeVar("T")


class Turns:
    """
    Whose turn it is: tenants by their names, behind the one that was served last.

    It is remembered by one store object alone; a worker of another process has its own order.
    """

    def __init__(self) -> None:
        """Begin with the first."""
        self._last = ""

    def take(self, queues: Mapping[str, Iterator[T]], limit: int) -> list[T]:
        """
        Take one thing of each tenant, then the next of each, at most so many in all.

        Args:
            queues: What waits, by tenant, in the order of each; read as far as it is needed.
            limit: How many.

        """
        names = sorted(queues)
        start = bisect_right(names, self._last)
        waiting = deque((*names[start:], *names[:start]))
        taken: list[T] = []
        while waiting and len(taken) < limit:
            name = waiting.popleft()
            one = next(queues[name], None)
            if one is not None:
                self._last = name
                taken.append(one)
                waiting.append(name)
        return taken
