"""A policy as a file: what is read is what was written, and nothing is guessed."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput, MissingExtra, PolicyError
from incidentflow.policy import MATRICES, HoldReason, Matrix, Policy, RequirementRule
from incidentflow.policy.file import read_policy, read_span, show_span, write_policy
from incidentflow.policy.file.reading import File
from incidentflow.policy.file.spans import HINT
from incidentflow.testing.generated import policies
from incidentflow.words import Priority

WHOLE = """
matrix = { name = "ours", columns = "urgency", cells = [[1, "P2"], [3, 4]] }
hold_reasons = [{ name = "parked", needs = "reference" }]
resolution_codes = ["fixed"]
require_assignee = false
reopen_window = "unlimited"
auto_close = "0s"
retry_act = "1h 30min"
series = "OPS"

[[requirements]]
because = "priority"
within = "2d"
blocks = true
priority = "P2"

[[fields]]
name = "tier"
required_at = ["resolve"]
"""
HOURS = """
[calendars.office]
zone = "Europe/Berlin"
week = { mon-thu = "09:00-12:00, 13:00-17:30", fri = "22:00-06:00" }
holidays = ["12-25", 2026-05-01]
special = { 2026-12-24 = "09:00-12:00" }
"""


def problems(text: str | dict[str, Any]) -> tuple[str, ...]:
    """Return what is wrong with a file."""
    with pytest.raises(PolicyError) as caught:
        read_policy(text, "ours")

    assert "ours" == caught.value.name
    return caught.value.problems


def test_a_file_says_what_python_says() -> None:
    """Its keys are the attributes of a policy."""
    policy = read_policy(WHOLE)

    assert (
        Policy(
            matrix=Matrix("ours", "impact", "urgency", ((1, 2), (3, 4))),
            hold_reasons=(HoldReason("parked", needs="reference"),),
            resolution_codes="fixed",
            require_assignee=False,
            reopen_window=None,
            auto_close=timedelta(0),
            retry_act=timedelta(minutes=90),
            series="OPS",
            requirements=(
                RequirementRule("priority", timedelta(days=2), blocks=True, priority=Priority.P2),
            ),
            fields=policy.fields,
        )
        == policy
    )
    assert ("tier", "text", ("resolve",)) == (
        policy.fields[0].name,
        policy.fields[0].type,
        policy.fields[0].required_at,
    )


def test_what_is_left_out_is_as_usual() -> None:
    """An empty file is the default policy."""
    assert Policy() == read_policy("") == read_policy({})


@given(policies())
def test_what_is_written_reads_back(policy: Policy) -> None:
    """Whatever the policy, its file is that policy, and the same file again."""
    text = write_policy(policy)

    assert policy == read_policy(text)
    assert text == write_policy(read_policy(text))
    assert policy.reference in text.splitlines()[0]


@pytest.mark.parametrize("name", MATRICES)
def test_a_shipped_matrix_is_named(name: str) -> None:
    """One of the host's own is drawn."""
    own = Matrix('all "ours"', "severity", "", ((1,), (2,)))

    assert MATRICES[name] == read_policy(f'matrix = "{name}"').matrix
    assert f'matrix = "{name}"' in write_policy(Policy(matrix=MATRICES[name]))
    assert own == read_policy(write_policy(Policy(matrix=own))).matrix


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("x = [", "is no TOML: "),
        ('auto_clos = "5d"', "unknown key 'auto_clos'; did you mean 'auto_close'?"),
        ("auto_close = 5", "auto_close is 5: it is no duration; write it as '4h'"),
        ('auto_close = "unlimited"', "auto_close is 'unlimited': it is no duration"),
        ('auto_close = "40000d"', "auto_close is datetime.timedelta(days=40000); give"),
        ('late_entry = "999999999999d"', "late_entry is '999999999999d': it is longer than any"),
        ('require_assignee = "yes"', "require_assignee is 'yes'; give true or false"),
        ("series = 5", "series is 5; give text"),
        ('series = "inc"', "series 'inc' is no prefix"),
        ('matrix = "itl"', "matrix is 'itl'; did you mean 'itil'?"),
        ("matrix = 3", "matrix is 3; give a table"),
        ("matrix = { cells = [[1, 2], [1, 3]] }", "matrix: there is no second axis"),
        (
            'matrix = { columns = "urgency", cells = [[2, 2], [1, 2]] }',
            "matrix: cell (2, 1) is P1, more urgent than P2 at the more severe (1, 1)",
        ),
        ("matrix = { cells = [[1], [2.0]] }", "matrix.cells[2][1] is 2.0: it is not on the scale"),
        ("matrix = { row = 1, cells = [[1]] }", "matrix: unknown key 'row'; did you mean 'rows'?"),
        ("hold_reasons = {}", "hold_reasons is {}; give several in brackets"),
        ("hold_reasons = [5]", "hold_reasons[1] is 5; give a table"),
        ("hold_reasons = [{}]", "hold_reasons[1] needs 'name'"),
        ('hold_reasons = [{ name = "a", needs = "coment" }]', "did you mean 'comment'?"),
        ('hold_reasons = [{ name = " " }]', "hold_reasons[1].name = ' ': is blank"),
        ("cancel_reasons = [1]", "cancel_reasons[1] is 1; give text"),
        (
            'subscriptions = [{ audience = "tem", kinds = ["reported"] }]',
            "subscriptions[1].audience is 'tem': it is not in the set; did you mean 'team'?",
        ),
        (
            'requirements = [{ because = "major", within = "1d", times = true }]',
            "requirements[1].times is True; give a whole number",
        ),
        (
            'requirements = [{ because = "major", within = "1d", priority = 6 }]',
            "requirements[1].priority is 6: it is not on the scale",
        ),
        ("calendars = 3", "calendars is 3; give a table"),
        ("calendars.a = 3", "calendars.a is 3; give a table"),
        ("calendars.a = {}", "calendars.a: week: it is never open"),
        ('calendars.a = { week = { mon = "9" } }', "calendars.a: week.mon: '9' is no span"),
        (
            'calendars.a = { wek = 1, week = { mon = "9:00-10:00" } }',
            "calendars.a: unknown key 'wek'; did you mean 'week'?",
        ),
        (
            'calendars.a = { week = { mon = "9:00-10:00" }, holidays = ["2026-02-30"] }',
            "calendars.a: holidays: '2026-02-30' is no date such as",
        ),
        ("calendars.a = { members = 5 }", "calendars.a.members is 5; give several in brackets"),
        ("calendars.a = { members = [] }", "calendars.a.members = (): are no calendars"),
        (
            'calendars.a = { members = ["round the clok"] }',
            "calendars.a.members names the calendar 'round the clok'; did you mean 'round the",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_path(text: str, wrong: str) -> None:
    """Nothing is converted in silence (rule I6), and what was meant is suggested."""
    (problem,) = problems(text)

    assert wrong in problem


def test_every_problem_is_listed_at_once() -> None:
    """What cannot be read, and what cannot work in the rest, each once and in its own words."""
    found = problems(
        'auto_clos = 1\nseries = "x"\nretry_act = "0s"\nlate_entry = 5\nmatrix = "x"\n'
        'hold_reasons = [{ name = 1 }, { name = "a" }]\n'
        'calendars.a.members = ["b"]\ncalendars.b.week = {}\n'
    )

    assert [
        "calendars.b: week: it is never open; give the hours of at least one day",
        "unknown key 'auto_clos'; did you mean 'auto_close'?",
        "matrix is 'x'; known: glpi, itil, itop, servicenow, severity, severity_impact",
        "hold_reasons[1].name is 1; give text",
        f"late_entry is 5: it {HINT}",
        "retry_act is zero; an act that was refused would never rest",
        "series 'x' is no prefix; give ASCII capitals and digits",
    ] == list(found)


@given(st.timedeltas(min_value=timedelta(0)))
def test_a_duration_is_exact(span: timedelta) -> None:
    """What is shown is read as the same microseconds."""
    assert span == read_span(show_span(span), "within")


@pytest.mark.parametrize(
    ("text", "minutes"), [("4h", 240), ("15min", 15), ("2d 4h", 3120), ("90 min", 90), ("0s", 0)]
)
def test_a_duration_is_read_as_people_write_it(text: str, minutes: int) -> None:
    """With or without a space before the unit."""
    assert timedelta(minutes=minutes) == read_span(text, "within")


@pytest.mark.parametrize(
    "text",
    ["", " ", "4", "h", "1.5h", "4h2d", "4h 2d", "1h 1h", "-1h", " 4h", "4h ", "٤h", "4m", 4],
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    """Nothing is rounded, added up or guessed."""
    with pytest.raises(InvalidInput, match="is no duration"):
        read_span(text, "within")


def test_public_holidays_are_dates_by_country_and_year() -> None:
    """They come from a package, and stand in the policy as plain dates."""
    file = File()
    file.read_calendars(
        {
            "berlin": {
                "week": {"mon-fri": "09:00-17:00"},
                "holidays": {
                    "country": "DE",
                    "subdivision": "BE",
                    "years": [2026],
                    "also": ["12-24"],
                },
            }
        }
    )
    calendar = file.calendar_named("berlin", "")

    assert [] == file.tables.problems
    assert {"2026-03-08", "2026-12-25", "12-24"} <= set(calendar.holidays)
    assert not any(day.startswith(("2025", "2027")) for day in calendar.holidays)


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ('{ country = "DEU", year = 2026 }', "unknown key 'year'; did you mean 'years'?"),
        ('{ country = "XQ", years = [2026] }', "calendars.a.holidays.country is 'XQ'; "),
        (
            '{ country = "DE", subdivision = "QQ", years = [2026] }',
            "calendars.a.holidays.subdivision is 'QQ'; known: ",
        ),
        ('{ country = "DE", years = [] }', "calendars.a.holidays.years names none"),
        ('{ country = "DE", years = [26] }', "calendars.a.holidays.years names none, or one not"),
        ('{ country = "DE", years = 2026 }', "calendars.a.holidays.years is 2026; give several"),
        ('{ country = "DE", years = [2026], also = ["x"] }', "calendars.a: holidays: 'x' is no"),
    ],
)
def test_holidays_that_nobody_knows_are_refused(asked: str, wrong: str) -> None:
    """With the nearest country or part of it."""
    found = problems(f'calendars.a = {{ week = {{ mon = "09:00-17:00" }}, holidays = {asked} }}')

    assert any(wrong in each for each in found)


def test_public_holidays_need_an_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Which is named."""
    monkeypatch.setitem(sys.modules, "holidays", None)

    with pytest.raises(MissingExtra) as caught:
        read_policy('calendars.a.holidays = { country = "DE", years = [2026] }')

    assert "holidays" == caught.value.extra
