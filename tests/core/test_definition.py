"""Invariant: what differs has other lines; what does not has the same, in every process."""

from __future__ import annotations

import enum
import functools
from collections import Counter
from datetime import timedelta

import attrs
import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import ITIL, FieldRule, HoldReason, Lifecycle, Policy, State, Step
from incidentflow.incident import Case
from incidentflow.policy import MATRICES, Calendar, Hours, Route, TargetRow, Union
from incidentflow.testing.generated import policies
from incidentflow.words import Difference, Priority, difference, digest_of, lines_of, said

LINES = st.lists(st.sampled_from(("a: 1", "a: 2", "b: 1", "b: 2", "c: 1", "c: 1; d 2")))


class Colour(enum.Enum):
    """A closed set."""

    RED = "red"


@frozen
class Secretive:
    """A host's own part, with something that is nobody's business."""

    limit: int
    token: str = attrs.field(repr=False)
    made: int = attrs.field(init=False, default=7)


def some_guard(case: Case) -> None:
    """Pass."""
    del case


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        ("disk", "disk"),
        ("none", '"none"'),
        ("two words", '"two words"'),
        ("5", '"5"'),
        ("", '""'),
        (5, "5"),
        (timedelta(days=5), "5d"),
        (Priority.P1, "P1"),
        (Colour.RED, "red"),
        ((), "none"),
        (("a", "b"), "a, b"),
        (("a, b",), '"a, b"'),
        ((("tier", "gold"), ("seats", 5)), "tier gold, seats 5"),
        (((1, 2), (9, 10)), "1/2, 9/10"),
        (((True, 2), ("a",), (Priority.P1, 3)), "yes, 2, a, P1, 3"),
        (frozenset({"b", "a"}), "a, b"),
        ({"a": 1, "b": None}, "a 1, b none"),
        ({}, "none"),
        (some_guard, "some_guard"),
        (functools.partial(some_guard, 1), "partial some_guard"),
        (object(), "object"),
        (Secretive(3, "hunter2"), "Secretive(limit 3)"),
    ],
)
def test_a_value_is_said(value: object, text: str) -> None:
    """Text that could be taken for something else is quoted; objects go by their names."""
    assert text == said(value)


def test_nothing_of_a_process_is_in_a_definition() -> None:
    """No address, and nothing that hides from ``repr``."""

    def build() -> Lifecycle:
        def guard(case: Case) -> None:
            del case

        return ITIL.extend(Step("poke", "new", "triaged", guards=guard), name="ours")

    first, other = build(), build()
    text = "\n".join(first.definition)

    assert first.definition == other.definition
    assert "build.<locals>.guard" in text
    assert " at 0x" not in text
    assert ["limit: 3"] == list(lines_of(Secretive(3, "hunter2")))


def test_equal_policies_have_the_same_digest() -> None:
    """Built anew, and in other words that mean the same."""
    assert Policy().reference == Policy().reference
    assert Policy(cancel_reasons=["a"]).reference == Policy(cancel_reasons="a").reference  # type: ignore[arg-type]
    assert Policy().reference.startswith("policy@")


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"auto_close": timedelta(0)},
            Difference((), (), ("auto_close: 5d -> 0s",)),
        ),
        ({"reopen_window": None}, Difference((), (), ("reopen_window: 14d -> unlimited",))),
        ({"resolution_codes": "fixed"}, Difference((), (), ("resolution_codes: none -> fixed",))),
        (
            {"fields": (FieldRule("tier", required_at="resolve"),)},
            Difference(
                ("fields.tier: type text; required_at resolve; personal no",), ("fields: none",)
            ),
        ),
        (
            {"requirements": Policy().requirements[::-1]},
            Difference((), (), ("the order of the same parts",)),
        ),
        (
            {"matrix": MATRICES["servicenow"]},
            Difference(
                (),
                (),
                (
                    'matrix.name: "ITIL 3x3" -> "ServiceNow 3x3"',
                    "matrix.cells.3.3: P5 -> P4",
                ),
            ),
        ),
    ],
)
def test_what_differs_between_policies_is_named(
    change: dict[str, object], expected: Difference
) -> None:
    """Each option, part and cell for itself."""
    before, after = Policy(), evolve(Policy(), **change)

    assert before.reference != after.reference
    assert expected == difference(before.definition, after.definition)


