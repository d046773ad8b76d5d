"""
The tables of the SQLite store, how an older file is brought up to date, and whose file it is.

A file of ours carries an application id, and the version of its schema as ``user_version``.
A published migration is never edited: a change of the schema is a further one.
"""

from __future__ import annotations

import sqlite3

from incidentflow.errors import ForeignDatabase, StoreError

APPLICATION_ID = 0x1FC1DE27
LEAST_SQLITE = (3, 37, 0)

Migration = tuple[str, ...]

MIGRATIONS: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE subject (
            row INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            kind TEXT NOT NULL,
            id TEXT NOT NULL,
            number TEXT,
            version INTEGER NOT NULL,
            head TEXT NOT NULL,
            state TEXT NOT NULL,
            category TEXT NOT NULL,
            priority INTEGER,
            service TEXT,
            team TEXT,
            assignee TEXT,
            dedup_key TEXT,
            fields TEXT NOT NULL,       -- each own field a line: its name and value as JSON
            due_at INTEGER,             -- the truth, in microseconds
            wake_at INTEGER,            -- the same until claimed, then the end of the lease
            looks INTEGER NOT NULL,     -- claims since the last commit
            snapshot BLOB NOT NULL,
            UNIQUE (tenant, kind, id)
        ) STRICT
        """,
        """
        CREATE TABLE entry (
            subject INTEGER NOT NULL REFERENCES subject,
            sequence INTEGER NOT NULL,
            body TEXT NOT NULL,
            personal TEXT NOT NULL,
            hash TEXT NOT NULL,
            PRIMARY KEY (subject, sequence)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE command (
            tenant TEXT NOT NULL,
            key TEXT NOT NULL,
            subject INTEGER NOT NULL REFERENCES subject,
            fingerprint TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (tenant, key)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE series (
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (tenant, name)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE owed (
            row INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            key TEXT NOT NULL,
            subject INTEGER NOT NULL REFERENCES subject,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            available_at INTEGER NOT NULL,
            state TEXT NOT NULL,        -- waiting, or how it ended
            attempts INTEGER NOT NULL,
            token TEXT,                 -- of the claim that runs
            UNIQUE (tenant, key)
        ) STRICT
        """,
        "CREATE UNIQUE INDEX subject_number ON subject (tenant, number) WHERE number IS NOT NULL",
        """
        CREATE UNIQUE INDEX subject_dedup_key ON subject (tenant, kind, dedup_key)
        WHERE dedup_key IS NOT NULL
        """,
        "CREATE INDEX subject_state ON subject (tenant, kind, state, id)",
        "CREATE INDEX subject_category ON subject (tenant, kind, category, id)",
        "CREATE INDEX subject_due ON subject (tenant, kind, due_at, id) WHERE due_at IS NOT NULL",
        "CREATE INDEX subject_wake ON subject (wake_at, id) WHERE wake_at IS NOT NULL",
        "CREATE INDEX owed_waiting ON owed (available_at) WHERE state = 'waiting'",
    ),
)


def require(version: tuple[int, ...]) -> None:
    """
    Check that Python was built with an SQLite that is recent enough.

    Raises:
        StoreError: It is older than 3.37, of 2021, which brought strict tables.

    """
    if version < LEAST_SQLITE:
        found, least = (".".join(map(str, number)) for number in (version, LEAST_SQLITE))
        raise StoreError("use SQLite", f"this Python has SQLite {found}; {least} is needed")


def version_of(connection: sqlite3.Connection, where: str, newest: int = len(MIGRATIONS)) -> int:
    """
    Return the version of a file's schema; 0 for an empty file. Nothing is written.

    Args:
        connection: To the file.
        where: The file, for the error.
        newest: The newest version that can be used.

    Raises:
        ForeignDatabase: The file is not ours, or was written by a newer release.

    """
    try:
        [(owner,)] = connection.execute("PRAGMA application_id")
        [(version,)] = connection.execute("PRAGMA user_version")
        [(things,)] = connection.execute("SELECT count(*) FROM sqlite_schema")
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_NOTADB:
            raise
        detail = "it is no SQLite database; give the path of another file, or of a new one"
        raise ForeignDatabase(f"open {where}", detail) from None
    if owner != APPLICATION_ID and (owner or version or things):
        detail = (
            "it is an SQLite database of another application; incidents need a file of their "
            "own: give the path of a new one"
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
    connection: sqlite3.Connection, where: str, migrations: tuple[Migration, ...] = MIGRATIONS
) -> None:
    """
    Bring a file's schema up to date, all or nothing.

    Statements are executed one by one: ``executescript`` would commit in between.
    """
    newest = len(migrations)
    if version_of(connection, where, newest) == newest:
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = version_of(connection, where, newest)
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {newest}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
