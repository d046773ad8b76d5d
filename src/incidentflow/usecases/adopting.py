"""
What a desk works by goes into its own journal, before anything is decided under it (rule J6).

The first commit of each desk object in each tenant looks whether the desk's journal names its
lifecycle and its policy. If not, their adoption is written in the same transaction. Inside a
transaction of the host, which may be taken back, every commit looks, until one outside has.
"""

from __future__ import annotations

from attrs import evolve

from incidentflow.charter import Adopt, Adopted, Adoption, Charter, PolicyAdopted
from incidentflow.errors import CommitConflict
from incidentflow.incident import Entry
from incidentflow.journal import genesis, read
from incidentflow.ports import By, Lookup, Write
from incidentflow.process.dating import Origin
from incidentflow.usecases.setup import Setup
from incidentflow.usecases.writing import to_enact
from incidentflow.words import SYSTEM, Actor

FIRST, AGAIN = "first used here", "used again"
REASONS = {Origin.LIVE: FIRST, Origin.IMPORTED: "used by an import"}


async def charter(setup: Setup) -> tuple[Charter, str]:
    """Read what the desk of this tenant has adopted, and its journal's head."""
    stored = await setup.store.load(Lookup(setup.tenant, By.ID, setup.desk.id, setup.desk.kind))
    if stored is None:
        return Charter(tenant=setup.tenant), genesis(setup.desk)
    return setup.read_charter(stored), stored.head


async def with_adoption(setup: Setup, write: Write) -> tuple[Write, ...]:
    """Put the adoption of what was decided under before a write, if it is not journaled yet."""
    if setup.tenant in setup.adopted:
        return (write,)
    asked = Adopt(by=SYSTEM, reason=REASONS[setup.practice.origin])
    before, head, entries = await _decided(setup, asked)
    if not entries:
        return (write,)
    if before.version and asked.reason == FIRST:
        entries = await _told_apart(setup, entries)
    return (to_enact(setup, before, entries, head), write)


async def adopt(setup: Setup, by: Actor | str, reason: str) -> tuple[Entry, ...]:
    """Adopt what the desk works by, as an actor and for a reason; nothing when that stands."""
    setup.require_host("adopt")
    asked = Adopt(by=setup.actor_of(by), reason=reason)
    for _ in range(setup.tries):
        before, head, entries = await _decided(setup, asked)
        try:
            await setup.store.commit((to_enact(setup, before, entries, head),) if entries else ())
        except CommitConflict as conflict:
            lost = conflict
        else:
            setup.remember_adoption()
            return entries
    raise lost


async def adoptions(setup: Setup) -> tuple[Entry, ...]:
    """Return the desk's own journal, which is the host's alone, as it is no incident's."""
    setup.require_host("adoptions")
    return await _journal(setup)


async def chosen(setup: Setup) -> Adopted | None:
    """
    Return the policy that somebody adopted last, where this desk works by another one.

    What the library alone adopted, at its first use, was chosen by nobody, and replaces no choice.
    """
    by_somebody = (
        each.event.adopted(each)
        for each in reversed(await _journal(setup))
        if isinstance(each.event, PolicyAdopted) and each.by != SYSTEM
    )
    last = next(by_somebody, None)
    works_by = setup.practice.policy.reference
    return last if last is not None and last.reference != works_by else None


async def _decided(setup: Setup, asked: Adopt) -> tuple[Charter, str, tuple[Entry, ...]]:
    before, head = await charter(setup)
    practice = setup.practice
    entries = asked.decide(before, practice.lifecycle, practice.policy, setup.now())
    return before, head, entries


async def _told_apart(setup: Setup, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    """Say of what was adopted earlier, and replaced since, that it is used again."""
    earlier = (each.event for each in await _journal(setup))
    known = {event.reference for event in earlier if isinstance(event, Adoption)}
    return tuple(_again(each, known) for each in entries)


def _again(entry: Entry, known: set[str]) -> Entry:
    event = entry.event
    if not isinstance(event, Adoption) or event.reference not in known:
        return entry
    return evolve(entry, event=evolve(event, reason=AGAIN))


async def _journal(setup: Setup) -> tuple[Entry, ...]:
    return read(setup.codec, setup.desk.id, await setup.store.history(setup.desk))
