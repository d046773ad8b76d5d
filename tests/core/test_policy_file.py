"""A policy as a file: what is read is what was written, and nothing is guessed."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.policy import (
    MATRICES,
    Audience,
    BusinessDays,
    Calendar,
    ClockRule,
    HoldReason,
    Hours,
    Matrix,
    Numbering,
    OnChange,
    Policy,
    RequirementRule,
    Retention,
    Route,
    Subscription,
    TargetRow,
    Union,
)
from incidentflow.policy.amounts import AT, Amount
from incidentflow.policy.calendars import ROUND_THE_CLOCK
from incidentflow.policy.calendars.windows import DAYS
from incidentflow.policy.clocks import CLOCKS, MOMENTS, RELEASED, STARTS
from incidentflow.policy.file import read_policy, read_span, write_policy
from incidentflow.policy.file.amounts import read_amount, show_amount
from incidentflow.policy.file.holidays import MISSING
from incidentflow.policy.file.spans import HINT
from incidentflow.policy.targets import CALENDARS, TARGETS
from incidentflow.testing.generated import policies
from incidentflow.words import Priority, show_span

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
fields = [
    { name = "tier" }, { name = "seats", type = "number" }, { name = "vip", type = "flag" },
]
clocks = [
    { name = "ours", starts = "triaged", stops = "resolved", warnings = "4/6", on_reopen="never" },
]
hold_reasons = []

[calendars.both]
members = ["office", "round the clock"]
[calendars.office]
zone = "Europe/Berlin"
week = { mon-thu = "09:00-12:00, 13:00-17:30", fri = "22:00-06:00" }
holidays = ["12-25", 2026-05-01]
special = { 2026-12-24 = "09:00-12:00" }

[[targets]]
priority = 1
fields = { tier = "gold", seats = 5, vip = true }
targets = { ours = "1h 30min" }
calendar = "both"
[[targets]]
priority = "P1"
service = "mail"
targets = { ours = "2 business days, close" }
[[targets]]
priority = "P2"
targets = { ours = "none" }
[targets.calendar]
name = "office"
zone = "Europe/Berlin"
week = { mon-thu = "09:00-12:00, 13:00-17:30", fri = "22:00-06:00" }
holidays = ["12-25", 2026-05-01]
special = { 2026-12-24 = "09:00-12:00" }
"""


@pytest.mark.parametrize("thing", [b"series = 'OPS'", None, 5, [("series", "OPS")]])
def test_what_is_no_policy_file_at_all_is_refused(thing: Any) -> None:  # noqa: ANN401 - anything
    """With what would do; a path is for another function."""
    with pytest.raises(InvalidInput, match=r"^policy = .*read a file with load_policy\(path\)"):
        read_policy(thing)


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


