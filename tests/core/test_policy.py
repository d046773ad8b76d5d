"""What a host configures: matrices, own fields and the policy, checked when built."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.policy import (
    MATRICES,
    Because,
    ClockRule,
    FieldRule,
    HoldReason,
    Matrix,
    Policy,
    RequirementRule,
    Subscription,
)
from incidentflow.policy.fields import read_fields
from incidentflow.policy.matrix import AXES
from incidentflow.testing.generated import policies
from incidentflow.words import Impact, OwnField, Priority, Rank, Severity, Urgency

ITIL, GLPI = MATRICES["itil"], MATRICES["glpi"]


def cells(matrix: Matrix) -> Mapping[tuple[int, ...], Priority | None]:
    """Look every cell up, as a user would."""
    sizes = (len(matrix.cells), len(matrix.cells[0]))[: len(matrix.axes)]
    return {
        levels: matrix.priority(
            {axis: AXES[axis](n) for axis, n in zip(matrix.axes, levels, strict=True)}
        )
        for levels in product(*(range(1, size + 1) for size in sizes))
    }


@pytest.mark.parametrize("matrix", MATRICES.values(), ids=lambda matrix: matrix.name)
def test_shipped_matrices_are_total_and_monotone(matrix: Matrix) -> None:
    """Each pair of levels has a priority, and no less severe level a more urgent one (Q2)."""
    found = cells(matrix)

    for (one, first), (other, second) in product(found.items(), repeat=2):
        assert first is not None
        assert second is not None
        if all(a <= b for a, b in zip(one, other, strict=True)):
            assert first <= second


@pytest.mark.parametrize(
    ("name", "axes", "rows"),
    [
        ("itil", ("impact", "urgency"), ["123", "234", "345"]),
        ("servicenow", ("impact", "urgency"), ["123", "234", "344"]),
        ("itop", ("impact", "urgency"), ["1124", "1234", "2334"]),
        ("glpi", ("impact", "urgency"), ["11234", "12234", "22344", "33445", "44455"]),
        ("severity_impact", ("severity", "impact"), ["112", "123", "234", "345", "455"]),
        ("severity", ("severity",), ["1", "2", "3", "4", "5"]),
    ],
)
def test_shipped_matrices_have_these_values(
    name: str, axes: tuple[str, ...], rows: list[str]
) -> None:
    """As their products document them, most severe first."""
    matrix = MATRICES[name]

    assert axes == matrix.axes
    assert rows == ["".join(str(int(cell)) for cell in row) for row in matrix.cells]


def test_the_priority_is_unknown_while_an_axis_is() -> None:
    """None in, None out; other axes do not matter."""
    assert ITIL.priority({"impact": Impact.HIGH, "urgency": None}) is None
    assert ITIL.priority({"urgency": Urgency.HIGH}) is None
    assert Priority.P1 is ITIL.priority(
        {"impact": Impact.HIGH, "urgency": Urgency.HIGH, "severity": Severity.SEV5}
    )
    assert Priority.P5 is MATRICES["severity"].priority({"severity": Severity.SEV5})


@pytest.mark.parametrize(
    "axes",
    [
        {"impact": Impact.MINOR, "urgency": Urgency.HIGH},
        {"impact": None, "urgency": Urgency.MINIMAL},
    ],
)
def test_a_level_beyond_the_matrix_is_refused(axes: dict[str, Rank | None]) -> None:
    """It says which levels the matrix knows."""
    with pytest.raises(InvalidInput, match=r"1 \(most severe\) to 3"):
        ITIL.priority(axes)


@pytest.mark.parametrize(
    ("rows", "columns", "table", "problem"),
    [
        ("impct", "urgency", ((1,),), "unknown axis 'impct'; did you mean 'impact'?"),
        ("impact", "urg", ((1,),), "unknown axis 'urg'"),
        ("", "urgency", ((1,),), "unknown axis ''"),
        ("impact", "impact", ((1,),), "both axes are 'impact'"),
        ("impact", "urgency", (), "every row needs the same number, at least one"),
        ("impact", "urgency", ((), ()), "every row needs the same number, at least one"),
        ("impact", "urgency", ((1, 2), (3,)), "rows of [1, 2] cells"),
        ("impact", "", ((1, 2), (2, 3)), "there is no second axis"),
        ("impact", "", ((1,),) * 6, "larger than the scales"),
        ("impact", "urgency", ((1,) * 6,), "larger than the scales"),
        ("impact", "urgency", ((1, 2), (2, 1)), "cell (2, 2) is P1, more urgent than P2"),
        ("impact", "urgency", ((2, 2), (1, 2)), "cell (2, 1) is P1, more urgent than P2"),
    ],
)
def test_a_matrix_that_cannot_work_is_refused(
    rows: str, columns: str, table: object, problem: str
) -> None:
    """Its holes, axes and inverted cells are named (rule Q2)."""
    with pytest.raises(PolicyError) as caught:
        Matrix("ours", rows, columns, table)

    assert "matrix 'ours'" == caught.value.name
    assert any(problem in each for each in caught.value.problems)


def test_every_inverted_cell_is_named() -> None:
    """All of them at once, with the more severe cell beside each."""
    with pytest.raises(PolicyError) as caught:
        Matrix("ours", "impact", "urgency", ((3, 2), (1, 3)))

    assert [
        "cell (2, 1) is P1, more urgent than P3 at the more severe (1, 1)",
        "cell (1, 2) is P2, more urgent than P3 at the more severe (1, 1)",
    ] == list(caught.value.problems)


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        ("123", "cells = '123': is no table; give rows of priorities"),
        ((1, 2, 3), "cells = (1, 2, 3): is no table"),
        (((1, "P9"),), "cells[1][2] = 'P9': is not on the scale"),
        (((1, 9), (2, 3)), "cells[1][2] = 9: is not on the scale"),
        (((1, 2), (2, None)), "cells[2][2] = None: is not on the scale"),
    ],
)
def test_cells_are_rows_of_priorities(table: object, problem: str) -> None:
    """Anything else is refused, and the cell is named (rule Q2)."""
    with pytest.raises(InvalidInput) as caught:
        Matrix("ours", "impact", "urgency", table)

    assert str(caught.value).startswith(problem)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ((None, "impact", "urgency"), "name = None: is not text"),
        ((5, "impact", "urgency"), "name = 5: is not text"),
        (("", "impact", "urgency"), "name = '': is blank"),
        (("two\nlines", "impact", "urgency"), "name = "),
        (("ours", ["impact"], "urgency"), "rows = ['impact']: is no axis; give 'impact', "),
        (("ours", "impact", None), "columns = None: is no axis; give 'impact', 'urgency', "),
    ],
)
def test_a_matrix_has_a_name_and_axes_that_are_text(given: Any, problem: str) -> None:  # noqa: ANN401 - anything
    """Else nobody could say later which matrix it was."""
    with pytest.raises(InvalidInput) as caught:
        Matrix(*given, ((1,),))

    assert str(caught.value).startswith(problem)


@given(policies())
def test_policies_are_values(policy: Policy) -> None:
    """Generated ones are sound, hashable, and equal to themselves."""
    assert {policy} == {policy, policy}


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"reopen_window": timedelta(days=-1)}, "reopen_window is -1d; give a timedelta"),
        ({"reinstate_window": timedelta(days=-1)}, "reinstate_window is"),
        ({"auto_close": None}, "auto_close is None"),
        ({"auto_close": timedelta.max}, "from zero to a century"),
        ({"auto_close": 5}, "auto_close is 5; give a timedelta"),
        ({"late_entry": timedelta(days=-1)}, "late_entry is"),
        ({"clock_skew": timedelta(days=-1)}, "clock_skew is"),
        ({"retry_act": timedelta(0)}, "retry_act is zero"),
        ({"series": "inc"}, "series 'inc' is no prefix"),
        ({"series": ""}, "series '' is no prefix"),
        ({"series": "ÄRGER"}, "is no prefix"),
        ({"hold_reasons": (HoldReason("a"), HoldReason("a"))}, "hold reason 'a' is declared twice"),
        ({"hold_reasons": (HoldReason("a", "coment"),)}, "did you mean 'comment'?"),
        ({"cancel_reasons": ("a", "a")}, "cancel reason 'a' is declared twice"),
        ({"cancel_reasons": ("a", "")}, "cancel reason 2 is blank; give some visible text"),
        ({"resolution_codes": (" ", "x")}, "resolution code 1 is blank; give some visible text"),
        ({"resolution_codes": "\u200b"}, "resolution code 1 is blank; give some visible text"),
        ({"resolution_codes": ("a", "a")}, "resolution code 'a' is declared twice"),
        ({"fields": (FieldRule("a"), FieldRule("a"))}, "own field 'a' is declared twice"),
        ({"fields": (FieldRule("a", "texts"),)}, "did you mean 'text'?"),
        (
            {"fields": (FieldRule("service"),)},
            "own field 'service' is a field of every incident; call it otherwise",
        ),
        ({"fields": (FieldRule("a b"),)}, "own field 'a b' is no identifier"),
        (
            {"requirements": (RequirementRule(Because.MAJOR, timedelta(0)),)},
            "requirement 'major' is due at once or never",
        ),
        (
            {"requirements": (RequirementRule("breached", timedelta(1), clocks="resolutoin"),)},
            "requirement 'breached' names the clock 'resolutoin'; did you mean 'resolution'?",
        ),
    ],
)
def test_a_policy_that_cannot_work_is_refused(wrong: dict[str, Any], problem: str) -> None:
    """Each part that cannot work is named."""
    with pytest.raises(PolicyError) as caught:
        Policy(**wrong)

    assert problem in str(caught.value)
    assert 1 == len(caught.value.problems)


@pytest.mark.parametrize("times", [0, -1, True, "2", 2.0, None])
def test_reopenings_are_counted_from_one(times: Any) -> None:  # noqa: ANN401 - anything
    """In whole numbers; anything else is refused when the rule is built, and by its name."""
    with pytest.raises(InvalidInput, match=f"times = {times!r}: is no whole number of at least 1"):
        RequirementRule(Because.REOPENED, timedelta(days=1), times=times)


def test_a_requirement_is_raised_by_clocks_that_there_are() -> None:
    """The policy's own, and promised updates; what is shipped asks for those of the usual ones."""
    ours = (ClockRule("answer", stops="answered"),)
    rule = RequirementRule("breached", timedelta(days=1), clocks=("answer", "promised_update"))
    policy = Policy(
        clocks=ours, targets=(), hold_reasons=(), requirements=(*Policy().requirements, rule)
    )

    assert rule is policy.requirements[-1]


