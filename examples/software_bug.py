"""
Software bug: a hypothesis, a cause, a fix that was none, and what may be done when.

`options` lists every step from where an incident stands, as it is for one actor: open, open with
inputs, or closed and why. Reopening begins a new episode; the milestones of the old one stay.
"""

from incidentflow import (
    Acknowledge,
    Close,
    Finding,
    Hold,
    Identify,
    IncidentDesk,
    Reopen,
    Resolve,
    Resume,
    Triage,
)
from incidentflow.testing.clock import ManualClock

clock = ManualClock()
desk = IncidentDesk("memory:", clock=clock)

bug = desk.report("Invoices show the wrong total", by="eva", impact="medium", urgency="low")
desk.apply(bug, Triage(by="tom", category="application/billing"))
clock.advance(minutes=30)
desk.apply(bug, Acknowledge(by="raj"))
desk.apply(bug, Hold(by="raj", reason="awaiting_requester", comment="which invoice is it?"))
clock.advance(hours=1)
desk.apply(bug, Resume(by="raj"))
desk.apply(bug, Finding(by="raj", text="Friday's release rounds", kind_of="hypothesis"))
clock.advance(hours=2)
desk.apply(bug, Identify(by="raj", cause="totals are rounded per line"))

for option in desk.options(bug, by="raj"):
    print(option)

desk.apply(bug, Resolve(by="raj", code="fixed", note="rounded once, at the end"))
clock.advance(hours=2)
bug = desk.apply(bug, Reopen(by="eva", reason="discounts are still wrong"))
clock.advance(hours=1)
desk.apply(bug, Resolve(by="raj", code="fixed", note="discounts are rounded once, too"))
bug = desk.apply(bug, Close(by="eva", reason="all totals are right"), expect=bug.version + 3)

print(bug, *desk.history(bug), sep="\n")
for number, episode in enumerate(bug.episodes, 1):
    print(f"episode {number}: {episode.started_at:%H:%M} to {episode.resolved_at:%H:%M}")