@st.composite
def files(draw: st.DrawFn) -> Policy:
    """Draw policies that differ from the usual one in everything a file can say."""
    spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_525))
    amounts = st.one_of(
        st.none(),
        st.builds(Hours, st.integers(0, 99), st.integers(1, 99)),
        st.builds(BusinessDays, st.integers(1, 99), st.sampled_from(AT)),
    )
    calendar = Calendar(
        draw(NAMES),
        week=draw(st.dictionaries(st.sampled_from(DAYS), SPANS, min_size=1)),
        zone=draw(st.sampled_from(("UTC", "Europe/Berlin"))),
        holidays=draw(st.lists(st.dates(), max_size=2)),
        special=draw(st.dictionaries(st.dates(), SPANS, max_size=2)),
    )
    calendars: list[Calendar | Union] = [*CALENDARS, calendar]
    if draw(st.booleans()):
        calendars.insert(draw(st.integers(0, 3)), Union("all of them", (calendar, OTHER)))
    rows = [
        TargetRow(
            targets=draw(st.dictionaries(st.sampled_from(CLOCK_NAMES), amounts, min_size=1)),
            priority=priority,
            category=draw(st.none() | NAMES),
            fields=draw(st.sampled_from(({}, {"tier": "a 'b'\n\t\"c\"", "seats": 5, "red": True}))),
            calendar=draw(st.sampled_from([*calendars, *(each.name for each in calendars)])),
        )
        for priority in draw(st.sets(st.sampled_from(Priority)))
    ]
    usual = draw(policies())
    moments = MOMENTS if usual.hold_reasons else MOMENTS - {*RELEASED}
    starts = draw(st.sampled_from(sorted(STARTS | moments)))
    rule = ClockRule(
        "ours",
        starts=starts,
        stops=draw(st.sets(st.sampled_from(sorted(moments - {starts})), min_size=1)),
        warnings=draw(st.sampled_from(((), ("1/3",), ("1/2", "2/3")))),
        on_change=draw(st.sampled_from(OnChange)),
    )
    return evolve(
        usual,
        cancel_reasons=draw(st.lists(NAMES, max_size=2, unique=True)),
        matrix=Matrix(draw(NAMES), "severity", "", tuple((n,) for n in draw(LEVELS))),
        late_entry=draw(spans),
        subscriptions=(Subscription(draw(st.sampled_from(Audience)), ("reported",), draw(NAMES)),),
        calendars=tuple(calendars),
        clocks=(*CLOCKS, rule),
        targets=tuple(rows),
        categories=draw(st.sampled_from(((), ("a/b", "c")))) if not rows else (),
        routing=tuple(draw(st.lists(ROUTES, max_size=2))),
        numbering=draw(st.sampled_from(((), (Numbering({"priority": 1, "team": "a"}, "P1"),)))),
        retention=draw(st.sampled_from(((), (Retention(timedelta(days=9)),), KEPT))),
    )


NAMES = st.text(min_size=1, max_size=9).filter(
    lambda text: text.isprintable() and text.strip() == text
)
SPANS = st.sampled_from(
    ("09:00-17:00", "00:00-24:00", "22:00-06:00", "09:00-12:00, 13:00:05-24:00")
)
LEVELS = st.lists(st.integers(1, 5), min_size=1, max_size=5).map(sorted)
KEPT = (Retention(timedelta(days=90, microseconds=1), "c"), Retention(timedelta(hours=1)))
OTHER = Calendar("elsewhere", week={"sun": "09:00-10:00"})
ROUTES = st.builds(
    Route,
    st.sampled_from(({}, {"priority": 2}, {"service": "a", "seats": 5, "red": False})),
    category=st.sampled_from((None, "a")),
    team=NAMES,
    assignee=st.none() | NAMES,
    label=st.none() | NAMES,
)
CLOCK_NAMES = [rule.name for rule in CLOCKS]


