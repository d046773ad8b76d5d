"""Invariant: open time and deadlines are those that other products' own tests expect."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from incidentflow.policy.calendars import Calendar, add, add_business_days, elapsed

Case = dict[str, Any]


def cases_of(data: Path, kind: str) -> list[Case]:
    """Read every case of every file of a kind."""
    paths = sorted((data / "oracles").glob(f"{kind}_*.json"))
    found = [case for path in paths for case in json.loads(path.read_text("utf-8"))["cases"]]
    if not found:
        pytest.skip(f"the folder has no {kind}")
    return found


def local(text: str, zone: str) -> datetime:
    """Read a wall-clock time of a zone as an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def shown(at: datetime, zone: str) -> str:
    """Write an instant as a wall-clock time of a zone."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M:%S}"


def answer(case: Case) -> object:
    """Work out what a case expects."""
    calendar = Calendar(
        "oracle",
        week={day: ", ".join(map("-".join, spans)) for day, spans in case["week"].items() if spans},
        zone=case["calendar_timezone"],
        holidays=case["holidays"],
    )
    start = local(case["start"], case["timezone"])
    if case["kind"] == "elapsed":
        return elapsed(calendar, start, local(case["end"], case["timezone"])).total_seconds()
    (seconds,) = (value for name, value in case.items() if name.startswith("add"))
    due = add(calendar, start, timedelta(seconds=seconds))
    return shown(due, case["timezone"])


def test_open_time_and_deadlines_are_as_expected(data: Path) -> None:
    """Over weeks, holidays and changes of the clocks."""
    differing = [
        (case, found)
        for case in cases_of(data, "business_hours")
        if (found := answer(case)) != case["expected"]
    ]

    assert [] == differing


def test_deadlines_in_working_days_are_as_expected(data: Path) -> None:
    """At the same time of the day, and at its close; a close at 24:00 is the next midnight."""
    for case in cases_of(data, "business_days"):
        days, _, hours = case["week"].partition(" ")
        zone = case.get("timezone", "UTC")
        holidays = case.get("holidays", ())
        calendar = Calendar("oracle", week={days: hours}, zone=zone, holidays=holidays)
        at = "close" if case["end_of_working_day"] else "same time"
        due = add_business_days(
            calendar, local(case["start"], zone), case["add_working_days"], at=at
        )

        assert case["expected"] == shown(due, zone), case
