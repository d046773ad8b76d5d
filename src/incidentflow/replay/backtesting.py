"""Backtest a policy on another system's event log, before any of it is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from incidentflow import usecases
from incidentflow.codec import Codec
from incidentflow.desk.drivers import Lifted, run
from incidentflow.engine import Practice
from incidentflow.policy import Policy
from incidentflow.process.dating import Origin
from incidentflow.profiles import ITIL
from incidentflow.replay.replaying import TENANT, replay
from incidentflow.sources import LogMapping
from incidentflow.stores import MemoryStore
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.usecases import Backtested


def backtest_log(
    log: str | Path,
    mapping: LogMapping,
    policy: Policy,
    *,
    progress: Callable[[int], None] | None = None,
) -> Backtested:
    """
    Say what a policy would have made of another system's event log; nothing is stored.

    Args:
        log: A CSV file, gzipped or not.
        mapping: How to read it.
        policy: The policy; what was due is settled up to the last row.
        progress: Called from time to time with the incidents so far.

    Raises:
        MappingError: The log cannot be read with this mapping.

    """
    store = MemoryStore()

    def replayed(_: int, incidents: int) -> None:
        if progress is not None:
            progress(incidents)

    replay(log, mapping, store=store, progress=replayed)
    setup = usecases.Setup(
        store=Lifted(store),
        practice=Practice(ITIL, mapping.policy, Origin.IMPORTED),
        clock=SystemClock(),
        entropy=SystemEntropy(),
        codec=Codec(),
        tenant=TENANT,
    )
    until = run(usecases.last_change(setup))
    return run(usecases.backtest(setup, policy, None, until, progress))