@given(policies() | files())
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
        (f"x = {'[' * 5000}{']' * 5000}", "is nested too deeply; give at most a few levels"),
        (f"x = {'1' * 5000}", "has a number with thousands of digits; give at most 18"),
        (f"series = 0x{'f' * 9000}", "series is <int>; give text"),
        (
            f"routing = [{{ when = {{ seats = 0x{'f' * 9000} }}, team = 'a' }}]",
            "routing[1].when.seats is too large a number; give one of at most 18 digits",
        ),
        (
            """fields = [{ name = "tier", type = "string" }]
               routing = [{ when = { tier = "gold" }, team = "a" }]
               targets = [{ fields = { tier = "gold" }, targets = { response = "4h" } }]""",
            "own field 'tier' has type 'string'; known: flag, number, text",
        ),
        ('auto_clos = "5d"', "unknown key 'auto_clos'; did you mean 'auto_close'?"),
        ("auto_close = 5", "auto_close is 5: it is no duration; write it as '4h'"),
        ("auto_close = 0", "auto_close is 0: it is no duration; write nothing at all as '0d'"),
        ('auto_close = "0"', "auto_close is '0': it is no duration; write nothing at all as '0d'"),
        (
            'reopen_window = "forever"',
            "'2d 4h', with whole numbers, or as 'unlimited' for one without end",
        ),
        (
            'targets = [{ targets = { response = "999999999h" } }]',
            "response is '999999999h': it is more than a century; give less",
        ),
        (
            'targets = [{ targets = { response = "99999 business days, close" } }]',
            "response is '99999 business days, close': it is more than a century; give less",
        ),
        (
            'targets = [{ targets = { response = "1234567 business days, close" } }]',
            "response is '1234567 business days, close': it is more than a century; give less",
        ),
        (
            'targets = [{ targets = { response = "0 business days, close" } }]',
            "it is no number of days; give at least 1",
        ),
        ('auto_close = "unlimited"', "auto_close is 'unlimited': it is no duration"),
        (
            'requirements = [{ because = "reopened", within = "1d", times = 0 }]',
            "requirements[1].times = 0: is no whole number of at least 1",
        ),
        (
            'requirements = [{ because = "breached", within = "1d", clocks = ["respons"] }]',
            "requirement 'breached' names the clock 'respons'; did you mean 'response'?",
        ),
        (
            'routing = [{ when = { service = 5 }, team = "a" }]',
            "route 'service 5' asks for the service 5; give text",
        ),
        (
            'routing = [{ when = { service = 1.5 }, team = "a" }]',
            "routing[1].when.service is 1.5; give text, a whole number, true or false",
        ),
        (
            'numbering = [{ when = { team = true }, series = "S" }]',
            "numbering 'team True' asks for the team True; give text",
        ),
        ('auto_close = "40000d"', "auto_close is 40000d; give"),
        ('auto_close = "40000d"', "auto_close is 40000d; give a timedelta from zero to a century"),
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
            '[[subscriptions]]\naudience = "team"\nkinds = []',
            "subscriptions[1] names no kind of event; it would tell nobody",
        ),
        (
            '[[subscriptions]]\naudience = "team"\nkinds = "reported"\nchanel = "chat"',
            "subscriptions[1]: unknown key 'chanel'; did you mean 'channel'?",
        ),
        (
            'requirements = [{ because = "major", within = "1d", times = true }]',
            "requirements[1].times is true; give a whole number",
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
        (
            'calendars.a = { week = { mon = "9:00-10:00" }, holidays = [2026-12-25T00:00:00Z] }',
            "calendars.a: holidays: '2026-12-25T00:00:00+00:00' is no date such as",
        ),
        (
            """targets = [{ priority = 1, targets = { response = "4h" } },
                          { priority = 1, targets = { response = "5h" } }]""",
            "target 'P1' stands twice for 'response'; take one away",
        ),
        ("calendars.a = { members = 5 }", "calendars.a.members is 5; give a list of names"),
        ("calendars.a = { members = [5] }", "calendars.a.members[1] is 5; give text"),
        ("calendars.a = { members = [{}] }", "calendars.a.members[1] needs a 'name'"),
        (
            'routing = [{ when = { priority = 9 }, team = "a" }]',
            "routing[1].priority = 9: is not on the scale",
        ),
        ('routing = [{ team = "a" }]', "routing[1] needs 'when'"),
        ('routing = [{ when = { service = [] }, team = "a" }]', "routing[1].when.service is []"),
        (
            'routing = [{ when = { servce = "a" }, team = "a" }]',
            "route 'servce a' asks for 'servce'; did you mean 'service'?",
        ),
        ("numbering = [{ when = {} }]", "numbering[1] needs 'series'"),
        ("retention = [{}]", "retention[1] needs 'keep'"),
        ('retention = [{ keep = "1y" }]', "retention[1].keep is '1y': it is no duration"),
        (
            'retention = [{ keep = "0s", category = "a" }]',
            "retention 'a' keeps 0s; give up to a century",
        ),
        ("targets = 5", "targets is 5; give several in brackets"),
        ("targets = [5]", "targets[1] is 5; give a table"),
        ("targets = [{ targets = 5 }]", "targets[1].targets is 5; give a table"),
        (
            "targets = [{ targets = {} }]",
            'targets[1].targets names no clock; give an amount for one, as { response = "4h" }',
        ),
        (
            'targets = [{ within = "4h", targets = { response = "4h" } }]',
            "targets[1]: unknown key 'within'; known: calendar, category, customer, fields, loc",
        ),
        (
            "targets = [{ targets = { response = 4 } }]",
            "targets[1].targets.response is 4: it is no amount; write it as '4h'",
        ),
        (
            'targets = [{ targets = { response = "0h" } }]',
            "targets[1].targets.response is '0h': it is no amount; give more than nothing",
        ),
        (
            'targets = [{ targets = { response = "4h" }, fields = { tier = 1.5 } }]',
            "targets[1].fields.tier is 1.5; give text, a whole number, true or false",
        ),
        (
            'targets = [{ targets = { respons = "4h" } }]',
            "target 'any' names the clock 'respons'; did you mean 'response'?",
        ),
        (
            'targets = [{ targets = { response = "4h" }, calendar = "office hour" }]',
            "target 'any' names the calendar 'office hour'; did you mean 'office hours'?",
        ),
        (
            """targets = [{ service = "a", targets = { response = "4h" } },
                          { team = "b", targets = { response = "5h" } }]""",
            "targets 'service a' and 'team b' for 'response' may both fit;",
        ),
        (
            'targets = [{ targets = { response = "4h" }, calendar = { name = "x", week = 5 } }]',
            "targets[1].calendar: week: 5 is no mapping of days to hours",
        ),
        (
            'targets = []\nclocks = [{ name = "ours", stops = "resolvd" }]\nhold_reasons = []',
            "clock 'ours' stops at 'resolvd'; did you mean 'resolved'?",
        ),
        (
            'targets = []\nclocks = [{ name = "ours" }]\nhold_reasons = []',
            "clock 'ours' never stops; name at least one trigger",
        ),
        (
            'targets = []\nclocks = [{ name = "resolution", stops = "resolved", warnings = [1] }]',
            "clocks[1].warnings[1] is 1; give text",
        ),
        (
            'clocks = [{ name = "ola", stops = "resolved", starts = ["reported"] }]',
            "clocks[1].starts is ['reported']; give text",
        ),
        ("clocks = 5", "clocks is 5; give several in brackets"),
        ("calendars.a = { members = [] }", "calendars.a.members is []; give a list of names"),
        (
            """calendars.a = { members = ["b"] }
               calendars.b = { members = ["round the clock"] }""",
            "calendars.a.members[1] names 'b', which has members; a member is a calendar of its",
        ),
        (
            'calendars.a = { members = ["a"] }',
            "calendars.a.members[1] names 'a', which has members; a member is a calendar of its",
        ),
        ("series = 2026-03-02", "series is 2026-03-02; give text"),
        ("series = 07:30:00", "series is 07:30:00; give text"),
        ("late_entry = false", "late_entry is false: it is no duration"),
        (
            "series = [{ name = 'a', 'b c' = [true, 1.5], d = [{ e = [{}, []] }] }]",
            "series is [{ name = 'a', 'b c' = [true, 1.5], d = [{'e': [{}, []]}] }]; give text",
        ),
        (f"series = [{'true, ' * 99}]", "series is [true, true, true, true, true, "),
        ("resolution_codes = {}", "resolution_codes is {}; give several in brackets"),
        (
            'calendars.a = { members = ["round the clok"] }',
            "calendars.a.members[1] names the calendar 'round the clok'; did you mean 'round the",
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
        "unknown key 'auto_clos'; did you mean 'auto_close'?",
        "matrix is 'x'; known: glpi, itil, itop, servicenow, severity, severity_impact",
        "hold_reasons[1].name is 1; give text",
        f"late_entry is 5: it {HINT}",
        "calendars.b: week: it is never open; give the hours of at least one day",
        "retry_act is zero; an act that was refused would never rest",
        "series 'x' is no prefix; give ASCII capitals and digits",
    ] == list(found)


NO_PART = "no part of a target; give an exact fraction such as '3/4', no float"


def test_what_is_refused_when_it_is_made_hides_nothing_either() -> None:
    """The rest of it is made, and who names it is not told that it is missing."""
    found = problems(
        'clocks = [{ name = "ola", stops = "resolvd", warnings = "3", pausable = "no" }]\n'
        'retention = [{ keep = "1d", category = " " }]\n'
        'fields = [{ name = " " }]\n'
        'targets = [{ service = " ", team = " ", targets = { ola = "4h" } }]\n'
    )

    assert [
        "fields[1].name = ' ': is blank; give some visible text",
        "clocks[1].pausable is 'no'; give true or false",
        f"clocks[1].warnings = '3': is {NO_PART}",
        "targets[1].service = ' ': is blank; give some visible text",
        "targets[1].team = ' ': is blank; give some visible text",
        "retention[1].category = ' ': is blank; give some visible text",
        "clock 'ola' stops at 'resolvd'; did you mean 'resolved'?",
    ] == list(found)


def test_what_is_misspelt_hides_no_other_problem_of_its_row() -> None:
    """And nothing is said to be missing that was misspelt."""
    found = problems(
        'categories = ["mail"]\n'
        'routing = [{ when = {}, tem = "x", category = "mial" }, { when = {}, tem = "x" }]\n'
        'numbering = [{ when = { prioritty = 1 }, series = "sec", fo = 1 }]\n'
        'subscriptions = [{ audience = "team", kinds = [], chanel = "chat" }]\n'
    )

    assert [
        "subscriptions[1]: unknown key 'chanel'; did you mean 'channel'?",
        "numbering[1]: unknown key 'fo'; known: series, when",
        "routing[1]: unknown key 'tem'; did you mean 'team'?",
        "routing[2]: unknown key 'tem'; did you mean 'team'?",
        "subscriptions[1] names no kind of event; it would tell nobody",
        "route 'any': 'mial' is no category; did you mean 'mail'?",
        "series 'sec' is no prefix; give ASCII capitals and digits",
        "numbering 'prioritty 1' asks for 'prioritty'; did you mean 'priority'?",
    ] == list(found)


def test_who_names_what_is_wrong_is_not_told_that_it_is_missing() -> None:
    """And what else cannot work about it is found in the same look."""
    found = problems(
        'hold_reasons = [{ name = "a", need = "comment", pauses = "oops" }]\n'
        'clocks = [{ name = "ours", stops = "resolvd", on_change = "retro" }]\n'
        'fields = [{ name = "tier", type = 5 }]\n'
        'calendars.a = { wek = 1, week = { mon = "9" } }\n'
        'calendars.b.members = ["a"]\n'
        'targets = [{ targets = { ours = "4h" }, calendar = "a", fields = { tier = "gold" } }]\n'
    )

    assert [
        "hold_reasons[1]: unknown key 'need'; did you mean 'needs'?",
        "fields[1].type is 5; give text",
        "calendars.a: unknown key 'wek'; did you mean 'week'?",
        "calendars.a: week.mon: '9' is no span such as '09:00-17:30'",
        "clocks[1].on_change is 'retro': it is not in the set; did you mean 'retroactive'?",
        "clock 'ours' stops at 'resolvd'; did you mean 'resolved'?",
        "hold reason 'a' pauses 'oops'; known: ours, resolution, restoration",
    ] == list(found)


@given(st.timedeltas(min_value=timedelta(0)))
def test_a_duration_is_exact(span: timedelta) -> None:
    """What is shown is read as the same microseconds."""
    assert span == read_span(show_span(span), "within")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("4h", 240), ("15min", 15), ("2d 4h", 3120), ("90 min", 90), ("0s", 0), ("2h 30m", 150)],
)
def test_a_duration_is_read_as_people_write_it(text: str, minutes: int) -> None:
    """With or without a space before the unit."""
    assert timedelta(minutes=minutes) == read_span(text, "within")


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "4",
        "h",
        "1.5h",
        "4h2d",
        "4h 2d",
        "1h 1h",
        "-1h",
        " 4h",
        "4h ",
        "٤h",
        "4mi",
        "4M",
        4,
    ],
)
def test_what_is_no_duration_is_refused(text: object) -> None:
    """Nothing is rounded, added up or guessed."""
    with pytest.raises(InvalidInput, match="is no duration"):
        read_span(text, "within")


