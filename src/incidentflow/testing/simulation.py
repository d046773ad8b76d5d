"""
Every order in which concurrent work can happen, one after another.

A use case is a coroutine that waits only at its store. A suspending store lets a scheduler choose,
at each of its calls, who goes on; going through all choices proves what luck would only suggest.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Iterator, Sequence
from typing import Any

from attrs import define, field

from incidentflow.errors import IncidentflowError
from incidentflow.ports import (
    Claim,
    Line,
    Lookup,
    OwedKind,
    Query,
    Redaction,
    Settlement,
    Store,
    Stored,
    Subject,
    Write,
)


class _Turn:
    """Waits until the scheduler lets it go on."""

    def __await__(self) -> Generator[None, None, None]:
        yield


class SuspendingStore:
    """
    A sync store as an async one that waits for its turn before each call.

    Give it to an `AsyncIncidentDesk`, and the coroutines of its verbs to `interleavings`.

    Args:
        store: The store that does the work.

    """

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
        """Wait, then load."""
        await _Turn()
        return self._store.load(lookup)

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Wait, then commit."""
        await _Turn()
        return self._store.commit(writes)

    async def find(self, query: Query) -> tuple[Stored, ...]:
        """Wait, then find."""
        await _Turn()
        return self._store.find(query)

    async def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Wait, then read."""
        await _Turn()
        return self._store.history(subject, after)

    async def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Wait, then claim."""
        await _Turn()
        return self._store.due(now, limit, lease)

    async def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Wait, then claim."""
        await _Turn()
        return self._store.claim(now, limit, lease, token, kind)

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Wait, then settle."""
        await _Turn()
        return self._store.settle(tenant, settlement)

    async def erase(self, redactions: Sequence[Redaction]) -> None:
        """Wait, then erase."""
        await _Turn()
        self._store.erase(redactions)


@define
class Race:
    """
    One run of concurrent work, in one order.

    Attributes:
        work: The coroutines that run against one another.
        answers: What each of them returned, or the error of this library that it raised.
        order: Who went on at each turn, as positions in *work*.

    """

    work: Sequence[Coroutine[Any, Any, object]]
    answers: list[object] = field(factory=list)
    order: tuple[int, ...] = ()

    def run(self, choices: Sequence[int]) -> list[int]:
        """Run it with the given choices, then with the first that can go on; count the choices."""
        answers: dict[int, object] = {}
        ready = list(range(len(self.work)))
        order: list[int] = []
        widths: list[int] = []
        while ready:
            turn = len(order)
            who = ready[choices[turn]] if turn < len(choices) else ready[0]
            widths.append(len(ready))
            order.append(who)
            try:
                self.work[who].send(None)
            except StopIteration as finished:
                answers[who] = finished.value
            except IncidentflowError as error:
                answers[who] = error
            if who in answers:
                ready.remove(who)
        self.answers = [answers[who] for who in range(len(self.work))]
        self.order = tuple(order)
        return widths


def interleavings(begin: Callable[[], Race]) -> Iterator[Race]:
    """
    Run concurrent work in every order that is possible.

    Args:
        begin: Builds a fresh world and the work in it; called once for each order.

    Yields:
        Each run when it is over, for the caller to look at.

    """
    choices: list[int] = []
    while True:
        race = begin()
        widths = race.run(choices)
        yield race
        choices += [0] * (len(widths) - len(choices))
        while choices and choices[-1] + 1 >= widths[len(choices) - 1]:
            choices.pop()
        if not choices:
            return
        choices[-1] += 1
