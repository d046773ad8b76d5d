"""
Work inside a host's transaction: savepoints on its own connection, and nothing else (rule J9).

No setting of the connection is changed, and no transaction of the host is ended. Where Python
begins transactions for the host, a change here has one begun as the host's own would.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NoReturn, TypeVar

from incidentflow.errors import InvalidInput, StoreError, shorten
from incidentflow.stores.sqlite_file import version_of
from incidentflow.stores.sqlite_links import FAILURES, failed
from incidentflow.stores.sqlite_schema import MIGRATIONS

T = TypeVar("T")
Values = Sequence[str | bytes | int | None]

# What Django and SQLAlchemy call the connection inside theirs.
INSIDE = ("connection", "dbapi_connection")
LEGACY_TRANSACTION_CONTROL = -1


class HostLink:
    """The connection of a host, in the place of the store's own."""

    def __init__(self, connection: object, path: Path, file: str) -> None:
        """
        Check that statements can be run on a connection.

        Args:
            connection: The host's.
            path: The file that it must be connected to.
            file: Whose the file is: ``"own"`` or ``"shared"``.

        Raises:
            InvalidInput: It is no open connection of SQLite to this file.
            StoreError: The tables in the file are not those of this release.

        """
        self._given = connection
        try:
            self._connection = self._inside()
            self._plain = _plain(self._connection)
            places = self._plain.execute("PRAGMA database_list").fetchall()
            self._require_file(path, next(place for _, name, place in places if name == "main"))
            version = version_of(self._plain, str(path), file=file)
        except sqlite3.Error as error:
            where = "give the open connection of your transaction, on the thread it belongs to"
            said = str(error).rstrip(".")
            raise self._refused(f"cannot be used: {said}; {where}") from None
        if version != len(MIGRATIONS):
            detail = "its tables are not those of this release; build the desk anew to make them"
            raise StoreError(f"join a transaction on {path}", detail)

    def read(self, action: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """
        Run *work* on the host's connection.

        Raises:
            StoreError: SQLite failed, or a value cannot be stored.

        """
        try:
            return work(self._plain)
        except FAILURES as error:
            raise failed(action, error) from None

    def write(self, action: str, work: Callable[[sqlite3.Connection], T]) -> T:
        """
        Run *work* as one savepoint of the host's transaction: all of it is kept, or none.

        Raises:
            InvalidInput: No transaction is open.
            StoreError: SQLite failed, or a value cannot be stored.

        """
        return self.read(action, lambda plain: self._keep(action, plain, work))

    def claim(self, action: str, work: Callable[[sqlite3.Connection], T]) -> NoReturn:
        """
        Refuse to take things out.

        Raises:
            InvalidInput: What is sent cannot be taken back with the host's transaction.

        """
        del work
        raise self._refused(
            f"cannot {action} before its transaction is committed; use the desk itself"
        )

    def close(self) -> None:
        """Do nothing: the connection is the host's."""

    def _keep(
        self, action: str, plain: sqlite3.Connection, work: Callable[[sqlite3.Connection], T]
    ) -> T:
        self._require_transaction()
        plain.execute("SAVEPOINT incidentflow")
        try:
            result = work(plain)
            plain.execute("RELEASE incidentflow")
        except BaseException as error:
            if self._connection.in_transaction:
                self._undo(action)
                raise
            lost = f"{error}; SQLite has taken back the whole transaction"
            raise StoreError(action, lost) from None
        return result

    def _undo(self, action: str) -> None:
        try:
            self._plain.execute("ROLLBACK TO incidentflow")
            self._plain.execute("RELEASE incidentflow")
        except sqlite3.Error as error:
            raise failed(action, error, "unknown") from None

    def _require_transaction(self) -> None:
        host = self._connection
        if host.in_transaction:
            return
        control = getattr(host, "autocommit", LEGACY_TRANSACTION_CONTROL)
        if host.isolation_level is None or control != LEGACY_TRANSACTION_CONTROL:
            raise self._refused("has no transaction open; begin one first, or use the desk itself")
        self._plain.execute(f"BEGIN {host.isolation_level}")

    def _inside(self) -> sqlite3.Connection:
        found = self._given
        for name in INSIDE:
            if not isinstance(found, sqlite3.Connection):
                found = getattr(found, name, found)
        if not isinstance(found, sqlite3.Connection):
            raise self._refused(
                "is no connection of sqlite3; give the one your transaction is open on"
            )
        if found.text_factory is not str:
            raise self._refused(
                "has a text_factory of its own; give a connection that returns text as str"
            )
        return found

    def _require_file(self, path: Path, place: str) -> None:
        with suppress(OSError):
            if Path(place).samefile(path):
                return
        where = place or "a database in memory"
        raise self._refused(
            f"is to {where}, not to {path}; give one to the file of the desk's store"
        )

    def _refused(self, problem: str) -> InvalidInput:
        return InvalidInput("connection", shorten(self._given), problem)


class _Plain:
    """A connection whose rows are tuples, whatever rows the host has made of them."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, statement: str, values: Values = ()) -> sqlite3.Cursor:
        """Execute one statement."""
        return self._cursor().execute(statement, values)

    def executemany(self, statement: str, rows: Iterable[Values]) -> sqlite3.Cursor:
        """Execute one statement for each row of values."""
        return self._cursor().executemany(statement, rows)

    def _cursor(self) -> sqlite3.Cursor:
        cursor = self._connection.cursor()
        cursor.row_factory = None
        return cursor


def _plain(connection: sqlite3.Connection) -> sqlite3.Connection:
    return _Plain(connection)  # type: ignore[return-value]  # no more of it is ever used
