"""What cannot work as it is defined; every problem at once."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from incidentflow.errors.root import IncidentflowError


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

    def __str__(self) -> str:
        """List all problems, numbered."""
        lines = (f"  {n}. {problem}" for n, problem in enumerate(self.problems, 1))
        return "\n".join((f"{self.name}: {len(self.problems)} problem(s)", *lines))


class LifecycleError(_Problems):
    """A lifecycle that cannot work; lists every problem at once (rule L7)."""

    code: ClassVar[str] = "lifecycle.invalid"


class PolicyError(_Problems):
    """A policy that cannot work; lists every problem at once."""

    code: ClassVar[str] = "policy.invalid"


class MappingError(_Problems):
    """An event-log mapping that cannot be used; lists every problem at once."""

    code: ClassVar[str] = "mapping.invalid"
