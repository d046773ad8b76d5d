"""Deadlines: what of clocks lies ahead, whoever looks (rules K2, K3, K11, K18 and K19)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from incidentflow.incident import Incident
from incidentflow.incident.agenda import Due
from incidentflow.incident.clocks import Clock
from incidentflow.policy.clocks import HOLD_ENDS
from incidentflow.process.clocks import ClockBreached, ClockPaused, ClockWarned, resumed
from incidentflow.words import MICROSECOND


def agenda(incident: Incident) -> Iterable[Due]:
    """
    Name the next warning of each clock, its breach, and the end of a pause that has one.

    The end of a hold ends a pause, or begins one, whoever looks; going on is an act of its own.

    A breach is looked at once its due instant has gone by, and happened then.
    """
    for clock in incident.clocks:
        if not clock.runs:
            continue
        if clock.pause_ends is not None:
            yield Due(clock.pause_ends, f"clock_resumed.{clock.name}", resumed(clock))
        hold = incident.hold
        if hold is not None and hold.until is not None and _waits_from(clock, hold.until):
            held_back = ClockPaused(clock.name, HOLD_ENDS[0], waits=True)
            yield Due(hold.until, f"clock_paused.{clock.name}", held_back)
        if clock.looks:
            part = clock.terms.warnings[clock.warned]
            warned = ClockWarned(clock.name, part)
            yield Due(clock.looks[0], f"clock_warned.{clock.name}", warned)
        if clock.due is not None and not clock.breached:
            breached = ClockBreached(clock.name, clock.was_used_up)
            code = f"clock_breached.{clock.name}"
            yield Due(clock.due + MICROSECOND, code, breached, since=clock.due)


def _waits_from(clock: Clock, over: datetime) -> bool:
    """Whether the end of a hold is what holds a clock back (rule K19)."""
    return not clock.waits and over >= clock.changed_at and clock.terms.waits_after_hold
