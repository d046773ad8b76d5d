"""How long the personal texts of finished incidents are kept, by category (rule J8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import timedelta

from attrs import field

from incidentflow.policy.categories import category_problem
from incidentflow.policy.conditions import fulfils
from incidentflow.words import frozen, line


@frozen
class Retention:
    """
    How long the personal texts of an incident are kept, once it stands in a terminal state.

    Attributes:
        keep: How long, counted from the world-time at which it entered that state.
        category: For incidents of this category, and of all below it; None: of any, or of none.

    """

    keep: timedelta
    category: str | None = field(default=None, validator=line())

    @property
    def name(self) -> str:
        """What it is called in a definition: its category."""
        return self.category or "(any)"


def keep_of(rules: Iterable[Retention], category: str | None) -> timedelta | None:
    """Say how long texts are kept by the rule for the nearest category; None: for ever."""
    fitting = [
        rule
        for rule in rules
        if rule.category is None or fulfils("category", category, rule.category)
    ]
    nearest = max(fitting, key=lambda rule: len(rule.category or ""), default=None)
    return None if nearest is None else nearest.keep


def retention_problems(rules: Iterable[Retention], tree: frozenset[str]) -> Iterator[str]:
    """Say which rules are for a category that there is none of."""
    for rule in rules:
        wrong = category_problem(rule.category, tree)
        if wrong:
            yield f"retention {rule.name!r} {wrong}"
