"""Invariant: an instant at which several incidents have impact counts once (rule M1)."""

from __future__ import annotations

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput
from incidentflow.incident import Incident
from incidentflow.incident.parts import Episode
from incidentflow.metrics import AVAILABILITY, Availability, Gathering, Life, Period
from incidentflow.metrics.availability import Impact, impacts
from incidentflow.process import (
    Cancel,
    Close,
    Merge,
    Mitigate,
    Reinstate,
    Relapse,
    Reopen,
    Resolve,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
RESOLVE = Resolve(by="ana", code="fixed", note="n")
BLANK = Incident(tenant="default", id="00000000-0000-7000-8000-000000000001")
Span = tuple[int, int | None]


def incident(since: datetime, until: datetime | None) -> Incident:
    """Make an incident with one interval of impact."""
    return evolve(BLANK, reported_at=since, episodes=(Episode(since, restored_at=until),))


def measure(spans: list[Span], since: int, until: int | None, now: int) -> Availability:
    """Measure intervals given in minutes."""
    end = None if until is None else MONDAY + until * MINUTE
    at = MONDAY + now * MINUTE
    gathering = Gathering([AVAILABILITY], (), Period(MONDAY + since * MINUTE, end), at)
    for begins, ends in spans:
        stop = None if ends is None else MONDAY + ends * MINUTE
        gathering.add(Life(incident(MONDAY + begins * MINUTE, stop), at))
    found = gathering.report()["availability"]
    assert isinstance(found, Availability)
    return found


SPANS = st.tuples(st.integers(-50, 50), st.one_of(st.none(), st.integers(-50, 50)))


@given(st.lists(SPANS, max_size=8), st.integers(-30, 30), st.integers(1, 60), st.integers(-40, 60))
def test_the_union_is_what_walking_minute_by_minute_finds(
    spans: list[Span], since: int, length: int, now: int
) -> None:
    """Clipped to the period, as far as it is past."""
    found = measure(spans, since, since + length, now)
    past = [minute for minute in range(since, since + length) if minute < now]
    down = [
        minute
        for minute in past
        if any(begins <= minute and (ends is None or minute < ends) for begins, ends in spans)
    ]

    assert (len(down) * MINUTE, len(past) * MINUTE) == (found.down, found.period)
    assert (Fraction(len(past) - len(down), len(past)) if past else None) == found.ratio


def test_intervals_are_counted() -> None:
    """Those that lie in the period; the impossible ones where they begin."""
    spans: list[Span] = [(0, 10), (5, 20), (-9, -5), (15, None), (30, 12), (90, 99), (-9, -20)]
    found = measure(spans, 0, 60, 40)

    assert (
        Availability(down=40 * MINUTE, period=40 * MINUTE, intervals=3, ongoing=1, impossible=1)
        == found
    )
    assert {
        "down_us": 2_400_000_000,
        "period_us": 2_400_000_000,
        "intervals": 3,
        "ongoing": 1,
        "impossible": 1,
    } == found.numbers()


def test_a_period_without_an_end_ends_now() -> None:
    """What lies ahead is not available yet."""
    assert Availability(down=10 * MINUTE, period=30 * MINUTE, intervals=1) == measure(
        [(5, 15), (35, 40)], 0, None, 30
    )


def lived(*commands: object, **details: object) -> Rehearsal:
    """Let something be asked every hour."""
    played = Rehearsal(others=(evolve(Rehearsal().report(), id="other", number="INC-9"),))
    played.report(**details)
    for each in commands:
        played.wait(hours=1)
        played.do(each)  # type: ignore[arg-type] # commands
    return played


def test_impact_is_from_the_damage_to_its_end_in_each_episode() -> None:
    """Restored before resolved, occurred before detected before reported."""
    before = {"occurred_at": MONDAY - 2 * HOUR, "detected_at": MONDAY - HOUR}
    reopen, mitigate = Reopen(by="ana", reason="r"), Mitigate(by="ana", note="n")
    cancel = Cancel(by="ana", reason="false_positive")
    relapse = Relapse(by="ana", note="n")
    for expected, played in (
        ([(-2, 1)], lived(RESOLVE, **before)),
        ([(-1, 1)], lived(RESOLVE, detected_at=MONDAY - HOUR)),
        ([(0, 1)], lived(mitigate, RESOLVE)),
        ([(0, 1)], lived(RESOLVE, Close(by="ana"))),
        ([(-2, 1), (2, None)], lived(RESOLVE, reopen, **before)),
        ([(0, 1), (2, 3)], lived(RESOLVE, reopen, RESOLVE)),
        ([(0, None)], lived()),
        ([(0, 1)], lived(Merge(by="ana", into="INC-9"))),
        ([(0, 1), (2, None)], lived(mitigate, relapse)),
        ([(0, 1), (2, 3), (4, 5)], lived(mitigate, relapse, mitigate, relapse, RESOLVE)),
        ([(0, 1), (2, 3)], lived(mitigate, relapse, cancel)),
        ([], lived(cancel)),
        ([(0, 1)], lived(mitigate, cancel)),
        ([(0, 1), (2, None)], lived(cancel, Reinstate(by="ana", reason="r"))),
    ):
        hours = [
            ((each.since - MONDAY) / HOUR, each.until and (each.until - MONDAY) / HOUR)
            for each in impacts(played.incident)
        ]

        assert expected == hours


def test_what_was_restored_is_no_impact_though_it_did_not_last() -> None:
    """One hour down, ten up, one down are two hours of impact (rule M1)."""
    played = lived(Mitigate(by="ana", note="n"))
    for hours, command in ((10, Relapse(by="ana", note="n")), (1, Mitigate(by="ana", note="n"))):
        played.wait(hours=hours)
        played.do(command)
    gathering = Gathering([AVAILABILITY], (), Period(MONDAY), played.now)
    gathering.add(Life(played.incident, played.now))

    assert 2 * HOUR == gathering.report()["availability"].down  # type: ignore[union-attr] # a share of time


def test_a_relapse_at_the_instant_of_restoration_restored_nothing() -> None:
    """There is no span in it."""
    played = lived(Mitigate(by="ana", note="n"))
    played.do(Relapse(by="ana", note="n"))

    assert () == played.incident.episode.reliefs
    assert [(MONDAY, None)] == [(each.since, each.until) for each in impacts(played.incident)]


@given(SPANS, st.integers(-30, 30), st.integers(1, 60))
def test_an_interval_concerns_a_period_that_it_lies_in(span: Span, since: int, length: int) -> None:
    """At least one minute of it; an empty or impossible one where it begins."""
    begins, ends = span
    period = Period(MONDAY + since * MINUTE, MONDAY + (since + length) * MINUTE)
    until = None if ends is None else MONDAY + ends * MINUTE
    minutes = range(since, since + length)
    usual = [one for one in minutes if begins <= one and (ends is None or one < ends)]
    empty = ends is not None and ends <= begins

    assert (begins in minutes if empty else bool(usual)) is Impact(
        MONDAY + begins * MINUTE, until
    ).touches(period)
    assert Impact(MONDAY, until).touches(Period())


def test_a_share_of_time_needs_a_period() -> None:
    """From when on; and it has no months of report."""
    with pytest.raises(InvalidInput, match="a share of time is of a period"):
        Gathering([AVAILABILITY], (), Period(), MONDAY)
    with pytest.raises(InvalidInput, match="ask for each month by itself"):
        Gathering([AVAILABILITY], ("month",), Period(MONDAY), MONDAY)
