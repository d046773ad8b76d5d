"""The amounts of targets as people write them."""

from __future__ import annotations

import re

from incidentflow.errors import InvalidInput, shorten
from incidentflow.policy.amounts import BEYOND, MOST_DAYS, Amount, BusinessDays, Hours

NONE = "none"
HOURS = re.compile(r"(?:([0-9]{1,99}) ?h)?(?:(?:^|(?<=h) ?)([0-9]{1,99}) ?m(?:in)?)?")
DAYS = re.compile(r"([0-9]{1,99}) business days?, (same time|close)")
PLAIN_DAYS = re.compile(r"([0-9]{1,99}) ?d(?:ays?)?")
HINT = "is no amount; write it as '4h', '1h 30min', '3 business days, close' or 'none'"


def read_amount(given: object, field: str) -> Amount | None:
    """
    Read what a target says: open time, business days, or none (rule K15).

    Raises:
        InvalidInput: It is none of them; a day of 24 hours is not meant by accident.

    """
    if given == NONE:
        return None
    text = given if isinstance(given, str) else ""
    days, hours = DAYS.fullmatch(text), HOURS.fullmatch(text)
    if days is not None:
        return BusinessDays(int(days[1]), days[2])
    if hours is None or not text:
        raise InvalidInput(field, shorten(given), _hint(text))
    return Hours(int(hours[1] or 0), int(hours[2] or 0))


def _hint(text: str) -> str:
    """Say what would work; of days, that there are two kinds."""
    plain = PLAIN_DAYS.fullmatch(text)
    count = int(plain[1]) if plain else 0
    if not 0 < count <= MOST_DAYS:
        return BEYOND if count else HINT
    days = BusinessDays(count, "close")
    return f"is no amount, for a day has two meanings; write '{24 * count}h' or '{days}'"


def show_amount(amount: Amount | None) -> str:
    """Show an amount as `read_amount` reads it."""
    if isinstance(amount, Hours):
        shown = ((amount.hours, "h"), (amount.minutes, "min"))
        return " ".join(f"{count}{unit}" for count, unit in shown if count)
    return NONE if amount is None else str(amount)
