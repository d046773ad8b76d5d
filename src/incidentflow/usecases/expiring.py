"""
Retention: erasing from finished incidents what the policy no longer lets be kept (rule J8).

Only incidents are looked at that stand terminal, began long enough ago and are not emptied yet,
page by page, by their snapshots. The journal is read of those alone whose time is over.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from incidentflow.charter import Charter
from incidentflow.codec import canonical
from incidentflow.incident import Category, Entry, Incident
from incidentflow.journal import redact
from incidentflow.policy import Policy
from incidentflow.ports import Line, Owed, OwedKind, Query, Stored
from incidentflow.process.retention import Erased, is_expired
from incidentflow.usecases.persons import WHO_ACTED, without
from incidentflow.usecases.redacting import Erasure
from incidentflow.usecases.setup import Setup
from incidentflow.usecases.sweeping import Work, count, require_erasing, sweep, take_out, why_of
from incidentflow.words import ActorKind, frozen, micros


@frozen
class Expired:
    """
    Everything personal of an incident whose time is over; who erased from it stays.

    Attributes:
        policy: How long what is kept.
        now: The present instant.

    """

    policy: Policy
    now: datetime
    is_all = True

    def concerns(self, before: Incident | Charter) -> bool:
        """Whether its time is over."""
        return isinstance(before, Incident) and is_expired(before, self.policy, self.now)

    def redacted(
        self, subject: str, lines: Sequence[Line], entries: Sequence[Entry]
    ) -> tuple[Line, ...]:
        """Take out all but who erased, when and why; and which monitor or service acted."""
        del subject
        pairs = zip(lines, entries, strict=True)
        return tuple(_emptied(line, entry) for line, entry in pairs)

    def left_of(self, owed: Owed, gone: frozenset[str]) -> str:
        """Return nothing of a message, and of a command what is not personal."""
        if owed.kind is OwedKind.MESSAGE or not owed.body:
            return ""
        data = json.loads(owed.body)
        return canonical({**data, "command": without(data["command"], gone.__contains__)})


async def expired(setup: Setup) -> Erasure:
    """Count what is kept longer than the policy says."""
    setup.require_host("expired")
    goes = Expired(setup.practice.policy, setup.now())
    return await _each(setup, goes, lambda row: count(setup, goes, row))


async def erase_expired(setup: Setup, by: object, reason: str) -> Erasure:
    """Take out what is kept longer than the policy says, and wipe the store."""
    require_erasing(setup, "erase_expired")
    actor, why = setup.actor_of(by), why_of(reason)
    goes = Expired(setup.practice.policy, setup.now())
    erased = await _each(setup, goes, lambda row: take_out(setup, goes, row, actor, why))
    await setup.store.erase(())
    return erased


async def _each(setup: Setup, goes: Expired, work: Work) -> Erasure:
    if not goes.policy.retention:
        return Erasure()

    async def if_over(row: Stored) -> Erasure:
        incident = setup.read(row)
        if not goes.concerns(incident):
            return Erasure()
        return Erasure(held=(incident.name,)) if incident.legal_holds else await work(row)

    least = min(rule.keep for rule in goes.policy.retention)
    ended_by = micros(goes.now - least) + 1
    query = Query(tenant=setup.tenant, categories=(Category.TERMINAL.value,), until=ended_by)
    return await sweep(setup, query, if_over)


def _emptied(line: Line, entry: Entry) -> Line:
    if isinstance(entry.event, Erased):
        return line
    is_person = entry.by.kind is ActorKind.PERSON
    return redact(line, lambda path, _: is_person or not path.startswith(WHO_ACTED))
