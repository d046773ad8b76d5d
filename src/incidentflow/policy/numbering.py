"""From which series a new incident draws its number (rules T2 and X2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field

from incidentflow.policy.conditions import shown
from incidentflow.policy.fields import FieldRule
from incidentflow.policy.routing import Conditions, condition_problems, conditions, fits
from incidentflow.words import frozen, line


@frozen
class Numbering:
    """
    A series of its own for new incidents that fulfil every condition.

    What not everybody may see should draw from a series of its own: a number that is missing in
    one that everybody sees tells that there is something.

    Attributes:
        when: The conditions, as those of a `Route`; none: for all.
        series: The prefix of the numbers, as in ``SEC-0000001``.

    """

    when: Conditions = field(converter=conditions)
    series: str = field(validator=line())

    @property
    def name(self) -> str:
        """What it is called in a definition: its conditions."""
        return shown(self.when)


def is_series(prefix: str) -> bool:
    """Whether text can be the prefix of numbers."""
    return prefix.isascii() and prefix.isalnum() and prefix.isupper()


def series_for(rules: Iterable[Numbering], usual: str, facts: Mapping[str, object]) -> str:
    """
    Return the series of the first rule that fits, or the usual one.

    Args:
        rules: The rules, in order.
        usual: The series of everything else.
        facts: What is known of the incident, own fields by their names too.

    """
    return next((rule.series for rule in rules if fits(rule.when, facts)), usual)


def numbering_problems(
    rules: Iterable[Numbering], fields: Iterable[FieldRule], tree: frozenset[str]
) -> Iterator[str]:
    """Say what cannot work about rules, one sentence each."""
    own = {rule.name: rule for rule in fields}
    for rule in rules:
        if not is_series(rule.series):
            yield f"series {rule.series!r} is no prefix; give ASCII capitals and digits"
        yield from condition_problems(f"numbering {rule.name!r}", rule.when, own, tree)
