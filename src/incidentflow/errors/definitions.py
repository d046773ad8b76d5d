"""What cannot work as it is defined; every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from incidentflow.errors.root import IncidentflowError
from incidentflow.texts import Text


@define(eq=False)
class _Problems(IncidentflowError, ValueError):
    """
    Several problems found at once.

    Attributes:
        name: What was being built.
        problems: One sentence each.
    """

    name: str
    problems: tuple[str, ...]

    @property
    def parameters(self) -> Mapping[str, object]:
        """The facts, with the problems numbered."""
        numbered = enumerate(self.problems, 1)
        texts = [Text("listed", {"number": n, "problem": each}) for n, each in numbered]
        return {"name": self.name, "count": len(texts), "problems": texts}


class LifecycleError(_Problems):
    """A lifecycle that cannot work; lists every problem at once (rule L7)."""

    code: ClassVar[str] = "lifecycle.invalid"


class PolicyError(_Problems):
    """A policy that cannot work; lists every problem at once."""

    code: ClassVar[str] = "policy.invalid"


class MappingError(_Problems):
    """An event-log mapping that cannot be used; lists every problem at once."""

    code: ClassVar[str] = "mapping.invalid"
