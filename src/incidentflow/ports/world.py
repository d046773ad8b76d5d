"""The world: the present instant, and chance."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where the present instant comes from; implemented by hosts and tests."""

    def now(self) -> datetime:
        """Return the present instant, aware."""


class Entropy(Protocol):
    """Where randomness comes from: ids, salts and tokens; implemented by hosts and tests."""

    def draw(self, size: int) -> bytes:
        """Return *size* random bytes."""
