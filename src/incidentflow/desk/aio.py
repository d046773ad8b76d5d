"""The async desk: the same verbs, parameters and words as the sync one, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from inspect import isawaitable
from typing import Self, Unpack

from incidentflow import usecases
from incidentflow.desk.aio_erasing import AsyncEraser
from incidentflow.desk.aio_reading import documented_as
from incidentflow.desk.drivers import close_store
from incidentflow.desk.inputs import make_limit, make_report
from incidentflow.desk.joining import joined
from incidentflow.desk.parts import Parts, make_plugins, make_setup
from incidentflow.desk.sends import TaskOutbox
from incidentflow.desk.sync import IncidentDesk
from incidentflow.desk.threads import async_store
from incidentflow.incident import Command, Entry, Incident
from incidentflow.ports import AsyncStore, Store
from incidentflow.process import Report
from incidentflow.process.reporting import ReportDetails
from incidentflow.usecases import Delivered, Reference, Ticked
from incidentflow.words import Actor, evolve


class AsyncIncidentDesk(AsyncEraser):
    """
    Incident management inside an asyncio application; as `IncidentDesk`, awaited.

    A sync store under it runs on one dedicated thread. A call that is cancelled during its commit
    has an unknown outcome: repeat it with the same key.
    """

    _is_view = False

    def __init__(
        self,
        store: str | Store | AsyncStore = "memory:",
        **parts: Unpack[Parts],
    ) -> None:
        plugins = make_plugins(parts)
        self._store = async_store(store, plugins.openers())
        self._setup = make_setup(self._store, parts, plugins, TaskOutbox)

    @documented_as(IncidentDesk.report)
    async def report(
        self,
        title: str | Report,
        *then: Command,
        key: str | None = None,
        number: str | None = None,
        **details: Unpack[ReportDetails],
    ) -> Incident:
        command = make_report(title, details, self._setup.viewer)
        return await usecases.report(self._setup, command, then, key=key, number=number)

    @documented_as(IncidentDesk.apply)
    async def apply(
        self,
        incident: Reference,
        *commands: Command,
        key: str | None = None,
        expect: int | None = None,
    ) -> Incident:
        return await usecases.apply(self._setup, incident, commands, key=key, expect=expect)

    @documented_as(IncidentDesk.adopt)
    async def adopt(self, *, by: Actor | str, reason: str) -> tuple[Entry, ...]:
        return await usecases.adopt(self._setup, by, reason)

    @documented_as(IncidentDesk.tick)
    async def tick(self, limit: int = 1000) -> Ticked:
        return await usecases.tick(self._setup, make_limit(limit))

    @documented_as(IncidentDesk.deliver)
    async def deliver(self, limit: int = 1000) -> Delivered:
        return await usecases.deliver(self._setup, make_limit(limit))

    @documented_as(IncidentDesk.tenant)
    def tenant(self, name: str) -> Self:
        return self._view(evolve(self._setup, tenant=usecases.named(name, "tenant")))

    @documented_as(IncidentDesk.using)
    def using(self, connection: object) -> Self:
        return self._view(joined(self._setup, self._store, connection))

    @documented_as(IncidentDesk.seen_by)
    def seen_by(self, actor: object) -> Self:
        return self._view(evolve(self._setup, viewer=self._setup.actor_of(actor)))

    @asynccontextmanager
    @documented_as(IncidentDesk.batch)
    async def batch(self) -> AsyncIterator[Self]:
        overlay = usecases.Overlay(self._setup.store)
        held = usecases.Held(self._setup.outside)
        setup = self._setup.over(overlay, held.instead)
        try:
            yield self._view(setup)
        finally:
            overlay.end()
        held.release(await overlay.flush())
        self._setup.adopted.update(setup.adopted)

    @documented_as(IncidentDesk.close)
    async def close(self) -> None:
        if self._is_view:
            return
        if self._setup.outbox is not None:
            self._setup.outbox.close()
        closing = close_store(self._store)
        if isawaitable(closing):
            await closing

    async def __aenter__(self) -> Self:
        """Use the desk in an ``async with`` block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the desk at the end of the block; not where this is a view of it."""
        await self.close()

    def _view(self, setup: usecases.Setup) -> Self:
        view = object.__new__(type(self))
        view._store, view._setup, view._is_view = self._store, setup, True
        return view
