"""The words a lifecycle is written in: states, steps, and what may be done now."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable

from attrs import field

from incidentflow.errors import Failure
from incidentflow.incident.aggregate import Event
from incidentflow.incident.case import Case, Command
from incidentflow.incident.places import Category, Mark
from incidentflow.words import frozen, member, strings

Guard = Callable[[Case], Failure | None]


def _category(value: Category | str) -> Category:
    return member(Category, value, "category")


def _marks(value: Mark | str | Iterable[Mark | str]) -> tuple[Mark, ...]:
    several = (value,) if isinstance(value, (Mark, str)) else value
    return tuple(
        sorted({member(Mark, mark, "marks") for mark in several}, key=lambda mark: mark.value)
    )


def _guards(value: Guard | Iterable[Guard]) -> tuple[Guard, ...]:
    return (value,) if callable(value) else tuple(value)


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
    category: Category = field(converter=_category)
    label: str = ""
    marks: tuple[Mark, ...] = field(default=(), converter=_marks)

    @property
    def meaning(self) -> frozenset[Category | Mark]:
        """What it means to every rule: its category and its marks."""
        return frozenset({self.category, *self.marks})


@frozen
class Step:
    """
    One way from states to a state.

    Attributes:
        trigger: What is asked for, such as ``"resolve"``.
        sources: The states it starts from, one name or several; None: nothing, as for a report.
        to: The state it leads to.
        needs: Inputs that must be given: names of the command's inputs or of own fields.
        guards: Further conditions, one or several, each ``(case) -> Failure | None``, pure.

    """

    trigger: str
    sources: tuple[str, ...] = field(converter=strings)
    to: str
    needs: tuple[str, ...] = field(default=(), converter=strings)
    guards: tuple[Guard, ...] = field(default=(), converter=_guards)


class Openness(enum.Enum):
    """Whether a step can be taken now (rule L5)."""

    OPEN = "open"
    NEEDS_INPUTS = "open with inputs"
    CLOSED = "closed"


@frozen(kw_only=True)
class Probe(Command):
    """
    A command that gives nothing but its actor, and perhaps where to; asked for options only.

    Attributes:
        to: Where it would lead, where several ways are open.

    """

    to: str | None = None

    def decide(self, case: Case) -> Iterable[Event]:
        """Decide nothing."""
        del case
        return ()


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
        step = f"{self.trigger} -> {self.to}"
        if self.openness is Openness.NEEDS_INPUTS:
            return f"{step}: open with {', '.join(self.inputs)}"
        if self.openness is Openness.CLOSED:
            return f"{step}: closed, {'; '.join(failure.text for failure in self.because)}"
        return f"{step}: open"
