"""Invariant: what can never be right is one clear error, and changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import (
    AsyncIncidentDesk,
    IncidentDesk,
    Note,
    Policy,
    Report,
    Resolve,
    load_policy,
)
from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import ManualClock, SeededEntropy

Build = Callable[..., Any]
NAIVE = datetime(2026, 3, 2, 8)  # noqa: DTZ001 - what must be refused


@pytest.mark.parametrize(
    ("details", "problem"),
    [
        ({}, "by = missing: say who reports"),
        (
            {"by": "ana", "servce": "mail"},
            r"servce = 'mail': is no input; did you mean 'service'\?",
        ),
        ({"by": "ana", "impact": "hihg"}, r"impact = 'hihg': .*did you mean 'high'\?"),
        ({"by": "ana", "impact": 0}, "impact = 0: is not on the scale"),
        ({"by": "ana", "impact": True}, "impact = True: is not on the scale"),
        ({"by": "ana", "urgency": 1.0}, "urgency = 1.0: is not on the scale"),
        ({"by": "ana", "severity": []}, r"severity = \[\]: is not on the scale"),
        ({"by": "ana", "impact": "minimal", "urgency": 1}, "matrix 'ITIL 3x3' knows impact 1"),
        ({"by": "ana", "at": "2026-03-02"}, "at = '2026-03-02': is no instant"),
        ({"by": "ana", "at": NAIVE}, "has no time zone; give an aware datetime"),
        ({"by": "ana", "occurred_at": NAIVE}, "occurred_at = .*has no time zone"),
        ({"by": "ana", "service": 5}, "service = 5: is not text"),
        ({"by": "ana", "service": " "}, "service = ' ': is blank"),
        ({"by": "ana", "description": "x" * 20_001}, "has 20001 characters; at most 20000"),
        ({"by": "ana", "description": "bell \x07"}, "holds the unprintable character"),
        ({"by": "ana", "location": "\ud800"}, "holds the unprintable character"),
        ({"by": "ana", "items": 5}, "are no names; give a str or several"),
        ({"by": "ana", "items": ("a", 5)}, "is not text"),
    ],
)
def test_a_wrong_input_is_named(desk: IncidentDesk, details: dict[str, Any], problem: str) -> None:
    """Which input, what was given, and what would do."""
    with pytest.raises(InvalidInput, match=problem):
        desk.report("Mail is down", **details)

    assert 0 == len(desk.find())


@pytest.mark.parametrize("title", ["", " \u200b", None, 5, "x" * 501, "a\nb", b"mail"])
def test_a_title_is_one_visible_line(desk: IncidentDesk, title: Any) -> None:  # noqa: ANN401
    """Whoever looks at a list must see something."""
    with pytest.raises(InvalidInput, match="title = "):
        desk.report(title, by="ana")


def test_a_report_is_given_whole_or_in_parts(desk: IncidentDesk) -> None:
    """Not both: which of two would count?"""
    with pytest.raises(InvalidInput, match="give either a Report or a title with details"):
        desk.report(Report(title="Mail is down", by="ana"), service="mail")  # type: ignore[call-arg]


@pytest.mark.parametrize("commands", [(), ([],), ("resolve",), (Resolve,), (None,)])
def test_what_is_no_command_is_refused(desk: IncidentDesk, commands: tuple[Any, ...]) -> None:
    """A class, a name and a list are none; and at least one is needed."""
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(InvalidInput, match="commands = "):
        desk.apply(incident, *commands)
    if commands:
        with pytest.raises(InvalidInput, match="is no command; give a value such as"):
            desk.report("Printer", *commands, by="ana")

    assert [incident] == list(desk.find())


def test_a_horizon_is_an_instant(desk: IncidentDesk) -> None:
    """A wall clock's reading is none."""
    incident = desk.report("Mail is down", by="ana")
    for until in (NAIVE, "tomorrow", None, timedelta(days=1)):
        with pytest.raises(InvalidInput, match="until = "):
            desk.forecast(incident, until)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"policy": "ours.toml"}, r"is no Policy; give one, or a file with one as Path\('ours"),
        ({"policy": Policy}, "is no Policy"),
        ({"policy": ""}, "policy = '': is no Policy"),
        ({"lifecycle": "ITLI"}, "lifecycle = 'ITLI': is known to no plugin; did you mean 'ITIL'"),
        ({"authorise": 5}, "authorise = 5: is no function"),
        ({"lifecycle": None}, "lifecycle = None: is no Lifecycle"),
        ({"clock": ManualClock}, "clock = .*give an object that has"),
        ({"clock": 5}, r"clock = 5: has no now\(\)"),
        ({"entropy": SeededEntropy}, r"entropy = .*has no draw\(\)"),
        ({"entropy": b"seed"}, r"has no draw\(\)"),
        ({"actor": "ana"}, "actor = 'ana': is no function from a user to an Actor"),
        ({"events": [Note]}, "events = .*is no attrs class of Event"),
        ({"commands": [str]}, "commands = .*is no attrs class of Command"),
    ],
)
def test_a_desk_that_cannot_work_is_refused_when_built(
    build: Build, options: dict[str, Any], problem: str
) -> None:
    """Not at its first use, in the night."""
    with pytest.raises(InvalidInput, match=problem):
        build(**options)


