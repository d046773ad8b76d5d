"""Invariant: nobody has a second turn while somebody else waits for the first."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from incidentflow.stores.turns import Turns


@given(
    waiting=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 5)),
    limits=st.lists(st.integers(0, 4), max_size=12),
)
def test_turns_are_even(waiting: dict[str, int], limits: list[int]) -> None:
    """However much each has, and however few are taken at a time."""
    turns, left, had = Turns(), dict(waiting), dict.fromkeys(waiting, 0)
    for limit in limits:
        taken = turns.take({name: iter([name] * count) for name, count in left.items()}, limit)

        assert len(taken) == min(limit, sum(left.values()))
        for name in taken:
            had[name] += 1
            left[name] -= 1
        still = {had[name] for name in waiting if left[name]}
        assert len(still) < 2 or max(still) - min(still) <= 1
