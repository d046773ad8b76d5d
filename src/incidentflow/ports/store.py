"""The store: at most eight methods, in two kinds, one contract."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, runtime_checkable

from incidentflow.ports.queries import Lookup, Query
from incidentflow.ports.records import (
    Claim,
    Line,
    OwedKind,
    Redaction,
    Settlement,
    Stored,
    Subject,
    Write,
)


class Store(Protocol):
    """
    Where incidents live; implemented by store plugins.

    Every method may be called from any thread, and answers at once. Failures of the storage are
    raised as `StoreError`, with its outcome; everything else that a commit relied on and that no
    longer holds is raised as `CommitConflict`, and then nothing of the commit is stored.
    """

    @property
    def name(self) -> str:
        """What to call this store in a description; without secrets."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do: any of ``durable``, ``joins_host``, ``server_clock``, ``erases``."""

    def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """
        Store writes in order, all or none, and return each subject's number.

        Raises:
            CommitConflict: A version, read, key, dedup key, number or token no longer holds, or
                something is owed already.
            StoreError: The storage failed.

        """

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject, in order, past sequence number *after*."""

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """
        Claim subjects whose wake-up has come: of all tenants in turn, of each the soonest first.

        After one subject of a tenant, others that wait have theirs before its next (rule T1),
        from one call to the next too. Kinds of subject have no turns.

        A claim moves the wake-up *lease* microseconds ahead, twice as far at each claim without
        a commit in between, so that a crashed worker loses nothing and a failing subject does
        not hold up others. A commit sets the wake-up to the due instant.
        """

    def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """
        Claim owed things that are available, oldest first, under a fencing token.

        With *kind* only those of that kind; the cost does not grow with the others.
        """

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim; False when its token is no longer the latest (rule D2)."""

    def erase(self, redactions: Sequence[Redaction]) -> None:
        """
        Take out what redactions name, all or none; with none, wipe away what earlier ones left.

        The write of each is stored as by `commit`. An owed thing of which nothing stays and that
        still waits ends as ``"erased"``: its claims are void. After a call without redactions
        nothing that was taken out is found anywhere in what the store keeps: in no log, in no
        free page.

        Raises:
            CommitConflict: A version or dedup key no longer holds.
            StoreError: The storage failed, or what was taken out cannot be wiped away now; an
                erasure may be repeated.

        """


class AsyncStore(Protocol):
    """A store whose methods are awaited; the same contract as `Store`."""

    @property
    def name(self) -> str:
        """What to call this store in a description; without secrets."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do."""

    async def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store writes in order, all or none, and return each subject's number."""

    async def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""

    async def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject past a sequence number."""

    async def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects whose wake-up has come."""

    async def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim owed things that are available."""

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim."""

    async def erase(self, redactions: Sequence[Redaction]) -> None:
        """Take out what redactions name; with none, wipe away what earlier ones left."""


@runtime_checkable
class JoiningStore(Protocol):
    """A store that declares ``joins_host``: it can work inside a transaction of the host."""

    def join(self, connection: object) -> Store | AsyncStore:
        """
        Return this store as it works on a connection of the host (rule J9).

        What it returns never ends the host's transaction, changes no setting of the connection,
        and stores each commit as a savepoint, so that a refused one takes nothing else with it.

        Raises:
            InvalidInput: It cannot work on this connection.

        """


Opener = Callable[[str], Store | AsyncStore]
"""Opens the store that a URL names."""