def test_calendars_clocks_and_targets_are_read() -> None:
    """As Python says them; shipped calendars need not be among them."""
    policy = read_policy(HOURS)
    office = Calendar(
        "office",
        zone="Europe/Berlin",
        week={"mon-thu": "09:00-12:00, 13:00-17:30", "fri": "22:00-06:00"},
        holidays=["12-25", "2026-05-01"],
        special={"2026-12-24": "09:00-12:00"},
    )

    assert (Union("both", (office, ROUND_THE_CLOCK)), office) == policy.calendars
    assert (
        ClockRule("ours", starts="triaged", stops="resolved", warnings=("2/3",), on_reopen="never"),
    ) == policy.clocks
    assert (
        TargetRow(
            priority=1,
            fields={"tier": "gold", "seats": 5, "vip": True},
            targets={"ours": Hours(1, 30)},
            calendar="both",
        ),
        TargetRow(service="mail", priority=1, targets={"ours": BusinessDays(2, "close")}),
        TargetRow(priority=2, targets={"ours": None}, calendar=office),
    ) == policy.targets
    assert policy == read_policy(write_policy(policy))


def test_the_usual_targets_have_their_calendars() -> None:
    """Beside those of the file, which need not give them."""
    policy = read_policy('calendars.a = { week = { mon = "09:00-17:00" } }')

    assert ["a"] == [each.name for each in policy.calendars]
    assert [*map(Policy().calendar, TARGETS)] == [*map(policy.calendar, policy.targets)]
    assert () == read_policy("[calendars]").calendars
    assert "\n[calendars]\n" in write_policy(Policy(calendars=()))


