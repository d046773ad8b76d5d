"""When a review is owed, by when, and whether it blocks closing (rule R1)."""

from __future__ import annotations

import enum
from datetime import timedelta

from attrs import field

from incidentflow.words import Priority, as_priority, flag, frozen, member, strings


class Because(enum.Enum):
    """What raises a requirement."""

    MAJOR = "major"
    PRIORITY = "priority"
    REOPENED = "reopened"
    BREACHED = "breached"


def _because(value: Because | str) -> Because:
    return member(Because, value, "because")


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

    """

    because: Because = field(converter=_because)
    within: timedelta
    blocks: bool = field(default=False, validator=flag)
    priority: Priority = field(default=Priority.P1, converter=as_priority)
    times: int = 2
    clocks: tuple[str, ...] = field(default=("restoration", "resolution"), converter=strings)


REQUIREMENTS = (
    RequirementRule(Because.MAJOR, timedelta(days=5), blocks=True),
    RequirementRule(Because.PRIORITY, timedelta(days=10)),
    RequirementRule(Because.REOPENED, timedelta(days=10)),
    RequirementRule(Because.BREACHED, timedelta(days=10), priority=Priority.P2),
)
