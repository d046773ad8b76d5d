"""
The tables of the SQLite store, and how they came about.

All names begin with ``incidentflow_``, for a host's tables may stand in the same file.
A published migration is never edited: a change of the schema is a further one.
"""

from __future__ import annotations

Migration = tuple[str, ...]

MIGRATIONS: tuple[Migration, ...] = (
    (
        """
        CREATE TABLE incidentflow_subject (
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
        CREATE TABLE incidentflow_entry (
            subject INTEGER NOT NULL REFERENCES incidentflow_subject,
            sequence INTEGER NOT NULL,
            body TEXT NOT NULL,
            personal TEXT NOT NULL,
            hash TEXT NOT NULL,
            UNIQUE (subject, sequence)
        ) STRICT
        """,
        """
        CREATE TABLE incidentflow_command (
            tenant TEXT NOT NULL,
            key TEXT NOT NULL,
            subject INTEGER NOT NULL REFERENCES incidentflow_subject,
            fingerprint TEXT NOT NULL,
            version INTEGER NOT NULL,
            PRIMARY KEY (tenant, key)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE incidentflow_series (
            tenant TEXT NOT NULL,
            name TEXT NOT NULL,
            last INTEGER NOT NULL,
            PRIMARY KEY (tenant, name)
        ) STRICT, WITHOUT ROWID
        """,
        """
        CREATE TABLE incidentflow_owed (
            row INTEGER PRIMARY KEY,
            tenant TEXT NOT NULL,
            key TEXT NOT NULL,
            subject INTEGER NOT NULL REFERENCES incidentflow_subject,
            kind TEXT NOT NULL,
            body TEXT NOT NULL,
            available_at INTEGER NOT NULL,
            state TEXT NOT NULL,        -- waiting, or how it ended
            attempts INTEGER NOT NULL,
            token TEXT,                 -- of the claim that runs
            UNIQUE (tenant, key)
        ) STRICT
        """,
        """
        CREATE UNIQUE INDEX incidentflow_subject_number
        ON incidentflow_subject (tenant, number) WHERE number IS NOT NULL
        """,
        """
        CREATE UNIQUE INDEX incidentflow_subject_dedup_key
        ON incidentflow_subject (tenant, kind, dedup_key) WHERE dedup_key IS NOT NULL
        """,
        """
        CREATE INDEX incidentflow_subject_place
        ON incidentflow_subject (tenant, kind, category, state, id)
        """,
        """
        CREATE INDEX incidentflow_subject_due
        ON incidentflow_subject (tenant, kind, due_at, id) WHERE due_at IS NOT NULL
        """,
        """
        CREATE INDEX incidentflow_subject_wake
        ON incidentflow_subject (tenant, wake_at, id) WHERE wake_at IS NOT NULL
        """,
        """
        CREATE INDEX incidentflow_owed_waiting
        ON incidentflow_owed (available_at) WHERE state = 'waiting'
        """,
        """
        CREATE INDEX incidentflow_owed_commands
        ON incidentflow_owed (available_at) WHERE state = 'waiting' AND kind = 'command'
        """,
    ),
    # What stood here before says nothing of when it began and ended: it may concern any period.
    (
        "ALTER TABLE incidentflow_subject ADD COLUMN begun_at INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE incidentflow_subject ADD COLUMN ended_at INTEGER",
        "ALTER TABLE incidentflow_subject ADD COLUMN reach INTEGER NOT NULL DEFAULT 14",
        """
        CREATE INDEX incidentflow_subject_span
        ON incidentflow_subject (tenant, kind, reach, begun_at, id, ended_at)
        """,
    ),
)
