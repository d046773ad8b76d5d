"""Invariant: every hook adds what it says, on both desks; each has a test of its name here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from attrs import frozen

from incidentflow import (
    ITIL,
    Actor,
    AsyncIncidentDesk,
    Command,
    Escalate,
    Event,
    Incident,
    IncidentDesk,
    Lifecycle,
    Note,
    Policy,
    Reopen,
    State,
    Step,
)
from incidentflow.errors import NotAllowed, TransitionRefused
from incidentflow.hookspecs import hookimpl
from incidentflow.incident import Case, Entry
from incidentflow.notifiers import callback
from incidentflow.policy import Audience
from incidentflow.policy.communication import Subscription
from incidentflow.ports import Allow, Deny, OwedKind
from incidentflow.process.escalation import Escalated
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import ManualClock

OURS = ITIL.extend(
    State("contained", category="open"),
    Step("contain", "new", "contained"),
    Step("resolve", "contained", "resolved"),
    name="ours",
)
Desk = Callable[..., Any]


def plugin(**hooks: Callable[[], object]) -> object:
    """Make a plugin of a few functions."""
    made = {name: hookimpl(lambda f=f: f()) for name, f in hooks.items()}
    return SimpleNamespace(__name__="probe", **made)


@pytest.fixture(params=[IncidentDesk, AsyncIncidentDesk])
def build(request: pytest.FixtureRequest) -> Desk:
    """Build a desk of either kind with one plugin."""

    def make(store: Any = "memory:", **options: Any) -> Any:  # noqa: ANN401 - either desk
        return request.param(store, clock=ManualClock(), **options)

    return make


def now(answer: Any) -> Any:  # noqa: ANN401 - whatever a verb answers
    """Wait for what an async desk answers."""
    return asyncio.run(_wait(answer)) if asyncio.iscoroutine(answer) else answer


async def _wait(answer: Any) -> Any:  # noqa: ANN401 - whatever a verb answers
    return await answer


@frozen
class Looked(Event):
    """Somebody looked."""

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Change nothing."""
        del entry
        return incident


@frozen(kw_only=True)
class Look(Command):
    """Have a look."""

    def decide(self, case: Case) -> Iterable[Event]:
        """Look."""
        del case
        yield Looked()


def test_incidentflow_stores(build: Desk) -> None:
    """A URL of the plugin's scheme opens its store; the built-in ones stay."""
    opened: list[str] = []

    def open_shelf(url: str) -> MemoryStore:
        opened.append(url)
        return MemoryStore()

    shelf = plugin(incidentflow_stores=lambda: {"shelf": open_shelf})
    desk = build("shelf:top", plugins=[shelf])
    now(desk.report("Mail is down", by="ana"))
    build("memory:", plugins=[shelf])

    assert ["shelf:top"] == opened


def test_incidentflow_lifecycles(build: Desk) -> None:
    """A lifecycle can be chosen by its name."""
    desk = build(lifecycle="ours", plugins=[plugin(incidentflow_lifecycles=lambda: [OURS])])

    assert "contained" in now(desk.describe()).states
    assert "contained" not in now(build(lifecycle="ITIL").describe()).states


def test_incidentflow_commands(build: Desk) -> None:
    """A command of the plugin can be kept under a key."""
    ours = plugin(incidentflow_commands=lambda: [Look], incidentflow_events=lambda: [Looked])
    desk = build(MemoryStore(), plugins=[ours])
    incident = now(desk.report("Mail is down", by="ana"))
    once = now(desk.apply(incident, Look(by="ana"), key="k"))

    assert once == now(desk.apply(incident, Look(by="ana"), key="k"))


def test_incidentflow_events(build: Desk) -> None:
    """An event of the plugin is written and read back."""
    ours = plugin(incidentflow_events=lambda: (Looked,))
    desk = build(MemoryStore(), plugins=[ours])
    incident = now(desk.report("Mail is down", Look(by="bo"), by="ana"))

    assert Looked() == now(desk.history(incident))[-1].event


def test_incidentflow_routing_rules(build: Desk) -> None:
    """The first rule that names a team routes a report that names none."""

    class ByService:
        def __init__(self, teams: Mapping[str, str]) -> None:
            self.teams = teams

        def route(self, incident: Incident) -> str | None:
            return self.teams.get(incident.service or "")

    rules = [ByService({"vpn": "net"}), ByService({"vpn": "late", "mail": "messaging"})]
    desk = build(MemoryStore(), plugins=[plugin(incidentflow_routing_rules=lambda: rules)])
    routed = now(desk.report("Mail is down", by="ana", service="mail"))
    last = now(desk.history(routed))[-1]

    assert "messaging" == routed.team
    assert ("assigned", "system", "routed by probe") == (
        last.kind,
        last.by.kind.value,
        last.event.reason,
    )
    assert "net" == now(desk.report("VPN", by="ana", service="vpn")).team
    assert now(desk.report("Door", by="ana", service="door")).team is None
    assert "x" == now(desk.report("VPN", by="ana", service="vpn", team="x")).team


