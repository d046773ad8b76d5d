"""Invariant: nobody does what an authoriser denies, and a failing authoriser denies (rule A2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from incidentflow import Acknowledge, Actor, Close, Incident, Merge, Note, Resolve
from incidentflow.errors import IncidentflowError, NotAllowed, TransitionRefused
from incidentflow.lifecycle import Openness
from incidentflow.ports import Allow, Deny
from incidentflow.testing.clock import ManualClock

Build = Callable[..., Any]
NOT_YOURS = Deny("service.foreign", "the service is another team's")


def only_ana(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
    """Let everybody write notes, and ana do everything."""
    del incident
    return Allow() if actor.id == "ana" or action == "note" else NOT_YOURS


def test_a_command_that_is_denied_changes_nothing(build: Build) -> None:
    """The refusal says not allowed, and not that it is impossible."""
    desk = build(authorise=only_ana)
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(NotAllowed) as raised:
        desk.apply(incident, Note(by="bo", text="seen"), Acknowledge(by="bo"))

    assert ("person:bo", "acknowledge", incident.number) == (
        raised.value.actor,
        raised.value.action,
        raised.value.incident,
    )
    assert ("service.foreign", "the service is another team's") == (
        raised.value.denied,
        raised.value.reason,
    )
    assert incident == desk.get(incident)
    assert 2 == desk.apply(incident, Note(by="bo", text="seen")).version


def test_not_allowed_goes_before_not_possible(build: Build) -> None:
    """Who may not do it does not learn whether it could be done."""
    desk = build(authorise=only_ana)
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(NotAllowed):
        desk.apply(incident, Close(by="bo"))
    with pytest.raises(TransitionRefused):
        desk.apply(incident, Close(by="ana"))


def test_a_report_is_judged_by_what_would_come_of_it(build: Build) -> None:
    """The authoriser sees the incident that it would be."""

    def by_service(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        del actor
        return NOT_YOURS if (action, incident.service) == ("report", "payroll") else Allow()

    desk = build(authorise=by_service)
    desk.report("Mail is down", by="bo", service="mail")
    with pytest.raises(NotAllowed, match=r"person:bo is not allowed to report: .*team's") as denied:
        desk.report("Salaries", by="bo", service="payroll")
    with pytest.raises(NotAllowed, match=r"bo is not allowed to report INC-0000042: ") as imported:
        desk.report("Salaries", by="bo", service="payroll", number="INC-0000042")

    assert ("", "INC-0000042") == (denied.value.incident, imported.value.incident)
    assert denied.value.render("de").startswith("person:bo darf das nicht (report): ")
    assert "bo darf INC-0000042 nicht bearbeiten (report): " in imported.value.render("de")

    assert ["Mail is down"] == [one.title for one in desk.find()]


@pytest.mark.parametrize("answer", [True, None, "no", (Allow(),)])
def test_an_authoriser_that_answers_nonsense_denies(build: Build, answer: object) -> None:
    """Only Allow() allows; the fault is kept, and names what was answered."""
    desk = build(authorise=lambda *_: answer)
    with pytest.raises(NotAllowed, match=r"could not say whether they may \[authoriser.failed\]"):
        desk.report("Mail is down", by="ana")

    (fault,) = desk.describe().faults
    assert ("authorise=", "authorise") == (fault.plugin, fault.hook)
    assert "answer Allow() or Deny(code, reason)" in fault.problem


def test_an_authoriser_that_raises_denies(build: Build) -> None:
    """Whatever it raises."""

    def broken(*_: object) -> Allow:
        raise ConnectionError("directory is down")

    desk = build(authorise=broken)
    with pytest.raises(NotAllowed):
        desk.report("Mail is down", by="ana")

    assert "ConnectionError" in str(desk.describe().faults[0])
    assert not list(desk.find())


def test_the_library_itself_is_not_asked(build: Build, clock: ManualClock) -> None:
    """What is due happens, whoever may do what."""
    asked = []

    def listen(actor: Actor, action: str, incident: Incident) -> Allow:
        del incident
        asked.append((actor.id, action))
        return Allow()

    desk = build(authorise=listen)
    incident = desk.report("Mail is down", Resolve(by="bo", code="fixed", note="n"), by="ana")
    clock.advance(days=10)
    desk.tick()

    assert "closed" == desk.get(incident).state
    assert [("ana", "report"), ("bo", "resolve")] == asked


def test_what_is_denied_is_a_closed_option(build: Build) -> None:
    """With the reason of the authoriser; no inputs open it (rule L5)."""
    desk = build(authorise=only_ana)
    incident = desk.report("Mail is down", by="ana")
    theirs = desk.options(incident, by="bo")

    assert {Openness.CLOSED} == {option.openness for option in theirs}
    assert {"service.foreign"} == {option.because[0].code for option in theirs}
    assert Openness.OPEN in {option.openness for option in desk.options(incident, by="ana")}


def test_what_somebody_may_not_read_they_cannot_merge_into(build: Build) -> None:
    """It is as if it were not there."""

    def hides(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        secret = incident.title == "Secret" and actor.id != "ana"
        return NOT_YOURS if secret and action == "read" else Allow()

    desk = build(authorise=hides)
    secret, mine = desk.report("Secret", by="ana"), desk.report("Mail is down", by="bo")
    refusals: list[IncidentflowError] = []
    for into in (secret.number, "INC-0009999"):
        with pytest.raises(IncidentflowError) as raised:
            desk.apply(mine, Merge(by="bo", into=into))
        refusals.append(raised.value)

    assert str(refusals[0]).replace(secret.number, "X") == str(refusals[1]).replace(
        "INC-0009999", "X"
    )
    assert "merged" == desk.apply(mine, Merge(by="ana", into=secret.number)).state


def test_a_signal_with_a_hidden_incidents_key_opens_a_visible_one(build: Build) -> None:
    """Which takes all further ones; the key stays where it is (rule X2)."""

    def hides(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        secret = incident.title == "Secret" and actor.id != "ana"
        return NOT_YOURS if secret and action == "read" else Allow()

    desk = build(authorise=hides)
    secret = desk.report("Secret", by="ana", dedup_key="disk")
    signal = desk.report("Disk is full", by="monitor:probe", dedup_key="disk")

    assert signal.id != secret.id
    again = desk.report("Disk is full", by="monitor:probe", dedup_key="disk")

    assert (signal.id, 2) == (again.id, again.version)
    assert secret == desk.get(secret)
    assert secret.id == desk.report("Disk is full", by="ana", dedup_key="disk").id
