"""Report, apply and tick from the command line."""

from __future__ import annotations

import sqlite3
from argparse import Namespace
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import Command, IncidentDesk
from incidentflow.cli.data import error_data
from incidentflow.cli.inputs import inputs_of
from incidentflow.cli.session import actor
from incidentflow.errors import InvalidInput
from incidentflow.process import COMMANDS
from incidentflow.testing.clock import ManualClock

Run = Callable[..., Any]


def test_a_report_says_what_happened_and_where_it_went(run: Run) -> None:
    """Number, timeline and store are shown."""
    outcome = run("report", "Mail queue stuck", "--impact", "high", "--urgency", "1")

    assert (0, "") == (outcome.code, outcome.err)
    assert "INC-0000001  new  P1  Mail queue stuck" in outcome.out
    assert "reported: Mail queue stuck" in outcome.out
    assert "Version 5, stored in sqlite:///incidents.db." in outcome.out
    assert Path("incidents.db").exists()


def test_a_report_takes_every_kind_of_input(run: Run) -> None:
    """Texts, levels, instants and several of a kind become what the command takes."""
    outcome = run(
        *("report", "Disk full", "--by", "monitor:probe-3", "--service", "mail", "--json"),
        *("--impact", "2", "--urgency", "low", "--severity", "sev3", "--dedup-key", "disk"),
        *("--item", "array-2", "--item", "disk-7", "--at", "2026-03-02T09:00+01:00"),
        *("--occurred-at", "2026-03-02 07:30Z", "--tenant", "acme"),
    )

    assert "acme" == outcome.data["tenant"]
    assert "monitor" == outcome.data["source"]
    assert ["medium", "low", "SEV3", "P4"] == [
        outcome.data[name] for name in ("impact", "urgency", "severity", "priority")
    ]
    assert ["array-2", "disk-7"] == outcome.data["items"]
    assert "2026-03-02T08:00:00+00:00" == outcome.data["reported_at"]
    assert "2026-03-02T07:30:00+00:00" == outcome.data["occurred_at"]


def test_a_report_with_a_known_dedup_key_joins(run: Run) -> None:
    """Two reports of the same thing are one incident."""
    first = run("report", "Disk full", "--dedup-key", "disk", "--json").data
    second = run("report", "Disk still full", "--dedup-key", "disk", "--json").data

    assert first["id"] == second["id"]
    assert 2 == second["counts"]["reports"]


def test_the_store_comes_from_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """INCIDENTFLOW_STORE stands in for --store."""
    monkeypatch.setenv("INCIDENTFLOW_STORE", "sqlite:///elsewhere.db?synchronous=normal")

    assert "stored in sqlite:///elsewhere.db" in run("report", "x").out
    assert 0 == run("show", "INC-0000001").code


def test_who_acts_comes_from_the_environment() -> None:
    """A name in the environment is a person's, whatever it looks like."""
    assert "system:x" == actor(Namespace(by=None), {"LOGNAME": "system:x"}).id
    assert actor(Namespace(by=None), {"USERNAME": " ana "}).is_person
    with pytest.raises(InvalidInput, match="--by ana"):
        actor(Namespace(by=None), {"USER": " "})


def test_nobody_claims_to_be_the_system(run: Run) -> None:
    """The library alone acts as the system (rule A1)."""
    outcome = run("report", "x", "--by", "system:incidentflow")

    assert 2 == outcome.code
    assert "[input.invalid] by = " in outcome.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--impact", "hgh"), "did you mean 'high'?"),
        (("--impact", "9"), "is not on the scale"),
        (("--at", "yesterday"), "at = 'yesterday': is no instant; give 2026-03-02T08:30Z"),
        (("--at", "2026-03-02T08:30"), "has no time zone"),
        (("--field", "tier"), "is no pair; give --field name=value"),
        (("--field", "tier=gold"), "name the policy that declares it with --policy, or"),
        (("--store", "postgres:x"), "is no known kind of store"),
        (("--tenant", " "), "tenant = ' ': is blank"),
        (("--key", " "), "key = "),
        (("--store", "memory:", "--desk", "a:b"), "drop --store"),
        (("--plugin", "pager", "--desk", "a:b"), "drop --plugin"),
        (("--desk", "a"), "is not of the form module:name"),
        (("--desk", "there.is.none:desk"), "cannot be imported: No module named 'there'"),
        (("--desk", "incidentflow:dsk"), "cannot be imported: module 'incidentflow' has no"),
        (("--desk", "incidentflow:ITIL"), "no IncidentDesk"),
        (("--desk", "incidentflow.cli.stories:Told.__doc__"), "no IncidentDesk"),
    ],
)
def test_values_that_can_never_be_right_are_named(
    words: tuple[str, ...], problem: str, run: Run
) -> None:
    """Each says which value, and what would do; nothing is stored."""
    outcome = run("report", "x", *words)

    assert (2, "") == (outcome.code, outcome.out)
    assert "incidentflow: [input.invalid] " in outcome.err
    assert problem in outcome.err


