"""Invariant: what is missing, open, impossible or corrected is counted, never as zero (M1, M3)."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput
from incidentflow.incident import Incident
from incidentflow.incident.parts import Episode
from incidentflow.metrics import Between, Durations, Life, Per, Period
from incidentflow.metrics.durations import DurationTally
from incidentflow.metrics.life import MILESTONES
from incidentflow.process import (
    Acknowledge,
    Cancel,
    Close,
    Correct,
    Identify,
    Mitigate,
    Relapse,
    Reopen,
    Resolve,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)
SECOND = timedelta(seconds=1)
RESOLVE = Resolve(by="ana", code="fixed", note="n")
ACKNOWLEDGE = Acknowledge(by="ana")
REOPEN = Reopen(by="ana", reason="again")


def lived(*steps: Callable[[Rehearsal], object], **details: object) -> Life:
    """Let an incident be reported, and something happen to it every hour."""
    played = Rehearsal()
    played.report(**details)
    for step in steps:
        played.wait(hours=1)
        step(played)
    return Life(played.incident, played.now, played.entries)


def do(*commands: Any) -> Callable[[Rehearsal], object]:  # noqa: ANN401 - any commands
    """Ask for commands when the time comes."""
    return lambda played: played.do(*commands)


def read(metric: Between, *lives: Life) -> list[object]:
    """Measure lives, in hours where there is a duration."""
    found = [one for life in lives for one in metric.readings(life)]
    return [one / HOUR if isinstance(one, timedelta) else one for one in found]


def test_a_duration_is_milestone_minus_milestone() -> None:
    """Named by both."""
    life = lived(do(ACKNOWLEDGE), do(Identify(by="ana", cause="disk")), do(RESOLVE))
    told = {"occurred_at": MONDAY - 3 * HOUR, "detected_at": MONDAY - HOUR}
    life = evolve(life, incident=evolve(life.incident, **told))

    assert [1] == read(Between("reported", "acknowledged"), life)
    assert [1] == read(Between("started", "acknowledged"), life)
    assert [2] == read(Between("acknowledged", "resolved"), life)
    assert [1] == read(Between("identified", "restored"), life)
    assert [2] == read(Between("occurred", "detected"), life)
    assert [1] == read(Between("detected", "reported", "total"), life)
    assert [6] == read(Between("occurred", "resolved"), life)
    assert ["censored"] == read(Between("resolved", "ended"), life)
    assert ("reported_to_acknowledged", "occurred_to_ended_total", "mine") == (
        Between("reported", "acknowledged").name,
        Between("occurred", "ended", Per.TOTAL).name,
        Between("reported", "resolved", name="mine").name,
    )


def test_what_is_not_reached_yet_is_censored_and_what_never_will_be_is_missing() -> None:
    """Also where the start is not there yet."""
    new, acknowledged = lived(), lived(do(ACKNOWLEDGE))
    resolved, ended = lived(do(RESOLVE)), lived(do(RESOLVE), do(Close(by="ana")))
    cancelled = lived(do(Cancel(by="ana", reason="false_positive")))
    every = (new, acknowledged, resolved, ended, cancelled)

    assert ["censored", 1, "missing", "missing", "missing"] == read(
        Between("reported", "acknowledged"), *every
    )
    assert ["censored", "censored", 1, 1, "missing"] == read(
        Between("reported", "resolved"), *every
    )
    assert ["censored", "censored", "censored", 2, 1] == read(Between("reported", "ended"), *every)
    assert ["censored", "censored", "missing", "missing", "missing"] == read(
        Between("acknowledged", "resolved"), *every
    )
    assert ["censored", "censored", "censored", "missing", "missing"] == read(
        Between("reported", "identified"), *every
    )
    assert ["censored", "censored", "missing", "missing", "missing"] == read(
        Between("acknowledged", "ended"), *every
    )
    assert 5 * ["missing"] == read(Between("occurred", "reported"), *every)
    assert 5 * ["missing"] == read(Between("reported", "detected"), *every)


def test_episodes_count_by_themselves_alone_or_in_total() -> None:
    """The first resolve, each, or from the first start to the last stop (rule L9)."""
    life = lived(do(RESOLVE), do(REOPEN), do(ACKNOWLEDGE), do(RESOLVE))
    open_again = lived(do(ACKNOWLEDGE), do(RESOLVE), do(REOPEN))
    told = {"occurred_at": MONDAY - HOUR}
    life = evolve(life, incident=evolve(life.incident, **told))

    assert [1, 2, 2, "censored"] == read(Between("reported", "resolved"), life, open_again)
    assert [1, 2] == read(Between("reported", "resolved", "first"), life, open_again)
    assert [4, "censored"] == read(Between("reported", "resolved", "total"), life, open_again)
    assert ["missing", 1, 1, "censored"] == read(
        Between("reported", "acknowledged"), life, open_again
    )
    assert [2, "missing"] == read(Between("occurred", "resolved"), life, open_again)
    assert [-1] == read(Between("reported", "occurred", "total"), life)


def test_a_total_ends_with_the_last_stop_that_there_was() -> None:
    """Whatever became of a later episode; only while that goes on, another may come (M1, L9)."""
    cancel = do(Cancel(by="ana", reason="withdrawn"))
    again = (do(RESOLVE), do(REOPEN))
    total = Between("reported", "resolved", "total")
    seen = Between("reported", "acknowledged", "total")

    assert [1] == read(total, lived(*again, cancel))
    assert [3] == read(total, lived(*again, do(RESOLVE), do(REOPEN), cancel))
    assert ["censored"] == read(total, lived(*again))
    assert ["missing"] == read(total, lived(cancel))
    assert [3] == read(Between("reported", "ended", "total"), lived(*again, cancel))
    assert [1] == read(seen, lived(do(ACKNOWLEDGE), *again, do(RESOLVE)))
    assert ["missing"] == read(seen, lived(*again, do(RESOLVE)))
    assert [1, "missing"] == read(Between("reported", "resolved"), lived(*again, cancel))


def test_a_period_without_bounds_covers_every_instant() -> None:
    """Those before 1970, too; a bound is taken as it stands."""
    early, late = datetime(1969, 7, 20, tzinfo=UTC), datetime(8999, 1, 1, tzinfo=UTC)

    assert all(Period().covers(at) for at in (early, MONDAY, late))
    assert [True, False] == [Period(until=MONDAY).covers(at) for at in (early, MONDAY)]
    assert [False, True] == [Period(MONDAY).covers(at) for at in (early, MONDAY)]


def test_a_relapse_takes_the_milestone_back() -> None:
    """Restored is when it held."""
    life = lived(
        do(ACKNOWLEDGE),
        do(Mitigate(by="ana", note="n")),
        do(Relapse(by="ana", note="n")),
        do(RESOLVE),
    )

    assert [4] == read(Between("reported", "restored"), life)


def test_what_a_correction_says_is_left_out_and_counted() -> None:
    """Until the milestone is reached by a step after all (rule L6)."""

    def correct(milestone: str) -> Callable[[Rehearsal], object]:
        was = MONDAY + timedelta(minutes=5)
        return do(Correct(by="ana", reason="r", milestone=milestone, was_at=was))

    resolved = Between("reported", "resolved")
    stop = lived(do(RESOLVE), correct("resolved_at"))
    start = lived(do(RESOLVE), correct("reported_at"))
    state = lived(do(Correct(by="ana", reason="r", state="resolved")))
    other = lived(do(RESOLVE), correct("acknowledged_at"))
    label = lived(do(Correct(by="ana", reason="r", raw="Moon")), do(RESOLVE))
    reopened = lived(do(RESOLVE), correct("reported_at"), do(REOPEN), do(RESOLVE))

    assert 3 * ["corrected"] == read(resolved, stop, start, state)
    assert [1, 2] == read(resolved, other, label)
    assert ["corrected"] == read(Between("reported", "acknowledged"), other)
    assert ["corrected", 1] == read(resolved, reopened)
    assert ["corrected"] == read(Between("reported", "resolved", "total"), reopened)
    assert all(resolved.needs_journal(each.incident) for each in (stop, start, state, label))
    assert not resolved.needs_journal(lived(do(RESOLVE)).incident)


def test_a_step_after_a_correction_is_measured_again() -> None:
    """The correction no longer says when."""
    was = MONDAY + timedelta(minutes=5)
    life = lived(
        do(ACKNOWLEDGE),
        do(Mitigate(by="ana", note="n")),
        do(Correct(by="ana", reason="r", milestone="restored_at", was_at=was)),
        do(Relapse(by="ana", note="n")),
        do(Mitigate(by="ana", note="n")),
    )

    assert [5] == read(Between("reported", "restored"), life)


def test_what_is_impossible_is_counted_as_such() -> None:
    """A negative duration is no zero (rule M3)."""
    tally = DurationTally()
    for reading in (-SECOND, timedelta(0), SECOND, "missing", "censored", "censored"):
        tally.add(reading)

    assert (
        Durations(
            n=2,
            missing=1,
            censored=2,
            impossible=1,
            mean=SECOND / 2,
            median=timedelta(0),
            p75=SECOND,
            p90=SECOND,
            max=SECOND,
        )
        == tally.figures()
    )


def test_of_nothing_there_is_nothing_to_say() -> None:
    """None, and not zero."""
    tally = DurationTally()
    tally.add("censored")
    numbers = tally.figures().numbers()

    assert Durations(censored=1) == tally.figures()
    assert (0, 1, None, None) == (
        numbers["n"],
        numbers["censored"],
        numbers["mean_us"],
        numbers["max_us"],
    )


def figures(spans: Sequence[int]) -> Durations:
    """Add spans up, given in microseconds."""
    tally = DurationTally()
    for span in spans:
        tally.add(timedelta(microseconds=span))
    return tally.figures()


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=60))
def test_percentiles_are_by_nearest_rank(spans: list[int]) -> None:
    """The least that at least so many percent do not exceed, tried one by one."""
    numbers = figures(spans).numbers()
    for name, percent in (("median_us", 50), ("p75_us", 75), ("p90_us", 90), ("max_us", 100)):
        reached = [
            one
            for one in spans
            if Fraction(sum(other <= one for other in spans), len(spans)) >= Fraction(percent, 100)
        ]

        assert min(reached) == numbers[name]
    assert statistics.median_low(spans) == numbers["median_us"]
    assert round(Fraction(sum(spans), len(spans))) == numbers["mean_us"]


@given(st.data())
def test_the_order_does_not_matter(data: st.DataObject) -> None:
    """Whoever comes first."""
    spans = data.draw(st.lists(st.integers(-(10**12), 10**12), max_size=30))
    other = data.draw(st.permutations(spans))

    assert figures(spans) == figures(other)


@given(lives(), st.sampled_from(MILESTONES), st.sampled_from(MILESTONES), st.sampled_from(Per))
def test_every_life_has_one_reading_for_each_episode(
    played: Rehearsal, start: str, stop: str, per: Per
) -> None:
    """Or one in all; whatever happened, and what is known is its plain difference."""
    if start == stop or not played.incident.version:
        return
    life, metric = Life(played.incident, played.now, played.entries), Between(start, stop, per)
    readings = list(metric.readings(life))
    told = {"occurred", "detected"} & {start, stop}
    each = per is Per.EPISODE and not told

    assert (len(life.incident.episodes) if each else 1) == len(readings)
    assert {"missing", "censored", "corrected"} >= {one for one in readings if isinstance(one, str)}
    first = readings[0]
    if per is not Per.TOTAL and first != "corrected":
        known = first if isinstance(first, timedelta) else None
        assert plainly(life.incident.episodes[0], life.incident, start, stop) == known


def plainly(episode: Episode, incident: Incident, start: str, stop: str) -> timedelta | None:
    """Subtract what the first episode and the incident say."""
    both = [
        getattr(incident if hasattr(incident, f"{name}_at") else episode, f"{name}_at")
        for name in (start, stop)
    ]
    return None if None in both else both[1] - both[0]


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: Between("reported_at", "resolved"), "is no milestone; did you mean 'reported'"),
        (lambda: Between("reported", 5), "stop = 5: is no milestone"),  # type: ignore[arg-type] # wrong on purpose
        (lambda: Between("reported", "reported"), "is where it starts"),
        (lambda: Between("reported", "resolved", "sum"), "is not in the set"),
        (lambda: Between("reported", "resolved", name=""), "name"),
        (lambda: Period(MONDAY.replace(tzinfo=None)), "has no time zone"),
        (lambda: Period(MONDAY, MONDAY), "is not after since"),
        (lambda: Period(zone="UTC"), "zone = 'UTC': is no time zone"),  # type: ignore[arg-type] # wrong on purpose
    ],
)
def test_what_can_never_be_measured_is_refused(make: Callable[[], object], problem: str) -> None:
    """When it is asked for, with what would work."""
    with pytest.raises(InvalidInput) as raised:
        make()

    assert problem in str(raised.value)


def test_a_mean_is_of_durations_that_add_up_to_more_than_a_duration_can_be() -> None:
    """From the first of all years to the last, often: the sum is a number (rule M1)."""
    tally, longest = DurationTally(), date.max - date.min
    for _ in range(300):
        tally.add(longest)

    assert longest == tally.figures().mean
