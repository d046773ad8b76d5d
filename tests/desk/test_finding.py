"""Finding incidents: whatever is asked for fits, page by page, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from incidentflow import (
    Acknowledge,
    FieldRule,
    Hold,
    Hours,
    IncidentDesk,
    Policy,
    Resolve,
    TargetRow,
)
from incidentflow.errors import InvalidInput
from incidentflow.ports import Query, Store, Stored
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock

Build = Callable[..., Any]
FIELDS = (FieldRule("tier"), FieldRule("seats", "number"), FieldRule("vip", "flag"))


@pytest.fixture
def filled(build: Build) -> Any:  # noqa: ANN401 - either desk
    """Give a desk with five incidents that differ in everything."""
    desk = build(policy=Policy(fields=FIELDS))
    high = {"impact": "high", "urgency": "high"}
    desk.report("a", by="ana", service="mail", team="net", fields={"tier": "gold"}, **high)
    desk.report("b", Acknowledge(by="bo"), by="ana", service="mail", impact=2, urgency=2)
    resolve = Resolve(by="ana", code="fixed", note="x")
    desk.report("c", resolve, by="ana", service="web", fields={"seats": 5, "vip": True})
    desk.report("d", by="ana", team="web", fields={"seats": 5, "vip": False, "tier": "lead"})
    hold = Hold(by="ana", reason="scheduled", until=MONDAY + timedelta(days=9))
    desk.report("e", hold, by="ana", assignee="bo", impact=3, urgency=3)
    return desk


def titles(page: Any) -> str:  # noqa: ANN401 - a page
    """Name the incidents of a page, in its order."""
    return "".join(incident.title for incident in page)


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        ({}, "abcde"),
        ({"state": "new"}, "ad"),
        ({"state": ("new", "in_progress")}, "abd"),
        ({"state": "long gone"}, ""),
        ({"category": "triage"}, "ad"),
        ({"category": ["open", "done"]}, "bce"),
        ({"category": "terminal"}, ""),
        ({"priority": 1}, "a"),
        ({"priority": "p3"}, "ab"),
        ({"priority": 5}, "abe"),
        ({"service": "mail"}, "ab"),
        ({"team": "web"}, "d"),
        ({"assignee": "bo"}, "be"),
        ({"fields": {"tier": "gold"}}, "a"),
        ({"fields": {"seats": 5}}, "cd"),
        ({"fields": {"seats": 5, "vip": True}}, "c"),
        ({"state": "new", "service": "mail", "team": "net", "priority": 2}, "a"),
        ({"state": None, "category": None, "service": None, "fields": None}, "abcde"),
    ],
)
def test_everything_that_is_given_must_fit(
    filled: IncidentDesk, criteria: dict[str, Any], expected: str
) -> None:
    """States, categories, priority or more urgent, service, team, person, own fields."""
    assert expected == "".join(sorted(titles(filled.find(**criteria))))


@pytest.mark.parametrize(
    ("criteria", "problem"),
    [
        ({"categry": "open"}, r"categry = 'open': is no criterion; did you mean 'category'\?"),
        ({"category": "opened"}, r"category = 'opened': is not in the set; did you mean 'open'\?"),
        ({"category": "unreported"}, "category = 'unreported': is not in the set"),
        ({"category": 5}, "category = 5: are no names"),
        ({"state": [5]}, "state = 5: is not text"),
        ({"priority": 9}, "priority = 9: is not on the scale"),
        ({"priority": "urgent"}, "priority = 'urgent': is not on the scale"),
        ({"service": 5}, "service = 5: is not text"),
        ({"assignee": "a\nb"}, "unprintable"),
        ({"fields": ["tier"]}, r"fields = \['tier'\]: is no mapping"),
        ({"fields": {"teir": "gold"}}, r"is no declared field; did you mean 'tier'\?"),
        ({"fields": {"seats": "5"}}, "is not of the declared type number"),
        ({"fields": {"seats": True}}, "is not of the declared type number"),
        ({"order": "oldest"}, "order = 'oldest': is not in the set; known: due, newest"),
        ({"order": None}, "order = None: is not in the set"),
        ({"limit": 0}, "limit = 0: is no whole number of at least 1"),
        ({"limit": "5"}, "limit = '5': is no whole number"),
        ({"limit": True}, "limit = True: is no whole number"),
        ({"limit": 10**7}, "limit = 10000000: is more than 1000000; ask page by page"),
        ({"after": "INC-0000001"}, "after = 'INC-0000001': is no cursor"),
        ({"after": (None, "x")}, "is no cursor; give the `after` of a page"),
        ({"after": (1, 2)}, "is no cursor"),
        ({"after": (1, "x", 2)}, "is no cursor"),
    ],
)
def test_what_cannot_be_asked_for_is_refused(
    filled: IncidentDesk, criteria: dict[str, Any], problem: str
) -> None:
    """A word that is misspelt never answers with nothing."""
    with pytest.raises(InvalidInput, match=problem):
        filled.find(**criteria)


def test_the_newest_come_first(desk: IncidentDesk, clock: ManualClock) -> None:
    """By when they were reported here, latest first."""
    for title in "abc":
        desk.report(title, by="ana")
        clock.advance(seconds=1)

    assert "cba" == titles(desk.find())


def test_what_is_due_comes_soonest_first(desk: IncidentDesk) -> None:
    """And what has nothing due is left out."""
    for title, days in (("a", 3), ("b", 1), ("c", 2)):
        until = MONDAY + timedelta(days=days)
        desk.report(title, Hold(by="ana", reason="scheduled", until=until), by="ana")
    desk.report("d", by="ana")

    assert "bca" == titles(desk.find(order="due"))


@pytest.mark.parametrize("order", ["newest", "due"])
@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_follow_one_another(
    desk: IncidentDesk, clock: ManualClock, order: str, limit: int
) -> None:
    """Page after page, each incident once, in order; the last page has no next one."""
    for title in "abcdefg":
        until = MONDAY + timedelta(days=7 if title < "d" else 3)
        hold = Hold(by="ana", reason="scheduled", until=until)
        desk.report(title, hold, by="ana", service="mail" if title != "c" else "web")
        clock.advance(minutes=1)
    found, after, sizes = "", None, []
    while True:
        page = desk.find(service="mail", order=order, limit=limit, after=after)
        found, after, sizes = found + titles(page), page.after, [*sizes, len(page)]
        if after is None:
            break

    assert "gfedba" == found if order == "newest" else "defgab"
    assert limit >= max(sizes)
    assert titles(desk.find(service="mail", order=order)) == found


class Generous(MemoryStore):
    """A store that answers with more than fits, as a store may."""

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Look at tenant, kind, order and page alone."""
        wide = Query(
            tenant=query.tenant,
            kind=query.kind,
            order=query.order,
            after=query.after,
            limit=query.limit,
        )
        return super().find(wide)


