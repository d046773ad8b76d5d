"""Keep incidents in one SQLite file, with nothing to install: the embedded default."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from incidentflow.errors import InvalidInput, shorten
from incidentflow.ports import (
    Claim,
    Line,
    Lookup,
    Owed,
    OwedKind,
    Query,
    Redaction,
    Settlement,
    Stored,
    Subject,
    Write,
)
from incidentflow.stores.index import lease_end
from incidentflow.stores.sqlite_commit import put, settle
from incidentflow.stores.sqlite_erase import redact, scrub, wipe
from incidentflow.stores.sqlite_file import OWN, SHARED, connect, require
from incidentflow.stores.sqlite_find import load, search
from incidentflow.stores.sqlite_host import HostLink
from incidentflow.stores.sqlite_links import Links
from incidentflow.stores.turns import Turns

SYNCHRONOUS = ("FULL", "NORMAL")
FILES = (OWN, SHARED)
BUSY_TIMEOUT = timedelta(seconds=10)

HISTORY = """
    SELECT sequence, body, personal, hash
    FROM incidentflow_entry
    WHERE sequence > ? AND subject = (
        SELECT row FROM incidentflow_subject WHERE tenant = ? AND kind = ? AND id = ?
    )
    ORDER BY sequence
"""
FIND_TENANTS = """
    WITH RECURSIVE waiting (tenant) AS (
        SELECT min(tenant) FROM incidentflow_subject WHERE wake_at IS NOT NULL
        UNION
        SELECT (
            SELECT min(subject.tenant) FROM incidentflow_subject AS subject
            WHERE subject.wake_at IS NOT NULL AND subject.tenant > waiting.tenant
        )
        FROM waiting WHERE waiting.tenant IS NOT NULL
    )
    SELECT tenant FROM waiting WHERE EXISTS (
        SELECT 1 FROM incidentflow_subject AS subject
        WHERE subject.tenant = waiting.tenant AND subject.wake_at <= ?
    )
"""
FIND_DUE = """
    SELECT row, looks, tenant, kind, id
    FROM incidentflow_subject
    WHERE tenant = ? AND wake_at <= ?
    ORDER BY wake_at, id, kind
    LIMIT ? OFFSET ?
"""
LEASE_SUBJECT = "UPDATE incidentflow_subject SET wake_at = ?, looks = looks + 1 WHERE row = ?"
FIND_OWED = """
    SELECT
        owed.row, subject.tenant, subject.kind, subject.id,
        owed.key, owed.kind, owed.body, owed.available_at, owed.attempts + 1
    FROM incidentflow_owed AS owed
    JOIN incidentflow_subject AS subject ON subject.row = owed.subject
    WHERE owed.state = 'waiting' AND owed.available_at <= ?
"""
LEASE_OWED = """
    UPDATE incidentflow_owed SET available_at = ?, attempts = attempts + 1, token = ?
    WHERE row = ?