def test_clocks_of_a_file_stand_beside_the_shipped_ones() -> None:
    """One of the same name replaces it, and who names another is told of all."""
    ola = """
    [[clocks]]
    name = "ola"
    starts = "held:awaiting_vendor"
    stops = "resolved"
    [[clocks]]
    name = "response"
    stops = "acknowledged"
    """
    policy = read_policy(ola)
    rows = """
    [[targets]]
    targets = { ola = "4h", respons = "1h" }
    [[hold_reasons]]
    name = "awaiting_vendor"
    """

    assert ["ola", "response", *(each.name for each in CLOCKS[1:])] == [
        each.name for each in policy.clocks
    ]
    assert ("acknowledged",) == policy.clocks[1].stops
    assert CLOCKS[1:] == policy.clocks[2:]
    assert policy == read_policy(write_policy(policy))
    (problem,) = problems(ola + rows)
    assert problem.endswith("names the clock 'respons'; did you mean 'response'?")


def test_a_requirement_may_ask_for_a_shipped_clock() -> None:
    """As a target and a hold reason may; else it would be told that it is unknown."""
    policy = read_policy("""
    clocks = [{ name = "ola", stops = "resolved" }]
    targets = [{ targets = { ola = "1h" } }]
    hold_reasons = [{ name = "x" }]
    requirements = [{ because = "breached", within = "5d", clocks = ["resolution"] }]
    """)

    assert CLOCKS == policy.clocks[1:]
    assert policy == read_policy(write_policy(policy))


