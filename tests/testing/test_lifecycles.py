"""A lifecycle is checked as a whole: what is sound passes, and every fault is named with a cure."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from itertools import count
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given

from incidentflow import ITIL, FieldRule, Lifecycle, Policy, State, Step
from incidentflow.errors import Failure, LifecycleError
from incidentflow.incident import Case
from incidentflow.incident.case import Command
from incidentflow.process.notes import Noted
from incidentflow.testing import check_lifecycle
from incidentflow.testing.agreement import disagreements
from incidentflow.testing.generated import lifecycles

STATES = (
    State("new", "triage", marks="working"),
    State("parked", "open", marks="waiting"),
    State("fixed", "done", marks=("restored", "resolved")),
    State("gone", "terminal"),
)
STEPS = (
    Step("report", None, "new"),
    Step("resolve", "new", "fixed"),
    Step("hold", "new", "parked"),
    Step("resume", "parked", "new"),
    Step("close", "fixed", "gone"),
)
SOUND = Lifecycle("sound", STATES, STEPS)


def without(trigger: str, *others: Step) -> Lifecycle:
    """Take a step out of the sound lifecycle, and put others in."""
    steps = (*(step for step in STEPS if step.trigger != trigger), *others)
    return Lifecycle("broken", STATES, steps)


def problems(lifecycle: Lifecycle, policy: Policy | None = None, **more: Any) -> str:  # noqa: ANN401
    """Return what is wrong with a lifecycle, as text."""
    with pytest.raises(LifecycleError) as caught:
        check_lifecycle(lifecycle, policy, **more)
    return str(caught.value)


def raising(case: Case) -> Failure | None:
    """Raise, as a guard with a fault does."""
    return {}[case.incident.state]


def telling_true(case: Case) -> Any:  # noqa: ANN401 - what a condition of another library answers
    """Answer as a condition, not as a guard."""
    return case.incident.version > 0


def fickle() -> Any:  # noqa: ANN401 - a guard with a memory
    """Make a guard that passes every other time."""
    calls = count()
    return lambda _: Failure("odd") if next(calls) % 2 else None


def hopeless(case: Case) -> Failure | None:
    """Refuse always."""
    del case
    return Failure("never", {"text": "it is never allowed"})


def long_note(case: Case) -> Failure | None:
    """Require a note that says something."""
    if len(case.given("note") or "") > 20:
        return None
    return Failure("note.short", {"text": "say more"}, ("note",))


def secretly_open(case: Case) -> Failure | None:
    """Say that nothing helps, although a reason does."""
    return None if case.given("reason") else Failure("closed", {"text": "closed"})


def touchy(case: Case) -> Failure | None:
    """Raise only when something is given."""
    return None if case.given("note") is None else raising(case)


def test_a_sound_lifecycle_passes() -> None:
    """Without a word; ours does, also under a lenient policy."""
    check_lifecycle(SOUND)
    check_lifecycle(ITIL, Policy(close_unresolved=True, reopen_closed=True))


@pytest.mark.parametrize(
    ("lifecycle", "policy", "text"),
    [
        (
            without("resume", Step("resolve", "parked", "fixed")),
            None,
            "add Step('resume', 'parked'",
        ),
        (
            without("close", Step("drop", "fixed", "gone")),
            None,
            "set Policy(auto_close=timedelta(0))",
        ),
        (
            without("resume", Step("drop", "parked", "gone")),
            None,
            "state 'parked' leads to no done state, so work there is never resolved",
        ),
        (
            without("resolve", Step("resolve", "new", "fixed", guards=hopeless)),
            None,
            "state 'fixed' is never reached under this policy",
        ),
        (
            without("resume", Step("resume", "parked", "new", guards=hopeless)),
            None,
            "stuck in 'parked', where every step is closed (it is never allowed)",
        ),
        (without("close", Step("close", "fixed", "gone", guards=raising)), None, "raised KeyError"),
        (
            without("close", Step("close", "fixed", "gone", guards=telling_true)),
            None,
            "answered True",
        ),
        (
            without("close", Step("close", "fixed", "gone", guards=fickle())),
            None,
            "a guard is pure",
        ),
        (SOUND, Policy(fields=(FieldRule("note"),)), "own field 'note' is called as an input is"),
        (
            without("hold", Step("hold", "new", "parked", needs="nonsense")),
            None,
            "step 'hold' needs 'nonsense'",
        ),
        (
            without("close", Step("close", "fixed", "gone", guards=secretly_open)),
            None,
            "step 'close' from 'fixed' to 'gone' is closed, but Close(by='ana', reason='said so')",
        ),
        (
            without("resolve", Step("resolve", "new", "fixed", needs="note", guards=touchy)),
            None,
            "guard 'touchy' on the way to 'fixed' raised KeyError",
        ),
    ],
)
def test_each_fault_is_named(lifecycle: Lifecycle, policy: Policy | None, text: str) -> None:
    """With the state or step it is in, and what would do."""
    assert text in problems(lifecycle, policy)


def test_all_faults_are_named_at_once() -> None:
    """Not one after another."""
    broken = without("close", Step("drop", "fixed", "gone"), Step("drop", "parked", "gone"))
    told = problems(evolve(broken, steps=tuple(s for s in broken.steps if s.trigger != "resume")))

    assert "3 problem(s)" in told


def test_what_a_guard_accepts_can_be_given() -> None:
    """Where representative inputs do not do, the test's author knows better ones."""
    picky = without("resolve", Step("resolve", "new", "fixed", guards=long_note))
    note = {"note": "restarted the relay in Berlin"}

    assert "is open with note, but Resolve(by='ana', note='said so') came to a refusal" in problems(
        picky
    )
    check_lifecycle(picky, inputs=note)
    tier = Policy(fields=(FieldRule("tier", required_at=("resolve",)),))
    check_lifecycle(SOUND, tier)
    check_lifecycle(SOUND, tier, inputs={"tier": "silver"})


