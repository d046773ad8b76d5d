"""
How the SQLite store erases, and wipes away what SQLite itself leaves behind (rule J8).

A text that was replaced or deleted may stay in free pages, in the unused part of others, and in
the write-ahead log. A file of our own is written anew from what it holds; in one that is shared
with a host what is ours is overwritten; and the log is emptied.
"""

from __future__ import annotations

import sqlite3

from incidentflow.ports import Redaction
from incidentflow.stores.sqlite_commit import FIND_SUBJECT, put

REDACT_ENTRY = "UPDATE incidentflow_entry SET personal = ? WHERE subject = ? AND sequence = ?"
REDACT_OWED = """
    UPDATE incidentflow_owed SET
        body = :body,
        state = CASE WHEN :body = '' AND state = 'waiting' THEN 'erased' ELSE state END,
        token = CASE WHEN :body = '' THEN NULL ELSE token END
    WHERE tenant = :tenant AND key = :key AND subject = :row
"""

WITH_TEXTS = ("incidentflow_subject", "incidentflow_entry", "incidentflow_owed")
MOVE = (
    "CREATE TABLE incidentflow_moved AS SELECT * FROM {}",
    "DELETE FROM {}",
    "INSERT INTO {} SELECT * FROM incidentflow_moved",
    "DROP TABLE incidentflow_moved",
)
FILLER = 1 << 26


def redact(connection: sqlite3.Connection, redaction: Redaction) -> None:
    """
    Take out what one redaction names, inside a transaction.

    Raises:
        CommitConflict: A version no longer holds; the transaction must be undone.

    """
    subject = redaction.write.subject
    put(connection, redaction.write)
    named = (subject.tenant, subject.kind, subject.id)
    row = connection.execute(FIND_SUBJECT, named).fetchone()[0]
    left = [(personal, row, sequence) for sequence, personal in redaction.personal]
    connection.executemany(REDACT_ENTRY, left)
    bodies = [
        {"body": body, "tenant": subject.tenant, "key": key, "row": row}
        for key, body in redaction.owed
    ]
    connection.executemany(REDACT_OWED, bodies)


def wipe(connection: sqlite3.Connection) -> None:
    """
    Write a file of our own anew and empty its log, so that nothing erased stays in either.

    Raises:
        sqlite3.OperationalError: Somebody reads what was there before, for longer than one waits.

    """
    connection.execute("VACUUM")
    _empty_log(connection)


def scrub(connection: sqlite3.Connection) -> None:
    """
    Overwrite with zeros what our tables left behind in a file that is a host's too.

    A ``VACUUM`` would write the host's tables anew, and may change their row ids. So first every
    free page is taken and given back, which overwrites it, for the connection deletes securely;
    then what our tables hold is moved out and in again, so that no page of theirs has an unused
    part from before. The host's own pages are not touched.

    Raises:
        sqlite3.OperationalError: Somebody reads or writes, for longer than one waits.

    """
    # Else each row that is moved out would be looked for in the tables that refer to it.
    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        connection.execute("BEGIN IMMEDIATE")
        _take_free_pages(connection)
        for table in WITH_TEXTS:
            for step in MOVE:
                connection.execute(step.format(table))
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA foreign_keys = ON")
    _empty_log(connection)


def _take_free_pages(connection: sqlite3.Connection) -> None:
    """Fill all free pages with zeros, and free them again."""
    [(size,)] = connection.execute("PRAGMA page_size")
    connection.execute("CREATE TABLE incidentflow_filler (zeros BLOB)")
    while free := connection.execute("PRAGMA freelist_count").fetchone()[0]:
        zeros = min(free * size, FILLER)
        connection.execute("INSERT INTO incidentflow_filler VALUES (zeroblob(?))", (zeros,))
    connection.execute("DROP TABLE incidentflow_filler")


def _empty_log(connection: sqlite3.Connection) -> None:
    [(is_busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if is_busy:
        problem = "somebody still reads what was there before; repeat the erasure later"
        raise sqlite3.OperationalError(problem)