def test_incidentflow_notifiers(build: Desk) -> None:
    """A channel of a plugin is carried beside the host's own."""
    sent: list[tuple[str, str]] = []

    def carries(channel: str) -> object:
        return callback(channel, lambda message: sent.append((channel, message.recipient)))

    told = tuple(Subscription(Audience.TEAM, ("reported",), each) for each in ("page", "mail"))
    pager = plugin(incidentflow_notifiers=lambda: [carries("page")])
    desk = build(policy=Policy(subscriptions=told), notifiers=[carries("mail")], plugins=[pager])
    now(desk.report("Mail is down", by="ana", team="net"))
    now(desk.deliver())

    assert [("mail", "net"), ("page", "net")] == sorted(sent)


def test_incidentflow_escalation_backends(build: Desk) -> None:
    """Whoever answers for a team is written into the event, and is told."""

    class Rota:
        def __init__(self, people: Mapping[str, Sequence[str]]) -> None:
            self.people = people

        def reach(self, notify: str, incident: Incident, at: datetime) -> Iterable[str]:
            assert incident.title == "Mail is down"
            assert at == ManualClock().now()
            return iter(self.people.get(notify, ()))

    rotas = [Rota({}), Rota({"dba": ["eve", "kim"]}), Rota({"dba": ["late"]})]
    store = MemoryStore()
    desk = build(store, plugins=[plugin(incidentflow_escalation_backends=lambda: rotas)])
    incident = now(desk.report("Mail is down", by="ana"))
    now(desk.apply(incident, Escalate(by="ana", target="dba", reason="locks")))
    now(desk.apply(incident, Escalate(by="ana", target="cio", reason="angry")))
    found = [entry.event for entry in now(desk.history(incident))]
    told = [
        claim.owed.body
        for claim in store.claim(1 << 62, 100, 1, "t")
        if claim.owed.kind is OwedKind.MESSAGE and Audience.ESCALATED_TO.value in claim.owed.key
    ]

    assert [["eve", "kim"], []] == [
        [each.person for each in event.reached] for event in found if isinstance(event, Escalated)
    ]
    assert ["eve", "kim", "cio"] == [
        name for body in told for name in ("eve", "kim", "cio") if f'"{name}"' in body
    ]


def test_incidentflow_authorisers(build: Desk) -> None:
    """All of them must allow a command, the host's own function included."""

    class No:
        def __init__(self, action: str) -> None:
            self.action = action

        def authorise(self, actor: Actor, action: str, incident: Incident) -> Allow | Deny:
            del actor, incident
            return Deny(f"no.{self.action}", "no") if action == self.action else Allow()

    both = plugin(incidentflow_authorisers=lambda: [No("note"), No("escalate")])
    desk = build(plugins=[both], authorise=No("resolve").authorise)
    incident = now(desk.report("Mail is down", by="ana"))
    denied = []
    for command in (Note(by="ana", text="n"), Escalate(by="ana", target="t", reason="r")):
        with pytest.raises(NotAllowed) as raised:
            now(desk.apply(incident, command))
        denied.append(raised.value.denied)

    closed = {option.trigger for option in now(desk.options(incident, by="ana")) if option.because}
    assert ["no.note", "no.escalate"] == denied
    assert "resolve" in closed


def test_incidentflow_observers(build: Desk) -> None:
    """They see every commit after it, a batch when it is through, and nothing that failed."""

    class Telltale:
        def __init__(self) -> None:
            self.seen: list[tuple[str | None, list[str]]] = []

        def observe(self, incident: Incident, entries: Sequence[Entry]) -> None:
            self.seen.append((incident.number, [entry.kind for entry in entries]))

    one, other = Telltale(), Telltale()
    desk = build(plugins=[plugin(incidentflow_observers=lambda: {one, other})])
    incident = now(desk.report("Mail is down", Note(by="ana", text="n"), by="ana"))
    with pytest.raises(TransitionRefused):
        now(desk.apply(incident, Note(by="ana", text="n"), Reopen(by="ana", reason="r")))

    assert [("INC-0000001", ["reported", "noted"])] == one.seen == other.seen


def test_a_batch_is_observed_when_it_is_through() -> None:
    """With the numbers that the store drew; one that fails is not."""
    seen: list[tuple[str | None, str]] = []

    class Telltale:
        def observe(self, incident: Incident, entries: Sequence[Entry]) -> None:
            seen.append((incident.number, entries[-1].kind))

    desk = IncidentDesk(plugins=[plugin(incidentflow_observers=lambda: [Telltale()])])
    with desk.batch() as batch:
        incident = batch.report("Mail is down", by="ana")
        batch.apply(incident, Note(by="ana", text="n"))
        during = [*seen]
    with pytest.raises(TransitionRefused), desk.batch() as batch:
        batch.report("Printer", Reopen(by="ana", reason="r"), by="ana")

    assert [] == during
    assert [("INC-0000001", "reported"), ("INC-0000001", "noted")] == seen


def test_lifecycles_are_objects_too(build: Desk) -> None:
    """A desk takes the lifecycle itself, as before."""
    assert isinstance(OURS, Lifecycle)
    assert "contained" in now(build(lifecycle=OURS).describe()).states
