"""Paths around a rule, each of which somebody once found; none of them is open."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest
from attrs import evolve, frozen

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.incident import Case, Category, Command, Entry, Event, Incident, Place, Steps
from incidentflow.policy import Because, FieldRule, Policy, RequirementRule, Subscription
from incidentflow.process import (
    AcceptMajor,
    Acknowledge,
    Assign,
    Close,
    CompleteReview,
    DemoteMajor,
    DraftReview,
    Hold,
    Note,
    Reopen,
    Report,
    Resolve,
    Resume,
    ReturnToQueue,
    WaiveReview,
)
from incidentflow.process.dating import Origin
from incidentflow.process.notes import Noted
from incidentflow.profiles import ITIL
from incidentflow.testing.rehearsal import Rehearsal

ACCEPT = AcceptMajor(by="a", business_impact="b", incident_manager="m", communications_lead="c")
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")
REVIEW = (DraftReview(by="ana", summary="s"), CompleteReview(by="ana"))


def reported(**details: object) -> Rehearsal:
    """Rehearse an incident that was just reported."""
    life = Rehearsal()
    life.report(**details)
    return life


@frozen(kw_only=True)
class Jump(Command):
    """A host's command that goes where it likes."""

    to: Place

    def move(self, case: Case, steps: Steps) -> Place:
        """Ask nobody."""
        del case, steps
        return self.to

    def decide(self, case: Case) -> Iterable[Event]:
        """Say something."""
        del case
        yield Noted("jumped")


@frozen(kw_only=True)
class Quiet(Command):
    """A host's command that moves an incident and says nothing."""

    trigger = "acknowledge"

    def decide(self, case: Case) -> Iterable[Event]:
        """Say nothing."""
        del case
        return ()


@frozen
class Slipped(Event):
    """A host's event that changes the state by itself."""

    to: Place

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Leave the lifecycle out."""
        del entry
        return evolve(incident, place=self.to)


@frozen(kw_only=True)
class Slip(Command):
    """What leads to it."""

    def decide(self, case: Case) -> Iterable[Event]:
        """Slip."""
        del case
        yield Slipped(ITIL.places["closed"])


def test_a_major_accepted_again_is_reviewed_again() -> None:
    """What the first review met is no answer to the second time (rule R1)."""
    life = reported(to="in_progress")
    life.do(ACCEPT, *REVIEW, DemoteMajor(by="a", reason="r"), RESOLVE)
    life.do(Reopen(by="a", reason="again"), ACCEPT, RESOLVE)

    assert ("requirement.blocks",) == life.attempt(Close(by="ana")).codes

    life.do(*REVIEW, Close(by="ana"))

    assert "closed" == life.incident.state


def test_a_requirement_of_another_episode_is_raised_again() -> None:
    """A priority asks once in an episode, whatever was reviewed before."""
    life = reported(impact=1, urgency=1)
    life.do(*REVIEW, RESOLVE, Reopen(by="ana", reason="again"))
    again = life.attempt(Assign(by="ana", team="mail")).commit

    assert again is not None
    assert [False] == [each.is_raised for each in life.incident.requirements]


def test_no_command_leads_to_a_place_of_its_own() -> None:
    """Not even to one that is called as a state is (rule L1)."""
    life = reported()
    forged = Place("closed", Category.TERMINAL)

    assert ("state.foreign",) == life.attempt(Jump(by="ana", to=forged)).codes


def test_no_command_leads_past_a_required_review() -> None:
    """The guards of every lifecycle stand before every command (rule R1)."""
    life = reported()
    life.do(ACCEPT)

    assert ("requirement.blocks",) == life.attempt(Jump(by="ana", to=ITIL.places["closed"])).codes


def test_no_move_is_made_in_silence() -> None:
    """A state never changes without an event that says so."""
    assert ("event.missing",) == reported().attempt(Quiet(by="ana")).codes


def test_no_event_sets_the_state_by_itself() -> None:
    """Only a step does (rule L1)."""
    with pytest.raises(InvalidInput, match="only a step of the lifecycle does"):
        reported().do(Slip(by="ana"))


def test_a_back_dated_request_does_not_reach_into_a_window() -> None:
    """A window closes for everybody, whatever time they name (rules L2 and L5)."""
    life = Rehearsal(policy=Policy(auto_close=timedelta(0)))
    life.report()
    life.do(RESOLVE)
    resolved_at = life.now
    life.wait(days=30)
    reopen = Reopen(by="ana", reason="r", at=resolved_at + timedelta(days=1))

    assert ("reopen.too_late",) == life.attempt(reopen).codes


def test_the_first_to_acknowledge_is_the_one_who_is_named() -> None:
    """Also when others did since (rule E7)."""
    life = reported()
    life.do(Acknowledge(by="ana"))
    life.wait(hours=1)
    life.do(ReturnToQueue(by="ana", reason="shift ends"), Acknowledge(by="bo"))
    life.do(Hold(by="bo", reason="awaiting_vendor"))
    refused = life.attempt(Acknowledge(by="cy"))

    assert "already acknowledged by ana at 2026-03-02 08:00Z" in str(refused.outcome)


@pytest.mark.parametrize(
    ("approver", "code"),
    [
        ("service:bot", "review.no_approver"),
        ("system:incidentflow", "review.no_approver"),
        ("Ana", "review.own_waiver"),
        ("a\u200bna", "review.own_waiver"),
        ("\uff41na", "review.own_waiver"),
    ],
)
def test_nobody_agrees_with_themselves(approver: str, code: str) -> None:
    """However it is written; and no machine agrees at all (rule R1)."""
    life = reported()
    life.do(ACCEPT)
    waive = WaiveReview(by="ana", reason="drill", approved_by=approver)

    assert (code,) == life.attempt(waive).codes


@pytest.mark.parametrize(
    "details",
    [
        {"code": "fixed"},
        {"note": "restarted"},
        {"hold_reason": "awaiting_vendor"},
        {"comment": "soon"},
        {"reference": "RMA-1"},
    ],
    ids=lambda details: next(iter(details)),
)
def test_a_report_takes_nothing_that_says_nothing(details: dict[str, str]) -> None:
    """What belongs to a later state is not dropped in silence (rule I6)."""
    life = Rehearsal()
    (name,) = details

    assert (f"{name}.unused",) == life.attempt(Report(by="ana", title="t", **details)).codes


def test_resuming_to_work_takes_who_works_on_it() -> None:
    """Where nobody works on it, naming somebody is refused."""
    working, queued = reported(), reported()
    working.do(Acknowledge(by="ana"), Hold(by="ana", reason="awaiting_vendor"))
    queued.do(Hold(by="ana", reason="awaiting_vendor"))

    assert "cy" == working.do(Resume(by="ana", assignee="cy")).assignee
    assert ("assignee.unused",) == queued.attempt(Resume(by="ana", assignee="cy")).codes


def test_a_hold_ends_ahead() -> None:
    """Never before it began."""
    life = reported()

    assert ("until.past",) == life.attempt(
        Hold(by="ana", reason="awaiting_vendor", until=life.now)
    ).codes


def test_an_import_says_where_times_are_equal() -> None:
    """Their order is then the source's word alone (rule J4)."""
    life = Rehearsal(origin=Origin.IMPORTED)
    life.report()
    life.do(Note(by="ana", text="n", at=life.now))

    assert ("equal_times",) == life.entries[-1].warnings


