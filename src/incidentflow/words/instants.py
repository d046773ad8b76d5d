"""Instants: always aware, always UTC, to the microsecond; and ids that sort by them (rule K0)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from incidentflow.errors import InvalidInput

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9000, 1, 1, tzinfo=UTC)
"""Nothing lies beyond; there is room to count on from what lies before."""
MICROSECOND = timedelta(microseconds=1)


def utc(value: object, field: str = "at") -> datetime:
    """
    Return an instant in UTC.

    Args:
        value: An aware datetime.
        field: Its name, for the error.

    Raises:
        InvalidInput: It is no datetime, or has no time zone: a wall-clock reading is no instant.

    """
    if not isinstance(value, datetime):
        raise InvalidInput.of(field, value, "instant.none")
    if value.tzinfo is UTC:
        return value
    if value.tzinfo is None or value.utcoffset() is None:
        raise InvalidInput.of(field, value.isoformat(), "instant.naive")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidInput.of(field, value.isoformat(), "instant.outside") from None


def to_utc(value: datetime | None) -> datetime | None:
    """Move an aware instant to UTC; anything else is left to `aware` (an attrs converter)."""
    try:
        return None if value is None else utc(value)
    except InvalidInput:
        return value


def aware(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Require an aware instant before `END`; None passes (an attrs validator)."""
    if value is not None and utc(value, attribute.name) >= END:
        raise InvalidInput.of(attribute.name, str(value), "instant.far")


def micros(moment: datetime) -> int:
    """Return an instant as whole microseconds since 1970 in UTC (rule K0)."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(number: int) -> datetime:
    """Return the instant that lies *number* microseconds after 1970 in UTC."""
    return EPOCH + timedelta(microseconds=number)


def show(moment: datetime) -> str:
    """Show an instant to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}Z"


def uuid7(moment: datetime, entropy: bytes) -> str:
    """
    Return a UUID of version 7 (RFC 9562): sortable by the millisecond it was made in.

    Args:
        moment: When it is made.
        entropy: Ten random bytes.

    """
    stamp = micros(moment) // 1000 & (1 << 48) - 1
    random = int.from_bytes(entropy, "big") & (1 << 74) - 1
    number = stamp << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & (1 << 62) - 1
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
