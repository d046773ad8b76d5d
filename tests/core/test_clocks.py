"""Clocks through the life of an incident: started, warned, paused, stopped, retargeted (K1-K19)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from attrs import evolve

from incidentflow.errors import InvalidInput
from incidentflow.events import ClockBreached, ClockRetargeted, ClockStarted, ClockStopped
from incidentflow.incident import Command
from incidentflow.incident.clocks import ClockStatus, Ended, Verdict
from incidentflow.incident.parts import Confidence, EtaAudience
from incidentflow.policy import (
    BusinessDays,
    Calendar,
    ClockRule,
    FieldRule,
    HoldReason,
    Hours,
    Policy,
    TargetRow,
)
from incidentflow.policy.calendars import ROUND_THE_CLOCK
from incidentflow.policy.clocks import CLOCKS
from incidentflow.process import (
    Acknowledge,
    Assign,
    Cancel,
    Close,
    Correct,
    Hold,
    Merge,
    Mitigate,
    Note,
    OverridePriority,
    Reclassify,
    Reinstate,
    Relapse,
    Reopen,
    Resolve,
    Resume,
    Retarget,
    ReturnToQueue,
    StakeholderUpdate,
    Triage,
)
from incidentflow.process.agenda import Tick
from incidentflow.process.dating import Origin
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import MICROSECOND, SYSTEM

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = Calendar("office", week={"mon-fri": "09:00-17:00"})
ALL = {"response": Hours(1), "restoration": Hours(4), "resolution": Hours(8)}
RESOLVE = Resolve(by="bo", code="fixed", note="done")
VENDOR = Hold(by="bo", reason="awaiting_vendor")
REQUESTER = Hold(by="bo", reason="awaiting_requester", comment="asked")


def policy(*rows: TargetRow, **options: Any) -> Policy:  # noqa: ANN401 - options have any type
    """Build a policy without closing by itself, with these rows or one for everything."""
    rows = rows or (TargetRow(targets=ALL),)
    return Policy(**{"targets": rows, "requirements": (), "auto_close": timedelta(0), **options})


def life(*rows: TargetRow, report: dict[str, Any] | None = None, **options: Any) -> Rehearsal:  # noqa: ANN401 - as above
    """Rehearse an incident that a monitor has just reported."""
    found = Rehearsal(policy=policy(*rows, **options))
    found.report(**{"by": "monitor:probe", **(report or {})})
    return found


def told(rehearsal: Rehearsal, *kinds: str) -> list[tuple[datetime, str]]:
    """List what the clocks did: when it happened, and what it reads like."""
    return [
        (entry.at, entry.event.describe())
        for entry in rehearsal.entries
        if entry.kind.startswith("clock") and (not kinds or entry.kind in kinds)
    ]


def test_a_clock_warns_in_order_and_breaches_after_its_due_instant() -> None:
    """Settling at due does not breach; one microsecond later does, at the due instant (K2, K11)."""
    rehearsal = life()
    due = MONDAY + HOUR
    rehearsal.now = due
    clock = rehearsal.do(Tick(by=SYSTEM)).clock("response")

    assert not clock.breached
    assert due + MICROSECOND == rehearsal.commits[-1].due_at
    assert [
        (MONDAY + 30 * MINUTE, "response target: 1/2 used up"),
        (MONDAY + 45 * MINUTE, "response target: 3/4 used up"),
        (MONDAY + 54 * MINUTE, "response target: 9/10 used up"),
    ] == told(rehearsal, "clock_warned")

    rehearsal.now = due + MICROSECOND
    clock = rehearsal.do(Tick(by=SYSTEM)).clock("response")
    entry = rehearsal.entries[-1]

    assert due == clock.breached_at == entry.at == entry.due
    assert due + MICROSECOND == entry.recorded_at
    assert Verdict.BREACHED is clock.verdict


@pytest.mark.parametrize(("late", "verdict"), [(timedelta(0), "met"), (MICROSECOND, "breached")])
def test_stopped_at_due_is_met_and_after_it_is_breached(late: timedelta, verdict: str) -> None:
    """To the microsecond, whoever looks when (rule K2)."""
    rehearsal = life()
    rehearsal.now = MONDAY + HOUR + late
    clock = rehearsal.do(Acknowledge(by="bo")).clock("response")

    assert Verdict(verdict) is clock.verdict
    assert Ended.STOPPED is clock.ended
    assert MONDAY + HOUR + late == clock.ended_at
    assert -late == clock.remaining(rehearsal.now + HOUR)


def test_another_row_wins_though_its_words_are_alike() -> None:
    """A service may have a comma in its name; what was promised follows (rules K6 and K15)."""
    rows = (
        TargetRow(service="web, team x", targets={"response": Hours(4)}),
        TargetRow(service="web", team="x", targets={"response": Hours(1)}),
    )
    rehearsal = life(*rows, report={"service": "web, team x", "team": "x"})
    before = rehearsal.incident.clock("response").due
    after = rehearsal.do(Reclassify(by="bo", service="web")).clock("response").due

    assert (MONDAY + 4 * HOUR, MONDAY + HOUR) == (before, after)


def test_response_stops_when_a_person_answers() -> None:
    """Acknowledging, assigning to a person, or acting when assigned; it never restarts (K12)."""
    for command in (
        Acknowledge(by="bo"),
        Assign(by="bo", assignee="cy"),
        Acknowledge(by="bo", assignee="cy"),
    ):
        assert not life().do(command).clock("response").runs
    for command in (
        Assign(by="bo", team="net"),
        Assign(by="service:router", assignee="cy"),
        Acknowledge(by="service:chat", assignee="cy"),
        Note(by="bo", text="seen"),
    ):
        assert life().do(command).clock("response").runs

    rehearsal = life()
    rehearsal.do(Assign(by="service:router", assignee="cy"))
    assert not rehearsal.do(Note(by="cy", text="looking")).clock("response").runs
    rehearsal.do(RESOLVE)
    assert not rehearsal.do(Reopen(by="bo", reason="again")).clock("response").runs
    assert 1 == len([each for each in rehearsal.incident.clocks if each.name == "response"])


def test_an_imported_assignment_answers_nothing() -> None:
    """Until the person acts (rule K12)."""
    rehearsal = Rehearsal(policy=policy(), origin=Origin.IMPORTED)
    rehearsal.report(by="ana", assignee="cy")

    assert rehearsal.incident.clock("response").runs
    assert not rehearsal.do(Acknowledge(by="cy")).clock("response").runs


def test_solved_at_first_contact_everything_is_met() -> None:
    """A report that begins resolved starts its clocks and stops them (rule L2)."""
    rehearsal = life(report={"by": "bo", "to": "resolved", "code": "fixed", "note": "done"})

    assert {"response", "restoration", "resolution"} == {
        clock.name for clock in rehearsal.incident.clocks if clock.verdict is Verdict.MET
    }


def test_restoration_stops_at_its_mark_and_resolution_at_its_own() -> None:
    """And a relapse takes up restoration, with the time between as a pause (K7, K12)."""
    rehearsal = life()
    rehearsal.do(Acknowledge(by="bo"))
    rehearsal.wait(hours=1)
    rehearsal.do(Mitigate(by="bo", note="bypass"))
    assert Verdict.MET is rehearsal.incident.clock("restoration").verdict
    assert rehearsal.incident.clock("resolution").runs

    rehearsal.wait(hours=2)
    clock = rehearsal.do(Relapse(by="bo", note="again")).clock("restoration")
    assert MONDAY + 6 * HOUR == clock.due
    assert HOUR == clock.elapsed(rehearsal.now)

    rehearsal.do(Mitigate(by="bo", note="bypass"))
    rehearsal.wait(hours=1)
    rehearsal.do(VENDOR)
    assert not rehearsal.incident.clock("restoration").runs
    rehearsal.do(Resume(by="bo"))
    assert not rehearsal.incident.clock("restoration").runs
    assert rehearsal.do(Relapse(by="bo", note="again")).clock("restoration").runs


def test_clocks_start_when_their_target_is_known_and_count_from_the_report() -> None:
    """A priority that comes later starts them in the past (rules K12 and K6)."""
    rehearsal = life(TargetRow(targets=ALL, priority=1))
    assert () == rehearsal.incident.clocks
    with pytest.raises(InvalidInput, match="was never started; started were: none"):
        rehearsal.incident.clock("response")

    rehearsal.wait(hours=2)
    rehearsal.do(Acknowledge(by="bo"))
    rehearsal.wait(hours=3)
    triage = {"category": "mail", "impact": "high", "urgency": "high"}
    rehearsal.do(Reclassify(by="bo", **triage))
    response, restoration = (rehearsal.incident.clock(name) for name in ("response", "restoration"))

    assert (MONDAY, MONDAY + HOUR) == (response.started_at, response.breached_at)
    assert MONDAY + 2 * HOUR == response.ended_at
    assert Verdict.BREACHED is response.verdict
    assert MONDAY + 4 * HOUR == restoration.breached_at
    assert response.retroactive
    assert restoration.retroactive
    assert {True} == {
        entry.event.retroactive
        for entry in rehearsal.entries
        if isinstance(entry.event, ClockBreached)
    }
    with pytest.raises(InvalidInput, match="started were: response, restoration, resolution"):
        rehearsal.incident.clock("respons")


def test_what_was_over_before_its_target_was_known_is_met() -> None:
    """A late start looks at what happened since (rule K12)."""
    rehearsal = life(TargetRow(targets=ALL, priority=1))
    rehearsal.do(Acknowledge(by="bo"))
    rehearsal.do(Mitigate(by="bo", note="bypass"))
    rehearsal.wait(hours=3)
    rehearsal.do(OverridePriority(by="bo", priority=1, reason="boss"))

    assert Verdict.MET is rehearsal.incident.clock("response").verdict
    assert Verdict.MET is rehearsal.incident.clock("restoration").verdict
    assert rehearsal.incident.clock("resolution").runs


@pytest.mark.parametrize("late", ["priority", "retarget"])
@pytest.mark.parametrize(
    ("commands", "answered"),
    [
        ((Assign(by="bo", assignee="cy"),), 1),
        ((Acknowledge(by="bo", assignee="cy"),), 1),
        ((Assign(by="service:router", assignee="cy"), Note(by="cy", text="looking")), 2),
        ((Acknowledge(by="service:chat", assignee="cy"), Note(by="cy", text="looking")), 2),
        ((Assign(by="bo", team="net"), Note(by="bo", text="seen")), None),
        ((Assign(by="service:router", assignee="cy"), Note(by="bo", text="seen")), None),
        ((Acknowledge(by="service:chat", assignee="cy"),), None),
    ],
)
def test_an_answer_before_a_target_is_known_is_an_answer(
    late: str, commands: tuple[Command, ...], answered: int | None
) -> None:
    """By a person, not by a rule; the verdict is that of a clock that ran all the time (K12)."""
    targeted, known = life(), life(TargetRow(targets=ALL, priority=1))
    for rehearsal in (targeted, known):
        for command in commands:
            rehearsal.wait(minutes=40)
            rehearsal.do(command)
        rehearsal.wait(minutes=40)
    if late == "priority":
        known.do(OverridePriority(by="boss", priority=1, reason="a customer"))
    else:
        known.practice = evolve(known.practice, policy=targeted.practice.policy)
        known.do(Retarget(by="boss", reason="targets from today"))
    targeted.do(Tick(by=SYSTEM))
    found, always = known.incident.clock("response"), targeted.incident.clock("response")

    assert (None if answered is None else MONDAY + answered * 40 * MINUTE) == found.ended_at
    assert (always.ended_at, always.verdict, always.due) == (
        found.ended_at,
        found.verdict,
        found.due,
    )


def test_an_imported_assignment_answers_no_later_target_either() -> None:
    """It is written on the event that it was said elsewhere (rule K12)."""
    rehearsal = Rehearsal(policy=policy(TargetRow(targets=ALL, priority=1)), origin=Origin.IMPORTED)
    rehearsal.report(by="ana", assignee="cy")
    rehearsal.do(Assign(by="ana", assignee="bo"))
    rehearsal.do(OverridePriority(by="ana", priority=1, reason="boss"))

    assert rehearsal.incident.clock("response").runs
    assert not rehearsal.do(Note(by="bo", text="looking")).clock("response").runs


def test_a_corrected_acknowledgement_is_the_answer() -> None:
    """Where it was the first one; what a rule acknowledged is no answer (rules L8 and K12)."""
    early = MONDAY + MINUTE
    correct = Correct(by="bo", reason="by phone", milestone="acknowledged_at", was_at=early)
    for command, answered in (
        (Acknowledge(by="bo"), early),
        (Note(by="bo", text="seen"), early),
        (Assign(by="bo", assignee="cy"), MONDAY + HOUR),
        (Acknowledge(by="service:chat", assignee="cy"), None),
    ):
        rehearsal = life(TargetRow(targets=ALL, priority=1))
        rehearsal.wait(hours=1)
        rehearsal.do(command)
        rehearsal.do(correct)

        assert answered == rehearsal.incident.episode.answered_at, command.kind


@pytest.mark.parametrize("hours", [ROUND_THE_CLOCK, OFFICE])
def test_what_was_answered_before_its_clock_starts_takes_no_time(hours: Calendar) -> None:
    """It ends where it starts, with nothing used (rule K12)."""
    seen = ClockRule("seen", starts="triaged", stops="answered", warnings=())
    row = TargetRow(targets={"seen": Hours(2)}, calendar=hours)
    rehearsal = life(row, clocks=(*CLOCKS, seen))
    rehearsal.do(Assign(by="bo", assignee="cy"))
    rehearsal.wait(hours=3)
    triage = Triage(by="bo", category="mail", impact="high", urgency="high")
    clock = rehearsal.do(triage).clock("seen")

    assert (rehearsal.now, rehearsal.now) == (clock.started_at, clock.ended_at)
    assert (Verdict.MET, 2 * HOUR) == (clock.verdict, clock.remaining(rehearsal.now))


def test_answered_once_is_answered_for_ever() -> None:
    """A target that comes after a reopening finds the answer before it (rule K12)."""
    rehearsal = life(TargetRow(targets=ALL, priority=1))
    rehearsal.do(Assign(by="bo", assignee="cy"))
    rehearsal.do(RESOLVE)
    rehearsal.wait(hours=2)
    rehearsal.do(Reopen(by="ana", reason="again"))
    clock = rehearsal.do(OverridePriority(by="ana", priority=1, reason="boss")).clock("response")

    assert (MONDAY, Verdict.MET) == (clock.ended_at, clock.verdict)


def test_retargeting_counts_from_where_the_clock_would_have() -> None:
    """From detection, where the rule says so (rule K12)."""
    seen = ClockRule("seen", starts="detected", stops="answered", warnings=())
    rehearsal = life(report={"detected_at": MONDAY - HOUR}, clocks=(*CLOCKS, seen))
    row = TargetRow(targets={"seen": Hours(2)}, priority=None)
    rehearsal.practice = evolve(rehearsal.practice, policy=policy(row, clocks=(*CLOCKS, seen)))
    rehearsal.do(Retarget(by="ana", reason="new", clocks="seen"))

    assert MONDAY + HOUR == rehearsal.incident.clock("seen").due


def test_a_hold_pauses_what_its_reason_says() -> None:
    """Waiting for the requester pauses resolution and nothing else (rules K3 and K16)."""
    rehearsal = life()
    rehearsal.wait(hours=1)
    rehearsal.do(REQUESTER)
    clock = rehearsal.incident.clock("resolution")

    assert clock.paused
    assert clock.due is None
    assert ClockStatus.PAUSED is clock.status(rehearsal.now)
    assert rehearsal.incident.clock("response").runs
    assert not rehearsal.incident.clock("restoration").paused

    rehearsal.wait(hours=30)
    assert 7 * HOUR == clock.remaining(rehearsal.now)
    assert rehearsal.now + 7 * HOUR == clock.due_if_resumed(rehearsal.now)
    rehearsal.do(VENDOR)
    clock = rehearsal.incident.clock("resolution")
    assert not clock.paused
    assert MONDAY + 38 * HOUR == clock.due == clock.due_if_resumed(rehearsal.now)
    assert MONDAY + 34 * HOUR == clock.looks[0]

    rehearsal.do(REQUESTER)
    rehearsal.wait(hours=2)
    rehearsal.do(RESOLVE)
    clock = rehearsal.incident.clock("resolution")
    assert HOUR == clock.elapsed(rehearsal.now)
    assert Verdict.MET is clock.verdict


def test_once_reached_a_target_is_frozen() -> None:
    """A later pause moves it no more, and undoes no breach (rule K4)."""
    rehearsal = life()
    rehearsal.wait(hours=9)
    rehearsal.do(REQUESTER)
    clock = rehearsal.incident.clock("resolution")

    assert MONDAY + 8 * HOUR == clock.breached_at == clock.due
    rehearsal.wait(hours=9)
    assert MONDAY + 8 * HOUR == rehearsal.do(Resume(by="bo")).clock("resolution").due


def test_a_pause_that_begins_at_the_due_instant_comes_too_late() -> None:
    """What is reached is reached (rule K4)."""
    rehearsal = life()
    rehearsal.wait(hours=8)
    rehearsal.do(REQUESTER)
    assert MONDAY + 8 * HOUR == rehearsal.incident.clock("resolution").due

    rehearsal.tick(hours=1)
    assert MONDAY + 8 * HOUR == rehearsal.incident.clock("resolution").breached_at


def test_a_pause_with_an_end_ends_then_whoever_looks() -> None:
    """And only if the requester agreed to wait (rules K16 and K19)."""
    until = MONDAY + 24 * HOUR
    for agreed, due in ((True, MONDAY + 31 * HOUR), (False, MONDAY + 8 * HOUR)):
        rehearsal = life()
        rehearsal.wait(hours=1)
        rehearsal.do(Hold(by="bo", reason="scheduled", until=until, agreed=agreed))
        assert agreed is rehearsal.incident.clock("resolution").paused
        rehearsal.tick(days=20)
        clock = rehearsal.incident.clock("resolution")

        assert due == clock.breached_at
        assert (until in [at for at, _ in told(rehearsal, "clock_resumed")]) is agreed
        assert not clock.paused


def test_another_end_of_a_hold_is_another_end_of_the_pause() -> None:
    """The pause goes on (rule K16)."""
    rehearsal = life()
    for days in (1, 2):
        until = rehearsal.now + days * 24 * HOUR
        rehearsal.do(Hold(by="bo", reason="scheduled", until=until, agreed=True))
    clock = rehearsal.incident.clock("resolution")

    assert until == clock.pause_ends
    assert 1 == len(clock.pauses)
    assert until + 8 * HOUR == rehearsal.tick(days=3).clock("resolution").due


def test_begun_on_hold_nothing_counts() -> None:
    """And a target that becomes known later honours the holds before it."""
    rehearsal = life(TargetRow(targets=ALL, priority=1))
    rehearsal.do(REQUESTER)
    rehearsal.wait(hours=3)
    rehearsal.do(VENDOR)
    rehearsal.wait(hours=1)
    rehearsal.do(REQUESTER)
    rehearsal.wait(hours=10)
    rehearsal.do(OverridePriority(by="bo", priority=1, reason="boss"))
    clock = rehearsal.incident.clock("resolution")

    assert clock.paused
    assert HOUR == clock.elapsed(rehearsal.now)
    assert MONDAY + 21 * HOUR == clock.due_if_resumed(rehearsal.now)


def test_paused_and_out_of_hours_are_different_facts() -> None:
    """Neither hides the other (rule K14)."""
    rehearsal = life(TargetRow(targets=ALL, calendar=OFFICE))
    evening, morning = MONDAY.replace(hour=20), MONDAY.replace(hour=10)
    clock = rehearsal.incident.clock("resolution")

    assert ClockStatus.OUT_OF_HOURS is clock.status(evening)
    assert ClockStatus.RUNNING is clock.status(morning)
    clock = rehearsal.do(REQUESTER).clock("resolution")
    assert (True, True) == (clock.paused, clock.out_of_hours(evening))
    assert (True, False) == (clock.paused, clock.out_of_hours(morning))
    clock = rehearsal.do(RESOLVE).clock("resolution")
    assert ClockStatus.STOPPED is clock.status(evening)
    assert not clock.paused


def test_a_pause_over_a_weekend_costs_what_was_open_of_it() -> None:
    """Counted and given back in the same hours (rule K3)."""
    friday = MONDAY.replace(hour=16) + timedelta(days=4)
    rehearsal = Rehearsal(policy=policy(TargetRow(targets=ALL, calendar=OFFICE)), now=friday)
    rehearsal.report(by="monitor:probe")
    rehearsal.do(REQUESTER)
    rehearsal.now = friday.replace(hour=10) + timedelta(days=3)
    clock = rehearsal.do(Resume(by="bo", to="in_progress", assignee="bo")).clock("resolution")

    assert friday.replace(hour=10) + timedelta(days=4) == clock.due
    assert timedelta(0) == clock.elapsed(rehearsal.now)


@pytest.mark.parametrize(
    ("amount", "due"),
    [
        (Hours(8), datetime(2026, 3, 2, 17, tzinfo=UTC)),
        (Hours(9), datetime(2026, 3, 3, 10, tzinfo=UTC)),
        (BusinessDays(2, "same time"), datetime(2026, 3, 4, 8, tzinfo=UTC)),
        (BusinessDays(2, "close"), datetime(2026, 3, 4, 17, tzinfo=UTC)),
    ],
)
def test_hours_count_open_time_and_days_count_dates(
    amount: Hours | BusinessDays, due: datetime
) -> None:
    """Exhausted at closing time, due is closing time (rules K1 and K15)."""
    rehearsal = life(TargetRow(targets={"resolution": amount}, calendar=OFFICE))
    clock = rehearsal.incident.clock("resolution")

    assert due == clock.due
    assert str(amount) == clock.terms.target


def test_business_days_are_paused_by_open_time() -> None:
    """An hour of office hours on hold is an hour more."""
    rehearsal = life(TargetRow(targets={"resolution": BusinessDays(2, "close")}, calendar=OFFICE))
    rehearsal.now = MONDAY.replace(hour=10)
    rehearsal.do(REQUESTER)
    rehearsal.wait(hours=1)
    clock = rehearsal.do(Resume(by="bo")).clock("resolution")

    assert MONDAY.replace(hour=10) + timedelta(days=3) == clock.due
    assert 24 * HOUR == clock.target


def both(mode: str, first: Hours, then: Hours) -> Rehearsal:
    """Report with one target, work on it for three hours, and change the priority."""
    rules = (ClockRule("resolution", stops="resolved", on_change=mode),)
    rehearsal = life(
        TargetRow(targets={"resolution": first}, priority=2),
        TargetRow(targets={"resolution": then}, priority=1),
        clocks=rules,
        report={"impact": "high", "urgency": "medium"},
    )
    rehearsal.wait(hours=3)
    rehearsal.do(Reclassify(by="bo", urgency="high"))
    return rehearsal


@pytest.mark.parametrize(
    ("mode", "due", "started"),
    [("retroactive", 4, 0), ("from_change", 7, 3), ("proportional", 5.5, 0)],
)
def test_a_priority_change_follows_its_mode(mode: str, due: float, started: int) -> None:
    """3 of 8 hours used, 4 are the new target (rule K6)."""
    rehearsal = both(mode, Hours(8), Hours(4))
    former, clock = rehearsal.incident.clocks

    assert MONDAY + due * HOUR == clock.due
    assert MONDAY + started * HOUR == clock.started_at
    assert (Ended.SUPERSEDED, None) == (former.ended, former.verdict)
    assert ("P2", "P1") == (former.terms.row, clock.terms.row)
    assert clock is rehearsal.incident.clock("resolution")


def test_proportional_gives_as_large_a_part_as_was_left() -> None:
    """The parts that were warned of are not said again (rules K6 and K11)."""
    clock = both("proportional", Hours(4), Hours(8)).incident.clock("resolution")

    assert MONDAY + 5 * HOUR == clock.due
    assert 6 * HOUR == clock.elapsed(MONDAY + 3 * HOUR)
    assert 2 == clock.warned
    assert (MONDAY + 3 * HOUR + 72 * MINUTE,) == clock.looks


def test_a_retroactive_change_may_breach_at_once_and_says_so() -> None:
    """At the new due instant (rule K6)."""
    rehearsal = both("retroactive", Hours(8), Hours(1))
    clock = rehearsal.incident.clock("resolution")

    assert (MONDAY + HOUR, True) == (clock.breached_at, clock.retroactive)
    assert "retargeted" in rehearsal.kinds[2]


def test_a_loosening_never_erases_a_breach() -> None:
    """The superseded clock keeps its verdict (rule K6)."""
    rehearsal = both("retroactive", Hours(2), Hours(8))
    former, clock = rehearsal.incident.clocks

    assert (MONDAY + 2 * HOUR, Verdict.BREACHED) == (former.breached_at, former.verdict)
    assert clock.verdict is None
    assert not former.relieved


@pytest.mark.parametrize(("first", "relieved"), [(4, True), (5, False)])
def test_a_loosening_in_the_last_quarter_is_counted(first: int, relieved: bool) -> None:  # noqa: FBT001 - a parameter
    """From three quarters on (rule K6)."""
    rehearsal = both("retroactive", Hours(first), Hours(8))
    (event,) = (e.event for e in rehearsal.entries if isinstance(e.event, ClockRetargeted))

    assert relieved is event.relieved is rehearsal.incident.clocks[0].relieved


def test_a_paused_clock_stays_paused_through_a_change() -> None:
    """In every mode (rule K6)."""
    for mode, left in (("retroactive", 3), ("from_change", 4), ("proportional", 3.5)):
        rules = (ClockRule("resolution", stops="resolved", on_change=mode),)
        rehearsal = life(
            TargetRow(targets={"resolution": Hours(8)}, priority=2),
            TargetRow(targets={"resolution": Hours(4)}, priority=1),
            clocks=rules,
            report={"impact": "high", "urgency": "medium"},
        )
        rehearsal.wait(hours=1)
        rehearsal.do(REQUESTER)
        rehearsal.wait(hours=5)
        clock = rehearsal.do(Reclassify(by="bo", urgency="high")).clock("resolution")

        assert clock.paused
        assert left * HOUR == clock.remaining(rehearsal.wait(hours=2))


def test_a_target_that_goes_ends_the_clock_and_one_that_comes_back_starts_it_anew() -> None:
    """Nothing runs for P5; counted from the report again (rule K6)."""
    rehearsal = life(
        TargetRow(targets={"resolution": Hours(8)}, priority=1),
        report={"impact": "high", "urgency": "high"},
    )
    for priority in (5, 1):
        rehearsal.wait(hours=1)
        rehearsal.do(OverridePriority(by="bo", priority=priority, reason="r"))
    former, clock = rehearsal.incident.clocks

    assert Ended.SUPERSEDED is former.ended
    assert (MONDAY, MONDAY + 8 * HOUR) == (clock.started_at, clock.due)
    rehearsal.do(RESOLVE)
    rehearsal.do(OverridePriority(by="bo", priority=5, reason="r"))
    assert Verdict.MET is rehearsal.incident.clock("resolution").verdict


def test_own_fields_choose_targets_too() -> None:
    """A changed field is a changed target (rules K15 and Q5)."""
    rehearsal = life(
        TargetRow(targets={"resolution": Hours(8)}),
        TargetRow(targets={"resolution": Hours(1)}, fields={"tier": "gold"}),
        TargetRow(targets={"resolution": Hours(2)}, fields={"phone": "1"}, priority=1),
        TargetRow(targets={"resolution": Hours(3)}, customer="acme", priority=1),
        TargetRow(
            targets={"resolution": Hours(3)}, customer="acme", priority=1, fields={"phone": "1"}
        ),
        fields=(FieldRule("tier"), FieldRule("phone", personal=True)),
    )
    assert not rehearsal.incident.clock("resolution").terms.private
    rehearsal.do(Note(by="bo", text="vip", fields={"tier": "gold"}))
    assert MONDAY + HOUR == rehearsal.incident.clock("resolution").due
    rehearsal.do(OverridePriority(by="bo", priority=1, reason="r"))
    rehearsal.do(Note(by="bo", text="vip", fields={"phone": "1"}))
    assert rehearsal.incident.clock("resolution").terms.private


@pytest.mark.parametrize(
    ("mode", "due", "cycle"), [("resume", 11, 1), ("continue", 8, 1), ("restart", 13, 2)]
)
def test_reopening_follows_its_mode(mode: str, due: int, cycle: int) -> None:
    """Resolved after two hours, reopened three later (rule K7)."""
    rules = (ClockRule("resolution", stops="resolved", on_reopen=mode),)
    rehearsal = life(TargetRow(targets={"resolution": Hours(8)}), clocks=rules)
    rehearsal.wait(hours=2)
    rehearsal.do(RESOLVE)
    rehearsal.wait(hours=3)
    clock = rehearsal.do(Reopen(by="bo", reason="again")).clock("resolution")

    assert MONDAY + due * HOUR == clock.due
    assert (None, None, cycle) == (clock.ended, clock.verdict, clock.cycle)
    if mode == "restart":
        assert Verdict.MET is rehearsal.incident.clocks[0].verdict


def test_reopening_into_a_hold_pauses() -> None:
    """What was closed before and after is one pause."""
    rehearsal = life()
    rehearsal.wait(hours=2)
    rehearsal.do(RESOLVE)
    rehearsal.wait(hours=3)
    rehearsal.do(
        Reopen(by="bo", reason="r", to="on_hold", hold_reason="awaiting_requester", comment="c")
    )
    rehearsal.wait(hours=3)
    clock = rehearsal.do(Resume(by="bo")).clock("resolution")

    assert 1 == len(clock.pauses)
    assert rehearsal.now + 6 * HOUR == clock.due


def test_what_breached_between_under_continue_breached_then() -> None:
    """The time between counts, and the breach lies in it (rule K7)."""
    rules = (ClockRule("resolution", stops="resolved", on_reopen="continue"),)
    rehearsal = life(TargetRow(targets={"resolution": Hours(2)}), clocks=rules)
    rehearsal.do(RESOLVE)
    rehearsal.wait(hours=3)
    clock = rehearsal.do(Reopen(by="bo", reason="again")).clock("resolution")

    assert (MONDAY + 2 * HOUR, True) == (clock.breached_at, clock.retroactive)


@pytest.mark.parametrize("breached", [True, False])
def test_ending_without_a_cure_cancels_and_keeps_a_breach(breached: bool) -> None:  # noqa: FBT001 - a parameter
    """By cancelling or closing; reinstating takes the clocks up again (rule K8)."""
    for command in (
        Cancel(by="bo", reason="test"),
        Close(by="bo", reason="gone"),
        Correct(by="bo", reason="r", state="closed"),
        Correct(by="bo", reason="r", state="resolved"),
    ):
        rehearsal = life(close_unresolved=True)
        rehearsal.tick(hours=2 if breached else 0)
        clock = rehearsal.do(command).clock("response")

        assert Ended.CANCELLED is clock.ended
        assert (Verdict.BREACHED if breached else None) is clock.verdict
        assert ClockStatus.CANCELLED is clock.status(rehearsal.now)

    rehearsal = life()
    rehearsal.wait(minutes=30)
    rehearsal.do(Cancel(by="bo", reason="test"))
    rehearsal.wait(hours=3)
    clock = rehearsal.do(Reinstate(by="bo", reason="no")).clock("response")
    assert (True, 30 * MINUTE) == (clock.runs, clock.remaining(rehearsal.now))


def test_merging_cancels() -> None:
    """The other incident has clocks of its own (rule K8)."""
    other = evolve(life().incident, id="1" * 36, number="INC-0000002")
    rehearsal = Rehearsal(policy=policy(), others=(other,))
    rehearsal.report()

    clock = rehearsal.do(Merge(by="bo", into="INC-0000002")).clock("resolution")
    assert Ended.CANCELLED is clock.ended


def test_editing_a_policy_changes_no_running_clock_until_asked() -> None:
    """`Retarget` is an event, with a reason; the row that matched is named (rule K13)."""
    rehearsal = life()
    before = rehearsal.incident.clocks
    tight = TargetRow(targets={**ALL, "resolution": Hours(2), "update": Hours(1)})
    rehearsal.practice = evolve(rehearsal.practice, policy=policy(tight))
    rehearsal.do(Note(by="bo", text="n"))
    rehearsal.do(Hold(by="bo", reason="awaiting_vendor"))
    assert before[1:] == rehearsal.incident.clocks[1:]

    rehearsal.do(Retarget(by="bo", reason="new contract", clocks=("resolution", "update")))
    assert MONDAY + 2 * HOUR == rehearsal.incident.clock("resolution").due
    assert MONDAY + HOUR == rehearsal.incident.clock("update").due
    assert "instead of 8 h" in told(rehearsal)[-2][1]
    assert told(rehearsal)[-2][1].endswith(": new contract")
    assert ("retarget.nothing",) == rehearsal.attempt(Retarget(by="bo", reason="again")).codes
    assert "any" == rehearsal.incident.clock("resolution").terms.row
    assert rehearsal.incident.clock("resolution").terms.version == policy(tight).reference


def test_retargeting_may_say_how() -> None:
    """Whatever the clock's own way is; a finished incident starts nothing."""
    rehearsal = life()
    rehearsal.wait(hours=1)
    rehearsal.practice = evolve(
        rehearsal.practice, policy=policy(TargetRow(targets={**ALL, "resolution": Hours(2)}))
    )
    rehearsal.do(Retarget(by="bo", reason="r", mode="from_change"))
    assert MONDAY + 3 * HOUR == rehearsal.incident.clock("resolution").due

    rehearsal.do(RESOLVE)
    rows = TargetRow(targets={**ALL, "update": Hours(1)})
    rehearsal.practice = evolve(rehearsal.practice, policy=policy(rows))
    assert ("retarget.nothing",) == rehearsal.attempt(Retarget(by="bo", reason="r")).codes


