"""Why an incident may be put on hold, and what must be said with it (rules L2 and K16)."""

from __future__ import annotations

from attrs import field, frozen

from incidentflow.words import line, strings


@frozen
class HoldReason:
    """
    A reason to hold: responsibility lies outside.

    Attributes:
        name: Its stable code, such as ``"awaiting_vendor"``.
        needs: What must be given with it: any of ``"comment"``, ``"reference"``, ``"until"``.

    """

    name: str = field(validator=line())
    needs: tuple[str, ...] = field(default=(), converter=strings)


HOLD_REASONS = (
    HoldReason("awaiting_requester", needs=("comment",)),
    HoldReason("awaiting_change"),
    HoldReason("awaiting_problem"),
    HoldReason("awaiting_vendor"),
    HoldReason("scheduled", needs=("until",)),
)
HOLD_INPUTS = frozenset({"comment", "reference", "until"})
