"""Invariant: what lies outside a period is not read for it, however much there is of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidentflow import Close, IncidentDesk, OverridePriority, Policy, Resolve
from incidentflow.metrics import AVAILABILITY, STANDARD
from incidentflow.policy import Retention
from incidentflow.ports import Line, Query, Store, Stored, Subject
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.testing.store import StoreContract
from incidentflow.usecases import measuring

Build = Callable[..., Any]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SINCE, UNTIL = MONDAY + 365 * DAY, MONDAY + 372 * DAY
PERIOD = {"since": SINCE, "until": UNTIL}
FEW, MANY = 3, 30


class Counting:
    """A store that counts what is read from it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.snapshots = 0
        self.journals = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do what the store does."""
        return getattr(self._store, name)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find, and count snapshots."""
        found = self._store.find(query)
        self.snapshots += len(found)
        return found

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Read, and count journals."""
        self.journals += 1
        return self._store.history(subject, after)

    def read_by(self, work: Callable[[], object]) -> tuple[int, int]:
        """Say how many snapshots and journals some work reads."""
        before = self.snapshots, self.journals
        work()
        return self.snapshots - before[0], self.journals - before[1]


class TestCounting(StoreContract):
    """Counting changes nothing."""

    def make_store(self) -> Store:
        """Return a fresh store that counts."""
        return Counting(MemoryStore())  # type: ignore[return-value] # by __getattr__


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every scan take several pages."""
    monkeypatch.setattr(measuring, "PAGE", 2)


def live(desk: Any, clock: ManualClock, title: str, hours: int) -> None:  # noqa: ANN401
    """Let an incident come and go; somebody overrides its priority."""
    incident = desk.report(title, by="ana", impact=1, urgency=1)
    desk.apply(incident, OverridePriority(by="ana", priority=2, reason="VIP"))
    clock.advance(hours=hours)
    desk.apply(incident, Resolve(by="ana", code="fixed", note="n"), Close(by="ana"))


def inhabit(desk: Any, clock: ManualClock, others: int) -> None:  # noqa: ANN401 - either desk
    """Let five incidents touch the period, and many others go by before it and after it."""
    desk.report("Goes on", by="ana")
    for day in range(others):
        clock.set(MONDAY + day * DAY)
        live(desk, clock, "Before", 1 + day % 30)
    clock.set(SINCE - 5 * DAY)
    live(desk, clock, "Into it", 24 * 6)
    clock.set(SINCE + 2 * DAY)
    for _ in range(2):
        live(desk, clock, "In it", 5)
    live(desk, clock, "Out of it", 24 * 9)
    for day in range(others):
        clock.set(UNTIL + (day + 10) * DAY)
        live(desk, clock, "After", 1 + day % 30)


@pytest.mark.parametrize("others", [FEW, MANY])
def test_a_period_reads_what_touches_it(
    build: Build, store: Store, clock: ManualClock, others: int
) -> None:
    """Five snapshots, and journals of what was closed or has changed, whatever else there was."""
    counting = Counting(store)
    desk = build(counting)
    inhabit(desk, clock, others)
    everything = 5 + 2 * others

    assert (5, 0) == counting.read_by(lambda: desk.metrics(AVAILABILITY, **PERIOD))
    assert (5, 3) == counting.read_by(lambda: desk.metrics(*STANDARD, **PERIOD))
    assert (5, 4) == counting.read_by(lambda: desk.exceptions(**PERIOD))
    assert everything == counting.read_by(desk.metrics)[0]
    assert everything == counting.read_by(desk.exceptions)[0]


def test_erasing_is_no_news_of_what_is_over(build: Build, store: Store, clock: ManualClock) -> None:
    """A year's texts that are erased at its end are not read again for each month of it."""
    counting = Counting(store)
    desk = build(counting, policy=Policy(retention=(Retention(90 * DAY),)))
    inhabit(desk, clock, FEW)
    clock.set(UNTIL + 365 * DAY)
    erased = desk.erase_expired(by="service:retention", reason="time is over")

    assert 4 + 2 * FEW == erased.incidents
    assert (5, 0) == counting.read_by(lambda: desk.metrics(AVAILABILITY, **PERIOD))
    assert 5 == counting.read_by(lambda: desk.exceptions(**PERIOD))[0]
    assert desk.verify().holds


def test_what_is_read_is_what_counts(build: Build, store: Store, clock: ManualClock) -> None:
    """A period's figures are those of a store that answers with everything it has."""
    desk = build(store)
    inhabit(desk, clock, FEW)

    class Generous(Counting):
        def find(self, query: Query) -> tuple[Stored, ...]:
            """Find whatever the period is."""
            return super().find(Query(tenant=query.tenant, order=query.order, after=query.after))

    generous = build(Generous(store))
    metrics = (*STANDARD, AVAILABILITY)
    listed = desk.exceptions(**PERIOD)

    assert desk.metrics(*metrics, **PERIOD).whole == generous.metrics(*metrics, **PERIOD).whole
    assert 3 == desk.metrics(**PERIOD).whole.incidents
    assert listed.found == generous.exceptions(**PERIOD).found
    assert 3 == len(listed)


def test_exceptions_of_a_period_come_page_by_page(desk: IncidentDesk, clock: ManualClock) -> None:
    """All pages together are the whole, the latest incident first."""
    inhabit(desk, clock, FEW)
    whole, pages, after = desk.exceptions(**PERIOD).found, [], None
    while True:
        page = desk.exceptions(**PERIOD, after=after, limit=1)
        pages += page.found
        after = page.after
        if after is None:
            break

    assert [*whole] == pages
    assert sorted((each.at for each in whole), reverse=True) == [each.at for each in whole]
