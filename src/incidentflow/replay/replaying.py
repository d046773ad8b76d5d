"""Replay another system's event log: what happened there happens here, at its own times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from incidentflow import usecases
from incidentflow.codec import Codec
from incidentflow.desk.drivers import Lifted, close_store, run, sync_store
from incidentflow.engine import Practice
from incidentflow.errors import IncidentNotFound, InvalidInput, TransitionRefused
from incidentflow.incident import Command, Incident
from incidentflow.ports import Store
from incidentflow.process import Report
from incidentflow.process.dating import Origin
from incidentflow.profiles import ITIL
from incidentflow.replay.progress import Progress, resume
from incidentflow.replay.report import Replayed
from incidentflow.sources import BadRow, LogMapping, Reteller, Row
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.words import EPOCH

TENANT = "default"
ROWS_A_BATCH = 500
REFUSALS_SHOWN = 20


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
    written in batches, and with each batch how far the log was replayed: run again with the same
    log, or one that goes on behind it, it resumes there, incident by incident. An incident that
    the store has from elsewhere is refused.

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
        overlay = usecases.Overlay(Lifted(opened))
        so_far, rows = run(resume(overlay, TENANT, log, mapping))
        replaying = _Replay(mapping, overlay, so_far)
        for place, row in enumerate(rows, so_far.resumed + 1):
            replaying.take(row)
            if progress is not None and place % ROWS_A_BATCH == 0:
                progress(place, len(so_far.seen))
        replaying.flush()
    finally:
        if isinstance(store, str):
            close_store(opened)
    return so_far.tally.report(
        resumed=so_far.resumed,
        incidents=len(so_far.seen),
        refused=len(so_far.refused),
        seconds=(clock.now() - began).total_seconds(),
        refusals=replaying.refusals,
    )


class _RowClock:
    """A clock that shows the time of the row at hand."""

    def __init__(self) -> None:
        self.moment = EPOCH

    def now(self) -> datetime:
        return self.moment


class _Replay:
    """A replay under way: how far it is, and the incident at hand."""

    def __init__(self, mapping: LogMapping, overlay: usecases.Overlay, progress: Progress) -> None:
        self._reteller = Reteller(mapping, ITIL)
        self._clock = _RowClock()
        self._overlay = overlay
        self._setup = usecases.Setup(
            store=overlay,
            practice=Practice(ITIL, mapping.policy, Origin.IMPORTED),
            clock=self._clock,
            entropy=SystemEntropy(),
            codec=Codec(),
            tenant=TENANT,
        )
        self._progress = progress
        self._tally = progress.tally
        self._at_hand: Incident | None = None
        self._waiting = 0
        self._unwritten = 0
        self.refusals: list[str] = []

    def take(self, row: Row | BadRow) -> None:
        """Replay one row, and count what became of it."""
        is_other = self._at_hand is None or self._at_hand.number != row.number
        if is_other and self._waiting >= ROWS_A_BATCH:
            self.flush()
        self._progress.see(row)
        self._tally.counts["rows"] += 1
        self._unwritten += 1
        if isinstance(row, BadRow):
            self._refuse(row, row.problem)
            return
        if is_other:
            self._at_hand = self._known(row)
        if self._at_hand is not None and row.number not in self._progress.begun:
            self._refuse(row, "the store has this incident already")
            return
        self._clock.moment = row.at
        self._retell(row, self._at_hand)

    def flush(self) -> None:
        """Write what is waiting, and how far the log was replayed."""
        if self._unwritten:
            run(self._overlay.commit((self._progress.write(),)))
        run(self._overlay.flush())
        self._waiting = self._unwritten = 0

    def _known(self, row: Row) -> Incident | None:
        try:
            return run(usecases.get(self._setup, row.number))
        except IncidentNotFound:
            return None

    def _retell(self, row: Row, before: Incident | None) -> None:
        try:
            retold = self._reteller.retell(row, before)
            said = row.ranks.get("priority")
            self._tally.counts["mismatches"] += said is not None and said != retold.derived
            commands, after = self._try(row, before, retold.attempts)
        except (InvalidInput, TransitionRefused) as refused:
            self._refuse(row, str(refused))
        else:
            self._progress.begin(row.number)
            self._tally.take(before, after, commands)
            self._at_hand = after
            self._waiting += 1

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

    def _refuse(self, row: Row | BadRow, problem: str) -> None:
        self._tally.counts["refused"] += 1
        if row.number:
            self._progress.refuse(row.number)
        if len(self.refusals) < REFUSALS_SHOWN:
            where = f"line {row.line}, {row.number}" if row.number else f"line {row.line}"
            self.refusals.append(f"{where}: {problem}")
