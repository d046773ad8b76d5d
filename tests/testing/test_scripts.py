"""A script shows commands as their author would write them, so that they can be copied."""

from __future__ import annotations

import pytest

from incidentflow import Actor, Hold, Impact, Note, OverridePriority, Reclassify
from incidentflow.incident import Command
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.scripts import Line, numbered, worded

AT = MONDAY.isoformat()
MONITOR = Actor.parse("monitor:probe-3")


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (Note(by="ana", text="it's back"), """Note(by='ana', text="it's back")"""),
        (Note(by=MONITOR, text="x", fields={}), "Note(by='monitor:probe-3', text='x')"),
        (Reclassify(by="ana", impact="high"), "Reclassify(by='ana', impact=Impact.HIGH)"),
        (
            OverridePriority(by="ana", priority=1, reason="x", ends_with_axes=False),
            "OverridePriority(by='ana', priority=Priority.P1, reason='x', ends_with_axes=False)",
        ),
        (
            Hold(by="ana", reason="parked", until=MONDAY),
            f"Hold(by='ana', reason='parked', until=datetime.fromisoformat({AT!r}))",
        ),
    ],
)
def test_a_command_is_written_without_what_is_default(command: Command, text: str) -> None:
    """Enumerations by name, people and monitors as text."""
    assert text == worded(command)


def test_lines_are_numbered_and_dated() -> None:
    """With what came of each."""
    line = Line(MONDAY, Reclassify(by="ana", impact=Impact.LOW), "new")

    assert (
        "  1. 2026-03-02 08:00Z  Reclassify(by='ana', impact=Impact.LOW)  -> new\n  2. x"
        == numbered([line, "x"])
    )
