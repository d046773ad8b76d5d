"""Erasing from one subject after another, each as one transaction of its own (rule J8)."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from attrs import evolve

from incidentflow.charter import AdoptersErased, Charter
from incidentflow.errors import CommitConflict, MissingCapability, StoreError
from incidentflow.incident import Entry, Occurrence
from incidentflow.ports import Query, Stored
from incidentflow.process.retention import Erased
from incidentflow.usecases.redacting import Erasure, Goes, Plan, plan
from incidentflow.usecases.setup import TRIES, Setup
from incidentflow.words import MAX_TEXT, Actor, visible

PAGE = 200
CAPABILITY = "erases"
Work = Callable[[Stored], Coroutine[Any, Any, Erasure]]


def require_erasing(setup: Setup, verb: str) -> None:
    """
    Refuse to erase where that cannot be done.

    Raises:
        InvalidInput: This is a view for somebody.
        MissingCapability: The store cannot erase.

    """
    setup.require_host(verb)
    if CAPABILITY not in setup.store.capabilities:
        raise MissingCapability(CAPABILITY, setup.store.name)


def why_of(reason: object) -> str:
    """
    Check why something is erased; it stays in the journal.

    Raises:
        InvalidInput: It is no visible text, or too long.

    """
    return visible(reason, "reason", MAX_TEXT, "\n\r\t")


async def sweep(setup: Setup, query: Query, work: Work) -> Erasure:
    """Do some work for everything that is found, one after another; nobody is held up."""
    total, query = Erasure(), evolve(query, limit=PAGE)
    while True:
        rows = await setup.store.find(query)
        for row in rows:
            try:
                total += await work(row)
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - a host's event included: nobody is held up
                total += Erasure(failed=((row.subject.id, error),))
        if len(rows) < PAGE:
            return total
        query = query.past(rows[-1])


async def count(setup: Setup, goes: Goes, row: Stored) -> Erasure:
    """Count what would be taken out of one subject."""
    planned = await plan(setup, goes, row.subject)
    return planned.counted if planned else Erasure()


async def take_out(setup: Setup, goes: Goes, row: Stored, by: Actor, why: str) -> Erasure:
    """Take out of one subject what goes, unless it is kept; again when somebody was faster."""
    for _ in range(TRIES):
        planned = await plan(setup, goes, row.subject)
        if planned is None or planned.counted.held:
            return planned.counted if planned else Erasure()
        entry = _tombstone(setup, planned, goes, by, why)
        try:
            await setup.store.erase((planned.redaction(setup, entry),))
        except CommitConflict as conflict:
            lost = conflict
        else:
            return planned.counted
    return Erasure(failed=((row.subject.id, lost),))


def _tombstone(setup: Setup, planned: Plan, goes: Goes, by: Actor, why: str) -> Entry:
    counted, before = planned.counted, planned.before
    at = max(setup.now(), before.updated_at)
    if isinstance(before, Charter):
        erased: Occurrence = AdoptersErased(counted.texts, why)
    else:
        setup.permit(by, "erase", before, before.name)
        erased = Erased(
            counted.texts, counted.owed, before.counts, why, goes.is_all, before.updated_at
        )
    return Entry(planned.stored.version + 1, at, at, by, erased)
