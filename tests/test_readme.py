"""The README: its Python runs, prints what it says, and its commands are the promised ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from incidentflow import IncidentDesk

README = Path(__file__).parents[1] / "README.md"
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README.read_text("utf-8"), re.MULTILINE | re.DOTALL)
COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/incidentflow demo",
    'python3 -m venv .venv && .venv/bin/pip install -e ".[test]" && .venv/bin/python -m pytest',
)


def undated(text: str) -> str:
    """Put one word in the place of every instant, and of every span that is left."""
    text = re.sub(r"met, .* left", "met, <span> left", text)
    return re.sub(r"\d{4}-\d\d-\d\d \d\d:\d\dZ", "<instant>", text)


def test_every_python_block_runs_and_the_first_prints_what_it_says(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Blocks run in order, as a reader would type them, in an empty directory."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    printed = []
    for place, code in enumerate(code for language, code in BLOCKS if language == "python"):
        exec(compile(code, f"README.md, block {place}", "exec"), names)  # noqa: S102 - our own
        printed.append(capsys.readouterr().out)
        for desk in names.values():
            if isinstance(desk, IncidentDesk):
                desk.close()
    (promised,) = (text for language, text in BLOCKS if language == "text")

    assert len(printed) >= 4
    assert undated(promised) == undated(printed[0])
    assert "1 incident\n" in printed
    assert 1 == sum("cannot relapse while new" in text for text in printed)


@pytest.mark.parametrize("command", COMMANDS)
def test_the_promised_commands_stand_there(command: str) -> None:
    """A newcomer needs these two commands and nothing else."""
    assert [command] == [code.strip() for language, code in BLOCKS if command in code]
