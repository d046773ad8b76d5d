"""Reporting and triage: logging, classifying, prioritising (rules L2, T3 and Q1 to Q5)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow.errors import InvalidInput
from incidentflow.policy import MATRICES, FieldRule, Policy
from incidentflow.process import (
    Acknowledge,
    Close,
    Note,
    OverridePriority,
    Reclassify,
    Report,
    ReportAgain,
    Resolve,
    SetFields,
    Triage,
)
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import Actor, Impact, OwnField, Priority, Severity, Urgency

UNMEASURED = Policy(targets=())
SEVERE = {"impact": Impact.HIGH, "urgency": Urgency.HIGH}


def test_a_report_keeps_what_was_said() -> None:
    """Every input that describes the incident stands in it."""
    life = Rehearsal()
    before = life.now - timedelta(hours=1)
    incident = life.report(
        title="Mail queue stuck",
        by="service:portal",
        description="since noon",
        requester="cy",
        location="Berlin",
        customer="acme",
        service="mail",
        items=("mx1",),
        dedup_key="mail-queue",
        category="mail/queue",
        severity=2,
        occurred_at=before,
        detected_at=before,
    )

    assert ("Mail queue stuck", "since noon", "cy") == (
        incident.title,
        incident.description,
        incident.requester,
    )
    assert ("Berlin", "acme", "mail") == (incident.location, incident.customer, incident.service)
    assert (("mx1",), "mail-queue", "mail/queue") == (
        incident.items,
        incident.dedup_key,
        incident.category,
    )
    assert (Severity.SEV2, None) == (incident.severity, incident.priority)
    assert (before, before, life.now) == (
        incident.occurred_at,
        incident.detected_at,
        incident.reported_at,
    )
    assert ("service", "portal", 1) == (
        incident.source,
        incident.logged_by,
        incident.counts.reports,
    )
    assert "reported: Mail queue stuck" in str(life.entries[0])


def test_a_report_assigns_and_prioritises() -> None:
    """What is known at once is recorded at once, each as its own event."""
    life = Rehearsal(policy=UNMEASURED)
    incident = life.report(team="mail", assignee="bo", **SEVERE)

    assert ("reported", "assigned", "prioritised", "requirement_raised") == life.kinds
    assert ("mail", "bo", Priority.P1) == (incident.team, incident.assignee, incident.priority)


@pytest.mark.parametrize(
    ("to", "details", "kinds"),
    [
        ("in_progress", {}, ("reported", "acknowledged")),
        ("mitigated", {"note": "bypass"}, ("reported", "mitigated")),
        ("on_hold", {"hold_reason": "awaiting_vendor"}, ("reported", "held")),
        (
            "resolved",
            {"code": "fixed", "note": "restarted"},
            ("reported", "auto_close_scheduled", "resolved"),
        ),
    ],
)
def test_a_report_may_begin_in_a_later_state(
    to: str, details: dict[str, str], kinds: tuple[str, ...]
) -> None:
    """It brings the events that entering that state brings (rule L2)."""
    life = Rehearsal()

    assert to == life.report(to=to, **details).state
    assert kinds == life.kinds


def test_milestones_of_a_report_follow_its_state() -> None:
    """Acknowledged, restored and resolved are set where the state says so."""
    working, mitigated, resolved = Rehearsal(), Rehearsal(), Rehearsal()
    working.report(to="in_progress")
    mitigated.report(to="mitigated", note="n")
    resolved.report(to="resolved", code="fixed", note="restarted")

    assert ("ana", working.now) == (
        working.incident.assignee,
        working.incident.episode.acknowledged_at,
    )
    assert mitigated.now == mitigated.incident.episode.restored_at
    assert resolved.now == resolved.incident.episode.resolved_at
    assert resolved.now == resolved.incident.episode.restored_at
    assert ("fixed", "restarted") == (
        resolved.incident.resolution.code,
        resolved.incident.resolution.note,
    )


def test_an_incident_is_reported_once() -> None:
    """A second report is no step of one that stands."""
    life = Rehearsal()
    life.report()

    assert ("step.unknown",) == life.attempt(Report(by="ana", title="again")).codes


@pytest.mark.parametrize("state", ["closed", "nowhere"])
def test_a_report_does_not_begin_just_anywhere(state: str) -> None:
    """Only a later open state or a resolved one can be asked for."""
    life = Rehearsal()

    assert "step.not_asked" in life.attempt(Report(by="ana", title="t", to=state)).codes


def test_the_same_thing_reported_again_is_counted() -> None:
    """While the incident is unfinished; a finished one is not added to (rule I1)."""
    life = Rehearsal()
    life.report()
    again = ReportAgain(by="monitor:probe-3", title="queue still stuck")
    life.do(again)
    counted = life.incident.counts.reports
    life.do(Resolve(by="ana", code="c", note="n"))

    assert 2 == counted
    assert "reported again: queue still stuck" in str(life.entries[1])
    assert ("category.wrong",) == life.attempt(again).codes


def test_own_fields_come_with_the_report() -> None:
    """Declared ones are kept, others refused (rule T3)."""
    policy = Policy(fields=(FieldRule("tier"), FieldRule("phone", personal=True)))
    life = Rehearsal(policy=policy)
    incident = life.report(fields={"tier": "gold", "phone": "123"})

    assert (OwnField("phone", "123", personal=True), OwnField("tier", "gold")) == incident.fields
    assert "set phone = 123, tier = gold" in str(life.entries[1])
    assert incident.field("seats") is None

    with pytest.raises(InvalidInput, match="no declared field"):
        Rehearsal(policy=policy).report(fields={"seats": 3})


def test_any_command_may_bring_own_fields_along() -> None:
    """They are set beside what it does, in any state; setting nothing is refused."""
    life = Rehearsal(policy=Policy(fields=(FieldRule("tier"), FieldRule("seats", "number"))))
    life.report(to="resolved", code="c", note="n")
    life.do(Close(by="ana", fields={"tier": "gold"}))
    life.do(SetFields(by="ana", fields={"seats": 3}))
    life.do(Note(by="ana", text="n", fields={"tier": "lead"}))

    assert ("lead", 3) == (life.incident.field("tier"), life.incident.field("seats"))

    with pytest.raises(InvalidInput, match="at least one"):
        SetFields(by="ana")


def test_triage_needs_a_category_and_every_axis_of_the_matrix() -> None:
    """Given now or known already; what is missing is named (rule L2)."""
    life = Rehearsal(policy=Policy(matrix=MATRICES["severity"], targets=()))
    life.report(category="mail")
    attempt = life.attempt(Triage(by="ana"))

    assert ("severity",) == attempt.outcome.failures[0].inputs
    assert "triaged" == life.do(Triage(by="ana", severity="sev2")).state
    assert Priority.P2 is life.incident.priority
    assert "triaged: severity sev2" in str(life.entries[-2])
    assert "priority P2 (SEV1 to SEV5)" in str(life.entries[-1])


def test_reclassifying_is_possible_in_any_state() -> None:
    """It names what changed, and changes nothing else (rules L3 and Q5)."""
    life = Rehearsal()
    life.report(to="resolved", code="c", note="n", **SEVERE)
    life.do(Close(by="ana"))
    incident = life.do(Reclassify(by="ana", category="disk", customer="acme", urgency=3))

    assert ("reclassified", "prioritised") == life.kinds
    assert "reclassified: category disk, customer acme, urgency low" in str(life.entries[-2])
    assert ("closed", Priority.P3) == (incident.state, incident.priority)

    with pytest.raises(InvalidInput, match="at least one of category"):
        Reclassify(by="ana")


def test_the_same_priority_is_not_derived_again() -> None:
    """A classification that changes no priority leaves one event."""
    life = Rehearsal()
    life.report(**SEVERE)
    life.do(Reclassify(by="ana", location="Berlin"))

    assert ("reclassified",) == life.kinds

    life.do(Reclassify(by="ana", impact=2, urgency=1))
    life.do(Reclassify(by="ana", impact=1, urgency=2))

    assert ("reclassified",) == life.kinds


def test_an_override_ends_when_an_axis_of_the_matrix_changes() -> None:
    """Unless it says otherwise; anything else leaves it alone (rule Q3)."""
    life = Rehearsal(policy=UNMEASURED)
    life.report(**SEVERE)
    life.do(OverridePriority(by="bo", priority="p4", reason="test system"))

    assert "priority overridden to P4: test system" in str(life.entries[-1])

    life.do(Reclassify(by="ana", severity=1, category="mail", impact=1))

    assert Priority.P4 is life.incident.priority
    assert (Priority.P4, "test system") == (
        life.incident.override.priority,
        life.incident.override.reason,
    )

    life.do(Reclassify(by="ana", impact=2))

    assert (Priority.P2, None) == (life.incident.priority, life.incident.override)


def test_an_override_may_outlast_its_axes() -> None:
    """Until somebody sets another one."""
    life = Rehearsal()
    life.report(**SEVERE)
    lasting = OverridePriority(by="bo", priority=4, reason="agreed", ends_with_axes=False)
    life.do(lasting, Reclassify(by="ana", impact=2))

    assert Priority.P4 is life.incident.priority

    life.do(evolve(lasting, priority=5, ends_with_axes=True), Reclassify(by="ana", impact=1))

    assert Priority.P1 is life.incident.priority


def test_an_override_to_what_the_matrix_says_ends_as_an_event_too() -> None:
    """The priority stays, the override goes."""
    life = Rehearsal(policy=UNMEASURED)
    life.report(impact=1, urgency=2)
    life.do(OverridePriority(by="bo", priority=3, reason="r"), Reclassify(by="ana", urgency=3))

    assert ("priority_overridden", "reclassified", "prioritised") == life.kinds
    assert life.incident.override is None


def test_an_override_stands_until_the_priority_can_be_derived() -> None:
    """One axis of two says nothing yet."""
    life = Rehearsal()
    life.report()
    life.do(OverridePriority(by="bo", priority=2, reason="r"), Reclassify(by="ana", impact=3))

    assert Priority.P2 is life.incident.priority

    life.do(Reclassify(by="ana", urgency=3))

    assert Priority.P5 is life.incident.priority


def test_another_matrix_refuses_nothing_that_stands() -> None:
    """A policy edit leaves known levels alone until an axis changes."""
    life = Rehearsal(policy=Policy(matrix=MATRICES["glpi"]))
    life.report(category="mail", impact=5, urgency=5)
    life.practice = evolve(life.practice, policy=Policy())
    life.do(Triage(by="ana"))

    assert ("triaged", Priority.P5) == (life.incident.state, life.incident.priority)
    assert ("input.invalid",) == life.attempt(Reclassify(by="ana", urgency=1)).codes
    assert () == life.attempt(Reclassify(by="ana", impact=1, urgency=1)).codes


def test_texts_and_ranks_of_a_report_are_checked() -> None:
    """What can never be right is refused when the command is built."""
    for wrong in (
        {"title": " "},
        {"title": "t", "impact": 9},
        {"title": "t", "occurred_at": "yesterday"},
        {"title": "t", "service": ""},
        {"title": "t", "by": ""},
        {"title": "t", "fields": "tier"},
    ):
        with pytest.raises(InvalidInput):
            Report(**{"by": "ana", **wrong})


def test_commands_are_values() -> None:
    """Equal ones are equal, hashable, and read their actor from text."""
    one = Acknowledge(by="ana")

    assert {one} == {Acknowledge(by=Actor.parse("person:ana")), one}
    assert ("acknowledge", "acknowledge") == (one.kind, one.asked)