def test_a_clock_whose_kind_is_gone_runs_on() -> None:
    """As it was agreed, also through a change of priority and a restart (rule K13)."""
    rules = (ClockRule("ours", stops="resolved", on_reopen="restart", restarts="updated"),)
    row = TargetRow(targets={"ours": Hours(8)}, priority=1)
    rehearsal = life(row, clocks=(*CLOCKS, *rules), report={"impact": "high", "urgency": "high"})
    rehearsal.practice = evolve(rehearsal.practice, policy=policy())
    rehearsal.do(OverridePriority(by="bo", priority=2, reason="r"))
    assert rehearsal.incident.clock("ours").runs

    rehearsal.do(RESOLVE)
    rehearsal.do(Reopen(by="bo", reason="r"))
    assert Verdict.MET is rehearsal.incident.clock("ours").verdict


def test_a_kind_of_clock_that_is_gone_starts_no_further_cycle() -> None:
    """The cycle that ran is stopped, with its verdict (rule K13)."""
    rehearsal = life(TargetRow(targets={"update": Hours(1)}))
    rehearsal.practice = evolve(
        rehearsal.practice, policy=policy(clocks=CLOCKS[:3], hold_reasons=())
    )
    clock = rehearsal.do(StakeholderUpdate(by="bo", text="t")).clock("update")

    assert (Ended.STOPPED, Verdict.MET) == (clock.ended, clock.verdict)


