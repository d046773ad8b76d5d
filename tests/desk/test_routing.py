"""New incidents are sorted by the policy's rules, through the door of every other change."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from incidentflow import FieldRule, Policy, Reclassify, Triage
from incidentflow.errors import InvalidInput
from incidentflow.events import Assigned, Routed
from incidentflow.hookspecs import hookimpl
from incidentflow.policy import Numbering, Route

Build = Callable[..., Any]
OURS = Policy(
    categories=("network/vpn", "mail/queue"),
    fields=(FieldRule("tier"),),
    routing=(
        Route({"service": "mail"}, category="mail/queue"),
        Route({"category": "mail", "priority": 1}, team="messaging"),
        Route({"tier": "gold"}, assignee="ana"),
        Route({"source": "monitor"}, team="net"),
    ),
)


def test_rules_sort_a_new_incident(build: Build) -> None:
    """The rule that fired stands on the timeline, by the system, and what it gave."""
    desk = build(policy=OURS)
    incident = desk.report("Queue", by="ana", service="mail", impact="high", urgency="high")
    fired = [each for each in desk.history(incident) if isinstance(each.event, (Routed, Assigned))]

    assert ("mail/queue", "messaging", None) == (
        incident.category,
        incident.team,
        incident.assignee,
    )
    assert [
        Routed(category="mail/queue", rule="service mail"),
        Routed(rule="category mail, P1"),
        Assigned("messaging", reason="routed by category mail, P1"),
    ] == [each.event for each in fired]
    assert {"system"} == {each.by.kind.value for each in fired}
    assert "routed by service mail: category mail/queue" == fired[0].event.describe()
    assert "nach der Regel service mail geleitet: Kategorie mail/queue" == (
        fired[0].event.describe("de")
    )
    assert desk.verify().holds


def test_what_the_reporter_said_stands(build: Build) -> None:
    """And nobody is assigned beside whom they named."""
    desk = build(policy=OURS)
    incident = desk.report(
        "Queue", by="ana", service="mail", category="network", team="field", fields={"tier": "gold"}
    )

    assert ("network", "field", None) == (incident.category, incident.team, incident.assignee)
    assert "ana" == desk.report("VIP", by="bo", fields={"tier": "gold"}).assignee
    assert "net" == desk.report("Probe", by="monitor:probe-3").team


def test_what_is_reported_as_done_is_not_sorted(build: Build) -> None:
    """Nobody is to work on it."""
    desk = build(policy=OURS)
    incident = desk.report(
        "Queue", by="monitor:probe-3", service="mail", to="resolved", code="fixed", note="gone"
    )

    assert (None, None) == (incident.category, incident.team)


def test_plugins_are_asked_after_the_rules(build: Build) -> None:
    """They see what the rules gave, and only of an incident for whom nobody was named."""

    class ByCategory:
        def route(self, incident: Any) -> str | None:  # noqa: ANN401 - an incident
            return f"team of {incident.category}"

    plugin = SimpleNamespace(
        __name__="probe",
        incidentflow_routing_rules=hookimpl(
            specname="incidentflow_routing_rules",
        )(lambda: [ByCategory()]),
    )
    desk = build(policy=OURS, plugins=[plugin])

    assert "team of mail/queue" == desk.report("Queue", by="ana", service="mail").team
    assert "net" == desk.report("Queue", by="monitor:x", service="mail").team


@pytest.mark.parametrize("category", ["mial", "mail/", "network/vpn/berlin"])
def test_a_category_stands_in_the_tree(build: Build, category: str) -> None:
    """Reported, triaged or changed; the nearest is suggested, and nothing is changed."""
    desk = build(policy=OURS)
    incident = desk.report("Queue", by="ana", category="network")
    classes = {"category": category, "impact": 1, "urgency": 1}

    for change in (
        lambda: desk.report("Queue", by="ana", category=category),
        lambda: desk.apply(incident, Triage(by="ana", **classes)),
        lambda: desk.apply(incident, Reclassify(by="ana", category=category)),
    ):
        with pytest.raises(InvalidInput, match="is no category; "):
            change()
    assert incident == desk.get(incident)


def test_without_a_tree_every_path_is_a_category(build: Build) -> None:
    """As it was before there was one."""
    assert "anything/goes" == build().report("Queue", by="ana", category="anything/goes").category


def test_a_number_is_of_the_series_of_the_first_rule_that_fits(build: Build) -> None:
    """Of what the incident is once it is routed; all others draw from the usual series."""
    desk = build(
        policy=Policy(
            fields=(FieldRule("restricted", "flag"),),
            routing=(Route({"service": "vault"}, category="security/keys"),),
            numbering=(
                Numbering({"category": "security/drill"}, "INC"),
                Numbering({"category": "security"}, "SEC"),
                Numbering({"restricted": True, "priority": 1}, "P1"),
            ),
        )
    )
    urgent = {"impact": "high", "urgency": "high"}
    details: tuple[dict[str, Any], ...] = (
        {},
        {"service": "vault"},
        {"category": "security/drill"},
        {"category": "securityless", "fields": {"restricted": True}},
        {"fields": {"restricted": True}, **urgent},
        {"category": "security", "fields": {"restricted": True}, **urgent},
        {"number": "A-1", "category": "security"},
    )
    numbers = [desk.report("Down", by="ana", **each).number for each in details]

    assert [
        "INC-0000001",
        "SEC-0000001",
        "INC-0000002",
        "INC-0000003",
        "P1-0000001",
        "SEC-0000002",
        "A-1",
    ] == numbers


def test_what_becomes_something_else_keeps_its_number(build: Build) -> None:
    """A series is chosen once."""
    desk = build(policy=Policy(numbering=(Numbering({"category": "security"}, "SEC"),)))
    incident = desk.report("Down", by="ana")
    desk.apply(incident, Reclassify(by="ana", category="security"))

    assert "INC-0000001" == desk.get(incident).number
    assert desk.verify().holds
