"""Backtesting: another policy's clocks beside those that the journals recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from incidentflow.errors import UnreadableJournal
from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.metrics import Period
from incidentflow.metrics.attainment import cycles_of
from incidentflow.policy import Policy
from incidentflow.ports import Query
from incidentflow.process.backtesting import backtest as replayed
from incidentflow.usecases.measuring import journal_of, query_of
from incidentflow.usecases.setup import Setup
from incidentflow.words import EPOCH, Priority, frozen

PAGE = 200
Kind = tuple[Priority | None, str]


@frozen
class Verdicts:
    """
    What became of the clocks of one name.

    Attributes:
        met: Stopped in time.
        breached: Not stopped in time.
        cancelled: Ended in time without having been stopped.
        running: Not ended, and not breached.

    """

    met: int = 0
    breached: int = 0
    cancelled: int = 0
    running: int = 0


@frozen
class Compared:
    """
    The clocks of one name, of all incidents of one priority.

    Attributes:
        priority: The priority the incidents have now, or None.
        clock: The name.
        would: What would have become of them under the other policy.
        did: What became of them, as recorded.

    """

    priority: Priority | None
    clock: str
    would: Verdicts
    did: Verdicts


@frozen(kw_only=True)
class Backtested:
    """
    What another policy would have made of the incidents that are stored.

    Attributes:
        policy: The other policy's reference.
        incidents: How many incidents were replayed.
        until: Up to when what was due was settled.
        compared: Clocks by priority, the most urgent first, and by name.
        unreadable: The journals that this release cannot read.

    """

    policy: str
    incidents: int
    until: datetime
    compared: tuple[Compared, ...]
    unreadable: tuple[UnreadableJournal, ...] = ()


async def backtest(
    setup: Setup,
    policy: Policy,
    since: datetime | None,
    until: datetime,
    progress: Callable[[int], None] | None = None,
) -> Backtested:
    """Replay every incident that the viewer may see under another policy; nothing is changed."""
    period = Period(since)
    would: Counter[tuple[Kind, str]] = Counter()
    did: Counter[tuple[Kind, str]] = Counter()
    unreadable: list[UnreadableJournal] = []
    incidents, query = 0, query_of(setup, period)
    while rows := await setup.store.find(query):
        for stored in filter(setup.shows, rows):
            try:
                incident = setup.read(stored)
                if not period.covers(incident.reported_at):
                    continue
                entries = await journal_of(setup, stored, incident)
            except UnreadableJournal as error:
                unreadable.append(error)
                continue
            incidents += 1
            clocks = replayed(entries, policy, until)
            would.update(_counted(incident.priority, clocks))
            did.update(_counted(incident.priority, incident.clocks))
        query = query.past(rows[-1])
        if progress is not None:
            progress(incidents)
    kinds = sorted({kind for kind, _ in (*would, *did)}, key=_rank)
    return Backtested(
        policy=policy.reference,
        incidents=incidents,
        until=until,
        compared=tuple(
            Compared(*kind, _verdicts(kind, would), _verdicts(kind, did)) for kind in kinds
        ),
        unreadable=tuple(unreadable),
    )


async def last_change(setup: Setup) -> datetime:
    """Say when anything was recorded last; the epoch when nothing was."""
    latest, query = EPOCH, Query(tenant=setup.tenant, limit=PAGE)
    while rows := await setup.store.find(query):
        latest = max(latest, *(setup.read(stored).updated_at for stored in rows))
        query = query.past(rows[-1])
    return latest


def _counted(priority: Priority | None, clocks: Iterable[Clock]) -> Iterator[tuple[Kind, str]]:
    """Name what became of each cycle of each clock, once (rule M2)."""
    known = tuple(clocks)
    for clock in known:
        yield from (((priority, clock.name), "met") for _ in range(clock.kept))
        yield from (((priority, clock.name), "breached") for _ in range(clock.missed))
    for clock, _ in cycles_of(known):
        kind = (priority, clock.name)
        if clock.verdict is not None:
            yield kind, "met" if clock.verdict is Verdict.MET else "breached"
        elif clock.runs:
            yield kind, "running"
        elif clock.ended is Ended.CANCELLED:
            yield kind, "cancelled"


def _verdicts(kind: Kind, counts: Counter[tuple[Kind, str]]) -> Verdicts:
    return Verdicts(*(counts[kind, name] for name in ("met", "breached", "cancelled", "running")))


def _rank(kind: Kind) -> tuple[int, str]:
    priority, clock = kind
    return (len(Priority) + 1 if priority is None else int(priority)), clock
