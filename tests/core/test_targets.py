"""What is promised: amounts, clocks, and which target row wins (rules K7, K11, K12, K15)."""

from __future__ import annotations

import sys
from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.policy import (
    BusinessDays,
    Calendar,
    ClockRule,
    FieldRule,
    HoldReason,
    Hours,
    OnChange,
    OnReopen,
    Policy,
    TargetRow,
    Union,
)
from incidentflow.policy.calendars import ROUND_THE_CLOCK, read_calendar
from incidentflow.policy.file import read_policy, write_policy
from incidentflow.policy.targets import OFFICE_HOURS, chosen
from incidentflow.policy.ties import MOST, tie_problems
from incidentflow.words import Priority

QUICK = {"response": Hours(minutes=5)}
LONG = {"resolution": Hours(9)}
SLOW = {"response": Hours(1)}


def test_amounts_are_shown_as_people_write_them() -> None:
    """And hours have a length of their own."""
    assert timedelta(minutes=90) == Hours(1, 30).span
    assert "1 h 30 min" == str(Hours(1, 30))
    assert "15 min" == str(Hours(minutes=15))
    assert "3 business days, close" == str(BusinessDays(3, "close"))
    assert "1 business day, same time" == str(BusinessDays(1, at="same time"))


@pytest.mark.parametrize(
    "wrong",
    [
        Hours,
        lambda: Hours(-1),
        lambda: Hours(2, -30),
        lambda: Hours(-1, 90),
        lambda: Hours(1.5),
        lambda: Hours(True),  # noqa: FBT003 - that is the point
        lambda: Hours(10**9),
        lambda: Hours(None),
        lambda: BusinessDays(0, "close"),
        lambda: BusinessDays(10**6, "close"),
        lambda: BusinessDays("3", "close"),
        lambda: BusinessDays(3, "noon"),
        lambda: TargetRow(targets={}),
        lambda: TargetRow(targets=[]),
        lambda: TargetRow(targets={"response": 15}),
        lambda: TargetRow(targets={3: Hours(1)}),
        lambda: TargetRow(targets=(("response",),)),
        lambda: TargetRow(targets=(("response", Hours(1), None),)),
        lambda: TargetRow(targets=("response", Hours(1))),
        lambda: TargetRow(targets=(("response", Hours(1)), ("response", Hours(2)))),
        lambda: TargetRow(targets=QUICK, calendar=3),
        lambda: TargetRow(targets=QUICK, priority=9),
        lambda: TargetRow(targets=QUICK, fields=[]),
        lambda: TargetRow(targets=QUICK, fields=(("tier",),)),
        lambda: TargetRow(targets=QUICK, fields=(("tier", "a"), ("tier", "b"))),
        lambda: TargetRow(targets=QUICK, fields={"tier": ["gold"]}),
        lambda: TargetRow(targets=QUICK, fields={"tier": None}),
        lambda: ClockRule("x", warnings="1/2"),
        lambda: ClockRule("x", warnings=3),
        lambda: ClockRule("x", warnings=(0.5,)),
        lambda: ClockRule("x", warnings=("1",)),
        lambda: ClockRule("x", warnings=("half",)),
        lambda: ClockRule("x", warnings=((1, 0),)),
        lambda: ClockRule("x", on_change="never"),
        lambda: ClockRule("x", on_reopen="sometimes"),
    ],
)
def test_what_can_never_be_right_is_refused(wrong: Any) -> None:  # noqa: ANN401 - a factory
    """At once, with its name; days say how they end, and parts are exact (rules K11 and K15)."""
    with pytest.raises(InvalidInput):
        wrong()


def test_a_clock_has_one_target_in_a_row() -> None:
    """The second is not taken in silence; the error names the clock."""
    with pytest.raises(InvalidInput, match=r"targets.response = .*: is given twice; give it once"):
        TargetRow(targets=(*QUICK.items(), *SLOW.items()))


def test_days_say_how_they_end() -> None:
    """It is never implicit (rule K15)."""
    with pytest.raises(TypeError):
        BusinessDays(3)  # type: ignore[call-arg] # that is the point


def test_warnings_are_exact_parts() -> None:
    """However they are given."""
    given_as = ClockRule("x", stops="restored", warnings=("1/2", (3, 4), Fraction(9, 10)))

    assert ((1, 2), (3, 4), (9, 10)) == given_as.warnings == ClockRule("y").warnings