def test_a_state_that_is_entered_and_left_in_a_circle_is_no_way_out() -> None:
    """Going round between unfinished states resolves nothing."""
    circle = Lifecycle(
        "circle",
        (*STATES, State("one", "open"), State("two", "open")),
        (
            *STEPS,
            Step("go", "new", "one"),
            Step("go", "one", "two"),
            Step("go", "two", "one"),
            Step("drop", ("one", "two"), "gone"),
        ),
    )

    assert "state 'one' leads to no done state" in problems(circle)
    assert "state 'two' leads to no done state" in problems(circle)


@pytest.mark.parametrize("part", ["table", "machine"])
def test_a_table_that_is_not_the_machine_is_found(part: str) -> None:
    """Whichever of both was meddled with."""
    other = without("close", Step("close", ("fixed", "new"), "gone"))
    meddled = copy(SOUND)
    object.__setattr__(meddled, part, getattr(other, part))
    told = [*disagreements(meddled)]

    assert 1 == len(told)
    assert "step 'close' from 'new' leads to" in told[0]
    assert "build a Lifecycle and change nothing in it" in problems(meddled)


@given(lifecycles())
def test_table_and_machine_of_any_lifecycle_agree(lifecycle: Lifecycle) -> None:
    """Also of one that nobody wrote."""
    assert [] == [*disagreements(lifecycle)]


@frozen(kw_only=True)
class Ping(Command):
    """A host's command that takes a step."""

    trigger = "ping"
    tone: str

    def decide(self, case: Case) -> Any:  # noqa: ANN401 - events
        """Say it."""
        del case
        yield Noted(self.tone)


def test_a_host_s_own_command_takes_its_step() -> None:
    """With representative values for what it requires."""
    pinged = without("hold", Step("ping", "new", "parked"))
    given: Mapping[str, object] = {"tone": "high"}

    check_lifecycle(pinged, commands=(Ping,), inputs=given)


@frozen(kw_only=True)
class Crash(Command):
    """A host's command with a fault."""

    trigger = "ping"

    def decide(self, case: Case) -> Any:  # noqa: ANN401 - events
        """Raise."""
        return {}[case.incident.state]


def test_a_host_s_own_command_that_raises_is_named() -> None:
    """With the step it takes."""
    pinged = without("hold", Step("ping", "new", "parked"))
    told = problems(pinged, commands=(Crash,))

    assert "step 'ping' from 'new' to 'parked' raised KeyError('new')" in told