def test_clocks_that_nothing_asks_for_are_not_added() -> None:
    """So a policy without the shipped ones is written and read as it is."""
    ola = ClockRule("ola", stops="resolved")
    rows = (TargetRow(targets={"ola": Hours(4)}),)
    alone = Policy(clocks=(ola,), targets=rows, hold_reasons=())
    paused = HoldReason("parked", pauses="resolution")

    assert alone == read_policy(write_policy(alone))
    assert () == read_policy("clocks = []\ntargets = []\nhold_reasons = []").clocks
    assert CLOCKS == read_policy("clocks = []").clocks
    with pytest.raises(PolicyError, match="pauses 'resolution'"):
        Policy(clocks=(ola,), targets=rows, hold_reasons=(paused,))


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4h", Hours(4)),
        ("4 h 5 min", Hours(4, 5)),
        ("90min", Hours(minutes=90)),
        ("15m", Hours(minutes=15)),
        ("1h30min", Hours(1, 30)),
        ("1h 30m", Hours(1, 30)),
        ("1 business day, same time", BusinessDays(1, "same time")),
        ("12 business days, close", BusinessDays(12, "close")),
        ("none", None),
    ],
)
def test_an_amount_is_read_as_people_write_it(text: str, amount: Amount | None) -> None:
    """And shown so that it reads back."""
    assert amount == read_amount(text, "response")
    assert amount == read_amount(show_amount(amount), "response")