@pytest.mark.parametrize(
    ("store", "problem"),
    [
        (5, "store = 5: is no store; give a URL such as"),
        (None, "store = None: is no store"),
        (
            MemoryStore,
            "is no store; give a URL such as 'sqlite:///incidents.db', or a store object",
        ),
        (object(), "is no store"),
        ("incidents.db", "is no URL; give 'memory:' or"),
        ("mongo://x", "is no known kind of store"),
    ],
)
def test_what_is_no_store_is_refused(build: Build, store: Any, problem: str) -> None:  # noqa: ANN401
    """A class is no store: somebody forgot the parentheses."""
    with pytest.raises(InvalidInput, match=problem):
        build(store)


def test_a_clock_must_show_an_instant(build: Build) -> None:
    """A clock without a zone is found at its first reading, before anything is stored."""

    class Wall:
        def now(self) -> datetime:
            """Show the time on the wall."""
            return NAIVE

    desk = build(clock=Wall())
    with pytest.raises(InvalidInput, match=r"clock = .*has no time zone"):
        desk.report("Mail is down", by="ana")

    assert 0 == len(desk.find())


def test_what_was_accepted_can_be_read_again(desk: IncidentDesk) -> None:
    """Text of any script, line breaks where they may stand, and the longest there is."""
    title = "Zoë's 📠 \u200d" + "x" * 480
    incident = desk.report(title, by="ana", description="a\n\tb\r\n" + "y" * 19_990)

    assert incident == desk.get(incident)
    assert incident.title == desk.history(incident)[0].event.title  # type: ignore[attr-defined]
    assert desk.verify().holds


@pytest.mark.parametrize("desk", [IncidentDesk, AsyncIncidentDesk])
def test_an_unknown_part_is_refused_by_name(desk: type) -> None:
    """With the nearest name that is one."""
    with pytest.raises(InvalidInput, match="did you mean 'policy'") as raised:
        desk("memory:", polcy=Policy())

    assert raised.value.field == "polcy"


def test_a_policy_may_be_a_file(build: Build, tmp_path: Path) -> None:
    """It is read and checked when the desk is built."""
    path = tmp_path / "ours.toml"
    path.write_text('auto_close = "2d"', "utf-8")
    desk = build(policy=path)

    assert Policy(auto_close=timedelta(days=2)).reference == desk.describe().policy
    assert load_policy(path) == load_policy(str(path)) == Policy(auto_close=timedelta(days=2))
    with pytest.raises(PolicyError, match="No such file or directory; give a TOML file"):
        build(policy=tmp_path / "theirs.toml")