def test_only_what_a_mark_stopped_goes_on_without_it() -> None:
    """A clock that stops at an update, or when resolved, is not taken up by going on (K7)."""
    rules = (ClockRule("word", stops=("updated", "resolved")),)
    rehearsal = life(TargetRow(targets={"word": Hours(1)}), clocks=rules, hold_reasons=())
    rehearsal.do(StakeholderUpdate(by="bo", text="t"))
    clock = rehearsal.do(Acknowledge(by="bo")).clock("word")

    assert (False, "updated") == (clock.runs, clock.stopped_by)
    rehearsal.do(RESOLVE)
    assert not rehearsal.do(Reopen(by="bo", reason="r")).clock("word").runs


def test_a_trigger_starts_nothing_without_a_target() -> None:
    """Only the incidents that a row fits are measured (rule K15)."""
    rules = (ClockRule("team", starts="assigned", stops="acknowledged"),)
    row = TargetRow(targets={"team": Hours(1)}, priority=1)
    rehearsal = life(row, clocks=rules, hold_reasons=())

    assert () == rehearsal.do(Assign(by="bo", assignee="cy")).clocks


def test_late_entries_keep_both_verdicts() -> None:
    """Recorded as breached, claimed as met (rule K17)."""
    rehearsal = life()
    rehearsal.tick(hours=2)
    clock = rehearsal.do(Acknowledge(by="bo", at=MONDAY + 30 * MINUTE)).clock("response")

    assert (Verdict.BREACHED, Verdict.MET) == (clock.verdict, clock.claimed)
    assert MONDAY + HOUR == clock.breached_at
    assert "response target breached, 30 minutes over" not in str(told(rehearsal))
    assert "claimed: met" in told(rehearsal)[-1][1]