def test_a_store_may_answer_with_more_than_fits(clock: ManualClock) -> None:
    """The desk filters again, and goes on until the page is full."""
    desk = IncidentDesk(Generous(), clock=clock)
    for title in "abcdefgh":
        desk.report(title, by="ana", service="mail" if title in "adh" else "web")
        clock.advance(minutes=1)
    first = desk.find(service="mail", limit=2)

    assert "hd" == titles(first)
    assert "a" == titles(desk.find(service="mail", limit=2, after=first.after))
    assert "" == titles(desk.find(assignee="bo"))


class Unreadable:
    """A store in which the snapshot of one incident comes from a newer release."""

    def __init__(self, store: Store, incident: str) -> None:
        self._store = store
        self._incident = incident

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do what the store does."""
        return getattr(self._store, name)

    def load(self, lookup: object) -> Stored | None:
        """Load, from the future."""
        stored = self._store.load(lookup)  # type: ignore[arg-type]
        return None if stored is None else self._newer(stored)

    def find(self, query: Query) -> Sequence[Stored]:
        """Find, from the future."""
        return tuple(self._newer(stored) for stored in self._store.find(query))

    def _newer(self, stored: Stored) -> Stored:
        if stored.subject.id != self._incident:
            return stored
        return evolve(stored, snapshot=stored.snapshot[:-1] + b',"hologram":1}')


def test_what_cannot_be_read_stands_beside_what_was_found(
    build: Build, other: IncidentDesk, store: Store
) -> None:
    """One incident of a newer release hides no other one (rule J1)."""
    good, bad = other.report("a", by="ana"), other.report("b", by="ana")
    page = build(Unreadable(store, bad.id)).find()

    assert [good] == list(page)
    assert [(bad.id, 0)] == [(error.incident, error.sequence) for error in page.unreadable]
    assert "hologram" in page.unreadable[0].problem


SOON = Policy(
    targets=(
        TargetRow(priority=1, targets={"response": Hours(1), "resolution": Hours(4)}),
        TargetRow(priority=5, targets={"resolution": Hours(50)}),
    ),
    requirements=(),
)
HIGH = {"impact": "high", "urgency": "high", "by": "monitor:probe"}


def test_what_is_breached_by_an_instant_is_found(build: Build, clock: ManualClock) -> None:
    """At its due instant, not before; whoever is paused or has been breached is not (K2, K3)."""
    desk = build(policy=SOON)
    desk.report("a", **HIGH)
    desk.report("b", Acknowledge(by="bo"), **HIGH)
    waits = Hold(by="bo", reason="awaiting_requester", comment="asked")
    desk.report("c", Acknowledge(by="bo"), waits, **HIGH)
    desk.report("d", by="ana", impact="low", urgency="low")
    desk.report("e", by="ana")

    for hours, found in ((0.5, ""), (1, "a"), (3, "a"), (4, "ab"), (50, "abd")):
        by = MONDAY + timedelta(hours=hours)
        for order in ("due", "newest"):
            assert sorted(found) == sorted(titles(desk.find(breaches_by=by, order=order)))
    assert "a" == titles(desk.find(breaches_by=MONDAY + timedelta(hours=1)))
    assert "" == titles(desk.find(breaches_by=MONDAY + timedelta(hours=1, microseconds=-1)))
    assert "b" == titles(desk.find(breaches_by=MONDAY + timedelta(hours=4), assignee="bo"))

    clock.advance(hours=2)
    assert "a" == titles(desk.find(breaches_by=clock.now()))
    desk.tick()
    assert "" == titles(desk.find(breaches_by=clock.now()))
    assert "ba" == titles(desk.find(breaches_by=MONDAY + timedelta(hours=4)))


@pytest.mark.parametrize("order", ["due", "newest"])
def test_pages_of_breaches_follow_one_another(build: Build, order: str) -> None:
    """Nobody is left out, whatever has something else due before."""
    desk = build(policy=SOON)
    for title in "abcdefg":
        desk.report(title, **(HIGH if title in "bdf" else {"by": "ana", "impact": 3, "urgency": 3}))
    found, after = "", None
    while True:
        by = MONDAY + timedelta(hours=1)
        page = desk.find(breaches_by=by, order=order, after=after, limit=2)
        found, after = found + titles(page), page.after
        if after is None:
            break

    assert "bdf" == "".join(sorted(found))


def test_no_more_is_read_than_is_due_by_then(clock: ManualClock) -> None:
    """A hundred incidents that are due later cost one page of rows."""
    asked: list[int] = []

    class Counting(MemoryStore):
        def find(self, query: Query) -> tuple[Stored, ...]:
            rows = super().find(query)
            asked.append(len(rows))
            return rows

    desk = IncidentDesk(Counting(), clock=clock, policy=SOON)
    for number in range(100):
        desk.report(f"later {number}", by="ana", impact="low", urgency="low")
    desk.report("soon", **HIGH)
    asked.clear()
    page = desk.find(breaches_by=MONDAY + timedelta(hours=2), order="due", limit=5)

    assert ("soon", None) == (titles(page), page.after)
    assert [5] == asked


@pytest.mark.parametrize("by", ["2026-03-02", 5, MONDAY.replace(tzinfo=None)])
def test_breaches_are_asked_for_by_an_aware_instant(build: Build, by: object) -> None:
    """A wall-clock reading is no instant."""
    with pytest.raises(InvalidInput, match="breaches_by"):
        build().find(breaches_by=by)
