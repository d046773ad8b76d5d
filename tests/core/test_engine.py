"""The one door: world-time, record-time, several commands as one, and bounded reactions (L8)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from attrs import evolve, frozen

from incidentflow import engine
from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Command, Entry, Event, Facts, Incident
from incidentflow.lifecycle import Probe
from incidentflow.policy import Policy
from incidentflow.process import Acknowledge, Correct, Mitigate, Note, Reopen, Report, Resolve
from incidentflow.process.agenda import Tick
from incidentflow.process.dating import Origin
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.words import SYSTEM

MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
RESOLVE = Resolve(by="ana", code="c", note="n")


def reported(**details: object) -> Rehearsal:
    """Rehearse an incident that was just reported."""
    life = Rehearsal()
    life.report(**details)
    return life


def test_world_time_and_record_time_are_both_kept() -> None:
    """On every entry; from five minutes on it is a late one (rule L8)."""
    life = reported()
    life.wait(hours=1)
    for late, warnings in ((5 * MINUTE, ()), (5 * MINUTE + TICK, ("late_entry",))):
        life.do(Note(by="ana", text="n", at=life.now - late))
        entry = life.entries[-1]

        assert (life.now - late, life.now, warnings) == (
            entry.at,
            entry.recorded_at,
            entry.warnings,
        )


def test_milestones_follow_world_time() -> None:
    """A late acknowledgement counts from when it happened."""
    life = reported()
    at = life.wait(minutes=10)
    life.wait(hours=3)
    life.do(Acknowledge(by="ana", at=at))

    assert at == life.incident.episode.acknowledged_at
    assert (at, life.now) == (life.incident.since, life.incident.updated_at)


def test_world_time_lies_five_minutes_ahead_at_most() -> None:
    """Clocks differ; prophecies are refused (rule L8)."""
    life = reported()
    note = Note(by="ana", text="n", at=life.now + 5 * MINUTE)

    assert () == life.attempt(note).codes
    assert ("at.future",) == life.attempt(evolve(note, at=note.at + TICK)).codes


def test_a_move_never_lies_before_the_last_one() -> None:
    """At the same instant it may; words may lie anywhere before (rule L8)."""
    life = reported()
    since = life.now
    life.wait(hours=1)
    early = since - TICK

    assert ("at.before_last_change",) == life.attempt(evolve(RESOLVE, at=early)).codes
    assert () == life.attempt(Note(by="ana", text="n", at=early)).codes
    assert () == life.attempt(evolve(RESOLVE, at=since)).codes


def test_an_import_may_run_backwards_with_a_warning() -> None:
    """What a source recorded out of order is accepted as it is (rules L8 and J4)."""
    life = Rehearsal(origin=Origin.IMPORTED)
    life.report()
    early = life.now - timedelta(hours=1)
    life.do(evolve(RESOLVE, at=early))

    assert ("late_entry", "runs_backwards", "milestones_inverted") == life.entries[-2].warnings
    assert early == life.incident.since


@pytest.mark.parametrize("count", ["5", 1.5, True, 1 << 63, -(1 << 63) - 1])
def test_a_place_in_a_count_is_a_whole_number(count: Any) -> None:  # noqa: ANN401 - a wrong one
    """Of at most 64 bits, as every store and codec keeps them (rule I6)."""
    with pytest.raises(InvalidInput, match="is no whole number of 64 bits"):
        Note(by="ana", text="n", source_sequence=count)


def test_what_follows_keeps_the_place_of_its_cause() -> None:
    """Reactions stand where the command stands in the source's count, facts of time nowhere."""
    life = Rehearsal()
    life.report(source_sequence=3)
    life.do(evolve(RESOLVE, source_sequence=5))

    assert [("resolved", ("gap",)), ("auto_close_scheduled", ())] == [
        (entry.kind, entry.warnings) for entry in life.entries[-2:]
    ]
    assert [5, 5] == [entry.source_sequence for entry in life.entries[-2:]]
    assert 5 == life.incident.source_sequence

    life.do(Note(by="ana", text="n", source_sequence=4))
    life.do(Note(by="ana", text="n"))

    assert 5 == life.incident.source_sequence
    assert [("sequence_runs_backwards",), ()] == [one.warnings for one in life.entries[-2:]]


@pytest.mark.parametrize(
    ("details", "inverted"),
    [
        ({"occurred_at": -2, "detected_at": -1}, False),
        ({"occurred_at": -1, "detected_at": -2}, True),
        ({"occurred_at": 1}, True),
        ({"detected_at": 1}, False),
        ({"detected_at": 1, "to": "in_progress"}, True),
    ],
)
def test_inverted_milestones_are_warnings(
    details: dict[str, int | str],
    inverted: bool,  # noqa: FBT001 - a table
) -> None:
    """They are accepted, and marked on the entry that inverts them (rule L8)."""
    life = Rehearsal()
    minutes = {
        name: life.now + timedelta(minutes=value) if isinstance(value, int) else value
        for name, value in details.items()
    }
    life.report(**minutes)
    warned = {warning for entry in life.entries for warning in entry.warnings}

    assert ({"milestones_inverted"} if inverted else set()) == warned


def test_an_inversion_is_said_once() -> None:
    """Not on every entry after it."""
    life = reported()
    early = life.now - timedelta(hours=1)
    life.do(Correct(by="ana", reason="r", milestone="acknowledged_at", was_at=early))
    life.do(Note(by="ana", text="n"))

    assert [("milestones_inverted",), ()] == [entry.warnings for entry in life.entries[-2:]]


