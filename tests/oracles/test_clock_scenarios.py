"""
Invariant: clocks are due, pause and stop when another product's own tests say so.

Where it answers otherwise, the difference has a name and a condition of its own (`DIFFERENCES`),
and whatever has none fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from incidentflow.incident import Command
from incidentflow.incident.clocks import Clock
from incidentflow.policy import Calendar, ClockRule, HoldReason, Hours, Policy, TargetRow
from incidentflow.policy.calendars import elapsed, is_open, next_opening
from incidentflow.process import (
    Acknowledge,
    Hold,
    Note,
    OverridePriority,
    Reopen,
    Resolve,
    Resume,
    StakeholderUpdate,
)
from incidentflow.process.agenda import Tick
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import MICROSECOND, SYSTEM

Case = dict[str, Any]
NAMES = {"first_response": "response", "update": "update", "solution": "resolution"}
STOPS = {"response": "answered", "update": "updated", "resolution": "resolved"}
ANSWERS = {"first_response": "first_response", "update": "agent_contact"}
"""The event of the source that answers what a clock of the source measures."""
HOLD = Hold(by="bo", reason="waiting")
COMMANDS: dict[str, Command] = {
    "first_response": Acknowledge(by="bo"),
    "agent_contact": StakeholderUpdate(by="bo", text="an answer"),
    "customer_contact": Note(by="ana", text="a question"),
    "created_paused": HOLD,
    "pause": HOLD,
    "resume": Resume(by="bo"),
    "close": Resolve(by="bo", code="done", note="done"),
    "reopen": Reopen(by="bo", reason="again"),
    "rule_no_longer_matches": OverridePriority(by="bo", priority=5, reason="other rule"),
}
SPAN = r"\d\d:\d\d-\d\d:\d\d"
DAYS = re.compile(rf"(every day|[a-z]{{3}}(?:-[a-z]{{3}})?) ({SPAN}(?:, ?{SPAN})*)")
ZONE = re.compile(r"[A-Z]\w+(?:/\w+)+")
DATE = re.compile(r"\d{4}-\d\d-\d\d")
MEASURED = re.compile(r"(\w+?)(_slack)?_min")
MINUTE = timedelta(minutes=1)


def instant(text: str) -> datetime:
    """Read an instant that is written with a Z."""
    return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)


def calendar_of(case: Case) -> Calendar:
    """Read ``"mon-fri 08:00-18:00 Europe/Berlin"``; a date that it names is a holiday."""
    text = case["calendar"]
    told = DAYS.match(text)
    assert told is not None, f"no calendar: {text}"
    days, hours = told.groups()
    zones = ZONE.findall(f"{text} {case.get('calendar_timezone_note', '')}")
    return Calendar(
        "oracle",
        week={"mon-sun" if days == "every day" else days: hours},
        zone=zones[0] if zones else "UTC",
        holidays=[*case.get("holidays", ()), *DATE.findall(text)],
    )


def policy_of(case: Case) -> Policy:
    """
    Build the policy of a case: every clock may be paused, and stops at one thing.

    The clock of updates starts when the customer makes contact, and waits for the answer. A target
    that is not given does not run.
    """
    starts = {"update": "event:noted"}
    clocks = tuple(
        ClockRule(name, starts=starts.get(name, "reported"), stops=tuple({stop, "resolved"}))
        for name, stop in STOPS.items()
    )
    given = {NAMES[name]: amount for name, amount in case["targets_min"].items()}
    targets = {name: Hours(minutes=amount) for name, amount in given.items() if amount}
    usual = TargetRow(targets=targets, calendar=calendar_of(case))
    none = TargetRow(targets=dict.fromkeys(targets), priority=5)
    return Policy(
        clocks=clocks,
        targets=(usual, none),
        hold_reasons=(HoldReason("waiting", pauses=tuple(STOPS)),),
        requirements=(),
        auto_close=timedelta(0),
    )


def events_of(case: Case) -> list[tuple[datetime, str]]:
    """List what happened, in order; a contact is told beside the events, among them, or both."""
    created = instant(case["created"])
    told = [(created if at == "any" else instant(at), what) for what, at in case["events"]]
    contacts = [(instant(at), "customer_contact") for at in case.get("customer_contact", ())]
    return sorted(dict.fromkeys((*contacts, *told)), key=lambda event: event[0])


def played(case: Case) -> Rehearsal:
    """Play a case; once it is over, nothing but reopening goes on."""
    life = Rehearsal(policy=policy_of(case), now=instant(case["created"]))
    life.report(by="monitor:mail")
    for life.now, what in events_of(case):
        life.do(Tick(by=SYSTEM))
        if life.incident.place.is_unfinished or what == "reopen":
            life.do(COMMANDS[what])
    return life


def answers(life: Rehearsal) -> Mapping[str, Any]:
    """Say in the words of the source how the clocks stand."""
    running = [clock for clock in life.incident.clocks if clock.runs]
    found: dict[str, Any] = {"next_due": min((c.due for c in running if c.due), default=None)}
    for theirs, ours in NAMES.items():
        due = next((clock.due for clock in running if clock.name == ours), None)
        worst = _worst(life, ours)
        minutes = None if worst is None else worst.elapsed(life.now) // MINUTE
        found[f"{theirs}_due"] = due
        found[f"{theirs}_min"] = minutes
        found[f"{theirs}_slack_min"] = worst and worst.target // MINUTE - (minutes or 0)
    return found


def _worst(life: Rehearsal, name: str) -> Clock | None:
    """Return the cycle that took longest until what it waited for; None without such a one."""
    ended = [each for each in life.incident.clocks if each.name == name and not each.runs]
    answered = [each for each in ended if each.stopped_by == STOPS[name]]
    return max(answered, key=lambda each: each.elapsed(life.now), default=None)


@frozen
class Differing:
    """
    An answer that is not the source's.

    Attributes:
        case: The case.
        name: What was asked.
        wanted: What the source says.
        ours: What this library says.

    """

    case: Case
    name: str
    wanted: object
    ours: object

    @property
    def difference(self) -> str | None:
        """What the difference is called; None when it is one that nobody meant."""
        return next((name for name, holds in DIFFERENCES.items() if holds(self)), None)

    def __str__(self) -> str:
        """Show it."""
        return f"{self.case['name']}: {self.name} is {self.ours}, not {self.wanted}"


def is_due_at_closing(differing: Differing) -> bool:
    """Exhausted exactly at closing time it is due then (K1); there, at the next opening."""
    calendar, ours = calendar_of(differing.case), differing.ours
    if not isinstance(ours, datetime):
        return False
    closes = is_open(calendar, ours - MICROSECOND) and not is_open(calendar, ours)
    return closes and next_opening(calendar, ours) == differing.wanted


def is_cut_to_the_minute(differing: Differing) -> bool:
    """Seconds of a due instant count here (K0); there they are left out."""
    ours = differing.ours
    return isinstance(ours, datetime) and differing.wanted == ours.replace(second=0)


def is_answered_after_the_end(differing: Differing) -> bool:
    """Resolved, it waits for no answer; there, one that is entered for later is measured."""
    case, told = differing.case, MEASURED.fullmatch(differing.name)
    times = {what: instant(at) for what, at in reversed(case["events"]) if at != "any"}
    answer = ANSWERS.get(told[1]) if told else None
    if told is None or answer not in times or "close" not in times or differing.ours is not None:
        return False
    minutes = elapsed(calendar_of(case), instant(case["created"]), times[answer]) // MINUTE
    wanted = case["targets_min"][told[1]] - minutes if told[2] else minutes
    return times["close"] < times[answer] and differing.wanted == wanted


DIFFERENCES: Mapping[str, Callable[[Differing], bool]] = {
    "due at closing": is_due_at_closing,
    "cut to the minute": is_cut_to_the_minute,
    "answered after the end": is_answered_after_the_end,
}


def compared(case: Case) -> Iterator[Differing]:
    """Give every answer to a case that is not the source's."""
    found = answers(played(case))
    for name, expected in case["expected"].items():
        wanted = instant(expected) if isinstance(expected, str) else expected
        if found[name] != wanted:
            yield Differing(case, name, wanted, found[name])


@pytest.fixture(scope="session")
def cases(data: Path) -> list[Case]:
    """Read every case of every file of this kind."""
    paths = sorted((data / "oracles").glob("sla_clock_scenarios_*.json"))
    found = [case for path in paths for case in json.loads(path.read_text("utf-8"))["cases"]]
    if not found:
        pytest.skip("the folder has no sla_clock_scenarios")
    return found


def test_clocks_are_due_as_expected(cases: list[Case]) -> None:
    """Late answers, pauses, reopening, and a target that goes; no difference without a name."""
    differing = [each for case in cases for each in compared(case)]

    assert [] == [str(each) for each in differing if each.difference is None]
