"""Invariant: a target that a calendar hardly reaches is refused when a policy is built (K15)."""

from __future__ import annotations

from typing import Any

import pytest

from incidentflow.errors import PolicyError
from incidentflow.policy import BusinessDays, Calendar, Hours, Policy, TargetRow, Union
from incidentflow.policy.calendars import ROUND_THE_CLOCK
from incidentflow.process import Report
from incidentflow.testing.rehearsal import Rehearsal

WEEKLY = Calendar("an hour a week", week={"mon": "09:00-10:00"})
BOTH = Union("both", (WEEKLY, Calendar("another", week={"tue": "09:00-10:00"})))
LEAP = Calendar(
    "leap days",
    week={"mon-sun": "00:00-24:00"},
    holidays=[
        f"{month:02}-{day:02}"
        for month in range(1, 13)
        for day in range(1, 32)
        if (month, day) != (2, 29)
        and not (day == 31 and month in {4, 6, 9, 11})
        and not (month == 2 and day > 28)
    ],
)


def policy(amount: Any, calendar: Any) -> Policy:  # noqa: ANN401 - of any kind
    """Build a policy with one target."""
    row = TargetRow(priority=1, targets={"response": amount}, calendar=calendar)
    return Policy(targets=(row,), calendars=(ROUND_THE_CLOCK, WEEKLY))


@pytest.mark.parametrize(
    ("amount", "calendar"),
    [
        (Hours(100_000), WEEKLY),
        (Hours(5_219), WEEKLY.name),
        (Hours(100_000), BOTH),
        (Hours(25 * 24), LEAP),
        (BusinessDays(5_300, "close"), WEEKLY),
        (BusinessDays(26, "same time"), LEAP),
    ],
)
def test_a_target_beyond_a_century_is_refused_with_its_row(amount: Any, calendar: Any) -> None:  # noqa: ANN401
    """It would be searched for at the first report."""
    with pytest.raises(PolicyError, match=r"target 'P1' for 'response': .* more than a century in"):
        policy(amount, calendar)


@pytest.mark.parametrize(
    ("amount", "calendar"),
    [
        (Hours(5_218), WEEKLY),
        (Hours(36_525 * 24), ROUND_THE_CLOCK.name),
        (Hours(24 * 24), LEAP),
        (BusinessDays(5_000, "close"), WEEKLY.name),
        (BusinessDays(10_000, "close"), BOTH),
        (None, WEEKLY),
    ],
)
def test_a_target_within_a_century_is_reached(amount: Any, calendar: Any) -> None:  # noqa: ANN401
    """Whenever the incident is reported."""
    played = Rehearsal(policy=policy(amount, calendar))
    incident = played.do(Report(by="ana", title="t", impact=1, urgency=1))

    assert bool(incident.clocks) is (amount is not None)


def test_a_calendar_that_nobody_declared_is_the_only_problem() -> None:
    """There is nothing to look at."""
    with pytest.raises(PolicyError) as caught:
        policy(Hours(800_000), "nobody's")

    assert 1 == len(caught.value.problems)
