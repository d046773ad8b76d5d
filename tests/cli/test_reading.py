"""List, show, options, verify and describe from the command line."""

from __future__ import annotations

import io
import sqlite3
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from incidentflow import (
    ITIL,
    Acknowledge,
    Advance,
    Hold,
    IncidentDesk,
    Note,
    Resolve,
    State,
    Step,
)
from incidentflow.cli import main
from incidentflow.cli.style import Style, aligned
from incidentflow.testing.clock import ManualClock

Run = Callable[..., Any]


LIST_KEYS = {"incidents", "after"}
SHOW_KEYS = {"incident", "clocks", "timeline", "ahead"}
ENTRY_KEYS = {
    *("kind", "text", "sequence", "at", "recorded_at", "by"),
    *("event", "to", "due", "warnings", "source_sequence"),
}
INCIDENT_KEYS = {"number", "id", "tenant", "state", "version", "title", "priority", "fields"}


def write(statement: str) -> None:
    """Change the database behind the library's back."""
    connection = sqlite3.connect("incidents.db")
    connection.execute(statement)
    connection.commit()
    connection.close()


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Claim to be one."""
        return True


SHELF = """
from incidentflow.hookspecs import hookimpl
from incidentflow.stores import MemoryStore

STORE = MemoryStore()

@hookimpl
def incidentflow_stores():
    return {"shelf": lambda url: STORE}
"""
TELLTALE = """
from incidentflow import IncidentDesk
from incidentflow.hookspecs import hookimpl

class Full:
    @hookimpl
    def incidentflow_observers(self):
        return [self]

    def observe(self, incident, entries):
        raise OSError("no space")

