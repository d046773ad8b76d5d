"""Invariant: groups partition the whole, and whatever is counted in them adds up to it."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import FieldRule
from incidentflow.errors import InvalidInput
from incidentflow.metrics import (
    AVAILABILITY,
    STANDARD,
    Between,
    Gathering,
    Life,
    MetricsReport,
    Period,
    make_keys,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import OwnField, Priority

RULES = (FieldRule("tier"), FieldRule("vip", "flag"), FieldRule("patient", personal=True))
DAY = timedelta(days=1)
EVERY = (*STANDARD, AVAILABILITY)


@st.composite
def populations(draw: st.DrawFn) -> list[Life]:
    """Draw incidents that have lived, of different services, teams and priorities."""
    found = []
    for played in draw(st.lists(lives(), max_size=5)):
        if played.incident.version:
            given_ = {
                "service": draw(st.sampled_from((None, "mail", "web"))),
                "team": draw(st.sampled_from((None, "net"))),
                "priority": draw(st.sampled_from((None, Priority.P1, Priority.P2))),
                "reported_at": MONDAY + draw(st.integers(-40, 40)) * DAY,
            }
            found.append(Life(evolve(played.incident, **given_), played.now, played.entries))
    return found


def gathered(
    population: Sequence[Life], by: tuple[str, ...] = (), period: Period | None = None
) -> MetricsReport:
    """Gather everything over a population."""
    period = period or Period(MONDAY - 20 * DAY, MONDAY + 20 * DAY)
    metrics = STANDARD if "month" in by else EVERY
    gathering = Gathering(metrics, by, period, MONDAY + 60 * DAY)
    for life in population:
        gathering.add(life)
    return gathering.report()


ADD_UP = {"n", "missing", "censored", "impossible", "corrected", "count", "of", "intervals"}


@given(populations(), st.sets(st.sampled_from(("service", "team", "priority", "month"))))
def test_groups_partition_the_whole(population: list[Life], by: set[str]) -> None:
    """Every incident is in one group, and every count is the sum of the groups' counts."""
    report = gathered(population, tuple(sorted(by)))
    sums: Counter[tuple[str, str]] = Counter()
    for group in report:
        for name, figures in group.figures.items():
            for figure, value in figures.numbers().items():
                sums[name, figure] += (figure in ADD_UP and value) or 0

    assert len(report.groups) == len({group.key for group in report})
    for name, figures in report.whole.figures.items():
        for figure, value in figures.numbers().items():
            if by and figure in ADD_UP:
                assert sums[name, figure] == value
    assert report.whole.incidents == sum(
        report.period.covers(life.incident.reported_at) for life in population
    )
    assert not by or report.whole.incidents == sum(group.incidents for group in report)


@given(st.data())
def test_the_order_of_incidents_does_not_matter(data: st.DataObject) -> None:
    """A store may answer in any."""
    population = data.draw(populations())
    other = data.draw(st.permutations(population))

    assert gathered(population, ("service",)) == gathered(other, ("service",))


@given(populations(), st.integers(-39, 39))
def test_halves_of_a_period_add_up(population: list[Life], day: int) -> None:
    """An incident is in the half in which it was reported, and in no other."""
    middle = MONDAY + day * DAY
    whole, first, second = (
        gathered(population, (), period)
        for period in (
            Period(MONDAY - 50 * DAY, MONDAY + 50 * DAY),
            Period(MONDAY - 50 * DAY, middle),
            Period(middle, MONDAY + 50 * DAY),
        )
    )

    assert whole.whole.incidents == first.whole.incidents + second.whole.incidents
    for metric in STANDARD:
        parts = [each[metric.name].numbers() for each in (first, second)]
        for figure, value in whole[metric.name].numbers().items():
            if figure in ADD_UP:
                assert value == sum(part[figure] or 0 for part in parts)


def reported(**details: Any) -> Life:  # noqa: ANN401 - any inputs
    """Let an incident be reported."""
    played = Rehearsal()
    at = details.pop("reported_at", MONDAY)
    fields = details.pop("own", {})
    own = tuple(OwnField(name, value) for name, value in fields.items())
    incident = evolve(played.report(**details), reported_at=at, fields=own)
    return Life(incident, MONDAY, played.entries)