def test_conditions_and_warnings_are_said_as_they_are_written() -> None:
    """A name with what is called so, and fractions."""
    policy = Policy(
        fields=(FieldRule("tier"),),
        targets=(TargetRow(fields={"tier": "gold"}, targets={"response": Hours(4)}),),
        routing=(Route({"category": "mail", "tier": "gold"}, team="a"),),
    )
    text = "\n".join(policy.definition)

    assert "; fields tier gold; " in text
    assert ": when category mail, tier gold; " in text
    assert "; warnings 1/2, 3/4, 9/10; " in text


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        (Hours(4), Hours(6), ["targets.P1.targets: response 4 h -> response 6 h"]),
        (None, Hours(6), ["targets.P1.targets: response none -> response 6 h"]),
    ],
)
def test_what_differs_in_a_row_is_its_attribute(
    before: Hours | None, after: Hours, changed: list[str]
) -> None:
    """And not all of the row, with the calendar that stands in it."""
    week = Calendar("ours", week={"mon": "09:00-10:00"}, holidays=["2026-12-25"])
    rows = (
        TargetRow(priority=1, targets={"response": each}, calendar=week) for each in (before, after)
    )
    old, new = (Policy(targets=(row,)).definition for row in rows)

    assert (tuple(changed), (), ()) == attrs.astuple(difference(old, new))[::-1]


def test_what_differs_in_a_calendar_is_its_day() -> None:
    """A date that is a holiday, hours of a weekday, and those of a member."""
    usual = Calendar("ours", week={"mon-tue": "09:00-10:00"}, holidays=["2026-12-25", "01-01"])
    other = Calendar("ours", week={"mon": "09:00-10:00", "tue": "08:00-10:00"}, holidays=["01-01"])
    both = [Union("both", (each, evolve(usual, name="b"))) for each in (usual, other)]
    old, new = (
        Policy(targets=(), calendars=(one, union)).definition
        for one, union in zip((usual, other), both, strict=True)
    )

    assert (
        'calendars.ours.week.tue: "09:00-10:00" -> "08:00-10:00"',
        "calendars.ours.holidays.2026-12-25: yes -> none",
        'calendars.both.members.ours.week.tue: "09:00-10:00" -> "08:00-10:00"',
        "calendars.both.members.ours.holidays.2026-12-25: yes -> none",
    ) == difference(old, new).changed


def test_the_order_of_members_and_one_of_two_namesakes_are_told() -> None:
    """Dates are those of the first member; what a name cannot tell is told as a whole."""
    early, late = (Calendar("ours", week={"mon": f"{hour}:00-20:00"}) for hour in ("08", "10"))
    other = evolve(early, name="other")
    orders = [Union("both", members) for members in ((early, other), (other, early))]
    namesakes = [Union("both", members) for members in ((early, early), (early, late))]

    for one, two in (orders, namesakes):
        old, new = (Policy(calendars=(each,), targets=()) for each in (one, two))
        whole = f"calendars.both: {one.line} -> {two.line}"
        assert Difference((), (), (whole,)) == difference(old.definition, new.definition)


WEEKS = st.builds(
    Calendar,
    st.sampled_from(("ours", "theirs")),
    week=st.sampled_from(({"mon": "09:00-10:00"}, {"tue": "09:00-10:00"})),
)
MEMBERS = st.lists(WEEKS, min_size=2, max_size=3)
UNIONS = MEMBERS.flatmap(lambda members: st.tuples(*2 * (st.permutations(members) | MEMBERS,)))


@given(policies(), policies(), UNIONS, st.booleans())
def test_policies_differ_where_they_are_not_equal(
    one: Policy,
    other: Policy,
    unions: tuple[list[Calendar], list[Calendar]],
    is_alike: bool,  # noqa: FBT001 - drawn
) -> None:
    """In their references, and by lines that say so; in much, or in nothing but one calendar."""
    before, after = (
        evolve(policy, calendars=(*policy.calendars, Union("both", members)))
        for policy, members in zip((one, one if is_alike else other), unions, strict=True)
    )
    differs = difference(before.definition, after.definition)

    assert (before == after) == (before.reference == after.reference)
    assert (before == after) == (differs == Difference()) == (not differs.lines)


