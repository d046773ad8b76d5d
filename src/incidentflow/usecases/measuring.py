"""Measuring: metrics and exceptions, gathered page by page over what is stored (rules M1 to M4)."""

from __future__ import annotations

from collections.abc import Sequence

from incidentflow import metrics
from incidentflow.errors import UnreadableJournal
from incidentflow.incident import Entry, Incident
from incidentflow.journal import read
from incidentflow.metrics import Exceptional, Exceptions, Gathering, Life, MetricsReport, Period
from incidentflow.metrics.attainment import require_clocks
from incidentflow.ports import Order, Query, Stored
from incidentflow.usecases.setup import Setup
from incidentflow.words import micros

PAGE = 200


async def measure(
    setup: Setup, what: Sequence[metrics.Metric], by: object, period: Period
) -> MetricsReport:
    """Measure all incidents that the viewer may see."""
    now = setup.now()
    policy = setup.practice.policy
    keys = metrics.make_keys(by, policy.fields)
    asked = what or metrics.standard(policy)
    gathering = Gathering(asked, keys, period, now)
    unreadable: list[UnreadableJournal] = []
    query = query_of(setup, period)
    while rows := await setup.store.find(query):
        for stored in filter(setup.shows, rows):
            try:
                incident = setup.read(stored)
                needed = gathering.needs_journal(incident)
                entries = await journal_of(setup, stored, incident) if needed else ()
            except UnreadableJournal as error:
                unreadable.append(error)
            else:
                gathering.add(Life(incident, now, entries))
        query = query.past(rows[-1])
    report = gathering.report(unreadable)
    require_clocks(asked, report, policy)
    return report


async def list_exceptions(
    setup: Setup, period: Period, after: tuple[int, str] | None, limit: int
) -> Exceptions:
    """List exceptions, incident by incident, until there are enough; none is split."""
    found: list[Exceptional] = []
    unreadable: list[UnreadableJournal] = []
    query = query_of(setup, period, after)
    while rows := await setup.store.find(query):
        for stored in rows:
            query = query.past(stored)
            if not setup.shows(stored):
                continue
            try:
                incident = setup.read(stored)
                if period.since is None or incident.updated_at >= period.since:
                    entries = await journal_of(setup, stored, incident)
                    found.extend(metrics.exceptions(incident, entries, period))
            except UnreadableJournal as error:
                unreadable.append(error)
            if len(found) >= limit:
                return Exceptions(tuple(found), query.after, tuple(unreadable))
    return Exceptions(tuple(found), None, tuple(unreadable))


def query_of(setup: Setup, period: Period, after: tuple[int, str] | None = None) -> Query:
    """Ask for the incidents that a period can concern, the latest first, and hardly any other."""
    return Query(
        tenant=setup.tenant,
        since=None if period.since is None else micros(period.since),
        until=None if period.until is None else micros(period.until),
        order=Order.BEGUN,
        after=after,
        limit=PAGE,
    )


async def journal_of(setup: Setup, stored: Stored, incident: Incident) -> tuple[Entry, ...]:
    """Read the journal of a snapshot, without what somebody added meanwhile."""
    lines = await setup.store.history(stored.subject)
    return read(setup.codec, stored.subject.id, lines[: incident.version])