def test_all_problems_of_a_policy_are_listed_at_once() -> None:
    """One error, one list."""
    with pytest.raises(PolicyError) as caught:
        Policy(series="x", retry_act=timedelta(0), late_entry=timedelta(-1))

    assert 3 == len(caught.value.problems)


def test_what_is_of_another_type_hides_nothing_that_has_to_do_without_it() -> None:
    """Only what would be looked at together with it."""
    with pytest.raises(PolicyError) as caught:
        Policy(
            reopen_window=timedelta(-1),
            late_entry="x",
            auto_close=3,
            series=5,
            fields=5,
            cancel_reasons=("a", "a"),
            subscriptions=(Subscription("team", ()),),
        )

    assert [
        "series is 5; give text",
        "fields is 5; give a tuple of FieldRule",
        "reopen_window is -1d; give a timedelta from zero to a century",
        "auto_close is 3; give a timedelta from zero to a century",
        "late_entry is 'x'; give a timedelta from zero to a century",
        "cancel reason 'a' is declared twice",
        "subscriptions[1] names no kind of event; it would tell nobody",
    ] == list(caught.value.problems)


def test_hold_reasons_are_found_by_name() -> None:
    """Or not at all."""
    assert ("comment",) == getattr(Policy().hold_reason("awaiting_requester"), "needs", None)
    assert Policy().hold_reason("tea") is None