def test_modes_go_by_their_names() -> None:
    """Text or member."""
    rule = ClockRule("x", on_change="proportional", on_reopen="restart")

    assert OnChange.PROPORTIONAL is rule.on_change
    assert OnReopen.RESTART is rule.on_reopen


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"clocks": (ClockRule("resolution"),)}, "clock 'resolution' never stops"),
        (
            {"clocks": (ClockRule("work", starts="working", stops="working"),)},
            "clock 'work' starts and stops at 'working'; give one of them",
        ),
        (
            {"clocks": (ClockRule("news", stops="updated", restarts="updated"),)},
            "clock 'news' restarts and stops at 'updated'; give one of them",
        ),
        (
            {"clocks": (ClockRule("resolution", stops="restord"),)},
            "stops at 'restord'; did you mean 'restored'?",
        ),
        (
            {"clocks": (ClockRule("resolution", starts="report", stops="resolved"),)},
            "starts at 'report'; did you mean 'reported'?",
        ),
        (
            {"clocks": (ClockRule("resolution", stops="resolved", restarts="detected"),)},
            "restarts at 'detected'",
        ),
        (
            {"clocks": (ClockRule("resolution", starts="held:tea", stops="resolved"),)},
            "starts at 'held:tea', which is no hold reason",
        ),
        (
            {"clocks": (ClockRule("ours", starts="released", stops="resolved"),)},
            "clock 'ours' starts at 'released', which can never be; add a reason to hold, or name",
        ),
        (
            {"clocks": (ClockRule("ours", stops="released"),)},
            "clock 'ours' stops at 'released', which can never be",
        ),
        (
            {
                "clocks": (
                    ClockRule("ours", stops="resolved", pauses="released", resumes="working"),
                )
            },
            "clock 'ours' pauses at 'released', which can never be",
        ),
        (
            {"clocks": (ClockRule("resolution", stops="resolved", warnings=("3/4", "1/2")),)},
            "warns at 3/4 before 1/2",
        ),
        (
            {"clocks": (*Policy().clocks, ClockRule("ours too", stops="resolved"))},
            "clock 'ours too' needs a name of its own, an identifier",
        ),
        (
            {"clocks": (*Policy().clocks, ClockRule("promised_update", stops="resolved"))},
            "clock 'promised_update' needs a name of its own",
        ),
        (
            {"clocks": (*Policy().clocks, ClockRule("update", stops="resolved"))},
            "clock 'update' is declared twice",
        ),
        (
            {"hold_reasons": (HoldReason("tea", pauses="response"),)},
            "hold reason 'tea' pauses 'response'; known: resolution, restoration",
        ),
        ({"targets": (TargetRow(targets={"respons": Hours(1)}),)}, "did you mean 'response'?"),
        (
            {"targets": (TargetRow(targets=SLOW, calendar="office"),)},
            "target 'any' names the calendar 'office'; ",
        ),
        ({"calendars": (*Policy().calendars, ROUND_THE_CLOCK)}, "is declared twice"),
        (
            {"targets": (TargetRow(targets=SLOW, fields={"tier": "gold"}),)},
            "target 'tier gold' asks for the own field 'tier'",
        ),
        (
            {
                "targets": (TargetRow(targets=SLOW, fields={"tier": 1}),),
                "fields": (FieldRule("tier"),),
            },
            "is not of the declared type text",
        ),
        ({"calendars": ("9 to 5",)}, "give a tuple of Calendar or Union"),
        (
            {"targets": (TargetRow(targets=SLOW), TargetRow(targets=QUICK))},
            "target 'any' stands twice for 'response'; take one away",
        ),
        (
            {
                "targets": (
                    TargetRow(targets=SLOW, priority=1),
                    TargetRow(targets=QUICK, customer="acme"),
                )
            },
            "targets 'P1' and 'customer acme' for 'response' may both fit",
        ),
    ],
)
def test_targets_that_cannot_work_are_refused(wrong: dict[str, Any], problem: str) -> None:
    """Each problem is named: unknown names, clocks that never stop, rows that tie (rule K15)."""
    wrong = {"targets": (), "hold_reasons": (), **wrong}
    with pytest.raises(PolicyError) as caught:
        Policy(**wrong)

    assert problem in str(caught.value)
    assert 1 == len(caught.value.problems)


ROWS = st.builds(
    TargetRow,
    priority=st.sampled_from((None, 1, 2)),
    category=st.sampled_from((None, "a", "a/b", "c")),
    service=st.sampled_from((None, "x", "y")),
    customer=st.sampled_from((None, "k")),
    fields=st.sampled_from(((), (("t", 1),), (("t", True),))),
    targets=st.just(SLOW),
)


