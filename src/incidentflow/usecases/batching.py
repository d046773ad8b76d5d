"""A batch: several commits as one transaction, seen by those that follow in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs

from incidentflow.errors import CommitConflict, InvalidInput
from incidentflow.incident import Entry, Incident
from incidentflow.ports import (
    INCIDENT,
    AsyncStore,
    By,
    Claim,
    Index,
    Line,
    Lookup,
    OwedKind,
    Query,
    Redaction,
    Settlement,
    Stored,
    Subject,
    Write,
)
from incidentflow.texts import Text
from incidentflow.usecases.outside import Given, Outside
from incidentflow.words import evolve


class Held:
    """
    An observer that keeps what it sees until a batch is through.

    Args:
        outside: Those whom the desk of the batch asks; their observers are told at the end.

    """

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._seen: list[tuple[Incident, Sequence[Entry]]] = []
        self.instead = attrs.evolve(outside, observers=(Given("batch", self),))

    def observe(self, incident: Incident, entries: Sequence[Entry]) -> None:
        """Keep it."""
        self._seen.append((incident, entries))

    def release(self, numbers: Mapping[Subject, str | None]) -> None:
        """Tell the observers what was committed, with the numbers that the store drew."""
        for incident, entries in self._seen:
            number = numbers[Subject(incident.tenant, INCIDENT, incident.id)]
            self._outside.tell(evolve(incident, number=number), entries)


class Overlay:
    """
    A store in front of a store: keeps commits back until they are flushed, all or none.

    Loading and histories see what is kept back; searching sees it in what is stored already.
    """

    def __init__(self, store: AsyncStore) -> None:
        self._store = store
        self._pending: list[Write] = []
        self._latest: dict[Subject, Stored] = {}
        self._index: dict[Subject, Index] = {}
        self._keys: dict[tuple[str, str], Write] = {}
        self._is_over = False

    @property
    def name(self) -> str:
        """The name of the store behind."""
        return self._store.name

    @property
    def capabilities(self) -> frozenset[str]:
        """What the store behind can do; what is erased is erased at once, so not in a batch."""
        return self._store.capabilities - {"erases"}

    async def flush(self) -> dict[Subject, str | None]:
        """
        Commit what was kept back as one transaction, and return the numbers by subject.

        Raises:
            CommitConflict: Something the batch relied on has changed; nothing of it is stored.

        """
        pending = tuple(self._pending)
        self.discard()
        numbers = await self._store.commit(pending) if pending else ()
        return {write.subject: number for write, number in zip(pending, numbers, strict=True)}

    def discard(self) -> None:
        """Forget what was kept back."""
        self._pending, self._latest, self._index, self._keys = [], {}, {}, {}

    def end(self) -> None:
        """Take no more: what is kept back after the last flush would be lost."""
        self._is_over = True

    async def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, as it is after what was kept back."""
        if lookup.by is By.COMMAND_KEY:
            write = self._keys.get((lookup.tenant, lookup.value))
            if write is not None:
                latest = self._latest[write.subject]
                return evolve(latest, fingerprint=write.fingerprint, result=write.version)
            stored = await self._store.load(lookup)
        elif lookup.by in {By.ID, By.OWED}:
            subject = Subject(lookup.tenant, lookup.kind, lookup.value)
            return self._latest.get(subject) or await self._store.load(lookup)
        else:
            for subject, index in self._index.items():
                if (subject.tenant, subject.kind) == (lookup.tenant, lookup.kind) and (
                    lookup.value == getattr(index, lookup.by.value)
                ):
                    return self._latest[subject]
            stored = await self._store.load(lookup)
            if stored is not None and stored.subject in self._latest:
                stored = None if lookup.by is By.DEDUP_KEY else self._latest[stored.subject]
        return stored

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Keep writes back; a number that the store is to draw is not known yet."""
        if self._is_over:
            raise InvalidInput("batch", "this batch", Text("problem.batch.over"))
        brought = [await self._number(write) for write in writes]
        versions: dict[Subject, int] = {}
        for write in writes:
            latest = self._latest.get(write.subject)
            stands = latest.version if latest else write.expected
            if versions.get(write.subject, stands) != write.expected:
                raise CommitConflict("version", write.subject.id)
            versions[write.subject] = write.version
        return tuple(map(self._keep, writes, brought))

    async def _number(self, write: Write) -> str | None:
        if not write.expected:
            return write.index.number
        subject = write.subject
        stored = await self.load(Lookup(subject.tenant, By.ID, subject.id, subject.kind))
        return stored.number if stored is not None else None

    def _keep(self, write: Write, number: str | None) -> str | None:
        self._pending.append(write)
        self._index[write.subject] = evolve(write.index, number=number)
        self._latest[write.subject] = Stored(
            subject=write.subject,
            number=number,
            version=write.version,
            snapshot=write.snapshot,
            head=write.head,
            due_at=write.index.due_at,
            index=write.index,
        )
        if write.key is not None:
            self._keys[write.subject.tenant, write.key] = write
        return number

    async def find(self, query: Query) -> tuple[Stored, ...]:
        """Find in the store behind; what was kept back stands for what it changes there."""
        rows = await self._store.find(query)
        return tuple(self._changed(row) for row in rows)

    def _changed(self, row: Stored) -> Stored:
        latest = self._latest.get(row.subject)
        return evolve(latest, cursor=row.cursor) if latest else row

    async def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal, with what was kept back."""
        lines = await self._store.history(subject, after)
        kept = (write for write in self._pending if write.subject == subject)
        more = tuple(line for write in kept for line in write.lines if line.sequence > after)
        return (*lines, *more)

    async def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim in the store behind; a batch that is given up leaves them to their leases."""
        return await self._store.due(now, limit, lease)

    async def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim in the store behind; a batch that is given up leaves them to their leases."""
        return await self._store.claim(now, limit, lease, token, kind)

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle in the store behind."""
        return await self._store.settle(tenant, settlement)

    async def erase(self, redactions: Sequence[Redaction]) -> None:
        """
        Refuse: what is erased is erased at once.

        Raises:
            InvalidInput: Always.

        """
        del redactions
        raise InvalidInput("batch", "this batch", Text("problem.batch.erases"))
