"""Keep everything in the memory of one process: for tests, demonstrations and simulations."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice

import attrs

from incidentflow.errors import CommitConflict
from incidentflow.ports import (
    By,
    Claim,
    Line,
    Lookup,
    Order,
    OwedKind,
    Query,
    Redaction,
    Settlement,
    Stored,
    Subject,
    Write,
)
from incidentflow.stores.index import marks, number_of, place_of
from incidentflow.stores.memory_debts import Debts
from incidentflow.stores.memory_tables import Row, Rows
from incidentflow.words import evolve, frozen

Undo = list[Callable[[], object]]


@frozen
class _Done:
    """The first result of a command key."""

    subject: Subject
    fingerprint: str
    version: int


class MemoryStore:
    """
    A store that forgets everything with its process.

    One lock guards it; a commit that fails half-way is taken back step by step.
    """

    name = "memory:"
    capabilities = frozenset({"erases"})

    def __init__(self) -> None:
        """Start empty."""
        self._lock = threading.Lock()
        self._rows = Rows()
        self._debts = Debts()
        self._done: dict[tuple[str, str | None], _Done] = {}
        self._series: dict[tuple[str, str], int] = {}

    def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""
        with self._lock:
            if lookup.by is not By.COMMAND_KEY:
                row = self._rows.named(lookup)
                if row and lookup.by is By.OWED:
                    return evolve(row.stored, owed=self._debts.of(row.subject))
                return row.stored if row else None
            done = self._done.get((lookup.tenant, lookup.value))
            row = self._rows.get(done.subject) if done else None
            if done is None or row is None:
                return None
            return evolve(row.stored, fingerprint=done.fingerprint, result=done.version)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""
        with self._lock:
            if query.order is Order.OWING:
                found = self._rows.owing(query, self._debts.owing())
            else:
                found = self._rows.search(query)
            page = islice(found, max(query.limit, 0))
            return tuple(row.found_by(query.order) for row in page)

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject, in order, past sequence number *after*."""
        with self._lock:
            row = self._rows.get(subject)
            return tuple(row.lines[max(after, 0) :]) if row else ()

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects whose wake-up has come, of all tenants in turn, soonest first."""
        with self._lock:
            return self._rows.wake(now, limit, lease)

    def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim owed things that are available, oldest first, under a fencing token."""
        with self._lock:
            return tuple(
                Claim(subject=debt.subject, owed=debt.owed, attempts=debt.attempts + 1, token=token)
                for debt in self._debts.claim(now, limit, lease, token, kind)
            )

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim; False when its token is no longer the latest (rule D2)."""
        with self._lock:
            debt = self._debts.held(tenant, settlement)
            if debt:
                self._debts.replace(debt, debt.settled(settlement))
            return debt is not None

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store writes in order, all or none, and return each subject's number."""
        with self._together() as undo:
            return tuple([self._write(write, undo) for write in writes])

    def erase(self, redactions: Sequence[Redaction]) -> None:
        """Take out what redactions name, all or none; nothing of it is kept elsewhere."""
        with self._together() as undo:
            for redaction in redactions:
                self._redact(redaction, undo)

    @contextmanager
    def _together(self) -> Iterator[Undo]:
        undo: Undo = []
        with self._lock:
            try:
                yield undo
            except BaseException:
                for step in reversed(undo):
                    step()
                raise

    def _check(self, write: Write) -> None:
        tenant, settles = write.subject.tenant, write.settles
        stands, world = self._rows.version, (tenant, write.subject.kind)
        brought = None if write.expected else write.index.number
        owed = {owed.key for owed in write.owed}
        checks = (
            ("key", (tenant, write.key) not in self._done),
            ("version", stands(write.subject) == (write.expected or None)),
            ("read", all((stands(read) or 0) == version for read, version in write.reads)),
            ("dedup_key", self._rows.holder(world, write.index.dedup_key) in {None, write.subject}),
            ("number", not self._rows.numbered(tenant, brought)),
            ("token", settles is None or self._debts.held(tenant, settles) is not None),
            ("owed", len(owed) == len(write.owed)),
            ("owed", not any(self._debts.known(tenant, key) for key in owed)),
        )
        for what, holds in checks:
            if not holds:
                raise CommitConflict(what, write.subject.id)

    def _write(self, write: Write, undo: Undo) -> str | None:
        self._check(write)
        subject, index = write.subject, write.index
        before = self._rows.get(subject)
        if before and before.index.begun_at < index.begun_at:
            index = evolve(index, begun_at=before.index.begun_at)
        number = before.stored.number if before else self._number(write, undo)
        stored = Stored(
            subject=subject,
            number=number,
            version=write.version,
            snapshot=write.snapshot,
            head=write.head,
            due_at=index.due_at,
            index=index,
        )
        lines = before.lines if before else []
        row = Row(stored, index, frozenset(marks(index.fields)), lines, index.due_at)
        self._rows.replace(before, row)
        undo.append(partial(self._rows.replace, row, before))
        undo.append(partial(lines.__delitem__, slice(len(lines), None)))
        lines.extend(write.lines)
        debt = self._debts.held(subject.tenant, write.settles) if write.settles else None
        if debt and write.settles:
            settled = debt.settled(write.settles)
            self._debts.replace(debt, settled)
            undo.append(partial(self._debts.replace, settled, debt))
        for owed in write.owed:
            debt = self._debts.new(subject, owed)
            self._debts.replace(None, debt)
            undo.append(partial(self._debts.replace, debt, None))
        if write.key is not None:
            undo.append(partial(self._done.pop, (subject.tenant, write.key), None))
            done = _Done(subject, write.fingerprint, write.version)
            self._done[subject.tenant, write.key] = done
        return number

    def _redact(self, redaction: Redaction, undo: Undo) -> None:
        self._write(redaction.write, undo)
        subject, left = redaction.write.subject, dict(redaction.personal)
        lines = self._rows.lines(subject)
        undo.append(partial(lines.__setitem__, slice(None), [*lines]))
        lines[:] = [
            attrs.evolve(one, personal=left.get(one.sequence, one.personal)) for one in lines
        ]
        for debt, body in self._debts.among(subject, dict(redaction.owed)):
            erased = debt.erased(body)
            self._debts.replace(debt, erased)
            undo.append(partial(self._debts.replace, erased, debt))

    def _number(self, write: Write, undo: Undo) -> str | None:
        """Draw the next number of the series, or keep the one that is brought along."""
        tenant, series, number = write.subject.tenant, write.index.series, write.index.number
        if number is not None:
            place = place_of(number)
        elif series:
            place = (series, self._series.get((tenant, series), 0) + 1)
            number = number_of(*place)
        else:
            place = None
        if place:
            key = (tenant, place[0])
            last = self._series.get(key, 0)
            undo.append(partial(self._series.__setitem__, key, last))
            self._series[key] = max(last, place[1])
        return number