def test_a_hold_that_is_entered_late_erases_no_breach() -> None:
    """What it would have changed is claimed (rules K4 and K17)."""
    rehearsal = life()
    rehearsal.tick(hours=9)
    rehearsal.do(evolve(REQUESTER, at=MONDAY + HOUR))
    clock = rehearsal.incident.clock("resolution")
    assert MONDAY + 8 * HOUR == clock.breached_at == clock.due

    rehearsal.wait(hours=1)
    rehearsal.do(Resume(by="bo"))
    rehearsal.do(RESOLVE)
    clock = rehearsal.incident.clock("resolution")
    assert (Verdict.BREACHED, Verdict.MET) == (clock.verdict, clock.claimed)


def test_corrected_milestones_are_claims() -> None:
    """The verdict as recorded stays; put right again, nothing is claimed any more (rule K17)."""
    rehearsal = life()
    rehearsal.wait(hours=9)
    rehearsal.do(RESOLVE)
    for hours, claimed in ((7, Verdict.MET), (6, Verdict.MET), (9, None), (5, Verdict.MET)):
        was_at = MONDAY + hours * HOUR
        rehearsal.do(Correct(by="bo", reason="r", milestone="resolved_at", was_at=was_at))
        clock = rehearsal.incident.clock("resolution")

        assert (Verdict.BREACHED, claimed) == (clock.verdict, clock.claimed)
    assert 3 == rehearsal.kinds.count("clock_claimed") + len(told(rehearsal, "clock_claimed")) - 1