@given(st.lists(ROWS, max_size=6))
def test_a_tie_is_a_case_that_two_rows_of_one_rank_fit_best(rows: list[TargetRow]) -> None:
    """Every pair is looked at, however rows are found that may tie (rule K15)."""
    ties = 0
    for one, other in combinations(rows, 2):
        both = {**one.conditions, **other.conditions}
        best = max(row.rank for row in rows if row.fits(both)) if one.fits(both) else None
        ties += one.rank == other.rank == best and other.fits(both)
    found = list(tie_problems(rows))

    assert ties == len([each for each in found if "may both fit" in each or "twice" in each])
    assert ties == len(found)


def test_of_very_many_ties_the_first_are_named() -> None:
    """With a word that there are more, for all clocks together."""
    rows = [TargetRow(targets=SLOW, service=str(n)) for n in range(MOST)]
    teams = [TargetRow(targets={**SLOW, **LONG}, team=each) for each in ("a", "b")]
    found = list(tie_problems((*rows, *teams)))

    assert 1 + MOST == len(found) == len(set(found))
    assert "more targets tie than these 40; they are named once these are mended" == found[-1]
    assert not any("more targets" in each for each in tie_problems((*rows, teams[0])))


def test_thousands_of_rows_are_checked_without_comparing_each_with_each() -> None:
    """Rows for customers and for services, and one for each pair that goes before them."""
    ours, theirs = ([f"{what}{n}" for n in range(60)] for what in ("customer", "service"))
    rows = (
        *(TargetRow(targets=SLOW, customer=each) for each in ours),
        *(TargetRow(targets=SLOW, service=each) for each in theirs),
        *(TargetRow(targets=SLOW, customer=a, service=b) for a in ours for b in theirs),
    )
    compared = 0

    def count(_: object, event: str, __: object) -> None:
        nonlocal compared
        compared += event == "call"

    sys.setprofile(count)
    try:
        found = list(tie_problems(rows))
    finally:
        sys.setprofile(None)

    assert not found
    assert compared < 30 * len(rows)


@pytest.mark.parametrize(
    ("row", "name"),
    [
        (TargetRow(targets=SLOW, priority=1, service="web mail"), "P1, service web mail"),
        (TargetRow(targets=SLOW, service="web, team x"), 'service "web, team x"'),
        (TargetRow(targets=SLOW, service="web", team="x"), "service web, team x"),
        (TargetRow(targets=SLOW, fields={"seats": 5, "vip": True}), "seats 5, vip True"),
        (TargetRow(targets=SLOW, fields={"seats": "5", "vip": "True"}), 'seats "5", vip "True"'),
        (TargetRow(targets=SLOW, fields={"service": "web"}), "fields.service web"),
        (TargetRow(targets=SLOW, fields={"note": "a\nb"}), 'note "a\\nb"'),
    ],
)
def test_a_row_is_called_by_its_conditions(row: TargetRow, name: str) -> None:
    """In few words; what could be taken for something else is quoted."""
    assert name == row.name


TEXTS = st.sampled_from(("web", "web, team x", "x", '"x"', "5"))
VALUES = st.one_of(TEXTS, st.text(max_size=3), st.integers(4, 5), st.booleans())
ASKED = st.builds(
    TargetRow,
    targets=st.just(SLOW),
    priority=st.sampled_from((None, 1)),
    service=st.none() | TEXTS,
    team=st.none() | TEXTS,
    fields=st.dictionaries(st.sampled_from(("tier", "team", "P1")), VALUES, max_size=1),
)


@given(st.lists(ASKED, max_size=30))
def test_rows_with_other_conditions_have_other_names(rows: list[TargetRow]) -> None:
    """A clock tells by the name whether its row still wins (rule K13)."""
    asked = {
        tuple((name, type(value), value) for name, value in row.conditions.items()) for row in rows
    }

    assert len(asked) == len({row.name for row in rows})


def test_all_problems_of_targets_are_listed_at_once() -> None:
    """One error, one list."""
    rows = (TargetRow(targets={"a": Hours(1)}), TargetRow(targets={"b": None}, calendar="c"))

    with pytest.raises(PolicyError) as caught:
        Policy(targets=rows, clocks=(), hold_reasons=())

    assert 3 == len(caught.value.problems)


def test_the_most_specific_row_wins() -> None:
    """More conditions, then a deeper category; a row for both ends what would be a tie."""
    rows = (
        TargetRow(targets=SLOW),
        TargetRow(targets=SLOW, priority="P1"),
        TargetRow(targets=SLOW, customer="acme"),
        TargetRow(targets=QUICK, priority="P1", customer="acme"),
        TargetRow(targets={"resolution": Hours(1)}, category="network"),
        TargetRow(targets={"resolution": Hours(2)}, category="network/vpn"),
        TargetRow(targets={"resolution": None}, category="network/vpn", service="lab"),
    )
    policy = Policy(targets=rows)

    def winner(clock: str, **facts: object) -> str | None:
        row = chosen(policy.rows[clock], facts)
        return row and row.name

    assert "any" == winner("response")
    assert "P1" == winner("response", priority=Priority.P1, customer="beta")
    assert "P1, customer acme" == winner("response", priority=Priority.P1, customer="acme")
    assert winner("resolution") is None
    assert "category network" == winner("resolution", category="network/lan")
    assert winner("resolution", category="networking") is None
    assert "category network/vpn" == winner("resolution", category="network/vpn/berlin")
    lab = chosen(policy.rows["resolution"], {"category": "network/vpn", "service": "lab"})
    assert lab is not None
    assert lab.amount("resolution") is None


