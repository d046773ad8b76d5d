"""Major incidents, what they require, and the review that meets it (rules W3, R1, R2)."""

from __future__ import annotations

from copy import copy
from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow.engine import Practice
from incidentflow.errors import TransitionRefused
from incidentflow.incident import Command, Incident
from incidentflow.incident.parts import MajorStatus, RequirementStatus, ReviewStatus
from incidentflow.lifecycle import State, Step
from incidentflow.policy import Because, Policy, RequirementRule
from incidentflow.process import (
    AcceptMajor,
    Advance,
    Cancel,
    Close,
    CompleteReview,
    Correct,
    DemoteMajor,
    DraftReview,
    Identify,
    Merge,
    Note,
    OverridePriority,
    ProposeMajor,
    Reclassify,
    RejectMajor,
    RenameState,
    Reopen,
    Report,
    Resolve,
    SubmitReview,
    WaiveReview,
)
from incidentflow.profiles import ITIL
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import Priority

DAY = timedelta(days=1)
ACCEPT = AcceptMajor(
    by="bo", business_impact="shop", incident_manager="bo", communications_lead="cy"
)
DRAFT = DraftReview(by="ana", summary="a disk", went_well="paging", went_badly="backups")
RESOLVE = Resolve(by="ana", code="fixed", note="new disk")
LENIENT = Policy(close_unresolved=True)


def reported(policy: Policy | None = None, **details: object) -> Rehearsal:
    """Rehearse an incident that was just reported."""
    life = Rehearsal(policy=policy or Policy(targets=()))
    life.report(**details)
    return life


def because(life: Rehearsal) -> list[str]:
    """Say what was required, in order."""
    return [each.because.value for each in life.incident.requirements]


def test_a_major_incident_is_an_overlay() -> None:
    """Proposed, rejected, accepted, demoted; the state is untouched (rule W3)."""
    life = reported(to="in_progress")
    seen = []
    for command in (
        ProposeMajor(by="ana", reason="shop is down"),
        RejectMajor(by="bo", reason="only Berlin"),
        ProposeMajor(by="ana", reason="now everywhere"),
        ACCEPT,
        DemoteMajor(by="bo", reason="bypass works"),
        ProposeMajor(by="ana", reason="bypass melted"),
    ):
        life.do(command)
        seen.append(life.incident.major.status.value)

        assert "in_progress" == life.incident.state

    assert ["proposed", "rejected", "proposed", "accepted", "demoted", "proposed"] == seen
    assert ("shop", "bo", "cy") == (
        life.incident.major.business_impact,
        life.incident.major.incident_manager,
        life.incident.major.communications_lead,
    )
    for text in (
        "proposed as a major incident: shop is down",
        "rejected as a major incident: only Berlin",
        "major incident: shop; bo manages, cy communicates",
        "demoted from major incident: bypass works",
    ):
        assert any(text in str(entry) for entry in life.entries)


def test_accepting_needs_an_impact_and_two_people() -> None:
    """All that is missing is named at once (rule W3)."""
    attempt = reported().attempt(AcceptMajor(by="bo", incident_manager="bo"))

    assert ("business_impact.missing", "communications_lead.missing") == attempt.codes


@pytest.mark.parametrize(
    ("before", "command", "status"),
    [
        ((), RejectMajor(by="bo", reason="r"), "none, not proposed"),
        ((), DemoteMajor(by="bo", reason="r"), "none, not accepted"),
        ((ProposeMajor(by="ana", reason="r"),), ProposeMajor(by="bo", reason="r"), "proposed, not"),
        ((ACCEPT,), ProposeMajor(by="bo", reason="r"), "accepted, not none, rejected or demoted"),
        ((ACCEPT,), ACCEPT, "accepted, not none, proposed, rejected or demoted"),
    ],
)
def test_the_overlay_has_its_own_order(
    before: tuple[Command, ...], command: Command, status: str
) -> None:
    """A step of it from elsewhere is refused, with where it stands."""
    life = reported()
    for each in before:
        life.do(each)
    attempt = life.attempt(command)

    assert ("major.status",) == attempt.codes
    assert status in str(attempt.outcome)


def test_only_living_incidents_become_major() -> None:
    """A closed one is over."""
    life = reported()
    life.do(RESOLVE, Close(by="ana"))

    assert ("category.wrong",) == life.attempt(ACCEPT).codes


@pytest.mark.parametrize(
    ("cause", "commands", "weight", "days"),
    [
        ("major", (ACCEPT,), "blocks", 5),
        ("priority", (Reclassify(by="ana", impact=1, urgency=1),), "mild", 10),
        ("priority", (OverridePriority(by="ana", priority=1, reason="board"),), "mild", 10),
        ("reopened", (RESOLVE, Reopen(by="a", reason="r")) * 2, "mild", 10),
    ],
)
def test_policy_raises_requirements(
    cause: str, commands: tuple[Command, ...], weight: str, days: int
) -> None:
    """Each cause raises its own, with a deadline, and says whether it blocks (rule R1)."""
    life = reported()
    life.do(*commands)
    (requirement,) = life.incident.requirements

    assert (Because(cause), weight == "blocks", life.now + days * DAY) == (
        requirement.because,
        requirement.blocks,
        requirement.due,
    )
    assert ReviewStatus.REQUIRED is life.incident.review.status
    assert any(f"review required ({cause}) by" in str(entry) for entry in life.entries)


