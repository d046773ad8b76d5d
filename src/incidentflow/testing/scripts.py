"""A script: what was asked of an incident and when, as somebody would write it in a test."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import Enum

from attrs import NOTHING, fields

from incidentflow.incident import Command
from incidentflow.words import Actor, frozen, show


@frozen
class Line:
    """
    One line of a script.

    Attributes:
        now: When.
        command: What was asked.
        came: What came of it: the state it led to, or why it was refused.

    """

    now: datetime
    command: Command
    came: str

    def __str__(self) -> str:
        """Show it in one line."""
        return f"{show(self.now)}  {worded(self.command)}  -> {self.came}"


def worded(command: Command) -> str:
    """Write a command as its author would: without what is default."""
    given = []
    for each in fields(type(command)):
        value, default = getattr(command, each.name), each.default
        if default is NOTHING or (value != default and (value or default is True)):
            given.append(f"{each.name}={_worded(value)}")
    return f"{type(command).__name__}({', '.join(given)})"


def numbered(lines: Iterable[object]) -> str:
    """Show lines with their numbers."""
    return "\n".join(f"  {place}. {line}" for place, line in enumerate(lines, 1))


def _worded(value: object) -> str:
    if isinstance(value, Actor):
        return repr(value.id if value.is_person else f"{value.kind.value}:{value.id}")
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if isinstance(value, datetime):
        return f"datetime.fromisoformat({value.isoformat()!r})"
    return repr(value)