def test_default_targets_are_the_usual_ones() -> None:
    """P1 and P2 round the clock, P3 and P4 in office hours, P5 none."""
    policy = Policy()
    found = {
        rank.name: [
            f"{row.amount(clock)} ({policy.calendar(row).name})"
            for clock in ("response", "restoration")
            for row in [chosen(policy.rows[clock], {"priority": rank})]
            if row
        ]
        for rank in Priority
    }

    assert {
        "P1": ["15 min (round the clock)", "4 h (round the clock)"],
        "P2": ["30 min (round the clock)", "8 h (round the clock)"],
        "P3": ["4 h (office hours)", "3 business days, same time (office hours)"],
        "P4": ["8 h (office hours)", "5 business days, same time (office hours)"],
        "P5": [],
    } == found


def test_default_holds_pause_what_they_say() -> None:
    """Waiting for the requester pauses resolution; a date, when the requester agreed (K16)."""
    pauses = {each.name: (each.pauses, each.if_agreed) for each in Policy().hold_reasons}

    assert {
        "awaiting_requester": (("resolution",), False),
        "awaiting_change": ((), False),
        "awaiting_problem": ((), False),
        "awaiting_vendor": ((), False),
        "scheduled": (("resolution",), True),
    } == pauses


def test_a_calendar_is_given_by_name_or_by_value() -> None:
    """Both are the same to a target."""
    ours = Calendar("ours", week={"mon": "09:00-10:00"})
    policy = Policy(calendars=(ours,), targets=())

    assert ours is policy.calendar(TargetRow(targets=SLOW, calendar="ours"))
    assert ours is policy.calendar(TargetRow(targets=SLOW, calendar=ours))


def test_shipped_calendars_need_not_be_given() -> None:
    """Unless others are to have their names; a file says the same."""
    ours = Calendar("ours", week={"mon": "09:00-10:00"})
    office = Calendar("office hours", week={"tue": "09:00-10:00"})
    rows = (
        TargetRow(targets=SLOW),
        TargetRow(targets=SLOW, priority=3, calendar="office hours"),
    )
    policy = Policy(calendars=(ours,), targets=rows)

    assert [ROUND_THE_CLOCK, OFFICE_HOURS] == [policy.calendar(row) for row in rows]
    assert office is Policy(calendars=(office,), targets=rows).calendar(rows[1])
    assert policy == read_policy(write_policy(policy))
    assert policy == read_policy(
        """
        targets = [
            { targets = { response = "1h" } },
            { priority = 3, targets = { response = "1h" }, calendar = "office hours" },
        ]
        calendars.ours.week = { mon = "09:00-10:00" }
        """
    )
    with pytest.raises(PolicyError, match="would take more than a century"):
        Policy(
            calendars=(),
            targets=(TargetRow(targets={"response": Hours(24 * 36_525)}, calendar="office hours"),),
        )


SPANS = st.sampled_from(("09:00-17:00", "08:30-12:00, 13:00-24:00", "22:00-06:00"))
CALENDARS = st.builds(
    Calendar,
    st.sampled_from(("ours", "Überall")),
    week=st.dictionaries(st.sampled_from(("mon", "tue", "sat")), SPANS, min_size=1),
    zone=st.sampled_from(("UTC", "Europe/Berlin")),
    holidays=st.lists(st.sampled_from(("12-25", "2026-05-01")), unique=True),
    special=st.dictionaries(st.sampled_from(("2026-12-24", "2027-01-02")), SPANS),
)


@given(st.one_of(CALENDARS, st.builds(Union, st.just("both"), st.lists(CALENDARS, min_size=1))))
def test_a_calendar_is_made_again_from_its_line(calendar: Calendar | Union) -> None:
    """So that a clock can carry a copy of it (rule K13)."""
    assert calendar == read_calendar(str(calendar))


@given(CALENDARS, CALENDARS)
def test_calendars_that_differ_have_other_lines(one: Calendar, other: Calendar) -> None:
    """A policy's digest is made of them."""
    assert (one == other) == (str(one) == str(other))
