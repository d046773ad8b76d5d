"""What an async desk shows: the verbs of `Reader`, awaited."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, tzinfo
from typing import ParamSpec, TypeVar, Unpack

from incidentflow import usecases
from incidentflow.codec import Codec
from incidentflow.desk.description import Description, describe
from incidentflow.desk.inputs import Criteria, make_backtest, make_limit, make_page, make_search
from incidentflow.desk.reading import Reader
from incidentflow.exports import ExportPage, Seal, Verification
from incidentflow.incident import Entry, Incident
from incidentflow.lifecycle import Option
from incidentflow.metrics import Exceptions, Metric, MetricsReport, Period
from incidentflow.policy import Policy
from incidentflow.usecases import Backtested, Health, Page, Reference, Setup
from incidentflow.words import Actor, utc

P = ParamSpec("P")
T = TypeVar("T")


def documented_as(twin: Callable[..., object]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Give an awaited verb the words of its sync twin, so that there is one text for both."""

    def document(verb: Callable[P, T]) -> Callable[P, T]:
        verb.__doc__ = twin.__doc__
        return verb

    return document


class AsyncReader:
    """The verbs of an async desk that read."""

    _setup: Setup

    @property
    def codec(self) -> Codec:
        """What reads this desk's kinds of event, its plugins' too; see `verify_export`."""
        return self._setup.codec

    @documented_as(Reader.get)
    async def get(self, incident: Reference) -> Incident:
        return await usecases.get(self._setup, incident)

    @documented_as(Reader.find)
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

    @documented_as(Reader.history)
    async def history(self, incident: Reference) -> tuple[Entry, ...]:
        return await usecases.history(self._setup, incident)

    @documented_as(Reader.options)
    async def options(
        self, incident: Reference, *, by: Actor | str | None = None
    ) -> tuple[Option, ...]:
        return await usecases.options(self._setup, incident, by)

    @documented_as(Reader.forecast)
    async def forecast(self, incident: Reference, until: datetime) -> tuple[Entry, ...]:
        return await usecases.forecast(self._setup, incident, utc(until, "until"))

    @documented_as(Reader.next_due)
    async def next_due(self) -> datetime | None:
        return await usecases.next_due(self._setup)

    @documented_as(Reader.health)
    async def health(self) -> Health:
        return await usecases.health(self._setup)

    @documented_as(Reader.verify)
    async def verify(
        self, incident: Reference | None = None, *, seal: Seal | None = None
    ) -> Verification:
        return await usecases.verify(self._setup, incident, seal)

    @documented_as(Reader.seal)
    async def seal(self) -> Seal:
        return await usecases.seal(self._setup)

    @documented_as(Reader.export)
    async def export(
        self, *, after: str | None = None, limit: int = 100, personal: str = "included"
    ) -> ExportPage:
        return await usecases.export(self._setup, after, make_limit(limit), personal)

    @documented_as(Reader.metrics)
    async def metrics(
        self,
        *metrics: Metric,
        by: str | Iterable[str] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        zone: tzinfo = UTC,
    ) -> MetricsReport:
        period = Period(since, until, zone)
        return await usecases.measure(self._setup, metrics, by, period)

    @documented_as(Reader.exceptions)
    async def exceptions(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        after: tuple[int, str] | None = None,
        limit: int = 1000,
    ) -> Exceptions:
        _, cursor, most = make_page("newest", after, limit)
        period = Period(since, until)
        return await usecases.list_exceptions(self._setup, period, cursor, most)

    @documented_as(Reader.backtest)
    async def backtest(
        self,
        policy: Policy,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Backtested:
        asked = make_backtest(self._setup, policy, since, until, progress)
        return await usecases.backtest(self._setup, *asked)

    @documented_as(Reader.adoptions)
    async def adoptions(self) -> tuple[Entry, ...]:
        return await usecases.adoptions(self._setup)

    @documented_as(Reader.describe)
    async def describe(self) -> Description:
        return await describe(self._setup)
