"""How the SQLite store writes: what is checked, in which order, inside one transaction."""

from __future__ import annotations

import sqlite3
from functools import cache
from typing import Any

from incidentflow.errors import CommitConflict
from incidentflow.ports import Index, Settlement, Subject, Write
from incidentflow.stores.index import marks, number_of, place_of, reach_of

FIND_SUBJECT = """
    SELECT
        row, version, number,
        state, category, dedup_key, due_at, wake_at, begun_at, ended_at, reach
    FROM incidentflow_subject
    WHERE tenant = ? AND kind = ? AND id = ?
"""
FIND_VERSION = "SELECT version FROM incidentflow_subject WHERE tenant = ? AND kind = ? AND id = ?"
FIND_HOLDER = "SELECT 1 FROM incidentflow_subject WHERE tenant = ? AND kind = ? AND dedup_key = ?"
FIND_NUMBER = "SELECT 1 FROM incidentflow_subject WHERE tenant = ? AND number = ?"
FIND_KEY = "SELECT 1 FROM incidentflow_command WHERE tenant = ? AND key = ?"

DRAW = """
    INSERT INTO incidentflow_series (tenant, name, last) VALUES (?, ?, 1)
    ON CONFLICT DO UPDATE SET last = last + 1
    RETURNING last
"""
ADVANCE = """
    INSERT INTO incidentflow_series (tenant, name, last) VALUES (?, ?, ?)
    ON CONFLICT DO UPDATE SET last = max(last, excluded.last)
"""

INSERT_SUBJECT = """
    INSERT INTO incidentflow_subject (
        tenant, kind, id, number,
        state, category, dedup_key, due_at, wake_at, begun_at, ended_at, reach,
        version, head, priority, service, team, assignee, fields, snapshot, looks
    )
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)
"""
INDEXED = (
    "state",
    "category",
    "dedup_key",
    "due_at",
    "wake_at",
    "begun_at",
    "ended_at",
    "reach",
)
BEGUN = INDEXED.index("begun_at")
UPDATE_SUBJECT = "UPDATE incidentflow_subject SET"
SET_PLAIN = """
    version = ?, head = ?, priority = ?, service = ?, team = ?, assignee = ?, fields = ?,
    snapshot = ?, looks = 0
    WHERE row = ?
"""
INSERT_ENTRY = """
    INSERT INTO incidentflow_entry (subject, sequence, body, personal, hash) VALUES (?, ?, ?, ?, ?)
"""
INSERT_OWED = """
    INSERT INTO incidentflow_owed (tenant, key, subject, kind, body, available_at, state, attempts)
    VALUES (?, ?, ?, ?, ?, ?, 'waiting', 0)
    ON CONFLICT DO NOTHING
"""
INSERT_COMMAND = """
    INSERT INTO incidentflow_command (tenant, key, subject, fingerprint, version)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT DO NOTHING
"""
SETTLE = """
    UPDATE incidentflow_owed SET
        state = ?,
        available_at = CASE ? WHEN 'waiting' THEN ? ELSE available_at END,
        token = NULL
    WHERE tenant = ? AND key = ? AND token = ?
"""


def put(connection: sqlite3.Connection, write: Write) -> str | None:
    """
    Check and write what one commit holds for one subject, and return the subject's number.

    Raises:
        CommitConflict: Something it relied on no longer holds; the transaction must be undone.

    """
    try:
        return _put(connection, write)
    except sqlite3.OperationalError as error:
        # Only a host's transaction that began by reading can be overtaken.
        if error.sqlite_errorcode == sqlite3.SQLITE_BUSY_SNAPSHOT:
            raise CommitConflict("snapshot", write.subject.id) from None
        raise
    except CommitConflict:
        # A taken key goes before any other conflict, and is rare: only here is it looked up.
        if _any(connection, FIND_KEY, write.subject.tenant, write.key):
            raise CommitConflict("key", write.subject.id) from None
        raise


def settle(connection: sqlite3.Connection, tenant: str, settlement: Settlement) -> bool:
    """Settle one claim; False when its token is no longer the latest (rule D2)."""
    held = (tenant, settlement.key, settlement.token)
    state = settlement.state
    ended = connection.execute(SETTLE, (state, state, settlement.available_at, *held))
    return ended.rowcount == 1


