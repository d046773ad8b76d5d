"""
How the SQLite store erases, and wipes away what SQLite itself leaves behind (rule J8).

A text that was replaced or deleted may stay in free pages, in the unused part of others, and in
the write-ahead log. The file is written anew from what it holds, and the log is emptied.
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
    Write the file anew and empty its log, so that nothing erased stays in either.

    Raises:
        sqlite3.OperationalError: Somebody reads what was there before, for longer than one waits.

    """
    connection.execute("VACUUM")
    [(is_busy, _, _)] = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if is_busy:
        problem = "somebody still reads what was there before; repeat the erasure later"
        raise sqlite3.OperationalError(problem)