def test_a_command_is_applied(run: Run, reported: str) -> None:
    """What the commit did is shown."""
    outcome = run("apply", reported, "acknowledge", "--by", "bo", "--assignee", "carl")

    assert (0, "") == (outcome.code, outcome.err)
    assert f"{reported}  in_progress  P1  Mail queue stuck" in outcome.out
    assert "acknowledged; carl works on it" in outcome.out
    assert "reported" not in outcome.out


def test_options_stand_on_either_side_of_the_command(run: Run, reported: str) -> None:
    """The store, the actor and the output may be given before or after."""
    outcome = run(
        *("apply", "--by", "bo", "--store", "sqlite:///incidents.db", reported),
        *("resolve", "--code", "fixed", "--note", "done", "--json"),
    )

    assert "resolved" == outcome.data["state"]
    assert {"code": "fixed", "note": "done"}.items() <= outcome.data["resolution"].items()


def test_a_command_may_be_spelt_with_hyphens(run: Run, reported: str) -> None:
    """``return-to-queue`` and ``return_to_queue`` are one."""
    run("apply", reported, "acknowledge")
    outcome = run("apply", reported, "return-to-queue", "--reason", "lunch", "--json")

    assert "triaged" == outcome.data["state"]


def test_flags_are_inputs_too(run: Run, reported: str) -> None:
    """What is true unless said otherwise has an option that says otherwise."""
    escalate = ("apply", reported, "escalate", "--target", "network", "--reason", "uplink")
    override = ("apply", reported, "override_priority", "--priority", "P2", "--reason", "calm")

    assert "network" == run(*escalate, "--transfer", "--json").data["team"]
    assert not run(*override, "--no-ends-with-axes", "--json").data["override"]["ends_with_axes"]
    assert run(*override, "--json").data["override"]["ends_with_axes"]


def test_a_closed_set_suggests_the_nearest_word(run: Run, reported: str) -> None:
    """A misspelt axis is recognised."""
    outcome = run(
        *("apply", reported, "escalate", "--target", "x", "--reason", "y", "--axis", "functinal")
    )

    assert 2 == outcome.code
    assert "did you mean 'functional'?" in outcome.err


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("aknowledge",), "unknown command 'aknowledge'; did you mean 'acknowledge'?"),
        (("resolve", "--cod", "x"), "resolve: unknown option --cod; did you mean '--code'?"),
        (("note",), "note: the following arguments are required: --text"),
        (("note", "--text", "x", "--expect", "y"), "argument --expect: invalid int value: 'y'"),
    ],
)
def test_misused_commands_are_explained(
    words: tuple[str, ...], problem: str, run: Run, reported: str
) -> None:
    """A misspelt command or input is recognised, a missing one is named."""
    outcome = run("apply", reported, *words)

    assert (2, "") == (outcome.code, outcome.out)
    assert problem in outcome.err


def test_a_refusal_says_what_would_work(run: Run, reported: str) -> None:
    """The library's own words, and exit code 1."""
    outcome = run("apply", reported, "relapse", "--note", "again")

    assert (1, "") == (outcome.code, outcome.out)
    assert f"[transition.refused] {reported} cannot relapse while new" in outcome.err
    assert "Open now: triage" in outcome.err


@pytest.mark.usefixtures("reported")
def test_an_unknown_incident_is_not_found(run: Run) -> None:
    """The tenant that was searched is named."""
    outcome = run("apply", "INC-7", "note", "--text", "x", "--tenant", "acme")

    assert 1 == outcome.code
    assert "[incident.not_found] no incident 'INC-7' in tenant 'acme'" in outcome.err


def test_a_stale_version_is_refused(run: Run, reported: str) -> None:
    """``--expect`` says which version was seen."""
    outcome = run("apply", reported, "note", "--text", "x", "--expect", "1")

    assert 1 == outcome.code
    assert f"[incident.stale] {reported} is at version 5, not 1" in outcome.err
    assert 0 == run("apply", "--expect", "5", reported, "note", "--text", "x").code


def test_a_repeated_key_has_one_effect(run: Run, reported: str) -> None:
    """The same request is done once; another one under its key is refused."""
    note = ("apply", reported, "note", "--key", "k", "--json", "--text")
    versions = [run(*note, "x").data["version"] for _ in range(2)]
    outcome = run(*note, "y")

    assert [6, 6] == versions
    assert 1 == outcome.code
    assert "[key.reused] key 'k' was used for another request" in outcome.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_options_with_help(command: type[Command], run: Run) -> None:
    """Each input of each command is an option, with what it means."""
    outcome = run("apply", "INC-1", command.kind, "--help")

    assert 0 == outcome.code
    for each in inputs_of(command):
        assert each.option in outcome.out
        assert each.help


