"""Ties: target rows of which none goes before the other (rule K15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain, combinations, combinations_with_replacement, islice

from incidentflow.policy.targets import Conditions, TargetRow, rows_by_clock

MOST = 40
"""How many ties are named: whoever forgot a condition is helped by a few of a million."""
Names = tuple[str, ...]
Wanted = tuple[tuple[type, object], ...]
Pair = tuple[TargetRow, TargetRow]


def tie_problems(rows: Iterable[TargetRow]) -> Iterator[str]:
    """
    Say which target rows might both be meant, one sentence each; of very many the first.

    Args:
        rows: The target rows of a policy.

    """
    ties = (
        (clock, pair) for clock, ranked in rows_by_clock(rows).items() for pair in _ties(ranked)
    )
    for clock, (one, other) in islice(ties, MOST):
        if one.conditions == other.conditions:
            yield f"target {one.name!r} stands twice for {clock!r}; take one away"
        else:
            yield (
                f"targets {one.name!r} and {other.name!r} for {clock!r} may both fit; "
                "add a row for both, or take a condition away"
            )
    if next(ties, None):
        yield f"more targets tie than these {MOST}; they are named once these are mended"


def _ties(rows: Iterable[TargetRow]) -> Iterator[Pair]:
    """
    Give the pairs that an incident could fulfil both, without a row that goes before them.

    They are found by what they want: rows for a thousand customers are not a million pairs.
    """
    shapes: dict[tuple[tuple[int, int], Names], list[TargetRow]] = {}
    wanted: dict[Names, set[Wanted]] = {}
    for row in rows:
        names = tuple(row.conditions)
        shapes.setdefault((row.rank, names), []).append(row)
        wanted.setdefault(names, set()).add(_wanted(row.conditions, names))
    for (one, some), (other, rest) in combinations_with_replacement(shapes.items(), 2):
        if one[0] == other[0]:
            both = {*one[1], *other[1]}
            above = {
                names: rows
                for names, rows in wanted.items()
                if len(names) > len(one[1]) and both.issuperset(names)
            }
            shared = tuple(name for name in one[1] if name in other[1])
            yield from (pair for pair in _rivals(some, rest, shared) if not _covered(*pair, above))


def _rivals(some: list[TargetRow], rest: list[TargetRow], shared: Names) -> Iterator[Pair]:
    """Pair rows of two shapes of one rank that want the same wherever both ask."""
    alike: dict[Wanted, list[TargetRow]] = {}
    for row in some:
        alike.setdefault(_wanted(row.conditions, shared), []).append(row)
    if some is rest:
        return chain.from_iterable(combinations(each, 2) for each in alike.values())
    pairs = ((alike.get(_wanted(row.conditions, shared), ()), row) for row in rest)
    return ((each, row) for found, row in pairs for each in found)


def _covered(one: TargetRow, other: TargetRow, above: Mapping[Names, set[Wanted]]) -> bool:
    """Whether a row that goes before both fits every incident that fulfils them."""
    both = {**one.conditions, **other.conditions}
    path = str(both.get("category", ""))
    ends = (end for end, char in enumerate(f"{path}/") if char == "/")
    cases = [{**both, "category": path[:end]} for end in ends]
    return any(_wanted(case, names) in rows for names, rows in above.items() for case in cases)


def _wanted(conditions: Conditions, names: Names) -> Wanted:
    """Return what is wanted by these names; True is not 1."""
    return tuple((type(conditions[name]), conditions[name]) for name in names)
