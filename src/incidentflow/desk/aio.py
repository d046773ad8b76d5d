"""The async desk: the same verbs, parameters and words as the sync one, awaited."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from inspect import isawaitable
from typing import ParamSpec, Self, TypeVar, Unpack

from attrs import evolve

from incidentflow import usecases
from incidentflow.desk.description import Description, describe
from incidentflow.desk.drivers import async_store, close_store
from incidentflow.desk.inputs import (
    Criteria,
    make_limit,
    make_page,
    make_report,
    make_search,
    make_setup,
)
from incidentflow.desk.sync import IncidentDesk
from incidentflow.incident import Command, Entry, Event, Incident
from incidentflow.lifecycle import Lifecycle, Option
from incidentflow.policy import Policy
from incidentflow.ports import AsyncStore, Clock, Entropy, Store
from incidentflow.process import Report
from incidentflow.process.reporting import ReportDetails
from incidentflow.profiles import ITIL
from incidentflow.usecases import Page, Reference, Ticked, Verification
from incidentflow.words import Actor, utc

P = ParamSpec("P")
T = TypeVar("T")


def documented_as(twin: Callable[..., object]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give an awaited verb the words of its sync twin, so that there is one text for both."""

    def document(verb: Callable[P, T]) -> Callable[P, T]:
        verb.__doc__ = twin.__doc__
        return verb

    return document


class AsyncIncidentDesk:
    """
    Incident management inside an asyncio application; as `IncidentDesk`, awaited.

    A sync store under it runs on one dedicated thread. A call that is cancelled during its commit
    has an unknown outcome: repeat it with the same key.
    """

    def __init__(
        self,
        store: str | Store | AsyncStore = "memory:",
        *,
        policy: Policy | None = None,
        lifecycle: Lifecycle = ITIL,
        tenant: str = "default",
        actor: Callable[[object], Actor] | None = None,
        clock: Clock | None = None,
        entropy: Entropy | None = None,
        events: Iterable[type[Event]] = (),
        commands: Iterable[type[Command]] = (),
    ) -> None:
        self._store = async_store(store)
        self._setup = make_setup(
            self._store,
            policy=policy,
            lifecycle=lifecycle,
            tenant=tenant,
            actor=actor,
            clock=clock,
            entropy=entropy,
            events=events,
            commands=commands,
        )

    @documented_as(IncidentDesk.report)
    async def report(
        self,
        title: str | Report,
        *then: Command,
        key: str | None = None,
        number: str | None = None,
        **details: Unpack[ReportDetails],
    ) -> Incident:
        command = make_report(title, details)
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

    @documented_as(IncidentDesk.get)
    async def get(self, incident: Reference) -> Incident:
        return await usecases.get(self._setup, incident)

    @documented_as(IncidentDesk.find)
    async def find(
        self,
        *,
        order: str = "newest",
        after: tuple[int, str] | None = None,
        limit: int = 100,
        **criteria: Unpack[Criteria],
    ) -> Page:
        search = make_search(criteria, self._setup.practice.policy)
        return await usecases.find(self._setup, search, *make_page(order, after, limit))

    @documented_as(IncidentDesk.history)
    async def history(self, incident: Reference) -> tuple[Entry, ...]:
        return await usecases.history(self._setup, incident)

    @documented_as(IncidentDesk.options)
    async def options(self, incident: Reference, *, by: Actor | str) -> tuple[Option, ...]:
        return await usecases.options(self._setup, incident, by)

    @documented_as(IncidentDesk.forecast)
    async def forecast(self, incident: Reference, until: datetime) -> tuple[Entry, ...]:
        return await usecases.forecast(self._setup, incident, utc(until, "until"))

    @documented_as(IncidentDesk.tick)
    async def tick(self, limit: int = 1000) -> Ticked:
        return await usecases.tick(self._setup, make_limit(limit))

    @documented_as(IncidentDesk.next_due)
    async def next_due(self) -> datetime | None:
        return await usecases.next_due(self._setup)

    @documented_as(IncidentDesk.verify)
    async def verify(self, incident: Reference | None = None) -> Verification:
        return await usecases.verify(self._setup, incident)

    @documented_as(IncidentDesk.describe)
    async def describe(self) -> Description:
        return await describe(self._setup)

    @documented_as(IncidentDesk.tenant)
    def tenant(self, name: str) -> Self:
        return self._view(evolve(self._setup, tenant=usecases.named(name, "tenant")))

    @asynccontextmanager
    @documented_as(IncidentDesk.batch)
    async def batch(self) -> AsyncIterator[Self]:
        overlay = usecases.Overlay(self._setup.store)
        try:
            yield self._view(evolve(self._setup, store=overlay))
        finally:
            overlay.end()
        await overlay.flush()

    @documented_as(IncidentDesk.close)
    async def close(self) -> None:
        closing = close_store(self._store)
        if isawaitable(closing):
            await closing

    async def __aenter__(self) -> Self:
        """Use the desk in an ``async with`` block."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close the store at the end of the block."""
        await self.close()

    def _view(self, setup: usecases.Setup) -> Self:
        view = object.__new__(type(self))
        view._store, view._setup = self._store, setup
        return view