@pytest.mark.parametrize(
    "commands",
    [
        (),
        (Reclassify(by="ana", impact=1, urgency=2),),
        (RESOLVE, Reopen(by="a", reason="r")),
        (ProposeMajor(by="ana", reason="r"),),
    ],
)
def test_nothing_else_raises_a_requirement(commands: tuple[Command, ...]) -> None:
    """Not P2, one reopening, or a proposal."""
    life = reported()
    for command in commands:
        life.do(command)

    assert [] == because(life)


def test_each_cause_is_raised_once() -> None:
    """However often it fits."""
    life = reported()
    life.do(ACCEPT, DemoteMajor(by="bo", reason="r"), ACCEPT)

    assert ["major"] == because(life)


def test_a_blocking_rule_is_raised_beside_a_mild_one() -> None:
    """A mild requirement never hides one that blocks."""
    strict = RequirementRule(Because.PRIORITY, 3 * DAY, blocks=True, priority=Priority.P1)
    mild = RequirementRule(Because.PRIORITY, 10 * DAY, priority=Priority.P3)
    life = reported(Policy(requirements=(mild, strict)), impact=2, urgency=2)

    assert not life.incident.is_blocked

    life.do(Reclassify(by="ana", impact=1, urgency=1))

    assert life.incident.is_blocked
    assert ["priority", "priority"] == because(life)

    life.tick(days=4)

    assert [False, True] == [each.overdue for each in life.incident.requirements]

    life.tick(days=7)

    assert [True, True] == [each.overdue for each in life.incident.requirements]


def ways_out(life: Rehearsal) -> list[Command]:
    """List every way into a terminal state from where an incident is."""
    target = evolve(life.incident, id="another", place=ITIL.places["new"])
    life.others = (target,)
    return [
        Close(by="ana", reason="r"),
        Cancel(by="ana", reason="test"),
        Merge(by="ana", into="another"),
        Advance(by="ana", step="bury"),
        *(
            Correct(by="ana", reason="r", state=state)
            for state in ("closed", "cancelled", "merged")
        ),
    ]


def test_no_way_leads_out_of_a_major_incident_without_its_review() -> None:
    """Nor after demoting it, reclassifying it, editing the policy, or in a host's step (R1)."""
    ours = ITIL.extend(Step("bury", "in_progress", "cancelled"))
    life = Rehearsal(ours, LENIENT)
    life.report(to="in_progress")
    life.do(ACCEPT)
    life.do(DemoteMajor(by="bo", reason="r"))
    life.do(Reclassify(by="ana", impact=3, urgency=3))
    life.practice = Practice(ours, evolve(LENIENT, requirements=()))

    for command in ways_out(life):
        assert ("requirement.blocks",) == life.attempt(command).codes

    life.do(DRAFT, CompleteReview(by="ana"))

    for command in ways_out(life):
        assert () == copy(life).attempt(command).codes


def test_a_renaming_never_bypasses_a_requirement() -> None:
    """A state that is called terminal now is entered like one."""
    old = ITIL.extend(
        State("parked", "open"), Step("park", "new", "parked"), Step("unpark", "parked", "new")
    )
    life = Rehearsal(old)
    life.report()
    life.do(ACCEPT, Advance(by="ana", step="park"))
    life.practice = Practice(ITIL.extend(parked="cancelled"), Policy())

    assert ("requirement.blocks",) == life.attempt(RenameState(by="ana")).codes


def test_several_commands_as_one_do_not_slip_past() -> None:
    """What the first raises blocks the second."""
    life = reported()

    assert ("requirement.blocks",) == life.attempt(ACCEPT, RESOLVE, Close(by="ana")).codes
    assert "new" == life.incident.state


def test_a_review_is_drafted_submitted_and_completed() -> None:
    """It has its own states, and meets every requirement that is raised (rule R2)."""
    life = reported(impact=1, urgency=1)
    life.do(ACCEPT)
    seen = []
    for command in (DRAFT, SubmitReview(by="ana"), DRAFT, CompleteReview(by="ana")):
        life.do(command)
        seen.append(life.incident.review.status.value)

    assert ["draft", "in_review", "draft", "reviewed"] == seen
    assert ("a disk", "paging", "backups") == (
        life.incident.review.summary,
        life.incident.review.went_well,
        life.incident.review.went_badly,
    )
    assert {RequirementStatus.REVIEWED} == {each.status for each in life.incident.requirements}
    assert not life.incident.is_blocked
    assert "review drafted: a disk" in str(life.entries[-4])
    assert "reviewed; root cause: none named" in str(life.entries[-1])


