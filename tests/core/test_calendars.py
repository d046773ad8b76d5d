"""Invariant: a calendar is open exactly when the wall clock shows a time inside a window (K9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.policy.calendars import (
    ROUND_THE_CLOCK,
    Calendar,
    OpeningHours,
    Union,
    add,
    add_business_days,
    counting,
    elapsed,
    is_open,
    next_opening,
)
from incidentflow.policy.calendars.civil import stretches
from incidentflow.policy.calendars.windows import DAYS, SpecialDay, Window

MINUTE = timedelta(minutes=1)
TURNS = {
    "Europe/Berlin": (datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)),
    "America/New_York": (datetime(2026, 3, 8, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)),
    "Australia/Lord_Howe": (datetime(2026, 4, 4, tzinfo=UTC), datetime(2026, 10, 3, tzinfo=UTC)),
    "Pacific/Apia": (datetime(2011, 12, 29, tzinfo=UTC), datetime(2011, 12, 31, tzinfo=UTC)),
    "Asia/Kathmandu": (datetime(2026, 1, 1, tzinfo=UTC),),
    "Asia/Gaza": (datetime(2026, 3, 27, tzinfo=UTC),),
    "UTC": (datetime(2025, 12, 31, tzinfo=UTC),),
}
EVERY_DAY = tuple(f"{date(2024, 1, 1) + timedelta(days=n):%m-%d}" for n in range(366))
OFFICE = Calendar(
    "office",
    week={"mon-fri": "09:00-12:00, 13:00-17:30"},
    zone="Europe/Berlin",
    holidays=("12-25", "2026-01-06"),
    special={"2026-12-24": "09:00-12:00"},
)


def clock(minutes: int) -> str:
    """Write minutes of a day as people do."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def windows(draw: st.DrawFn) -> str:
    """Draw hours of a day, several of them, perhaps past midnight."""
    marks = draw(st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).map(sorted))
    marks = marks[: len(marks) // 2 * 2]
    spans = [(marks[n] * 15, marks[n + 1] * 15) for n in range(0, len(marks), 2)]
    if draw(st.booleans()):
        start, _ = spans[-1]
        spans[-1] = (start, draw(st.integers(0, spans[0][0] // 15)) * 15)
    return ", ".join(f"{clock(a)}-{clock(b)}" for a, b in spans if a != b and a < 24 * 60) or (
        "08:00-09:00"
    )


@st.composite
def calendars(draw: st.DrawFn, zone: str, near: date) -> Calendar:
    """Draw a calendar with holidays and special days around a date."""
    days = draw(st.lists(st.sampled_from(DAYS), min_size=1, unique=True))
    around = st.integers(-4, 4).map(lambda n: (near + timedelta(days=n)).isoformat())
    return Calendar(
        "drawn",
        week={day: draw(windows()) for day in days},
        zone=zone,
        holidays=draw(st.lists(around, max_size=2)),
        special=draw(st.dictionaries(around, windows(), max_size=2)),
    )


@st.composite
def moments(draw: st.DrawFn) -> tuple[OpeningHours, datetime, datetime]:
    """Draw hours, and two instants near a change of the clocks."""
    zone = draw(st.sampled_from(sorted(TURNS)))
    turn = draw(st.sampled_from(TURNS[zone]))
    start = turn + timedelta(minutes=draw(st.integers(-3000, 3000)))
    end = start + timedelta(minutes=draw(st.integers(0, 2500)))
    one = draw(calendars(zone, turn.date()))
    if draw(st.booleans()):
        other = draw(st.sampled_from(sorted(TURNS)))
        return Union("both", (one, draw(calendars(other, turn.date())))), start, end
    return one, start, end


def shows_open(calendar: Calendar, at: datetime) -> bool:
    """Look at the wall clock, and at every window that could hold what it shows."""
    wall = at.astimezone(calendar.tz).replace(tzinfo=None)
    for back in range(3):
        day = wall.date() - timedelta(days=back)
        midnight = datetime.combine(day, datetime.min.time())
        seconds = (wall - midnight).total_seconds()
        if any(window.opens <= seconds < window.closes for window in calendar.windows(day)):
            return True
    return False


def members(hours: OpeningHours) -> tuple[Calendar, ...]:
    """List the calendars."""
    return hours.members if isinstance(hours, Union) else (hours,)


@given(moments())
def test_counting_agrees_with_looking_at_every_minute(
    drawn: tuple[OpeningHours, datetime, datetime],
) -> None:
    """Open time, the earliest instant of each target, the next opening, and a union (K9, K10)."""
    hours, start, end = drawn
    steps = int((end - start) / MINUTE)
    minutes = [start + n * MINUTE for n in range(steps)]
    opened = [at for at in minutes if any(shows_open(each, at) for each in members(hours))]

    assert len(opened) * MINUTE == elapsed(hours, start, end)
    assert opened == [at for at in minutes if is_open(hours, at)]
    for count in {1, len(opened) // 2, len(opened)} & set(range(1, len(opened) + 1)):
        assert opened[count - 1] + MINUTE == add(hours, start, count * MINUTE)
    if opened:
        assert opened[0] == next_opening(hours, start)


@given(moments(), st.integers(0, 10**12))
def test_elapsed_and_add_are_inverse(
    drawn: tuple[OpeningHours, datetime, datetime], micros: int
) -> None:
    """So much open time has gone by at the instant that adding it names, and not before (K1)."""
    hours, start, _ = drawn
    duration = timedelta(microseconds=micros)
    due = add(hours, start, duration)

    assert duration == elapsed(hours, start, due)
    if duration:
        assert duration > elapsed(hours, start, due - timedelta(microseconds=1))


@given(moments(), st.floats(0, 1))
def test_elapsed_is_additive_and_monotone(
    drawn: tuple[OpeningHours, datetime, datetime], share: float
) -> None:
    """Over any split of a span."""
    hours, start, end = drawn
    middle = start + timedelta(microseconds=int((end - start) / timedelta(microseconds=1) * share))
    whole = elapsed(hours, start, end)

    assert elapsed(hours, start, middle) + elapsed(hours, middle, end) == whole
    assert elapsed(hours, start, middle) <= whole <= end - start
    assert timedelta(0) == elapsed(hours, end, start)


@given(moments(), st.integers(-9, 9))
def test_business_days_count_open_dates(
    drawn: tuple[OpeningHours, datetime, datetime], days: int
) -> None:
    """At the same time of the day, or when that date closes (K15)."""
    hours, start, _ = drawn
    zone = members(hours)[0].tz
    due = add_business_days(hours, start, days, at="same time")
    first, last = sorted((start.astimezone(zone).date(), due.astimezone(zone).date()))
    between = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    counted = between[1:] if days > 0 else between[:-1]
    closing = add_business_days(hours, start, days, at="close")

    assume(zone.key != "Pacific/Apia")
    assert abs(days) == sum(any(each.windows(day) for each in members(hours)) for day in counted)
    assert is_open(hours, closing - timedelta(microseconds=1))


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-03-02T08:00", 1, "2026-03-02T09:00"),  # half past eight in winter, UTC+1
        ("2026-03-02T10:30", 0.5, "2026-03-02T11:00"),  # exhausted at closing: not after lunch
        ("2026-03-02T10:30", 1, "2026-03-02T12:30"),
        ("2026-03-27T16:00", 1, "2026-03-30T07:30"),  # over a weekend in which clocks change
        ("2026-12-24T10:30", 1, "2026-12-28T08:30"),  # special day, holiday, weekend
        ("2026-01-05T16:00", 1, "2026-01-07T08:30"),  # a holiday of that year only
        ("2027-01-05T16:00", 1, "2027-01-06T08:30"),
    ],
)
def test_a_target_is_due_where_one_would_say(start: str, hours: float, due: str) -> None:
    """As worked out by hand."""
    at = datetime.fromisoformat(start).replace(tzinfo=UTC)

    assert due == f"{add(OFFICE, at, timedelta(hours=hours)):%Y-%m-%dT%H:%M}"


def test_an_opening_in_a_gap_takes_effect_after_it() -> None:
    """And readings that occur twice are open twice."""
    night = Calendar("night", week={"sun": "02:15-02:45"}, zone="Europe/Berlin")
    spring, autumn = datetime(2026, 3, 29, tzinfo=UTC), datetime(2026, 10, 25, tzinfo=UTC)
    half = Calendar("half", week={"sun": "02:15-03:15"}, zone="Europe/Berlin")

    assert timedelta(0) == elapsed(night, spring, spring + timedelta(days=1))
    assert 15 * MINUTE == elapsed(half, spring, spring + timedelta(days=1))
    assert spring + timedelta(hours=1) == next_opening(half, spring)
    assert 60 * MINUTE == elapsed(night, autumn, autumn + timedelta(days=1))
    assert autumn + timedelta(minutes=105) == add_business_days(
        night, autumn - timedelta(hours=12), 1, at="close"
    )


def test_a_window_over_midnight_belongs_to_the_date_it_starts_on() -> None:
    """That date's holiday decides it (K10)."""
    night = Calendar("night", week={"mon": "22:00-06:00"}, holidays=("2026-03-09",))

    assert is_open(night, datetime(2026, 3, 3, 5, 59, tzinfo=UTC))
    assert not is_open(night, datetime(2026, 3, 3, 6, tzinfo=UTC))
    assert not is_open(night, datetime(2026, 3, 10, 5, tzinfo=UTC))


def test_the_same_time_in_a_gap_is_the_first_after_it() -> None:
    """There is no half past two on that night (S3)."""
    start = datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    berlin = Calendar("berlin", week={"mon-sun": "00:00-24:00"}, zone="Europe/Berlin")

    assert datetime(2026, 3, 29, 1, tzinfo=UTC) == add_business_days(
        berlin, start, 1, at="same time"
    )


def test_a_date_that_was_skipped_has_no_hours() -> None:
    """Apia had no 30 December 2011."""
    apia = Calendar("apia", week={"mon-sun": "00:00-24:00"}, zone="Pacific/Apia")
    start = datetime(2011, 12, 29, 12, tzinfo=ZoneInfo("Pacific/Apia")).astimezone(UTC)
    due = add_business_days(apia, start, 2, at="same time")

    assert start + timedelta(hours=36) == add(apia, start, timedelta(hours=36))
    assert "2011-12-31 12:00" == f"{due.astimezone(apia.tz):%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("zone", "week", "start", "close"),
    [
        ("America/New_York", {"sat": "17:00-01:00"}, "2026-10-31T12:00", "2026-11-01T05:00"),
        ("America/New_York", {"sat": "17:00-01:30"}, "2026-10-31T12:00", "2026-11-01T06:30"),
        ("America/Havana", {"sat": "09:00-24:00"}, "2026-10-31T12:00", "2026-11-01T04:00"),
        ("America/Havana", {"sat": "09:00-24:00"}, "2026-03-07T12:00", "2026-03-08T05:00"),
        ("Pacific/Apia", {"thu": "11:00-01:00"}, "2011-12-29T12:00", "2011-12-30T10:00"),
    ],
)
def test_a_date_closes_when_its_hours_are_over(
    zone: str, week: dict[str, str], start: str, close: str
) -> None:
    """The first of a reading that occurs twice, if nothing before it does (rules K1 and K9)."""
    hours = Calendar("one day", week=week, zone=zone)
    before = datetime.fromisoformat(start).replace(tzinfo=UTC) - timedelta(days=1)
    closing = add_business_days(hours, before, 1, at="close")

    assert close == f"{closing:%Y-%m-%dT%H:%M}"
    assert closing == last_open(hours, before, before + timedelta(days=4))


def last_open(hours: Calendar, start: datetime, end: datetime) -> datetime:
    """Look at every minute between, for the end of the last that is open."""
    each = (start + n * MINUTE for n in range((end - start) // MINUTE))
    return max(at for at in each if is_open(hours, at)) + MINUTE


def test_a_closed_date_has_no_close_of_its_own() -> None:
    """So the next open one is taken."""
    saturday = datetime(2026, 3, 7, 12, tzinfo=UTC)

    assert (
        "2026-03-09 16:30" == f"{add_business_days(OFFICE, saturday, 0, at='close'):%Y-%m-%d %H:%M}"
    )
    with pytest.raises(InvalidInput, match="neither 'same time' nor 'close'"):
        add_business_days(OFFICE, saturday, 1, at="noon")


def test_round_the_clock_is_all_time() -> None:
    """Open time is time."""
    start = datetime(2026, 3, 2, 8, 30, 15, 7, tzinfo=UTC)

    assert start + timedelta(days=400) == add(ROUND_THE_CLOCK, start, timedelta(days=400))
    assert start == add(OFFICE, start, timedelta(0))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: add(OFFICE, datetime(2026, 1, 1, tzinfo=UTC), timedelta(days=-1)),
        lambda: add(OFFICE, datetime(8998, 1, 1, tzinfo=UTC), timedelta(days=900)),
        lambda: next_opening(
            Calendar("x", week={"mon": "09:00-10:00"}), datetime(8999, 12, 31, tzinfo=UTC)
        ),
        lambda: Union("none", ()),
        lambda: Union("none", 5),  # type: ignore[arg-type]  # as a beginner might
        lambda: Union("none", ["office"]),  # type: ignore[arg-type]  # as above
    ],
)
def test_what_never_comes_is_one_clear_error(ask: object) -> None:
    """And is never searched for without end."""
    with pytest.raises(InvalidInput):
        ask()  # type: ignore[operator]  # a function


NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)


@pytest.mark.parametrize(
    ("ask", "problem"),
    [
        (lambda: is_open(OFFICE, NAIVE), "at = .*: has no time zone"),
        (lambda: next_opening(OFFICE, NAIVE), "at = .*: has no time zone"),
        (lambda: elapsed(OFFICE, NOON, NAIVE), "end = .*: has no time zone"),
        (lambda: elapsed(OFFICE, NAIVE, NOON), "start = .*: has no time zone"),
        (lambda: add(OFFICE, NAIVE, MINUTE), "start = .*: has no time zone"),
        (lambda: add_business_days(OFFICE, NAIVE, 1, at="close"), "start = .*: has no time zone"),
        (lambda: is_open(OFFICE, "noon"), "at = 'noon': "),  # type: ignore[arg-type] # the mistake
        (lambda: add(OFFICE, NOON, "4h"), "duration = '4h': is no timedelta; give timedelta"),  # type: ignore[arg-type] # as above
        (lambda: add_business_days(OFFICE, NOON, 1.5, at="close"), "days = 1.5: is no whole"),  # type: ignore[arg-type] # as above
        (lambda: is_open("office hours", NOON), "hours = 'office hours': is no calendar; give a"),  # type: ignore[arg-type] # as above
        (lambda: is_open([OFFICE], NOON), r"hours = \[.*: is no calendar; give a"),  # type: ignore[arg-type] # as above
    ],
)
def test_what_cannot_be_counted_is_refused(ask: Any, problem: str) -> None:  # noqa: ANN401 - a function
    """By its name, and with what would work."""
    with pytest.raises(InvalidInput, match=problem):
        ask()


def test_instants_are_taken_in_any_zone() -> None:
    """They are the same instants."""
    tokyo = NOON.astimezone(ZoneInfo("Asia/Tokyo"))

    assert is_open(OFFICE, tokyo) is is_open(OFFICE, NOON)
    assert next_opening(OFFICE, tokyo) == next_opening(OFFICE, NOON)
    assert add(OFFICE, tokyo, MINUTE) == add(OFFICE, NOON, MINUTE)
    assert timedelta(0) == add(OFFICE, tokyo, timedelta(0)).utcoffset()


def test_years_without_an_opening_cost_next_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A calendar that opens on one day alone is not searched hour by hour for centuries."""
    asked: list[int] = []

    def count(zone: ZoneInfo, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        asked.append(start)
        return stretches(zone, start, end)

    monkeypatch.setattr(counting, "stretches", count)
    days = [date(2023, 1, 1) + timedelta(days=n) for n in range(365)]
    once = Calendar(
        "once",
        week={"sun": "09:00-10:00"},
        holidays=[f"{day:%m-%d}" for day in days] + ["2028-02-29", "2052-02-29"],
        special={"2026-03-03": "09:00-10:00"},
    )

    assert NOON.replace(day=3, hour=10) == add(once, NOON, 60 * MINUTE)
    assert 1 == len(asked)
    with pytest.raises(InvalidInput, match="is never reached"):
        add(once, NOON, timedelta(days=90))
    assert len(asked) < 20


def test_every_problem_of_a_calendar_is_told_at_once() -> None:
    """With what would do."""
    with pytest.raises(PolicyError) as raised:
        Calendar(
            "bad",
            week={
                "mon": "09:00-09:00, 8-9",
                "tue-wed": "09:00-12:00, 11:00-13:00",
                "fun": "1:00-2:00",
            },
            zone="Europe/Berln",
            holidays=("2026-02-30", 5, "02-30"),  # type: ignore[arg-type]  # as a beginner might
            special={"24.12.": "09:00-12:00", "2026-12-31": "nine to five", "2026-12-30": 5},
        )

    assert [
        "week.mon: 09:00-09:00 opens when it closes; write 00:00-24:00 for all",
        "week.mon: '8-9' is no span such as '09:00-17:30'",
        "week.tue-wed: 09:00-12:00 and 11:00-13:00 overlap",
        "week: 'fun' is no day such as 'mon' or 'mon-fri'; did you mean 'sun'?",
        "holidays: '2026-02-30' is no date such as '2026-12-25', or '12-25' for each year",
        "holidays: 5 is no date such as '2026-12-25', or '12-25' for each year",
        "holidays: '02-30' is no date such as '2026-12-25', or '12-25' for each year",
        "special: '24.12.' is no date such as '2026-12-24'",
        "special.2026-12-31: 'nine to five' is no span such as '09:00-17:30'",
        "special.2026-12-30: 5 is no text such as '09:00-17:30'",
        "zone: 'Europe/Berln' is unknown; did you mean 'Europe/Berlin'?",
    ] == list(raised.value.problems)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"week": {}}, "week: it is never open; give the hours of at least one day"),
        (
            {"week": {"mon": "09:00-10:00"}, "holidays": EVERY_DAY},
            "holidays: every day of every year is one; take at least one away",
        ),
        ({"week": 5}, "week: 5 is no mapping of days to hours"),
        ({"week": {"mon-wed": "09:00-10:00", "wed": "11:00-12:00"}}, "week: wed is given twice"),
        ({"week": {"mon": "25:00-26:00"}}, "week.mon: '25:00-26:00' is no span"),
        ({"week": {"mon": "09:75-10:00"}}, "week.mon: '09:75-10:00' is no span"),
        ({"week": {"mon": "24:00-25:00"}}, "week.mon: '24:00-25:00' is no span"),
        (
            {"week": {"mon": "09:00-10:00"}, "holidays": "2026-12-25"},
            "holidays: '2026-12-25' are no",
        ),
        ({"week": {"mon": "09:00-10:00"}, "holidays": 5}, "holidays: 5 are no dates"),
        ({"week": {"mon": "09:00-10:00"}, "special": 5}, "special: 5 is no mapping of dates"),
        ({"week": {"mon": "09:00-10:00"}, "zone": 5}, "zone: 5 is unknown"),
        ({"week": {"mon": "09:00-10:00"}, "zone": "../etc"}, "zone: '../etc' is unknown"),
    ],
)
def test_a_calendar_that_cannot_work_is_refused(given: dict[str, object], problem: str) -> None:
    """When it is built, not when it is used."""
    with pytest.raises(PolicyError) as raised:
        Calendar("bad", **given)  # type: ignore[arg-type]  # as a beginner might

    assert raised.value.problems[0].startswith(problem)


@pytest.mark.parametrize(
    "windows",
    [
        (Window(36_000, 32_400),),
        (Window(0, 36_000), Window(32_400, 43_200)),
        (Window(32_400, 32_400 + 86_400),),
        (Window(-3_600, 3_600),),
        ("09:00-17:00",),
        ["09:00-17:00"],
    ],
)
def test_hours_that_no_text_gives_are_refused(windows: Any) -> None:  # noqa: ANN401 - of any kind
    """Reversed, overlapping, longer than a day, and no hours at all."""
    good = (Window(32_400, 61_200),)
    for hours in (
        {"week": (windows, *([good] * 6))},
        {"week": (good,) * 7, "special": (SpecialDay("2026-03-03", windows),)},
    ):
        with pytest.raises(PolicyError, match="is no mapping of"):
            Calendar("bad", **hours)


@pytest.mark.parametrize("special", [SpecialDay("2026-03-03", ()), SpecialDay("soon", ()), 5])
def test_a_special_day_has_a_date_and_hours(special: Any) -> None:  # noqa: ANN401 - as above
    """Without hours it is a holiday; so it can be read back from where it is written."""
    with pytest.raises(PolicyError, match="is no mapping of dates"):
        Calendar("bad", week={"mon": "09:00-10:00"}, special=(special,))


def test_hours_read_as_people_write_them() -> None:
    """Spans of days wrap, dates may be dates, seconds are kept."""
    written = Calendar(
        "x",
        week={"sat-mon": "22:00-06:00", "Wed": "09:00:30-24:00"},
        holidays=[date(2026, 12, 25), "01-01"],
        special={date(2026, 12, 24): "09:00-12:00"},
    )
    shown = ["; ".join(map(str, day)) for day in written.week]

    assert ["22:00-06:00", "", "09:00:30-24:00", "", "", "22:00-06:00", "22:00-06:00"] == shown
    assert ("01-01", "2026-12-25") == written.holidays
    assert written == Calendar("x", written.week, "UTC", written.holidays, written.special)
    assert hash(written) == hash(Calendar("x", written.week))


SPARSE = Calendar("an hour a week", week={"mon": "09:00-10:00"})
EDGES = (
    datetime(1, 1, 1, tzinfo=UTC),
    datetime(9000, 1, 1, tzinfo=UTC),
    datetime(9999, 12, 31, 23, tzinfo=UTC),
)
INSIDE = (datetime(2, 1, 1, tzinfo=UTC), datetime(8999, 12, 31, 23, tzinfo=UTC))
ASKED = {
    "is_open": ("at", is_open),
    "elapsed to": ("end", lambda hours, at: elapsed(hours, at.replace(year=1000), at)),
    "elapsed from": ("start", lambda hours, at: elapsed(hours, at, at)),
    "add": ("start", lambda hours, at: add(hours, at, timedelta(0))),
    "next_opening": ("at", next_opening),
    "same time": ("start", lambda hours, at: add_business_days(hours, at, 0, at="same time")),
}


@pytest.mark.parametrize("edge", EDGES)
@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_years_at_the_edge_are_refused(asked: str, edge: datetime, zone: str) -> None:
    """The days before and after are looked at; what was wrong is named."""
    field, ask = ASKED[asked]
    with pytest.raises(InvalidInput, match="outside the years that have calendars") as caught:
        ask(Calendar("far", week={"mon-sun": "09:00-17:00"}, zone=zone), edge)

    assert field == caught.value.field


@pytest.mark.parametrize("at", INSIDE)
@pytest.mark.parametrize("zone", ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"])
def test_every_other_year_has_calendars(at: datetime, zone: str) -> None:
    """Whatever is asked of them is answered, or refused by its name."""
    hours = Calendar("far", week={"mon-sun": "09:00-17:00"}, zone=zone)

    assert isinstance(is_open(hours, at), bool)
    assert timedelta(0) == elapsed(hours, at, at)
    assert at == add(hours, at, timedelta(0))
    assert at == datetime.fromisoformat(add_business_days(hours, at, 0, at="same time").isoformat())


@pytest.mark.parametrize("days", [500_000, -500_000, 10_000_000_000])
def test_dates_that_never_come_are_not_searched_for_ever(days: int) -> None:
    """Nor are those that lie centuries ahead, or behind all years."""
    for year in (2, 2026, 8999):
        start = datetime(year, 3, 2, tzinfo=UTC)
        with pytest.raises(InvalidInput, match="are never reached; give fewer"):
            add_business_days(SPARSE, start, days, at="close")


def test_an_amount_that_centuries_do_not_reach_is_not_searched_for_ever() -> None:
    """Four of them are looked at, and no more."""
    start = datetime(2026, 3, 2, tzinfo=UTC)
    with pytest.raises(InvalidInput, match="is never reached; give less"):
        add(SPARSE, start, timedelta(hours=100_000))

    assert 2126 == add(SPARSE, start, timedelta(hours=5_220)).year


@pytest.mark.parametrize(
    ("zone", "problem"),
    [
        ("europe/berlin", "'europe/berlin' is unknown; did you mean 'Europe/Berlin'?"),
        ("utc", "'utc' is unknown; did you mean 'UTC'?"),
        ("Mars", "'Mars' is unknown; give one such as 'Europe/Berlin'"),
        ("", "'' is unknown; give one such as 'Europe/Berlin'"),
        ("../UTC", "'../UTC' is unknown; "),
        (5, "5 is unknown; give one such as 'Europe/Berlin'"),
        ("localtime", "'localtime' is another on other machines; give one such as"),
        ("posixrules", "'posixrules' is another on other machines; give one such as"),
        ("Factory", "'Factory' is another on other machines; give one such as"),
        ("right/UTC", "'right/UTC' is another on other machines; give one such as"),
        ("posix/Europe/Berlin", "'posix/Europe/Berlin' is another on other machines; "),
    ],
)
def test_a_zone_means_the_same_on_every_machine(zone: Any, problem: str) -> None:  # noqa: ANN401 - as a beginner might
    """And one that there is not is told with the nearest."""
    with pytest.raises(PolicyError) as raised:
        Calendar("bad", week={"mon": "09:00-10:00"}, zone=zone)

    (found,) = raised.value.problems
    assert found.startswith(f"zone: {problem}")
