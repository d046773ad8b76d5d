"""Attainment: of the clocks that were decided, those that were met (rules M2, K8 and K17)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from incidentflow.errors import InvalidInput, hint
from incidentflow.incident.clocks import Clock, Ended, Verdict
from incidentflow.metrics.life import Life
from incidentflow.metrics.report import Metric, MetricsReport
from incidentflow.metrics.shares import ShareOf
from incidentflow.policy import Policy
from incidentflow.policy.clocks import PROMISED
from incidentflow.words import visible

LONGEST = 60

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
    afterwards, and once, however often its target changes; each cycle of one that starts anew
    counts by itself. Beside it stand those that run, were cancelled or superseded without a
    verdict; of all of them those that were relieved, loosened or dropped within the last quarter
    of their target, and those breached before their target was set; and what late entries claim
    against what is recorded.

    Args:
        clock: The name of the clock, such as ``"response"``: one of the desk's policy,
            ``"promised_update"``, or one of an earlier policy that an incident still has.

    Raises:
        InvalidInput: It is no name.

    """
    clock = visible(clock, "clock", LONGEST)
    return ShareOf(
        name=f"{clock}_attainment",
        counted="met",
        against="breached",
        beside=(*BESIDE, *CLAIMED.values()),
        words=partial(_words, clock),
        clock=clock,
    )


def require_clocks(metrics: Iterable[Metric], report: MetricsReport, policy: Policy) -> None:
    """
    Refuse the attainment of a clock that neither the policy nor any incident has.

    Args:
        metrics: What was measured.
        report: What was found; clocks of an earlier policy may be among it.
        policy: How the desk works.

    Raises:
        InvalidInput: There is no such clock.

    """
    known = {PROMISED, *(rule.name for rule in policy.clocks)}
    for each in metrics:
        clock = each.clock if isinstance(each, ShareOf) else None
        if clock in (None, *known) or any(report[each.name].numbers().values()):
            continue
        raise InvalidInput.of("attainment", clock, "clock.nowhere", hint=hint(clock, known))


def cycles_of(clocks: Iterable[Clock]) -> Iterator[tuple[Clock, tuple[Clock, ...]]]:
    """
    Give each cycle of each clock once: the clock that decides it, and all clocks in it.

    The first that was breached decides, for another target undoes no breach; or else the latest.
    """
    cycles: dict[tuple[str, int], list[Clock]] = {}
    for clock in clocks:
        cycles.setdefault((clock.name, clock.cycle), []).append(clock)
    for each in cycles.values():
        yield next((clock for clock in each if clock.breached), each[-1]), tuple(each)


def _words(name: str, life: Life) -> Iterator[str]:
    mine = [clock for clock in life.incident.clocks if clock.name == name]
    for clock in mine:
        yield from ["met"] * clock.kept + ["breached"] * clock.missed
        yield from ["claimed_met"] * clock.claims + ["retroactive"] * clock.hopeless
    for clock, cycle in cycles_of(mine):
        yield from _judged(clock, cycle)


def _judged(clock: Clock, clocks: Sequence[Clock]) -> Iterator[str]:
    yield clock.verdict.value if clock.verdict is not None else UNDECIDED[clock.ended]
    if any(each.ended is Ended.SUPERSEDED and not each.breached for each in clocks[:-1]):
        yield "superseded"
    if clocks[-1].claimed is not None:
        yield CLAIMED[clocks[-1].claimed]
    if any(each.relieved for each in clocks):
        yield "relieved"
    if clock.retroactive:
        yield "retroactive"
