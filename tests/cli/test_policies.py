"""Policy files on the command line: checked, shown, compared, worked by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow import Policy, load_policy

Run = Callable[..., Any]
OURS = """
series = "OPS"
[[fields]]
name = "tier"
required_at = ["resolve"]
"""


@pytest.fixture
def ours(tmp_path: Path) -> str:
    """Write a policy file, and return its name."""
    (tmp_path / "ours.toml").write_text(OURS, "utf-8")
    return "ours.toml"


def test_a_sound_file_is_checked(run: Run, ours: str) -> None:
    """It holds, and its digest is told."""
    outcome = run("policy", "check", ours)

    assert (0, "") == (outcome.code, outcome.err)
    assert f"ours.toml holds: {load_policy(ours).reference}." in outcome.out


def test_what_is_shown_is_the_same_policy(run: Run, ours: str, tmp_path: Path) -> None:
    """With everything that the file left out."""
    outcome = run("policy", "show", ours)
    (tmp_path / "whole.toml").write_text(outcome.out, "utf-8")

    assert 'auto_close = "5d"' in outcome.out
    assert load_policy(ours) == load_policy("whole.toml")
    assert "0 differences from ours.toml." in run("policy", "diff", ours, "whole.toml").out


def test_what_differs_is_told_line_by_line(run: Run, ours: str, tmp_path: Path) -> None:
    """From the usual policy, or from another file."""
    (tmp_path / "theirs.toml").write_text('series = "NET"', "utf-8")
    usual, theirs = run("policy", "diff", ours), run("policy", "diff", ours, "theirs.toml")

    assert "~ series: INC -> OPS\n" in usual.out
    assert usual.out.endswith("differences from the usual policy.\n")
    assert "- fields.tier: type text; required_at resolve; personal no" in theirs.out
    assert "~ series: OPS -> NET" in theirs.out


@pytest.mark.parametrize("action", ["check", "show", "diff"])
def test_a_bad_file_gives_the_list_of_its_problems(action: str, run: Run, tmp_path: Path) -> None:
    """And no traceback."""
    (tmp_path / "bad.toml").write_text('auto_clos = "5d"\nseries = 5\n', "utf-8")
    outcome = run("policy", action, "bad.toml")

    assert (2, "") == (outcome.code, outcome.out)
    assert "[policy.invalid] policy 'bad.toml': 2 problem(s)" in outcome.err
    assert "1. unknown key 'auto_clos'; did you mean 'auto_close'?" in outcome.err
    assert "2. series is 5; give text" in outcome.err


def test_a_file_that_is_not_there_is_told(run: Run, tmp_path: Path) -> None:
    """So is one that is no text."""
    (tmp_path / "raw.toml").write_bytes(b"\xff\xfe")

    assert "No such file or directory; give a TOML file" in run("policy", "check", "x.toml").err
    assert "is no UTF-8 text; give a TOML file" in run("policy", "check", "raw.toml").err
    assert "is no regular file; give a TOML file" in run("policy", "check", "/dev/zero").err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("chek", "ours.toml"), "unknown action 'chek'; did you mean 'check'?"),
        (("show", "ours.toml", "ours.toml"), "show takes one file; diff takes two"),
        (("check",), "the following arguments are required: FILE"),
    ],
)
def test_a_misuse_is_explained(words: tuple[str, ...], hint: str, run: Run) -> None:
    """With what would work."""
    outcome = run("policy", *words)

    assert 2 == outcome.code
    assert hint in outcome.err


def test_a_file_has_to_fit_the_lifecycle(run: Run, tmp_path: Path, own_desk: str) -> None:
    """The usual one, or that of a desk of one's own."""
    text = '[[fields]]\nname = "ward"\nrequired_at = "contain"\n'
    (tmp_path / "own.toml").write_text(text, "utf-8")
    usual = run("policy", "check", "own.toml")

    assert 2 == usual.code
    assert "policy 'own.toml': 1 problem(s)" in usual.err
    assert "own field 'ward' is required before 'contain'" in usual.err
    assert 0 == run("policy", "check", "own.toml", "--desk", f"{own_desk}:desk").code


def test_what_does_not_fit_is_told_with_every_other_problem(run: Run, tmp_path: Path) -> None:
    """Of the parts that can work for themselves."""
    (tmp_path / "bad.toml").write_text(
        """
        series = "x"
        fields = [{ name = "ward", required_at = "contain" }]
        subscriptions = [{ audience = "team", kinds = "resolvd" }]
        hold_reasons = [{ name = "parked", needs = "coment" }]
        clocks = [{ name = "ola", starts = "held:parked", stops = "event:solved" }]
        """,
        "utf-8",
    )
    outcome = run("policy", "check", "bad.toml")

    assert 2 == outcome.code
    assert "policy 'bad.toml': 4 problem(s)" in outcome.err
    for place, problem in enumerate(
        (
            "series 'x' is no prefix",
            "hold reason 'parked' needs 'coment'; did you mean 'comment'?",
            "own field 'ward' is required before 'contain'",
            "subscriptions[1] names the kind of event 'resolvd'; did you mean 'resolved'?",
        ),
        1,
    ):
        assert f"{place}. {problem}" in outcome.err


def test_a_file_that_cannot_work_hides_no_lifecycle(run: Run, tmp_path: Path) -> None:
    """One that needs a field of the file's, which is itself wrong, is no problem of it."""
    (tmp_path / "tiered.py").write_text(
        "from incidentflow import ITIL, IncidentDesk, FieldRule, Policy, Step\n"
        "needy = ITIL.extend(Step('triage', 'new', 'triaged', needs='tier'), name='needy')\n"
        "desk = IncidentDesk(lifecycle=needy, policy=Policy(fields=(FieldRule('tier'),)))\n",
        "utf-8",
    )
    (tmp_path / "bad.toml").write_text('fields = [{ name = "tier", type = "txt" }]', "utf-8")
    outcome = run("policy", "check", "bad.toml", "--desk", "tiered:desk")

    assert "policy 'bad.toml': 1 problem(s)" in outcome.err
    assert "own field 'tier' has type 'txt'; did you mean 'text'?" in outcome.err


def test_commands_work_by_a_file(run: Run, ours: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Named on the command line or by the environment; adopting it says what differs."""
    usual = run("adopt", "--reason", "go live")
    adopted = run("adopt", "--reason", "change 4711", "--policy", ours)
    number = run("report", "Mail", "--policy", ours, "--field", "tier=gold", "--json").data[
        "number"
    ]
    monkeypatch.setenv("INCIDENTFLOW_POLICY", ours)
    listed = run("list", "--field", "tier=gold", "--json").data["incidents"]

    assert Policy().reference in usual.out
    assert "~ series: INC -> OPS" in adopted.out
    assert "OPS-0000001" == number
    assert [number] == [each["number"] for each in listed]
    assert load_policy(ours).reference in run("describe").out


def test_a_desk_of_ones_own_has_its_own_policy(run: Run, ours: str, own_desk: str) -> None:
    """Two policies for one desk are refused."""
    outcome = run("list", "--desk", f"{own_desk}:desk", "--policy", ours)

    assert 2 == outcome.code
    assert "your own desk has its own; drop --policy" in outcome.err