def test_groups_stand_in_the_order_of_their_keys() -> None:
    """What has none comes last; values of several kinds are not compared."""
    population = [
        reported(service="web", own={"tier": 5}),
        reported(own={"tier": "gold"}),
        reported(service="mail", own={"tier": "gold"}),
        reported(service="web", own={"tier": True}),
        reported(service="web"),
    ]
    report = gathered(population, ("service", "fields.tier"))

    assert [
        ("mail", "gold"),
        ("web", True),
        ("web", 5),
        ("web", None),
        (None, "gold"),
    ] == [group.key for group in report]
    assert 1 == report.groups[0].incidents


def test_a_month_is_of_the_report_in_a_zone() -> None:
    """The same instant is in March or in April."""
    at = datetime(2026, 3, 31, 23, 0, tzinfo=UTC)
    keys = [
        gathered([reported(reported_at=at)], ("month", "priority"), Period(zone=zone)).groups[0].key
        for zone in (UTC, ZoneInfo("Europe/Berlin"))
    ]

    assert [("2026-03", None), ("2026-04", None)] == keys


def test_a_priority_is_named() -> None:
    """As people name it."""
    report = gathered(
        [reported(impact="high", urgency="high", category="a/b")], ("priority", "category")
    )

    assert [("P1", "a/b")] == [group.key for group in report]


def test_a_report_is_a_table_and_plain_data() -> None:
    """Whole numbers only; what is not there is empty."""
    gathering = Gathering(
        [Between("reported", "acknowledged")], ("service",), Period(MONDAY), MONDAY
    )
    for life in (reported(service="mail", to="in_progress"), reported(service="web, and more")):
        gathering.add(life)
    report = gathering.report()
    rows = list(csv.reader(io.StringIO(report.to_csv())))
    data = json.loads(report.to_json())

    assert ["service", "metric", "figure", "value"] == rows[0]
    assert ["mail", "", "incidents", "1"] == rows[1]
    assert ["mail", "reported_to_acknowledged", "n", "1"] == rows[2]
    assert ["web, and more", "reported_to_acknowledged", "max_us", ""] == rows[-1]
    assert 23 == len(rows)
    assert {"service": "mail"} == data["groups"][0]["key"]
    assert 0 == data["groups"][0]["metrics"]["reported_to_acknowledged"]["max_us"]
    assert data["groups"][1]["metrics"]["reported_to_acknowledged"]["max_us"] is None
    assert (2, MONDAY.isoformat(), None, "UTC", ["service"], []) == tuple(
        data["whole"]["incidents"] if name == "whole" else data[name]
        for name in ("whole", "since", "until", "zone", "by", "unreadable")
    )


def test_without_groups_the_rows_are_those_of_the_whole() -> None:
    """And there is no group."""
    report = gathered([reported()])

    assert (("", "incidents", 1), ()) == (next(report.rows()), report.groups)


@pytest.mark.parametrize(
    ("make", "problem"),
    [
        (lambda: make_keys("severty", RULES), "by = 'severty': is no key"),
        (lambda: make_keys("fields.tear", RULES), "did you mean 'fields.tier'"),
        (lambda: make_keys(("team", "team"), RULES), "is given twice"),
        (lambda: make_keys("fields.patient", RULES), "holds a person's data"),
        (lambda: Gathering(["mttr"], (), Period(), MONDAY), "is no metric; give one such as"),  # type: ignore[list-item] # wrong on purpose
        (lambda: Gathering([Between], (), Period(), MONDAY), "is no metric; give one such as"),  # type: ignore[list-item] # wrong on purpose
        (lambda: Gathering([*STANDARD, STANDARD[0]], (), Period(), MONDAY), "names two metrics"),
    ],
)
def test_what_cannot_be_reported_is_refused(make: Callable[[], object], problem: str) -> None:
    """With what would work."""
    with pytest.raises(InvalidInput) as raised:
        make()

    assert problem in str(raised.value)


def test_keys_are_one_name_or_several() -> None:
    """The host's own fields too."""
    assert ("month",) == make_keys("month", RULES)
    assert ("fields.vip", "service") == make_keys(["fields.vip", "service"], RULES)
    assert () == make_keys((), RULES)
