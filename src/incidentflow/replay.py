"""Replay another system's event log: what happened there happens here, at its own times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import attrs
from attrs import frozen

from incidentflow import usecases
from incidentflow.codec import Codec
from incidentflow.desk.drivers import Lifted, close_store, run, sync_store
from incidentflow.engine import Practice
from incidentflow.errors import IncidentNotFound, InvalidInput, TransitionRefused
from incidentflow.incident import Command, Incident
from incidentflow.ports import Store
from incidentflow.process import Correct, Report
from incidentflow.process.dating import Origin
from incidentflow.profiles import ITIL
from incidentflow.sources import BadRow, LogMapping, Reteller, Row, read_rows
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.words import EPOCH

ROWS_A_BATCH = 500
REFUSALS_SHOWN = 20


@frozen(kw_only=True)
class Replayed:
    """
    What a replay did.

    Attributes:
        rows: How many rows the log has.
        incidents: How many incidents it tells of.
        replayed: How many of them were replayed without a refused row.
        corrections: How many rows were recorded as a correction.
        refused: How many rows could not be recorded at all.
        reopens: How often incidents were reopened.
        reopened_incidents: How many incidents were reopened.
        hold_share_percent: How many in a hundred were ever on hold.
        priority_mismatches: How many rows carry another priority than the matrix gives.
        start: How many incidents began in each state of the lifecycle.
        matrix: How many rows led from each state to each, as ``"new -> resolved"``.
        seconds: How long it took.
        refusals: The first refused rows, each with its line and why.

    """

    rows: int
    incidents: int
    replayed: int
    corrections: int
    refused: int
    reopens: int
    reopened_incidents: int
    hold_share_percent: float
    priority_mismatches: int
    start: dict[str, int]
    matrix: dict[str, int]
    seconds: float
    refusals: tuple[str, ...] = ()

    def summary(self) -> dict[str, object]:
        """Return it as plain data, without the samples of refusals."""
        return attrs.asdict(self, filter=lambda field, _: field.name != "refusals")


def replay(
    log: str | Path,
    mapping: LogMapping,
    *,
    store: str | Store = "memory:",
    progress: Callable[[int, int], None] | None = None,
) -> Replayed:
    """
    Replay an event log into a store.

    One row is one commit of one or more commands; where the lifecycle has no step for it, one
    correction (rule L6). The record-clock is the row's time and nothing ticks. Incidents are
    written in batches; one that the store has already is refused, so that an interrupted replay
    can be run again: whole where the rows of an incident stand together, while the rest of one
    whose rows are scattered is refused.

    Args:
        log: A CSV file, gzipped or not.
        mapping: How to read it.
        store: Where the incidents go.
        progress: Called from time to time with the rows and incidents so far.

    Returns:
        Counts of what happened.

    Raises:
        MappingError: The log cannot be read with this mapping.
        StoreError: The storage failed; earlier batches stand.

    """
    clock = SystemClock()
    began = clock.now()
    opened = sync_store(store)
    try:
        replaying = _Replay(mapping, opened)
        for place, row in enumerate(read_rows(log, mapping), 1):
            replaying.take(row)
            if progress is not None and place % ROWS_A_BATCH == 0:
                progress(place, replaying.incidents)
        replaying.flush()
    finally:
        if isinstance(store, str):
            close_store(opened)
    return replaying.result((clock.now() - began).total_seconds())


class _RowClock:
    """A clock that shows the time of the row at hand."""

    def __init__(self) -> None:
        self.moment = EPOCH

    def now(self) -> datetime:
        return self.moment


class _Replay:
    """A replay under way: the counts so far, and the incident at hand."""

    def __init__(self, mapping: LogMapping, store: Store) -> None:
        self._reteller = Reteller(mapping, ITIL)
        self._clock = _RowClock()
        self._overlay = usecases.Overlay(Lifted(store))
        self._setup = usecases.Setup(
            store=self._overlay,
            practice=Practice(ITIL, mapping.policy, Origin.IMPORTED),
            clock=self._clock,
            entropy=SystemEntropy(),
            codec=Codec(),
        )
        self._at_hand: Incident | None = None
        self._seen: set[str] = set()
        self._begun: set[str] = set()
        self._refused: set[str] = set()
        self._refusals: list[str] = []
        self._counts: Counter[str] = Counter()
        self._start: Counter[str] = Counter()
        self._matrix: Counter[str] = Counter()
        self._waiting = 0

    @property
    def incidents(self) -> int:
        """How many incidents there were so far."""
        return len(self._seen)

    def take(self, row: Row | BadRow) -> None:
        """Replay one row, and count what became of it."""
        self._counts["rows"] += 1
        if row.number:
            self._seen.add(row.number)
        if isinstance(row, BadRow):
            self._refuse(row, row.problem)
            return
        if self._at_hand is None or self._at_hand.number != row.number:
            if self._waiting >= ROWS_A_BATCH:
                self.flush()
            self._at_hand = self._known(row)
        if self._at_hand is not None and row.number not in self._begun:
            self._refuse(row, "the store has this incident already")
            return
        self._clock.moment = row.at
        self._retell(row, self._at_hand)

    def flush(self) -> None:
        """Write what is waiting."""
        run(self._overlay.flush())
        self._waiting = 0

    def result(self, seconds: float) -> Replayed:
        """Sum up."""
        counts, incidents = self._counts, len(self._seen)
        share = 100 * counts["held"] / incidents if incidents else 0.0
        return Replayed(
            rows=counts["rows"],
            incidents=incidents,
            replayed=incidents - len(self._refused),
            corrections=counts["corrections"],
            refused=counts["refused"],
            reopens=counts["reopens"],
            reopened_incidents=counts["reopened"],
            hold_share_percent=round(share, 2),
            priority_mismatches=counts["mismatches"],
            start=dict(self._start.most_common()),
            matrix=dict(self._matrix.most_common()),
            seconds=round(seconds, 3),
            refusals=tuple(self._refusals),
        )

    def _known(self, row: Row) -> Incident | None:
        try:
            return run(usecases.get(self._setup, row.number))
        except IncidentNotFound:
            return None

    def _retell(self, row: Row, before: Incident | None) -> None:
        try:
            retold = self._reteller.retell(row, before)
            said = row.ranks.get("priority")
            self._counts["mismatches"] += said is not None and said != retold.derived
            commands, after = self._try(row, before, retold.attempts)
        except (InvalidInput, TransitionRefused) as refused:
            self._refuse(row, str(refused))
        else:
            self._begun.add(row.number)
            self._count(before, after, commands)

    def _try(
        self, row: Row, before: Incident | None, attempts: Sequence[Sequence[Command]]
    ) -> tuple[Sequence[Command], Incident]:
        *ways, last = attempts
        for commands in ways:
            with suppress(TransitionRefused):
                return commands, self._commit(row, before, commands)
        return last, self._commit(row, before, last)

    def _commit(self, row: Row, before: Incident | None, commands: Sequence[Command]) -> Incident:
        first, *then = commands
        if before is None and isinstance(first, Report):
            return run(usecases.report(self._setup, first, then, number=row.number))
        return run(usecases.apply(self._setup, before or row.number, commands))

    def _count(self, before: Incident | None, after: Incident, commands: Sequence[Command]) -> None:
        self._at_hand = after
        self._waiting += 1
        counts = self._counts
        counts["corrections"] += any(isinstance(command, Correct) for command in commands)
        if before is None:
            self._start[after.state] += 1
            counts["held"] += _was_held(after)
            return
        self._matrix[f"{before.state} -> {after.state}"] += 1
        counts["held"] += _was_held(after) and not _was_held(before)
        counts["reopens"] += after.counts.reopens - before.counts.reopens
        counts["reopened"] += before.counts.reopens == 0 < after.counts.reopens

    def _refuse(self, row: Row | BadRow, problem: str) -> None:
        self._counts["refused"] += 1
        if row.number:
            self._refused.add(row.number)
        if len(self._refusals) < REFUSALS_SHOWN:
            where = f"line {row.line}, {row.number}" if row.number else f"line {row.line}"
            self._refusals.append(f"{where}: {problem}")


def _was_held(incident: Incident) -> bool:
    return incident.hold is not None or bool(incident.holds)