def test_no_command_lies_before_the_last_change_of_a_clock() -> None:
    """Notes may, and corrections (rule L8)."""
    rehearsal = life(report={"assignee": "bo"})
    rehearsal.do(Note(by="cy", text="n"))
    rehearsal.wait(hours=1)
    rehearsal.do(Note(by="bo", text="mine"))
    assert not rehearsal.incident.clock("response").runs

    early = rehearsal.now - MINUTE
    assert ("at.before_last_change",) == rehearsal.attempt(evolve(RESOLVE, at=early)).codes
    assert () == rehearsal.attempt(Note(by="bo", text="n", at=early)).codes


def test_the_update_clock_starts_anew_with_each_update() -> None:
    """And counts what was kept and missed (rule K12)."""
    rehearsal = life(TargetRow(targets={"update": Hours(1)}))
    update = StakeholderUpdate(by="bo", text="we are on it")
    for minutes in (30, 90, 60):
        rehearsal.wait(minutes=minutes)
        rehearsal.do(update)
    clock = rehearsal.incident.clock("update")

    assert (4, 2, 1) == (clock.cycle, clock.kept, clock.missed)
    assert rehearsal.now + HOUR == clock.due
    assert 1 == len(rehearsal.incident.clocks)
    assert Verdict.MET is rehearsal.do(RESOLVE).clock("update").verdict


