"""What is refused: inputs, steps, stale and repeated requests."""

from __future__ import annotations

from typing import ClassVar

from attrs import define, frozen

from incidentflow.errors.root import IncidentflowError, shorten


@frozen
class Failure:
    """
    Why one guard refused: a stable code, a sentence, and the inputs that would cure it.

    Attributes:
        code: Stable and dotted, such as ``"resolution.missing"``.
        text: A sentence for people; not part of the interface.
        inputs: Names of the command's inputs that would cure it; empty when none can.
    """

    code: str
    text: str
    inputs: tuple[str, ...] = ()


@define(eq=False)
class InvalidInput(IncidentflowError, ValueError):
    """
    A value that can never be right, whatever state the incident is in.

    Attributes:
        field: Which input, as a dotted path.
        value: What was given, shortened and printable.
        problem: What is wrong with it, and what would do.
    """

    code: ClassVar[str] = "input.invalid"

    field: str
    value: str
    problem: str

    def __str__(self) -> str:
        """Name the field, the value and what would do."""
        return f"{self.field} = {self.value}: {self.problem}"


@define(eq=False)
class TransitionRefused(IncidentflowError, ValueError):
    """
    The command is not possible as the incident stands; nothing was changed (rule L5).

    Attributes:
        incident: The incident's number, or its id before it has one.
        state: The state it is in.
        asked: What was asked, as a trigger or a command's name.
        failures: Every guard that failed.
        open_steps: The triggers that are open now.
    """

    code: ClassVar[str] = "transition.refused"

    incident: str
    state: str
    asked: str
    failures: tuple[Failure, ...]
    open_steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Name the incident, what was asked, why not, and what would work."""
        why = "; ".join(f"{failure.text} [{failure.code}]" for failure in self.failures)
        now = ", ".join(self.open_steps) or "none"
        return f"{self.incident} cannot {self.asked} while {self.state}: {why}. Open now: {now}."


@define(eq=False)
class IncidentNotFound(IncidentflowError, LookupError):
    """
    No incident answers to this id or number in this tenant.

    Attributes:
        reference: The id or number that was asked for.
        tenant: The tenant that was searched.
    """

    code: ClassVar[str] = "incident.not_found"

    reference: str
    tenant: str

    def __str__(self) -> str:
        """Name what was looked for and where."""
        return (
            f"no incident {shorten(self.reference)} in tenant {self.tenant!r}; "
            "give an id or a number such as INC-0000001"
        )


@define(eq=False)
class StaleIncident(IncidentflowError, RuntimeError):
    """
    Somebody else changed the incident first; nothing was changed by this command (rule J3).

    Attributes:
        incident: The incident's number or id.
        expected: The version this command was decided on.
        found: The version that stands now.
        changed_by: Who made the latest change, as ``kind:id``.
    """

    code: ClassVar[str] = "incident.stale"

    incident: str
    expected: int
    found: int
    changed_by: str

    def __str__(self) -> str:
        """Name both versions and who was faster."""
        return (
            f"{self.incident} is at version {self.found}, not {self.expected}: "
            f"changed by {self.changed_by}. Read it again and decide anew."
        )


@define(eq=False)
class KeyReused(IncidentflowError, ValueError):
    """
    This idempotency key already stands for a request with other content (rule J3).

    Attributes:
        key: The key that was given.
        incident: The id of the incident that the first request changed.
    """

    code: ClassVar[str] = "key.reused"

    key: str
    incident: str

    def __str__(self) -> str:
        """Name the key and the first use."""
        return (
            f"key {shorten(self.key)} was used for another request, on {self.incident}; "
            "use a fresh key for a new request"
        )
