"""Small, readable writes and lookups for checking a store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

from attrs import evolve

from incidentflow.errors import CommitConflict
from incidentflow.ports import (
    INCIDENT,
    AsyncStore,
    By,
    Claim,
    Index,
    Line,
    Lookup,
    Owed,
    OwedKind,
    Query,
    Settlement,
    Store,
    Stored,
    Subject,
    Write,
)
from incidentflow.testing.contract import Contract
from incidentflow.testing.store_awaited import Answering, answering

T = TypeVar("T")

ACME = "acme"
OTHER = "other"
TOKEN = "token-1"  # noqa: S105 - fences a claim, opens nothing
LATER_TOKEN = "token-2"  # noqa: S105 - a fencing token is no secret
SECOND = 1_000_000
THREADS = 8


class MakesStores(Contract):
    """What the author of a store gives to its checks."""

    def make_store(self) -> Store | AsyncStore:
        """Return a fresh, empty store, plain or awaited; called anew in each test."""
        raise NotImplementedError

    def reopen(self, store: Any) -> Store | AsyncStore | None:  # noqa: ANN401 - what was made
        """Return what a new process finds of a durable store; None when there is no such thing."""
        del store
        return None

    def fresh(self) -> Store:
        """Make a store, as the checks call it."""
        return answering(self.make_store())

    def reopened(self, store: Store) -> Store | None:
        """Open again what `fresh` made, as the checks call it."""
        found = self.reopen(store.store if isinstance(store, Answering) else store)
        return None if found is None else answering(found)


def incident(name: str, tenant: str = ACME, kind: str = INCIDENT) -> Subject:
    """Name a subject."""
    return Subject(tenant, kind, name)


def lines(first: int, last: int) -> tuple[Line, ...]:
    """Return journal entries."""
    return tuple(
        Line(place, f'{{"n":{place}}}', f"personal {place}", f"hash {place}")
        for place in range(first, last + 1)
    )


def write(subject: Subject | str, expected: int = 0, entries: int = 1, /, **more: object) -> Write:
    """
    Return a write of some entries.

    Args:
        subject: Whose; a name is an incident of `ACME`.
        expected: The version before.
        entries: How many entries it adds.
        more: Attributes of the write, or of its index.

    """
    if isinstance(subject, str):
        subject = incident(subject)
    version = expected + entries
    plain = Write(
        subject=subject,
        expected=expected,
        version=version,
        snapshot=f"{subject.id} at {version}".encode(),
        head=f"head {version}",
        lines=lines(expected + 1, version),
    )
    own = {name: value for name, value in more.items() if hasattr(plain, name)}
    index = {name: value for name, value in more.items() if name not in own}
    return evolve(plain, index=Index(**index), **own)  # type: ignore[arg-type] # by name


def message(key: str, available_at: int = 0, body: str = "hello") -> Owed:
    """Return something owed to people."""
    return Owed(key=key, kind=OwedKind.MESSAGE, body=body, available_at=available_at)


def by_id(store: Store, subject: Subject | str) -> Stored | None:
    """Load a subject by its id."""
    if isinstance(subject, str):
        subject = incident(subject)
    return store.load(Lookup(subject.tenant, By.ID, subject.id, subject.kind))


def by_key(store: Store, key: str, tenant: str = ACME) -> Stored | None:
    """Load the subject of a command key."""
    return store.load(Lookup(tenant, By.COMMAND_KEY, key))


def by_number(store: Store, number: str, tenant: str = ACME) -> Stored | None:
    """Load an incident by its number."""
    return store.load(Lookup(tenant, By.NUMBER, number))


def by_dedup_key(store: Store, key: str, tenant: str = ACME) -> Stored | None:
    """Load the incident that holds a dedup key."""
    return store.load(Lookup(tenant, By.DEDUP_KEY, key))


def ids(stored: Iterable[Stored]) -> list[str]:
    """Name what was found."""
    return [each.subject.id for each in stored]


def keys(claims: Iterable[Claim]) -> list[str]:
    """Name what was claimed."""
    return [claim.owed.key for claim in claims]


def conflict(store: Store, *writes: Write) -> str:
    """Commit what must be refused, and return which of its premises has changed."""
    try:
        store.commit(writes)
    except CommitConflict as refused:
        return refused.what
    raise AssertionError(f"committed, but should conflict: {writes}")


def walk(store: Store, query: Query) -> list[Stored]:
    """Return all pages of a query, each subject once, and only of its tenant and kind."""
    found: list[Stored] = []
    while page := store.find(query):
        found += page
        query = query.past(found[-1])

        assert len(found) == len({each.subject for each in found})

    assert {(each.subject.tenant, each.subject.kind) for each in found} <= {
        (query.tenant, query.kind)
    }
    return found


def at_once(work: Callable[[int], T]) -> list[T]:
    """Run *work* in several threads that start together, and return what each of them got."""
    start = Barrier(THREADS)

    def run(number: int) -> T:
        start.wait()
        return work(number)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(run, range(THREADS)))


def settlement(key: str, token: str = TOKEN, state: str = "done", at: int = 0) -> Settlement:
    """Return the end of a claim."""
    return Settlement(key, token, state, at)