def test_updates_before_the_target_are_updates_too() -> None:
    """The clock that starts late counts from the last of them."""
    rehearsal = life(TargetRow(targets={"update": Hours(1)}, priority=1))
    rehearsal.wait(hours=5)
    rehearsal.do(StakeholderUpdate(by="bo", text="we are on it"))
    at = rehearsal.now
    rehearsal.wait(minutes=30)
    rehearsal.do(OverridePriority(by="bo", priority=1, reason="r"))

    assert at + HOUR == rehearsal.incident.clock("update").due


def test_a_promised_update_is_a_clock() -> None:
    """Warned of, missed, counted; the next word ends it (rule C2)."""
    rehearsal = Rehearsal(policy=policy(targets=()))
    rehearsal.report(assignee="cy")
    promise = StakeholderUpdate(by="bo", text="soon", next_update_at=rehearsal.now + HOUR)
    rehearsal.do(promise)
    clock = rehearsal.incident.clock("promised_update")
    assert (rehearsal.now + HOUR, "promised") == (clock.due, clock.terms.target)

    rehearsal.tick(hours=2)
    assert 1 == rehearsal.incident.counts.missed_updates
    assert MONDAY + 45 * MINUTE == told(rehearsal, "clock_warned")[0][0]
    rehearsal.do(evolve(promise, next_update_at=rehearsal.now + HOUR))
    clock = rehearsal.incident.clock("promised_update")
    assert (2, 0, 1) == (clock.cycle, clock.kept, clock.missed)

    rehearsal.do(StakeholderUpdate(by="bo", text="later"))
    assert Verdict.MET is rehearsal.incident.clock("promised_update").verdict
    rehearsal.do(evolve(promise, next_update_at=rehearsal.now + HOUR))
    assert 1 == rehearsal.incident.clock("promised_update").kept
    rehearsal.do(Cancel(by="bo", reason="test"))
    assert Ended.CANCELLED is rehearsal.incident.clock("promised_update").ended
    refused = rehearsal.attempt(evolve(promise, next_update_at=rehearsal.now + HOUR))
    assert ("next_update_at.over",) == refused.codes
    rehearsal.do(Reinstate(by="bo", reason="r"))
    assert not rehearsal.incident.clock("promised_update").runs


