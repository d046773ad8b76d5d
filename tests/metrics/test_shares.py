"""Invariant: a share counts what was decided; what was not stands beside it (rule M2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from attrs import evolve

from incidentflow.metrics import (
    CLOSED_BY_SYSTEM,
    ESTIMATE_ERROR,
    ESTIMATES_KEPT,
    REOPENED,
    RETURNED,
    STANDARD,
    UPDATES_ON_TIME,
    Between,
    Durations,
    Gathering,
    Life,
    Metric,
    Period,
    Share,
)
from incidentflow.policy import Policy
from incidentflow.process import (
    Acknowledge,
    Cancel,
    Close,
    Correct,
    Reinstate,
    Reopen,
    Resolve,
    ReturnToQueue,
    StakeholderUpdate,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)
RESOLVE = Resolve(by="ana", code="fixed", note="n")
ACKNOWLEDGE = Acknowledge(by="ana")
REOPEN = Reopen(by="ana", reason="again")
RETURN = ReturnToQueue(by="ana", reason="not mine")
CLOSE = Close(by="ana")
CANCEL = Cancel(by="ana", reason="false_positive")
REINSTATE = Reinstate(by="ana", reason="r")


def told(*, more: float | None = None, eta: float | None = None, at: float | None = None) -> Any:  # noqa: ANN401 - a command
    """Tell stakeholders how it stands; hours after the report."""
    hours = (None if each is None else MONDAY + each * HOUR for each in (more, eta, at))
    promised, expected, moment = hours
    return StakeholderUpdate(by="ana", text="t", next_update_at=promised, eta=expected, at=moment)


def lived(*asked: object, late: float = 0) -> Life:
    """Let an incident be reported, and something be asked every hour; look at it a while later."""
    played = Rehearsal()
    played.report()
    for each in asked:
        played.wait(hours=1)
        played.do(each)  # type: ignore[arg-type] # commands
    return Life(played.incident, played.now + late * HOUR, played.entries)


def measured(metric: Metric, *lives: Life) -> Any:  # noqa: ANN401 - figures of any kind
    """Measure lives; a journal is there only where it is asked for."""
    gathering = Gathering([metric], (), Period(), MONDAY)
    for life in lives:
        entries = life.entries if gathering.needs_journal(life.incident) else ()
        gathering.add(Life(life.incident, life.now, entries))
    return gathering.report()[metric.name]


def test_reopened_are_those_of_the_resolved() -> None:
    """Each once, however often; the reopenings stand beside."""
    lives = [
        lived(),
        lived(RESOLVE),
        lived(RESOLVE, REOPEN),
        lived(RESOLVE, REOPEN, RESOLVE, REOPEN, RESOLVE),
    ]
    found = measured(REOPENED, *lives)

    assert Share(2, 3, {"reopenings": 3}) == found
    assert Fraction(2, 3) == found.ratio
    assert {"count": 2, "of": 3, "reopenings": 3} == found.numbers()


def test_what_only_a_correction_resolved_is_left_out() -> None:
    """It was reopened by nobody, and stayed nowhere (rule L6)."""
    corrected = Correct(by="ana", reason="r", state="resolved")

    assert Share(0, 1, {"reopenings": 0}) == measured(REOPENED, lived(corrected), lived(RESOLVE))


def test_of_nothing_there_is_no_share() -> None:
    """Neither none nor all."""
    assert measured(REOPENED, lived()).ratio is None


def test_returns_to_the_queue_are_counted() -> None:
    """Of all incidents."""
    lives = [lived(), lived(ACKNOWLEDGE, RETURN, ACKNOWLEDGE, RETURN), lived(ACKNOWLEDGE, RETURN)]

    assert Share(2, 3, {"returns": 3}) == measured(RETURNED, *lives)


def test_what_is_counted_does_not_depend_on_what_else_is_asked() -> None:
    """Nor on whether a journal was read for it."""
    played = Rehearsal(policy=Policy(reopen_closed=True))
    played.report()
    for each in (told(), RESOLVE, CLOSE, REOPEN):
        played.do(each)
    life = Life(played.incident, played.now, played.entries)
    alone = {each.name: measured(each, life) for each in STANDARD}
    gathering = Gathering(STANDARD, (), Period(), MONDAY)
    gathering.add(life)
    report = gathering.report()

    assert alone == {each.name: report[each.name] for each in STANDARD}
    assert Share(0, 0) == alone["closed_by_system"]


def test_who_closed_it_last_is_counted() -> None:
    """The system or somebody; only what is closed, and by a step."""
    by_itself = Rehearsal()
    by_itself.report(to="resolved", code="c", note="n")
    by_itself.tick(days=6)
    system = Life(by_itself.incident, by_itself.now, by_itself.entries)
    corrected = Correct(by="ana", reason="r", state="closed")
    lives = [lived(RESOLVE, CLOSE), system, lived(RESOLVE), lived(CANCEL), lived(corrected)]

    assert Share(1, 2) == measured(CLOSED_BY_SYSTEM, *lives)


@pytest.mark.parametrize(
    ("asked", "late", "expected"),
    [
        ((told(),), 9, {}),
        ((told(more=2), told()), 0, {"kept": 1}),
        ((told(more=2, at=0.5), told(at=1.9)), 9, {"kept": 1}),
        ((told(more=1.9, at=0.5), told(), told()), 9, {"missed": 1}),
        ((told(more=2), told(more=3), told(more=4)), 0, {"kept": 2, "open": 1}),
        ((told(more=2),), 1, {"open": 1}),
        ((told(more=2),), 1.5, {"missed": 1}),
        ((told(more=3), RESOLVE), 9, {"void": 1}),
        ((told(more=1.5), RESOLVE), 9, {"missed": 1}),
        ((RESOLVE, told(more=9)), 0, {"open": 1}),
        ((RESOLVE, told(more=9), CLOSE), 9, {"void": 1}),
        ((RESOLVE, told(more=3), told()), 9, {"kept": 1}),
        ((told(more=2), told(at=1.5), told()), 0, {"kept": 1}),
        ((told(more=1.5), told(at=1.2)), 9, {"missed": 1, "claimed_kept": 1}),
        ((told(more=1.5), evolve(RESOLVE, at=MONDAY + 1.2 * HOUR)), 9, {"missed": 1}),
        ((told(more=1.5), told(more=4, at=1.2)), 0, {"missed": 1, "open": 1, "claimed_kept": 1}),
        ((told(more=2.5), RESOLVE, REOPEN), 9, {"void": 1}),
        ((told(more=3.5), RESOLVE, REOPEN), 9, {"void": 1}),
        ((told(more=2.5), RESOLVE, REOPEN, told(more=9), told()), 9, {"void": 1, "kept": 1}),
        ((told(more=2.5), CANCEL, REINSTATE, told(more=9)), 0, {"void": 1, "open": 1}),
    ],
)
def test_a_promised_update_is_kept_missed_void_or_open(
    asked: tuple[object, ...], late: float, expected: dict[str, int]
) -> None:
    """As recorded, and as claimed; void when it was over before it fell due (C2 and K17)."""
    found = measured(UPDATES_ON_TIME, lived(*asked, late=late))
    counts = {"kept": found.count, "missed": found.of - found.count, **found.beside}

    assert expected == {word: number for word, number in counts.items() if number}


@pytest.mark.parametrize(
    ("asked", "expected", "error"),
    [
        ((told(),), {}, Durations()),
        ((told(eta=3), RESOLVE), {"kept": 1}, 1),
        ((told(eta=2), RESOLVE), {"kept": 1}, 0),
        ((told(eta=1.5), RESOLVE), {"late": 1}, 0.5),
        ((told(eta=2), told(eta=5), told(eta=4), RESOLVE), {"late": 1, "slips": 1}, 2),
        ((told(eta=2),), {"open": 1}, Durations(censored=1)),
        ((told(eta=2), CANCEL), {"void": 1}, Durations(missing=1)),
        ((RESOLVE, told(eta=9)), {}, Durations()),
        ((told(eta=3), RESOLVE, REOPEN), {"kept": 1}, 1),
        ((told(), RESOLVE, REOPEN, told(eta=5), RESOLVE), {"kept": 1}, 0),
        ((told(eta=2), CANCEL, REINSTATE), {"void": 1}, Durations(missing=1)),
    ],
)
def test_the_first_estimate_of_an_episode_counts(
    asked: tuple[object, ...], expected: dict[str, int], error: float | Durations
) -> None:
    """Its slips are counted, and how far it lay from the resolution is measured."""
    life = lived(*asked)
    found = measured(ESTIMATES_KEPT, life)
    counts = {"kept": found.count, "late": found.of - found.count, **found.beside}
    errors = measured(ESTIMATE_ERROR, life)

    assert expected == {word: number for word, number in counts.items() if number}
    assert error == (errors if isinstance(error, Durations) else errors.max / HOUR)


def test_a_corrected_resolution_judges_no_estimate() -> None:
    """It is left out, and counted (rule L6)."""
    correct = Correct(by="ana", reason="r", milestone="resolved_at", was_at=MONDAY + 1.5 * HOUR)
    life = lived(told(eta=2), RESOLVE, correct)
    found = measured(ESTIMATES_KEPT, life)

    assert (0, 1) == (found.of, found.beside["corrected"])
    assert Durations(corrected=1) == measured(ESTIMATE_ERROR, life)


@pytest.mark.parametrize("metric", STANDARD, ids=lambda metric: metric.name)
def test_what_is_measured_depends_on_the_period_alone(metric: Metric) -> None:
    """By when the incident was reported, whatever the metric."""
    life = lived(told(eta=3, more=2), RESOLVE)
    begin: Callable[..., Period] = Period

    assert metric.concerns(life.incident, begin(MONDAY, MONDAY + HOUR))
    assert not metric.concerns(life.incident, begin(MONDAY - HOUR, MONDAY))
    assert not metric.concerns(life.incident, begin(MONDAY + HOUR))
    assert len({each.name for each in STANDARD}) == len(STANDARD)
    assert isinstance(metric, Between) or metric.name
