"""What is written and read: journal lines, index records, what is owed."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import field

from incidentflow.words import FieldValue, frozen


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


@frozen(kw_only=True, slots=False)
class Index:
    """
    What a store may search by; written with every commit, never hashed.

    Attributes:
        series: The series its number is drawn from, such as ``"INC"``; empty draws none.
        number: A number it brings along, as an import does; None draws the next of the series.
        state: Its state's name.
        category: Its state's category; ``EMPTIED`` where nothing personal is left of it.
        priority: 1 to 5, or None.
        service: Its service, or None.
        team: Its team, or None.
        assignee: Its assignee, or None.
        dedup_key: The dedup key it holds now; unique in the tenant and kind; None holds none.
        fields: Its own fields by name.
        due_at: When its next thing is due, in microseconds, or None (rule K18).
        begun_at: The first instant that it has to do with, in microseconds. A store keeps the
            earliest that it was ever given for a subject.
        ended_at: The last instant that it has to do with; None: it goes on.

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
    begun_at: int = 0
    ended_at: int | None = None


class OwedKind(enum.Enum):
    """What is owed: a message to people, or a command to another subject (rule J5)."""

    MESSAGE = "message"
    COMMAND = "command"


@frozen(kw_only=True, slots=False)
class Owed:
    """
    One thing owed by a commit; carried out by claim, act, settle.

    Attributes:
        key: Stable over all attempts, unique in the tenant (rule D1); begins with the id of the
            subject that owes it and a slash.
        kind: Message or command.
        body: What is owed, as text.
        available_at: From when on it may be claimed, in microseconds.
        state: ``"waiting"``, or how it ended.

    """

    key: str
    kind: OwedKind
    body: str
    available_at: int
    state: str = "waiting"


@frozen(kw_only=True)
class Claim:
    """
    An owed thing in the hands of one worker.

    Attributes:
        subject: The subject that owes it.
        owed: What is owed; its ``available_at`` is from when on it could be claimed.
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
        state: ``"done"``, ``"refused"`` or ``"dead"``; ``"waiting"`` to try again; anything
            else is final.
        available_at: For ``"waiting"``: from when on, in microseconds.

    """

    key: str
    token: str
    state: str = "done"
    available_at: int = 0


@frozen(kw_only=True, slots=False)
class Write:
    """
    What one commit writes for one subject, together or not at all (rule J3).

    Attributes:
        subject: Whose journal it continues.
        expected: The version it was decided on; 0 for a new subject.
        version: The version after it: *expected* plus the number of entries, which may be none.
        snapshot: The subject after it, as bytes.
        head: The chain's hash after it.
        lines: Its journal entries; none where only a key, a settlement or the index is written.
        index: What to search by.
        reads: Other subjects it depends on, with the versions that were read; 0: there is none.
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


@frozen(kw_only=True, slots=False)
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
        looks: How often it was claimed as due since its last commit.
        fingerprint: When looked up by a command key: the fingerprint kept with it.
        result: When looked up by a command key: the version that the command led to.
        owed: When looked up by ``OWED``: all that it ever owed, by key, settled or not.
        index: When found by a query: what it is searched by, where the store tells; its series
            and number say nothing. Verifying compares it with the snapshot (rule J7).
        cursor: When found by a query: where it stands in the order of that query, to be given as
            ``after`` for what comes behind it: its due instant, or when it began, and its id.

    """

    subject: Subject
    number: str | None
    version: int
    snapshot: bytes
    head: str
    due_at: int | None = None
    looks: int = 0
    fingerprint: str = ""
    result: int = 0
    owed: tuple[Owed, ...] = ()
    index: Index | None = field(default=None, eq=False)
    cursor: tuple[int, str] | None = field(default=None, eq=False)


@frozen(kw_only=True)
class Redaction:
    """
    What an erasure takes out of one subject, together or not at all (rule J8).

    Everything else about a line stays, so that its chain still holds.

    Attributes:
        write: The entry that says so, with the snapshot and the index record as they are without
            what is erased; it owes nothing, settles nothing and has no key.
        personal: What stays beside the text of journal lines, by their sequence numbers.
        owed: What stays of owed things, by their keys; of one that is empty nothing stays to be
            done.

    """

    write: Write
    personal: tuple[tuple[int, str], ...] = ()
    owed: tuple[tuple[str, str], ...] = ()