def _put(connection: sqlite3.Connection, write: Write) -> str | None:
    subject, index = write.subject, write.index
    found = connection.execute(FIND_SUBJECT, _named(subject)).fetchone()
    row, version, number, *indexed = found or (None, None, None)
    if version != (write.expected or None):
        raise CommitConflict("version", subject.id)
    _check_reads(connection, write)
    if index.dedup_key not in (None, *indexed[2:3]):
        _check_holder(connection, write)
    if row is None:
        number = _number(connection, write)
        row = _insert(connection, write, number)
    else:
        _update(connection, write, row, indexed)
    lines = [(row, line.sequence, line.body, line.personal, line.hash) for line in write.lines]
    connection.executemany(INSERT_ENTRY, lines)
    if write.settles and not settle(connection, subject.tenant, write.settles):
        raise CommitConflict("token", subject.id)
    if write.owed:
        _owe(connection, write, row)
    if write.key is not None:
        done = (subject.tenant, write.key, row, write.fingerprint, write.version)
        if not connection.execute(INSERT_COMMAND, done).rowcount:
            raise CommitConflict("key", subject.id)
    return number


def _named(subject: Subject) -> tuple[str, str, str]:
    return subject.tenant, subject.kind, subject.id


def _any(connection: sqlite3.Connection, query: str, *values: str | None) -> bool:
    return connection.execute(query, values).fetchone() is not None


def _check_reads(connection: sqlite3.Connection, write: Write) -> None:
    for read, version in write.reads:
        found = connection.execute(FIND_VERSION, _named(read)).fetchone()
        if found != (version,) and (found or version):
            raise CommitConflict("read", write.subject.id)


def _check_holder(connection: sqlite3.Connection, write: Write) -> None:
    subject = write.subject
    if _any(connection, FIND_HOLDER, subject.tenant, subject.kind, write.index.dedup_key):
        raise CommitConflict("dedup_key", subject.id)


def _number(connection: sqlite3.Connection, write: Write) -> str | None:
    """Draw the next number of the series, or keep the one that is brought along."""
    tenant, series, number = write.subject.tenant, write.index.series, write.index.number
    if number is not None:
        if _any(connection, FIND_NUMBER, tenant, number):
            raise CommitConflict("number", write.subject.id)
        if place := place_of(number):
            connection.execute(ADVANCE, (tenant, *place))
        return number
    if not series:
        return None
    [(last,)] = connection.execute(DRAW, (tenant, series))
    return number_of(series, last)


def _insert(connection: sqlite3.Connection, write: Write, number: str | None) -> int | None:
    values = (*_named(write.subject), number, *_indexed(write.index), *_plain(write))
    return connection.execute(INSERT_SUBJECT, values).lastrowid


def _update(connection: sqlite3.Connection, write: Write, row: int, before: list[Any]) -> None:
    """Update one row, but touch no index whose column stays: each would be a page to write."""
    after = zip(INDEXED, _indexed(write.index, before[BEGUN]), before, strict=True)
    changed = {column: value for column, value, stands in after if value != stands}
    values = (*changed.values(), *_plain(write), row)
    connection.execute(_update_of(*changed), values)


@cache
def _update_of(*columns: str) -> str:
    return f"{UPDATE_SUBJECT} {''.join(f'{column} = ?, ' for column in columns)} {SET_PLAIN}"


def _indexed(index: Index, begun_at: int | None = None) -> tuple[str | int | None, ...]:
    begun_at = index.begun_at if begun_at is None else min(begun_at, index.begun_at)
    reach = reach_of(begun_at, index.ended_at)
    due_at, ended_at = index.due_at, index.ended_at
    place = (index.state, index.category, index.dedup_key)
    return (*place, due_at, due_at, begun_at, ended_at, reach)


def _plain(write: Write) -> tuple[str | bytes | int | None, ...]:
    index = write.index
    return (
        write.version,
        write.head,
        index.priority,
        index.service,
        index.team,
        index.assignee,
        "\n".join(("", *marks(index.fields), "")),
        write.snapshot,
    )


def _owe(connection: sqlite3.Connection, write: Write, row: int | None) -> None:
    inserted = connection.executemany(
        INSERT_OWED,
        [
            (write.subject.tenant, owed.key, row, owed.kind.value, owed.body, owed.available_at)
            for owed in write.owed
        ],
    )
    if inserted.rowcount != len(write.owed):
        raise CommitConflict("owed", write.subject.id)
