"""A contract cannot be passed by leaving a check out; and it needs its libraries."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from incidentflow.errors import MissingExtra
from incidentflow.testing.contract import Contract, checks
from incidentflow.testing.extras import require
from incidentflow.testing.store import StoreContract

NUMBERS = "test_numbers_follow_one_another"


def defined(*bases: type, **members: object) -> type:
    """Define a class, as its author would."""
    return type("TestMine", bases, members)


def passing() -> Callable[[object], None]:
    """Define a check of nothing; a mark would stay on one that is shared."""

    def passes(self: object) -> None:
        """Check nothing."""

    return passes


class Quiet:
    """A mixin that checks nothing."""

    test_numbers_follow_one_another = passing()


@pytest.mark.parametrize(
    ("bases", "members"),
    [
        ((StoreContract,), {NUMBERS: passing()}),
        ((StoreContract,), {NUMBERS: None}),
        ((Quiet, StoreContract), {}),
        ((StoreContract,), {NUMBERS: pytest.mark.xfail(passing())}),
        ((StoreContract,), {NUMBERS: pytest.mark.skip(reason=" ")(passing())}),
        ((StoreContract,), {NUMBERS: pytest.mark.usefixtures(reason="because")(passing())}),
    ],
)
def test_a_check_is_not_left_out_without_a_reason(
    bases: tuple[type, ...], members: dict[str, object]
) -> None:
    """Neither replaced, removed, hidden behind a mixin, nor excused without words."""
    with pytest.raises(TypeError, match=f"TestMine replaces {NUMBERS} of the contract"):
        defined(*bases, **members)


def test_a_visible_reason_is_enough() -> None:
    """It shows in the report of the run; further classes inherit it."""
    excused = pytest.mark.xfail(reason="numbers come from the host")(passing())
    mine = defined(StoreContract, **{NUMBERS: excused})

    assert issubclass(defined(mine, test_more=passing()), StoreContract)
    assert issubclass(defined(Quiet), Quiet)


def test_what_is_new_is_no_replacement() -> None:
    """A contract may be made of several, and grow."""
    one = type("One", (Contract,), {"test_one": passing()})
    both = type("Both", (one, type("Two", (Contract,), {"test_two": passing()})), {})

    assert {"test_one", "test_two"} == set(checks(both))
    assert [] == list(checks(int))


def test_a_missing_library_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing is asked of one that is there."""
    require("hypothesis", "this")
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(
        MissingExtra, match=r"this needs an extra: pip install 'incidentflow\[test\]"
    ):
        require("hypothesis", "this")