@pytest.mark.parametrize(
    "amount", ["", "0d", "4h  30min", " 30min", "4", "3 dais", 4, "1h ", "30min 1h", "4h 30", None]
)
def test_what_is_no_amount_is_refused(amount: object) -> None:
    """Nothing is guessed."""
    with pytest.raises(InvalidInput, match="is no amount; write it as '4h'"):
        read_amount(amount, "response")


@pytest.mark.parametrize(
    ("amount", "hint"),
    [
        ("1d", "a day has two meanings; write '24h' or '1 business day, close'"),
        ("2 d", "a day has two meanings; write '48h' or '2 business days, close'"),
        ("3 days", "a day has two meanings; write '72h' or '3 business days, close'"),
        ("40000d", "is more than a century; give less"),
    ],
)
def test_a_day_has_two_meanings(amount: str, hint: str) -> None:
    """It is open time or a date: which one has to be said."""
    with pytest.raises(InvalidInput, match=hint):
        read_amount(amount, "response")


def test_public_holidays_are_dates_by_country_and_year() -> None:
    """They come from a package, and stand in the policy as plain dates."""
    policy = read_policy("""
targets = []
[calendars.berlin]
week = { mon-fri = "09:00-17:00" }
holidays = { country = "DE", subdivision = "BE", years = [2026], also = ["12-24"] }
""")
    (calendar,) = policy.calendars
    assert isinstance(calendar, Calendar)

    assert {"2026-03-08", "2026-12-25", "12-24"} <= set(calendar.holidays)
    assert not any(day.startswith(("2025", "2027")) for day in calendar.holidays)
    assert policy == read_policy(write_policy(policy))


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ('{ country = "DEU", year = 2026 }', "unknown key 'year'; did you mean 'years'?"),
        (
            '{ country = "XQ", years = [2026] }',
            "calendars.a.holidays.country is 'XQ'; give one such as 'DE'",
        ),
        (
            '{ country = "de", years = [2026] }',
            "calendars.a.holidays.country is 'de'; did you mean 'DE'?",
        ),
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
    """Which is named with the path, beside every other problem."""
    monkeypatch.setitem(sys.modules, "holidays", None)
    week = 'week = { mon = "09:00-17:00" }'

    assert (
        f"calendars.a.holidays {MISSING}",
        "series 'x' is no prefix; give ASCII capitals and digits",
    ) == problems(
        f'series = "x"\n[calendars.a]\n{week}\nholidays = {{ country = "DE", years = [2026] }}'
    )
