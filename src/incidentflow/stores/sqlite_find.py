"""How the SQLite store reads: one subject by each of its keys, or a page of many."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from incidentflow.ports import By, Lookup, Order, Query, Stored, Subject
from incidentflow.stores.index import marks

SELECT = "SELECT tenant, kind, id, number, version, snapshot, head, due_at FROM subject"

CONDITIONS = {
    By.ID: "tenant = ? AND id = ? AND kind = ?",
    By.NUMBER: "tenant = ? AND number = ? AND kind = ?",
    By.DEDUP_KEY: "tenant = ? AND dedup_key = ? AND kind = ?",
}
LOAD = {by: f"{SELECT} WHERE {condition}" for by, condition in CONDITIONS.items()}
LOAD_BY_COMMAND_KEY = """
    SELECT
        subject.tenant, kind, id, number, subject.version, snapshot, head, due_at,
        fingerprint, command.version
    FROM command JOIN subject ON subject.row = command.subject
    WHERE command.tenant = ? AND command.key = ?
"""

EACH_OF = "SELECT * FROM"
NEWEST_FIRST = "ORDER BY id DESC LIMIT ?"
SOONEST_FIRST = "ORDER BY due_at, id LIMIT ?"

# The columns of `SELECT`, and after a command key its fingerprint and version.
Row = tuple[str, str, str, str | None, int, bytes, str, int | None]
Terms = list[tuple[str, Sequence[str | int]]]


def load(connection: sqlite3.Connection, lookup: Lookup) -> Stored | None:
    """Load one subject, or None."""
    if lookup.by is By.COMMAND_KEY:
        found = connection.execute(LOAD_BY_COMMAND_KEY, (lookup.tenant, lookup.value)).fetchone()
        return _stored(found[:-2], *found[-2:]) if found else None
    named = (lookup.tenant, lookup.value, lookup.kind)
    found = connection.execute(LOAD[lookup.by], named).fetchone()
    return _stored(found) if found else None


def search(connection: sqlite3.Connection, query: Query) -> tuple[Stored, ...]:
    """Return one page of what answers a query."""
    terms, limit = _terms(query), max(query.limit, 0)
    if query.order is Order.DUE:
        terms.append(("due_at IS NOT NULL", ()))
        if query.after:
            terms.append(("(due_at, id) > (?, ?)", query.after))
        pages = [_page(terms, SOONEST_FIRST, limit)]
        order = SOONEST_FIRST
    else:
        if query.after:
            terms.append(("id < ?", query.after[1:]))
        # Each state by itself is in the order of its index; all of them together would be sorted.
        apart: Terms = [("state = ?", (state,)) for state in dict.fromkeys(query.states)]
        apart = apart or [("category = ?", (name,)) for name in dict.fromkeys(query.categories)]
        pages = [_page([*terms, term], NEWEST_FIRST, limit) for term in apart or [("true", ())]]
        order = NEWEST_FIRST
    statement = " UNION ALL ".join(page for page, _ in pages)
    values = [value for _, page in pages for value in page]
    found = connection.execute(f"{statement} {order}", (*values, limit))
    return tuple(_stored(row) for row in found)


def _terms(query: Query) -> Terms:
    """Return what must hold of each subject, with the values to bind."""
    among = (
        ("state IN", query.states),
        ("state NOT IN", query.other_states),
        ("category IN", query.categories),
    )
    equal = (
        ("priority <= ?", query.priority),
        ("service = ?", query.service),
        ("team = ?", query.team),
        ("assignee = ?", query.assignee),
    )
    return [
        ("tenant = ?", (query.tenant,)),
        ("kind = ?", (query.kind,)),
        *((f"{test} ({', '.join('?' * len(names))})", names) for test, names in among if names),
        *((test, (value,)) for test, value in equal if value is not None),
        *(("instr(fields, ?)", (f"\n{mark}\n",)) for mark in marks(query.fields)),
    ]


def _page(terms: Terms, order: str, limit: int) -> tuple[str, list[str | int]]:
    where = " AND ".join(term for term, _ in terms)
    values = [value for _, bound in terms for value in bound]
    return f"{EACH_OF} ({SELECT} WHERE {where} {order})", [*values, limit]


def _stored(row: Row, fingerprint: str = "", result: int = 0) -> Stored:
    tenant, kind, id_, number, version, snapshot, head, due_at = row
    return Stored(
        subject=Subject(tenant, kind, id_),
        number=number,
        version=version,
        snapshot=snapshot,
        head=head,
        due_at=due_at,
        fingerprint=fingerprint,
        result=result,
    )