def test_time_never_runs_backwards_in_the_record() -> None:
    """A clock that was set back records at the latest instant known (rule K0)."""
    life = reported()
    latest = life.now
    life.now -= timedelta(days=1)
    life.do(Note(by="ana", text="n"), RESOLVE)

    assert {latest} == {entry.recorded_at for entry in life.commits[-1].entries}
    assert latest == life.incident.since


def test_a_move_follows_one_that_lies_a_little_ahead() -> None:
    """Without a world-time of its own it never precedes it."""
    life = reported()
    ahead = life.now + 3 * MINUTE
    life.do(Mitigate(by="ana", note="n", at=ahead))
    life.do(RESOLVE)

    assert ahead == life.incident.since


def test_several_commands_are_one_commit_or_none() -> None:
    """Each is decided on what the former left; one refusal undoes them all (rule L5)."""
    life = reported()
    attempt = life.attempt(Acknowledge(by="ana"), RESOLVE, Acknowledge(by="bo"))

    assert ("step.unknown",) == attempt.codes
    assert "acknowledge after the commands before it while new" in str(attempt.outcome)
    assert attempt.outcome.open_steps == life.attempt(Resolve(by="ana")).outcome.open_steps
    assert "new" == life.incident.state

    life.do(Acknowledge(by="ana"), RESOLVE)

    assert ("acknowledged", "resolved", "auto_close_scheduled") == life.kinds
    assert 1 == len({entry.recorded_at for entry in life.commits[-1].entries})


def test_the_commit_names_what_it_read() -> None:
    """Facts are checked again by whoever stores it (rule J3)."""
    other = evolve(reported().incident, id="other", dedup_key="k")
    life = reported(dedup_key="k")
    life.do(RESOLVE)
    life.others = (other,)
    reopen = Reopen(by="ana", reason="r", give_up_key=True)
    life.do(reopen)

    assert (other,) == life.commits[-1].reads
    assert life.commits[-1].before == life.commits[-2].incident


def test_a_tick_with_nothing_due_is_an_empty_commit() -> None:
    """Nothing is recorded, and the version stays."""
    life = reported()
    life.tick(days=100)

    assert ((), life.commits[0].incident) == (life.commits[-1].entries, life.incident)


def test_a_value_that_can_never_be_right_refuses_the_commit() -> None:
    """Also when an earlier command was fine."""
    life = reported()
    attempt = life.attempt(Note(by="ana", text="n"), Note(by="ana", text="n", fields={"x": 1}))

    assert isinstance(attempt.outcome, InvalidInput)
    assert ("input.invalid",) == attempt.codes
    assert 1 == life.incident.version


def test_a_forecast_begins_now() -> None:
    """What is overdue already is foreseen for now, not for the past."""
    life = reported(to="resolved", code="c", note="n")
    due = life.now + timedelta(days=5)
    life.wait(days=9)
    (entry,) = life.forecast(life.now)

    assert ("closed", due, life.now) == (entry.kind, entry.due, entry.recorded_at)
    assert () == reported().forecast(life.now)


@frozen(kw_only=True)
class Prod(Command):
    """A host's own command without a step."""

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Ask politely."""
        return (Prodded(case.at),)


@frozen
class Prodded(Event):
    """A host's own event."""

    at: datetime

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave the incident alone."""
        del entry
        return incident


def prod_again(incident: Incident, entry: Entry, policy: Policy, facts: Facts) -> tuple[Event, ...]:
    """React to every prod with another one."""
    del incident, policy, facts
    return (Prodded(entry.at),) if isinstance(entry.event, Prodded) else ()


def test_a_hosts_own_command_brings_its_own_event() -> None:
    """It is named after its class, and shown by its name."""
    life = reported()
    life.do(Prod(by="ana"))
    prods = [Prod(by="ana", at=life.now), Prod(by="ana")]

    assert ("prodded",) == life.kinds
    assert str(life.entries[-1]).endswith("ana: prodded: at 2026-03-02 08:00Z")
    assert ("prod", "prod") == tuple(each.asked for each in prods)
    assert () == prods[0].asks(life.incident)


def test_reactions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A circle of reactions ends; they are the system's, at the same instant."""
    monkeypatch.setattr(engine, "REACTIONS", (prod_again,))
    life = reported()
    life.do(Prod(by="ana"))

    assert 1 + engine.DEEPEST == len(life.kinds)
    assert {SYSTEM} == {entry.by for entry in life.commits[-1].entries[1:]}


def test_ticks_and_probes_decide_nothing_by_themselves() -> None:
    """The engine takes what is due from the agenda, and options from the guards."""
    case = Case(BLANK, Tick(by=SYSTEM), Policy(), reported().now)

    assert () == tuple(case.command.decide(case))
    assert () == tuple(Probe(by="ana").decide(case))


def test_the_shape_of_an_event_is_kept_unless_it_says_otherwise() -> None:
    """An attribute with a default needs no upcasting (rule J1)."""
    assert {"text": "n"} == Prodded.upcast({"text": "n"}, 1)


def test_a_blank_incident_can_only_be_reported() -> None:
    """Everything else is refused, with that as the open step."""
    life = Rehearsal()
    for command in (Note(by="ana", text="n"), RESOLVE, Prod(by="ana")):
        attempt = life.attempt(command)

        assert ("report",) == attempt.outcome.open_steps
    assert BLANK == life.incident
    assert {"report"} == {option.trigger for option in life.options()}
    assert () == life.attempt(Report(by="ana", title="t")).codes