desk = IncidentDesk(plugins=[Full()])
"""


@pytest.fixture
def three(run: Run) -> None:
    """Report three incidents."""
    run("report", "One", "--service", "mail", "--impact", "high", "--urgency", "high")
    run("report", "Two", "--service", "web", "--team", "web", "--impact", "low", "--urgency", "low")
    run("report", "Three", "--service", "mail", "--to", "in_progress")


@pytest.mark.usefixtures("three")
def test_a_list_shows_the_newest_first(run: Run) -> None:
    """One line each, below a line of titles."""
    outcome = run("list")
    lines = outcome.out.splitlines()

    assert 0 == outcome.code
    assert ["NUMBER", "STATE", "PRIO", "SERVICE", "WITH", "TITLE"] == lines[0].split()
    assert ["INC-0000003", "in_progress", "-", "mail", "ana", "Three"] == lines[1].split()
    assert ["INC-0000002", "new", "P5", "web", "web", "Two"] == lines[2].split()
    assert "3 incidents in sqlite:///incidents.db." == lines[-1]


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("words", "titles"),
    [
        (("--state", "new"), ["Two", "One"]),
        (("--state", "new", "--state", "in_progress"), ["Three", "Two", "One"]),
        (("--category", "open"), ["Three"]),
        (("--priority", "P1"), ["One"]),
        (("--priority", "5"), ["Two", "One"]),
        (("--service", "mail"), ["Three", "One"]),
        (("--team", "web"), ["Two"]),
        (("--assignee", "ana"), ["Three"]),
        (("--order", "due"), ["One"]),
        (("--tenant", "acme"), []),
    ],
)
def test_a_list_is_filtered(words: tuple[str, ...], titles: list[str], run: Run) -> None:
    """Everything that is given must fit."""
    data = run("list", "--json", *words).data

    assert LIST_KEYS == set(data)
    assert titles == [each["title"] for each in data["incidents"]]


@pytest.mark.usefixtures("three")
def test_a_list_goes_on_where_the_page_before_ended(run: Run) -> None:
    """The cursor of one page is the beginning of the next."""
    first = run("list", "--limit", "2", "--json").data
    second = run("list", "--limit", "2", "--after", first["after"], "--json").data

    assert ["Three", "Two"] == [each["title"] for each in first["incidents"]]
    assert ["One"] == [each["title"] for each in second["incidents"]]
    assert second["after"] is None
    assert f"There may be more: --after {first['after']}" in run("list", "--limit", "2").out


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--state", "new", "--state", "resolvd"), "did you mean 'resolved'?"),
        (("--state", "?"), "known: cancelled, closed, in_progress"),
        (("--category", "opn"), "did you mean 'open'?"),
        (("--order", "newst"), "did you mean 'newest'?"),
        (("--limit", "0"), "limit = 0"),
        (("--priority", "P9"), "is not on the scale"),
        (("--after", "x"), "is no cursor"),
        (("--after", "x:y"), "is no cursor"),
        (("--field", "tier=gold"), "is no declared field; name the policy that declares it with -"),
    ],
)
def test_a_list_refuses_what_it_does_not_know(
    words: tuple[str, ...], problem: str, run: Run
) -> None:
    """A filter that can never fit is a mistake, not an empty list."""
    outcome = run("list", *words)

    assert (2, "") == (outcome.code, outcome.out)
    assert problem in outcome.err


@pytest.mark.usefixtures("three")
def test_a_state_that_only_incidents_still_have_is_listed(run: Run) -> None:
    """Those that an earlier lifecycle left behind are found (rule L12); empty states too."""
    ours = ITIL.extend(
        State("contained", "open", marks={"restored"}),
        Step("contain", "new", "contained"),
        Step("resolve", "contained", "resolved"),
    )
    with IncidentDesk("sqlite:///incidents.db", lifecycle=ours) as desk:
        desk.apply("INC-0000002", Advance(by="ana", step="contain"))
    data = run("list", "--json", "--state", "contained").data

    assert ["Two"] == [each["title"] for each in data["incidents"]]
    assert [] == run("list", "--json", "--state", "merged").data["incidents"]


@pytest.mark.usefixtures("three")
def test_an_empty_list_says_so(run: Run) -> None:
    """No table without rows."""
    assert "0 incidents in sqlite:///incidents.db.\n" == run("list", "--tenant", "acme").out


def test_an_incident_is_shown_with_its_timeline(run: Run) -> None:
    """How it stands, what happened by day, and what will happen if nobody acts."""
    clock = ManualClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    with IncidentDesk("sqlite:///incidents.db", clock=clock) as desk:
        mail = desk.report(
            "Mail queue stuck",
            by="monitor:probe-3",
            impact="high",
            urgency="high",
            items=("mx1", "mx2"),
            service="mail",
        )
        clock.advance(days=1, minutes=4)
        desk.apply(mail, Acknowledge(by="ana"))
        desk.apply(mail, Note(by="ana", text="first line\nsecond line"))
        until = clock.advance(hours=1).replace(hour=20, minute=0)
        desk.apply(mail, Hold(by="ana", reason="scheduled", until=until))
    lines = run("show", "INC-0000001").out.splitlines()

    assert "INC-0000001  Mail queue stuck" == lines[0]
    assert "  priority  P1 (impact high, urgency high)" in lines
    assert "  items     mx1, mx2" in lines
    assert "  on hold   scheduled, since 2026-03-03 09:04Z, until 2026-03-03 20:00Z" in lines
    (review,) = (line for line in lines if line.startswith("  review    "))
    assert review.startswith("  review    required; required (priority) by 2026-03-12 08:00Z")
    assert "required (breached) by 2026-03-12 12:00Z" in review
    assert "  Mon 2026-03-02 UTC" in lines
    assert "    08:00  monitor:probe-3  new          reported: Mail queue stuck" in lines
    place = lines.index("    08:04  ana              in_progress  acknowledged; ana works on it")
    assert "  Tue 2026-03-03 UTC" == lines[place - 1]
    assert "response target breached, 23 hours 49 minutes over" in lines[place + 1]
    assert "    08:04  ana                           note: first line" == lines[place + 2]
    assert " " * 41 + "second line" == lines[place + 3]


@pytest.mark.usefixtures("three")
def test_what_lies_ahead_is_shown(run: Run) -> None:
    """A promise to close, or a review that falls due, is told before it happens."""
    out = run("show", "INC-0000001").out

    assert "Ahead, if nobody acts" in out
    assert "review overdue (priority)" in out
    assert "Ahead" not in run("show", "INC-0000002").out


def test_what_is_odd_is_said_once(run: Run) -> None:
    """Late entries, and acts that came late, carry both times; a consequence does not repeat it."""
    clock = ManualClock(datetime(2026, 3, 2, 8, tzinfo=UTC))
    with IncidentDesk("sqlite:///incidents.db", clock=clock) as desk:
        dark = clock.now()
        clock.advance(minutes=25)
        desk.report(
            "Dark",
            by="otto",
            at=dark,
            to="resolved",
            code="fixed",
            note="done",
            impact="low",
            urgency="low",
        )
        clock.advance(days=7)
        desk.tick()
    out = run("show", "INC-0000001").out

    assert 1 == out.count("[late entry, recorded 2026-03-02 08:25Z]")
    assert "[due 2026-03-07 08:00Z]" in out


def test_everything_about_an_incident_is_shown(run: Run, own_desk: str) -> None:
    """Each part of the incident has its line, and only what is known."""
    desk = ("--desk", f"{own_desk}:desk")
    number = run(
        *("report", "Worm", "--impact", "low", "--urgency", "low", "--to", "in_progress", *desk),
        *("--category", "security", "--customer", "acme", "--location", "lab", "--team", "csirt"),
        *("--requester", "eva", "--field", "tier=gold", "--json"),
    ).data["number"]
    apply = ("apply", number)
    run(*apply, "set_substatus", "--label", "analysing", *desk)
    run(*apply, "override_priority", "--priority", "2", "--reason", "press", *desk)
    run(*apply, "identify", "--cause", "a mail", *desk)
    run(*apply, "propose_major", "--reason", "spreads", *desk)
    proposed = run("show", number, *desk).out
    roles = ("--incident-manager", "mia", "--communications-lead", "noor")
    run(*apply, "accept_major", "--business-impact", "all", *roles, *desk)
    out = run("show", number, *desk).out

    for words in (
        "in_progress, analysing, since",
        "P2 (overridden)",
        "category   security",
        "customer   acme",
        "location   lab",
        "team       csirt",
        "assignee   ana",
        "requester  eva",
        "tier       gold",
        "major      mia manages, noor communicates",
        "cause      a mail",
        "blocks closing",
    ):
        assert words in out
    assert "major      proposed" in proposed


@pytest.mark.usefixtures("three")
def test_an_incident_is_shown_to_programs(run: Run) -> None:
    """The whole incident and each entry, with every key."""
    data = run("show", "INC-0000001", "--json").data

    assert SHOW_KEYS == set(data)
    assert set(data["incident"]) >= INCIDENT_KEYS
    assert all(ENTRY_KEYS == set(each) for each in (*data["timeline"], *data["ahead"]))
    first = data["timeline"][0]
    assert ("reported", "reported: One", "new", None) == (
        *(first["kind"], first["text"], first["to"], first["due"]),
    )
    assert {"kind": "person", "id": "ana", "name": ""} == first["by"]
    assert "high" == first["event"]["impact"]
    assert {"clock_warned", "clock_breached", "requirement_raised", "review_overdue"} == {
        each["kind"] for each in data["ahead"]
    }


def test_a_long_name_takes_a_line_of_its_own(run: Run) -> None:
    """The columns stay narrow, whatever actors are called."""
    name = "monitor:a-probe-with-a-very-long-name-indeed"
    run("report", "Long", "--by", name)
    lines = run("show", "INC-0000001").out.splitlines()
    place = next(n for n, line in enumerate(lines) if name in line)

    assert lines[place].endswith(name)
    assert lines[place + 1].split() == ["new", "reported:", "Long"]


@pytest.mark.usefixtures("three")
def test_options_say_what_may_be_done(run: Run) -> None:
    """Open, open with inputs as options of the command line, closed because."""
    outcome = run("options", "INC-0000001", "--by", "bo")

    assert 0 == outcome.code
    assert "INC-0000001 is new. For bo:" in outcome.out
    assert "acknowledge  -> in_progress" in outcome.out
    assert "--code --note" in outcome.out
    assert "it is not resolved; resolve or cancel it first" in outcome.out


def test_options_of_what_is_over_are_few(run: Run) -> None:
    """Kinds of which there is none are left out."""
    run("report", "x", "--to", "resolved", "--code", "fixed", "--note", "done")
    run("apply", "INC-0000001", "close")
    out = run("options", "INC-0000001").out

    assert "closed\n  reopen" in out
    assert "open with inputs" not in out


@pytest.mark.usefixtures("three")
def test_options_are_data_too(run: Run) -> None:
    """A program learns the inputs and the codes of what is missing."""
    data = run("options", "INC-0000001", "--json").data
    resolve = next(each for each in data["options"] if each["trigger"] == "resolve")

    assert {"incident", "state", "by", "options"} == set(data)
    assert {"trigger", "to", "openness", "inputs", "because"} == set(resolve)
    assert ["code", "note"] == resolve["inputs"]
    assert {"code", "text", "inputs"} == set(resolve["because"][0])


def test_options_name_own_fields(run: Run, tmp_path: Path) -> None:
    """An own field that a step needs is an option as well."""
    (tmp_path / "needs_tier.py").write_text(
        "from incidentflow import FieldRule, IncidentDesk, Policy\n"
        "policy = Policy(fields=(FieldRule('tier', required_at='resolve'),))\n"
        "desk = IncidentDesk(policy=policy)\n"
    )
    run("report", "x", "--desk", "needs_tier:desk")

    assert "--field tier=..." in run("options", "INC-0000001", "--desk", "needs_tier:desk").out


@pytest.mark.usefixtures("three")
def test_a_sound_store_is_verified(run: Run) -> None:
    """It says what was checked."""
    outcome = run("verify")

    assert 0 == outcome.code
    said = "3 incidents and their desk with 12 journal entries checked: every chain holds"
    assert said in outcome.out
    assert "1 incident with" in run("verify", "INC-0000002").out
    assert {
        "incidents": 3,
        "entries": 12,
        "broken": [],
        "desks": 1,
        "sources": 0,
        "snapshots": 4,
        "holds": True,
    } == (run("verify", "--json").data)


@pytest.mark.usefixtures("three")
def test_a_changed_journal_is_found(run: Run) -> None:
    """The incident and the first wrong entry are named, with exit code 1."""
    write(
        "UPDATE incidentflow_entry SET body = replace(body, 'ITIL', 'LITI') WHERE sequence = 2 "
        "AND subject IN (SELECT row FROM incidentflow_subject WHERE kind = 'incident')"
    )
    outcome = run("verify")

    assert 1 == outcome.code
    assert "12 journal entries checked: 1 journal broken" in outcome.out
    assert "INC-0000001: broken at entry 2: " in outcome.out
    data = run("verify", "INC-0000001", "--json").data
    assert [("INC-0000001", 2)] == [(each["incident"], each["sequence"]) for each in data["broken"]]
    assert not data["holds"]


@pytest.mark.usefixtures("three")
def test_a_changed_snapshot_is_found(run: Run) -> None:
    """Also one that cannot be read, whose number is then unknown."""
    write("UPDATE incidentflow_subject SET snapshot = x'7B7D' WHERE number = 'INC-0000001'")
    outcome = run("verify")

    assert 1 == outcome.code
    assert ": broken at the snapshot: " in outcome.out
    unreadable = run("show", "INC-0000001")
    assert (1, "") == (unreadable.code, unreadable.out)
    assert "[journal.unreadable] the snapshot of" in unreadable.err


@pytest.mark.usefixtures("three")
def test_a_desk_is_described(run: Run, own_desk: str) -> None:
    """Release, store, lifecycle and incidents in states it does not have."""
    out = run("describe").out
    data = run("describe", "--json").data

    assert "store           sqlite:///incidents.db" in out
    assert "unknown states  none" in out
    assert {"version", "tenant", "store", "capabilities", "lifecycle"} <= set(data)
    assert {} == data["strangers"]
    desk = f"{own_desk}:desk"
    run("report", "Worm", "--to", "in_progress", "--desk", desk)
    assert "contained" in run("describe", "--desk", desk).out


def test_installed_plugins_bring_stores(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By name, or all of them; what they are is described, and what failed."""
    info = tmp_path / "incidentflow_shelf-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: incidentflow-shelf\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[incidentflow]\nshelf = cli_shelf\n")
    (tmp_path / "cli_shelf.py").write_text(SHELF)
    monkeypatch.syspath_prepend(tmp_path)
    for name in ("shelf", "installed"):
        where = ("--store", "shelf:top", "--plugin", name)

        assert 0 == run("report", "Mail is down", *where).code
        described = run("describe", *where).out
        assert "plugin          shelf 1.2: incidentflow_stores" in described
    unknown = run("list", "--store", "shelf:top")
    assert "shelf:…: is no known kind of store" in unknown.err
    assert 2 == unknown.code


