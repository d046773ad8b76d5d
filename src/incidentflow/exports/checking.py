"""Checking journals, in a store or in an export, against themselves and a seal (rule J7)."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from incidentflow.charter import Charter, enact
from incidentflow.codec import Codec
from incidentflow.errors import UnreadableJournal
from incidentflow.exports.records import (
    FORMAT,
    INCLUDED,
    NOTHING_LEFT,
    PERSONAL,
    Exported,
    begin,
    digest,
)
from incidentflow.exports.seals import Seal, unlike_seal
from incidentflow.incident import Entry, Incident
from incidentflow.journal import Broken, fold, read, verify
from incidentflow.ports import DESK, SOURCE, Line, Stored, Subject
from incidentflow.process.agenda import agenda
from incidentflow.words import frozen, micros

FILE = "(export)"


@frozen
class Verification:
    """
    Whether journals hold and snapshots are their folds (rules J1 and J7).

    Attributes:
        incidents: How many were checked.
        entries: How many journal entries were checked.
        broken: What does not hold; empty when all is well.
        desks: How many desks' own journals were checked: one, if the tenant has any (rule J6).
        sources: How many journals of replayed event logs were checked.
        snapshots: How many snapshots were checked; none where personal texts were left out.

    """

    incidents: int = 0
    entries: int = 0
    broken: tuple[Broken, ...] = ()
    desks: int = 0
    sources: int = 0
    snapshots: int = 0

    @property
    def holds(self) -> bool:
        """Whether all is well."""
        return not self.broken

    def __add__(self, other: Verification) -> Verification:
        """Count both together."""
        return Verification(
            self.incidents + other.incidents,
            self.entries + other.entries,
            self.broken + other.broken,
            self.desks + other.desks,
            self.sources + other.sources,
            self.snapshots + other.snapshots,
        )


class Checker:
    """
    Checks one subject after another, then what a seal names and was not among them.

    Args:
        codec: What reads entries and snapshots.
        seal: What to check against, or None.

    """

    def __init__(self, codec: Codec, seal: Seal | None = None) -> None:
        self._codec = codec
        self._seal = seal
        self._heads = {(head.kind, head.id): head for head in seal.heads} if seal else {}

    def check(self, exported: Exported, *, has_snapshot: bool = True) -> Verification:
        """Check a subject: its chain, its snapshot if it has one, and its head in the seal."""
        subject, lines = exported.stored.subject, exported.lines
        head = self._heads.pop((subject.kind, subject.id), None)
        wrong = verify(subject, lines, exported.stored.head)
        if wrong is None and exported.stored.version != len(lines):
            wrong = Broken(subject.id, 0, "the stored version is not that of its journal")
        if wrong is None and has_snapshot:
            wrong = check_subject(self._codec, exported)
        if wrong is None and head is not None and self._seal is not None:
            wrong = unlike_seal(exported, head, self._seal.at)
        broken = () if wrong is None else (wrong,)
        is_desk, is_source = subject.kind == DESK, subject.kind == SOURCE
        is_incident = not (is_desk or is_source)
        return Verification(
            incidents=int(is_incident),
            entries=len(lines),
            broken=broken,
            desks=int(is_desk),
            sources=int(is_source),
            snapshots=int(has_snapshot),
        )

    def missing(self) -> Verification:
        """Name what the seal has and was not there."""
        at = self._seal.at if self._seal else None
        gone = (unlike_seal(None, head, at) for head in self._heads.values() if at)
        return Verification(broken=tuple(wrong for wrong in gone if wrong))


def check_subject(codec: Codec, exported: Exported) -> Broken | None:
    """Say where a snapshot is not the fold of its journal, or its due instant not the agenda's."""
    stored, subject = exported.stored, exported.stored.subject
    if subject.kind == SOURCE:
        return _check_source(exported)
    try:
        entries = read(codec, subject.id, exported.lines)
        snapshot = _snapshot(codec, stored)
    except UnreadableJournal as error:
        return Broken(subject.id, error.sequence, error.problem)
    if not _folds_to(snapshot, subject, entries):
        return Broken(subject.id, 0, "the snapshot is not the fold of the journal")
    ahead = agenda(snapshot) if isinstance(snapshot, Incident) else ()
    if stored.due_at != (micros(ahead[0].at) if ahead else None):
        return Broken(subject.id, 0, "the stored due instant is not the agenda's")
    return None


def _check_source(exported: Exported) -> Broken | None:
    """Say when how far a log was replayed is not what its journal says last."""
    stored, last = exported.stored, exported.lines[-1:]
    if stored.due_at is not None or [stored.snapshot] != [line.body.encode() for line in last]:
        return Broken(stored.subject.id, 0, "the snapshot is not the last line of the journal")
    return None


