"""Two workers over what is owed, in every order; and one that dies between sending and settling."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pytest
from attrs import evolve

from incidentflow import Attach, Incident, IncidentDesk, Policy, usecases
from incidentflow.desk.drivers import Lifted
from incidentflow.policy import Audience, Subscription
from incidentflow.ports import Answer, AsyncStore, Notification, Outcome, Receipt, Settlement
from incidentflow.stores.memory import MemoryStore
from incidentflow.testing.clock import ManualClock, SeededEntropy
from incidentflow.testing.notifiers import RecordingNotifier
from incidentflow.testing.simulation import Race, SuspendingStore, interleavings
from incidentflow.usecases import Setup

TOLD = Policy(subscriptions=(Subscription(Audience.TEAM, ("reported",)),))
ANSWER = Receipt(Outcome.ACCEPTED, reference="<1@mail>")


class AtOnce:
    """An outbox and its round: what is started is sent, and finished when it is asked for."""

    def __init__(self, sent: list[Notification]) -> None:
        self.channels = frozenset({"default"})
        self._sent = sent
        self._flying: list[Notification] = []

    def open_round(self) -> AtOnce:
        """Begin the sends of one worker."""
        return AtOnce(self._sent)

    def close(self) -> None:
        """Hold nothing."""

    def room(self, channel: str) -> int:
        """Take one at a time."""
        return 1 - sum(told.channel == channel for told in self._flying)

    def start(self, notification: Notification) -> None:
        """Send."""
        self._sent.append(notification)
        self._flying.append(notification)

    async def finished(self) -> Sequence[tuple[Notification, Answer]]:
        """Answer for all that were sent."""
        flying, self._flying = self._flying, []
        return [(told, ANSWER) for told in flying]


def worker(desk: IncidentDesk, store: AsyncStore, sent: list[Notification]) -> Setup:
    """Take a desk's setup for a worker of its own."""
    return evolve(desk._setup, store=store, outbox=AtOnce(sent))  # noqa: SLF001 - what a worker is


def test_a_message_is_sent_once_in_every_order() -> None:
    """Two workers, no crash: one of them has the claim, and its settlement stands (rule D4)."""
    worlds: list[tuple[IncidentDesk, Incident, list[Notification]]] = []

    def begin() -> Race:
        store, sent = MemoryStore(), list[Notification]()
        desk = IncidentDesk(store, policy=TOLD, clock=ManualClock(), entropy=SeededEntropy())
        worlds.append((desk, desk.report("Mail is down", by="ana", team="net"), sent))
        mine = worker(desk, SuspendingStore(store), sent)
        return Race((usecases.deliver(mine, 9), usecases.deliver(mine, 9)))

    runs = 0
    for race in interleavings(begin):
        runs += 1
        desk, incident, sent = worlds[-1]
        kinds = [entry.kind for entry in desk.history(incident)]

        assert 1 == len(sent), race.order
        assert 1 == kinds.count("thread_opened")
        assert desk.verify().holds
    assert runs >= 20


def test_an_owed_command_is_carried_out_once_in_every_order() -> None:
    """Two workers and somebody who changes the incident meanwhile (rule J5)."""
    worlds: list[tuple[IncidentDesk, Incident, Incident]] = []

    def begin() -> Race:
        store = MemoryStore()
        desk = IncidentDesk(store, policy=TOLD, clock=ManualClock(), entropy=SeededEntropy())
        parent, child = desk.report("A", by="ana"), desk.report("B", by="ana")
        desk.apply(child, Attach(by="ana", parent=parent.id))
        worlds.append((desk, parent, child))
        mine = worker(desk, SuspendingStore(store), [])
        return Race((usecases.deliver(mine, 9), usecases.deliver(mine, 9)))

    runs = 0
    for race in interleavings(begin):
        runs += 1
        desk, parent, child = worlds[-1]

        assert (child.id,) == desk.get(parent).children, race.order
        assert 2 == desk.get(parent).version
        assert desk.verify().holds
    assert runs >= 20


class Crash(BaseException):
    """The process dies."""


class Dying(Lifted):
    """A store whose worker dies when it settles."""

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Die."""
        raise Crash(tenant, settlement)


@pytest.mark.parametrize("after", [timedelta(seconds=59), timedelta(seconds=60)])
def test_who_dies_between_sending_and_settling_sends_twice_in_all(after: timedelta) -> None:
    """Not before its lease is over; then under the same key, as the next attempt (rule D4)."""
    store, clock = MemoryStore(), ManualClock()
    first = RecordingNotifier()
    second = RecordingNotifier()
    desk = IncidentDesk(store, policy=TOLD, clock=clock, entropy=SeededEntropy(), notifiers=[first])
    desk.report("Mail is down", by="ana", team="net")
    dying = evolve(desk._setup, store=Dying(store))  # noqa: SLF001 - what a worker is
    with pytest.raises(Crash):
        usecases.deliver(dying, 9).send(None)
    clock.set(clock.now() + after)
    heir = IncidentDesk(store, policy=TOLD, clock=clock, notifiers=[second])
    heir.deliver()
    heir.deliver()

    assert 1 == len(first.sent)
    assert (after >= timedelta(seconds=60)) is bool(second.sent)
    assert {first.sent[0].key} >= {told.key for told in second.sent}
    assert [2] * len(second.sent) == [told.attempt for told in second.sent]
