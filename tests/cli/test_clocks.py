"""Clocks on the command line: how they stand, what is breached next, what lies ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import (
    Acknowledge,
    FieldRule,
    Hold,
    OverridePriority,
    Policy,
    Resolve,
    StakeholderUpdate,
)
from incidentflow.cli.forecasting import why
from incidentflow.cli.importing import load_named
from incidentflow.cli.style import Style
from incidentflow.cli.timeline import headline
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.desk import WindableDesk
from incidentflow.testing.rehearsal import Rehearsal

Run = Callable[..., Any]
Words = tuple[str, ...]
MODULE = """
from datetime import timedelta
from incidentflow import Calendar, Hours, Policy, TargetRow
from incidentflow.testing.desk import WindableDesk

OFFICE = Calendar("office", week={"mon-fri": "08:00-16:00"}, holidays=("2026-03-03",))
ROWS = (
    TargetRow(priority=1, targets={"response": Hours(minutes=15), "resolution": Hours(4)}),
    TargetRow(priority=2, targets={"resolution": Hours(6)}, calendar=OFFICE),
    TargetRow(priority=3, targets={"resolution": Hours(40)}),
)
desk = WindableDesk(policy=Policy(targets=ROWS, requirements=()))
"""
HIGH = {"impact": "high", "urgency": "high", "by": "monitor:probe"}
REQUESTER = Hold(by="bo", reason="awaiting_requester", comment="asked")
CLOCK_KEYS = {
    *("clock", "cycle", "row", "target", "started_at", "status", "paused", "out_of_hours", "due"),
    *("due_if_resumed", "elapsed_us", "remaining_us", "warned", "breached_at", "unrecorded"),
    *("verdict", "claimed", "retroactive", "relieved", "ended_at", "stopped_by"),
}
HOUR_US = 3_600_000_000
LOW = {"confidence": "low"}


@pytest.mark.parametrize(
    ("hours", "more", "shown"),
    [
        ((4,), {}, "2026-03-02 12:00Z, internal"),
        (
            (4, 6),
            {"confidence": "low"},
            "2026-03-02 14:00Z, low confidence, internal, slipped once",
        ),
        ((4, 6, 7), {"eta_audience": "public"}, "2026-03-02 15:00Z, public, slipped 2 times"),
    ],
)
def test_when_it_is_expected_to_be_over_is_shown(
    hours: tuple[int, ...], more: dict[str, Any], shown: str
) -> None:
    """The latest estimate, as long as it is not over, and how often it slipped (rule C2)."""
    played = Rehearsal()
    played.report()
    for each in hours:
        eta = MONDAY + timedelta(hours=each)
        played.do(StakeholderUpdate(by="bo", text="on it", eta=eta, **more))
    lines = headline(played.incident, Style())
    played.do(Resolve(by="bo", code="fixed", note="n"))

    assert any(line.split() == ["expected", *shown.split()] for line in lines)
    assert "expected" not in " ".join(headline(played.incident, Style()))


@pytest.fixture
def place(tmp_path: Path) -> Words:
    """Write a desk whose clock is wound by hand, and say how to name it."""
    name = tmp_path.name.replace("-", "_")
    (tmp_path / f"{name}.py").write_text(MODULE, "utf-8")
    return "--desk", f"{name}:desk"


@pytest.fixture
def desk(place: Words) -> WindableDesk:
    """Give that desk."""
    found = load_named(place[1], "desk")
    assert isinstance(found, WindableDesk)
    return found


def cells(line: str) -> list[str]:
    """Part a row of a table into its cells."""
    return [cell.strip() for cell in line.split("  ") if cell.strip()]


def clocks_of(out: str) -> list[list[str]]:
    """Read the table of clocks that is shown, cell by cell."""
    lines = out.splitlines()
    first = next(place for place, line in enumerate(lines) if line.startswith("  CLOCK "))
    last = lines.index("", first)
    return [cells(line) for line in lines[first + 1 : last]]


def test_every_clock_is_shown_as_it_stands(run: Run, desk: WindableDesk, place: Words) -> None:
    """Name, target, due, what is left, of what it warned, and its verdict."""
    desk.report("Mail", **HIGH)
    desk.advance(hours=3)
    rows = clocks_of(run("show", "INC-0000001", *place).out)

    assert [
        "response|P1: 15 min|2026-03-02 08:15Z|2h 45m over|running|open|9/10|breached",
        "resolution|P1: 4 h|2026-03-02 12:00Z|1h|running|open|3/4|-",
    ] == ["|".join(row) for row in rows]


def test_paused_and_out_of_hours_are_shown_apart(
    run: Run, desk: WindableDesk, place: Words
) -> None:
    """On a holiday a paused clock is paused and closed, on the day after paused and open (K14)."""
    mail = desk.report("Mail", **{**HIGH, "urgency": "medium"})
    desk.apply(mail, Acknowledge(by="bo"))
    desk.advance(hours=2)
    desk.apply(mail, REQUESTER)
    for day, hours, due in ((1, "closed", "2026-03-04 12:00Z"), (2, "open", "2026-03-04 14:00Z")):
        desk.tick_until(MONDAY + timedelta(days=day, hours=2))
        outcome = run("show", "INC-0000001", *place)
        ((name, target, shown, left, *stands),) = clocks_of(outcome.out)
        (data,) = run("show", "INC-0000001", "--json", *place).data["clocks"]

        assert ["resolution", "P2: 6 h"] == [name, target]
        assert f"{due} if resumed now" == shown
        assert "4h" == left
        assert ["paused", hours, "-", "-"] == stands
        assert (True, hours == "closed", None) == (
            data["paused"],
            data["out_of_hours"],
            data["due"],
        )
        assert f"{due[:10]}T{due[11:16]}:00+00:00" == data["due_if_resumed"]


def test_verdicts_are_shown_as_recorded_and_as_claimed(
    run: Run,
    desk: WindableDesk,
    place: Words,
) -> None:
    """With what is odd about them: looking back, relieved, and former cycles."""
    desk.report("Late", **HIGH)
    desk.advance(minutes=20)
    desk.apply("INC-0000001", Acknowledge(by="bo", at=MONDAY + timedelta(minutes=5)))
    late = run("show", "INC-0000001", *place).out
    assert "breached, claimed met" in late

    desk.report("Back", by="ana", impact="medium", urgency="medium")
    desk.advance(hours=39)
    desk.apply("INC-0000002", OverridePriority(by="bo", priority=1, reason="boss"))
    back = clocks_of(run("show", "INC-0000002", *place).out)
    assert ["superseded", "-", "9/10", "-"] == back[0][4:]
    assert "breached, retroactive" == back[-1][-1]

    desk.report("Eased", **HIGH)
    desk.advance(hours=3, minutes=30)
    desk.apply("INC-0000003", OverridePriority(by="bo", priority=3, reason="eased"))
    assert "relieved" in run("show", "INC-0000003", *place).out


def test_clocks_are_data_too(run: Run, desk: WindableDesk, place: Words) -> None:
    """Every key is always there; durations are whole microseconds."""
    desk.report("Mail", **HIGH)
    desk.advance(hours=1)
    desk.apply("INC-0000001", Acknowledge(by="bo"))
    desk.apply("INC-0000001", Resolve(by="bo", code="fixed", note="done"))
    desk.advance(hours=1)
    response, resolution = run("show", "INC-0000001", "--json", *place).data["clocks"]

    assert CLOCK_KEYS == set(response) == set(resolution)
    assert ("response", "breached", None, "9/10", False) == (
        *(response["clock"], response["verdict"], response["claimed"]),
        *(response["warned"], response["unrecorded"]),
    )
    assert ("stopped", "resolved", "met", None) == (
        *(resolution["status"], resolution["stopped_by"], resolution["verdict"]),
        resolution["out_of_hours"],
    )
    assert (HOUR_US, 3 * HOUR_US) == (resolution["elapsed_us"], resolution["remaining_us"])


def test_a_breach_that_nobody_recorded_is_told_as_one(
    run: Run,
    desk: WindableDesk,
    place: Words,
) -> None:
    """Without a worker the due instant goes by all the same (rule K2)."""
    desk.report("Mail", **HIGH)
    desk.clock.set(MONDAY + timedelta(hours=1))
    rows = clocks_of(run("show", "INC-0000001", *place).out)
    listed = run("list", "--breaches-within", "0s", *place).out

    assert "breached, not recorded yet" == rows[0][-1]
    assert "-" == rows[1][-1]
    assert ["response", "45m", "over", "Mail"] == listed.splitlines()[1].split()[-4:]
    assert run("show", "INC-0000001", "--json", *place).data["clocks"][0]["unrecorded"]


def test_what_is_breached_next_is_listed_the_soonest_first(
    run: Run,
    desk: WindableDesk,
    place: Words,
) -> None:
    """By the due instant of the clock, not by the next warning; with its name and what is left."""
    desk.report("Long", by="ana", impact="medium", urgency="medium")
    desk.advance(hours=19, minutes=59)
    desk.report("Paused", **HIGH, team="net")
    desk.apply("INC-0000002", Acknowledge(by="bo"))
    desk.apply("INC-0000002", REQUESTER)
    desk.report("Quick", **HIGH, service="mail")
    desk.report("Taken", Acknowledge(by="bo"), **HIGH)
    within = ("--breaches-within", "4h", "--sort", "due")
    outcome = run("list", *within, *place)
    titles, *rows, told = (line.split() for line in outcome.out.splitlines())

    assert ["DUE", "CLOCK", "LEFT", "TITLE"] == titles[-4:]
    assert [
        ["2026-03-03", "04:14Z", "response", "15m", "Quick"],
        ["2026-03-03", "07:59Z", "resolution", "4h", "Taken"],
    ] == [row[-5:] for row in rows]
    assert ["2", "incidents", "in"] == told[:3]
    assert "with a breach by 2026-03-03 07:59Z." == " ".join(told[-6:])

    assert "Long" in run("list", "--breaches-within", "1d", *place).out
    filtered = run("list", *within, "--service", "mail", *place).out
    assert "Quick" in filtered
    assert "Taken" not in filtered
    first = run("list", *within, "--limit", "1", *place).out
    assert "There are more: --limit 2" in first
    assert "Taken" not in first


def test_what_is_breached_next_is_data_too(run: Run, desk: WindableDesk, place: Words) -> None:
    """The incident, and the clock that is meant."""
    desk.report("Quick", **HIGH)
    data = run("list", "--breaches-within", "30m", "--json", *place).data

    assert 1 == data["found"]
    assert CLOCK_KEYS == set(data["incidents"][0]["next_breach"])
    assert 15 * HOUR_US // 60 == data["incidents"][0]["next_breach"]["remaining_us"]
    assert {"incidents": [], "found": 0} == run(
        "list", "--breaches-within", "1m", "--json", *place
    ).data
    assert "0 incidents" in run("list", "--breaches-within", "1m", *place).out


def test_many_breaches_are_listed_in_order_over_all_pages(
    run: Run,
    desk: WindableDesk,
    place: Words,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What warns first is not what is due first; still nothing is missed."""
    monkeypatch.setattr("incidentflow.cli.breaching.PAGE", 2)
    for minutes in range(5):
        desk.clock.set(MONDAY + timedelta(minutes=minutes))
        desk.report(f"T{minutes}", **HIGH)
    desk.report("Slow", by="ana", impact="medium", urgency="medium")
    outcome = run("list", "--breaches-within", "1h", *place)

    assert [f"T{minutes}" for minutes in range(5)] == [
        line.split()[-1] for line in outcome.out.splitlines()[1:-1]
    ]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--breaches-within", "soon"), "breaches_within = 'soon': is no duration"),
        (("--breaches-within", "999999999d"), "lies too far ahead"),
        (("--breaches-within", "1h", "--order", "newest"), "does not go with --breaches-within"),
        (("--breaches-within", "1h", "--after", "1:x"), "does not go with --breaches-within"),
        (("--breaches-within", "1h", "--limit", "0"), "limit = 0"),
        (("--breaches-within", "1h", "--state", "nwe"), "did you mean 'new'"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_cannot_be_listed_is_refused(
    words: Words,
    problem: str,
    run: Run,
    place: Words,
) -> None:
    """And nothing is listed."""
    outcome = run("list", *words, *place)

    assert (2, "") == (outcome.code, outcome.out)
    assert problem in outcome.err


def test_a_forecast_says_what_happens_when_and_why(
    run: Run,
    desk: WindableDesk,
    place: Words,
) -> None:
    """Up to the instant asked for, and nothing is changed."""
    desk.report("Mail", **HIGH)
    desk.advance(minutes=14)
    before = desk.get("INC-0000001")
    titles, *rows, told = run("forecast", "INC-0000001", "--until", "2h", *place).out.splitlines()

    assert ["WHEN", "IN", "STATE", "WHAT", "WHY"] == titles.split()
    start = "from 2026-03-02 08:00Z"
    assert [
        f"2026-03-02 08:15Z|1m|response target breached|P1: 15 min {start}",
        f"2026-03-02 10:00Z|1h 46m|resolution target: 1/2 used up|P1: 4 h {start}",
    ] == ["|".join(cells(row)) for row in rows]
    assert "2 things happen to INC-0000001 until 2026-03-02 10:14Z if nobody acts." == told
    assert before == desk.get("INC-0000001")


def test_a_forecast_tells_holds_closing_and_reviews(
    run: Run,
    desk: WindableDesk,
    place: Words,
) -> None:
    """What ends a hold, what closes, and the state that follows; until an instant, too."""
    desk.report("Held", **HIGH)
    desk.apply("INC-0000001", Acknowledge(by="bo"))
    until = MONDAY + timedelta(days=2)
    desk.apply("INC-0000001", Hold(by="bo", reason="scheduled", until=until, agreed=True))
    held = run("forecast", "INC-0000001", "--until", "2026-03-04T09:00+00:00", *place).out
    assert "in_progress" in held
    assert "on hold since 2026-03-02 08:00Z: scheduled" in held
    assert "P1: 4 h from 2026-03-02 08:00Z, paused" in held

    desk.report("Done", Acknowledge(by="bo"), by="ana")
    desk.apply("INC-0000002", Resolve(by="bo", code="fixed", note="done"))
    assert (
        "resolved 2026-03-02 08:00Z, and closes by itself"
        in run("forecast", "INC-0000002", *place).out
    )
    data = run("forecast", "INC-0000002", "--json", *place).data
    assert ["closed"] == [each["to"] for each in data["ahead"]]
    assert "2026-04-02T08:00:00+00:00" == data["until"]
    assert "0 things happen" in run("forecast", "INC-0000002", "--until", "1h", *place).out


def test_a_forecast_of_a_review_says_so(run: Run) -> None:
    """And what follows from another thing, and what was due before now."""
    run("report", "Dark", "--impact", "high", "--urgency", "high")
    out = run("forecast", "INC-0000001", "--until", "31d").out

    assert "a review was required and is not completed" in out
    assert "follows from that" in out


def test_what_would_be_refused_is_foreseen() -> None:
    """It is due, and postponed with the reason."""
    survey = FieldRule("survey", required_at="close")
    life = Rehearsal(policy=Policy(fields=(survey,), targets=(), requirements=()))
    life.report()
    life.do(Resolve(by="bo", code="fixed", note="done"))
    first, *_ = life.forecast(MONDAY + timedelta(days=6))

    assert ("act_postponed", "was due then, and would be refused") == (
        first.kind,
        why(first, life.incident),
    )


def test_what_was_due_before_now_is_told_so(run: Run, desk: WindableDesk, place: Words) -> None:
    """Nobody ticked; it happens with the next tick, at its own instant."""
    desk.report("Mail", **HIGH)
    desk.clock.set(MONDAY + timedelta(minutes=10))
    out = run("forecast", "INC-0000001", "--until", "4m", *place).out

    assert "2026-03-02 08:07Z  past due" in out
    assert "2026-03-02 08:13Z  3m 30s" in out


@pytest.mark.parametrize(
    ("until", "problem"),
    [
        ("tomorrow", "is no instant, such as 2026-03-02T08:30Z, nor how far ahead one lies: 30m"),
        ("10", "nor how far ahead"),
        ("2026-03-04T09:00", "has no time zone"),
        ("2026-3-4", "is no instant"),
        ("999999999d", "lies too far ahead"),
        ("2026-03-01T00:00Z", "lies behind, as it is 2026-03-02 08:00Z; give an instant ahead"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_until_is_an_instant_ahead_or_a_span(
    until: str, problem: str, run: Run, place: Words
) -> None:
    """Anything else is refused, with what would do."""
    outcome = run("forecast", "INC-0000001", "--until", until, *place)

    assert (2, "") == (outcome.code, outcome.out)
    assert f"until = '{until}': " in outcome.err
    assert problem in outcome.err


def test_what_is_sorted_by_what_is_due_shows_when(
    run: Run, desk: WindableDesk, place: Words
) -> None:
    """The next thing of any kind, as a warning; by the newest first there is no such column."""
    desk.report("Mail", **HIGH, service="mail")
    titles, row, _ = run("list", "--sort", "due", *place).out.splitlines()

    assert ["WITH", "DUE", "TITLE"] == titles.split()[-3:]
    assert ["2026-03-02", "08:07Z", "Mail"] == row.split()[-3:]
    assert "DUE" not in run("list", *place).out


@pytest.mark.parametrize("named", ["json:dumps", "builtins:type"])
def test_a_function_that_wants_arguments_makes_no_desk(named: str, run: Run) -> None:
    """It is refused, with what would do."""
    outcome = run("list", "--desk", named)

    assert (2, "") == (outcome.code, outcome.out)
    assert f"desk = '{named}': wants arguments; name a desk, or a function" in outcome.err


def test_cycles_are_numbered(run: Run, desk: WindableDesk, place: Words) -> None:
    """A clock that starts anew says which cycle it is."""
    desk.report("Mail", by="ana", impact="high", urgency="high")
    for hours in (5, 6):
        told = StakeholderUpdate(
            by="ana", text="working on it", next_update_at=MONDAY + timedelta(hours=hours)
        )
        desk.apply("INC-0000001", told)
    out = run("show", "INC-0000001", *place).out

    assert "promised update, due 2026-03-02 14:00Z" in out
    assert ["promised_update (2)", "promised", "2026-03-02 14:00Z"] == clocks_of(out)[-1][:3]
