"""The program as a whole: help, suggestions, exit codes, and that no error shows a traceback."""

from __future__ import annotations

import io
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow.cli import main, program
from incidentflow.errors import (
    CommitConflict,
    IncidentflowError,
    LifecycleError,
    MissingExtra,
    PolicyError,
    StoreError,
    UnreadableJournal,
)

Run = Callable[..., Any]
STANDS = "not all was printed, but what was changed stands"


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    """Let the demo fail."""

    def fail(_: object) -> int:
        raise error

    monkeypatch.setitem(program.SUBCOMMANDS, "demo", fail)


def test_help_names_every_command_and_exit_code(run: Run) -> None:
    """Whoever asks for help learns what there is."""
    outcome = run("--help")

    assert 0 == outcome.code
    for name in program.SUBCOMMANDS:
        assert f"  {name} " in outcome.out
    assert "exit codes:" in outcome.out
    assert "INCIDENTFLOW_STORE" in outcome.out


def test_help_tells_the_exit_codes_that_files_give(run: Run) -> None:
    """A policy or a log that is not there is a mistake on the command line; others are not."""
    words = " ".join(run("--help").out.split())

    assert "1 refused, not found, the storage or another file failed, or verify found" in words
    assert "2 the command line can never be right, or a policy, mapping or log is missing" in words
    for missing in (("policy", "check", "no"), ("replay", "no", "--mapping", "servicenow")):
        assert 2 == run(*missing).code
    for missing in (("verify", "--seal", "no"), ("list",)):
        assert 1 == run(*missing).code


@pytest.mark.parametrize("name", program.SUBCOMMANDS)
def test_every_command_has_help_with_examples(name: str, run: Run) -> None:
    """Each command's help shows how to call it."""
    outcome = run(name, "--help")

    assert 0 == outcome.code
    assert program.SUBCOMMANDS[name].summary in " ".join(outcome.out.split())
    assert f"  incidentflow {name}" in outcome.out


def test_the_version_is_told(run: Run) -> None:
    """The release is one option away."""
    outcome = run("--version")

    assert (0, "incidentflow ") == (outcome.code, outcome.out[:13])


def test_nothing_asked_is_a_misuse(run: Run) -> None:
    """Without a command there is nothing to do."""
    outcome = run()

    assert (2, "") == (outcome.code, outcome.out)
    assert "incidentflow demo" in outcome.err


def test_a_misspelt_command_is_recognised(run: Run) -> None:
    """The nearest command is suggested."""
    outcome = run("lst")

    assert 2 == outcome.code
    assert "unknown command 'lst'; did you mean 'list'?" in outcome.err


def test_a_misspelt_option_is_recognised(run: Run) -> None:
    """The nearest option is suggested, with a value or without."""
    assert "did you mean '--impact'?" in run("report", "x", "--impct=high").err
    outcome = run("report", "x", "--impct", "high")

    assert 2 == outcome.code
    assert "unknown option --impct; did you mean '--impact'?" in outcome.err
    assert "See 'incidentflow report --help'." in outcome.err


def test_an_unquoted_title_is_explained(run: Run) -> None:
    """Words that are too many are most often a text without quotes."""
    outcome = run("report", "Mail", "stuck")

    assert 2 == outcome.code
    assert "unexpected 'stuck'; quote a text of several words" in outcome.err


def test_a_missing_word_is_named(run: Run) -> None:
    """What is needed is named."""
    outcome = run("show")

    assert 2 == outcome.code
    assert "incidentflow show: the following arguments are required: INCIDENT" in outcome.err


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (1, StoreError("commit", "the disk is full")),
        (1, UnreadableJournal("x", 1, "odd")),
        (1, CommitConflict("version", "x")),
        (1, IncidentflowError("odd")),
        (2, LifecycleError("lifecycle", ("odd",))),
        (2, PolicyError("policy", ("odd",))),
        (2, MissingExtra("this", "fast")),
    ],
    ids=lambda each: type(each).__name__,
)
def test_every_error_is_words_and_an_exit_code(
    code: int, error: IncidentflowError, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No error of the library shows a traceback; its code is there to search for."""
    fails_with(monkeypatch, error)
    outcome = run("demo")

    assert (code, "") == (outcome.code, outcome.out)
    assert f"incidentflow: [{error.code}] {error}\n" == outcome.err


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (FileNotFoundError(2, "No such file", "a.csv"), "incidentflow: a.csv: No such file\n"),
        (OSError("odd"), f"incidentflow: odd; {STANDS}\n"),
    ],
)
def test_a_file_that_cannot_be_used_is_named(
    error: OSError, words: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The operating system's own words, and exit code 1."""
    fails_with(monkeypatch, error)

    assert (1, words) == ((outcome := run("demo")).code, outcome.err)


def test_an_interruption_is_quiet(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C ends it as a shell expects."""
    fails_with(monkeypatch, KeyboardInterrupt())
    outcome = run("demo")

    assert (130, "", "") == (outcome.code, outcome.out, outcome.err)


def test_a_closed_pipe_is_quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """``incidentflow list | head`` shows no error, and what is left goes nowhere."""
    fails_with(monkeypatch, BrokenPipeError())
    with (tmp_path / "out").open("w", encoding="utf-8") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert 141 == main(["demo"])
        stream.write("left over")

    assert not (tmp_path / "out").read_text("utf-8")


def test_a_closed_pipe_without_a_descriptor_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream that is no file has nothing to redirect."""
    fails_with(monkeypatch, BrokenPipeError())
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    assert 141 == main(["demo"])


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
@pytest.mark.parametrize("words", [("report", "Mail"), ("list",), ("exceptions",), ("--help",)])
def test_a_stream_that_is_closed_is_written_nowhere(
    words: tuple[str, ...],
    closed: str,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """``incidentflow report x >&-`` is done all the same, once, and says so by its code."""
    run("report", "Mail")
    with monkeypatch.context() as without:
        without.setattr(sys, closed, None)
        assert 0 == main(words)
        getattr(sys, closed).close()
    capsys.readouterr()

    assert 1 + (words[0] == "report") == len(run("list", "--json").data["incidents"])


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_fails_leaves_what_was_changed(unbuffered: str, run: Run) -> None:
    """It says so; a script that reads the words does not report the same again."""
    words = [sys.executable, "-m", "incidentflow", "report", "Mail"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(  # noqa: S603 - our own
            words, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment
        )

    assert (1, f"incidentflow: No space left on device; {STANDS}\n") == (
        done.returncode,
        done.stderr,
    )
    assert 1 == len(run("list", "--json").data["incidents"])


def test_it_runs_as_a_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """``python -m incidentflow`` is the same program."""
    monkeypatch.setattr(sys, "argv", ["incidentflow", "--version"])
    with pytest.raises(SystemExit) as left:
        runpy.run_module("incidentflow", run_name="__main__")

    assert 0 == left.value.code
    assert capsys.readouterr().out.startswith("incidentflow ")


def test_what_a_terminal_cannot_show_is_escaped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A narrow encoding never turns a report into a traceback."""
    with (tmp_path / "out").open("w", encoding="ascii") as stream:
        monkeypatch.setattr(sys, "stdout", stream)
        assert 0 == main(["report", "Größe falsch"])

    assert r"Gr\xf6\xdfe falsch" in (tmp_path / "out").read_text("ascii")
