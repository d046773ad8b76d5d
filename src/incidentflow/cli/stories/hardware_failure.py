"""Hardware failure: waiting for a vendor, then for the night, with nobody watching."""

from __future__ import annotations

from datetime import timedelta

from incidentflow.cli.stories.story import Story, Told
from incidentflow.desk import IncidentDesk
from incidentflow.process import (
    Acknowledge,
    Finding,
    Hold,
    Note,
    Resolve,
    Resume,
    StakeholderUpdate,
    Triage,
)
from incidentflow.testing.clock import ManualClock


def play(desk: IncidentDesk, clock: ManualClock) -> Told:
    """Play it."""
    clock.advance(hours=3)
    array = desk.report(
        "Disk 7 of array 2 reports errors",
        by="monitor:smart",
        impact="medium",
        urgency="medium",
        service="files",
        items=("array-2", "disk-7"),
        dedup_key="array-2/disk-7",
    )
    clock.advance(minutes=12)
    desk.apply(array, Triage(by="tom", category="hardware/storage", location="Hall B"))
    desk.apply(array, Acknowledge(by="ben"))
    clock.advance(minutes=25)
    desk.apply(array, Finding(by="ben", text="the cable and the controller", kind_of="ruled_out"))
    clock.advance(minutes=10)
    desk.apply(array, Hold(by="ben", reason="awaiting_vendor", reference="RMA-20931"))
    clock.advance(days=1, hours=2)
    desk.apply(
        array,
        Resume(by="ben"),
        Note(by="ben", text="the courier brought the disk; a rebuild slows the array down"),
    )
    clock.advance(minutes=20)
    night = clock.now().replace(hour=20, minute=0)
    desk.apply(array, Hold(by="ben", reason="scheduled", until=night))
    desk.apply(
        array,
        StakeholderUpdate(
            by="ben",
            text="The file server will be slow tonight while a disk is rebuilt.",
            eta=night + timedelta(hours=3),
        ),
    )
    clock.set(night)
    desk.tick()
    clock.advance(hours=2, minutes=40)
    desk.apply(array, Resolve(by="ben", code="replaced", note="new disk 7, rebuild complete"))
    clock.advance(days=5)
    desk.tick()
    return Told(desk.get(array))


STORY = Story(
    "Hardware failure",
    "A disk dies slowly. The incident waits for the vendor, then for the evening; time itself "
    "resumes it, and closes it five days after nobody objected.",
    play,
)
