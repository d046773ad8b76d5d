"""Wall clocks and instants: the stretches of time over which a zone keeps one offset."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from incidentflow.words import MICROSECOND, from_micros

SECOND = 1_000_000
STRIDE = 12 * 3600 * SECOND
"""Half a day: no zone has changed its offset twice within one."""


def offset(zone: ZoneInfo, at: int) -> int:
    """Return what a zone's wall clocks are ahead of UTC, in microseconds."""
    ahead = from_micros(at).astimezone(zone).utcoffset() or timedelta(0)
    return ahead // MICROSECOND


def stretches(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """
    Give the stretches of time, half-open, over which a zone keeps one offset.

    Args:
        zone: The zone.
        start: Where the first begins, in microseconds of UTC.
        end: Where the last ends.

    Yields:
        The beginning and end of each stretch, and the offset, in microseconds.

    """
    begun, kept = start, offset(zone, start)
    for at in range(start, end, STRIDE):
        ahead = min(at + STRIDE, end)
        found = offset(zone, ahead)
        if found != kept:
            change = _change(zone, at, ahead)
            yield begun, change, kept
            begun, kept = change, found
    yield begun, end, kept


def at_wall(zone: ZoneInfo, reading: datetime, fold: Literal[0, 1] = 0) -> int:
    """
    Return the instant of a wall-clock reading; in a gap, the end of the gap (rule S3).

    Args:
        zone: The zone.
        reading: A naive reading.
        fold: Of a reading that occurs twice, the first or the second.

    """
    instant = _instant(zone, reading, fold)
    if from_micros(instant).astimezone(zone).replace(tzinfo=None) == reading:
        return instant
    return _change(zone, *sorted((instant, _instant(zone, reading, 1 - fold))))


def _instant(zone: ZoneInfo, reading: datetime, fold: int) -> int:
    """Return where a reading lies by the offset before or after a change of offsets."""
    aware = reading.replace(tzinfo=zone, fold=fold)
    at = reading - (aware.utcoffset() or timedelta(0))
    return (at - datetime(1970, 1, 1)) // MICROSECOND  # noqa: DTZ001 - both are readings


def _change(zone: ZoneInfo, start: int, end: int) -> int:
    """Find the first second at which the offset is no longer that of *start*."""
    kept, low, high = offset(zone, start), start // SECOND, -(-end // SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        if offset(zone, middle * SECOND) == kept:
            low = middle
        else:
            high = middle
    return min(high * SECOND, end)
