"""Backtest on the command line: stored incidents, or a log, under another policy."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
NEXT = 'targets = [{ targets = { response = "4h", resolution = "8h" } }]'
MAPPING = """
[log]
number = "ticket"
at = "saved"
state = "status"
[states]
open = "new"
done = "resolved"
"""
LOG = """ticket,saved,status
T-1,2026-03-02 08:00,open
T-1,2026-03-02 09:30,done
T-2,2026-03-02 09:40,open
T-2,2026-03-03 09:40,done
T-3,2026-03-03 09:00,open
"""


@pytest.fixture(autouse=True)
def _files(tmp_path: Path) -> None:
    """Write a policy, a mapping and a log."""
    for name, text in (("next.toml", NEXT), ("ours.toml", MAPPING), ("log.csv", LOG)):
        (tmp_path / name).write_text(text, "utf-8")


@pytest.mark.usefixtures("reported")
def test_what_is_stored_is_replayed(run: Run) -> None:
    """By priority and clock, beside what the journal recorded."""
    outcome = run("backtest", "--policy", "next.toml")
    lines = [line.split() for line in outcome.out.splitlines()]

    assert 0 == outcome.code
    assert ["P1", "resolution", "0", "(0)", "0", "(0)", "0", "(0)", "1", "(0)"] in lines
    assert ["P1", "restoration", "0", "(0)", "0", "(0)", "0", "(0)", "0", "(1)"] in lines
    assert "1 incident under policy@" in outcome.out
    assert outcome.out.endswith("nothing was changed.\n")


def test_clocks_count_under_the_priority_of_now(run: Run, reported: str, tmp_path: Path) -> None:
    """Though they ran under that of then; the table says so, as does the help."""
    (tmp_path / "next.toml").write_text(
        'targets = [{ priority = 1, targets = { response = "4h" } }]', "utf-8"
    )
    run("apply", reported, "acknowledge")
    run("apply", reported, "reclassify", "--impact", "low", "--urgency", "low")
    outcome = run("backtest", "--policy", "next.toml")
    lines = [line.split() for line in outcome.out.splitlines()]

    assert ["P5", "response", "1", "(1)", "0", "(0)", "0", "(0)", "0", "(0)"] in lines
    assert "\nEach incident counts under the priority it has now; its clocks" in outcome.out
    assert "the priorities of then" in run("backtest", "--help").out


@pytest.mark.usefixtures("reported")
def test_the_environment_may_name_the_policy(
    run: Run, own_desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As for every other command; a desk of one's own has another, and tries this one."""
    named = run("backtest", "--policy", "next.toml", "--json").data
    monkeypatch.setenv("INCIDENTFLOW_POLICY", "next.toml")
    own = run("backtest", "--desk", f"{own_desk}:desk", "--json").data

    assert named["compared"] == run("backtest", "--json").data["compared"]
    assert named["policy"] == own["policy"]


def test_a_log_is_replayed_without_being_stored(run: Run, tmp_path: Path) -> None:
    """Up to its last row."""
    words = ("backtest", "log.csv", "--mapping", "ours.toml", "--policy", "next.toml")
    text, data = run(*words).out, run(*words, "--json").data
    (resolution,) = (each for each in data["compared"] if each["clock"] == "resolution")

    assert "3 incidents under policy@" in text
    assert "up to 2026-03-03 09:40Z" in text
    assert {"met": 1, "breached": 1, "cancelled": 0, "running": 1} == resolution["would"]
    assert {"met": 0, "breached": 0, "cancelled": 0, "running": 0} == resolution["did"]
    assert (None, 3, []) == (resolution["priority"], data["incidents"], data["unreadable"])
    assert not (tmp_path / "incidents.db").exists()


def test_progress_is_told_on_a_terminal(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Out of the way of what is piped on."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    outcome = run("backtest", "log.csv", "--mapping", "ours.toml", "--policy", "next.toml")

    assert "\r3 incidents" in outcome.err
    assert "\r" not in outcome.out


def test_an_empty_store_has_nothing_to_tell(run: Run) -> None:
    """But says so."""
    run("adopt", "--reason", "go live")

    assert run("backtest", "--policy", "next.toml").out.startswith("0 incidents under policy@")


def test_a_journal_that_cannot_be_read_is_named(run: Run, reported: str) -> None:
    """It is told beside the others."""
    run("report", "Door")
    database = sqlite3.connect("incidents.db")
    spoilt = "UPDATE incidentflow_subject SET snapshot = X'7B' WHERE number = ?"
    database.execute(spoilt, (reported,))
    database.commit()
    database.close()
    outcome = run("backtest", "--policy", "next.toml")
    data = run("backtest", "--policy", "next.toml", "--json").data

    assert "1 incident under policy@" in outcome.out
    assert "\nCannot be read: " in outcome.out
    assert ["journal.unreadable"] == [each["code"] for each in data["unreadable"]]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        ((), "say which policy to try: --policy FILE"),
        (("log.csv", "--policy", "next.toml"), "a log and its --mapping go together"),
        (
            ("--mapping", "ours.toml", "--policy", "next.toml"),
            "a log and its --mapping go together",
        ),
        (("--policy", "ours.toml"), "[policy.invalid] policy 'ours.toml': 2 problem(s)"),
    ],
)
def test_a_misuse_is_explained(words: tuple[str, ...], hint: str, run: Run) -> None:
    """With what would work."""
    outcome = run("backtest", *words)

    assert 2 == outcome.code
    assert hint in outcome.err
