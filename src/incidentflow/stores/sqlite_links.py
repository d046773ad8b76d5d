"""
Connections to one SQLite file: one for each thread and process, safe across a fork.

SQLite loses writes when a process forks with a connection open, even if the child never touches
it: parent and child then share a memory of file locks that only one of them holds, and whoever
closes first unlinks the log that the other still writes to. So all connections are closed before
a fork, and both sides open their own when they need one. A fork made by C code behind Python's
back (uWSGI without ``lazy-apps``) is only half covered: the inherited connection is never used.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import weakref
from collections.abc import Callable
from typing import TypeVar

from incidentflow.errors import StoreError

T = TypeVar("T")

UNKNOWN = "unknown"
PRIMARY = 0xFF
REASONS = {
    sqlite3.SQLITE_BUSY: "busy",
    sqlite3.SQLITE_LOCKED: "busy",
    sqlite3.SQLITE_READONLY: "readonly",
    sqlite3.SQLITE_FULL: "full",
    sqlite3.SQLITE_CANTOPEN: "cannot_open",
    sqlite3.SQLITE_CORRUPT: "damaged",
    sqlite3.SQLITE_NOTADB: "damaged",
    sqlite3.SQLITE_IOERR: "disk",
}
FAILURES = (sqlite3.Error, OverflowError, UnicodeError)

_INHERITED: list[sqlite3.Connection] = []


def failed(action: str, error: Exception, outcome: str = "not_applied") -> StoreError:
    """Translate what SQLite, or the binding of a value, said."""
    name = getattr(error, "sqlite_errorname", UNKNOWN)
    if name == UNKNOWN:
        name = type(error).__name__
    reason = REASONS.get(getattr(error, "sqlite_errorcode", 0) & PRIMARY, "")
    return StoreError(action, f"{name}: {error}", outcome, reason)


class _Link:
    """The connection of one thread; closed when the thread ends."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        self.lock = threading.RLock()
        self._connect = connect
        self._connection: sqlite3.Connection | None = None
        self._process = 0

    def connection(self) -> sqlite3.Connection:
        """Return this thread's connection, opened in this process."""
        if self._process != os.getpid():
            self.close()
        if self._connection is None:
            self._connection = self._connect()
            self._process = os.getpid()
        return self._connection

    def close(self) -> None:
        """Close the connection; one of another process is put aside, for closing breaks locks."""
        if self._connection is not None:
            if self._process == os.getpid():
                self._connection.close()
            else:
                _INHERITED.append(self._connection)
            self._connection = None

    def drop_if_stuck(self) -> None:
        """Close a connection that could not even roll back, so that the next one is fresh."""
        if self._connection is not None and self._connection.in_transaction:
            self.close()

    def __del__(self) -> None:
        self.close()


class _Gate:
    """All connections of this process, whichever store they serve; shut while it forks."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._links: weakref.WeakSet[_Link] = weakref.WeakSet()
        self._frozen: list[_Link] = []
        self._is_shut = False

    def pass_through(self) -> None:
        """Wait for a fork that is under way, so that no busy thread can hold it up."""
        if self._is_shut:
            with self._lock:
                return

    def add(self, link: _Link, links: weakref.WeakSet[_Link]) -> None:
        """Add a link to all of them, and to those of its store."""
        with self._lock:
            self._links.add(link)
            links.add(link)

    def all_of(self, links: weakref.WeakSet[_Link]) -> tuple[_Link, ...]:
        """Return the links of a store."""
        with self._lock:
            return tuple(links)

    def shut(self) -> None:
        """Wait until no link is in use, close them all, and keep it so."""
        self._lock.acquire()
        self._is_shut = True
        for link in tuple(self._links):
            link.lock.acquire()
            self._frozen.append(link)
            link.close()

    def open(self) -> None:
        """Let everybody go on, in the parent and in the child."""
        while self._frozen:
            self._frozen.pop().lock.release()
        self._is_shut = False
        self._lock.release()


_GATE = _Gate()
# Windows has no fork.
getattr(os, "register_at_fork", lambda **_: None)(
    before=_GATE.shut, after_in_parent=_GATE.open, after_in_child=_GATE.open
)


class Links:
    """All connections of one store in this process."""

    def __init__(self, connect: Callable[[], sqlite3.Connection]) -> None:
        """
        Start without any connection.

        Args:
            connect: Opens one.

        """
        self._connect = connect
        self._local = threading.local()
        self._links: weakref.WeakSet[_Link] = weakref.WeakSet()

    def read(self, action: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """
        Run *work* on this thread's connection.

        Raises:
            StoreError: SQLite failed, or a value cannot be stored.

        """
        link = self._link()
        with link.lock:
            try:
                return work(link.connection())
            except FAILURES as error:
                link.drop_if_stuck()
                raise failed(action, error) from None

    def write(self, action: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """
        Run *work* as one transaction: all of it is stored, or none.

        Raises:
            StoreError: SQLite failed, or a value cannot be stored.

        """
        return self.read(action, lambda connection: _transact(connection, action, work))

    def claim(self, action: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """
        Run *work*, which takes things out to be sent, as one transaction.

        Raises:
            StoreError: SQLite failed, or a value cannot be stored.

        """
        return self.write(action, work)

    def close(self) -> None:
        """Close the connections of all threads; whoever needs one again opens it again."""
        for link in _GATE.all_of(self._links):
            with link.lock:
                link.close()

    def _link(self) -> _Link:
        _GATE.pass_through()
        link: _Link | None = getattr(self._local, "link", None)
        if link is None:
            link = self._local.link = _Link(self._connect)
            _GATE.add(link, self._links)
        return link


def _transact(
    connection: sqlite3.Connection, action: str, work: Callable[[sqlite3.Connection], T]
) -> T:
    try:
        # A plain BEGIN fails at once, without waiting, when another writer came in between.
        connection.execute("BEGIN IMMEDIATE")
        result = work(connection)
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            # SQLite keeps a transaction open that it can still take back. One that it closed by
            # itself may have reached the disk, and may be found there after a power failure.
            outcome = "not_applied" if connection.in_transaction else "unknown"
            raise failed(action, error, outcome) from None
        return result
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
