"""Taking things out on the command line: export, seal, erase, and verifying what was taken out."""

from __future__ import annotations

import importlib
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from incidentflow import IncidentDesk, LegalHold
from tests.cli.conftest import Run

STORE = "sqlite:///incidents.db"


@pytest.fixture(autouse=True)
def _reported(run: Run) -> None:
    """Have two incidents."""
    run("report", "Mail is down", "--requester", "zoe")
    run("report", "Disk full", "--by", "monitor:probe-3")


def test_an_export_is_verified_without_a_store(run: Run) -> None:
    """From a file, or from what was printed; nothing else is printed then."""
    told = run("export", "--output", "all.jsonl")
    printed = run("export")
    Path("incidents.db").unlink()
    verified = run("verify", "all.jsonl")

    assert (0, "", "3 journals with 4 entries exported to all.jsonl.\n") == (
        told.code,
        told.out,
        told.err,
    )
    text = Path("all.jsonl").read_text("utf-8")
    assert text.splitlines()[1:-1] == printed.out.splitlines()[1:-1]
    assert (0, 0, "") == (verified.code, printed.code, printed.err)
    assert "2 incidents and their desk with 4 journal entries checked" in verified.out


@pytest.mark.parametrize("verb", ["export", "seal"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_file_that_cannot_be_written_is_named(verb: str, run: Run) -> None:
    """Nothing was changed, and so nothing is said to stand."""
    refused = run(verb, "--output", "/dev/full", "--force")

    assert (1, "") == (refused.code, refused.out)
    assert "incidentflow: /dev/full: No space left on device\n" == refused.err


@pytest.mark.parametrize("verb", ["export", "seal"])
def test_what_is_there_is_not_written_over(
    verb: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless that is asked for; the file is named, and whole."""
    run(verb, "--output", "all.jsonl")
    before = Path("all.jsonl").read_bytes()
    run("report", "Another one")
    refused = run(verb, "--output", "all.jsonl")
    kept = Path("all.jsonl").read_bytes()
    monkeypatch.setenv("INCIDENTFLOW_LANGUAGE", "de")
    german = run(verb, "--output", "all.jsonl")
    forced = run(verb, "--output", "all.jsonl", "--force")

    assert (2, "") == (refused.code, refused.out)
    assert "output = 'all.jsonl': is there already" in refused.err
    assert "output = 'all.jsonl': gibt es schon" in german.err
    assert before == kept
    assert 0 == forced.code
    assert before != Path("all.jsonl").read_bytes()


def test_a_damaged_export_is_told(run: Run) -> None:
    """By the entry that is missing, and the file; exit code 1, also as JSON."""
    run("export", "--output", "all.jsonl", "--without-personal")
    whole = run("verify", "all.jsonl").out
    lines = Path("all.jsonl").read_text("utf-8").splitlines(keepends=True)
    Path("all.jsonl").write_text("".join(lines[:-1]), "utf-8", newline="\n")
    told, data = run("verify", "all.jsonl"), run("verify", "all.jsonl", "--json").data

    assert 1 == told.code
    assert "checked: every chain holds.\n" in whole
    assert "checked: the file itself is damaged.\n  (export): it ends after line" in told.out
    assert (False, "(export)") == (data["holds"], data["broken"][0]["incident"])
    assert "Mail is down" not in "".join(lines)


def test_a_seal_shows_what_is_gone(run: Run) -> None:
    """Against the store and against an export."""
    sealed = run("seal", "--output", "seal.json")
    printed = run("seal")
    run("export", "--output", "all.jsonl")
    whole = [
        run("verify", "--seal", "seal.json"),
        run("verify", "all.jsonl", "--seal", "seal.json"),
    ]
    Path("incidents.db").unlink()
    run("report", "Another one")
    gone = run("verify", "--seal", "seal.json")

    assert "3 journals sealed; digest " in sealed.err
    assert printed.out.startswith("{")
    assert [0, 0] == [one.code for one in whole]
    assert 1 == gone.code
    assert 2 == gone.out.count("it is gone; ")


def test_a_person_is_erased(run: Run) -> None:
    """After a look at what would go; a repeat finds nothing."""
    also = ("--by", "dpo", "--reason", "request 7", "--name", "Disk", "--incident", "INC-0000002")
    dry = run("erase", "zoe", *also, "--dry-run")
    done = run("erase", "zoe", *also)
    again = run("erase", "zoe", *also, "--json").data

    assert "3 personal texts and 0 owed things of 2 incidents would be erased.\n" == dry.out
    assert "3 personal texts and 0 owed things of 2 incidents erased.\n" == done.out
    assert (0, True) == (again["incidents"], again["is_complete"])
    assert "Nothing to erase was found.\n" == run("erase", "zoe", *also).out
    assert "[erased]" in run("show", "INC-0000001").out
    assert 2 == run("erase", "zoe", "--by", "dpo").code


def test_what_is_kept_too_long_is_erased(run: Run) -> None:
    """By the policy at hand, after a look; a person and their words have no part in it."""
    Path("ours.toml").write_text('retention = [{ keep = "1us" }]', "utf-8")
    ask = ("erase", "--expired", "--policy", "ours.toml", "--by", "dpo", "--reason", "over")
    before = run(*ask)
    run("apply", "INC-0000001", "cancel", "--reason", "test", "--by", "ana")
    dry, done, again = run(*ask, "--dry-run"), run(*ask), run(*ask)

    assert before.out == again.out == "Nothing to erase was found.\n"
    assert dry.out.endswith("of 1 incident would be erased.\n")
    assert done.out == dry.out.replace("would be erased", "erased")
    for wrong, problem in (
        (("erase", "--by", "dpo"), "say who is to be erased, or --expired"),
        ((*ask, "zoe"), "say who is to be erased, or --expired"),
        ((*ask, "--name", "Zoe"), "--name and --incident go with a person"),
    ):
        refused = run(*wrong)
        assert (2, True) == (refused.code, problem in refused.err)


def test_what_is_left_whole_is_told(run: Run) -> None:
    """With exit code 1."""
    with IncidentDesk(STORE) as desk:
        desk.apply("INC-0000001", LegalHold(by="law", matter="case 1", reason="court"))
    told = run("erase", "zoe", "--by", "dpo", "--reason", "request 7")

    assert 1 == told.code
    assert "INC-0000001 is kept for a legal matter" in told.err


def test_what_could_not_be_erased_is_told(run: Run) -> None:
    """With the code of the error."""
    with closing(sqlite3.connect("incidents.db")) as file, file:
        file.execute("UPDATE incidentflow_entry SET body = '{}' WHERE personal LIKE '%zoe%'")
    told = run("erase", "zoe", "--by", "dpo", "--reason", "request 7")

    assert 1 == told.code
    assert "was left whole: [journal.unreadable]" in told.err


def test_progress_is_shown_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the export itself is printed."""
    monkeypatch.setattr(type(sys.stderr), "isatty", lambda _: True)
    told = run("export", "--output", "all.jsonl")
    printed = run("export")

    assert "\r2 journals, 2 entries\r3 journals, 4 entries\r" in told.err
    assert "\r3 journals, 4 entries\n" in told.err
    assert "" == printed.err


EYES = """
from attrs import frozen

from incidentflow import Command, Event, IncidentDesk
from incidentflow.hookspecs import hookimpl


@frozen
class Looked(Event):
    def apply(self, incident, entry):
        return incident


@frozen(kw_only=True)
class Look(Command):
    def decide(self, case):
        return (Looked(),)


@hookimpl
def incidentflow_events():
    return [Looked]


def desk():
    return IncidentDesk(events=[Looked])


def export(path):
    with open(path, "w", encoding="utf-8") as file:
        one = desk()
        one.report("Mail is down", Look(by="ana"), by="ana")
        after = page = None
        while page is None or after:
            page = one.export(after=after)
            after = page.after
            file.write(page.text)
"""


def test_an_export_with_a_hosts_own_events_is_verified_by_its_desk_or_plugin(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who does not know the event says so; no store is opened or made for it."""
    info = tmp_path / "incidentflow_eyes-1.2.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: incidentflow-eyes\nVersion: 1.2\n")
    (info / "entry_points.txt").write_text("[incidentflow]\neyes = cli_eyes\n")
    (tmp_path / "cli_eyes.py").write_text(EYES)
    monkeypatch.syspath_prepend(tmp_path)
    importlib.import_module("cli_eyes").export("all.jsonl")
    Path("incidents.db").unlink()
    ignorant = run("verify", "all.jsonl")
    told = [
        run("verify", "all.jsonl", "--desk", "cli_eyes:desk"),
        run("verify", "all.jsonl", "--plugin", "eyes"),
        run("verify", "all.jsonl", "--plugin", "eyes", "--desk", "cli_eyes:desk"),
    ]

    assert 1 == ignorant.code
    assert "event 'looked' of shape 1 is unknown" in ignorant.out
    assert [0, 0, 2] == [one.code for one in told]
    assert "1 incident and their desk with 4 journal entries" in told[0].out == told[1].out
    assert not Path("incidents.db").exists()