def test_apply_lists_what_may_be_asked(run: Run) -> None:
    """Its help names every command with what it does; not those that only the library gives."""
    out = run("apply", "--help").out
    hidden = {command.kind for command in COMMANDS if f"\n  {command.kind} " not in out}

    assert {"report", "absorb", "add_child", "drop_child", "follow"} == hidden


def test_a_store_that_is_not_there_is_not_made_by_looking(run: Run) -> None:
    """A misspelt file name leaves no empty database behind."""
    outcome = run("apply", "INC-1", "note", "--text", "x")

    assert 1 == outcome.code
    assert "[store.failed] cannot open sqlite:///incidents.db: there is no such file" in outcome.err
    assert not Path("incidents.db").exists()


def test_a_foreign_database_is_refused(run: Run) -> None:
    """A file of another application is left alone."""
    connection = sqlite3.connect("incidents.db")
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    outcome = run("report", "x")

    assert 1 == outcome.code
    assert "[store.foreign] " in outcome.err


def test_steps_of_an_own_lifecycle_are_taken_by_name(run: Run, own_desk: str) -> None:
    """A desk of one's own brings its lifecycle, its policy and its fields."""
    desk = ("--desk", f"{own_desk}:desk")
    fields = ("--field", "tier=gold", "--field", "seats=5", "--field", "vip=Yes")
    number = run("report", "Worm", "--to", "in_progress", *fields, *desk, "--json").data["number"]
    outcome = run("apply", number, "contain", "--note", "cut the cable", *desk, "--json")

    assert "contained" == outcome.data["state"]
    assert {"tier": "gold", "seats": 5, "vip": True} == outcome.data["fields"]
    assert 1 == len(run("list", *desk, "--field", "seats=5", "--json").data["incidents"])
    assert [] == run("list", *desk, "--field", "vip=false", "--json").data["incidents"]


