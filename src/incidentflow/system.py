"""The real clock and the real randomness; the only place that reads either."""

from __future__ import annotations

import os
from datetime import UTC, datetime


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return datetime.now(UTC)


class SystemEntropy:
    """The operating system's randomness."""

    def draw(self, size: int) -> bytes:
        """Return *size* random bytes."""
        return os.urandom(size)
