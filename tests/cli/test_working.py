"""A worker's subcommands: what was carried out, and how the desk is doing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Run = Callable[..., Any]
DESKS = """
from datetime import timedelta

from attrs import evolve

from incidentflow import ITIL, Hold, IncidentDesk, Lifecycle, Policy
from incidentflow.notifiers import callback
from incidentflow.policy import Audience
from incidentflow.policy.communication import Subscription
from incidentflow.ports import Outcome, Receipt
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock

def desk_that(answer, **parts):
    told = Policy(subscriptions=(Subscription(Audience.TEAM, ("reported",)),))
    made = IncidentDesk(policy=told, notifiers=[callback("default", lambda _: answer)], **parts)
    made.report("Mail is down", by="ana", team="net")
    return made

good = desk_that(None)
bad = desk_that(Receipt(Outcome.REJECTED, detail="no such team"))
odd = desk_that("nonsense")
told = Policy(subscriptions=(Subscription(Audience.TEAM, ("reported",)),))
mute = IncidentDesk(policy=told)
elsewhere = IncidentDesk(policy=told, notifiers=[callback("mail", lambda _: None)])
elsewhere.report("Mail is down", by="ana", team="net")
for title in ("Mail is down", "Printer"):
    mute.report(title, by="ana", team="net")

def broken(case):
    raise ZeroDivisionError

CLOCK, STORE = ManualClock(), MemoryStore()
hold = Hold(by="ana", reason="scheduled", until=MONDAY + timedelta(hours=1))
IncidentDesk(STORE, clock=CLOCK).report("Mail is down", hold, by="ana")
def spoil(step):
    return evolve(step, guards=(broken, *step.guards)) if step.trigger == "resume" else step


steps = [spoil(step) for step in ITIL.steps]
ours = Lifecycle("broken", ITIL.states, tuple(steps))
failing = IncidentDesk(STORE, clock=CLOCK, lifecycle=ours)
for _ in range(2):
    CLOCK.advance(hours=2)
    failing.tick()
"""


@pytest.fixture(autouse=True)
def _desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Write desks of one's own."""
    name = f"working_{tmp_path.name.replace('-', '_')}"
    (tmp_path / f"{name}.py").write_text(DESKS, "utf-8")
    monkeypatch.setenv("INCIDENTFLOW_DESK", f"{name}:good")


@pytest.fixture
def named(tmp_path: Path) -> Callable[[str], tuple[str, str]]:
    """Name a desk on the command line."""
    module = f"working_{tmp_path.name.replace('-', '_')}"
    return lambda name: ("--desk", f"{module}:{name}")


def test_what_was_carried_out_is_counted(run: Run) -> None:
    """In words, and then there is nothing more."""
    first, second = run("deliver"), run("deliver")

    assert (0, "Carried out: 1 sent.\n") == (first.code, first.out)
    assert (0, "Carried out: nothing was owed.\n") == (second.code, second.out)


def test_what_is_left_for_want_of_notifiers_is_counted(run: Run, named: Any) -> None:  # noqa: ANN401
    """Nothing is sent, and it does not sound as if nothing were owed."""
    words, data = run("deliver", *named("mute")), run("deliver", *named("mute"), "--json")

    assert words.out.startswith(
        "Carried out: nothing.\nNot sent: 2 messages, for this desk has no "
    )
    assert (0, 2, 0) == (data.code, data.data["left"], data.data["sent"])
    assert 0 == run("deliver", "--json").data["left"]


def test_what_nobody_carries_stands_on_its_incident(run: Run, named: Any) -> None:  # noqa: ANN401
    """Not only among the counts of the worker."""
    told = run("deliver", *named("elsewhere"))
    shown = run("show", "INC-0000001", *named("elsewhere"))

    assert (0, "Carried out: 1 suppressed.\n") == (told.code, told.out)
    assert "net was not told of reported on default: no notifier here" in " ".join(
        shown.out.split()
    )


def test_what_was_given_up_is_an_exit_code(run: Run, named: Any) -> None:  # noqa: ANN401
    """And is data for programs."""
    outcome = run("deliver", *named("bad"), "--json")

    assert 1 == outcome.code
    assert (0, 1) == (outcome.data["sent"], outcome.data["dead"])


def test_a_notifier_that_fails_is_named(run: Run, named: Any) -> None:  # noqa: ANN401
    """On the error stream."""
    outcome = run("deliver", *named("odd"))

    assert (1, "Carried out: 1 waiting.\n") == (outcome.code, outcome.out)
    assert "[notifier.failed]" in outcome.err


def test_a_tick_says_what_it_carried_out_too(run: Run, named: Any) -> None:  # noqa: ANN401
    """As `deliver` does, exit code and all; of nothing it says nothing."""
    first, second = run("tick"), run("tick")
    dead, odd = run("tick", *named("bad"), "--json"), run("tick", *named("odd"))

    assert (0, True) == (first.code, "Carried out: 1 sent.\n" in first.out)
    assert (0, False) == (second.code, "Carried out" in second.out)
    assert (1, 1) == (dead.code, dead.data["delivered"]["dead"])
    assert (1, True) == (odd.code, "[notifier.failed]" in odd.err)


def test_health_says_whether_a_worker_ticks(run: Run) -> None:
    """An exit code for whoever watches it."""
    before = run("health")
    run("tick")
    after = run("health")

    assert (1, 0) == (before.code, after.code)
    assert before.out.startswith("last tick: never\n")
    assert "no worker has ticked yet" in before.err
    assert "" == after.err
    assert "oldest unsent: nothing waits" in after.out


def test_health_names_what_fails(run: Run, named: Any) -> None:  # noqa: ANN401
    """In words and as data."""
    words, data = run("health", *named("failing")), run("health", *named("failing"), "--json")

    assert (1, 1) == (words.code, data.code)
    assert "1 incident cannot be ticked" in words.err
    assert ["INC-0000001"] == [one["incident"] for one in data.data["failing"]]


def test_health_knows_what_is_late(run: Run, named: Any) -> None:  # noqa: ANN401
    """By a limit of one's own."""
    late = run("health", *named("failing"), "--late", "60")

    assert 1 == late.code
    assert "oldest due: 2026-03-02 09:00Z" in late.out
    assert "late by more than 60 seconds" in late.err
