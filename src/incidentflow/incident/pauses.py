"""Pauses: what does not count, joined where it touches (rule K3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from incidentflow.words import frozen


@frozen(slots=False)
class Pause:
    """A span that does not count; half-open, and without an end while it lasts."""

    since: datetime
    until: datetime | None = None


def united(pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """Join pauses that touch or overlap, and put them in order (rule K3)."""
    found: list[Pause] = []
    for pause in sorted(pauses, key=lambda each: each.since):
        last = found[-1] if found else None
        if last is None or (last.until is not None and last.until < pause.since):
            found.append(pause)
        elif last.until is not None:
            until = None if pause.until is None else max(last.until, pause.until)
            found[-1] = Pause(last.since, until)
    return tuple(found)
