"""Durations as people write them, exact to the microsecond."""

from __future__ import annotations

import re
from datetime import timedelta

from incidentflow.errors import InvalidInput, shorten
from incidentflow.words.spans import UNITS

SPELT = {"min": "m(?:in)?"}
SPAN = re.compile(
    "".join(rf"(?:([0-9]{{1,15}}) ?{SPELT.get(unit, unit)}(?: (?=[0-9])|$))?" for unit in UNITS)
)
HINT = "is no duration; write it as '4h', '15min' or '2d 4h', with whole numbers"
ZEROS = ("0", "'0'")
ZERO = "is no duration; write nothing at all as '0d'"


def read_span(given: object, field: str) -> timedelta:
    """
    Read a duration such as ``"4h"``, ``"15min"`` or ``"2d 4h"``: d, h, min or m, s, ms and us.

    Raises:
        InvalidInput: It is none; nothing is rounded or guessed (rule I6).

    """
    match = SPAN.fullmatch(given) if isinstance(given, str) else None
    counts = [] if match is None else match.groups()
    if not any(counts):
        raise InvalidInput(field, shorten(given), ZERO if shorten(given) in ZEROS else HINT)
    try:
        pairs = zip(counts, UNITS.values(), strict=True)
        return sum((int(count or 0) * unit for count, unit in pairs), timedelta(0))
    except OverflowError:
        raise InvalidInput(field, shorten(given), "is longer than any calendar") from None
