"""When a review is owed, by when, and whether it blocks closing (rule R1)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

import attrs
from attrs import field

from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.policy.clocks import PROMISED, ClockRule
from incidentflow.words import Priority, as_priority, flag, frozen, member, strings

USUAL = ("restoration", "resolution")
"""The clocks that a rule names by default, whether a policy has them or not."""


class Because(enum.Enum):
    """What raises a requirement."""

    MAJOR = "major"
    PRIORITY = "priority"
    REOPENED = "reopened"
    BREACHED = "breached"


def _because(value: Because | str) -> Because:
    return member(Because, value, "because")


def _times(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not int or value < 1:
        raise InvalidInput(attribute.name, shorten(value), "is no whole number of at least 1")


@frozen
class RequirementRule:
    """
    A rule that raises a review requirement; once raised it is only reviewed or waived.

    Attributes:
        because: What raises it.
        within: How long after being raised the review is due.
        blocks: Whether it blocks every way into a terminal state.
        priority: For ``PRIORITY`` and ``BREACHED``: this one or a more urgent one raises it.
        times: For ``REOPENED``: so many reopenings raise it.
        clocks: For ``BREACHED``: a breach of one of these clocks raises it.

    Raises:
        InvalidInput: *times* is no whole number of at least 1.

    """

    because: Because = field(converter=_because)
    within: timedelta
    blocks: bool = field(default=False, validator=flag)
    priority: Priority = field(default=Priority.P1, converter=as_priority)
    times: int = field(default=2, validator=_times)
    clocks: tuple[str, ...] = field(default=USUAL, converter=strings)


REQUIREMENTS = (
    RequirementRule(Because.MAJOR, timedelta(days=5), blocks=True),
    RequirementRule(Because.PRIORITY, timedelta(days=10)),
    RequirementRule(Because.REOPENED, timedelta(days=10)),
    RequirementRule(Because.BREACHED, timedelta(days=10), priority=Priority.P2),
)


def requirement_problems(
    rules: Iterable[RequirementRule], clocks: Iterable[ClockRule]
) -> Iterator[str]:
    """Say which rules are for a clock that there is none of."""
    known = {PROMISED, *(clock.name for clock in clocks)}
    for rule in rules:
        for name in rule.clocks:
            if name not in known and rule.clocks != USUAL:
                what = f"requirement {rule.because.value!r} names the clock {name!r}"
                yield f"{what}; {nearest(name, known)}"
