"""
Counting open time: exact, and as quick for a target years away as for one this afternoon.

The open spans of a year are worked out once for each calendar, with their running sums; everything
else is looking up. All numbers are whole microseconds.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate

from incidentflow.errors import InvalidInput, shorten
from incidentflow.policy.calendars.calendar import Calendar, OpeningHours, Union
from incidentflow.policy.calendars.civil import SECOND, at_wall, stretches
from incidentflow.policy.calendars.windows import DAY, dates_between
from incidentflow.words import END, MICROSECOND, from_micros, frozen, micros, utc

EPOCH_DAY = date(1970, 1, 1).toordinal()
TWO_DAYS = timedelta(days=2)
MOST_YEARS = 400
"""After so many the Gregorian calendar begins anew: what is not reached then hardly ever is."""
KEPT = 128
Span = tuple[int, int]


@frozen
class Year:
    """
    The open spans of one year of UTC, apart from one another and in order.

    Attributes:
        starts: Where each begins.
        ends: Where each ends.
        sums: How much is open up to the end of each.

    """

    starts: tuple[int, ...]
    ends: tuple[int, ...]
    sums: tuple[int, ...]

    @property
    def total(self) -> int:
        """How much of it is open."""
        return self.sums[-1] if self.sums else 0

    def before(self, at: int) -> int:
        """Return how much of it is open before an instant."""
        place = bisect_right(self.starts, at)
        if not place:
            return 0
        return self.sums[place - 1] - max(self.ends[place - 1] - at, 0)

    def reaches(self, target: int) -> int:
        """Return the earliest instant before which *target* is open; no more than all is."""
        place = bisect_left(self.sums, target)
        return self.ends[place] - (self.sums[place] - target)


def is_open(hours: OpeningHours, at: datetime) -> bool:
    """
    Say whether it is open at an instant (rule K9).

    Raises:
        InvalidInput: It lies outside the years 2 to 8999, or has no time zone.

    """
    at = _known(at, "at")
    moment = micros(at)
    year = _years(hours)[at.year]
    place = bisect_right(year.starts, moment)
    return place > 0 and moment < year.ends[place - 1]


def elapsed(hours: OpeningHours, start: datetime, end: datetime) -> timedelta:
    """
    Return the open time between two instants; zero if the end is not after the start.

    Args:
        hours: The calendar.
        start: An instant, in any zone.
        end: An instant, in any zone.

    Raises:
        InvalidInput: One of them lies outside the years 2 to 8999, or has no time zone.

    """
    start, end = _known(start, "start"), _known(end, "end")
    if end <= start:
        return timedelta(0)
    years = _years(hours)
    between = sum(years[number].total for number in range(start.year, end.year))
    head = years[start.year].before(micros(start))
    return (between + years[end.year].before(micros(end)) - head) * MICROSECOND


def add(hours: OpeningHours, start: datetime, duration: timedelta) -> datetime:
    """
    Return the earliest instant at which so much open time has gone by (rule K1).

    Exhausted exactly at closing time, that is the closing time, not the next opening.

    Args:
        hours: The calendar.
        start: An instant, in any zone.
        duration: How much open time; nothing leads to the start itself.

    Raises:
        InvalidInput: The duration is negative, or is not reached within four centuries; or the
            start lies outside the years 2 to 8999, or has no time zone.

    """
    start = _known(start, "start")
    if not isinstance(duration, timedelta):
        raise InvalidInput(
            "duration", shorten(duration), "is no timedelta; give timedelta(hours=4)"
        )
    wanted = duration // MICROSECOND
    if wanted < 0:
        raise InvalidInput("duration", str(duration), "is negative; give one that is not")
    if not wanted:
        return start
    years = _years(hours)
    wanted += years[start.year].before(micros(start))
    for number in range(start.year, min(start.year + MOST_YEARS, END.year)):
        year = years[number]
        if wanted <= year.total:
            return from_micros(year.reaches(wanted))
        wanted -= year.total
    raise InvalidInput("duration", str(duration), "is never reached; give less")


def next_opening(hours: OpeningHours, at: datetime) -> datetime:
    """
    Return the instant itself if it is open then, else the next at which it opens.

    Raises:
        InvalidInput: It does not open within four centuries; or the instant lies outside the years
            2 to 8999, or has no time zone.

    """
    at = _known(at, "at")
    moment = micros(at)
    years = _years(hours)
    for number in range(at.year, min(at.year + MOST_YEARS, END.year)):
        year = years[number]
        place = bisect_right(year.ends, moment)
        if place < len(year.starts):
            return from_micros(max(year.starts[place], moment))
    raise InvalidInput("at", at.isoformat(), "is after the last opening")


def add_business_days(hours: OpeningHours, start: datetime, days: int, *, at: str) -> datetime:
    """
    Return the deadline so many open dates after the date of an instant (rule K15).

    Args:
        hours: The calendar; of several together a date is open if it is in one of them.
        start: An instant, in any zone.
        days: How many dates; the date of the start does not count. Fewer than none count back.
        at: ``"same time"`` for the wall-clock time of the start, or ``"close"`` for the last
            closing time of that date.

    Raises:
        InvalidInput: They are not reached within four centuries, or *at* is neither; or the start
            lies outside the years 2 to 8999, or has no time zone.

    """
    start, members = _known(start, "start"), _members(hours)
    if type(days) is not int:
        raise InvalidInput("days", shorten(days), "is no whole number")
    zone = members[0].tz
    reading = start.astimezone(zone).replace(tzinfo=None)
    day, left = reading.date(), abs(days)
    last = min(max(day.year + (MOST_YEARS if days > 0 else -MOST_YEARS), 1), END.year)
    while left:
        day += timedelta(days=1 if days > 0 else -1)
        if day.year == last:
            raise InvalidInput("days", str(days), "are never reached; give fewer")
        left -= any(member.windows(day) for member in members)
    if at == "same time":
        return from_micros(at_wall(zone, datetime.combine(day, reading.time())))
    if at != "close":
        raise InvalidInput("at", at, "is neither 'same time' nor 'close'")
    closings = [(window.closes, member) for member in members for window in member.windows(day)]
    if not closings:
        return add_business_days(hours, start, 1 if days >= 0 else -1, at=at)
    midnight = datetime.combine(day, datetime.min.time())
    return from_micros(
        max(_closing(member, midnight + timedelta(seconds=end)) for end, member in closings)
    )


def _known(value: datetime, field: str) -> datetime:
    """Refuse what lies at the edge of what dates can say: days before and after are looked at."""
    at = utc(value, field)
    if not 1 < at.year < END.year:
        problem = f"is outside the years that have calendars; give one from 2 to {END.year - 1}"
        raise InvalidInput(field, at.isoformat(), problem)
    return at


def _members(hours: OpeningHours) -> tuple[Calendar, ...]:
    if isinstance(hours, Union):
        return hours.members
    if not isinstance(hours, Calendar):
        raise InvalidInput("hours", shorten(hours), "is no calendar; give a Calendar or a Union")
    return (hours,)


def _closing(calendar: Calendar, reading: datetime) -> int:
    """Return the end of what the wall clock shows before a reading, also for the second time."""
    first, second = (at_wall(calendar.tz, reading - MICROSECOND, fold) for fold in (0, 1))
    return at_wall(calendar.tz, reading, 0 if first == second else 1)


class _Years(dict[int, Year]):
    """The years of one calendar, each worked out when it is first looked up."""

    def __init__(self, members: tuple[Calendar, ...]) -> None:
        super().__init__()
        self._members = members

    def __missing__(self, number: int) -> Year:
        year = self[number] = _year(self._members, number)
        return year


def _years(hours: OpeningHours) -> _Years:
    return _kept(_members(hours))


@lru_cache(maxsize=KEPT)
def _kept(members: tuple[Calendar, ...]) -> _Years:
    return _Years(members)


def _year(members: tuple[Calendar, ...], number: int) -> Year:
    first = micros(datetime(number, 1, 1, tzinfo=UTC))
    last = micros(datetime(number + 1, 1, 1, tzinfo=UTC))
    spans = tuple(_joined(span for member in members for span in _spans(member, first, last)))
    lengths = (end - start for start, end in spans)
    return Year(
        tuple(start for start, _ in spans),
        tuple(end for _, end in spans),
        tuple(accumulate(lengths)),
    )


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Join spans that touch or overlap, so that they lie apart."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            start, before = merged.pop()  # noqa: PLW2901 - the span goes on
            end = max(end, before)  # noqa: PLW2901 - as above
        merged.append((start, end))
    return iter(merged)


def _spans(calendar: Calendar, first: int, last: int) -> Iterator[Span]:
    """Give the open spans between two instants, as the wall clock shows them."""
    around = dates_between(_date(first) - TWO_DAYS, _date(last) + TWO_DAYS)
    if not any(map(calendar.windows, around)):
        return
    for start, end, ahead in stretches(calendar.tz, first, last):
        for day in dates_between(_date(start + ahead) - TWO_DAYS, _date(end + ahead)):
            midnight = (day.toordinal() - EPOCH_DAY) * DAY * SECOND - ahead
            for window in calendar.windows(day):
                opens = max(midnight + window.opens * SECOND, start)
                closes = min(midnight + window.closes * SECOND, end)
                if opens < closes:
                    yield opens, closes


def _date(reading: int) -> date:
    return date.fromordinal(reading // (DAY * SECOND) + EPOCH_DAY)