def test_the_root_cause_is_the_one_identified_unless_the_review_says_otherwise() -> None:
    """It may also stay unknown."""
    identified, named = reported(), reported()
    for life, command in (
        (identified, CompleteReview(by="ana")),
        (named, CompleteReview(by="ana", root_cause="firmware")),
    ):
        life.do(Identify(by="ana", cause="a disk"), DRAFT, command)

    assert "a disk" == identified.incident.review.root_cause
    assert "firmware" == named.incident.review.root_cause


@pytest.mark.parametrize("command", [SubmitReview(by="ana"), CompleteReview(by="ana")])
def test_a_review_that_nobody_wrote_is_not_finished(command: Command) -> None:
    """It is drafted first."""
    life = reported()
    life.do(ACCEPT)
    attempt = life.attempt(command)

    assert ("review.status",) == attempt.codes
    assert "its review is required; draft the review first" in str(attempt.outcome)


def test_somebody_else_may_waive_a_review() -> None:
    """Never the person who asks, however the name is written (rule R1)."""
    life = reported()
    life.do(ACCEPT)
    waive = WaiveReview(by="ana", reason="drill", approved_by="bo")

    for same in ("ana", "person:ana", "person: ana", "ANA", "ana\u200b"):
        assert ("review.own_waiver",) == life.attempt(evolve(waive, approved_by=same)).codes

    life.do(waive)

    assert ReviewStatus.WAIVED is life.incident.review.status
    assert RequirementStatus.WAIVED is life.incident.requirements[0].status
    assert "review waived, approved by bo: drill" in str(life.entries[-1])
    assert ("review.not_required",) == life.attempt(waive).codes


def test_a_requirement_raised_later_asks_for_a_review_anew() -> None:
    """A finished review does not answer it; one that is being written does."""
    finished, draft = reported(), reported()
    finished.do(DRAFT, CompleteReview(by="ana"), ACCEPT)
    draft.do(DRAFT, ACCEPT)

    assert ReviewStatus.REQUIRED is finished.incident.review.status
    assert ReviewStatus.DRAFT is draft.incident.review.status


def test_an_overdue_review_is_a_fact() -> None:
    """Recorded once, at its instant, whoever looks first, also after closing (rule K19)."""
    ticked, spoken = reported(impact=1, urgency=1), reported(impact=1, urgency=1)
    due = ticked.now + 10 * DAY
    ticked.do(RESOLVE, Close(by="ana"))
    ticked.tick(days=30)
    spoken.wait(days=30)
    spoken.do(Note(by="ana", text="anybody?"))

    assert due == ticked.commits[-2].due_at
    assert ("review_overdue",) == ticked.kinds
    assert ("review_overdue", "noted") == spoken.kinds
    assert {(due, due, "incidentflow")} == {
        (entry.at, entry.due, entry.by.id) for entry in (ticked.entries[-1], spoken.entries[-2])
    }
    assert "review overdue (priority)" in str(ticked.entries[-1])
    assert ticked.incident.requirements[0].overdue

    ticked.tick(days=30)

    assert () == ticked.kinds


def test_facts_are_settled_before_a_command_at_their_own_instant() -> None:
    """A review at the deadline is late, whether or not somebody ticked first (rule K19)."""
    ticked, spoken = reported(impact=1, urgency=1), reported(impact=1, urgency=1)
    for life in (ticked, spoken):
        life.do(DRAFT)
        life.wait(days=10)
    ticked.tick()
    ticked.do(CompleteReview(by="ana"))
    spoken.do(CompleteReview(by="ana"))

    assert ticked.incident == spoken.incident
    assert ("review_overdue", "review_completed") == spoken.kinds


def test_a_review_in_time_is_never_overdue() -> None:
    """Meeting a requirement takes it from the agenda."""
    life = reported(impact=1, urgency=1)
    life.do(DRAFT, CompleteReview(by="ana"))
    life.tick(days=30)

    assert () == life.kinds
    assert not life.incident.requirements[0].overdue


def test_facts_of_a_refused_command_are_not_settled() -> None:
    """A refusal changes nothing at all; the fact is recorded by whoever comes next."""
    life = reported(impact=1, urgency=1)
    life.wait(days=30)
    refused = life.attempt(DemoteMajor(by="bo", reason="r"))

    assert isinstance(refused.outcome, TransitionRefused)
    assert refused.before == life.incident


def test_a_report_may_raise_requirements_at_once() -> None:
    """By its priority; it is major only when somebody accepts it."""
    life = Rehearsal()
    incident: Incident = life.do(Report(by="ana", title="t", impact=1, urgency=1), ACCEPT)

    assert ["priority", "major"] == because(life)
    assert MajorStatus.ACCEPTED is incident.major.status
