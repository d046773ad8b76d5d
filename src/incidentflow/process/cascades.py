"""Cascades: children take some of the steps that their parent takes (rule L11)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, ClassVar

import attrs
from attrs import field

from incidentflow.incident import (
    Case,
    Category,
    Command,
    Entry,
    Event,
    Incident,
    Mark,
    Place,
    Steps,
)
from incidentflow.incident.owed import OwedCommand
from incidentflow.incident.places import ANYWHERE
from incidentflow.policy import Policy
from incidentflow.process.hold import Held, Hold, Resume, Resumed
from incidentflow.process.resolution import Reopen, Reopened, Resolve, Resolved
from incidentflow.process.work import Acknowledge, Acknowledged, Advanced, Relapsed
from incidentflow.words import aware, evolve, frozen, line, prose, to_utc

STEPS: Mapping[str, type[Command]] = {
    each.trigger: each for each in (Acknowledge, Hold, Reopen, Resolve, Resume)
}
PASSED_ON = ("assignee", "code", "comment", "note", "reason", "reference", "until")


@frozen(kw_only=True)
class Follow(Command):
    """
    Take the step that the parent took; owed by the parent.

    Nothing happens where there is nothing to do: when the child has another parent by now, has
    no such step from where it stands, or, for a resume, waits for another reason.

    Args:
        parent: The parent's id.
        step: The trigger.
        assignee: The parent's assignee, for a child that has none.
        code: As the parent's.
        comment: As the parent's.
        note: As the parent's.
        reason: As the parent's; for a resume, the reason it was on hold for.
        reference: As the parent's.
        until: As the parent's.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    instead: ClassVar[tuple[str, ...]] = tuple(each.__name__ for each in STEPS.values())

    parent: str = field(validator=line())
    step: str = field(validator=line())
    assignee: str | None = field(default=None, validator=line())
    code: str | None = field(default=None, validator=line())
    comment: str | None = field(default=None, validator=prose)
    note: str | None = field(default=None, validator=prose)
    reason: str | None = field(default=None, validator=prose)
    reference: str | None = field(default=None, validator=line())
    until: datetime | None = field(default=None, converter=to_utc, validator=aware)

    @property
    def asked(self) -> str:
        """The step."""
        return self.step

    def move(self, case: Case, steps: Steps) -> Place | None:
        """Move as the parent did, where that is a step from here."""
        super().move(case, steps)
        if not (self._concerns(case.incident) and steps.has_step(case.incident.state, self.step)):
            return None
        return self._taken(case.incident).move(self._case(case), steps)

    def decide(self, case: Case) -> Iterable[Event]:
        """Decide as the parent did."""
        if case.to is None:
            return ()
        return self._taken(case.incident).decide(self._case(case))

    def _concerns(self, incident: Incident) -> bool:
        if incident.parent != self.parent or self.step not in STEPS:
            return False
        hold = incident.hold
        return STEPS[self.step] is not Resume or (hold is not None and hold.reason == self.reason)

    def _taken(self, incident: Incident) -> Command:
        kind = STEPS[self.step]
        inputs = attrs.fields_dict(kind).keys() & set(PASSED_ON)
        given: dict[str, Any] = {name: getattr(self, name) for name in inputs}
        if incident.assignee is not None:
            given.pop("assignee", None)
        return kind(by=self.by, **given)

    def _case(self, case: Case) -> Case:
        return evolve(case, command=self._taken(case.incident))


OWING = (Acknowledged, Advanced, Held, Relapsed, Reopened, Resolved, Resumed)
"""The events that may owe something."""


def owes(incident: Incident, entry: Entry, policy: Policy) -> Iterator[OwedCommand]:
    """Owe each child the step that its parent took (rule J5)."""
    step = _cascades(incident, entry, policy) if incident.children else None
    if step is None:
        return
    trigger, inputs = step
    given: dict[str, Any] = {name: value or None for name, value in inputs.items()}
    follow = Follow(by=entry.by, parent=incident.id, step=trigger, **given)
    for child in incident.children:
        yield OwedCommand(child, follow, entry.sequence)


def _cascades(
    incident: Incident, entry: Entry, policy: Policy
) -> tuple[str, dict[str, Any]] | None:
    """Say which step children take too: working, some holds, resolving, reopening by staff."""
    event = entry.event
    if isinstance(event, Resolved):
        inputs = {"code": event.code, "note": event.note}
        return (Resolve.trigger, inputs) if event.cascade else None
    if isinstance(event, Held):
        reason = policy.hold_reason(event.reason)
        names = ("reason", "comment", "reference", "until")
        held = {name: getattr(event, name) for name in names}
        return (Hold.trigger, held) if reason is not None and reason.cascades else None
    if isinstance(event, Reopened):
        by_staff = entry.by.id != incident.requester
        return (Reopen.trigger, {"reason": event.reason}) if by_staff else None
    works = entry.to is not None and entry.to.has(Mark.WORKING)
    if not (works and isinstance(event, (Acknowledged, Advanced, Relapsed, Resumed))):
        return None
    if isinstance(event, Resumed):
        held_for = incident.holds[-1].reason if incident.holds else None
        return Resume.trigger, {"reason": held_for, "assignee": incident.assignee}
    return Acknowledge.trigger, {"assignee": incident.assignee}
