"""
Data leak: own fields, the true beginning, and a review that nothing lowers.

A desk declares fields of its own and says before which step they must be known. World-times may be
put right, in the open; the journal keeps both, and `verify` shows that nobody changed it since.
"""

from datetime import timedelta

from incidentflow import (
    AcceptMajor,
    Acknowledge,
    Cancel,
    CompleteReview,
    Correct,
    DemoteMajor,
    DraftReview,
    FieldRule,
    Finding,
    IncidentDesk,
    Policy,
    Resolve,
)
from incidentflow.errors import TransitionRefused
from incidentflow.testing.clock import ManualClock

clock = ManualClock()
policy = Policy(fields=(FieldRule("records", type="number", required_at="resolve"),))
desk = IncidentDesk("memory:", clock=clock, policy=policy)

leak = desk.report("Customer list on a public share", by="service:dlp", impact="high", urgency=1)
desk.apply(leak, Acknowledge(by="zoe"))
desk.apply(
    leak,
    AcceptMajor(
        by="mia",
        business_impact="addresses of customers were public",
        incident_manager="mia",
        communications_lead="noor",
    ),
)
clock.advance(minutes=40)
began = clock.now() - timedelta(hours=62)
desk.apply(leak, Finding(by="zoe", text="two downloads, both ours", evidence=("sha256:5f2b9c",)))
desk.apply(
    leak, Correct(by="zoe", milestone="occurred_at", was_at=began, reason="the share's own log")
)
desk.apply(leak, DemoteMajor(by="mia", reason="nobody else opened it"))

for impossible in (
    Cancel(by="zoe", reason="false_positive"),
    Resolve(by="zoe", code="contained", note="link revoked"),
):
    try:
        desk.apply(leak, impossible)
    except TransitionRefused as refused:
        print(refused)

contained = Resolve(by="zoe", code="contained", note="link revoked", fields={"records": 1204})
desk.apply(leak, contained)
desk.apply(leak, DraftReview(by="zoe", summary="The share was public for 62 hours."))
desk.apply(leak, CompleteReview(by="mia", root_cause="shares are public by default"))
clock.advance(days=5)
desk.tick()

leak = desk.get(leak)
print(leak, *desk.history(leak), sep="\n")
print("the journal holds:", desk.verify().holds)
