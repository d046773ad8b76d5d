"""Durations in units, exact to the microsecond."""

from __future__ import annotations

from datetime import timedelta

UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
    "us": timedelta(microseconds=1),
}
UNLIMITED = "unlimited"
"""What a span without end is, as policy files write it."""


def show_span(span: timedelta) -> str:
    """Show a duration as policy files write it, such as ``"2d 4h"``; a negative one with a sign."""
    shown, rest = [], abs(span)
    for unit, length in UNITS.items():
        count, rest = divmod(rest, length)
        if count:
            shown.append(f"{count}{unit}")
    return ("-" if span < timedelta(0) else "") + (" ".join(shown) or "0s")
