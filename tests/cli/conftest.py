"""A command line in a directory of its own, run inside this process."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from incidentflow.cli import main

OWN_DESK = """
from incidentflow import ITIL, FieldRule, IncidentDesk, Policy, State, Step

OURS = ITIL.extend(
    State("contained", "open", marks={"restored"}),
    Step("contain", "in_progress", "contained", needs="note"),
    Step("resolve", "contained", "resolved", needs=("code", "note")),
)
FIELDS = (FieldRule("tier"), FieldRule("seats", "number"), FieldRule("vip", "flag"))
desk = IncidentDesk(lifecycle=OURS, policy=Policy(fields=FIELDS))


def make():
    return desk


nothing = None
"""


@frozen
class Outcome:
    """What a command line did."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:  # noqa: ANN401 - JSON of any shape
        """What it printed, as JSON."""
        return json.loads(self.out)


Run = Callable[..., Outcome]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Work in an empty directory, as the person ana, with nothing else set."""
    for name in (
        "INCIDENTFLOW_STORE",
        "INCIDENTFLOW_DESK",
        "INCIDENTFLOW_POLICY",
        "INCIDENTFLOW_LANGUAGE",
        "LOGNAME",
        "USERNAME",
        "NO_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("USER", "ana")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command line."""

    def run_it(*words: str) -> Outcome:
        code = main(words)
        captured = capsys.readouterr()
        return Outcome(code, captured.out, captured.err)

    return run_it


@pytest.fixture
def reported(run: Run) -> str:
    """Report an incident, and return its number."""
    outcome = run("report", "Mail queue stuck", "--impact", "high", "--urgency", "1", "--json")
    number: str = outcome.data["number"]
    return number


@pytest.fixture
def own_desk(tmp_path: Path) -> str:
    """Write a module with a desk of one's own, and return its name."""
    name = tmp_path.name.replace("-", "_")
    (tmp_path / f"{name}.py").write_text(OWN_DESK, "utf-8")
    return name
