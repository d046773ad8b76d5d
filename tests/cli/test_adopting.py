"""Adopt from the command line: by whom, why, and what differs from before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow import ITIL, Policy, load_policy

Run = Callable[..., Any]


def test_adopting_names_what_stands(run: Run) -> None:
    """A new store is made; a second time there is nothing to adopt, and it says so."""
    first = run("adopt", "--reason", "go live")
    again = run("adopt", "--reason", "go live", "--by", "bo")

    assert (0, 0) == (first.code, again.code)
    for reference in (ITIL.reference, Policy().reference):
        assert f"{reference} since " in first.out
        assert f"{reference} since " in again.out
        assert f"{reference} since " in run("describe").out
    assert " by ana: go live" in again.out
    assert "Nothing to adopt" in again.out
    assert "Nothing to adopt" not in first.out
    assert "What differs" not in first.out
    assert [] == run("adopt", "--reason", "go live", "--json").data
    assert "0 incidents and their desk with 2 journal entries checked" in run("verify").out


@pytest.mark.usefixtures("reported")
def test_adopting_says_what_differs(
    run: Run, own_desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Line by line, for people and for programs."""
    source = f"import {own_desk} as own\nfrom incidentflow import IncidentDesk\n"
    made = "desk = IncidentDesk('sqlite:///incidents.db', lifecycle=own.OURS)\n"
    with open("kept_desk.py", "w", encoding="utf-8") as file:  # noqa: PTH123 - where the test stands
        file.write(source + made)
    monkeypatch.delitem(__import__("sys").modules, "kept_desk", raising=False)
    outcome = run("adopt", "--reason", "change 4711", "--desk", "kept_desk:desk")
    data = run("adopt", "--reason", "back", "--json").data

    assert f"What differs in {ITIL.name}+@" in outcome.out
    assert '  + states.contained: category open; label ""; marks restored' in outcome.out
    assert f"{Policy().reference} since" in outcome.out
    assert 2 == outcome.out.count("by ana: change 4711")
    assert "first used here" not in outcome.out
    (back,) = data
    assert ("lifecycle_adopted", "back") == (back["kind"], back["event"]["reason"])
    assert (
        'states.contained: category open; label ""; marks restored'
        in (back["event"]["differs"]["removed"])
    )


def test_adopting_needs_a_reason(run: Run) -> None:
    """Like every act that somebody will be asked about."""
    assert 2 == run("adopt").code
    assert 2 == run("adopt", "--reason", " ").code


CHANGING = (
    ("report", "Printer", "--impact", "1"),
    ("apply", "INC-0000001", "acknowledge"),
    ("tick",),
    ("deliver",),
    ("erase", "--expired", "--reason", "over"),
)
READING = (
    ("metrics",),
    ("list",),
    ("show", "INC-0000001"),
    ("forecast", "INC-0000001"),
    ("options", "INC-0000001"),
)


@pytest.fixture
def contract(run: Run, reported: str) -> str:
    """Adopt a policy from a file after the first incident, and return its name."""
    del reported
    Path("contract.toml").write_text('auto_close = "2d"', "utf-8")
    assert 0 == run("adopt", "--policy", "contract.toml", "--reason", "contract").code
    return "contract.toml"


@pytest.mark.parametrize("words", CHANGING, ids=" ".join)
def test_an_adopted_policy_is_not_replaced_in_silence(
    words: tuple[str, ...], contract: str, run: Run
) -> None:
    """What changes anything and was named no policy is refused, with what would do."""
    journal = run("describe").out
    refused = run(*words)

    assert (2, "") == (refused.code, refused.out)
    assert f"policy = missing: name the file of {load_policy(contract).reference}" in refused.err
    assert ", which ana adopted (contract), with --policy or INCIDENTFLOW_POLICY" in refused.err
    assert journal == run("describe").out
    assert run(*words, "--policy", contract).code in (0, 1)
    assert 1 == run("describe").out.count(": contract")


@pytest.mark.parametrize("words", READING, ids=" ".join)
def test_reading_by_another_policy_than_the_adopted_one_says_so(
    words: tuple[str, ...], contract: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It goes on: nothing is changed by it."""
    usual = run(*words)
    monkeypatch.setenv("INCIDENTFLOW_POLICY", contract)
    named = run(*words)

    assert (0, 0, "") == (usual.code, named.code, named.err)
    assert "what is shown goes by the usual policy; name the file of policy@" in usual.err


@pytest.mark.usefixtures("contract")
def test_the_usual_policy_is_adopted_again_by_name(run: Run) -> None:
    """Who names no policy may mean the usual one, and says so once."""
    assert 0 == run("adopt", "--reason", "contract ended").code
    again = run("report", "Printer", "--impact", "1", "--urgency", "1")

    assert (0, "") == (again.code, again.err)
    assert Policy().reference in run("describe").out


def test_what_was_adopted_once_is_used_again(contract: str, run: Run) -> None:
    """A policy that was named in between, by nobody's decision, does not let go of it."""
    Path("next.toml").write_text('auto_close = "3d"', "utf-8")
    run("report", "Printer", "--policy", "next.toml")
    free = run("metrics")
    run("report", "Printer", "--policy", contract)

    assert (0, True) == (free.code, "what is shown goes by the usual policy" in free.err)
    assert f"{load_policy(contract).reference} since" in run("describe").out
    assert "by system:incidentflow: used again" in run("describe").out
    assert 2 == run("report", "Printer").code


def test_what_is_only_used_replaces_no_choice(contract: str, run: Run) -> None:
    """Nor does a tick of another tenant's worker, until somebody adopts what is used by now."""
    tenant = ("--tenant", "acme")
    run("adopt", *tenant, "--policy", contract, "--reason", "contract")
    run("report", "Printer", *tenant, "--policy", contract)
    run("report", "Mail", *tenant, "--policy", "next.toml")
    assert 2 == run("report", "Printer", *tenant).code
    Path("next.toml").write_text('auto_close = "3d"', "utf-8")
    run("report", "Mail", *tenant, "--policy", "next.toml")
    assert 2 == run("report", "Printer", *tenant).code
    run("adopt", *tenant, "--policy", "next.toml", "--reason", "as it is used")
    named = run("report", "Printer", *tenant)

    assert "which ana adopted (as it is used)" in named.err


def test_a_policy_that_nobody_adopted_stands_in_nobodys_way(run: Run) -> None:
    """It was named for one command; the library wrote down that it was used."""
    Path("next.toml").write_text('auto_close = "3d"', "utf-8")
    run("report", "Printer", "--policy", "next.toml")

    assert (0, "") == (run("report", "Mail").code, run("metrics").err)