@pytest.mark.parametrize(
    ("before", "after", "changed"),
    [
        ("a: b 1; c 2", "a: b 1; c 3", ["a.c: 2 -> 3"]),
        ("a: b 1; c 2", "a: b 1; d 2", ["a.c: 2 -> none", "a.d: none -> 2"]),
        ('a: b "x; (y"; c 2', 'a: b "x; (z"; c 2', ['a.b: "x; (y" -> "x; (z"']),
        (
            'a: b "x\\"; y"; c 2',
            'a: b "x\\"; y"; c 3',
            ["a.c: 2 -> 3"],
        ),
        (
            "a: b Own(c 1; d 2); e 1",
            "a: b Own(c 1; d 3); e 1",
            ["a.b: Own(c 1; d 2) -> Own(c 1; d 3)"],
        ),
        ("a: there; needs b", "a: here; needs b", ["a: there; needs b -> here; needs b"]),
        ("a: b 1", "a: c 1; d 2", ["a: b 1 -> c 1; d 2"]),
        ("a: {b}", "a: {c}", ["a: {b} -> {c}"]),
        ('a: {"b":[1]}', 'a: {"b":[{}]}', ["a.b.1: yes -> none", "a.b.{}: none -> yes"]),
        ('a: {"b":[1,2]}', 'a: {"b":[2,1]}', ['a: {"b":[1,2]} -> {"b":[2,1]}']),
        ('a: {"b":[1]}', 'a: {"b":[1,1]}', ['a: {"b":[1]} -> {"b":[1,1]}']),
        ("a: b 1; c 2", "a: b 1; c 2; d none", ["a: b 1; c 2 -> b 1; c 2; d none"]),
    ],
)
def test_lines_are_compared_by_their_attributes(
    before: str, after: str, changed: list[str]
) -> None:
    """Where both sides have them; else as a whole."""
    assert tuple(changed) == difference([before], [after]).changed


def test_a_span_is_said_as_policy_files_write_it() -> None:
    """Two that differ are said differently."""
    spans = {
        timedelta(0): "0s",
        timedelta(days=1, hours=2): "1d 2h",
        -timedelta(minutes=5): "-5min",
    }

    assert spans == {span: said(span) for span in spans}


def test_parts_are_told_by_their_names_or_as_a_whole() -> None:
    """A hold reason has a name; a requirement has none."""
    before = Policy()
    after = evolve(
        before,
        hold_reasons=(*before.hold_reasons[1:], HoldReason("a: b", needs="until")),
        requirements=(*before.requirements[:2], before.requirements[3]),
    )
    differs = difference(before.definition, after.definition)
    (added,), (reason, requirement) = differs.added, differs.removed

    assert added.startswith("hold_reasons.a: b: needs until")
    assert reason.startswith("hold_reasons.awaiting_requester: needs comment")
    assert requirement.startswith("requirements: because reopened; within 10d; ")
    assert () == differs.changed


def test_what_differs_between_lifecycles_is_named() -> None:
    """States, ways in the order in which they are tried, needs and guards, renames."""
    ours = ITIL.extend(
        State("contained", "open", marks={"restored"}),
        Step("contain", "in_progress", "contained", needs="note"),
        Step("cancel", "contained", "cancelled"),
        Step("resume", "on_hold", "contained"),
        Step("report", None, "contained", guards=some_guard),  # type: ignore[arg-type]
        looking="in_progress",
    )
    differs = difference(ITIL.definition, ours.definition)

    assert (
        'states.contained: category open; label ""; marks restored',
        "steps.contain from in_progress: contained; needs note",
        "steps.cancel from contained: cancelled",
        "renames.looking: in_progress",
    ) == differs.added
    assert () == differs.removed
    resume, report = sorted(differs.changed, reverse=True)
    assert resume.startswith("steps.resume from on_hold: new; guards ")
    assert resume.endswith(" | contained")
    assert report.startswith("steps.report from nothing: ")
    assert report.endswith(" | contained; guards some_guard")


@given(LINES, LINES)
def test_a_difference_accounts_for_every_line(before: list[str], after: list[str]) -> None:
    """Taken from the one and added to the other, it gives the other; nothing is said twice."""
    differs = difference(before, after)
    order = ("the order of the same parts",)
    changed = () if differs.changed == order else differs.changed
    pairs = [line.partition(": ")[::2] for line in changed]
    olds = [f"{name}: {values.partition(' -> ')[0]}" for name, values in pairs]
    news = [f"{name}: {values.partition(' -> ')[2]}" for name, values in pairs]

    assert Counter(after) == Counter(before) - Counter((*differs.removed, *olds)) + Counter(
        (*differs.added, *news)
    )
    assert (before == after) == (differs == Difference())
    assert (digest_of(before) == digest_of(after)) == (before == after)
    assert len(differs.lines) == len(differs.added) + len(differs.removed) + len(differs.changed)
