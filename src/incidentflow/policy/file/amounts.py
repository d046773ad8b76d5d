"""The amounts of targets as people write them."""

from __future__ import annotations

import re

from incidentflow.errors import InvalidInput, shorten
from incidentflow.policy.amounts import Amount, BusinessDays, Hours

NONE = "none"
HOURS = re.compile(r"(?:([0-9]{1,9}) ?h)?(?:(?:^|(?<=h) )([0-9]{1,9}) ?min)?")
DAYS = re.compile(r"([0-9]{1,6}) business days?, (same time|close)")
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
        raise InvalidInput(field, shorten(given), HINT)
    return Hours(int(hours[1] or 0), int(hours[2] or 0))


def show_amount(amount: Amount | None) -> str:
    """Show an amount as `read_amount` reads it."""
    if isinstance(amount, Hours):
        shown = ((amount.hours, "h"), (amount.minutes, "min"))
        return " ".join(f"{count}{unit}" for count, unit in shown if count)
    return NONE if amount is None else str(amount)
