"""Invariant: a mapping in order is walked as a sorted list of its keys would be."""

from __future__ import annotations

from itertools import takewhile

from hypothesis import given
from hypothesis import strategies as st

from incidentflow.stores.ordered import MOST, Key, Ordered

KEYS = st.tuples(st.integers(0, 9), st.sampled_from(("", "a", "b")))


@given(st.lists(st.tuples(KEYS, st.booleans())), KEYS, st.integers(-1, 5))
def test_it_is_a_sorted_list(steps: list[tuple[Key, bool]], place: Key, limit: int) -> None:
    """Whatever is added and removed, in whatever order."""
    ordered, expected = Ordered[str](), dict[Key, str]()
    for key, wanted in steps:
        if wanted and key not in expected:
            ordered.add(key, f"{key}")
            expected[key] = f"{key}"
        elif not wanted and key in expected:
            ordered.remove(key)
            del expected[key]
    items = sorted(expected.items())

    check(ordered, items, place, limit)


def test_it_stays_in_order_when_it_grows_and_shrinks() -> None:
    """Chunks are divided and vanish without a trace."""
    ordered = Ordered[str]()
    numbers = [number * 7919 % (4 * MOST) for number in range(4 * MOST)]
    for number in numbers:
        ordered.add((number,), f"{(number,)}")
    for left in (4 * MOST, MOST, 3, 0):
        while len(numbers) > left:
            ordered.remove((numbers.pop(),))
        items: list[tuple[Key, str]] = [((number,), f"{(number,)}") for number in sorted(numbers)]

        for place in (-1, 0, MOST - 1, MOST // 2, 2 * MOST, 4 * MOST):
            check(ordered, items, (place,), 5)


def check(ordered: Ordered[str], items: list[tuple[Key, str]], place: Key, limit: int) -> None:
    """Compare every way to walk it with a sorted list."""
    assert items == list(ordered.upwards())
    assert items[::-1] == list(ordered.downwards())
    assert [item for item in items if item[0] > place] == list(ordered.upwards(place))
    assert [item for item in items if item[0] < place][::-1] == list(ordered.downwards(place))
    below = list(takewhile(lambda item: item[0] < place, items))
    assert below[: max(limit, 0)] == ordered.first(limit, below=place)
