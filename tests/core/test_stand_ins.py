"""Invariant: the key of a stand-in is another one, and reads as it was given (rule X2)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from incidentflow.incident.stand_ins import LONGEST, as_given, beside
from incidentflow.words import MAX_LINE

KEYS = st.one_of(
    st.text(min_size=1, max_size=LONGEST),
    st.from_regex(r"k \([0-9a-f]{12}-[0-9a-f]{6}\)", fullmatch=True),
)


@given(key=KEYS, incidents=st.lists(st.uuids().map(str), min_size=1, max_size=3))
def test_a_mark_comes_off_as_it_was_put_on(key: str, incidents: list[str]) -> None:
    """However many stand in for one another; a key is never longer than a line."""
    keys = [key]
    for incident in incidents:
        keys.append(beside(keys[-1], incident))

    assert len(keys) == len({*keys})
    assert {key} == {as_given(one) for one in keys if len(one) <= LONGEST or one == keys[1]}
    assert max(map(len, keys)) <= MAX_LINE


@given(key=KEYS)
def test_what_only_looks_like_a_mark_is_none(key: str) -> None:
    """Whoever gives such a key is shown it."""
    assert key == as_given(key)


def test_two_long_keys_have_two_stand_ins() -> None:
    """Though the ends in which they differ are not kept."""
    one, other = (f"{'k' * LONGEST}{end}" for end in "ab")

    assert beside(one, "x") != beside(other, "x")
    assert beside(one, "x") == beside(one, "x") != beside(one, "y")