def verify_export(
    lines: Iterable[str], *, codec: Codec | None = None, seal: Seal | None = None
) -> Verification:
    """
    Check an export, line by line, without any store (rule J7).

    Args:
        lines: Its lines, such as an open file.
        codec: What reads a host's own kinds of event, such as ``desk.codec``; default the
            library's kinds alone.
        seal: What to check it against as well.

    Returns:
        What was checked, and what does not hold: of each journal the first entry that is wrong.

    """
    checker, checked, file = Checker(codec or Codec(), seal), Verification(), _File(lines)
    for exported in file:
        checked += checker.check(exported, has_snapshot=file.has_snapshots)
    if seal is not None and file.tenant != seal.tenant:
        file.problem = file.problem or f"it is not of the tenant {seal.tenant!r} that was sealed"
    if file.problem:
        checked += Verification(broken=(Broken(FILE, 0, file.problem),))
    return checked + checker.missing()


class _File:
    """The subjects of an export; what is wrong with the file itself is kept as its problem."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._digest = begin("").digest
        self._place = 0
        self._ahead: Any = None
        self._subjects = 0
        self._last: dict[str, str] = {}
        self.problem = ""
        self.tenant = ""
        self.has_snapshots = True

    def __iter__(self) -> Iterator[Exported]:
        try:
            self._ahead = self._next()
            if self._ahead is not None:
                self._begin(self._ahead)
            self._ahead = self._next()
            while self._ahead is not None and "end" not in self._ahead:
                yield self._subject(self._ahead)
            self._end(self._ahead)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError) as error:
            self.problem = f"line {self._place} cannot be read: {error}"

    def _next(self) -> Any:  # noqa: ANN401 - plain data
        line = next(self._lines, "").removesuffix("\n")
        if not line:
            return None
        self._place += 1
        data = json.loads(line)
        self._before, self._digest = self._digest, digest(self._digest, line)
        return data

    def _begin(self, data: Any) -> None:  # noqa: ANN401 - plain data
        if data["export"] != FORMAT:
            msg = f"format {data['export']} is unknown, as from a newer release"
            raise ValueError(msg)
        if data["personal"] not in PERSONAL:
            msg = f"personal texts are neither {' nor '.join(PERSONAL)}"
            raise ValueError(msg)
        self.tenant = str(data["tenant"])
        self.has_snapshots = data["personal"] == INCLUDED

    def _subject(self, data: Any) -> Exported:  # noqa: ANN401 - plain data
        subject = Subject(self.tenant, data["kind"], data["id"])
        stored = Stored(
            subject=subject,
            number=data["number"],
            version=data["version"],
            snapshot=data["snapshot"].encode(),
            head=data["head"],
            due_at=data["due_at"],
        )
        lines = []
        while isinstance(ahead := self._next(), list):
            lines.append(_line(ahead))
        exported = Exported(stored, tuple(lines))
        self._require_place(exported)
        self._ahead = ahead
        self._subjects += 1
        return exported

    def _require_place(self, exported: Exported) -> None:
        subject, snapshot = exported.stored.subject, exported.stored.snapshot
        before = self._last.get(subject.kind)
        if before is not None and subject.id >= before:
            msg = f"{subject.id} is out of order, or there twice"
            raise ValueError(msg)
        self._last[subject.kind] = subject.id
        beside = (line.personal != NOTHING_LEFT for line in exported.lines)
        if not self.has_snapshots and (snapshot or any(beside)):
            msg = f"{subject.id} has personal texts, which are said to be left out"
            raise ValueError(msg)

    def _end(self, data: Any) -> None:  # noqa: ANN401 - plain data
        if data is None:
            self.problem = f"it ends after line {self._place}"
        elif (data["end"], data["digest"]) != (self._subjects, self._before):
            self.problem = "its lines are not those that were written"
        elif any(line.strip() for line in self._lines):
            self.problem = f"it goes on after line {self._place}, its end"


def _line(data: Sequence[Any]) -> Line:
    sequence, body, personal, hash_ = data
    return Line(sequence, body, personal, hash_)


def _snapshot(codec: Codec, stored: Stored) -> Incident | Charter:
    try:
        if stored.subject.kind == DESK:
            return codec.read_charter(stored.snapshot)
        return codec.read_incident(stored.snapshot, stored.number)
    except ValueError as error:
        raise UnreadableJournal(stored.subject.id, 0, str(error)) from None


def _folds_to(snapshot: Incident | Charter, subject: Subject, entries: Sequence[Entry]) -> bool:
    try:
        if isinstance(snapshot, Charter):
            return enact(Charter(tenant=subject.tenant), entries) == snapshot
        return fold(Incident(tenant=subject.tenant, id=subject.id), entries) == snapshot
    except (LookupError, TypeError, ValueError):
        return False
