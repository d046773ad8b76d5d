"""Values in the order of their keys, at a cost that hardly grows with their number."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from itertools import islice, takewhile
from typing import Generic, TypeVar

V = TypeVar("V")
Key = tuple[int | str, ...]

MOST = 1000


class Ordered(Generic[V]):
    """
    A mapping that is walked in the order of its keys.

    The keys stand in chunks of at most `MOST`, so that adding and removing one moves a chunk
    and never the whole.
    """

    def __init__(self) -> None:
        """Start empty."""
        self._values: dict[Key, V] = {}
        self._chunks: list[list[Key]] = []
        self._tops: list[Key] = []

    def add(self, key: Key, value: V) -> None:
        """Add a value under a new key."""
        self._values[key] = value
        if not self._chunks:
            self._chunks.append([])
            self._tops.append(key)
        place = min(bisect_left(self._tops, key), len(self._chunks) - 1)
        chunk = self._chunks[place]
        insort(chunk, key)
        self._tops[place] = chunk[-1]
        if len(chunk) > MOST:
            self._chunks[place : place + 1] = chunk[: MOST // 2], chunk[MOST // 2 :]
            self._tops.insert(place, chunk[MOST // 2 - 1])

    def remove(self, key: Key) -> None:
        """Remove a key, which must be there."""
        del self._values[key]
        place = bisect_left(self._tops, key)
        chunk = self._chunks[place]
        del chunk[bisect_left(chunk, key)]
        if chunk:
            self._tops[place] = chunk[-1]
        else:
            del self._chunks[place], self._tops[place]

    def upwards(self, after: Key = ()) -> Iterator[tuple[Key, V]]:
        """Walk keys and values from the least on, past *after*."""
        for place in range(bisect_right(self._tops, after), len(self._chunks)):
            chunk = self._chunks[place]
            for key in chunk[bisect_right(chunk, after) :]:
                yield key, self._values[key]

    def downwards(
        self, before: Key | None = None, after: int | None = None
    ) -> Iterator[tuple[Key, V]]:
        """Walk keys and values from the greatest down, below *before*, as far as to *after*."""
        count = len(self._chunks)
        top = count if before is None else bisect_left(self._tops, before) + 1
        for place in reversed(range(min(top, count))):
            chunk = self._chunks[place]
            end = len(chunk) if before is None else bisect_left(chunk, before)
            for key in reversed(chunk[:end]):
                if after is not None and key < (after,):
                    return
                yield key, self._values[key]

    def below(self, key: Key) -> Iterator[tuple[Key, V]]:
        """Walk keys and values from the least on, all below a key."""
        return takewhile(lambda item: item[0] < key, self.upwards())

    def first(self, limit: int, below: Key) -> list[tuple[Key, V]]:
        """Return at most *limit* keys and values from the least on, all below a key."""
        return list(islice(self.below(below), max(limit, 0)))
