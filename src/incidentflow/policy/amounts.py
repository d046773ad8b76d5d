"""Amounts: so much open time, or so many open dates (rule K15)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs
from attrs import field

from incidentflow.errors import InvalidInput, shorten
from incidentflow.words import frozen

AT = ("same time", "close")
MOST_DAYS = 36_525
BEYOND = "is more than a century; give less"


def _count(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not int or value < 0:
        problem = "is no whole number, or a negative one; give 0 or more"
        raise InvalidInput(attribute.name, shorten(value), problem)


@frozen
class Hours:
    """
    So much open time: 24 hours are 24 open hours, however many days those take.

    Attributes:
        hours: Whole hours.
        minutes: Whole minutes, added.

    Raises:
        InvalidInput: It is nothing, negative, more than a century, or not whole.

    """

    hours: int = field(default=0, validator=_count)
    minutes: int = field(default=0, validator=_count)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no amount."""
        minutes = self.hours * 60 + self.minutes
        if not minutes:
            raise InvalidInput("minutes", "0", "is no amount; give more than nothing")
        if minutes > MOST_DAYS * 24 * 60:
            raise InvalidInput("minutes", shorten(minutes), BEYOND)

    @property
    def span(self) -> timedelta:
        """How long that is."""
        return timedelta(hours=self.hours, minutes=self.minutes)

    def __str__(self) -> str:
        """Show it as people write it."""
        shown = ((self.hours, "h"), (self.minutes, "min"))
        return " ".join(f"{count} {unit}" for count, unit in shown if count)


@frozen
class BusinessDays:
    """
    So many open dates after the date of the start.

    Attributes:
        days: How many; the date of the start does not count.
        at: Until when on the last: ``"same time"`` as the start, or ``"close"`` of that date.

    Raises:
        InvalidInput: There are none, or too many, or *at* is neither.

    """

    days: int = field(validator=_count)
    at: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is no amount."""
        if not self.days:
            raise InvalidInput("days", "0", "is no number of days; give at least 1")
        if self.days > MOST_DAYS:
            raise InvalidInput("days", shorten(self.days), BEYOND)
        if self.at not in AT:
            raise InvalidInput("at", shorten(self.at), f"is neither {AT[0]!r} nor {AT[1]!r}")

    def __str__(self) -> str:
        """Show it as people write it."""
        unit = "business day" if self.days == 1 else "business days"
        return f"{self.days} {unit}, {self.at}"


Amount = Hours | BusinessDays