"""
SOME_OWED = {
    None: FIND_OWED,
    OwedKind.MESSAGE: f"{FIND_OWED} AND owed.kind = 'message'",
    OwedKind.COMMAND: f"{FIND_OWED} AND owed.kind = 'command'",
}
OLDEST = "ORDER BY owed.available_at, owed.row LIMIT ?"


class SQLiteStore:
    """
    A store in one SQLite file, for any number of threads and processes of one machine.

    A commit is on the disk when it returns. The file must not lie on a network file system.
    Connections are opened when a thread first needs one, and closed when it ends.

    Attributes:
        name: The store as a URL.
        capabilities: ``durable``, ``joins_host``; and ``erases``, but not inside a transaction
            of the host.

    """

    capabilities = frozenset({"durable", "joins_host"})

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        file: str = OWN,
        synchronous: str = "FULL",
        busy_timeout: timedelta = BUSY_TIMEOUT,
    ) -> None:
        """
        Open a file, or create it.

        Args:
            path: Where it is.
            file: Whose it is: ``"own"``, kept for incidents; or ``"shared"`` with the tables of a
                host, so that both can be changed in one transaction (rule J9). Nothing of the
                host's is changed: neither tables, nor ids, nor the way its log is kept.
            synchronous: ``"NORMAL"`` is faster, and may lose the last commits when the power
                fails; the file stays sound.
            busy_timeout: How long to wait for other writers.

        Raises:
            InvalidInput: The path names no file, or an option is not known.
            ForeignDatabase: The file is not ours, or was written by a newer release.
            StoreError: The file cannot be opened.

        """
        where = os.fspath(path)
        if where in {"", ":memory:"}:
            problem = "is no file; for a store in memory give 'memory:'"
            raise InvalidInput("store", shorten(where), problem)
        for option, value, known in (
            ("synchronous", synchronous, SYNCHRONOUS),
            ("file", file, FILES),
        ):
            if value not in known:
                raise InvalidInput(option, shorten(value), f"is not one of {', '.join(known)}")
        require(sqlite3.sqlite_version_info)
        self.name = f"sqlite:///{where}" if file == OWN else f"sqlite:///{where}?file={file}"
        self.capabilities |= {"erases"}
        self._place = Path(where).absolute(), file
        self._links: Links | HostLink = Links(
            lambda: connect(*self._place, synchronous, busy_timeout)
        )
        self._turns = Turns()
        self._links.read(f"open {self._place[0]}", lambda _: None)

    def __enter__(self) -> Self:
        """Return the store, to be closed at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def join(self, connection: object) -> Self:
        """
        Return this store inside the transaction that is open on a connection of the host.

        Each commit is a savepoint; nothing is committed, nothing is taken out to be sent, and
        nothing is erased.

        Args:
            connection: A `sqlite3.Connection` to the same file, or what Django or SQLAlchemy
                wrap around one.

        Raises:
            InvalidInput: It is no open connection of SQLite to this file.
            StoreError: The tables in the file are not those of this release.

        """
        joined = object.__new__(type(self))
        joined.name, joined._place = self.name, self._place
        joined._turns, joined._links = self._turns, HostLink(connection, *self._place)
        return joined

    def close(self) -> None:
        """Close this process's connections; used again, the store opens new ones."""
        self._links.close()

    def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""
        return self._links.read("load", lambda connection: load(connection, lookup))

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store writes in order, all or none, and return each subject's number."""

        def work(connection: sqlite3.Connection) -> tuple[str | None, ...]:
            return tuple([put(connection, write) for write in writes])

        return self._links.write("commit", work)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""
        return self._links.read("find", lambda connection: search(connection, query))

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject, in order, past sequence number *after*."""
        named = (after, subject.tenant, subject.kind, subject.id)

        def work(connection: sqlite3.Connection) -> tuple[Line, ...]:
            return tuple([Line(*row) for row in connection.execute(HISTORY, named)])

        return self._links.read("read a history", work)

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects whose wake-up has come, of all tenants in turn, soonest first."""

        def work(connection: sqlite3.Connection) -> tuple[Subject, ...]:
            tenants = [name for (name,) in connection.execute(FIND_TENANTS, (now,)).fetchall()]
            size = limit // max(len(tenants), 1) + 1
            queues = {name: _waiting(connection, name, now, size) for name in tenants}
            found = self._turns.take(queues, limit)
            leases = [(lease_end(now, lease, looks), row) for row, looks, *_ in found]
            connection.executemany(LEASE_SUBJECT, leases)
            return tuple([Subject(*named) for _, _, *named in found])

        return self._links.write("claim what is due", work)

    def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim owed things that are available, oldest first, under a fencing token."""
        query = f"{SOME_OWED[kind]} {OLDEST}"

        def work(connection: sqlite3.Connection) -> tuple[Claim, ...]:
            found = connection.execute(query, (now, max(limit, 0))).fetchall()
            connection.executemany(LEASE_OWED, [(now + lease, token, row[0]) for row in found])
            return tuple([_claim(row, token) for row in found])

        return self._links.claim("claim what is owed", work)

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim; False when its token is no longer the latest (rule D2)."""
        return self._links.write(
            "settle", lambda connection: settle(connection, tenant, settlement)
        )

    def erase(self, redactions: Sequence[Redaction]) -> None:
        """Take out what redactions name, all or none; with none, wipe away what is left of it."""
        if not redactions:
            clean = wipe if self._place[1] == OWN else scrub
            self._links.read("wipe away what was erased", clean)
            return

        def work(connection: sqlite3.Connection) -> None:
            for redaction in redactions:
                redact(connection, redaction)

        self._links.write("erase", work)


def _waiting(
    connection: sqlite3.Connection, tenant: str, now: int, size: int
) -> Iterator[tuple[int, int, str, str, str]]:
    """Walk what is due of one tenant, soonest first, page by page."""
    start = 0
    while True:
        page = connection.execute(FIND_DUE, (tenant, now, size, start)).fetchall()
        yield from page
        if len(page) < size:
            return
        start += size


def _claim(row: tuple[int, str, str, str, str, str, str, int, int], token: str) -> Claim:
    _, tenant, kind, id_, key, what, body, available_at, attempts = row
    return Claim(
        subject=Subject(tenant, kind, id_),
        owed=Owed(key=key, kind=OwedKind(what), body=body, available_at=available_at),
        attempts=attempts,
        token=token,
    )
