"""Ranks: ordered scales on which 1 is the most severe (rule Q1)."""

from __future__ import annotations

import enum
from typing import Self

from incidentflow.errors import InvalidInput, hint


class Rank(enum.IntEnum):
    """An ordered scale; 1 is the most severe, and a greater number is less severe."""

    @classmethod
    def parse(cls, value: object) -> Self:
        """
        Read a member, its number or its name, as in ``Impact.parse("high")``.

        Raises:
            InvalidInput: Nothing of that name or number stands on this scale.

        """
        if isinstance(value, cls):
            return value
        field = cls.__name__.lower()
        names = {member.name.lower(): member for member in cls}
        if isinstance(value, str) and value.strip().lower() in names:
            return names[value.strip().lower()]
        if isinstance(value, int) and not isinstance(value, (bool, Rank)) and value in set(cls):
            return cls(value)
        near = hint(value.strip().lower(), names) if isinstance(value, str) else None
        known = tuple(names)
        raise InvalidInput.of(field, value, "rank.unknown", names=known, most=len(cls), hint=near)

    @property
    def label(self) -> str:
        """The name to show."""
        return self.name.lower().replace("_", " ")

    def outranks(self, other: Rank) -> bool:
        """Whether this is more severe than *other*, which must stand on the same scale."""
        return self.value < other.value


class Impact(Rank):
    """How far the damage reaches; a matrix says how many of the levels it uses."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3
    MINOR = 4
    MINIMAL = 5


class Urgency(Rank):
    """How soon the damage becomes unbearable."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3
    MINOR = 4
    MINIMAL = 5


class Severity(Rank):
    """How bad it is, whatever the queue looks like."""

    SEV1 = 1
    SEV2 = 2
    SEV3 = 3
    SEV4 = 4
    SEV5 = 5


class Priority(Rank):
    """How soon it is worked on; derived from a matrix (rule Q3)."""

    P1 = 1
    P2 = 2
    P3 = 3
    P4 = 4
    P5 = 5


def as_priority(value: Priority | int | str) -> Priority:
    """Read a priority (an attrs converter)."""
    return Priority.parse(value)


def as_impact(value: Impact | int | str | None) -> Impact | None:
    """Read an impact; None passes (an attrs converter)."""
    return None if value is None else Impact.parse(value)


def as_urgency(value: Urgency | int | str | None) -> Urgency | None:
    """Read an urgency; None passes (an attrs converter)."""
    return None if value is None else Urgency.parse(value)


def as_severity(value: Severity | int | str | None) -> Severity | None:
    """Read a severity; None passes (an attrs converter)."""
    return None if value is None else Severity.parse(value)
