"""Reading incidents: one, several, their timeline, their options, their future."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from attrs import evolve, field

from incidentflow import engine
from incidentflow.errors import Failure, UnreadableJournal
from incidentflow.incident import Category, Entry, Incident
from incidentflow.incident.clocks import next_breach
from incidentflow.journal import as_happened, read
from incidentflow.lifecycle import Openness, Option
from incidentflow.ports import EMPTIED, Order, Query, Stored
from incidentflow.usecases.changing import facts_for
from incidentflow.usecases.setup import Reference, Setup, load
from incidentflow.usecases.veiling import told, veiled
from incidentflow.words import MICROSECOND, Actor, FieldValue, Priority, from_micros, frozen

PAGE = 200
UNREADABLE = "(unreadable)"


@frozen
class Page:
    """
    Some of the incidents that were found, in order; iterate over it.

    Attributes:
        incidents: The incidents.
        after: What to give as ``after`` for the next page; None at the end.
        unreadable: Incidents that may fit, but that this release cannot read (rule J1).

    """

    incidents: tuple[Incident, ...]
    after: tuple[int, str] | None = None
    unreadable: tuple[UnreadableJournal, ...] = ()

    def __iter__(self) -> Iterator[Incident]:
        """Iterate over the incidents."""
        return iter(self.incidents)

    def __len__(self) -> int:
        """Count the incidents of this page."""
        return len(self.incidents)


@frozen(kw_only=True)
class Search:
    """What to find; everything that is given must fit."""

    states: tuple[str, ...] = ()
    categories: tuple[Category, ...] = ()
    priority: Priority | None = None
    service: str | None = None
    team: str | None = None
    assignee: str | None = None
    fields: Mapping[str, FieldValue] = field(factory=dict)
    breaches_by: datetime | None = None

    def fits(self, incident: Incident) -> bool:
        """Whether an incident is one of those that are looked for."""
        return (
            (not self.states or incident.state in self.states)
            and (not self.categories or incident.place.category in self.categories)
            and (
                self.priority is None
                or (incident.priority is not None and incident.priority <= self.priority)
            )
            and self.service in (None, incident.service)
            and self.team in (None, incident.team)
            and self.assignee in (None, incident.assignee)
            and all(incident.field(name) == value for name, value in self.fields.items())
            and (self.breaches_by is None or _breaches(incident, self.breaches_by))
        )

    def ends_before(self, last: Stored) -> bool:
        """Whether nothing that is due later can fit: a breach is due when its clock is (K18)."""
        return self.breaches_by is not None and (
            from_micros(last.due_at or 0) > self.breaches_by + MICROSECOND
        )


async def get(setup: Setup, reference: Reference) -> Incident:
    """Load one incident."""
    return await veiled(setup, setup.read(await load(setup, reference)))


async def find(
    setup: Setup,
    search: Search,
    order: Order = Order.NEWEST,
    after: tuple[int, str] | None = None,
    limit: int = 100,
) -> Page:
    """
    Find incidents, one page; the store may answer with more than fits.

    It is asked for as many as are wanted, and where not all of those fit, for many at a time.
    """
    found: list[Incident] = []
    unreadable: list[UnreadableJournal] = []
    query = evolve(_query(setup, search, order, after), limit=limit)
    while True:
        rows = await setup.store.find(query)
        for stored, one in _sift(setup, search, rows):
            if isinstance(one, UnreadableJournal):
                unreadable.append(one)
                continue
            found.append(await veiled(setup, one))
            if len(found) == limit:
                return Page(tuple(found), stored.cursor, tuple(unreadable))
        if len(rows) < query.limit or (order is Order.DUE and search.ends_before(rows[-1])):
            return Page(tuple(found), None, tuple(unreadable))
        query = evolve(query.past(rows[-1]), limit=max(PAGE, limit - len(found)))


async def history(setup: Setup, reference: Reference) -> tuple[Entry, ...]:
    """Return the timeline: by world-time, source sequence, record order (rule J4)."""
    stored = await load(setup, reference)
    lines = await setup.store.history(stored.subject)
    return as_happened(await told(setup, read(setup.codec, stored.subject.id, lines)))


async def options(
    setup: Setup, reference: Reference, by: Actor | str | None = None
) -> tuple[Option, ...]:
    """List every step from here, as it is for this actor (rule L5)."""
    actor = setup.acting(setup.viewer if by is None else by)
    incident = setup.read(await load(setup, reference))
    facts = await facts_for(setup.as_seen_by(actor), incident, ())
    found = engine.options(incident, actor, setup.practice, setup.now(), facts)
    return tuple(_as_allowed(setup, actor, incident, option) for option in found)


def _as_allowed(setup: Setup, actor: Actor, incident: Incident, option: Option) -> Option:
    denied = setup.outside.denial(actor, option.trigger, incident)
    if denied is None:
        return option
    return evolve(
        option,
        openness=Openness.CLOSED,
        inputs=(),
        because=(Failure(denied.code, {"text": denied.reason}),),
    )


async def forecast(setup: Setup, reference: Reference, until: datetime) -> tuple[Entry, ...]:
    """List what will happen until an instant if nobody acts."""
    incident = setup.read(await load(setup, reference))
    return engine.forecast(incident, setup.practice, until, setup.now())


async def next_due(setup: Setup) -> datetime | None:
    """Return when the next thing of this tenant is due, or None."""
    query = Query(tenant=setup.tenant, order=Order.DUE, limit=1)
    while rows := await setup.store.find(query):
        for stored in rows:
            if stored.due_at is not None and setup.shows(stored):
                return from_micros(stored.due_at)
        query = evolve(query.past(rows[-1]), limit=PAGE)
    return None


async def strangers(setup: Setup) -> dict[str, int]:
    """Count incidents in states that the lifecycle no longer has, by state (rule L12)."""
    known = tuple(setup.practice.lifecycle.places)
    counts: dict[str, int] = {}
    query = Query(tenant=setup.tenant, other_states=known, limit=PAGE)
    while rows := await setup.store.find(query):
        for stored in filter(setup.shows, rows):
            incident = _try_to_read(setup, stored)
            state = incident.state if isinstance(incident, Incident) else UNREADABLE
            counts[state] = counts.get(state, 0) + 1
        query = query.past(rows[-1])
    return counts


def _breaches(incident: Incident, by: datetime) -> bool:
    clock = next_breach(incident.clocks)
    return clock is not None and clock.due is not None and clock.due <= by


def _sift(
    setup: Setup, search: Search, rows: Iterable[Stored]
) -> Iterator[tuple[Stored, Incident | UnreadableJournal]]:
    """Give each row that the viewer may see and that fits, or that may and cannot be read."""
    for stored in filter(setup.shows, rows):
        one = _try_to_read(setup, stored)
        if isinstance(one, UnreadableJournal) or search.fits(one):
            yield stored, one


def _try_to_read(setup: Setup, stored: Stored) -> Incident | UnreadableJournal:
    try:
        return setup.read(stored)
    except UnreadableJournal as error:
        return error


def _kept_as(categories: Iterable[Category]) -> Iterator[str]:
    for category in categories:
        yield category.value
        if category is Category.TERMINAL:
            yield EMPTIED


def _query(setup: Setup, search: Search, order: Order, after: tuple[int, str] | None) -> Query:
    return Query(
        tenant=setup.tenant,
        states=search.states,
        categories=tuple(_kept_as(search.categories)),
        priority=search.priority,
        service=search.service,
        team=search.team,
        assignee=search.assignee,
        fields=search.fields,
        order=order,
        after=after,
    )
