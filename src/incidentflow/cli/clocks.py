"""Clocks as people and programs like to read them; paused and out of hours apart (rule K14)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from incidentflow.cli.data import Data, plain
from incidentflow.cli.style import aligned, show_span
from incidentflow.incident import Incident
from incidentflow.incident.clocks import Clock, ClockStatus
from incidentflow.words import MICROSECOND, show

TITLES = ("CLOCK", "TARGET", "DUE", "LEFT", "STANDS", "HOURS", "WARNED", "VERDICT")
NOTHING = "-"


def clock_lines(incident: Incident, now: datetime) -> list[str]:
    """Show every clock of an incident as a row of a table, below a line of titles."""
    return aligned([TITLES, *(_row(clock, now) for clock in incident.clocks)])


def clock_data(clock: Clock, now: datetime) -> Data:
    """Show a clock as it stands at an instant; durations in microseconds of open time."""
    return {
        "clock": clock.name,
        "cycle": clock.cycle,
        "row": clock.terms.row,
        "target": clock.terms.target,
        "started_at": plain(clock.started_at),
        "status": clock.status(now).value,
        "paused": clock.paused,
        "out_of_hours": clock.out_of_hours(now) if clock.runs else None,
        "due": plain(clock.due),
        "due_if_resumed": plain(clock.due_if_resumed(now)) if clock.paused else None,
        "elapsed_us": clock.elapsed(now) // MICROSECOND,
        "remaining_us": clock.remaining(now) // MICROSECOND,
        "warned": _warned(clock),
        "breached_at": plain(clock.breached_at),
        "unrecorded": is_overdue(clock, now),
        "verdict": plain(clock.verdict),
        "claimed": plain(clock.claimed),
        "retroactive": clock.retroactive,
        "relieved": clock.relieved,
        "ended_at": plain(clock.ended_at),
        "stopped_by": clock.stopped_by or None,
    }


def is_overdue(clock: Clock, now: datetime) -> bool:
    """Whether its due instant has gone by, and no tick has recorded the breach so far."""
    return clock.runs and not clock.breached and clock.due is not None and clock.due < now


def show_terms(clock: Clock) -> str:
    """Show the row that matched and the target; a promised update has no row."""
    terms = clock.terms
    return terms.target if terms.row == clock.name else f"{terms.row}: {terms.target}"


def show_left(clock: Clock, now: datetime) -> str:
    """Show how much of its target is left, as open time, or by how much it is overrun."""
    left = clock.remaining(now)
    if left < timedelta(0):
        return f"{show_span(-left)} over"
    return show_span(left)


def _row(clock: Clock, now: datetime) -> tuple[str, ...]:
    cycle = f" ({clock.cycle})" if clock.cycle > 1 else ""
    status = clock.status(now)
    hours = NOTHING
    if clock.runs:
        hours = "closed" if clock.out_of_hours(now) else "open"
    return (
        clock.name + cycle,
        show_terms(clock),
        _due(clock, now),
        show_left(clock, now),
        "running" if status is ClockStatus.OUT_OF_HOURS else status.value,
        hours,
        _warned(clock) or NOTHING,
        ", ".join(_verdict(clock, now)) or NOTHING,
    )


def _due(clock: Clock, now: datetime) -> str:
    if clock.due is not None:
        return show(clock.due)
    resumed = clock.due_if_resumed(now)
    return NOTHING if resumed is None else f"{show(resumed)} if resumed now"


def _warned(clock: Clock) -> str | None:
    """Name the last part of its target of which it has warned, or None."""
    return clock.terms.warnings[clock.warned - 1] if clock.warned else None


def _verdict(clock: Clock, now: datetime) -> Iterator[str]:
    if is_overdue(clock, now):
        yield "breached, not recorded yet"
    if clock.verdict is not None:
        yield clock.verdict.value
    if clock.claimed is not None:
        yield f"claimed {clock.claimed.value}"
    if clock.retroactive:
        yield "retroactive"
    if clock.relieved:
        yield "relieved"
