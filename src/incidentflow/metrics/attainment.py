"""Attainment: of the clocks that were decided, those that were met (rules M2, K8 and K17)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.metrics.life import Life
from incidentflow.metrics.shares import ShareOf

BESIDE = ("running", "cancelled", "superseded", "relieved", "retroactive")
CLAIMED = {Verdict.MET: "claimed_met", Verdict.BREACHED: "claimed_breached"}
"""What a late entry claims against what is recorded (rule K17)."""
UNDECIDED = {
    None: "running",
    Ended.CANCELLED: "cancelled",
    Ended.SUPERSEDED: "superseded",
}


def attainment(clock: str) -> ShareOf:
    """
    Measure how many clocks of a name were met, of those that were met or breached, as recorded.

    A clock that was breached counts as breached, though it was cancelled or given another target
    afterwards; each cycle of one that starts anew counts by itself. Beside it stand those that
    run, were cancelled or superseded without a verdict; of all of them those that were relieved,
    loosened or dropped within the last quarter of their target, and those breached before their
    target was set; and what late entries claim against what is recorded.

    Args:
        clock: The name of the clock, such as ``"response"``.

    """
    return ShareOf(
        name=f"{clock}_attainment",
        counted="met",
        against="breached",
        beside=(*BESIDE, *CLAIMED.values()),
        words=partial(_words, clock),
    )


def _words(name: str, life: Life) -> Iterator[str]:
    for clock in life.incident.clocks:
        if clock.name == name:
            yield from _judged(clock)


def _judged(clock: Clock) -> Iterator[str]:
    yield from ["met"] * clock.kept + ["breached"] * clock.missed
    yield clock.verdict.value if clock.verdict is not None else UNDECIDED[clock.ended]
    if clock.claimed is not None:
        yield CLAIMED[clock.claimed]
    if clock.relieved:
        yield "relieved"
    if clock.retroactive:
        yield "retroactive"
