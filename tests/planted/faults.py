"""Broken stores, each with one fault that somebody could really make."""

# ruff: noqa: SLF001 - a fault reaches into the store it breaks

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from attrs import evolve

from incidentflow.ports import (
    By,
    Claim,
    Line,
    Lookup,
    Order,
    Query,
    Redaction,
    Settlement,
    Stored,
    Subject,
    Write,
)
from incidentflow.stores import MemoryStore
from incidentflow.stores.turns import Turns


class LosesAnEntry(MemoryStore):
    """Reads a long journal one entry short."""

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Drop the twelfth."""
        return tuple(line for line in super().history(subject, after) if line.sequence != 12)


class ShufflesHistory(MemoryStore):
    """Reads a journal in the order of its sequence numbers as text."""

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Sort 10 before 2."""
        return tuple(sorted(super().history(subject, after), key=lambda line: str(line.sequence)))


class IgnoresTheVersion(MemoryStore):
    """Lets the last writer win, as long as the subject is there."""

    def _check(self, write: Write) -> None:
        stands = self._rows.version(write.subject)
        super()._check(evolve(write, expected=stands or 0) if write.expected else write)


class IgnoresReads(MemoryStore):
    """Does not look at what else a decision depended on."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Forget what was read."""
        return super().commit([evolve(write, reads=()) for write in writes])


class CommitsOneByOne(MemoryStore):
    """Stores several writes one after another, each in a transaction of its own."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Keep what came before a conflict."""
        commit = super().commit
        return tuple(number for write in writes for number in commit([write]))


class ReusesNumbers(MemoryStore):
    """Draws a number by counting what is there, so that an imported one is given twice."""

    def _number(self, write: Write, undo: list[Callable[[], object]]) -> str | None:
        if write.index.number is None:
            return super()._number(write, undo)
        return write.index.number


class ForgetsTheKey(MemoryStore):
    """Finds a command's key, but lets it be used again."""

    def _check(self, write: Write) -> None:
        super()._check(evolve(write, key=None))


class AnswersTheLatest(MemoryStore):
    """Answers a repeated command with what stands now."""

    def load(self, lookup: Lookup) -> Stored | None:
        """Say that the command led to the present version."""
        found = super().load(lookup)
        by_key = found is not None and lookup.by is By.COMMAND_KEY
        return evolve(found, result=found.version) if found and by_key else found


class SharesTheDedupKey(MemoryStore):
    """Lets the newest report take a dedup key over."""

    def _check(self, write: Write) -> None:
        super()._check(evolve(write, index=evolve(write.index, dedup_key=None)))


class SettlesByAStaleToken(MemoryStore):
    """Settles whatever is claimed, whoever claimed it."""

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Let a late worker settle with its stale token."""
        debt = self._debts._debts.get((tenant, settlement.key))
        token = debt.token if debt and debt.token else settlement.token
        return super().settle(tenant, evolve(settlement, token=token))


class CommitsWithAStaleToken(MemoryStore):
    """Checks the token of a settlement alone, but not of one in a commit."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Leave out what cannot be settled."""
        return super().commit(
            [
                evolve(write, settles=None)
                if write.settles and not self._debts.held(write.subject.tenant, write.settles)
                else write
                for write in writes
            ]
        )


class LatestDueFirst(MemoryStore):
    """Claims what is due in the wrong order."""

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Put the longest waiting last."""
        return super().due(now, limit, lease)[::-1]


class ServesBacklogsFirst(MemoryStore):
    """Claims what has waited longest, whosever it is."""

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Give the first tenant all of the turns."""
        claimed = super().due(now, limit, lease)
        return tuple(sorted(claimed, key=lambda subject: subject.tenant))


class BeginsWithTheSame(MemoryStore):
    """Forgets from one claim to the next whose turn it is."""

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Begin with the first tenant."""
        self._rows._turns = Turns()
        return super().due(now, limit, lease)


class LeavesTheLease(MemoryStore):
    """Claims owed things without taking them out of the queue for a while."""

    def claim(self, now: int, limit: int, lease: int, *more: Any) -> tuple[Claim, ...]:  # noqa: ANN401 - passed on
        """Lease for no time."""
        del lease
        return super().claim(now, limit, 0, *more)


class LeasesOnce(MemoryStore):
    """Leases a due subject as long as the first time, however often it failed."""

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Forget how often."""
        claimed = super().due(now, limit, lease)
        for subject in claimed:
            row = self._rows.get(subject)
            self._rows.replace(row, evolve(row, looks=0))
        return claimed


