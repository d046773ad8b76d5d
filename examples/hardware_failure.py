"""
Hardware failure: waiting for a vendor, then for the evening, with nobody watching.

Time is a command too: `tick` resumes what was put on hold until an instant, and closes what nobody
objected to. `next_due` says when to call it; calling it more often does no harm.
"""

from datetime import timedelta

from incidentflow import Acknowledge, Hold, IncidentDesk, Note, Resolve, Resume
from incidentflow.testing.clock import ManualClock

clock = ManualClock()
desk = IncidentDesk("memory:", clock=clock)

array = desk.report(
    "Disk 7 of array 2 reports errors",
    by="monitor:smart",
    impact="medium",
    urgency="medium",
    items=("array-2", "disk-7"),
)
clock.advance(minutes=15)
desk.apply(array, Acknowledge(by="ben"))
desk.apply(array, Hold(by="ben", reason="awaiting_vendor", reference="RMA-20931"))

clock.advance(days=1)
evening = clock.now() + timedelta(hours=12)
desk.apply(  # several commands are one commit: all of them or none
    array,
    Resume(by="ben"),
    Note(by="ben", text="the disk is here; a rebuild slows the array down"),
    Hold(by="ben", reason="scheduled", until=evening),
)
for entry in desk.forecast(array, until=evening):
    print("will happen:", entry)

while (due := desk.next_due()) is not None and due <= evening:
    clock.set(due)
    for incident in desk.tick().incidents:
        print("by itself:", incident)

clock.advance(hours=3)
desk.apply(array, Resolve(by="ben", code="replaced", note="new disk 7, rebuild complete"))
clock.advance(days=5)
desk.tick()

array = desk.get(array)
print(array, *desk.history(array), sep="\n")
