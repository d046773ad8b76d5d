"""How every store writes an index record down, so that all of them give the same answers."""

from __future__ import annotations

import json
from collections.abc import Mapping

from incidentflow.ports import Index, Order
from incidentflow.words import FieldValue

LEAST_DIGITS, MOST_DIGITS = 7, 18
MOST_DOUBLINGS = 10
LEAST_REACH, ENDLESS = 8, 14
REACHES = range(LEAST_REACH, ENDLESS + 1)


def number_of(series: str, place: int) -> str:
    """Return the number at a place in its series, such as ``"INC-0001042"`` (rule T2)."""
    return f"{series}-{place:0{LEAST_DIGITS}d}"


def place_of(number: str) -> tuple[str, int] | None:
    """Return the series and the place of a number, or None when no series can reach it."""
    series, _, digits = number.rpartition("-")
    if not (digits.isdecimal() and LEAST_DIGITS <= len(digits) <= MOST_DIGITS):
        return None
    place = int(digits)
    return (series, place) if number == number_of(series, place) else None


def marks(fields: Mapping[str, FieldValue]) -> tuple[str, ...]:
    """
    Return one line of ASCII for each own field: equal lines, equal name, type and value.

    ``5``, ``"5"`` and ``True`` differ here, and no character is lost on the way through SQL:
    SQLite's own JSON functions cut text off at a NUL.
    """
    return tuple(json.dumps([name, value]) for name, value in fields.items())


def fields_of(lines: str) -> dict[str, FieldValue]:
    """Read back what `marks` wrote; what is none of it stands under no name."""
    try:
        return dict(json.loads(line) for line in lines.split("\n") if line)
    except (TypeError, ValueError):
        return {"": lines}


def cursor_of(order: Order, index: Index, id_: str) -> tuple[int, str]:
    """Return where a subject stands in an order."""
    places = {Order.DUE: index.due_at or 0, Order.BEGUN: index.begun_at}
    return places.get(order, 0), id_


def reach_of(begun_at: int, ended_at: int | None) -> int:
    """
    Return how far an interval reaches, so that those of a reach can be found by their beginnings.

    That is the number of hexadecimal digits of its length in microseconds: up to 71 minutes, then
    19 hours, 13 days, 7 months, 9 years, 142 years, and what has no end. What touches a period
    began in it, or at most its own reach before.
    """
    if ended_at is None:
        return ENDLESS
    return min(max(len(f"{max(ended_at - begun_at, 0):x}"), LEAST_REACH), ENDLESS)


def earliest(reach: int, since: int | None) -> int | None:
    """Return before what instant nothing of a reach began that goes on at another; None: never."""
    return None if since is None or reach == ENDLESS else since - 16**reach


def lease_end(now: int, lease: int, looks: int) -> int:
    """Return when a subject that was looked at *looks* times before may be claimed again."""
    return now + (lease << min(looks, MOST_DOUBLINGS))