class SkipsOnPages(MemoryStore):
    """Leaves out what has the same due instant as the last of the page before."""

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Go on behind the instant instead of behind the subject."""
        if query.after and query.order is Order.DUE:
            query = evolve(query, after=(query.after[0], "~"))
        return super().find(query)


class FindsTooLittle(MemoryStore):
    """Looks for exactly the priority that is asked for."""

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Leave out the more urgent ones."""
        return tuple(
            found
            for found in super().find(query)
            if query.priority is None
            or self._rows.get(found.subject).index.priority == query.priority
        )


class LeaksATenant(MemoryStore):
    """Looks a number up in all tenants."""

    def load(self, lookup: Lookup) -> Stored | None:
        """Find whoever has the number."""
        if lookup.by is not By.NUMBER:
            return super().load(lookup)
        tenants = sorted({tenant for tenant, _ in self._rows._numbers})
        load = super().load
        found = (load(evolve(lookup, tenant=tenant)) for tenant in tenants)
        return next((each for each in found if each), None)


class OwesTwice(MemoryStore):
    """Forgets what was owed once it is settled."""

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Drop what is over."""
        settled = super().settle(tenant, settlement)
        if settled and settlement.state != "waiting":
            self._debts.replace(self._debts._debts[tenant, settlement.key], None)
        return settled


class FoldsText(MemoryStore):
    """Normalises the text it stores, as some databases and drivers do."""

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Compose what was decomposed."""
        return tuple(
            evolve(line, body=unicodedata.normalize("NFC", line.body))
            for line in super().history(subject, after)
        )


class KeepsTheLease(MemoryStore):
    """Leaves a subject leased although a commit set its due instant anew."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Put the wake-up back to where it was leased to."""
        before = {write.subject: self._rows.get(write.subject) for write in writes}
        numbers = super().commit(writes)
        for subject, row in before.items():
            now = self._rows.get(subject)
            if row and row.looks and now.wake_at is not None and row.wake_at is not None:
                self._rows.replace(now, evolve(now, wake_at=max(row.wake_at, now.wake_at)))
        return numbers


class ClaimsTwice(MemoryStore):
    """Hands an owed thing out again before its lease is over."""

    def claim(self, now: int, limit: int, lease: int, *more: Any) -> tuple[Claim, ...]:  # noqa: ANN401 - passed on
        """Look a microsecond ahead."""
        return super().claim(now + 1, limit, lease - 1, *more)


class ForgetsWhatGoesOn(MemoryStore):
    """Finds for a period what began in it alone."""

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Leave out what began before."""
        since, found = query.since, super().find(query)
        return tuple(
            each for each in found if since is None or (each.index and each.index.begun_at >= since)
        )


class BeginsAnew(MemoryStore):
    """Believes the last that it was told of when a subject began."""

    def _write(self, write: Write, undo: list[Callable[[], object]]) -> str | None:
        before = self._rows.get(write.subject)
        if before:
            index = evolve(before.index, begun_at=write.index.begun_at)
            self._rows.replace(before, evolve(before, index=index))
        return super()._write(write, undo)


class LeavesTheText(MemoryStore):
    """Says that something was erased, and keeps it beside the journal."""

    def erase(self, redactions: Sequence[Redaction]) -> None:
        """Take out of what is owed alone."""
        super().erase([evolve(each, personal=()) for each in redactions])


class LeavesWhatIsOwed(MemoryStore):
    """Erases the journal, and forgets the messages."""

    def erase(self, redactions: Sequence[Redaction]) -> None:
        """Take out of the journal alone."""
        super().erase([evolve(each, owed=()) for each in redactions])


class ErasesOneByOne(MemoryStore):
    """Erases in several transactions, so that a conflict leaves half of it."""

    def erase(self, redactions: Sequence[Redaction]) -> None:
        """Keep what came before a conflict."""
        for each in redactions:
            super().erase([each])
