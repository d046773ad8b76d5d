"""Adopt from the command line: by whom, why, and what differs from before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from incidentflow import ITIL, Policy

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
    assert "first used here" in outcome.out
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
