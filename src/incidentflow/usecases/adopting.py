"""
What a desk works by goes into its own journal, before anything is decided under it (rule J6).

The first commit of each desk object in each tenant looks whether the desk's journal names its
lifecycle and its policy. If not, their adoption is written in the same transaction. Inside a
transaction of the host, which may be taken back, every commit looks, until one outside has.
"""

from __future__ import annotations

from incidentflow.charter import Adopt, Charter
from incidentflow.errors import CommitConflict
from incidentflow.incident import Entry
from incidentflow.journal import genesis, read
from incidentflow.ports import By, Lookup, Write
from incidentflow.process.dating import Origin
from incidentflow.usecases.setup import Setup
from incidentflow.usecases.writing import to_enact
from incidentflow.words import SYSTEM, Actor

REASONS = {Origin.LIVE: "first used here", Origin.IMPORTED: "used by an import"}


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
    adoption, _ = await _adopted(setup, Adopt(by=SYSTEM, reason=REASONS[setup.practice.origin]))
    return (write,) if adoption is None else (adoption, write)


async def adopt(setup: Setup, by: Actor | str, reason: str) -> tuple[Entry, ...]:
    """Adopt what the desk works by, as an actor and for a reason; nothing when that stands."""
    setup.require_host("adopt")
    asked = Adopt(by=setup.actor_of(by), reason=reason)
    for _ in range(setup.tries):
        write, entries = await _adopted(setup, asked)
        try:
            await setup.store.commit(() if write is None else (write,))
        except CommitConflict as conflict:
            lost = conflict
        else:
            setup.remember_adoption()
            return entries
    raise lost


async def adoptions(setup: Setup) -> tuple[Entry, ...]:
    """Return the desk's own journal, which is the host's alone, as it is no incident's."""
    setup.require_host("adoptions")
    return read(setup.codec, setup.desk.id, await setup.store.history(setup.desk))


async def _adopted(setup: Setup, asked: Adopt) -> tuple[Write | None, tuple[Entry, ...]]:
    before, head = await charter(setup)
    practice = setup.practice
    entries = asked.decide(before, practice.lifecycle, practice.policy, setup.now())
    return (to_enact(setup, before, entries, head) if entries else None), entries