def test_a_desk_tells_which_plugin_failed_lately(run: Run, tmp_path: Path) -> None:
    """And how."""
    (tmp_path / "told.py").write_text(TELLTALE, "utf-8")
    run("report", "Mail is down", "--desk", "told:desk")
    described = run("describe", "--desk", "told:desk").out

    assert "plugin          Full: incidentflow_observers" in described
    assert "fault           plugin 'Full', observe: OSError: 'no space'" in described


@pytest.mark.usefixtures("three")
def test_strangers_are_counted(run: Run) -> None:
    """Incidents in states the lifecycle does not have are told (rule L12)."""
    with IncidentDesk("sqlite:///incidents.db") as desk:
        desk.apply("INC-0000003", Resolve(by="ana", code="fixed", note="done"))
    write("UPDATE incidentflow_subject SET state = 'gone' WHERE number = 'INC-0000003'")

    assert "unknown states  resolved (1)" in run("describe").out


@pytest.mark.usefixtures("three")
def test_a_terminal_gets_colour_that_carries_nothing_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR takes away escape sequences, and nothing else."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    shown = []
    for no_color in ("", "1"):
        monkeypatch.setenv("NO_COLOR", no_color)
        monkeypatch.setattr(sys, "stdout", Terminal())
        assert 0 == main(["show", "INC-0000001"])
        shown.append(sys.stdout.getvalue())
    coloured, plain = shown

    assert "\033[1mINC-0000001\033[0m" in coloured
    assert "\033" not in plain
    for code in ("\033[0m", "\033[1m", "\033[2m"):
        coloured = coloured.replace(code, "")
    assert [line.rstrip() for line in coloured.splitlines()] == plain.splitlines()


