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

_GATE = threading.RLock()
_LINKS: weakref.WeakSet[_Link] = weakref.WeakSet()
_FROZEN: list[_Link] = []
_INHERITED: list[sqlite3.Connection] = []


def failed(action: str, error: Exception, outcome: str = "not_applied") -> StoreError:
    """Translate what SQLite, or the binding of a value, said."""
    name = getattr(error, "sqlite_errorname", type(error).__name__)
    return StoreError(action, f"{name}: {error}", outcome)


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

    def __del__(self) -> None:
        self.close()


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
            except (sqlite3.Error, OverflowError, UnicodeEncodeError) as error:
                raise failed(action, error) from None
