"""Invariant: nothing grows with the number of incidents ever seen, except the store."""

from __future__ import annotations

import gc
from pathlib import Path

from incidentflow import Acknowledge, Close, IncidentDesk, Resolve
from incidentflow.stores import SQLiteStore

FEW, MANY, SLACK = 20, 200, 40


def live(desk: IncidentDesk, incidents: int) -> int:
    """Let incidents come and go, and count the objects that stay."""
    for n in range(incidents):
        incident = desk.report(f"Mail is stuck in hall {n}", by="ana", dedup_key=f"hall-{n}")
        desk.apply(incident, Acknowledge(by="ana"))
        desk.apply(incident, Resolve(by="ana", code="fixed", note="restarted"), Close(by="ana"))
        desk.history(incident.id)
    desk.tick()
    gc.collect()
    return len(gc.get_objects())


def test_memory_does_not_grow_with_incidents(tmp_path: Path) -> None:
    """A desk over a file holds as much after many incidents as after few."""
    with SQLiteStore(tmp_path / "incidents.db", synchronous="NORMAL") as store:
        desk = IncidentDesk(store)
        live(desk, FEW)
        before = live(desk, FEW)
        after = live(desk, MANY)

    assert after - before < SLACK
