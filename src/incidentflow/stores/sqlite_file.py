"""
Open the file of an SQLite store: ours or refused, up to date, safe against power loss.

A file of ours carries an application id, and the version of its schema as ``user_version``. In a
file that is shared with a host's tables both are the host's; the version stands in a table there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from pathlib import Path

from incidentflow.errors import ForeignDatabase, StoreError
from incidentflow.stores.sqlite_schema import MIGRATIONS, Migration

APPLICATION_ID = 0x1FC1DE27
LEAST_SQLITE = (3, 37, 0)
SMALLEST = 512
OWN, SHARED = "own", "shared"
SCHEMA_TABLE = "incidentflow_schema"
PRIMARY_CODE = 0xFF

COUNT = "SELECT count(*), total(name = ?) FROM sqlite_schema"
SHARED_VERSION = "SELECT version FROM incidentflow_schema"
NOTE_VERSION = {
    OWN: (f"PRAGMA application_id = {APPLICATION_ID}", "PRAGMA user_version = {}"),
    SHARED: (
        "CREATE TABLE IF NOT EXISTS incidentflow_schema (version INTEGER NOT NULL) STRICT",
        "DELETE FROM incidentflow_schema",
        "INSERT INTO incidentflow_schema VALUES ({})",
    ),
}


def require(version: tuple[int, ...]) -> None:
    """
    Check that Python was built with an SQLite that is recent enough.

    Raises:
        StoreError: It is older than 3.37, of 2021, which brought strict tables.

    """
    if version < LEAST_SQLITE:
        found, least = (".".join(map(str, number)) for number in (version, LEAST_SQLITE))
        raise StoreError("use SQLite", f"this Python has SQLite {found}; {least} is needed")


@contextmanager
def one_look(connection: sqlite3.Connection) -> Iterator[None]:
    """Read as of one instant, whatever others write meanwhile; inside a transaction too."""
    connection.execute("SAVEPOINT incidentflow_look")
    try:
        yield
    finally:
        connection.execute("RELEASE incidentflow_look")


def version_of(
    connection: sqlite3.Connection, where: str, newest: int = len(MIGRATIONS), file: str = OWN
) -> int:
    """
    Return the version of a file's schema; 0 for an empty file. Nothing is written.

    Args:
        connection: To the file.
        where: The file, for the error.
        newest: The newest version that can be used.
        file: Whose it is: ``"own"``, or ``"shared"`` with a host's tables.

    Raises:
        ForeignDatabase: The file is not ours, or was written by a newer release.

    """
    try:
        with one_look(connection):
            [(owner,)] = connection.execute("PRAGMA application_id")
            [(version,)] = connection.execute("PRAGMA user_version")
            [(things, shared)] = connection.execute(COUNT, (SCHEMA_TABLE,))
            if file == SHARED and owner != APPLICATION_ID:
                [(version,)] = connection.execute(SHARED_VERSION) if shared else [(0,)]
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        detail = "it is no SQLite database; give the path of another file, or of a new one"
        raise ForeignDatabase(f"open {where}", detail) from None
    if file == SHARED and owner == APPLICATION_ID:
        detail = "it is a file of incidentflow's own, shared with nobody: leave out file=shared"
        raise ForeignDatabase(f"open {where}", detail)
    if file == OWN and owner != APPLICATION_ID and (owner or version or things):
        detail = (
            "it is an SQLite database of another application: give the path of a new file, or add "
            "?file=shared to keep incidents beside that application's tables"
        )
        raise ForeignDatabase(f"open {where}", detail)
    if version > newest:
        detail = (
            f"it was written by a newer release of incidentflow (schema {version}, this release "
            f"knows {newest}): upgrade incidentflow, or give the path of another file"
        )
        raise ForeignDatabase(f"open {where}", detail)
    return int(version)


def migrate(
    connection: sqlite3.Connection,
    where: str,
    migrations: tuple[Migration, ...] = MIGRATIONS,
    file: str = OWN,
) -> None:
    """
    Bring the schema in a file up to date, all or nothing.

    Statements are executed one by one: ``executescript`` would commit in between.
    """
    newest = len(migrations)
    if version_of(connection, where, newest, file) == newest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection, where, newest, file)
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        for statement in NOTE_VERSION[file]:
            connection.execute(statement.format(newest))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def examine(path: Path, file: str) -> None:
    """
    Refuse a file that is not ours, or not to be shared, without touching it.

    A connection that may write would empty the log of a foreign file when it closes.

    Raises:
        ForeignDatabase: The file is not ours, or was written by a newer release.

    """
    try:
        size = path.stat().st_size
    except OSError:
        return
    if size == 0:
        return
    if size < SMALLEST:
        detail = "it is too short for a database: give the path of another file"
        raise ForeignDatabase(f"open {path}", detail)
    # A connection that cannot read leaves it to the next one to say why.
    with (
        suppress(sqlite3.OperationalError),
        closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection,
    ):
        version_of(connection, str(path), file=file)


def connect(path: Path, file: str, synchronous: str, busy_timeout: timedelta) -> sqlite3.Connection:
    """
    Open a file, or create it, and bring the schema in it up to date.

    How a shared file keeps its log is left to the host. What this connection frees in it is
    overwritten at once, for the next to use that page may be a table of the host's (rule J8).

    Raises:
        ForeignDatabase: The file is not ours, or was written by a newer release.

    """
    examine(path, file)
    connection = sqlite3.connect(
        path,
        isolation_level=None,
        timeout=busy_timeout.total_seconds(),
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        migrate(connection, str(path), file=file)
        if file == OWN:
            use_wal(connection)
        else:
            connection.execute("PRAGMA secure_delete = ON").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def use_wal(connection: sqlite3.Connection) -> None:
    """Keep a write-ahead log, so that readers never wait for writers."""
    while connection.execute("PRAGMA journal_mode").fetchall() != [("wal",)]:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & PRIMARY_CODE != sqlite3.SQLITE_BUSY:
                raise
            # The switch does not wait for others as everything else does; this does.
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