@pytest.mark.parametrize(
    ("type_", "value"),
    [("text", "gold"), ("text", "two\nlines"), ("number", -5), ("number", 0), ("flag", False)],
)
def test_own_fields_are_read_as_declared(type_: str, value: str | int | bool) -> None:  # noqa: FBT001 - a value
    """The value stays what it is, and knows whether it is personal."""
    rule = FieldRule("tier", type_, personal=True)

    assert (OwnField("tier", value, personal=True),) == read_fields((rule,), {"tier": value})


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("text", 5),
        ("text", "bell\a"),
        ("text", " "),
        ("text", None),
        ("number", "5"),
        ("number", 5.0),
        ("number", True),
        ("number", 1 << 63),
        ("flag", 1),
    ],
)
def test_own_fields_of_another_type_are_refused(type_: str, value: object) -> None:
    """Nothing is converted, and the field is named by its path (rule I6)."""
    with pytest.raises(InvalidInput) as caught:
        read_fields((FieldRule("tier", type_),), {"tier": value})

    assert "fields.tier" == caught.value.field


def test_own_fields_that_nobody_declared_are_refused() -> None:
    """With the nearest declared name."""
    with pytest.raises(InvalidInput, match="did you mean 'tier'"):
        read_fields((FieldRule("tier"),), {"teir": "gold"})
