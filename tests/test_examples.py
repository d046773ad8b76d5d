"""The examples run, each by itself, and end as they should."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[1] / "examples"
ENDS = {
    "data_leak": "the journal holds: True",
    "hardware_failure": "2026-03-08 23:15Z  system:incidentflow: closed",
    "mail_and_network_outage": "2026-03-03 09:04Z  mia: closed",
    "power_failure": "2026-03-07 13:35Z  mia: reviewed; root cause: a stuck transfer switch",
    "software_bug": "episode 2: 13:30 to 14:30",
}


def test_every_example_has_an_expected_end() -> None:
    """No example is left out."""
    assert sorted(ENDS) == sorted(file.stem for file in EXAMPLES.glob("*.py"))


@pytest.mark.parametrize("name", ENDS)
def test_an_example_runs_by_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It prints a timeline, and its end is the expected one."""
    runpy.run_path(str(EXAMPLES / f"{name}.py"), run_name="__main__")
    lines = capsys.readouterr().out.splitlines()

    assert ENDS[name] == lines[-1]
    assert any(line.startswith("INC-0000001  closed  ") for line in lines)
    assert any(line.startswith("2026-03-02 08:00Z  ") for line in lines)
