"""What erasing takes out of one subject, and what it leaves, before anything is changed (J8)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Protocol

from incidentflow import engine
from incidentflow.charter import Charter, enact
from incidentflow.incident import Entry, Incident, apply
from incidentflow.journal import fold, personal_values, read
from incidentflow.ports import DESK, INCIDENT, By, Line, Lookup, Owed, Redaction, Stored, Subject
from incidentflow.process.agenda import agenda
from incidentflow.usecases.setup import Setup
from incidentflow.usecases.writing import to_enact, to_write
from incidentflow.words import evolve, frozen

PERSONAL_KINDS = (INCIDENT, DESK)
"""The kinds of subject that hold personal values; a replayed log holds counts and digests."""


class Goes(Protocol):
    """What is to go; a person's, or everything."""

    @property
    def is_all(self) -> bool:
        """Whether nothing personal is to be left."""

    def concerns(self, before: Incident | Charter) -> bool:
        """Whether anything of a subject goes, as it stands."""

    def redacted(
        self, subject: str, lines: Sequence[Line], entries: Sequence[Entry]
    ) -> tuple[Line, ...]:
        """Take it out of a subject's journal."""

    def left_of(self, owed: Owed, gone: frozenset[str]) -> str:
        """Return what stays of an owed thing, given the texts that went."""


@frozen
class Erasure:
    """
    What was erased, or would be.

    Attributes:
        incidents: How many incidents something was taken out of.
        texts: How many personal values were taken out of journals.
        owed: How many of the things that they owe were taken out or changed.
        held: The incidents that are kept for a legal matter, and were left whole.
        failed: For each incident that could not be erased from, and the desk: its id and why.
        desks: How many desks' own journals something was taken out of: one, or none (rule J6).

    """

    incidents: int = 0
    texts: int = 0
    owed: int = 0
    held: tuple[str, ...] = ()
    failed: tuple[tuple[str, Exception], ...] = ()
    desks: int = 0

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left that should go."""
        return not (self.held or self.failed)

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to take out."""
        return not (self.incidents or self.desks)

    def __add__(self, other: Erasure) -> Erasure:
        """Count both together."""
        return Erasure(
            self.incidents + other.incidents,
            self.texts + other.texts,
            self.owed + other.owed,
            self.held + other.held,
            self.failed + other.failed,
            self.desks + other.desks,
        )


@frozen
class Plan:
    """
    What is to be taken out of one subject.

    Attributes:
        stored: The subject as it is stored.
        lines: What stays beside the text of journal lines.
        owed: What stays of owed things.
        counted: All that in numbers; of an incident that is kept, its name alone.
        before: The incident or charter as it is.
        after: The same without what goes.

    """

    stored: Stored
    lines: tuple[tuple[int, str], ...]
    owed: tuple[tuple[str, str], ...]
    counted: Erasure
    before: Incident | Charter
    after: Incident | Charter

    def redaction(self, setup: Setup, entry: Entry) -> Redaction:
        """Say what the store takes out, beside the entry that says so."""
        left = self.after
        if isinstance(left, Charter):
            write = to_enact(setup, left, (entry,), self.stored.head)
        else:
            after = apply(left, entry)
            ahead = agenda(after)
            due_at = ahead[0].at if ahead else None
            commit = engine.Commit(left, after, (entry,), (), (), (), due_at)
            write = to_write(setup, commit, self.stored.head)
        return Redaction(write=write, personal=self.lines, owed=self.owed)


async def plan(setup: Setup, goes: Goes, subject: Subject) -> Plan | None:
    """Look what is to be taken out of one subject; None: nothing, or it is not there."""
    stored = await setup.store.load(Lookup(setup.tenant, By.OWED, subject.id, subject.kind))
    if stored is None:
        return None
    lines = (await setup.store.history(subject))[: stored.version]
    entries = read(setup.codec, subject.id, lines)
    left = goes.redacted(subject.id, lines, entries)
    gone = [*chain.from_iterable(map(_gone, lines, left))]
    texts = frozenset(each for each in gone if isinstance(each, str))
    owed = tuple(
        (each.key, rest) for each in stored.owed if (rest := goes.left_of(each, texts)) != each.body
    )
    if not (gone or owed):
        return None
    changed = tuple(
        (new.sequence, new.personal) for old, new in zip(lines, left, strict=True) if new is not old
    )
    entries = read(setup.codec, subject.id, left)
    if subject.kind == DESK:
        counted, charter = Erasure(texts=len(gone), desks=1), Charter(tenant=setup.tenant)
        was, after = setup.read_charter(stored), enact(charter, entries)
        return Plan(stored, changed, owed, counted, was, after)
    before = setup.read(stored)
    if not goes.concerns(before):
        return None
    if before.legal_holds:
        return Plan(stored, (), (), Erasure(held=(before.name,)), before, before)
    folded = fold(Incident(tenant=setup.tenant, id=subject.id), entries)
    counted = Erasure(1, len(gone), len(owed))
    return Plan(stored, changed, owed, counted, before, evolve(folded, number=stored.number))


def _gone(before: Line, after: Line) -> Iterable[object]:
    left = personal_values(after)
    return [value for path, value in personal_values(before).items() if path not in left]
