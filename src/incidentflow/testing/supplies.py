"""Representative inputs: for each step one command that takes it, without chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from attrs import NOTHING, Factory, fields

from incidentflow.engine import Practice
from incidentflow.incident import Command, Mark
from incidentflow.lifecycle import Option
from incidentflow.policy.matrix import AXES
from incidentflow.process import (
    COMMANDS,
    AcceptMajor,
    Advance,
    Assign,
    CompleteReview,
    Correct,
    DemoteMajor,
    DraftReview,
    ProposeMajor,
    Reclassify,
    RejectMajor,
    Report,
    SubmitReview,
    WaiveReview,
)
from incidentflow.words import Actor, ActorKind, frozen

DAY = timedelta(days=1)
SAID = "said so"
VALUES: Mapping[str, str | int | bool] = {"text": "gold", "number": 3, "flag": True}


@frozen(kw_only=True)
class Supplies:
    """
    Values for every input of every command, so that a step can be taken by its option alone.

    Attributes:
        practice: Whose steps are taken.
        into: The id of an incident to merge into.
        by: Who asks.
        approver: Who agrees where the one who asks must not.
        given: Values of the test author's own, by the name of the input or own field.

    """

    practice: Practice
    into: str
    by: Actor = Actor(ActorKind.PERSON, "ana")
    approver: str = "bo"
    given: Mapping[str, Any] = Factory(dict)

    def take(self, option: Option, now: datetime, *more: str) -> Command:
        """
        Build the command that takes an option, with what it needs and no more.

        Args:
            option: What `options` said.
            now: The present instant.
            more: Further inputs to give, where the command has them.

        """
        kind, known = self.kind_of(option.trigger), self._known(option.trigger, now)
        own = {rule.name: VALUES[rule.type] for rule in self.practice.policy.fields} | {
            name: value for name, value in self.given.items() if name not in known
        }
        wanted = {*option.inputs, *more, *self._required(kind)}
        inputs = {each.name for each in fields(kind)} - {"by", "at", "fields"}
        exact = {"to": option.to, "step": option.trigger}
        names = (inputs & wanted) - {f"fields.{name}" for name in own}
        asked = {name: exact.get(name, known.get(name, SAID)) for name in names}
        needed = {name: own[name] for name in own if f"fields.{name}" in wanted}
        return kind(by=self.by, fields=needed, **asked)

    @property
    def names(self) -> tuple[str, ...]:
        """The inputs of steps for which there is a value of their own."""
        return ("reason", "code", "note", "into", "assignee", "hold_reason", *self.given)

    def kind_of(self, trigger: str) -> type[Command]:
        """Return the command that takes a step."""
        kinds = {kind.trigger: kind for kind in self.practice.commands if kind.trigger}
        return kinds.get(trigger, Advance)

    def beside(self, now: datetime) -> Iterator[Command]:
        """Build the commands that take no step: priority, major incident, review, corrections."""
        by = self.by
        sizes = self.practice.policy.matrix.sizes
        for end in (0, -1):
            levels = {axis: [*AXES[axis]][:size][end] for axis, size in sizes.items()}
            yield Reclassify(by=by, **levels)
        yield Assign(by=by, assignee=self.approver)
        yield ProposeMajor(by=by, reason=SAID)
        yield AcceptMajor(
            by=by, business_impact=SAID, incident_manager="bo", communications_lead="cy"
        )
        yield RejectMajor(by=by, reason=SAID)
        yield DemoteMajor(by=by, reason=SAID)
        yield DraftReview(by=by, summary=SAID)
        yield SubmitReview(by=by)
        yield CompleteReview(by=by)
        yield WaiveReview(by=by, reason=SAID, approved_by=self.approver)
        for place in self.practice.lifecycle.places.values():
            held = self._held(now) if place.has(Mark.WAITING) else {}
            yield Correct(by=by, reason=SAID, state=place.state, **held)
        for kind in self.practice.commands:
            if kind not in COMMANDS and not kind.trigger:
                yield kind(
                    by=by, **{name: self.given.get(name, SAID) for name in self._required(kind)}
                )

    def urgent(self) -> Report:
        """Build the report of what is as severe as can be."""
        sizes = self.practice.policy.matrix.sizes
        levels = {axis: next(iter(AXES[axis])) for axis in sizes}
        return Report(by=self.by, title=SAID, **levels)  # type: ignore[arg-type] # by name

    def _known(self, trigger: str, now: datetime) -> dict[str, Any]:
        policy = self.practice.policy
        reasons = {
            "hold": self._held(now).get("hold_reason"),
            "cancel": next(iter(policy.cancel_reasons), SAID),
        }
        levels = {axis: next(iter(AXES[axis])) for axis in AXES}
        return {
            "reason": reasons.get(trigger) or SAID,
            "code": next(iter(policy.resolution_codes), "fixed"),
            "into": self.into,
            "assignee": self.by.id,
            "approved_by": self.approver,
            "give_up_key": True,
            **levels,
            **self._held(now),
            **self.given,
        }

    def _held(self, now: datetime) -> dict[str, Any]:
        reason = next(iter(self.practice.policy.hold_reasons), None)
        name = reason.name if reason else None
        return {"hold_reason": name, "comment": SAID, "reference": SAID, "until": now + DAY}

    @staticmethod
    def _required(kind: type[Command]) -> set[str]:
        return {each.name for each in fields(kind) if each.default is NOTHING} - {"by"}
