"""The state machine finds a broken promise, and tells the script that led there."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from incidentflow import ITIL, FieldRule, Identify, Lifecycle, Policy, Report, State, Step
from incidentflow.engine import Practice
from incidentflow.errors import Failure, MissingExtra
from incidentflow.incident import Case, Category, Incident
from incidentflow.testing import lifecycle_machine
from incidentflow.testing.exploration import Stage
from incidentflow.testing.playing import Play
from incidentflow.words import Actor

OURS = ITIL.extend(
    State("contained", "open", marks="restored"),
    Step("contain", "in_progress", "contained", needs=("note", "tier")),
    Step("resolve", "contained", "resolved", needs=("code", "note")),
)
GOLD = Policy(fields=(FieldRule("tier"),))
QUICK = settings(max_examples=8, stateful_step_count=12, deadline=None, database=None)
FINDING = settings(
    max_examples=200, stateful_step_count=20, deadline=None, database=None, phases=[Phase.generate]
)


def known(incident: Incident) -> None:
    """Check something by asserting."""
    assert incident.title


def named(incident: Incident) -> bool:
    """Check something by answering."""
    return bool(incident.number)


TestOurs = lifecycle_machine(OURS, GOLD, invariants=[known, named]).TestCase
TestOurs.settings = QUICK
TestFew = lifecycle_machine(ITIL, actors=["ana", Actor.parse("service:chat")]).TestCase
TestFew.settings = QUICK


def never_resolved(incident: Incident) -> bool:
    """Say what cannot be true of any lifecycle."""
    return incident.place.category is not Category.DONE


def fails(machine: Any) -> AssertionError:  # noqa: ANN401 - a class of Hypothesis
    """Run a machine that finds something."""
    with pytest.raises(AssertionError) as caught:
        run_state_machine_as_test(machine, settings=FINDING)
    return caught.value


def test_an_invariant_that_does_not_hold_is_found_with_its_script() -> None:
    """Named by its function; the note says what was asked, as its author would write it."""
    error = fails(lifecycle_machine(ITIL, invariants=[never_resolved]))

    assert "never_resolved does not hold" in str(error)
    assert any("What was asked:\n  1. " in note for note in error.__notes__)
    assert any("-> INC-000000" in note for note in error.__notes__)


def test_a_play_is_bounded_by_default() -> None:
    """A failure is found and made short in seconds; a profile that asks for less gets less."""
    usual, before = lifecycle_machine(ITIL).TestCase.settings, settings()
    settings.register_profile("few", stateful_step_count=7, phases=[Phase.generate], max_examples=3)
    settings.register_profile("before", before)
    try:
        settings.load_profile("few")
        few = lifecycle_machine(ITIL).TestCase.settings
    finally:
        settings.load_profile("before")

    assert (20, None) == (usual.stateful_step_count, usual.deadline)
    assert Phase.shrink in usual.phases
    assert Phase.explain not in usual.phases
    assert (7, 3, (Phase.generate,)) == (few.stateful_step_count, few.max_examples, few.phases)


def test_an_option_that_does_not_keep_its_word_is_found() -> None:
    """A guard that names no input that cures it."""

    def secretly_open(case: Case) -> Failure | None:
        return None if case.given("reason") else Failure("closed", {"text": "closed"})

    steps = (*(step for step in ITIL.steps if step.trigger != "close"),)
    broken = Lifecycle(
        "broken", ITIL.states, (*steps, Step("close", "resolved", "closed", guards=secretly_open))
    )

    assert "options do not keep their word" in str(fails(lifecycle_machine(broken)))


def test_it_needs_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Hypothesis the error names what brings it."""
    monkeypatch.setitem(sys.modules, "hypothesis", None)

    with pytest.raises(MissingExtra, match="lifecycle_machine needs an extra"):
        lifecycle_machine(ITIL)


def test_a_play_without_steps_does_nothing() -> None:
    """From a state that nothing leaves no step is taken."""
    play = Play(Stage(Practice(ITIL, Policy()), {}), (), ())
    play.report(_report(to="resolved", code="fixed", note="restarted"))
    play.wait(timedelta(days=6))
    lines = len(play.script)
    play.step("INC-0000001", 0, Actor.parse("ana"))
    play.watch()

    assert "closed" == play.desk.get("INC-0000001").state
    assert lines == len(play.script)
    assert timedelta(days=6) == play.ahead


def test_joined_and_refused_reports_are_no_further_incidents() -> None:
    """A second report of the same thing joins the first."""
    play = Play(Stage(Practice(ITIL, Policy()), {}), (), ())
    for report in (_report(dedup_key="disk"), _report(dedup_key="disk"), _report(to="nowhere")):
        play.report(report)

    assert ["INC-0000001"] == play.names
    assert 3 == len(play.script)


def test_what_a_timeline_shows_first_is_folded_in_the_order_of_recording() -> None:
    """A count of the source before its report's own puts an entry above it, and breaks nothing."""
    play = Play(Stage(Practice(ITIL, Policy()), {}), (), ())
    play.report(_report(source_sequence=5))
    play.ask("INC-0000001", Identify(by="ana", cause="a full disk", source_sequence=-1))
    play.watch()

    assert ["identified", "reported"] == [e.kind for e in play.desk.history("INC-0000001")]


def _report(**details: Any) -> Report:  # noqa: ANN401 - by name
    return Report(by="ana", title="disk full", **details)
