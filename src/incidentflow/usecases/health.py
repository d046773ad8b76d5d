"""How a desk is doing: is there a worker, is anything late, does anything fail (rule D8)."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta

from incidentflow.codec import canonical
from incidentflow.errors import CommitConflict
from incidentflow.journal import genesis, link, read
from incidentflow.ports import (
    WORKER,
    By,
    Lookup,
    Order,
    OwedKind,
    Query,
    Stored,
    Subject,
    Write,
)
from incidentflow.usecases.setup import Setup
from incidentflow.words import MICROSECOND, from_micros, frozen, micros, show

SEEN = Subject("*", WORKER, WORKER)
"""One for a store: a worker serves all tenants."""
FIRST = link(genesis(SEEN), 1, canonical({"kind": "worker_seen"}))
"""The only line of its journal; afterwards the snapshot alone changes."""
RARELY = timedelta(seconds=5) // MICROSECOND
FAILING = 2
MOST = 100


@frozen
class Failing:
    """
    An incident that was looked at again and again, and could not be ticked.

    Attributes:
        incident: Its number, or its id before it has one.
        due_at: What has been due since then.
        looks: How often it was looked at since it last changed.

    """

    incident: str
    due_at: datetime
    looks: int


@frozen(kw_only=True)
class Health:
    """
    How a tenant of a desk is doing (rule D8).

    Attributes:
        at: When this was asked.
        last_tick: When a worker last ticked, for all tenants, to a few seconds; None: never.
        oldest_due: Since when the longest overdue incident has waited for a tick, or None.
        oldest_unsent: Since when the longest unsent message or command has waited, or None.
        failing: Incidents that could not be ticked, the longest overdue first; at most a hundred.
        silent: Channels that the policy names and for which this desk has no notifier.

    """

    at: datetime
    last_tick: datetime | None
    oldest_due: datetime | None
    oldest_unsent: datetime | None
    failing: tuple[Failing, ...] = ()
    silent: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Show it, a line for each thing."""
        lines = [
            f"last tick: {_ago(self.last_tick, self.at)}",
            f"oldest due: {_ago(self.oldest_due, self.at, 'nothing is overdue')}",
            f"oldest unsent: {_ago(self.oldest_unsent, self.at, 'nothing waits')}",
            *(f"failing: {one.incident}, looked at {one.looks} times" for one in self.failing),
            *(f"no notifier here: {channel}" for channel in self.silent),
        ]
        return "\n".join(lines)


async def beat(setup: Setup) -> None:
    """Leave a sign that a worker was here, unless one was left a moment ago (rule D8)."""
    now = micros(setup.now())
    seen = await setup.store.load(_lookup())
    if seen is not None and now - _last(seen) < RARELY:
        return
    write = Write(
        subject=SEEN,
        expected=seen.version if seen else 0,
        version=1,
        snapshot=canonical({"at": now}).encode(),
        head=FIRST.hash,
        lines=() if seen else (FIRST,),
    )
    with suppress(CommitConflict):  # another worker was as quick: its sign is as good
        await setup.store.commit((write,))


async def health(setup: Setup) -> Health:
    """Say how this tenant is doing."""
    setup.require_host("health")
    seen = await setup.store.load(_lookup())
    overdue = await _overdue(setup)
    channels = {each.channel for each in setup.practice.policy.subscriptions}
    carried = set() if setup.outbox is None else set(setup.outbox.channels)
    return Health(
        at=setup.now(),
        last_tick=from_micros(_last(seen)) if seen else None,
        oldest_due=overdue[0].due_at if overdue else None,
        oldest_unsent=await _oldest_unsent(setup),
        failing=tuple(each for each in overdue if each.looks >= FAILING)[:MOST],
        silent=tuple(sorted(channels - carried)),
    )


async def _overdue(setup: Setup) -> list[Failing]:
    now = micros(setup.now())
    found: list[Failing] = []
    query = Query(tenant=setup.tenant, order=Order.DUE, limit=MOST)
    while rows := await setup.store.find(query):
        for row in rows:
            if row.due_at is None or row.due_at > now:
                return found
            name = row.number or row.subject.id
            found.append(Failing(name, from_micros(row.due_at), row.looks))
        query = query.past(rows[-1])
    return found


async def _oldest_unsent(setup: Setup) -> datetime | None:
    rows = await setup.store.find(Query(tenant=setup.tenant, order=Order.OWING, limit=1))
    if not rows:
        return None
    subject = rows[0].subject
    owing = await setup.store.load(Lookup(subject.tenant, By.OWED, subject.id))
    waiting = [each for each in (owing.owed if owing else ()) if each.state == "waiting"]
    if not waiting:
        return None
    sequence = int(waiting[0].key.removeprefix(f"{subject.id}/").partition("/")[0])
    lines = await setup.store.history(subject, sequence - 1)
    (entry,) = read(setup.codec, subject.id, lines[:1])
    return entry.recorded_at


async def unsent(setup: Setup, limit: int) -> int:
    """Count the messages that wait, of the incidents that have waited longest, at most so many."""
    rows = await setup.store.find(Query(tenant=setup.tenant, order=Order.OWING, limit=limit))
    waiting = 0
    for row in rows:
        owing = await setup.store.load(Lookup(row.subject.tenant, By.OWED, row.subject.id))
        owed = owing.owed if owing else ()
        waiting += sum((one.kind, one.state) == (OwedKind.MESSAGE, "waiting") for one in owed)
    return waiting


def _lookup() -> Lookup:
    return Lookup(SEEN.tenant, By.ID, SEEN.id, SEEN.kind)


def _last(seen: Stored) -> int:
    at: int = json.loads(seen.snapshot)["at"]
    return at


def _ago(moment: datetime | None, now: datetime, otherwise: str = "never") -> str:
    if moment is None:
        return otherwise
    return f"{show(moment)}, {(now - moment) // timedelta(seconds=1)} s ago"
