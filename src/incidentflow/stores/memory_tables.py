"""The subjects of the memory store, with their indexes; the store holds the lock."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator

from incidentflow.ports import (
    By,
    Index,
    Line,
    Lookup,
    Order,
    Query,
    Stored,
    Subject,
)
from incidentflow.stores.index import cursor_of, earliest, lease_end, marks, reach_of
from incidentflow.stores.ordered import Key, Ordered
from incidentflow.stores.turns import Turns
from incidentflow.words import evolve, frozen

World = tuple[str, str]


@frozen(slots=False)
class Row:
    """
    A subject as it stands, with all it is found by.

    Attributes:
        stored: What is loaded.
        index: What was last committed to search by.
        fields: Its own fields, one mark each.
        lines: Its journal; shared by all rows that followed one another.
        wake_at: From when on it may be claimed, or None.
        looks: How often it was claimed since the last commit.

    """

    stored: Stored
    index: Index
    fields: frozenset[str]
    lines: list[Line]
    wake_at: int | None
    looks: int = 0

    @property
    def subject(self) -> Subject:
        """Whose row it is."""
        return self.stored.subject

    def fits(self, query: Query, wanted: frozenset[str]) -> bool:
        """Whether it answers a query."""
        index, asked = self.index, query.priority
        return (
            _asked_for(index.state, index.category, query)
            and (asked is None or (index.priority is not None and index.priority <= asked))
            and query.service in (None, index.service)
            and query.team in (None, index.team)
            and query.assignee in (None, index.assignee)
            and wanted <= self.fields
            and (query.until is None or index.begun_at < query.until)
            and (query.since is None or index.ended_at is None or index.ended_at >= query.since)
        )

    @property
    def reach(self) -> int:
        """How far it reaches from its beginning."""
        return reach_of(self.index.begun_at, self.index.ended_at)

    def found_by(self, order: Order) -> Stored:
        """Return it as a query in some order finds it."""
        return evolve(self.stored, cursor=cursor_of(order, self.index, self.subject.id))


class Rows:
    """All subjects, found by every key that a query or a worker uses."""

    def __init__(self) -> None:
        """Start empty."""
        self._rows: dict[Subject, Row] = {}
        self._numbers: dict[tuple[str, str | None], Subject] = {}
        self._holders: dict[tuple[World, str | None], Subject] = {}
        self._groups: dict[World, dict[tuple[str, str], Ordered[Subject]]] = {}
        self._dues: dict[World, Ordered[Subject]] = {}
        self._begun: dict[World, dict[int, Ordered[Subject]]] = {}
        self._wakes: dict[str, Ordered[Subject]] = {}
        self._turns = Turns()

    def get(self, subject: Subject | None) -> Row | None:
        """Return one subject's row, or None."""
        return self._rows.get(subject) if subject else None

    def lines(self, subject: Subject) -> list[Line]:
        """Return the journal of a subject that is there, to be changed."""
        return self._rows[subject].lines

    def version(self, subject: Subject) -> int | None:
        """Return one subject's version, or None."""
        row = self._rows.get(subject)
        return row.stored.version if row else None

    def named(self, lookup: Lookup) -> Row | None:
        """Return the row with this id, number or dedup key, or None."""
        world = (lookup.tenant, lookup.kind)
        subject: Subject | None = Subject(*world, lookup.value)
        if lookup.by is By.NUMBER:
            subject = self._numbers.get((lookup.tenant, lookup.value))
        elif lookup.by is By.DEDUP_KEY:
            subject = self._holders.get((world, lookup.value))
        row = self.get(subject)
        return row if row and row.subject.kind == lookup.kind else None

    def numbered(self, tenant: str, number: str | None) -> bool:
        """Whether a number is taken."""
        return (tenant, number) in self._numbers

    def holder(self, world: World, dedup_key: str | None) -> Subject | None:
        """Return who holds a dedup key."""
        return self._holders.get((world, dedup_key))

    def replace(self, old: Row | None, new: Row | None) -> None:
        """Put a row in the place of another, in every index."""
        if old:
            self._drop(old)
        if new:
            self._put(new)

    def owing(self, query: Query, subjects: Iterable[Subject]) -> Iterator[Row]:
        """Walk the rows of these subjects that answer a query."""
        wanted, world = frozenset(marks(query.fields)), (query.tenant, query.kind)
        rows = (self._rows[each] for each in subjects if (each.tenant, each.kind) == world)
        return (row for row in rows if row.fits(query, wanted))

    def search(self, query: Query) -> Iterator[Row]:
        """Walk all rows that answer a query, in its order."""
        wanted = frozenset(marks(query.fields))
        walks = {Order.NEWEST: self._newest, Order.DUE: self._soonest, Order.BEGUN: self._latest}
        walk = walks[query.order](query)
        rows = (self._rows[subject] for _, subject in walk)
        return (row for row in rows if row.fits(query, wanted))

    def wake(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects whose wake-up has come, of all tenants in turn, soonest first."""
        queues = {tenant: queue.below((now + 1,)) for tenant, queue in self._wakes.items()}
        woken = self._turns.take(queues, limit)
        for key, subject in woken:
            row = self._rows[subject]
            end = lease_end(now, lease, row.looks)
            stored = evolve(row.stored, looks=row.looks + 1)
            self._rows[subject] = evolve(row, stored=stored, wake_at=end, looks=row.looks + 1)
            queue = self._wakes[subject.tenant]
            queue.remove(key)
            queue.add(_wake(end, subject), subject)
        return tuple(subject for _, subject in woken)

    def _newest(self, query: Query) -> Iterator[tuple[Key, Subject]]:
        before = (query.after[1],) if query.after else None
        groups = self._groups.get((query.tenant, query.kind), {})
        walks = [
            group.downwards(before)
            for (state, category), group in groups.items()
            if _asked_for(state, category, query)
        ]
        return heapq.merge(*walks, reverse=True)

    def _soonest(self, query: Query) -> Iterator[tuple[Key, Subject]]:
        dues = self._dues.get((query.tenant, query.kind), Ordered[Subject]())
        return dues.upwards(query.after or ())

    def _latest(self, query: Query) -> Iterator[tuple[Key, Subject]]:
        """Walk by beginnings, reach by reach: what ended long before is not even looked at."""
        ends: list[Key] = [] if query.until is None else [(query.until,)]
        before = min((*ends, query.after) if query.after else ends, default=None)
        reaches = self._begun.get((query.tenant, query.kind), {})
        walks = [
            begun.downwards(before, earliest(reach, query.since))
            for reach, begun in reaches.items()
        ]
        return heapq.merge(*walks, reverse=True)

    def _drop(self, row: Row) -> None:
        subject, index, number = row.subject, row.index, row.stored.number
        world = (subject.tenant, subject.kind)
        del self._rows[subject]
        self._numbers.pop((subject.tenant, number), None)
        self._holders.pop((world, index.dedup_key), None)
        self._groups[world][index.state, index.category].remove((subject.id,))
        self._begun[world][row.reach].remove((index.begun_at, subject.id))
        if index.due_at is not None:
            self._dues[world].remove((index.due_at, subject.id))
        if row.wake_at is not None:
            self._wakes[subject.tenant].remove(_wake(row.wake_at, subject))

    def _put(self, row: Row) -> None:
        subject, index, number = row.subject, row.index, row.stored.number
        world = (subject.tenant, subject.kind)
        self._rows[subject] = row
        if number is not None:
            self._numbers[subject.tenant, number] = subject
        if index.dedup_key is not None:
            self._holders[world, index.dedup_key] = subject
        groups = self._groups.setdefault(world, {})
        group = groups.setdefault((index.state, index.category), Ordered())
        group.add((subject.id,), subject)
        reaches = self._begun.setdefault(world, {})
        reaches.setdefault(row.reach, Ordered()).add((index.begun_at, subject.id), subject)
        if index.due_at is not None:
            self._dues.setdefault(world, Ordered()).add((index.due_at, subject.id), subject)
        if row.wake_at is not None:
            queue = self._wakes.setdefault(subject.tenant, Ordered())
            queue.add(_wake(row.wake_at, subject), subject)


def _asked_for(state: str, category: str, query: Query) -> bool:
    return (
        state in (query.states or (state,))
        and state not in query.other_states
        and category in (query.categories or (category,))
    )


def _wake(at: int, subject: Subject) -> Key:
    return at, subject.id, subject.kind