@pytest.mark.parametrize(
    ("estimate", "codes"),
    [
        ({"eta": MONDAY}, ("eta.past",)),
        ({"confidence": "high"}, ("confidence.unused",)),
        ({"eta": MONDAY + HOUR, "confidence": "high"}, ()),
    ],
)
def test_an_estimate_lies_ahead_and_confidence_is_in_one(
    estimate: dict[str, Any], codes: tuple[str, ...]
) -> None:
    """It is for colleagues, unless it is said to be for everybody (rule C2)."""
    rehearsal = life()
    attempt = rehearsal.attempt(StakeholderUpdate(by="bo", text="t", **estimate))

    assert codes == attempt.codes
    said = [(each.confidence, each.audience) for each in rehearsal.incident.estimates]
    assert said == ([] if codes else [(Confidence.HIGH, EtaAudience.INTERNAL)])


def test_estimates_are_kept_and_their_slips_counted() -> None:
    """An earlier one is no slip; the same again is nothing new (rule C2)."""
    rehearsal = life()
    for hours in (4, None, 4, 6, 5, 9):
        eta = None if hours is None else MONDAY + hours * HOUR
        rehearsal.do(StakeholderUpdate(by="bo", text="t", eta=eta))
    etas = [each.eta for each in rehearsal.incident.estimates]

    assert [MONDAY + hours * HOUR for hours in (4, 6, 5, 9)] == etas
    assert 2 == rehearsal.incident.counts.eta_slips


