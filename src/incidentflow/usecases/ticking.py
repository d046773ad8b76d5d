"""Letting time pass: what is due happens, through the same door (rules K18 and K19)."""

from __future__ import annotations

from datetime import timedelta

import attrs

from incidentflow.errors import StoreError
from incidentflow.incident import Incident
from incidentflow.process.agenda import Tick
from incidentflow.usecases.changing import change
from incidentflow.usecases.delivering import Delivered, deliver
from incidentflow.usecases.health import beat
from incidentflow.usecases.setup import Setup
from incidentflow.words import MICROSECOND, SYSTEM, evolve, frozen, micros

LEASE = timedelta(seconds=30) // MICROSECOND
BATCH = 100


@frozen
class Ticked:
    """
    What one tick did.

    Attributes:
        incidents: The incidents that were due, as they stand now.
        failed: For each incident that could not be ticked: its id and why; it is tried again
            later, and holds nobody up.
        delivered: What was owed and carried out.

    """

    incidents: tuple[Incident, ...]
    failed: tuple[tuple[str, Exception], ...] = ()
    delivered: Delivered = Delivered()


async def tick(setup: Setup, limit: int) -> Ticked:
    """Make everything happen that is due now, and carry out what is owed, in all tenants."""
    setup.require_host("tick")
    ticked = await tick_due(setup, limit)
    if setup.is_joined:
        return ticked
    await beat(setup)
    return attrs.evolve(ticked, delivered=await deliver(setup, limit))


async def tick_due(setup: Setup, limit: int) -> Ticked:
    """Make everything happen that is due now, in all tenants."""
    now = micros(setup.now())
    changed: list[Incident] = []
    failed: list[tuple[str, Exception]] = []
    looked = 0
    while looked < limit:
        subjects = await setup.store.due(now, min(BATCH, limit - looked), LEASE)
        looked += len(subjects)
        for subject in subjects:
            there = evolve(setup, tenant=subject.tenant)
            try:
                changed.append(await change(there, subject.id, (Tick(by=SYSTEM),)))
            except StoreError:
                raise
            except Exception as error:  # noqa: BLE001 - a host's guard included: nobody is held up
                failed.append((subject.id, error))
        if not subjects:
            break
    return Ticked(tuple(changed), tuple(failed))
