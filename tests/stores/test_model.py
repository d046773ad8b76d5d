"""Invariant: whatever is asked of them, both stores answer as a model of fifty lines does."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from incidentflow.errors import CommitConflict
from incidentflow.ports import (
    By,
    Index,
    Line,
    Lookup,
    Order,
    Owed,
    OwedKind,
    Query,
    Settlement,
    Store,
    Subject,
    Write,
)
from incidentflow.stores.memory import MemoryStore
from incidentflow.stores.sqlite import SQLiteStore

TENANTS, IDS, KEYS = ("a", "b"), ("1", "2", "3"), (None, "k", "l")
LEASE = 10


class Model:
    """The contract, in the plainest way: dictionaries, copied before every commit."""

    def __init__(self) -> None:
        self.served = ""
        self.rows: dict[Subject, dict[str, Any]] = {}
        self.keys: dict[tuple[str, str], tuple[Subject, str, int]] = {}
        self.last: dict[tuple[str, str], int] = {}
        self.owed: dict[tuple[str, str], dict[str, Any]] = {}

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store all or none."""
        before = copy.deepcopy(self.__dict__)
        try:
            return tuple([self._write(write) for write in writes])
        except CommitConflict:
            self.__dict__.update(before)
            raise

    def _write(self, write: Write) -> str | None:
        subject, tenant, index = write.subject, write.subject.tenant, write.index
        row = self.rows.get(subject)
        others = [(one, its) for one, its in self.rows.items() if one.tenant == tenant]
        held = [one for one, its in others if one != subject and its["dedup_key"]]
        settled = self.owed.get((tenant, write.settles.key)) if write.settles else None
        for what, broken in (
            ("key", (tenant, write.key) in self.keys),
            ("version", (row["version"] if row else 0) != write.expected),
            ("read", any(self.version(one) != version for one, version in write.reads)),
            ("dedup_key", index.dedup_key in [self.rows[one]["dedup_key"] for one in held]),
            (
                "number",
                not row and index.number and index.number in [its["number"] for _, its in others],
            ),
            (
                "token",
                write.settles
                and not (
                    settled
                    and settled["token"] == write.settles.token
                    and settled["state"] == "waiting"
                ),
            ),
            ("owed", any((tenant, each.key) in self.owed for each in write.owed)),
        ):
            if broken:
                raise CommitConflict(what, subject.id)
        number = row["number"] if row else self._number(tenant, index)
        if row and row["index"].begun_at < index.begun_at:
            index = evolve(index, begun_at=row["index"].begun_at)
        self.rows[subject] = {
            "version": write.version,
            "number": number,
            "dedup_key": index.dedup_key,
            "lines": [*(row["lines"] if row else []), *write.lines],
            "index": index,
            "wake_at": index.due_at,
            "looks": 0,
        }
        if write.key:
            self.keys[tenant, write.key] = (subject, write.fingerprint, write.version)
        if write.settles:
            self.settle(tenant, write.settles)
        for each in write.owed:
            self.owed[tenant, each.key] = {
                "owed": each,
                "subject": subject,
                "state": "waiting",
                "at": each.available_at,
                "token": "",
            }
        return number

    def _number(self, tenant: str, index: Index) -> str | None:
        if index.number:
            series, _, rest = index.number.partition("-")
            if rest.isdecimal():
                last = self.last.get((tenant, series), 0)
                self.last[tenant, series] = max(last, int(rest))
            return index.number
        if not index.series:
            return None
        self.last[tenant, index.series] = self.last.get((tenant, index.series), 0) + 1
        return f"{index.series}-{self.last[tenant, index.series]:07d}"

    def version(self, subject: Subject) -> int:
        """Return a subject's version, 0 for none."""
        return self.rows[subject]["version"] if subject in self.rows else 0

    def load(self, lookup: Lookup) -> tuple[str, int, str | None] | None:
        """Return id, version and number of what is looked up."""
        if lookup.by is By.COMMAND_KEY:
            done = self.keys.get((lookup.tenant, lookup.value))
            wanted = [done[0]] if done else []
        else:
            mine = [
                (one, its)
                for one, its in self.rows.items()
                if (one.tenant, one.kind) == (lookup.tenant, lookup.kind)
            ]
            wanted = [
                one for one, its in mine if lookup.value == {"id": one.id, **its}[lookup.by.value]
            ]
        return self._shown(wanted[0]) if wanted else None

    def _shown(self, subject: Subject) -> tuple[str, int, str | None]:
        row = self.rows[subject]
        return (subject.id, row["version"], row["number"])

    def find(self, query: Query) -> list[str]:
        """Return the ids that fit, in order."""
        if query.order is Order.OWING:
            waiting = [its["subject"] for its in self.owed.values() if its["state"] == "waiting"]
            return [
                one.id
                for one in dict.fromkeys(waiting)
                if (one.tenant, one.kind) == (query.tenant, query.kind)
                and (not query.states or self.rows[one]["index"].state in query.states)
            ]
        fit = [
            (self._place(query, one.id, its["index"]), one.id)
            for one, its in self.rows.items()
            if (one.tenant, one.kind) == (query.tenant, query.kind)
            and self._fits(query, its["index"])
        ]
        if query.order is not Order.DUE:
            fit = [each for each in fit if query.after is None or each[0] < query.after]
        found = [id_ for _, id_ in sorted(fit, reverse=query.order is not Order.DUE)]
        return found[: query.limit]

    def _place(self, query: Query, id_: str, index: Index) -> tuple[int, str]:
        places = {Order.DUE: index.due_at or 0, Order.BEGUN: index.begun_at}
        return places.get(query.order, 0), id_

    def _fits(self, query: Query, index: Index) -> bool:
        return (
            (not query.states or index.state in query.states)
            and (query.order is not Order.DUE or index.due_at is not None)
            and (query.until is None or index.begun_at < query.until)
            and (query.since is None or index.ended_at is None or index.ended_at >= query.since)
        )

    def due(self, now: int, limit: int) -> list[Subject]:
        """Claim what is to be woken."""
        woken = (
            (its["wake_at"], one.id, one.kind, one)
            for one, its in self.rows.items()
            if its["wake_at"] is not None and its["wake_at"] <= now
        )
        waiting = sorted(woken, key=lambda each: each[:3])
        claimed: list[Subject] = []
        while waiting and len(claimed) < limit:
            tenants = {one.tenant for *_, one in waiting}
            self.served = min(tenants, key=lambda name: (name <= self.served, name))
            place = [one.tenant for *_, one in waiting].index(self.served)
            *_, one = waiting.pop(place)
            row = self.rows[one]
            row["wake_at"] = now + LEASE * 2 ** row["looks"]
            row["looks"] = min(row["looks"] + 1, 10)
            claimed.append(one)
        return claimed

    def claim(self, now: int, token: str) -> set[str]:
        """Claim what is owed and available."""
        keys = {
            key for key, its in self.owed.items() if its["state"] == "waiting" and its["at"] <= now
        }
        for key in keys:
            self.owed[key] |= {"at": now + LEASE, "token": token}
        return {key for _, key in keys}

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle, if the token is the latest."""
        its = self.owed.get((tenant, settlement.key))
        if not its or its["token"] != settlement.token or its["state"] != "waiting":
            return False
        its |= {"state": settlement.state, "token": ""}
        if settlement.state == "waiting":
            its["at"] = settlement.available_at
        return True


def outcome(call: Callable[[], object]) -> object:
    """Return what a call answers, or what it conflicts with."""
    try:
        return call()
    except CommitConflict as conflict:
        return conflict.what


INSTANTS = st.integers(0, 40)
"""In eighteen minutes, so that some spans reach farther than others."""
writes = st.builds(
    lambda tenant, id_, gap, lines, dedup, number, state, due, span, key, read, owed, settles: (
        tenant,
        id_,
        gap,
        lines,
        Index(
            series="INC",
            number=number,
            state=state,
            dedup_key=dedup,
            due_at=due,
            begun_at=span[0] << 30,
            ended_at=None if span[1] is None else sum(span) << 30,
        ),
        key,
        read,
        owed,
        settles,
    ),
    st.sampled_from(TENANTS),
    st.sampled_from(IDS),
    st.sampled_from((0, 0, 0, 0, 1)),
    st.integers(1, 2),
    st.sampled_from((None, None, "d")),
    st.sampled_from((None, None, None, "INC-0000003", "X1")),
    st.sampled_from(("new", "closed")),
    st.none() | st.integers(0, 50),
    st.tuples(INSTANTS, st.none() | INSTANTS),
    st.sampled_from(KEYS),
    st.none() | st.tuples(st.sampled_from(IDS), st.integers(0, 2)),
    st.none() | st.tuples(st.sampled_from("xyz"), st.integers(0, 50)),
    st.none() | st.tuples(st.sampled_from("xyz"), st.sampled_from("tu")),
)


class Stores(RuleBasedStateMachine):
    """Ask the model and both stores the same, and compare."""

    @initialize()
    def open(self) -> None:
        """Open empty ones."""
        self.folder = tempfile.TemporaryDirectory()
        self.model = Model()
        self.sqlite = SQLiteStore(Path(self.folder.name) / "x.db", synchronous="NORMAL")
        self.stores: tuple[Store, ...] = (MemoryStore(), self.sqlite)

    def teardown(self) -> None:
        """Throw them away."""
        self.sqlite.close()
        self.folder.cleanup()

    @rule(batch=st.lists(writes, min_size=1, max_size=3))
    def commit(self, batch: list[tuple[Any, ...]]) -> None:
        """Commit a batch that may or may not be in order."""
        ahead: dict[Subject, int] = {}
        made = []
        for tenant, id_, gap, count, index, key, read, owed, settles in batch:
            subject = Subject(tenant, "incident", id_)
            expected = ahead.get(subject, self.model.version(subject)) + gap
            version = ahead[subject] = expected + count
            made.append(
                Write(
                    subject=subject,
                    expected=expected,
                    version=version,
                    snapshot=b"s",
                    head=f"h{version}",
                    lines=tuple(
                        Line(place, f"b{place}", "{}", f"h{place}")
                        for place in range(expected + 1, version + 1)
                    ),
                    index=index,
                    reads=((Subject(tenant, "incident", read[0]), read[1]),) if read else (),
                    owed=(Owed(key=owed[0], kind=OwedKind.MESSAGE, body="m", available_at=owed[1]),)
                    if owed
                    else (),
                    key=key,
                    fingerprint="f",
                    settles=Settlement(*settles) if settles else None,
                )
            )
        expected_answer = outcome(lambda: self.model.commit(made))
        for store in self.stores:
            assert outcome(lambda store=store: store.commit(made)) == expected_answer  # type: ignore[misc]

    @rule(
        tenant=st.sampled_from(TENANTS),
        by=st.sampled_from(sorted({*By} - {By.OWED}, key=str)),
        value=st.sampled_from((*IDS, "k", "l", "d", "X1", "INC-0000001", "INC-0000003")),
    )
    def load(self, tenant: str, by: By, value: str) -> None:
        """Load by anything, and read the journal of what is found."""
        lookup = Lookup(tenant, by, value)
        expected = self.model.load(lookup)
        for store in self.stores:
            found = store.load(lookup)
            shown = (found.subject.id, found.version, found.number) if found else None

            assert shown == expected
            if found:
                lines = self.model.rows[found.subject]["lines"]
                assert store.history(found.subject) == tuple(lines)
                assert store.history(found.subject, 1) == tuple(lines[1:])

    @rule(
        tenant=st.sampled_from(TENANTS),
        states=st.sampled_from(((), ("new",))),
        order=st.sampled_from(Order),
    )
    def find(self, tenant: str, states: tuple[str, ...], order: Order) -> None:
        """Find by state, in any order."""
        query = Query(tenant=tenant, states=states, order=order)
        for store in self.stores:
            assert [row.subject.id for row in store.find(query)] == self.model.find(query)

    @rule(
        tenant=st.sampled_from(TENANTS),
        since=st.none() | INSTANTS,
        until=st.none() | INSTANTS,
        limit=st.integers(1, 3),
        after=st.none() | st.tuples(INSTANTS, st.sampled_from(IDS)),
    )
    def find_of_a_period(
        self,
        tenant: str,
        since: int | None,
        until: int | None,
        limit: int,
        after: tuple[int, str] | None,
    ) -> None:
        """Find what touches a period, by when it began, from anywhere on."""
        query = Query(
            tenant=tenant,
            since=None if since is None else since << 30,
            until=None if until is None else until << 30,
            order=Order.BEGUN,
            limit=limit,
            after=None if after is None else (after[0] << 30, after[1]),
        )
        expected = self.model.find(query)
        for store in self.stores:
            found = store.find(query)

            assert [row.subject.id for row in found] == expected
            assert list(found) == sorted(found, key=lambda row: row.cursor or (0, ""))[::-1]

    @rule(times=st.lists(st.integers(0, 300), min_size=1, max_size=5), limit=st.integers(1, 3))
    def due(self, times: list[int], limit: int) -> None:
        """Wake what is due, time after time, so that leases run out and double."""
        for now in sorted(times):
            expected = self.model.due(now, limit)
            for store in self.stores:
                assert list(store.due(now, limit, LEASE)) == expected

    @rule(now=st.integers(0, 100), token=st.sampled_from("tu"))
    def claim(self, now: int, token: str) -> None:
        """Claim everything that is available."""
        expected = self.model.claim(now, token)
        for store in self.stores:
            claims = store.claim(now, 100, LEASE, token)

            assert {claim.owed.key for claim in claims} == expected

    @rule(
        tenant=st.sampled_from(TENANTS),
        key=st.sampled_from("xyz"),
        token=st.sampled_from("tu"),
        state=st.sampled_from(("done", "waiting", "dead")),
        at=st.integers(0, 50),
    )
    def settle(self, tenant: str, key: str, token: str, state: str, at: int) -> None:
        """Settle with a token that may be stale."""
        settlement = Settlement(key, token, state, at)
        expected = self.model.settle(tenant, settlement)
        for store in self.stores:
            assert store.settle(tenant, settlement) is expected


TestStores = Stores.TestCase