def test_nothing_lies_too_far_ahead_to_count_on() -> None:
    """A century of windows fits behind every instant that is taken."""
    life = reported()

    with pytest.raises(InvalidInput, match="too far ahead"):
        Note(by="ana", text="n", at=life.now.replace(year=9000))


@pytest.mark.parametrize(
    "details",
    [
        {"matrix": None},
        {"series": 5},
        {"hold_reasons": ("x",)},
        {"requirements": [RequirementRule(Because.MAJOR, timedelta(1))]},
        {"subscriptions": None},
    ],
    ids=lambda details: next(iter(details)),
)
def test_a_policy_of_wrong_parts_is_refused_when_built(details: dict[str, object]) -> None:
    """Not later, by an incident that needs them."""
    (name,) = details

    with pytest.raises(PolicyError, match=f"{name} is "):
        Policy(**details)  # type: ignore[arg-type] # that is the point


def test_words_of_a_policy_are_read_as_members() -> None:
    """So a rule that is written in text raises what it says."""
    rule = RequirementRule("major", timedelta(days=5), blocks=True, priority="P2")  # type: ignore[arg-type] # text is read

    assert Because.MAJOR is rule.because
    assert 2 == rule.priority
    assert "team" == Subscription("team", "reported").audience.value  # type: ignore[arg-type] # text is read


def test_white_space_around_a_line_is_not_part_of_it() -> None:
    """Two keys that look alike are one, or one of them is refused."""
    with pytest.raises(InvalidInput, match="has white space around it; give 'mail'"):
        Report(by="ana", title="t", dedup_key="mail ")


def test_an_own_field_says_something() -> None:
    """Blank text is not a value (rule T3)."""
    life = Rehearsal(policy=Policy(fields=(FieldRule("tier"),)))

    assert ("input.invalid",) == life.attempt(
        Report(by="ana", title="t", fields={"tier": " "})
    ).codes
