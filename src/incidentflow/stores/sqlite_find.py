"""How the SQLite store reads: one subject by each of its keys, or a page of many."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

from incidentflow.ports import By, Index, Lookup, Order, Owed, OwedKind, Query, Stored, Subject
from incidentflow.stores.index import REACHES, cursor_of, earliest, fields_of, marks
from incidentflow.stores.sqlite_file import one_look
from incidentflow.words import evolve

SELECT = """
    SELECT tenant, kind, id, number, version, snapshot, head, due_at, looks
    FROM incidentflow_subject
"""

FOUND = """
    SELECT
        tenant, kind, id, number, version, snapshot, head, due_at, looks,
        state, category, priority, service, team, assignee, dedup_key, fields, begun_at, ended_at
    FROM incidentflow_subject
"""
LOAD = {
    By.ID: f"{SELECT} WHERE tenant = ? AND id = ? AND kind = ?",
    By.NUMBER: f"{SELECT} WHERE tenant = ? AND number = ? AND kind = ?",
    By.DEDUP_KEY: f"{SELECT} WHERE tenant = ? AND dedup_key = ? AND kind = ?",
}
LOAD_BY_COMMAND_KEY = """
    SELECT
        subject.tenant, kind, id, number, subject.version, snapshot, head, due_at, looks,
        fingerprint, command.version
    FROM incidentflow_command AS command
    JOIN incidentflow_subject AS subject ON subject.row = command.subject
    WHERE command.tenant = ? AND command.key = ?
"""

FIND_OWED_BY = """
    SELECT owed.key, owed.kind, owed.body, owed.available_at, owed.state
    FROM incidentflow_owed AS owed
    JOIN incidentflow_subject AS subject ON subject.row = owed.subject
    WHERE subject.tenant = :tenant AND subject.id = :id AND subject.kind = :kind
        AND owed.tenant = :tenant AND owed.key > :id || '/' AND owed.key < :id || '0'
    ORDER BY owed.row
"""

# All pairs of category and state, by leaps along the index instead of a walk through it.
FIND_PLACES = """
    WITH RECURSIVE leap (row) AS (
        SELECT (
            SELECT row FROM incidentflow_subject
            WHERE tenant = :tenant AND kind = :kind
            ORDER BY category, state LIMIT 1
        )
        UNION
        SELECT coalesce(
            (
                SELECT row FROM incidentflow_subject
                WHERE tenant = :tenant AND kind = :kind
                    AND category = last.category AND state > last.state
                ORDER BY state LIMIT 1
            ),
            (
                SELECT row FROM incidentflow_subject
                WHERE tenant = :tenant AND kind = :kind AND category > last.category
                ORDER BY category, state LIMIT 1
            )
        )
        FROM leap JOIN incidentflow_subject AS last USING (row)
    )
    SELECT category, state FROM leap JOIN incidentflow_subject USING (row)
"""
MOST_PLACES = 100

FIND_OWING = """
    SELECT subject AS owing, min(row) AS first
    FROM incidentflow_owed WHERE state = 'waiting' GROUP BY subject