def test_an_own_desk_comes_from_the_environment(
    run: Run, own_desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """INCIDENTFLOW_DESK may name a function, too; --store goes before it."""
    monkeypatch.setenv("INCIDENTFLOW_DESK", f"{own_desk}:make")

    assert "stored in memory:" in run("report", "Worm").out
    assert 0 == run("show", "INC-0000001", "--desk", f"{own_desk}:desk").code
    assert "did you mean 'contain'?" in run("apply", "INC-0000001", "contan").err
    assert "stored in sqlite:///x.db" in run("report", "Worm", "--store", "sqlite:///x.db").out


PLUMBING = """
from __future__ import annotations

import enum
from datetime import timedelta
from typing import Any, Optional

from attrs import frozen

from incidentflow import ITIL, Command, Event, IncidentDesk, State, Step
from incidentflow.words import evolve


class Valve(enum.Enum):
    MAIN = "main"
    SIDE = "side"


@frozen
class Shut(Event):
    said: str

    def apply(self, incident, entry):
        return evolve(incident, substatus=self.said)


@frozen(kw_only=True)
class ShutValve(Command):
    '''
    Shut a valve.

    Args:
        valve: Which.

    '''

    trigger = "contain"

    valve: Valve
    turns: int | None = None
    tag: Optional[str] = None
    label: str | int = ""
    anything: Any = None
    span: timedelta | None = None

    def decide(self, case):
        yield Shut(f"{self.valve!r} {self.turns!r} {self.tag!r} {self.label!r} {self.anything!r}")


OURS = ITIL.extend(
    State("contained", "open"),
    Step("contain", "new", "contained"),
    Step("resolve", "contained", "resolved"),
)
desk = IncidentDesk(lifecycle=OURS, events=[Shut], commands=[ShutValve])
"""


@pytest.fixture
def plumbing(tmp_path: Path) -> tuple[str, str]:
    """Give the option for a desk with a command of its own."""
    name = f"plumbing_{tmp_path.name}".replace("-", "_")
    (tmp_path / f"{name}.py").write_text(PLUMBING, "utf-8")
    return "--desk", f"{name}:desk"


def test_commands_of_an_own_desk_are_offered(run: Run, plumbing: tuple[str, str]) -> None:
    """By their kind or by the step they take, with their inputs read as what they are."""
    number = run("report", "Leak", *plumbing, "--json").data["number"]
    shut = ("apply", number, "shut_valve", "--valve", "main", "--turns", "3", "--tag", "t")
    outcome = run(*shut, "--label", "5", "--anything", "7", *plumbing, "--json")

    assert "contained" == outcome.data["state"]
    assert "<Valve.MAIN: 'main'> 3 't' '5' '7'" == outcome.data["substatus"]
    help_text = run("apply", number, "contain", "--help", *plumbing).out
    assert "Shut a valve." in help_text
    assert "--valve main|side" in help_text
    assert "--turns NUMBER" in help_text


def test_options_name_inputs_of_an_own_command(run: Run, plumbing: tuple[str, str]) -> None:
    """The step it takes is open, and Advance does not take it."""
    number = run("report", "Leak", *plumbing, "--json").data["number"]

    assert "contain      -> contained" in run("options", number, *plumbing).out
    assert "did you mean 'shut_valve'?" in run("apply", number, "shut_valv", *plumbing).err
    refused = run("apply", number, "advance", "--step", "contain", *plumbing)
    assert (2, "") == (refused.code, refused.out)
    assert "step = 'contain': has its own command; give ShutValve" in refused.err


@pytest.mark.parametrize(
    ("option", "given", "problem"),
    [
        ("--turns", "many", "turns = 'many': is not a whole number"),
        ("--valve", "back", "valve = 'back': is not in the set"),
        ("--span", "5", "span = '5': holds a timedelta, which cannot be typed"),
    ],
)
def test_inputs_of_an_own_command_are_checked(
    option: str, given: str, problem: str, run: Run, plumbing: tuple[str, str]
) -> None:
    """What cannot be read as the input's type is refused by its name."""
    inputs = {"--valve": "main", option: given}
    words = [word for pair in inputs.items() for word in pair]
    outcome = run("apply", "INC-1", "shut_valve", *words, *plumbing)

    assert 2 == outcome.code
    assert problem in outcome.err


@pytest.mark.parametrize(
    ("field", "problem"),
    [
        ("seats=many", "fields.seats = 'many': is not a whole number"),
        ("vip=2x", "fields.vip = '2x': is not true or false"),
        ("teir=gold", "did you mean 'tier'?"),
        ("vip=1", "fields.vip = '1': is not true or false"),
    ],
)
def test_own_fields_are_read_as_declared(field: str, problem: str, run: Run, own_desk: str) -> None:
    """A value of another type is refused, an unknown name suggests the nearest."""
    outcome = run("report", "Worm", "--field", field, "--desk", f"{own_desk}:desk")

    assert 2 == outcome.code
    assert problem in outcome.err


def test_time_passes_by_a_tick(run: Run, reported: str) -> None:
    """What is due happens; what is due next is told."""
    soon = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - the command line's own clock
    resolve = ("apply", reported, "resolve", "--code", "fixed", "--note", "done")

    assert "Time changed 0 incidents.\nNext due: " in run("tick").out
    assert 0 == run(*resolve, "--at", (soon - timedelta(hours=1)).isoformat()).code
    assert soon.isoformat() < run("tick", "--json").data["next_due"]


def test_a_tick_shows_what_it_changed(run: Run) -> None:
    """Incidents that time changed are listed; when none is left, it says so."""
    clock = ManualClock(datetime(2020, 3, 2, 8, tzinfo=UTC))
    with IncidentDesk("sqlite:///incidents.db", clock=clock) as desk:
        for title in ("One", "Two"):
            desk.report(title, by="ana", to="resolved", code="fixed", note="done")
    outcome = run("tick", "--limit", "1")

    assert 0 == outcome.code
    assert "Time changed 1 incident.\n" in outcome.out
    assert "closed" in outcome.out
    again = run("tick", "--json").data
    assert ["closed"] == [each["state"] for each in again["incidents"]]
    assert ([], None) == (again["failed"], again["next_due"])
    assert "Time changed 0 incidents.\nNothing else is due.\n" == run("tick").out


def test_a_tick_names_what_failed(run: Run) -> None:
    """An incident that cannot be read holds nobody up, but is not passed over in silence."""
    clock = ManualClock(datetime(2020, 3, 2, 8, tzinfo=UTC))
    with IncidentDesk("sqlite:///incidents.db", clock=clock) as desk:
        ids = sorted(
            desk.report(title, by="ana", to="resolved", code="fixed", note="done").id
            for title in ("One", "Two")
        )
    connection = sqlite3.connect("incidents.db")
    connection.execute("UPDATE incidentflow_subject SET snapshot = x'7B7D'")
    connection.commit()
    connection.close()
    told = run("tick", "--limit", "1")
    data = run("tick", "--json")

    assert [1, 1] == [told.code, data.code]
    assert f"incidentflow: {ids[0]} could not be ticked: [journal.unreadable] " in told.err
    assert [(ids[1], "journal.unreadable")] == [
        (each["incident"], each["code"]) for each in data.data["failed"]
    ]


def test_an_error_that_is_not_the_librarys_is_named_by_its_class() -> None:
    """What a host's own code raises has no code of ours."""
    assert {"code": "KeyError", "text": "'x'"} == error_data(KeyError("x"))