def test_columns_are_aligned() -> None:
    """The last column is as long as it likes."""
    assert ["a    b", "ccc  dddd"] == aligned([("a", "b"), ("ccc", "dddd")])


def test_text_is_wrapped_where_it_fits() -> None:
    """Line breaks stay, long lines are broken, blank ones are kept."""
    assert ["> one", "> ", "> two"] == Style(width=60).wrap("one\n\ntwo", "> ")
    assert 2 == len(Style(width=60).wrap("word " * 20))


def test_what_happened_and_what_is_closed_reads_in_another_language(
    run: Run, reported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an option, or by the environment, which refusals follow too (rule C7)."""
    shown = run("show", reported, "--language", "de").out
    options = run("options", reported, "--language", "de").out
    monkeypatch.setenv("INCIDENTFLOW_LANGUAGE", "de")
    refused = run("apply", reported, "resolve")

    assert "gemeldet: Mail queue stuck" in shown
    assert "er ist nicht gelöst; erst lösen oder stornieren" in options
    assert "gemeldet: Mail queue stuck" in run("show", reported).out
    assert "Angabe fehlt: Code [code.missing]" in refused.err


@pytest.mark.parametrize("command", ["show", "forecast", "options"])
def test_a_language_that_nobody_speaks_here_is_refused(
    command: str, run: Run, reported: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By an option, or by the environment; a region or an encoding may follow one that is known."""
    refused = run(command, reported, "--language", "fr")
    monkeypatch.setenv("INCIDENTFLOW_LANGUAGE", "de_AT.UTF-8")

    assert (2, "") == (refused.code, refused.out)
    assert "argument --language: 'fr' is not spoken here; known: de, en" in refused.err
    assert (0, "") == ((outcome := run(command, reported)).code, outcome.err)
    monkeypatch.setenv("INCIDENTFLOW_LANGUAGE", "fr")
    assert 2 == run(command, reported).code
