"""What is refused: inputs, steps, stale and repeated requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, tzinfo
from typing import ClassVar, Self

import attrs
from attrs import define, field, frozen

from incidentflow.errors.root import IncidentflowError
from incidentflow.texts import Catalogue, Text, render, shorten


@frozen
class Failure:
    """
    Why one guard refused: a stable code, what its text is made of, and what would cure it.

    Attributes:
        code: Stable and dotted, such as ``"resolution.missing"``.
        parameters: Values by name, for the catalogue's entry of that code (rule C7); where no
            catalogue has one, ``text`` is a sentence that stands as it is.
        inputs: Names of the command's inputs that would cure it; empty when none can.

    """

    code: str
    parameters: Mapping[str, object] = field(factory=dict, hash=False)
    inputs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The sentence in English and UTC; not part of the interface."""
        return self.render()

    def render(
        self, locale: str = "en", zone: tzinfo = UTC, catalogues: Sequence[Catalogue] = ()
    ) -> str:
        """Word it for one reader; see `incidentflow.texts.render`."""
        return render(self.code, self.parameters, locale, zone, catalogues)


def _as_text(problem: str | Text) -> Text:
    """Read a sentence as a text that says itself in every language."""
    return problem if isinstance(problem, Text) else Text("problem", {"text": problem})


@define(eq=False)
class InvalidInput(IncidentflowError, ValueError):
    """
    A value that can never be right, whatever state the incident is in.

    Attributes:
        field: Which input, as a dotted path.
        value: What was given, shortened and printable.
        problem: What is wrong with it, and what would do: a text with a stable code, worded for
            the reader; a sentence that is given instead stands as it is.
    """

    code: ClassVar[str] = "input.invalid"

    field: str
    value: str
    problem: Text = attrs.field(converter=_as_text)

    @classmethod
    def of(cls, field: str, given: object, code: str, /, **parameters: object) -> Self:
        """
        Build one from what was given and the code of what is wrong with it (rule C7).

        Args:
            field: Which input, as a dotted path.
            given: What was given, of any kind; it is shortened.
            code: Stable and dotted; with ``problem.`` before it, an entry of a catalogue.
            parameters: What the text is made of.

        """
        return cls(field, shorten(given), Text(f"problem.{code}", parameters))


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
        later: Whether commands before it, asked for together with it, had moved the incident.

    """

    code: ClassVar[str] = "transition.refused"

    incident: str
    state: str
    asked: str
    failures: tuple[Failure, ...]
    open_steps: tuple[str, ...] = ()
    later: bool = False

    @property
    def parameters(self) -> Mapping[str, object]:
        """The facts, with each failure as a text of its own."""
        whys = (
            Text("refusal", {"why": Text(each.code, each.parameters), "code": each.code})
            for each in self.failures
        )
        return {**super().parameters, "failures": tuple(whys)}


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
