"""Where an incident stands, in terms that hold for every lifecycle (rule L1)."""

from __future__ import annotations

import enum

from incidentflow.words import frozen

NOTHING = "nothing"


class Category(enum.Enum):
    """What a state means to every rule; rules never look at a state's name."""

    # A member is one of a kind; up to Python 3.11 the hash of its name is computed each time.
    __hash__ = object.__hash__

    UNREPORTED = "unreported"
    TRIAGE = "triage"
    OPEN = "open"
    DONE = "done"
    TERMINAL = "terminal"


class Mark(enum.Enum):
    """What else is true in a state."""

    WORKING = "working"
    WAITING = "waiting"
    RESTORED = "restored"
    RESOLVED = "resolved"


UNFINISHED = frozenset({Category.TRIAGE, Category.OPEN})
LIVING = UNFINISHED | {Category.DONE}
ANYWHERE = LIVING | {Category.TERMINAL}


@frozen
class Place:
    """
    A state as an event records it, so that reading it back needs no lifecycle.

    Attributes:
        state: The state's name in the lifecycle.
        category: Its category.
        marks: Its marks, in the order of their names.
        lifecycle: The lifecycle's name and digest, as ``name@digest`` (rule L12).

    """

    state: str
    category: Category
    marks: tuple[Mark, ...] = ()
    lifecycle: str = ""

    def has(self, mark: Mark) -> bool:
        """Whether the state carries *mark*."""
        return mark in self.marks

    @property
    def is_unfinished(self) -> bool:
        """Whether work is still owed: triage or open."""
        return self.category in UNFINISHED


UNREPORTED = Place(NOTHING, Category.UNREPORTED)