"""
SOONEST = "ORDER BY due_at, id LIMIT ?"
NEWEST = "ORDER BY id DESC LIMIT ?"
LATEST = "ORDER BY begun_at DESC, id DESC LIMIT ?"
FIND_ROWS = "SELECT row, id FROM incidentflow_subject WHERE"
FIND_BEGUN = "SELECT row, begun_at, id FROM incidentflow_subject WHERE"
ALL_OF = "SELECT * FROM"

Row = tuple[str, str, str, str | None, int, bytes, str, int | None, int]
Terms = list[tuple[str, Sequence[str | int]]]


def load(connection: sqlite3.Connection, lookup: Lookup) -> Stored | None:
    """Load one subject, or None."""
    if lookup.by is By.COMMAND_KEY:
        found = connection.execute(LOAD_BY_COMMAND_KEY, (lookup.tenant, lookup.value)).fetchone()
        return _stored(found[:-2], *found[-2:]) if found else None
    named = (lookup.tenant, lookup.value, lookup.kind)
    if lookup.by is By.OWED:
        return _owing(connection, lookup)
    found = connection.execute(LOAD[lookup.by], named).fetchone()
    return _stored(found) if found else None


def _owing(connection: sqlite3.Connection, lookup: Lookup) -> Stored | None:
    named = {"tenant": lookup.tenant, "id": lookup.value, "kind": lookup.kind}
    with one_look(connection):
        found = connection.execute(LOAD[By.ID], tuple(named.values())).fetchone()
        rows = connection.execute(FIND_OWED_BY, named).fetchall()
    owed = tuple(
        [
            Owed(key=key, kind=OwedKind(what), body=body, available_at=at, state=state)
            for key, what, body, at, state in rows
        ]
    )
    return evolve(_stored(found), owed=owed) if found else None


def search(connection: sqlite3.Connection, query: Query) -> tuple[Stored, ...]:
    """Return one page of what answers a query."""
    with one_look(connection):
        return SEARCHES[query.order](connection, query)


def _soonest(connection: sqlite3.Connection, query: Query) -> tuple[Stored, ...]:
    terms = [*_terms(query), ("due_at IS NOT NULL", ())]
    if query.after:
        terms.append(("(due_at, id) > (?, ?)", query.after))
    where, values = _joined(terms)
    found = connection.execute(f"{FOUND} WHERE {where} {SOONEST}", (*values, max(query.limit, 0)))
    return _page(query, found)


def _newest(connection: sqlite3.Connection, query: Query) -> tuple[Stored, ...]:
    terms, limit = _terms(query), max(query.limit, 0)
    if query.after:
        terms.append(("id < ?", query.after[1:]))
    # One place alone stands in the index by id. Several at once would all be read and sorted.
    pages = [_joined([*terms, apart]) for apart in _places(connection, query)]
    rows = " UNION ALL ".join(f"{ALL_OF} ({FIND_ROWS} {where} {NEWEST})" for where, _ in pages)
    newest = f"{FOUND} JOIN ({rows} {NEWEST}) USING (row, id) {NEWEST}"
    values = [value for _, page in pages for value in (*page, limit)]
    return _page(query, connection.execute(newest, (*values, limit, limit)))


def _latest(connection: sqlite3.Connection, query: Query) -> tuple[Stored, ...]:
    """Find by beginnings, reach by reach: what ended long before is not even looked at."""
    terms, limit = _terms(query), max(query.limit, 0)
    ends = [] if query.until is None else [(query.until, "")]
    if before := min((*ends, query.after) if query.after else ends, default=None):
        terms.append(("(begun_at, id) < (?, ?)", before))
    pages = []
    for reach in REACHES:
        first = earliest(reach, query.since)
        begun = [] if first is None else [("begun_at > ?", (first,))]
        pages.append(_joined([*terms, ("reach = ?", (reach,)), *begun]))
    rows = " UNION ALL ".join(f"{ALL_OF} ({FIND_BEGUN} {where} {LATEST})" for where, _ in pages)
    latest = f"{FOUND} JOIN ({rows} {LATEST}) USING (row, begun_at, id) {LATEST}"
    values = [value for _, page in pages for value in (*page, limit)]
    return _page(query, connection.execute(latest, (*values, limit, limit)))


def _owing_longest(connection: sqlite3.Connection, query: Query) -> tuple[Stored, ...]:
    where, values = _joined(_terms(query))
    owing = f"{FOUND} JOIN ({FIND_OWING}) ON row = owing WHERE {where} ORDER BY first LIMIT ?"
    return _page(query, connection.execute(owing, (*values, max(query.limit, 0))))


def _places(connection: sqlite3.Connection, query: Query) -> Terms:
    """Return a condition for each pair of category and state that answers a query."""
    anywhere: Terms = [("true", ())]
    if not (query.states or query.other_states or query.categories):
        return anywhere
    world = {"tenant": query.tenant, "kind": query.kind}
    places = [
        (category, state)
        for category, state in connection.execute(FIND_PLACES, world)
        if category in (query.categories or (category,))
        and state in (query.states or (state,))
        and state not in query.other_states
    ]
    if len(places) > MOST_PLACES:
        return anywhere
    return [("(category, state) = (?, ?)", place) for place in places] or [("false", ())]


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
        # The plus keeps this from being taken for where a walk begins.
        ("+begun_at < ?", query.until),
        ("ifnull(ended_at, 9e99) >= ?", query.since),
    )
    return [
        ("tenant = ?", (query.tenant,)),
        ("kind = ?", (query.kind,)),
        *((f"{test} ({', '.join('?' * len(names))})", names) for test, names in among if names),
        *((test, (value,)) for test, value in equal if value is not None),
        *(("instr(fields, ?)", (f"\n{mark}\n",)) for mark in marks(query.fields)),
    ]


def _joined(terms: Terms) -> tuple[str, list[str | int]]:
    return " AND ".join(term for term, _ in terms), [value for _, bound in terms for value in bound]


def _page(query: Query, rows: Iterable[Sequence[Any]]) -> tuple[Stored, ...]:
    return tuple([_found(row, query.order) for row in rows])


def _found(row: Sequence[Any], order: Order) -> Stored:
    stored, (*place, fields, begun_at, ended_at) = tuple(row[:9]), row[9:]
    state, category, priority, service, team, assignee, dedup_key = place
    index = Index(
        state=state,
        category=category,
        priority=priority,
        service=service,
        team=team,
        assignee=assignee,
        dedup_key=dedup_key,
        fields=fields_of(fields),
        due_at=stored[-2],
        begun_at=begun_at,
        ended_at=ended_at,
    )
    return evolve(_stored(stored), index=index, cursor=cursor_of(order, index, stored[2]))


def _stored(row: Row, fingerprint: str = "", result: int = 0) -> Stored:
    tenant, kind, id_, number, version, snapshot, head, due_at, looks = row
    return Stored(
        subject=Subject(tenant, kind, id_),
        number=number,
        version=version,
        snapshot=snapshot,
        head=head,
        due_at=due_at,
        looks=looks,
        fingerprint=fingerprint,
        result=result,
    )


SEARCHES = {
    Order.NEWEST: _newest,
    Order.DUE: _soonest,
    Order.BEGUN: _latest,
    Order.OWING: _owing_longest,
}
