"""Invariant: a clock of a host pauses and goes on at triggers of its own, beside any hold (K3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import PolicyError
from incidentflow.events import ClockBreached, ClockStopped, ClockWarned
from incidentflow.incident import Command, Event
from incidentflow.policy import ClockRule, HoldReason, Hours, Policy, TargetRow
from incidentflow.policy.clocks import CLOCKS
from incidentflow.policy.file import read_policy, write_policy
from incidentflow.process import (
    Acknowledge,
    Assign,
    Describe,
    Hold,
    Mitigate,
    Note,
    OverridePriority,
    Resolve,
    Resume,
    Retarget,
    StakeholderUpdate,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)
OLA = ClockRule(
    "ola",
    stops="resolved",
    pauses=("waiting", "event:noted"),
    resumes=("left:waiting", "event:described"),
)
PARKED = Hold(by="bo", reason="parked")
MILD = Hold(by="bo", reason="waiting")
NOTE = Note(by="bo", text="with the vendor")
BACK = Describe(by="bo", title="Back from the vendor")
RESUME = Resume(by="bo")


def policy(rule: ClockRule = OLA, **more: Any) -> Policy:  # noqa: ANN401 - of any kind
    """Build a policy with one more clock, of four hours, that one hold reason pauses."""
    usual: dict[str, Any] = {
        "targets": (TargetRow(targets={rule.name: Hours(4)}),),
        "hold_reasons": (HoldReason("parked", pauses=rule.name), HoldReason("waiting")),
        "requirements": (),
        "auto_close": timedelta(0),
    }
    return Policy(clocks=(*CLOCKS, rule), **{**usual, **more})


def life(rule: ClockRule = OLA, **more: Any) -> Rehearsal:  # noqa: ANN401 - as above
    """Report an incident under such a policy."""
    rehearsal = Rehearsal(policy=policy(rule, **more))
    rehearsal.report(by="monitor:probe")
    return rehearsal


def evolved(**changes: Any) -> ClockRule:  # noqa: ANN401 - of any kind
    """Return a clock that stops when it is resolved."""
    return ClockRule(**{"name": "ola", "stops": "resolved", **changes})


ACTS: dict[str, Command] = {
    "parked": PARKED,
    "mild": MILD,
    "resume": RESUME,
    "noted": NOTE,
    "described": BACK,
}


@given(
    st.lists(st.tuples(st.integers(0, 100), st.sampled_from(tuple(ACTS))), max_size=12),
    st.booleans(),
)
def test_it_counts_what_neither_a_hold_nor_a_trigger_holds_back(
    steps: list[tuple[int, str]],
    ticks: bool,  # noqa: FBT001 - drawn
) -> None:
    """Worked out minute by minute, with a switch for each of the two."""
    rehearsal = life()
    held, waits, used = "", False, 0
    for minutes, what in (*steps, (7, "described")):
        used += 0 if waits or held == "parked" else minutes
        rehearsal.wait(minutes=minutes)
        if ticks:
            rehearsal.tick()
        clock = rehearsal.incident.clock("ola")

        assert used * timedelta(minutes=1) == clock.elapsed(rehearsal.now)
        assert (waits or held == "parked", waits) == (clock.paused, clock.waits)
        if clock.due is not None and clock.due > rehearsal.now:
            assert clock.remaining(rehearsal.now) == clock.due - rehearsal.now
        if what == "resume" and not held:
            continue
        rehearsal.do(ACTS[what])
        if what == "noted" or (what in ("parked", "mild") and not held):
            waits = True
        elif what in ("resume", "described"):
            waits = False
        held = what if what in ("parked", "mild") else "" if what == "resume" else held


def test_a_hold_with_an_end_is_not_the_end_of_what_a_trigger_began() -> None:
    """The hold is over at ten, the vendor is back at noon; and the other way round."""
    rule = evolved(pauses="event:noted", resumes="event:described")
    rehearsal = life(rule)
    rehearsal.do(NOTE)
    rehearsal.do(Hold(by="bo", reason="parked", until=MONDAY + 2 * HOUR))
    rehearsal.tick(hours=4)
    assert rehearsal.incident.clock("ola").paused
    clock = rehearsal.do(BACK).clock("ola")
    assert (MONDAY + 8 * HOUR, None) == (clock.due, clock.pause_ends)

    rehearsal = life(rule)
    rehearsal.do(NOTE)
    rehearsal.do(Hold(by="bo", reason="parked", until=MONDAY + 2 * HOUR))
    rehearsal.wait(hours=1)
    clock = rehearsal.do(BACK).clock("ola")
    assert (True, False, MONDAY + 2 * HOUR) == (clock.paused, clock.waits, clock.pause_ends)
    rehearsal.tick(hours=3)
    assert MONDAY + 6 * HOUR == rehearsal.incident.clock("ola").due


SUPPLIER = ClockRule(
    "supplier",
    starts="waiting",
    stops="resolved",
    pauses=("released",),
    resumes=("held:waiting", "held:parked"),
)


@given(
    st.lists(st.tuples(st.integers(1, 200), st.integers(1, 200)), min_size=1, max_size=4),
    st.sampled_from((SUPPLIER, evolved(pauses="waiting", resumes="left:waiting"))),
)
def test_the_end_of_a_hold_is_a_trigger_whoever_looks(
    holds: list[tuple[int, int]], rule: ClockRule
) -> None:
    """A worker that comes often, or once, or after somebody acted: the same facts (rule K19)."""
    often, once, never = (life(rule) for _ in range(3))
    for place, (lasts, then) in enumerate(holds):
        for each in (often, once, never):
            until = each.now + timedelta(minutes=lasts)
            each.do(Hold(by="bo", reason=("waiting", "parked")[place % 2], until=until))
            each.wait(minutes=lasts + then)
        for back in range(lasts + then, -1, -50):
            often.now = once.now - timedelta(minutes=back)
            often.tick()
        often.now = once.now
        often.tick()
        once.tick()
        never.do(Assign(by="bo", assignee=f"person{place}"))

        assert facts(often) == facts(once) == facts(never)
        never.tick()

    assert often.incident.clocks == once.incident.clocks == never.incident.clocks


def facts(rehearsal: Rehearsal) -> list[tuple[datetime, Event]]:
    """List what became of the clock, and when."""
    kinds = (ClockWarned, ClockBreached, ClockStopped)
    entries = [(entry.at, entry.event) for entry in rehearsal.entries]
    return [(at, event) for at, event in entries if isinstance(event, kinds)]


@pytest.mark.parametrize("pauses", [("event:noted", "released"), ("released", "event:noted")])
def test_the_first_trigger_of_several_holds_it_back(pauses: tuple[str, ...]) -> None:
    """The end of the hold, hours before somebody told of both; in whichever order they stand."""
    rehearsal = life(evolved(pauses=pauses, resumes="event:described"))
    rehearsal.do(Hold(by="bo", reason="waiting", until=MONDAY + HOUR))
    rehearsal.wait(hours=3)
    rehearsal.do(Resume(by="bo"), Note(by="bo", text="it was over long ago"))

    assert HOUR == rehearsal.incident.clock("ola").elapsed(rehearsal.now)


def test_a_clock_may_start_held_back() -> None:
    """In a state that holds it back, whenever its target becomes known, since it is in there."""
    rehearsal = Rehearsal(policy=policy())
    clock = rehearsal.report(by="bo", to="on_hold", hold_reason="waiting").clock("ola")
    assert (True, True, None) == (clock.paused, clock.waits, clock.due)

    rehearsal = life(targets=(TargetRow(targets={"ola": Hours(4)}, priority=1),))
    rehearsal.wait(hours=1)
    rehearsal.do(MILD)
    rehearsal.wait(hours=5)
    rehearsal.do(OverridePriority(by="bo", priority=1, reason="it is worse"))
    assert HOUR == rehearsal.incident.clock("ola").elapsed(rehearsal.now)
    clock = rehearsal.do(RESUME).clock("ola")
    assert MONDAY + 9 * HOUR == clock.due


def test_a_cycle_that_starts_anew_waits_as_the_former_did() -> None:
    """News to stakeholders bring no vendor back."""
    rehearsal = life(evolved(restarts="updated", pauses="event:noted", resumes="event:described"))
    rehearsal.do(NOTE)
    clock = rehearsal.do(StakeholderUpdate(by="bo", text="the vendor has it")).clock("ola")
    assert (2, True, None) == (clock.cycle, clock.waits, clock.due)
    rehearsal.wait(hours=1)
    assert MONDAY + 5 * HOUR == rehearsal.do(BACK).clock("ola").due


def test_what_starts_it_may_come_with_what_holds_it_back() -> None:
    """Both in one command: it starts, and waits."""
    rehearsal = life(evolved(starts="assigned", pauses="event:assigned", resumes="working"))
    clock = rehearsal.do(Assign(by="bo", assignee="cy")).clock("ola")
    assert (True, True) == (clock.paused, clock.waits)
    rehearsal.wait(hours=1)
    assert MONDAY + 5 * HOUR == rehearsal.do(Acknowledge(by="cy")).clock("ola").due


def test_new_terms_that_pause_nothing_let_it_go_on() -> None:
    """Else nothing would ever resume it."""
    rehearsal = life()
    rehearsal.do(NOTE)
    rehearsal.wait(hours=1)
    rehearsal.practice = Rehearsal(policy=policy(evolved())).practice
    clock = rehearsal.do(Retarget(by="bo", reason="a new contract")).clock("ola")

    assert (False, False, MONDAY + 5 * HOUR) == (clock.paused, clock.waits, clock.due)


def test_stopped_while_it_waits_it_leaves_the_wait_out() -> None:
    """And waits no more when it goes on (rule K5)."""
    rehearsal = life(evolved(stops="restored", pauses="event:noted", resumes="event:described"))
    rehearsal.wait(hours=1)
    rehearsal.do(NOTE)
    rehearsal.wait(hours=5)
    clock = rehearsal.do(Mitigate(by="bo", note="rerouted")).clock("ola")
    assert (HOUR, False) == (clock.elapsed(rehearsal.now), clock.waits)
    clock = rehearsal.do(Resolve(by="bo", code="fixed", note="done")).clock("ola")
    assert not clock.breached


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"pauses": "waiting"}, "never resumes; name at least one trigger, or neither"),
        ({"resumes": "working"}, "never pauses; name at least one trigger, or neither"),
        ({"pauses": "waiting", "resumes": "waiting"}, "resumes and pauses at 'waiting'"),
        ({"pauses": "resolved", "resumes": "working"}, "pauses and stops at 'resolved'"),
        ({"pauses": "waiting", "resumes": "resolved"}, "resumes and stops at 'resolved'"),
        ({"starts": "waiting", "pauses": "waiting", "resumes": "working"}, "starts and pauses"),
        ({"restarts": "updated", "pauses": "updated", "resumes": "working"}, "restarts and pauses"),
        ({"pauses": "left:wating", "resumes": "working"}, "did you mean 'left:waiting'"),
        ({"pauses": "held:lunch", "resumes": "released"}, "'held:lunch', which is no hold reason"),
    ],
)
def test_triggers_that_could_never_work_are_refused(changes: dict[str, Any], problem: str) -> None:
    """When the policy is built, naming the clock."""
    with pytest.raises(PolicyError, match="clock 'ola'") as refused:
        policy(evolved(**changes))

    assert problem in str(refused.value)


def test_they_stand_in_a_file_and_are_read_back() -> None:
    """As any other attribute of a clock."""
    given = policy()

    assert given == read_policy(write_policy(given))
