"""
Erasing what is a person's: the one write beside the door, itself journaled (rule J8).

One incident after another, each as one transaction: an erasure that was interrupted is repeated,
and finds what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from itertools import chain
from typing import Any

import attrs
from attrs import frozen

from incidentflow import engine
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    MissingCapability,
    StoreError,
    shorten,
)
from incidentflow.incident import Entry, Incident, apply
from incidentflow.journal import fold, personal_values, read
from incidentflow.ports import By, Line, Lookup, Query, Redaction, Stored
from incidentflow.process.agenda import agenda
from incidentflow.process.retention import Erased
from incidentflow.usecases.persons import Person
from incidentflow.usecases.setup import TRIES, Reference, Setup, load, named
from incidentflow.usecases.writing import to_write
from incidentflow.words import MAX_TEXT, checked, evolve

PAGE = 200
CAPABILITY = "erases"


@frozen
class Erasure:
    """
    What was erased, or would be.

    Attributes:
        incidents: How many incidents something was taken out of.
        texts: How many personal values were taken out of their journals.
        owed: How many of the things that they owe were taken out or changed.
        held: The incidents that are kept for a legal matter, and were left whole.
        failed: For each incident that could not be erased from: its id and why.

    """

    incidents: int = 0
    texts: int = 0
    owed: int = 0
    held: tuple[str, ...] = ()
    failed: tuple[tuple[str, Exception], ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left that should go."""
        return not (self.held or self.failed)

    @property
    def is_empty(self) -> bool:
        """Whether there was nothing to take out."""
        return not self.incidents

    def __add__(self, other: Erasure) -> Erasure:
        """Count both together."""
        return Erasure(
            self.incidents + other.incidents,
            self.texts + other.texts,
            self.owed + other.owed,
            self.held + other.held,
            self.failed + other.failed,
        )


@frozen
class _Plan:
    """What is to be taken out of one incident."""

    stored: Stored
    lines: tuple[tuple[int, str], ...]
    owed: tuple[tuple[str, str], ...]
    counted: Erasure
    before: Incident
    after: Incident


async def person_of(
    setup: Setup, person: object, names: Iterable[str], incidents: Iterable[Reference]
) -> Person:
    """
    Read who is to be erased, and what belongs to them beside.

    Raises:
        InvalidInput: It is no actor, or a name is blank.
        IncidentNotFound: An incident is not there.

    """
    if isinstance(names, str):
        raise InvalidInput("names", shorten(names), "is one name; give several, as a list")
    if isinstance(incidents, (str, Incident)):
        raise InvalidInput("incidents", shorten(incidents), "is one; give several, as a list")
    actor = setup.actor_of(person)
    shown = (actor.name,) if actor.name else ()
    others = tuple(named(name, "names") for name in (*shown, *names))
    whole = frozenset([(await load(setup, each)).subject.id for each in incidents])
    return Person(actor, others, whole)


async def traces(
    setup: Setup, person: object, names: Iterable[str], incidents: Iterable[Reference]
) -> Erasure:
    """Count what erasing a person would take out."""
    setup.require_host("traces")
    whose = await person_of(setup, person, names, incidents)

    async def count(incident: str) -> Erasure:
        plan = await _plan(setup, whose, incident)
        return plan.counted if plan else Erasure()

    return await _each(setup, count)


async def erase(
    setup: Setup,
    person: object,
    *,
    by: object,
    reason: str,
    names: Iterable[str],
    incidents: Iterable[Reference],
) -> Erasure:
    """Take out of every incident of this tenant what is a person's, and wipe the store."""
    setup.require_host("erase")
    if CAPABILITY not in setup.store.capabilities:
        raise MissingCapability(CAPABILITY, setup.store.name)
    whose = await person_of(setup, person, names, incidents)
    tombstone = _tombstone(setup, whose, by, reason)

    async def take_out(incident: str) -> Erasure:
        for _ in range(TRIES):
            plan = await _plan(setup, whose, incident)
            if plan is None or plan.counted.held:
                return plan.counted if plan else Erasure()
            try:
                await setup.store.erase((_redaction(setup, plan, tombstone(plan)),))
            except CommitConflict as conflict:
                lost = conflict
            else:
                return plan.counted
        return Erasure(failed=((incident, lost),))

    erased = await _each(setup, take_out)
    await setup.store.erase(())
    return erased


async def _each(setup: Setup, work: Callable[[str], Coroutine[Any, Any, Erasure]]) -> Erasure:
    total, query = Erasure(), Query(tenant=setup.tenant, limit=PAGE)
    while rows := await setup.store.find(query):
        for row in rows:
            try:
                total += await work(row.subject.id)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - a host's event included: nobody is held up
                total += Erasure(failed=((row.subject.id, error),))
        query = query.past(rows[-1])
    return total


async def _plan(setup: Setup, whose: Person, incident: str) -> _Plan | None:
    stored = await setup.store.load(Lookup(setup.tenant, By.OWED, incident))
    if stored is None:
        return None
    lines = (await setup.store.history(stored.subject))[: stored.version]
    entries = read(setup.codec, incident, lines)
    left = whose.redacted(incident, lines, entries)
    gone = [*chain.from_iterable(map(_gone, lines, left))]
    texts = frozenset(each for each in gone if isinstance(each, str))
    owed = tuple(
        (each.key, rest)
        for each in stored.owed
        if (rest := whose.left_of(each, texts)) != each.body
    )
    if not (gone or owed):
        return None
    before = setup.read(stored)
    if before.legal_holds:
        return _Plan(stored, (), (), Erasure(held=(before.name,)), before, before)
    blank = Incident(tenant=setup.tenant, id=incident)
    after = fold(blank, read(setup.codec, incident, left))
    changed = zip(lines, left, strict=True)
    return _Plan(
        stored,
        tuple((new.sequence, new.personal) for old, new in changed if new is not old),
        owed,
        Erasure(1, len(gone), len(owed)),
        before,
        evolve(after, number=stored.number),
    )


def _gone(before: Line, after: Line) -> Iterable[object]:
    left = personal_values(after)
    return [value for path, value in personal_values(before).items() if path not in left]


def _tombstone(setup: Setup, whose: Person, by: object, reason: str) -> Callable[[_Plan], Entry]:
    actor = setup.actor_of(by)
    if actor.kind is whose.actor.kind and whose.is_named(actor.id):
        problem = "would be named by the erasure itself; let somebody else ask for it"
        raise InvalidInput("by", shorten(str(actor)), problem)
    why = checked(reason, "reason", MAX_TEXT, "\n\r\t")
    if not why:
        raise InvalidInput("reason", shorten(reason), "is blank; say why")
    if attrs.evolve(whose, names=(*whose.names, whose.actor.id)).is_mentioned(why):
        problem = "names the person, and stays in the journal; say why without naming them"
        raise InvalidInput("reason", shorten(reason), problem)

    def entry(plan: _Plan) -> Entry:
        setup.permit(actor, "erase", plan.before)
        at = max(setup.now(), plan.before.updated_at)
        counted = plan.counted
        erased = Erased(counted.texts, counted.owed, plan.before.counts, why)
        return Entry(plan.stored.version + 1, at, at, actor, erased)

    return entry


def _redaction(setup: Setup, plan: _Plan, entry: Entry) -> Redaction:
    after = apply(plan.after, entry)
    ahead = agenda(after)
    due_at = ahead[0].at if ahead else None
    commit = engine.Commit(plan.before, after, (entry,), (), (), (), due_at)
    return Redaction(
        write=to_write(setup, commit, plan.stored.head), personal=plan.lines, owed=plan.owed
    )
