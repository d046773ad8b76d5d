"""Replaying a log from the command line."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow.cli import main

Run = Callable[..., Any]


MAPPING = """
[log]
number = "id"
at = "time"
state = "state"

[states]
"open" = "in_progress"
"waiting" = "on_hold: awaiting_vendor"
"done" = "resolved"
"""
KEYS = {
    *("rows", "resumed", "incidents", "replayed", "corrections", "refused", "reopens"),
    *("reopened_incidents", "hold_share_percent", "priority_mismatches"),
    *("start", "matrix", "seconds"),
}


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Claim to be one."""
        return True


@pytest.fixture(autouse=True)
def _log() -> None:
    """Write a log and its mapping: 300 incidents that open, wait and are done."""
    lines = ["id,time,state"]
    for number in range(300):
        for hour, state in enumerate(("open", "waiting", "done")):
            lines.append(f"T{number},2026-03-02T0{hour}:00:00,{state}")
    Path("log.csv").write_text("\n".join((*lines, "T0,never,done\n")), "utf-8")
    Path("ours.toml").write_text(MAPPING, "utf-8")


def test_how_far_a_log_was_replayed_is_verified_too(run: Run) -> None:
    """The log counts beside the incidents and their desk."""
    run("replay", "log.csv", "--mapping", "ours.toml", "--store", "sqlite:///all.db")
    outcome = run("verify", "--store", "sqlite:///all.db")

    assert 0 == outcome.code
    assert outcome.out.startswith("300 incidents and their desk and 1 replayed log with ")


def test_a_replay_is_summed_up(run: Run) -> None:
    """Counts, the most frequent steps, and what was refused."""
    outcome = run("replay", "log.csv", "--mapping", "ours.toml")

    assert (0, "") == (outcome.code, outcome.err)
    assert "incidents                                     300\n" in outcome.out
    assert "incidents ever on hold                        100 %\n" in outcome.out
    assert "      300  in_progress -> on_hold\n" in outcome.out
    assert "What was refused, for example" in outcome.out
    assert "Stored" not in outcome.out


def test_a_replay_is_one_object_for_programs(run: Run) -> None:
    """The keys are always the same."""
    data = run("replay", "log.csv", "--mapping", "ours.toml", "--json").data

    assert KEYS == set(data)
    assert (901, 300, 1) == (data["rows"], data["incidents"], data["refused"])
    assert {"in_progress": 300} == data["start"]


def test_a_replay_may_be_kept(run: Run) -> None:
    """What was replayed can be listed."""
    store = ("--store", "sqlite:///replayed.db")
    outcome = run("replay", "log.csv", "--mapping", "ours.toml", *store)

    assert "Stored; 'incidentflow list' with the same --store shows it." in outcome.out
    assert 3 == len(run("list", *store, "--limit", "3", "--json").data["incidents"])


def test_nothing_to_replay_is_summed_up_too(run: Run) -> None:
    """An empty log has no steps, and nothing that was refused."""
    Path("log.csv").write_text("id,time,state\n", "utf-8")
    out = run("replay", "log.csv", "--mapping", "ours.toml").out

    assert 2 == out.splitlines().count("none")
    assert "refused, for example" not in out


def test_progress_is_shown_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It goes to standard error, so that the output can be piped on."""
    monkeypatch.setattr(sys, "stderr", Terminal())
    assert 0 == main(["replay", "log.csv", "--mapping", "ours.toml", "--json"])

    assert sys.stderr.getvalue().startswith("\r500 rows, 167 incidents")
    assert sys.stderr.getvalue().endswith("\n")
    assert "\r" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("log.csv", "--mapping", "their.toml"), "[mapping.invalid] mapping 'their.toml'"),
        (("none.csv", "--mapping", "ours.toml"), "[mapping.invalid] log 'none.csv'"),
        (("log.csv", "--mapping", "servicenow"), "there is no column 'sys_updated_at'"),
        (("log.csv",), "the following arguments are required: --mapping"),
    ],
)
def test_a_replay_that_cannot_begin_says_why(
    words: tuple[str, ...], problem: str, run: Run
) -> None:
    """Bad input is exit code 2."""
    outcome = run("replay", *words)

    assert (2, "") == (outcome.code, outcome.out)
    assert problem in outcome.err
