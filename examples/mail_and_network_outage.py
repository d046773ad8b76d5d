"""
Mail and network outage: two probes and a caller tell of the same thing.

A second report with the same dedup key joins the first; a call that came in beside it is merged.
The outage becomes a major incident, and a major incident may not close before it is reviewed.
"""

from datetime import timedelta

from incidentflow import (
    AcceptMajor,
    Acknowledge,
    Close,
    CompleteReview,
    DraftReview,
    Escalate,
    IncidentDesk,
    Merge,
    Mitigate,
    Resolve,
    StakeholderUpdate,
)
from incidentflow.errors import TransitionRefused
from incidentflow.testing.clock import ManualClock

clock = ManualClock()
desk = IncidentDesk("memory:", clock=clock)

outage = desk.report(
    "Mail unreachable", by="monitor:probe-3", impact="high", urgency="high", dedup_key="mx1"
)
again = desk.report("mx1 does not answer", by="monitor:probe-7", dedup_key="mx1")
assert again.id == outage.id  # noqa: S101 - one incident, two reports
call = desk.report("I cannot send mail", by="tom", requester="lena")
desk.apply(call, Merge(by="tom", into=outage.name))

clock.advance(minutes=4)
desk.apply(outage, Acknowledge(by="ana"))
desk.apply(outage, Escalate(by="ana", target="network", reason="no uplink", transfer=True))
desk.apply(
    outage,
    AcceptMajor(
        by="mia",
        business_impact="600 people cannot work",
        incident_manager="mia",
        communications_lead="noor",
    ),
)
soon = clock.now() + timedelta(minutes=30)
desk.apply(outage, StakeholderUpdate(by="noor", text="Mail is down.", next_update_at=soon))
clock.advance(minutes=20)
desk.apply(outage, Mitigate(by="ana", note="mail goes over the backup line"))
clock.advance(minutes=40)
desk.apply(outage, Resolve(by="ana", code="fixed", note="replaced the fibre module"))

try:
    desk.apply(outage, Close(by="mia"))
except TransitionRefused as refused:
    print(refused)

clock.advance(days=1)
desk.apply(outage, DraftReview(by="ana", summary="The uplink was down for an hour."))
desk.apply(outage, CompleteReview(by="mia", root_cause="a dead fibre module"))
outage = desk.apply(outage, Close(by="mia"))

print(outage, *desk.history(outage), sep="\n")
