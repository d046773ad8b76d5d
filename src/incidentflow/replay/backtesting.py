"""Backtest a policy: on what a desk has stored, or on another system's event log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from incidentflow import usecases
from incidentflow.codec import Codec
from incidentflow.desk import IncidentDesk
from incidentflow.desk.drivers import Lifted, run
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, shorten
from incidentflow.policy import Policy
from incidentflow.process.dating import Origin
from incidentflow.profiles import ITIL
from incidentflow.replay.replaying import TENANT, replay
from incidentflow.sources import LogMapping
from incidentflow.stores import MemoryStore
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.usecases import Backtested
from incidentflow.words import utc


def backtest(
    desk: IncidentDesk,
    policy: Policy,
    *,
    until: datetime | None = None,
    progress: Callable[[int], None] | None = None,
) -> Backtested:
    """
    Say what another policy would have made of the incidents of a desk; nothing is changed.

    What happened stands, with its times; so do the priorities of then. Clocks are started,
    paused, stopped and settled anew, in memory, beside those that the journals recorded.

    Args:
        desk: The desk, or a view of it.
        policy: The other policy.
        until: Up to when what was due is settled; default now.
        progress: Called from time to time with the incidents so far.

    Raises:
        InvalidInput: The desk or the policy is none, or *until* is no aware instant.

    """
    if not isinstance(desk, IncidentDesk):
        raise InvalidInput("desk", shorten(desk), "is no IncidentDesk; give one")
    if not isinstance(policy, Policy):
        raise InvalidInput("policy", shorten(policy), "is no Policy; give one")
    setup = desk._setup  # noqa: SLF001 - the same package; the desk itself has no need to show it
    until = setup.now() if until is None else utc(until, "until")
    return run(usecases.backtest(setup, policy, until, progress))


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
    return run(usecases.backtest(setup, policy, run(usecases.last_change(setup)), progress))
