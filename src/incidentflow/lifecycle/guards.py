"""Guards that belong to every lifecycle, whoever wrote it."""

from __future__ import annotations

from incidentflow.errors import Failure
from incidentflow.incident.case import Case
from incidentflow.incident.stand_ins import as_given
from incidentflow.words import frozen

NOT_ASKED = "step.not_asked"


@frozen
class AskedFor:
    """
    Choose among several ways of one trigger by the command's ``to``.

    Attributes:
        state: The state this way leads to.
        by_default: Whether it is the way when ``to`` is not given.

    """

    state: str
    by_default: bool = False

    def __call__(self, case: Case) -> Failure | None:
        """Pass when this way is asked for."""
        to = case.given("to")
        if to == self.state or (to is None and self.by_default):
            return None
        return Failure(NOT_ASKED, {"state": self.state}, ("to",))


@frozen
class Given:
    """
    Require an input: of the command, or an own field that is given now or known already.

    Attributes:
        input: The name of the input or own field.

    """

    input: str

    def __call__(self, case: Case) -> Failure | None:
        """Pass when the input is there."""
        if case.given(self.input) is not None:
            return None
        if self.input in case.command.fields or case.incident.field(self.input) is not None:
            return None
        own = any(rule.name == self.input for rule in case.policy.fields)
        cure = f"fields.{self.input}" if own else self.input
        return Failure(f"{self.input}.missing", {"input": self.input}, (cure,))


@frozen
class OwnFieldsGiven:
    """
    Require the own fields that the policy declares for this trigger (rule T3).

    Attributes:
        trigger: The trigger that is asked for.

    """

    trigger: str

    def __call__(self, case: Case) -> Failure | None:
        """Pass when every required own field is given or known."""
        if not case.policy.fields:
            return None
        missing = tuple(
            rule.name
            for rule in case.policy.fields
            if self.trigger in rule.required_at
            and rule.name not in case.command.fields
            and case.incident.field(rule.name) is None
        )
        if not missing:
            return None
        inputs = tuple(f"fields.{name}" for name in missing)
        return Failure("fields.missing", {"missing": missing}, inputs)


def unblocked(case: Case) -> Failure | None:
    """Close every way into a terminal state while a raised requirement blocks (rule R1)."""
    if not case.incident.is_blocked:
        return None
    return Failure("requirement.blocks")


def key_free(case: Case) -> Failure | None:
    """Close every way back to work while another incident holds the dedup key (rule I7)."""
    key = case.incident.dedup_key
    holder = case.facts.holders.get(key) if key else None
    if holder is None or holder.id == case.incident.id or case.command.give_up_key:
        return None
    facts = {"holder": holder.name, "key": as_given(str(key))}
    return Failure("dedup_key.held", facts, ("give_up_key",))
