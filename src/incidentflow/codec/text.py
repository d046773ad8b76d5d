"""Plain data as text, in one form: what is hashed is the same everywhere."""

from __future__ import annotations

from json import JSONEncoder
from typing import Any

Data = Any
RESERVED = frozenset({"kind", "v"})
"""What events and commands carry beside their attributes."""

_ENCODER = JSONEncoder(
    ensure_ascii=False, check_circular=False, separators=(",", ":"), sort_keys=True
)


def canonical(data: Data) -> str:
    """Write plain data in the one form that is hashed, whichever accelerator is installed."""
    return _ENCODER.encode(data)
