"""The words a lifecycle is written in: states, steps, and what may be done now."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable

from attrs import field, frozen

from incidentflow.errors import Failure
from incidentflow.incident.case import Case
from incidentflow.incident.places import Category, Mark
from incidentflow.words import strings

Guard = Callable[[Case], Failure | None]


def _marks(value: Iterable[Mark | str]) -> tuple[Mark, ...]:
    return tuple(sorted({Mark(mark) for mark in value}, key=lambda mark: mark.value))


@frozen
class State:
    """
    One state of a lifecycle.

    Attributes:
        name: An identifier, unique in the lifecycle.
        category: What it means to every rule: triage, open, done or terminal.
        label: What to call it; empty means the name with spaces.
        marks: What else is true in it: working, waiting, restored, resolved.

    """

    name: str
    category: Category = field(converter=Category)
    label: str = ""
    marks: tuple[Mark, ...] = field(default=(), converter=_marks)


@frozen
class Step:
    """
    One way from states to a state.

    Attributes:
        trigger: What is asked for, such as ``"resolve"``.
        sources: The states it starts from, one name or several; None: nothing, as for a report.
        to: The state it leads to.
        needs: Inputs that must be given: names of the command's inputs or of own fields.
        guards: Further conditions, each ``(case) -> Failure | None``, pure.

    """

    trigger: str
    sources: tuple[str, ...] = field(converter=strings)
    to: str
    needs: tuple[str, ...] = field(default=(), converter=strings)
    guards: tuple[Guard, ...] = ()


class Openness(enum.Enum):
    """Whether a step can be taken now (rule L5)."""

    OPEN = "open"
    NEEDS_INPUTS = "open with inputs"
    CLOSED = "closed"


@frozen
class Option:
    """
    One step from where an incident stands, and what it takes.

    Attributes:
        trigger: What to ask for.
        to: Where it leads.
        openness: Open, open with inputs, or closed.
        inputs: What must be given with it.
        because: Why it is closed, or why the inputs are needed.

    """

    trigger: str
    to: str
    openness: Openness
    inputs: tuple[str, ...] = ()
    because: tuple[Failure, ...] = ()

    def __str__(self) -> str:
        """Show it in one line."""
        why = "; ".join(failure.text for failure in self.because)
        if self.openness is Openness.NEEDS_INPUTS:
            why = "with " + ", ".join(self.inputs)
        return f"{self.trigger} -> {self.to}: {self.openness.value} {why}".rstrip()
