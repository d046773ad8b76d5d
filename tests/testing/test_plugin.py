"""The plugin for pytest: light to load, found by its entry point, each piece replaceable."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import incidentflow

SOURCE = Path(incidentflow.__file__).parents[1]
PROJECT = Path(__file__).parents[2] / "pyproject.toml"
HEAVY = ("attrs", "cattrs", "hypothesis", "incidentflow", "sqlite3", "transitions")

PLUGGED = (Path(__file__).parents[1] / "conftest.py").read_text("utf-8")

TEST = """
def test_somebody_is_told(incidents):
    incident = incidents.report(
        "db down", impact="high", urgency="high", by="monitor:probe", team="databases"
    )
    incidents.advance(minutes=16)

    assert incidents.sent[-1].recipient == "databases"
    assert incidents.get(incident).priority == 1
"""
OWN = """
from datetime import UTC, datetime

import pytest
from incidentflow import ITIL, Policy, State, Step


@pytest.fixture
def incidentflow_policy():
    return Policy(series="OPS")


@pytest.fixture
def incidentflow_lifecycle():
    return ITIL.extend(
        State("contained", "open", marks="restored"),
        Step("contain", "in_progress", "contained"),
        Step("resolve", "contained", "resolved"),
        name="ours",
    )


@pytest.fixture
def incidentflow_start():
    return datetime(2030, 1, 1, tzinfo=UTC)


@pytest.fixture
def incidentflow_options():
    return {"tenant": "acme"}


def test_every_piece_is_ours(incidents):
    incident = incidents.report("db down", by="ana", key="once")

    assert incident.number == "OPS-0000001"
    assert incident.place.lifecycle.startswith("ours@")
    assert incident.reported_at == datetime(2030, 1, 1, tzinfo=UTC)
    assert incident.tenant == "acme"
"""


def run(directory: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run Python in a process of its own, that sees the package and a directory."""
    return subprocess.run(  # noqa: S603 - this Python, and code that stands here
        [sys.executable, *words],
        cwd=directory,
        env={"PYTHONPATH": f"{SOURCE}:{directory}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_loading_it_imports_nothing_heavy(tmp_path: Path) -> None:
    """Every session of an environment pays for it, also those that test something else."""
    code = (
        "import pytest, sys; before = set(sys.modules); import _incidentflow_pytest; "
        "print(*sorted(set(sys.modules) - before))"
    )
    imported = run(tmp_path, "-c", code).stdout.split()

    assert ["_incidentflow_pytest"] == imported
    assert not set(HEAVY) & set(imported)


def test_its_entry_point_loads_it(tmp_path: Path) -> None:
    """Where the package is installed nothing needs to be said, and it can be switched off."""
    declared = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["entry-points"]["pytest11"]
    information = tmp_path / "incidentflow_installed-0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Name: incidentflow-installed\nVersion: 0\n")
    lines = [f"{name} = {module}\n" for name, module in declared.items()]
    (information / "entry_points.txt").write_text("".join(["[pytest11]\n", *lines]))
    (tmp_path / "test_ours.py").write_text(TEST)
    usual = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_ours.py")

    assert "1 passed" in run(tmp_path, *usual).stdout
    assert "fixture 'incidents' not found" in run(tmp_path, *usual, "-p", "no:incidentflow").stdout


def test_the_fixture_is_a_desk_with_a_clock(pytester: pytest.Pytester) -> None:
    """The example of the documentation, as somebody would write it."""
    pytester.makeconftest(PLUGGED)
    pytester.makepyfile(TEST)

    pytester.runpytest().assert_outcomes(passed=1)


def test_each_piece_can_be_replaced(pytester: pytest.Pytester) -> None:
    """Policy, lifecycle, beginning and everything else a desk takes."""
    pytester.makeconftest(PLUGGED)
    pytester.makepyfile(OWN)

    pytester.runpytest().assert_outcomes(passed=1)


def test_our_own_session_has_it(incidents: object) -> None:
    """Whether or not this release is installed."""
    assert isinstance(incidents, incidentflow.IncidentDesk)
