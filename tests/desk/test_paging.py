"""Invariant: pages give every incident once and in order, however much lies between (K18, X2)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from incidentflow import Actor, Hold, Hours, Incident, IncidentDesk, Policy, TargetRow
from incidentflow.ports import Allow, Deny, Query, Stored
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock

SOME, EACH = 450, 90
SOON = Policy(targets=(TargetRow(priority=1, targets={"response": Hours(1)}),), requirements=())
SHOWN = [f"INC-{number:07}" for number in range(EACH, SOME + 1, EACH)]
WANTED = {None: {"breaches_by": MONDAY + timedelta(hours=2)}, "bo": {}}


class Asked(MemoryStore):
    """A store that counts how often it is asked to find."""

    def __init__(self) -> None:
        """Start from none."""
        super().__init__()
        self.times = 0

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find, and count."""
        self.times += 1
        return super().find(query)


def odd(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
    """Hide from bo what nothing was promised for."""
    del action
    return Deny("restricted", "odd") if actor.id == "bo" and not incident.clocks else Allow()


@pytest.fixture(scope="module")
def store() -> Asked:
    """Give a store that counts."""
    return Asked()


@pytest.fixture(scope="module")
def desk(store: Asked) -> IncidentDesk:
    """Give a desk with many incidents, of which few have a clock; half of the rest is due first."""
    clock = ManualClock()
    desk = IncidentDesk(store, clock=clock, policy=SOON, authorise=odd)
    for number in range(1, SOME + 1):
        level = 3 if number % EACH else 1
        held = Hold(by="ana", reason="scheduled", until=clock.now() + timedelta(minutes=9))
        also = (held,) if level > 1 and number % 2 else ()
        desk.report("Mail is stuck", *also, by="ana", impact=level, urgency=level)
        clock.advance(seconds=1)
    return desk


def seen_by(desk: IncidentDesk, viewer: str | None) -> Any:  # noqa: ANN401 - a desk or a view
    """Give the desk as somebody sees it; the host sees all."""
    return desk if viewer is None else desk.seen_by(viewer)


@pytest.mark.parametrize("order", ["newest", "due"])
@pytest.mark.parametrize("limit", [1, 2, 5, 6, SOME])
@pytest.mark.parametrize("viewer", [None, "bo"])
def test_pages_are_smaller_than_what_lies_between(
    desk: IncidentDesk, order: str, limit: int, viewer: str | None
) -> None:
    """What does not fit, or is hidden; a page is full but for the last, which has no next one."""
    view, pages, after = seen_by(desk, viewer), [], None
    while not pages or after is not None:
        pages.append(view.find(**WANTED[viewer], order=order, limit=limit, after=after))
        after = pages[-1].after

    numbers = [incident.number for page in pages for incident in page]
    assert SHOWN[:: -1 if order == "newest" else 1] == numbers
    assert [limit] * (len(SHOWN) // limit) + [len(SHOWN) % limit] == [*map(len, pages)]


@pytest.mark.parametrize("order", ["newest", "due"])
@pytest.mark.parametrize("viewer", [None, "bo"])
def test_what_does_not_fit_is_passed_over_many_at_a_time(
    desk: IncidentDesk, store: Asked, order: str, viewer: str | None
) -> None:
    """However few are wanted, and though nothing is found."""
    store.times = 0
    page = seen_by(desk, viewer).find(assignee="bo", order=order, limit=1)
    wide = seen_by(desk, viewer).find(breaches_by=MONDAY, order=order, limit=1)

    assert ((), None, (), None) == (page.incidents, page.after, wide.incidents, wide.after)
    assert store.times <= 1 + 4


@pytest.mark.parametrize("viewer", [None, "bo"])
def test_what_is_due_next_is_found_in_few_queries(
    desk: IncidentDesk, store: Asked, viewer: str | None
) -> None:
    """Though much that is hidden is due before."""
    store.times = 0
    due = seen_by(desk, viewer).next_due()

    first = timedelta(minutes=30, seconds=EACH - 1) if viewer else timedelta(minutes=9)
    assert MONDAY + first == due
    assert store.times <= (1 if viewer is None else 3)


def test_what_fits_costs_no_more_rows_than_are_wanted(desk: IncidentDesk, store: Asked) -> None:
    """One query, where the store finds what is asked for."""
    store.times = 0

    assert 20 == len(desk.find(limit=20))
    assert 1 == store.times
