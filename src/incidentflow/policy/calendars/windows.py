"""Opening hours of a day as people write them, and days (rule K10)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise

from incidentflow.errors import nearest, shorten
from incidentflow.words import frozen

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400
READING = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d))?")
YEARLY = re.compile(r"(\d\d)-(\d\d)")
LEAP = 2024


@frozen
class Window:
    """
    Opening hours by the wall clock, half-open.

    Attributes:
        opens: Seconds after the midnight that begins its date.
        closes: The same; more than a day of them when it crosses the midnight that ends its date.

    """

    opens: int
    closes: int

    def __str__(self) -> str:
        """Show it as people write it."""
        return f"{_reading(self.opens)}-{_reading(self.closes)}"


@frozen
class SpecialDay:
    """
    A date whose hours are its own, whatever its weekday says.

    Attributes:
        date: As ``YYYY-MM-DD``.
        windows: Its opening hours.

    """

    date: str
    windows: tuple[Window, ...]


@frozen
class Wrong:
    """What cannot be read, one sentence for each problem."""

    problems: tuple[str, ...]


def read_windows(text: object, of: str) -> tuple[Window, ...] | Wrong:
    """Read ``"09:00-12:00, 13:00-24:00"``; an end before its start is on the next day."""
    if not isinstance(text, str):
        return Wrong((f"{of}: {shorten(text)} is no text such as '09:00-17:30'",))
    found: list[Window] = []
    problems: list[str] = []
    for part in text.split(","):
        opens, dash, closes = (each.strip() for each in part.partition("-"))
        start, end = _seconds(opens), _seconds(closes)
        if not dash or start is None or end is None or start >= DAY:
            problems.append(f"{of}: {shorten(part.strip())} is no span such as '09:00-17:30'")
        elif start == end:
            problems.append(f"{of}: {part.strip()} opens when it closes; write 00:00-24:00 for all")
        else:
            found.append(Window(start, end if end > start else end + DAY))
    found.sort(key=lambda window: window.opens)
    for one, other in pairwise(found):
        if other.opens < one.closes:
            problems.append(f"{of}: {one} and {other} overlap")
    return Wrong(tuple(problems)) if problems else tuple(found)


def read_week(given: object) -> tuple[tuple[Window, ...], ...] | Wrong:
    """Read ``{"mon-fri": "09:00-17:30", "sat": "10:00-14:00"}``: hours for each of seven days."""
    if isinstance(given, tuple) and len(given) == len(DAYS) and all(map(_are_read, given)):
        return given
    if not isinstance(given, Mapping):
        return Wrong((f"week: {shorten(given)} is no mapping of days to hours",))
    week: list[tuple[Window, ...]] = [()] * 7
    told: set[int] = set()
    problems: list[str] = []
    for name, text in given.items():
        days = _days(name)
        windows = read_windows(text, f"week.{name}")
        if days is None:
            hint = nearest(str(name), DAYS)
            problems.append(f"week: {shorten(name)} is no day such as 'mon' or 'mon-fri'; {hint}")
        elif isinstance(windows, Wrong):
            problems.extend(windows.problems)
        else:
            problems.extend(f"week: {DAYS[day]} is given twice" for day in days if day in told)
            told.update(days)
            for day in days:
                week[day] = windows
    return Wrong(tuple(problems)) if problems else tuple(week)


def read_holidays(given: object) -> tuple[str, ...] | Wrong:
    """Read dates: ``"2026-12-25"`` once, ``"12-25"`` every year."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        return Wrong((f"holidays: {shorten(given)} are no dates; give a list of them",))
    found: set[str] = set()
    problems: list[str] = []
    for each in given:
        text = each.isoformat() if isinstance(each, date) else each
        if isinstance(text, str) and (_is_date(text) or _is_yearly(text)):
            found.add(text)
        else:
            hint = "is no date such as '2026-12-25', or '12-25' for each year"
            problems.append(f"holidays: {shorten(text)} {hint}")
    return Wrong(tuple(problems)) if problems else tuple(sorted(found))


def read_special(given: object) -> tuple[SpecialDay, ...] | Wrong:
    """Read ``{"2026-12-24": "09:00-12:00"}``: dates with hours of their own."""
    if isinstance(given, tuple) and all(map(_is_read, given)):
        return given
    if not isinstance(given, Mapping):
        return Wrong((f"special: {shorten(given)} is no mapping of dates to hours",))
    found: list[SpecialDay] = []
    problems: list[str] = []
    for name, text in given.items():
        day = name.isoformat() if isinstance(name, date) else name
        windows = read_windows(text, f"special.{day}")
        if not (isinstance(day, str) and _is_date(day)):
            problems.append(f"special: {shorten(name)} is no date such as '2026-12-24'")
        elif isinstance(windows, Wrong):
            problems.extend(windows.problems)
        else:
            found.append(SpecialDay(day, windows))
    found.sort(key=lambda special: special.date)
    return Wrong(tuple(problems)) if problems else tuple(found)


def _are_read(windows: object) -> bool:
    """Whether hours are what reading text gives: in order, apart, and none longer than a day."""
    if not isinstance(windows, tuple) or not all(isinstance(each, Window) for each in windows):
        return False
    apart = all(one.closes <= other.opens for one, other in pairwise(windows))
    return apart and all(read_windows(str(each), "") == (each,) for each in windows)


def _is_read(special: object) -> bool:
    """Whether a special day is what reading gives: a date, and some hours."""
    if not isinstance(special, SpecialDay) or not isinstance(special.date, str):
        return False
    return _is_date(special.date) and bool(special.windows) and _are_read(special.windows)


def _days(name: object) -> tuple[int, ...] | None:
    first, dash, last = (each.strip() for each in str(name).lower().partition("-"))
    if first not in DAYS or (dash and last not in DAYS):
        return None
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 + 1 if dash else 1
    return tuple((start + n) % 7 for n in range(length))


def _seconds(reading: str) -> int | None:
    match = READING.fullmatch(reading)
    if match is None:
        return None
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    return total if max(minutes, seconds) < 60 and total <= DAY else None  # noqa: PLR2004 - minutes of an hour


def _reading(seconds: int) -> str:
    seconds -= DAY if seconds > DAY else 0
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    return f"{text}:{seconds % 60:02}" if seconds % 60 else text


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _is_yearly(text: str) -> bool:
    return YEARLY.fullmatch(text) is not None and _is_date(f"{LEAP}-{text}")


def dates_between(first: date, last: date) -> Iterator[date]:
    """Give every date from *first* to *last*, both included."""
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))