def test_the_same_estimate_for_others_or_surer_is_another() -> None:
    """What was said to whom, and how sure it was, is kept; it is no slip (rule C2)."""
    rehearsal = life()
    said = StakeholderUpdate(by="bo", text="t", eta=MONDAY + HOUR, confidence="low")
    for each in (said, said, evolve(said, confidence="high"), evolve(said, eta_audience="public")):
        rehearsal.do(each)
    kept = [(each.confidence, each.audience) for each in rehearsal.incident.estimates]

    assert [
        (Confidence.LOW, EtaAudience.INTERNAL),
        (Confidence.HIGH, EtaAudience.INTERNAL),
        (Confidence.LOW, EtaAudience.PUBLIC),
    ] == kept
    assert 0 == rehearsal.incident.counts.eta_slips


def test_clocks_of_the_host_have_triggers_of_their_own() -> None:
    """An agreement with a team, a contract with a vendor, an event of the host (rule K12)."""
    rules = (
        ClockRule("vendor", starts="held:awaiting_vendor", stops="released"),
        ClockRule("team", starts="assigned", stops=("acknowledged", "event:noted")),
        ClockRule("triage", starts="reported", stops="working"),
        ClockRule("cure", starts="triaged", stops="restored"),
        ClockRule("seen", starts="detected", stops="answered", warnings=()),
    )
    row = TargetRow(targets={rule.name: Hours(1) for rule in rules})
    rehearsal = life(row, clocks=rules, hold_reasons=(HoldReason("awaiting_vendor"),))
    assert {"triage", "seen"} == {clock.name for clock in rehearsal.incident.clocks}
    assert MONDAY == rehearsal.incident.clock("seen").started_at
    rehearsal.wait(minutes=10)
    rehearsal.do(Triage(by="bo", category="mail", impact="low", urgency="low"))
    assert rehearsal.now == rehearsal.incident.clock("cure").started_at
    rehearsal.do(Assign(by="bo", assignee="cy"))
    assert rehearsal.do(Note(by="bo", text="n")).clock("team").verdict is Verdict.MET
    rehearsal.do(Acknowledge(by="cy"))
    assert Verdict.MET is rehearsal.incident.clock("triage").verdict
    for cycle in (1, 2):
        rehearsal.do(VENDOR)
        clock = rehearsal.incident.clock("vendor")
        assert (True, cycle) == (clock.runs, clock.cycle)
        rehearsal.wait(minutes=10)
        rehearsal.do(Resume(by="bo"))
        assert not rehearsal.incident.clock("vendor").runs


def test_a_clock_may_count_from_detection() -> None:
    """Where it is known (rule K12)."""
    rules = (ClockRule("seen", starts="detected", stops="answered"),)
    rehearsal = life(
        TargetRow(targets={"seen": Hours(2)}),
        clocks=rules,
        hold_reasons=(),
        report={"detected_at": MONDAY - HOUR},
    )

    assert MONDAY + HOUR == rehearsal.incident.clock("seen").due


def test_a_breach_may_require_a_review() -> None:
    """Of an urgent one, by the default policy (rule R1)."""
    rehearsal = Rehearsal()
    rehearsal.report(impact="high", urgency="medium")
    rehearsal.tick(hours=9)
    (requirement,) = rehearsal.incident.requirements

    assert ("breached", MONDAY + 8 * HOUR) == (requirement.because.value, requirement.raised_at)
    for report in ({"impact": "low", "urgency": "medium"}, {}):
        rehearsal = Rehearsal()
        rehearsal.report(**report)
        assert () == rehearsal.tick(days=9).requirements


def test_a_forecast_lists_warnings_and_breaches() -> None:
    """What will happen if nobody acts (rule K18)."""
    rehearsal = life()
    kinds = [entry.kind for entry in rehearsal.forecast(MONDAY + 9 * HOUR)]

    assert 9 == kinds.count("clock_warned")
    assert 3 == kinds.count("clock_breached")


def test_returning_to_the_queue_restarts_nothing() -> None:
    """Response never does (rule K12)."""
    rehearsal = life()
    rehearsal.do(Acknowledge(by="bo"))
    rehearsal.do(ReturnToQueue(by="bo", reason="r"))

    assert not rehearsal.incident.clock("response").runs


def test_what_starts_a_clock_is_in_its_event() -> None:
    """All of its terms: nothing else is needed to reckon it (rule K13)."""
    rehearsal = life(TargetRow(targets=ALL, calendar=OFFICE))
    started = [e.event for e in rehearsal.entries if isinstance(e.event, ClockStarted)]
    stopped = rehearsal.do(RESOLVE)

    assert rehearsal.commits[0].incident.clocks == tuple(event.clock for event in started)
    assert {OFFICE} == {event.clock.terms.hours for event in started}
    assert 3 == sum(isinstance(e.event, ClockStopped) for e in rehearsal.commits[-1].entries)
    assert not any(clock.runs for clock in stopped.clocks)
