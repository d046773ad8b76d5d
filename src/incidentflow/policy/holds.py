"""Why an incident may be put on hold, and what must be said with it (rules L2 and K16)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import field

from incidentflow.errors import nearest
from incidentflow.words import flag, frozen, line, strings


@frozen
class HoldReason:
    """
    A reason to hold: responsibility lies outside.

    Attributes:
        name: Its stable code, such as ``"awaiting_vendor"``.
        needs: What must be given with it: any of ``"comment"``, ``"reference"``, ``"until"``.
        cascades: Whether a parent that is held for it has its children held too (rule L11).
        pauses: The names of the clocks that it pauses (rule K16).
        if_agreed: Whether it pauses them only when the requester agreed to wait.

    """

    name: str = field(validator=line())
    needs: tuple[str, ...] = field(default=(), converter=strings)
    cascades: bool = field(default=False, validator=flag)
    pauses: tuple[str, ...] = field(default=(), converter=strings)
    if_agreed: bool = field(default=False, validator=flag)


HOLD_REASONS = (
    HoldReason("awaiting_requester", needs=("comment",), pauses=("resolution",)),
    HoldReason("awaiting_change", cascades=True),
    HoldReason("awaiting_problem", cascades=True),
    HoldReason("awaiting_vendor", cascades=True),
    HoldReason("scheduled", needs=("until",), pauses=("resolution",), if_agreed=True),
)
HOLD_INPUTS = frozenset({"comment", "reference", "until"})


def hold_problems(reasons: Iterable[HoldReason]) -> Iterator[str]:
    """Say which hold reasons need what cannot be given with one."""
    for reason in reasons:
        for need in set(reason.needs) - HOLD_INPUTS:
            yield f"hold reason {reason.name!r} needs {need!r}; {nearest(need, HOLD_INPUTS)}"
