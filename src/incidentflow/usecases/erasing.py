"""
Erasing what is a person's: the one write beside the door, itself journaled (rule J8).

One subject after another, each as one transaction: an erasure that was interrupted is repeated,
and finds what is left.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import attrs

from incidentflow.charter import AdoptersErased, Charter
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    MissingCapability,
    StoreError,
    shorten,
)
from incidentflow.incident import Entry, Occurrence
from incidentflow.ports import Query, Subject
from incidentflow.process.retention import Erased
from incidentflow.usecases.persons import Person
from incidentflow.usecases.redacting import PERSONAL_KINDS, Erasure, Plan, plan
from incidentflow.usecases.setup import TRIES, Reference, Setup, load, named
from incidentflow.words import MAX_TEXT, visible

PAGE = 200
CAPABILITY = "erases"


async def person_of(
    setup: Setup, person: object, names: Iterable[str], incidents: Iterable[Reference]
) -> Person:
    """
    Read who is to be erased, and what belongs to them beside.

    Raises:
        InvalidInput: It is no actor, or a name is blank.
        IncidentNotFound: An incident is not there.

    """
    for field, given in (("names", names), ("incidents", incidents)):
        if isinstance(given, (str, bytes)) or not isinstance(given, Iterable):
            raise InvalidInput(field, shorten(given), "is no list of them; give [one] or several")
    try:
        actor = setup.actor_of(person)
    except InvalidInput as error:
        raise InvalidInput("person", error.value, error.problem) from None
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

    async def count(subject: Subject) -> Erasure:
        planned = await plan(setup, whose, subject)
        return planned.counted if planned else Erasure()

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
    """Take out of every subject of this tenant what is a person's, and wipe the store."""
    setup.require_host("erase")
    if CAPABILITY not in setup.store.capabilities:
        raise MissingCapability(CAPABILITY, setup.store.name)
    whose = await person_of(setup, person, names, incidents)
    tombstone = _tombstone(setup, whose, by, reason)

    async def take_out(subject: Subject) -> Erasure:
        for _ in range(TRIES):
            planned = await plan(setup, whose, subject)
            if planned is None or planned.counted.held:
                return planned.counted if planned else Erasure()
            try:
                await setup.store.erase((planned.redaction(setup, tombstone(planned)),))
            except CommitConflict as conflict:
                lost = conflict
            else:
                return planned.counted
        return Erasure(failed=((subject.id, lost),))

    erased = await _each(setup, take_out)
    await setup.store.erase(())
    return erased


async def _each(setup: Setup, work: Callable[[Subject], Coroutine[Any, Any, Erasure]]) -> Erasure:
    total = Erasure()
    for kind in PERSONAL_KINDS:
        after = None
        query = Query(tenant=setup.tenant, kind=kind, limit=PAGE)
        while rows := await setup.store.find(attrs.evolve(query, after=after)):
            for row in rows:
                try:
                    total += await work(row.subject)
                except StoreError:
                    raise
                except Exception as error:  # noqa: BLE001 - a host's event included: nobody is held up
                    total += Erasure(failed=((row.subject.id, error),))
            after = (0, rows[-1].subject.id)
    return total


def _tombstone(setup: Setup, whose: Person, by: object, reason: str) -> Callable[[Plan], Entry]:
    actor = setup.actor_of(by)
    if actor.kind is whose.actor.kind and whose.is_named(actor.id):
        problem = "would be named by the erasure itself; let somebody else ask for it"
        raise InvalidInput("by", shorten(str(actor)), problem)
    why = visible(reason, "reason", MAX_TEXT, "\n\r\t")
    if attrs.evolve(whose, names=(*whose.names, whose.actor.id)).is_mentioned(why):
        problem = "names the person, and stays in the journal; say why without naming them"
        raise InvalidInput("reason", shorten(reason), problem)

    def entry(plan: Plan) -> Entry:
        counted, before = plan.counted, plan.before
        at = max(setup.now(), before.updated_at)
        if isinstance(before, Charter):
            erased: Occurrence = AdoptersErased(counted.texts, why)
        else:
            setup.permit(actor, "erase", before)
            erased = Erased(counted.texts, counted.owed, before.counts, why)
        return Entry(plan.stored.version + 1, at, at, actor, erased)

    return entry
