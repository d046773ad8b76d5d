"""A report: metrics, group by group, gathered one incident at a time."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import define, field

from incidentflow.errors import InvalidInput, UnreadableJournal
from incidentflow.incident import Incident
from incidentflow.metrics.availability import Availability, AvailabilityOf
from incidentflow.metrics.durations import Durations
from incidentflow.metrics.grouping import MONTH, Key, in_order, key_of
from incidentflow.metrics.life import Life
from incidentflow.metrics.period import Period
from incidentflow.metrics.shares import Share
from incidentflow.words import FieldValue, frozen

Figures = Durations | Share | Availability


class Tally(Protocol):
    """What adds one metric up, for one group."""

    def add(self, life: Life) -> None:
        """Add an incident."""

    def figures(self) -> Figures:
        """Say what there is to say of all that were added."""


class Metric(Protocol):
    """What can be measured: `Between`, and the shares of this package."""

    @property
    def name(self) -> str:
        """What to call it, once in a report."""

    def needs_journal(self, incident: Incident) -> bool:
        """Whether an incident's journal must be read to measure it."""

    def concerns(self, incident: Incident, period: Period) -> bool:
        """
        Whether an incident is measured.

        It is asked of incidents that touch the period: what was over before it, or began after it,
        is not read for it.
        """

    def begin(self, period: Period, now: datetime) -> Tally:
        """Begin to add up."""


@frozen
class Group:
    """
    The incidents that have something in common, and what was measured of them.

    Attributes:
        key: What they have in common, in the order of the report's ``by``; None: they have none.
        incidents: How many of them were reported in the period.
        figures: What was measured, by the names of the metrics.

    """

    key: Key
    incidents: int
    figures: Mapping[str, Figures] = field(hash=False)

    def __getitem__(self, metric: str) -> Figures:
        """Return what was measured by one metric."""
        return self.figures[metric]


@frozen(kw_only=True)
class MetricsReport:
    """
    Metrics of a period, group by group; iterate over the groups.

    Attributes:
        at: The instant at which it was made.
        period: Which incidents it is about.
        by: What the groups have in common.
        whole: All incidents as one group.
        groups: The groups, in the order of their keys; none where ``by`` is empty.
        unreadable: Incidents that this release cannot read, and that are in no figure.

    """

    at: datetime
    period: Period
    by: tuple[str, ...]
    whole: Group
    groups: tuple[Group, ...] = ()
    unreadable: tuple[UnreadableJournal, ...] = ()

    def __iter__(self) -> Iterator[Group]:
        """Iterate over the groups."""
        return iter(self.groups)

    def __getitem__(self, metric: str) -> Figures:
        """Return what was measured over all incidents by one metric."""
        return self.whole[metric]

    def rows(self) -> Iterator[tuple[FieldValue | None, ...]]:
        """
        Yield it as a long table: the key, the metric, the figure and its value.

        Values are whole numbers; a figure whose name ends in ``_us`` is in microseconds. Without
        groups the rows are those of the whole.
        """
        for group in self.groups if self.by else (self.whole,):
            yield (*group.key, "", "incidents", group.incidents)
            for name, figures in group.figures.items():
                for figure, value in figures.numbers().items():
                    yield (*group.key, name, figure, value)

    def to_csv(self) -> str:
        """Write the rows as CSV, with their titles; what has no value is empty."""
        file = io.StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow((*self.by, "metric", "figure", "value"))
        writer.writerows(self.rows())
        return file.getvalue()

    def to_data(self) -> dict[str, object]:
        """Return it as plain data, for JSON; instants in ISO 8601, durations in microseconds."""
        return {
            "at": self.at.isoformat(),
            "since": _iso(self.period.since),
            "until": _iso(self.period.until),
            "zone": str(self.period.zone),
            "by": list(self.by),
            "whole": self._group_data(self.whole),
            "groups": [self._group_data(group) for group in self.groups],
            "unreadable": [str(each) for each in self.unreadable],
        }

    def to_json(self) -> str:
        """Write `to_data` as JSON."""
        return json.dumps(self.to_data(), indent=2, ensure_ascii=False)

    def _group_data(self, group: Group) -> dict[str, object]:
        return {
            "key": dict(zip(self.by, group.key, strict=False)),
            "incidents": group.incidents,
            "metrics": {name: dict(each.numbers()) for name, each in group.figures.items()},
        }


@define
class _Pile:
    tallies: Mapping[str, Tally]
    incidents: int = 0


class Gathering:
    """
    Gathers a report, one incident at a time; keeps no incident.

    Args:
        metrics: What is measured.
        by: What the groups have in common.
        period: Which incidents it is about.
        now: The instant at which it is made.

    Raises:
        InvalidInput: One is no metric, two have one name, or one needs another period or grouping.

    """

    def __init__(
        self, metrics: Sequence[Metric], by: tuple[str, ...], period: Period, now: datetime
    ) -> None:
        for each in metrics:
            if isinstance(each, type) or not callable(getattr(each, "begin", None)):
                raise InvalidInput.of("metrics", each, "metric.none")
        names = [each.name for each in metrics]
        for place, name in enumerate(names):
            if name in names[:place]:
                raise InvalidInput.of("metrics", name, "metric.twice")
        if MONTH in by and any(isinstance(each, AvailabilityOf) for each in metrics):
            raise InvalidInput.of("by", MONTH, "group.months")
        self._metrics, self._by, self._period, self._now = metrics, by, period, now
        self._whole = self._pile()
        self._groups: dict[Key, _Pile] = {}

    def needs_journal(self, incident: Incident) -> bool:
        """Whether an incident's journal must be read before it is added."""
        return any(
            each.concerns(incident, self._period) and each.needs_journal(incident)
            for each in self._metrics
        )

    def add(self, life: Life) -> None:
        """Add an incident, to all groups and metrics that it concerns."""
        incident = life.incident
        counts = self._period.covers(incident.reported_at)
        concerned = [each for each in self._metrics if each.concerns(incident, self._period)]
        if not counts and not concerned:
            return
        piles = [self._whole]
        if self._by:
            key = key_of(incident, self._by, self._period)
            piles.append(self._groups.setdefault(key, self._pile()))
        for pile in piles:
            pile.incidents += counts
            for metric in concerned:
                pile.tallies[metric.name].add(life)

    def report(self, unreadable: Sequence[UnreadableJournal] = ()) -> MetricsReport:
        """Make the report of all that was added."""
        keys = sorted(self._groups, key=in_order)
        return MetricsReport(
            at=self._now,
            period=self._period,
            by=self._by,
            whole=_group((), self._whole),
            groups=tuple(_group(key, self._groups[key]) for key in keys),
            unreadable=tuple(unreadable),
        )

    def _pile(self) -> _Pile:
        return _Pile({each.name: each.begin(self._period, self._now) for each in self._metrics})


def _group(key: Key, pile: _Pile) -> Group:
    return Group(key, pile.incidents, {n: each.figures() for n, each in pile.tallies.items()})


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
