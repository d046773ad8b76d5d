"""A clock to wind, and randomness that repeats: real ports without a real world."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from incidentflow.words import utc

MONDAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class ManualClock:
    """
    A clock that stands still until it is wound.

    Args:
        start: The instant it shows first; default a Monday morning.

    """

    def __init__(self, start: datetime = MONDAY) -> None:
        self._now = utc(start, "start")

    def now(self) -> datetime:
        """Return the instant it shows."""
        return self._now

    def advance(
        self, *, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0
    ) -> datetime:
        """Wind it by a span, and return the instant it shows then."""
        span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self.set(self._now + span)

    def set(self, instant: datetime) -> datetime:
        """Wind it to an instant, earlier ones included, and return it."""
        self._now = utc(instant, "instant")
        return self._now


class SeededEntropy:
    """
    Randomness that is the same for the same seed.

    Args:
        seed: Any whole number.

    """

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)

    def draw(self, size: int) -> bytes:
        """Return the next *size* bytes."""
        return self._random.randbytes(size)
