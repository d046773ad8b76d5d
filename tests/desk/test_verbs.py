"""Every verb of both desks, over both stores."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidentflow import (
    ITIL,
    Acknowledge,
    Hold,
    Incident,
    IncidentDesk,
    Note,
    Policy,
    Report,
    Resolve,
    Triage,
)
from incidentflow.errors import (
    IncidentNotFound,
    InvalidInput,
    TransitionRefused,
)
from incidentflow.lifecycle import Openness
from incidentflow.notifiers import callback
from incidentflow.ports import Notification, Store
from incidentflow.testing.clock import MONDAY, ManualClock


def test_a_report_is_an_incident(desk: IncidentDesk) -> None:
    """It has a number and an id, and stands where the lifecycle begins."""
    incident = desk.report("Mail is down", by="ana", impact=1, urgency="medium", service="mail")

    assert ("INC-0000001", "new", "P2", "mail", "ana") == (
        incident.number,
        incident.state,
        incident.priority and incident.priority.name,
        incident.service,
        incident.logged_by,
    )
    assert (MONDAY, 4, "default") == (incident.reported_at, incident.version, incident.tenant)


def test_a_whole_report_may_be_given(desk: IncidentDesk) -> None:
    """As a command, for whoever has one."""
    incident = desk.report(Report(title="Mail is down", by="monitor:probe-3"))

    assert ("Mail is down", "monitor") == (incident.title, incident.source)


def test_commands_may_follow_a_report_in_its_commit(desk: IncidentDesk) -> None:
    """All of them or none."""
    incident = desk.report("Mail is down", Acknowledge(by="ana"), by="ana")
    with pytest.raises(TransitionRefused):
        desk.report("Printer", Acknowledge(by="ana"), Triage(by="ana"), by="ana")

    assert "in_progress" == incident.state
    assert [incident] == list(desk.find())
    assert "INC-0000002" == desk.report("Next", by="ana").number


def test_commands_change_an_incident(desk: IncidentDesk, clock: ManualClock) -> None:
    """One after the other, each at its own time, in one commit."""
    incident = desk.report("Mail is down", by="ana")
    clock.advance(minutes=10)
    resolved = desk.apply(
        incident, Acknowledge(by="bo"), Resolve(by="bo", code="fixed", note="restarted")
    )

    assert ("resolved", "bo") == (resolved.state, resolved.assignee)
    assert resolved == desk.get(incident)
    assert "INC-0000001" == resolved.number


def test_a_refusal_changes_nothing(desk: IncidentDesk) -> None:
    """A later command that is refused takes the earlier ones with it."""
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(TransitionRefused, match="INC-0000001 cannot triage after"):
        desk.apply(incident, Acknowledge(by="ana"), Triage(by="ana"))

    assert incident == desk.get(incident)
    assert 1 == len(desk.history(incident))


@pytest.mark.parametrize(
    "name",
    [
        lambda incident: incident,
        lambda incident: incident.id,
        lambda incident: incident.id.upper(),
        lambda incident: incident.number,
        lambda incident: f" {incident.number} ",
    ],
)
def test_an_incident_its_id_or_its_number_are_accepted_alike(
    desk: IncidentDesk, name: Callable[[Incident], Incident | str]
) -> None:
    """Every verb takes either, also with spaces around it or in capitals (rule T2)."""
    incident = desk.report("Mail is down", by="ana")
    reference = name(incident)
    noted = desk.apply(reference, Note(by="ana", text="hello"), key="k")

    assert noted == desk.get(reference)
    assert noted == desk.apply(reference, Note(by="ana", text="hello"), key="k")
    assert 2 == len(desk.history(reference)) == desk.verify(reference).entries
    assert desk.options(reference, by="ana")
    assert () == desk.forecast(reference, MONDAY)


@pytest.mark.parametrize("name", ["INC-0000002", "01999999-0000-7000-8000-000000000000", "", "-"])
def test_what_is_not_there_is_not_found(desk: IncidentDesk, name: str) -> None:
    """The error names what was looked for, and where."""
    desk.report("Mail is down", by="ana")
    for verb in (desk.get, desk.history, desk.verify):
        with pytest.raises(IncidentNotFound) as caught:
            verb(name)
        assert (name, "default") == (caught.value.reference, caught.value.tenant)
    with pytest.raises(IncidentNotFound, match="in tenant 'default'"):
        desk.apply(name, Note(by="ana", text="x"))
    with pytest.raises(IncidentNotFound):
        desk.options(name, by="ana")
    with pytest.raises(IncidentNotFound):
        desk.forecast(name, MONDAY)


def test_a_timeline_is_told_in_the_order_things_happened(
    desk: IncidentDesk, clock: ManualClock
) -> None:
    """By world-time, then by the order of recording; the journal keeps its own order (rule J4)."""
    incident = desk.report("Mail is down", by="ana", at=MONDAY - timedelta(minutes=30))
    desk.apply(incident, Note(by="ana", text="now"))
    clock.advance(hours=1)
    desk.apply(incident, Note(by="bo", text="earlier", at=MONDAY - timedelta(minutes=20)))
    desk.apply(incident, Note(by="bo", text="at the same time", at=MONDAY))
    entries = desk.history(incident)

    assert [1, 3, 2, 4] == [entry.sequence for entry in entries]
    assert [("late_entry",), ("late_entry",), (), ("late_entry",)] == [
        entry.warnings for entry in entries
    ]


def test_options_say_what_may_be_done(desk: IncidentDesk) -> None:
    """For this actor, with what inputs, and why the rest is closed (rule L5)."""
    incident = desk.report("Mail is down", by="ana")
    person = {one.trigger: one for one in desk.options(incident, by="ana")}
    monitor = {one.trigger: one for one in desk.options(incident, by="monitor:probe-3")}

    assert Openness.OPEN is person["acknowledge"].openness
    assert (Openness.NEEDS_INPUTS, ("assignee",)) == (
        monitor["acknowledge"].openness,
        monitor["acknowledge"].inputs,
    )
    assert Openness.CLOSED is person["close"].openness


def test_a_forecast_changes_nothing(desk: IncidentDesk) -> None:
    """It lists what will happen until an instant, if nobody acts."""
    incident = desk.report("Mail is down", by="ana", to="resolved", code="fixed", note="restarted")
    week = desk.forecast(incident, MONDAY + timedelta(days=7))

    assert ["closed"] == [entry.kind for entry in week]
    assert MONDAY + timedelta(days=5) == week[0].at
    assert () == desk.forecast(incident, MONDAY + timedelta(days=4))
    assert incident == desk.get(incident)


def test_a_forecast_ends_where_it_is_asked_to(desk: IncidentDesk, clock: ManualClock) -> None:
    """Also before now, when nobody has looked for long: what comes after is not told."""
    open_one = desk.report("Mail is down", by="monitor:probe", impact=1, urgency=1)
    resolved = desk.report("Printer", by="ana", to="resolved", code="fixed", note="restarted")
    clock.advance(days=6)
    past = desk.forecast(open_one, MONDAY + timedelta(minutes=12))

    assert [MONDAY + timedelta(minutes=7.5), MONDAY + timedelta(minutes=11.25)] == [
        entry.at for entry in past
    ]
    assert () == desk.forecast(resolved, MONDAY + timedelta(days=5.5))
    assert [clock.now()] == [entry.at for entry in desk.forecast(resolved, clock.now())]


def test_next_due_is_the_soonest_of_all(desk: IncidentDesk) -> None:
    """And None when nothing is due at all."""
    first = desk.report("Mail is down", by="ana")
    before = desk.next_due()
    until = MONDAY + timedelta(hours=3)
    desk.apply(first, Hold(by="ana", reason="scheduled", until=until + timedelta(hours=1)))
    second = desk.report("Printer", by="ana")
    desk.apply(second, Hold(by="ana", reason="scheduled", until=until))

    assert (None, until) == (before, desk.next_due())
    assert None is desk.tenant("acme").next_due()


def test_verify_counts_what_it_checked(desk: IncidentDesk) -> None:
    """Of one incident or of all of the tenant."""
    first = desk.report("Mail is down", by="ana")
    desk.report("Printer", Note(by="ana", text="which?"), by="ana")
    one, everything = desk.verify(first), desk.verify()

    assert (1, 1, True) == (one.incidents, one.entries, one.holds)
    assert (2, 5, True) == (everything.incidents, everything.entries, everything.holds)
    assert (0, 1) == (one.desks, everything.desks)
    assert (0, 0) == (desk.tenant("acme").verify().incidents, desk.tenant("acme").verify().desks)


def test_a_desk_describes_itself(desk: IncidentDesk, store: Store) -> None:
    """Versions, store, lifecycle, matrix: without secrets."""
    described = desk.tenant("acme").describe()

    assert ("acme", store.name, tuple(sorted(store.capabilities))) == (
        described.tenant,
        described.store,
        described.capabilities,
    )
    assert (f"ITIL@{ITIL.digest}", "ITIL 3x3", {}) == (
        described.lifecycle,
        described.matrix,
        described.strangers,
    )
    assert tuple(ITIL.places) == described.states
    assert len(described.triggers) == len(set(described.triggers)) > 10
    assert described.version


def test_own_settings_make_an_own_desk(build: object) -> None:
    """Policy and series are the desk's."""
    desk = build(policy=Policy(series="SEC", close_unresolved=True))  # type: ignore[operator]

    assert "SEC-0000001" == desk.report("Mail is down", by="ana").number


def test_what_is_no_incident_is_refused(desk: IncidentDesk) -> None:
    """A number is text; nothing is converted."""
    for reference in (5, None, ["INC-0000001"]):
        with pytest.raises(InvalidInput, match="give an Incident, its id or its number"):
            desk.get(reference)  # type: ignore[arg-type]
        with pytest.raises(InvalidInput, match="give an Incident, its id or its number"):
            desk.apply(reference, Note(by="ana", text="x"), key="k")  # type: ignore[arg-type]


def test_a_desk_that_was_closed_opens_again(build: Callable[..., Any]) -> None:
    """With its store and its notifiers; nothing has to be asked whether it is open."""
    told: list[str] = []

    async def tell(notification: Notification) -> None:
        told.append(notification.text)

    desk = build(notifiers=[callback("default", tell)])
    desk.report("Mail is down", by="ana", team="net")
    for number in (1, 2):
        desk.close()
        desk.deliver()
        desk.report("Printer", by="ana", team="net")

        assert 2 * number == len(told)
        assert number + 1 == len(desk.find())
