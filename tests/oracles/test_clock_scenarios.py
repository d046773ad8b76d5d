"""
Invariant: clocks are due, pause and stop when another product's own tests say so.

Where it answers otherwise, the difference is named: a target that is exhausted exactly at closing
time is due then (rule K1), where that product says the next opening.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow.errors import InvalidInput
from incidentflow.incident import Command
from incidentflow.policy import Calendar, ClockRule, HoldReason, Hours, Policy, TargetRow
from incidentflow.policy.calendars import next_opening
from incidentflow.process import (
    Acknowledge,
    Hold,
    OverridePriority,
    Reopen,
    Resolve,
    Resume,
    StakeholderUpdate,
)
from incidentflow.process.agenda import Tick
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import SYSTEM

NAMES = {"first_response": "response", "update": "update", "solution": "resolution"}
STOPS = {"response": "answered", "update": "updated", "resolution": "resolved"}
HOLD = Hold(by="bo", reason="waiting")
COMMANDS: dict[str, Command | None] = {
    "first_response": Acknowledge(by="bo"),
    "agent_contact": StakeholderUpdate(by="bo", text="an answer"),
    "customer_contact": None,
    "created_paused": HOLD,
    "pause": HOLD,
    "resume": Resume(by="bo"),
    "close": Resolve(by="bo", code="done", note="done"),
    "reopen": Reopen(by="bo", reason="again"),
    "rule_no_longer_matches": OverridePriority(by="bo", priority=5, reason="other rule"),
}
CALENDAR = re.compile(r"(every day|[a-z]{3}(?:-[a-z]{3})?) (\d\d:\d\d-\d\d:\d\d)(?: (\w+/\w+))?")
MINUTE = timedelta(minutes=1)


def instant(text: str) -> datetime:
    """Read an instant that is written with a Z."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def played(case: dict[str, Any], calendar: Calendar) -> Rehearsal:
    """Play a case: every clock may be paused, and stops at one thing."""
    created = instant(case["created"])
    clocks = tuple(ClockRule(name, stops=(stop, "resolved")) for name, stop in STOPS.items())
    targets = {NAMES[name]: Hours(minutes=amount) for name, amount in case["targets_min"].items()}
    usual = TargetRow(targets=targets, calendar=calendar)
    none = TargetRow(targets=dict.fromkeys(targets), priority=5)
    life = Rehearsal(
        policy=Policy(
            clocks=clocks,
            targets=(usual, none),
            hold_reasons=(HoldReason("waiting", pauses=tuple(STOPS)),),
            requirements=(),
            auto_close=timedelta(0),
        ),
        now=created,
    )
    life.report(by="monitor:mail")
    events = [(created if at == "any" else instant(at), what) for what, at in case["events"]]
    for life.now, what in sorted(events, key=lambda event: event[0]):
        command = COMMANDS[what]
        life.do(Tick(by=SYSTEM))
        if command is not None and not (what == "first_response" and not _is_open(life)):
            life.do(command)
    return life


def _is_open(life: Rehearsal) -> bool:
    return life.incident.place.is_unfinished


def answers(life: Rehearsal) -> dict[str, Any]:
    """Say in the words of the source how the clocks stand."""
    running = [clock for clock in life.incident.clocks if clock.runs]
    found: dict[str, Any] = {"next_due": min((c.due for c in running if c.due), default=None)}
    for theirs, ours in NAMES.items():
        try:
            clock = life.incident.clock(ours)
        except InvalidInput:
            continue
        found[f"{theirs}_due"] = clock.due if clock.runs else None
        found[f"{theirs}_min"] = clock.elapsed(life.now) // MINUTE
        found[f"{theirs}_slack_min"] = clock.remaining(life.now) // MINUTE
    return found


def test_clocks_are_due_as_expected(data: Path) -> None:
    """Late answers, pauses, reopening, and a target that goes."""
    paths = sorted((data / "oracles").glob("sla_clock_scenarios_*.json"))
    cases = [case for path in paths for case in json.loads(path.read_text("utf-8"))["cases"]]
    if not cases:
        pytest.skip("the folder has no sla_clock_scenarios")
    differing, at_closing = [], 0
    for case in cases:
        days, hours, zone = CALENDAR.match(case["calendar"]).groups()  # type: ignore[union-attr]
        week = {"mon-sun" if days == "every day" else days: hours}
        calendar = Calendar("oracle", week=week, zone=zone or "UTC")
        found = answers(played(case, calendar))
        for name, expected in case["expected"].items():
            wanted = instant(expected) if isinstance(expected, str) else expected
            ours = found[name]
            if ours == wanted:
                continue
            if isinstance(ours, datetime) and next_opening(calendar, ours) == wanted:
                at_closing += 1
            else:
                differing.append((case["name"], name, expected, ours))

    assert [] == differing
    assert at_closing <= 2 * len(cases)
