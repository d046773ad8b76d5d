"""Invariant: a clock that was decided counts once, as recorded; the rest stands beside (M2)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from attrs import evolve
from hypothesis import given

from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.metrics import (
    Gathering,
    Life,
    Period,
    Share,
    attainment,
    exceptions,
    standard,
)
from incidentflow.policy import Hours, OnReopen, Policy, TargetRow
from incidentflow.policy.clocks import CLOCKS
from incidentflow.process import (
    Acknowledge,
    Cancel,
    Correct,
    Note,
    OverridePriority,
    Reclassify,
    Reopen,
    Resolve,
    Retarget,
    StakeholderUpdate,
)
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import SYSTEM

HOUR = timedelta(hours=1)
TARGETS = (
    TargetRow(targets={"response": Hours(1), "resolution": Hours(4), "update": Hours(2)}),
    TargetRow(priority=1, targets={"resolution": Hours(2)}),
    TargetRow(priority=5, targets={"resolution": Hours(40)}),
)
POLICY = Policy(targets=TARGETS)
RESOLVE = Resolve(by="ana", code="fixed", note="n")
ACKNOWLEDGE = Acknowledge(by="ana")
UPDATE = StakeholderUpdate(by="ana", text="t")


def lived(*asked: tuple[float, Any], policy: Policy = POLICY, late: float = 0) -> Life:
    """Let an incident be reported, and things be asked so many hours after one another."""
    played = Rehearsal(policy=policy)
    played.report()
    for wait, each in asked:
        played.tick(hours=wait)
        played.do(each)
    played.tick(hours=late)
    return Life(played.incident, played.now, played.entries)


def share(clock: str, *lived_: Life) -> dict[str, int]:
    """Measure a clock, and keep what is not zero."""
    metric = attainment(clock)
    gathering = Gathering([metric], (), Period(), MONDAY)
    for life in lived_:
        gathering.add(without_journal(life))
    found = gathering.report()[metric.name]
    assert isinstance(found, Share)
    counts = {"met": found.count, "breached": found.of - found.count, **found.beside}
    return {word: number for word, number in counts.items() if number}


def without_journal(life: Life) -> Life:
    """Take the journal away: clocks are judged without it."""
    return Life(life.incident, life.now)


def test_attainment_is_met_of_those_that_were_decided() -> None:
    """Whatever still runs counts in neither."""
    met, late = lived((0.5, ACKNOWLEDGE)), lived((1.5, ACKNOWLEDGE))
    breached, running = lived(late=2), lived(late=0.5)
    metric = attainment("response")
    gathering = Gathering([metric], (), Period(), MONDAY)
    for life in (met, late, breached, running):
        gathering.add(life)
    found = gathering.report()["response_attainment"]

    assert {"met": 1, "breached": 2, "running": 1} == share(
        "response", met, late, breached, running
    )
    assert isinstance(found, Share)
    assert Fraction(1, 3) == found.ratio
    assert {} == share("restoration", met, late)


def test_what_was_cancelled_stands_beside_unless_it_was_breached() -> None:
    """A recorded breach stays (rule K8)."""
    cancel = Cancel(by="ana", reason="false_positive")

    assert {"cancelled": 1} == share("resolution", lived((1, cancel)))
    assert {"breached": 1} == share("resolution", lived((5, cancel)))


def test_another_target_supersedes_and_may_relieve() -> None:
    """The former clock keeps its verdict (rule K6)."""
    loosen = OverridePriority(by="bo", priority=5, reason="r")

    assert {"superseded": 1, "running": 1} == share("resolution", lived((1, loosen)))
    assert {"superseded": 1, "running": 1, "relieved": 1} == share(
        "resolution", lived((3.5, loosen))
    )
    assert {"breached": 1} == share("resolution", lived((5, loosen), (1, RESOLVE)))


def test_a_breach_from_before_its_target_was_set_is_marked() -> None:
    """It counts as every other one (rule K6)."""
    tighten = OverridePriority(by="bo", priority=1, reason="r")

    assert {"superseded": 1, "breached": 1, "retroactive": 1} == share(
        "resolution", lived((3, tighten), (0, UPDATE))
    )


def test_a_relieved_target_is_an_exception() -> None:
    """Where it was loosened in its last quarter, and not before (rule M4)."""
    loosen = OverridePriority(by="bo", priority=5, reason="the board")
    found = []
    for hours in (1, 3.5):
        life = lived((hours, loosen))
        found.append([each.kind for each in exceptions(life.incident, life.entries, Period())])

    assert [["override"], ["override", "relieved"]] == found


def test_a_relieved_target_says_who_changed_it_and_why() -> None:
    """The change that relieved it, not the clock that followed (rule M4)."""
    loosen = OverridePriority(by="bo", priority=5, reason="the board")
    retarget = Retarget(by="cy", reason="new contract", mode="from_change")
    reset = Reclassify(by="bo", impact=3, urgency=3)
    loose = Policy(
        targets=tuple(evolve(row, targets=(("resolution", Hours(90)),)) for row in TARGETS)
    )
    by_policy = Rehearsal(policy=POLICY)
    by_policy.report()
    by_policy.tick(hours=3.5)
    by_policy.practice = evolve(by_policy.practice, policy=loose)
    by_policy.do(retarget)
    several = Rehearsal(policy=POLICY)
    several.report()
    several.tick(hours=3.5)
    several.do(Note(by="al", text="n"), loosen, Note(by="bo", text="n"))
    for expected, entries in (
        (("bo", "the board"), lived((3.5, loosen)).entries),
        (("bo", "the board"), several.entries),
        (("cy", "new contract"), by_policy.entries),
        (("bo", ""), lived((3.5, reset)).entries),
        ((str(SYSTEM), "the board"), lived((3.5, evolve(loosen, by=SYSTEM))).entries),
    ):
        rows = exceptions(several.incident, entries, Period())
        told = [(str(each.by), each.reason) for each in rows if each.kind == "relieved"]

        assert [expected] == told


def test_each_cycle_counts() -> None:
    """Of a clock that starts anew with each update, and of one that reopening restarts."""
    restarting = tuple(
        evolve(rule, on_reopen=OnReopen.RESTART) if rule.name == "resolution" else rule
        for rule in CLOCKS
    )
    reopened = lived(
        (1, RESOLVE),
        (1, Reopen(by="ana", reason="r")),
        (5, RESOLVE),
        policy=Policy(targets=TARGETS, clocks=restarting),
    )

    assert {"met": 2, "breached": 1, "running": 1} == share(
        "update", lived((1, UPDATE), (3, UPDATE), (1, UPDATE))
    )
    assert {"met": 1, "breached": 1} == share("resolution", reopened)


def test_both_verdicts_are_shown() -> None:
    """A correction claims another; what is recorded counts (rule K17)."""
    correct = Correct(by="ana", reason="r", milestone="resolved_at", was_at=MONDAY + 3 * HOUR)
    later = Correct(by="ana", reason="r", milestone="resolved_at", was_at=MONDAY + 5 * HOUR)

    assert {"breached": 1, "claimed_met": 1} == share(
        "resolution", lived((5, RESOLVE), (1, correct))
    )
    assert {"met": 1, "claimed_breached": 1} == share(
        "resolution", lived((3.5, RESOLVE), (2, later))
    )


def test_both_verdicts_of_a_former_cycle_are_shown() -> None:
    """
    A late update claims to have been in time; a new cycle forgets that no more than a verdict.

    Nor that nobody could have kept a target that was set too late (rules K6 and K17).
    """
    in_time = StakeholderUpdate(by="ana", text="t", at=MONDAY + 1 * HOUR)
    later = StakeholderUpdate(by="ana", text="t", at=MONDAY + 4.5 * HOUR)
    tighter = TargetRow(priority=1, targets={"update": Hours(1)})
    policy = Policy(targets=(*TARGETS[:1], tighter))
    tighten = OverridePriority(by="bo", priority=1, reason="r")

    assert {"breached": 1, "claimed_met": 1, "running": 1} == share("update", lived((3, in_time)))
    assert {"met": 1, "breached": 2, "claimed_met": 2, "running": 1} == share(
        "update", lived((3, in_time), (0, UPDATE), (3, later))
    )
    assert {"breached": 1, "superseded": 1, "retroactive": 1, "running": 1} == share(
        "update", lived((1.5, tighten), (0, UPDATE), policy=policy)
    )


def test_the_standard_metrics_are_those_of_the_policy() -> None:
    """A clock for which there is a target is measured; without targets none is."""
    names = {metric.name for metric in standard(POLICY)}

    assert {"response_attainment", "resolution_attainment", "update_attainment"} == {
        name for name in names if name.endswith("_attainment")
    }
    assert not any(each.name.endswith("_attainment") for each in standard(Policy(targets=())))


@given(lives(policy=POLICY))
def test_every_cycle_has_one_word(played: Rehearsal) -> None:
    """And one more for each that is but counted; what was replaced is said beside it."""
    for name in {clock.name for clock in played.incident.clocks}:
        found = share(name, Life(played.incident, played.now))
        clocks = [clock for clock in played.incident.clocks if clock.name == name]
        judged = {clock.cycle for clock in clocks if clock.verdict or not replaced(clock)}
        former = sum(clock.kept + clock.missed for clock in clocks)
        words = ("met", "breached", "running", "cancelled")

        assert len(judged) + former == sum(found.get(word, 0) for word in words)
        assert found.get("superseded", 0) == len(
            {clock.cycle for clock in clocks if replaced(clock) and not clock.breached}
        )
        assert found.get("breached", 0) == sum(clock.missed for clock in clocks) + len(
            {clock.cycle for clock in clocks if clock.verdict is Verdict.BREACHED}
        )


def replaced(clock: Clock) -> bool:
    """Whether another target took its place."""
    return clock.ended is Ended.SUPERSEDED


def test_a_breach_is_counted_once_however_often_the_target_changes() -> None:
    """Flipping there and back is no new promise, and the record does not grow by it (K6, M2)."""
    flips = [
        (0.1, OverridePriority(by="bo", priority=priority, reason="r")) for priority in (5, 1) * 20
    ]
    once, often = lived((5, flips[0][1])), lived((5, UPDATE), *flips)

    assert {"breached": 1} == share("resolution", once)
    assert {"breached": 1, "superseded": 1} == share("resolution", often)
    assert 4 >= len([each for each in often.incident.clocks if each.name == "resolution"])
