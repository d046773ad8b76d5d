"""Calendars as values: a week, holidays, special days, a zone; and several of them together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from attrs import field

from incidentflow.errors import InvalidInput, PolicyError, shorten
from incidentflow.policy.calendars.windows import (
    DAYS,
    SpecialDay,
    Window,
    Wrong,
    read_holidays,
    read_special,
    read_week,
)
from incidentflow.policy.calendars.zones import zone_problems
from incidentflow.words import frozen, line

LEAP_YEAR = 366
Week = tuple[tuple[Window, ...], ...]


@frozen(slots=False, eq=True)
class Calendar:
    """
    When a service is open.

    Attributes:
        name: What to call it.
        week: The hours of each weekday, such as ``{"mon-fri": "09:00-12:00, 13:00-17:30"}``; to
            ``24:00``, or past midnight as in ``"22:00-06:00"``, which belongs to the date it
            starts on.
        zone: The zone whose wall clocks are meant, such as ``"Europe/Berlin"``.
        holidays: Dates without hours: ``"2026-12-25"`` once, ``"12-25"`` every year.
        special: Dates with hours of their own, such as ``{"2026-12-24": "09:00-12:00"}``; they
            go before holidays.

    Raises:
        PolicyError: It cannot be read, or is never open; every problem is named.

    """

    name: str = field(validator=line())
    week: Week = field(converter=read_week)
    zone: str = "UTC"
    holidays: tuple[str, ...] = field(default=(), converter=read_holidays)
    special: tuple[SpecialDay, ...] = field(default=(), converter=read_special)

    def __attrs_post_init__(self) -> None:
        """Refuse what cannot be read, and what would be searched for ever."""
        problems = tuple(self._problems())
        if problems:
            raise PolicyError(f"calendar {self.name!r}", problems)

    def windows(self, day: date) -> tuple[Window, ...]:
        """Return the opening hours that start on a date."""
        special = self._specials.get(day)
        if special is not None:
            return special
        if day in self._once or (day.month, day.day) in self._yearly:
            return ()
        return self.week[day.weekday()]

    @cached_property
    def told(self) -> Mapping[str, Any]:
        """All of it as plain data, the way it is given; what is not said is left out."""
        hours = {DAYS[day]: _joined(windows) for day, windows in enumerate(self.week) if windows}
        special = {each.date: _joined(each.windows) for each in self.special}
        rest = {"zone": self.zone, "holidays": [*self.holidays], "special": special}
        return {"name": self.name, "week": hours, **{key: one for key, one in rest.items() if one}}

    @cached_property
    def line(self) -> str:
        """All of it in one line, from which `read_calendar` makes it again."""
        return _written(self.told)

    def __str__(self) -> str:
        """Show the line."""
        return self.line

    @cached_property
    def tz(self) -> ZoneInfo:
        """The zone."""
        return ZoneInfo(self.zone)

    @cached_property
    def _specials(self) -> dict[date, tuple[Window, ...]]:
        return {date.fromisoformat(each.date): each.windows for each in self.special}

    @cached_property
    def _once(self) -> frozenset[date]:
        return frozenset(
            date.fromisoformat(each) for each in self.holidays if len(each) > len("MM-DD")
        )

    @cached_property
    def _yearly(self) -> frozenset[tuple[int, int]]:
        short = (each for each in self.holidays if len(each) == len("MM-DD"))
        return frozenset((int(each[:2]), int(each[3:])) for each in short)

    def _problems(self) -> Iterator[str]:
        given = (self.week, self.holidays, self.special)
        wrong = [each for each in given if isinstance(each, Wrong)]
        for each in wrong:
            yield from each.problems
        yield from (f"zone: {problem}" for problem in zone_problems(self.zone))
        if not isinstance(self.week, Wrong) and not any(self.week):
            yield "week: it is never open; give the hours of at least one day"
        if not isinstance(self.holidays, Wrong) and len(self._yearly) == LEAP_YEAR:
            yield "holidays: every day of every year is one; take at least one away"

    def __hash__(self) -> int:
        """Hash it by what is cheap to hash: calendars are looked up often."""
        return hash((self.name, self.zone))


def _joined(windows: Iterable[Window]) -> str:
    return ", ".join(map(str, windows))


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _members(given: object) -> tuple[Calendar, ...]:
    members = tuple(given) if isinstance(given, Iterable) else ()
    if not members or not all(isinstance(each, Calendar) for each in members):
        raise InvalidInput("members", shorten(given), "are no calendars; give at least one")
    return members


@frozen(slots=False)
class Union:
    """
    Several calendars together: open when one of them is.

    Attributes:
        name: What to call it.
        members: The calendars; dates are those of the first.

    """

    name: str = field(validator=line())
    members: tuple[Calendar, ...] = field(converter=_members)

    @cached_property
    def line(self) -> str:
        """All of it in one line, from which `read_calendar` makes it again."""
        return _written({"name": self.name, "members": [each.told for each in self.members]})

    def __str__(self) -> str:
        """Show the line."""
        return self.line


OpeningHours = Calendar | Union
"""When a service is open: one calendar, or several together."""


@lru_cache(maxsize=1024)
def read_calendar(text: str) -> OpeningHours:
    """Make a calendar from the line that it is written as."""
    data = json.loads(text)
    if "members" in data:
        return Union(data["name"], tuple(_read(each) for each in data["members"]))
    return _read(data)


def _read(data: Mapping[str, Any]) -> Calendar:
    return Calendar(**{**data, "holidays": tuple(data.get("holidays", ()))})
