"""
Erasing what is a person's: the one write beside the door, itself journaled (rule J8).

One subject after another, each as one transaction: an erasure that was interrupted is repeated,
and finds what is left.
"""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from incidentflow.errors import InvalidInput
from incidentflow.ports import Query
from incidentflow.usecases.persons import Person
from incidentflow.usecases.redacting import PERSONAL_KINDS, Erasure
from incidentflow.usecases.setup import Reference, Setup, load, named
from incidentflow.usecases.sweeping import Work, count, require_erasing, sweep, take_out, why_of
from incidentflow.words import Actor


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
            raise InvalidInput.of(field, given, "list.none")
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
    return await _each(setup, lambda row: count(setup, whose, row))


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
    require_erasing(setup, "erase")
    whose = await person_of(setup, person, names, incidents)
    actor, why = _asked(setup, whose, by, reason)
    erased = await _each(setup, lambda row: take_out(setup, whose, row, actor, why))
    await setup.store.erase(())
    return erased


async def _each(setup: Setup, work: Work) -> Erasure:
    total = Erasure()
    for kind in PERSONAL_KINDS:
        total += await sweep(setup, Query(tenant=setup.tenant, kind=kind), work)
    return total


def _asked(setup: Setup, whose: Person, by: object, reason: object) -> tuple[Actor, str]:
    """Check who erases and why: neither may name the person."""
    actor = setup.actor_of(by)
    if actor.kind is whose.actor.kind and whose.is_named(actor.id):
        raise InvalidInput.of("by", str(actor), "erasure.self")
    why = why_of(reason)
    if attrs.evolve(whose, names=(*whose.names, whose.actor.id)).is_mentioned(why):
        raise InvalidInput.of("reason", reason, "erasure.named")
    return actor, why
