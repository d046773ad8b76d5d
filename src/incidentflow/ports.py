"""
What the library needs from outside, as protocols; nobody has to inherit anything.

A store receives bytes and a small index record, never domain objects. Instants are whole
microseconds since 1970 in UTC.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import Factory, field, frozen

from incidentflow.words import FieldValue

INCIDENT = "incident"


@frozen
class Subject:
    """
    What a journal belongs to (rule J6): an incident, a schedule, a desk.

    Attributes:
        tenant: The world it lives in; ids and numbers are unique inside it only (rule T1).
        kind: Its kind, such as ``"incident"``.
        id: Its id.

    """

    tenant: str
    kind: str
    id: str


@frozen
class Line:
    """
    One journal entry as it is stored.

    Attributes:
        sequence: Its place, from 1, without gaps.
        body: The canonical text that is hashed; personal values stand in it as salted hashes.
        personal: The personal values with their salts, as text; erasable.
        hash: The chain's hash up to and including this entry.

    """

    sequence: int
    body: str
    personal: str
    hash: str


@frozen(kw_only=True)
class Index:
    """
    What a store may search by; written with every commit, never hashed.

    Attributes:
        series: The series its number is drawn from, such as ``"INC"``; empty draws none.
        number: A number it brings along, as an import does; None draws the next of the series.
        state: Its state's name.
        category: Its state's category.
        priority: 1 to 5, or None.
        service: Its service, or None.
        team: Its team, or None.
        assignee: Its assignee, or None.
        dedup_key: The dedup key it holds now; unique in the tenant; None holds none.
        fields: Its own fields by name.
        due_at: When its next thing is due, in microseconds, or None (rule K18).

    """

    series: str = ""
    number: str | None = None
    state: str = ""
    category: str = ""
    priority: int | None = None
    service: str | None = None
    team: str | None = None
    assignee: str | None = None
    dedup_key: str | None = None
    fields: Mapping[str, FieldValue] = field(factory=dict)
    due_at: int | None = None


class OwedKind(enum.Enum):
    """What is owed: a message to people, or a command to another subject (rule J5)."""

    MESSAGE = "message"
    COMMAND = "command"


@frozen(kw_only=True)
class Owed:
    """
    One thing owed by a commit; carried out by claim, act, settle.

    Attributes:
        key: Stable over all attempts, unique in the tenant (rule D1).
        kind: Message or command.
        body: What is owed, as text.
        available_at: From when on it may be claimed, in microseconds.

    """

    key: str
    kind: OwedKind
    body: str
    available_at: int


@frozen(kw_only=True)
class Claim:
    """
    An owed thing in the hands of one worker.

    Attributes:
        subject: The subject that owes it.
        owed: What is owed.
        attempts: How often it was claimed, this time included.
        token: The fencing token of this claim; a later claim changes it.

    """

    subject: Subject
    owed: Owed
    attempts: int
    token: str


@frozen
class Settlement:
    """
    The end of one claim.

    Attributes:
        key: The owed thing's key.
        token: The token of the claim.
        state: ``"done"``, ``"refused"`` or ``"dead"``; ``"waiting"`` to try again.
        available_at: For ``"waiting"``: from when on, in microseconds.

    """

    key: str
    token: str
    state: str = "done"
    available_at: int = 0


@frozen(kw_only=True)
class Write:
    """
    What one commit writes for one subject, together or not at all (rule J3).

    Attributes:
        subject: Whose journal it continues.
        expected: The version it was decided on; 0 for a new subject.
        version: The version after it: *expected* plus the number of entries.
        snapshot: The subject after it, as bytes.
        head: The chain's hash after it.
        lines: Its journal entries.
        index: What to search by.
        reads: Other subjects it depends on, with the versions that were read.
        owed: What it owes.
        key: The command's idempotency key, or None.
        fingerprint: A hash of the command's content, to tell a repeat from a reuse.
        settles: The owed thing whose carrying out this is, or None.

    """

    subject: Subject
    expected: int
    version: int
    snapshot: bytes
    head: str
    lines: tuple[Line, ...]
    index: Index = Index()
    reads: tuple[tuple[Subject, int], ...] = ()
    owed: tuple[Owed, ...] = ()
    key: str | None = None
    fingerprint: str = ""
    settles: Settlement | None = None


@frozen(kw_only=True)
class Stored:
    """
    A subject as it is stored.

    Attributes:
        subject: Which.
        number: Its number, or None.
        version: How many entries its journal has.
        snapshot: The bytes last written.
        head: The chain's hash.
        due_at: When its next thing is due, in microseconds, or None.
        fingerprint: When looked up by a command key: the fingerprint kept with it.
        result: When looked up by a command key: the version that the command led to.

    """

    subject: Subject
    number: str | None
    version: int
    snapshot: bytes
    head: str
    due_at: int | None = None
    fingerprint: str = ""
    result: int = 0


class By(enum.Enum):
    """What a subject can be loaded by."""

    ID = "id"
    NUMBER = "number"
    DEDUP_KEY = "dedup_key"
    COMMAND_KEY = "command_key"


@frozen
class Lookup:
    """
    How to load one subject.

    Attributes:
        tenant: In which world.
        by: By what.
        value: The id, number or key.
        kind: The kind of subject; a command key finds any kind.

    """

    tenant: str
    by: By
    value: str
    kind: str = INCIDENT


class Order(enum.Enum):
    """In which order a query answers."""

    NEWEST = "newest"
    DUE = "due"


@frozen(kw_only=True)
class Query:
    """
    What to find; a store may answer with more than fits, the desk filters again.

    Attributes:
        tenant: In which world.
        kind: The kind of subject.
        states: One of these states; empty: any.
        other_states: None of these states.
        categories: One of these categories; empty: any.
        priority: This priority or a more urgent one (a lower number).
        service: This service.
        team: This team.
        assignee: This assignee.
        fields: These values of own fields.
        order: By id, latest first; or by due instant, soonest first, only what has one.
        after: The cursor of the page before: the last subject's id, and due instant.
        limit: At most so many.

    """

    tenant: str
    kind: str = INCIDENT
    states: tuple[str, ...] = ()
    other_states: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    priority: int | None = None
    service: str | None = None
    team: str | None = None
    assignee: str | None = None
    fields: Mapping[str, FieldValue] = Factory(dict)
    order: Order = Order.NEWEST
    after: tuple[int, str] | None = None
    limit: int = 100


class Store(Protocol):
    """
    Where incidents live; implemented by store plugins.

    Every method may be called from any thread, and answers at once. Failures of the storage are
    raised as `StoreError`, with its outcome; everything else that a commit relied on and that no
    longer holds is raised as `CommitConflict`, and then nothing of the commit is stored.
    """

    @property
    def name(self) -> str:
        """What to call this store in a description; without secrets."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do: any of ``durable``, ``joins_host``, ``server_clock``, ``erases``."""

    def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """
        Store writes in order, all or none, and return each subject's number.

        Raises:
            CommitConflict: A version, read, key, dedup key, number or token no longer holds.
            StoreError: The storage failed.

        """

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject, in order, past sequence number *after*."""

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """
        Claim subjects of all tenants whose wake-up has come, soonest first.

        A claim moves the wake-up *lease* microseconds ahead, twice as far at each claim without
        a commit in between, so that a crashed worker loses nothing and a failing subject does
        not hold up others. A commit sets the wake-up to the due instant.
        """

    def claim(self, now: int, limit: int, lease: int, token: str) -> tuple[Claim, ...]:
        """Claim owed things that are available, oldest first, under a fencing token."""

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim; False when its token is no longer the latest (rule D2)."""


class AsyncStore(Protocol):
    """A store whose methods are awaited; the same contract as `Store`."""

    @property
    def name(self) -> str:
        """What to call this store in a description; without secrets."""

    @property
    def capabilities(self) -> frozenset[str]:
        """What it can do."""

    async def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store writes in order, all or none, and return each subject's number."""

    async def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""

    async def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject past a sequence number."""

    async def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects whose wake-up has come."""

    async def claim(self, now: int, limit: int, lease: int, token: str) -> tuple[Claim, ...]:
        """Claim owed things that are available."""

    async def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim."""


class Clock(Protocol):
    """Where the present instant comes from; implemented by hosts and tests."""

    def now(self) -> datetime:
        """Return the present instant, aware."""


class Entropy(Protocol):
    """Where randomness comes from: ids, salts and tokens; implemented by hosts and tests."""

    def draw(self, size: int) -> bytes:
        """Return *size* random bytes."""
