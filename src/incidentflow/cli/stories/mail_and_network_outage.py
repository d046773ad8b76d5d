"""Mail and network outage: many reports, one incident, a major one."""

from __future__ import annotations

from datetime import timedelta

from incidentflow.cli.stories.story import Story, Told, refusal
from incidentflow.desk import IncidentDesk
from incidentflow.process import (
    AcceptMajor,
    Acknowledge,
    Close,
    CompleteReview,
    DraftReview,
    Escalate,
    Finding,
    Identify,
    Merge,
    Mitigate,
    ProposeMajor,
    Relapse,
    Resolve,
    StakeholderUpdate,
    SubmitReview,
    Triage,
)
from incidentflow.testing.clock import ManualClock

KEY = "berlin-uplink"


def play(desk: IncidentDesk, clock: ManualClock) -> Told:
    """Play it."""
    outage = desk.report(
        "Mail and web unreachable in Berlin",
        by="monitor:probe-3",
        impact="high",
        urgency="high",
        service="mail",
        location="Berlin",
        dedup_key=KEY,
    )
    clock.advance(minutes=1)
    desk.report("mx1.berlin does not answer", by="monitor:probe-7", dedup_key=KEY)
    clock.advance(minutes=2)
    call = desk.report("I cannot send mail", by="tom", requester="lena", source="phone")
    desk.apply(outage, Triage(by="tom", category="network/wan"))
    desk.apply(call, Merge(by="tom", into=outage.id))
    clock.advance(minutes=1)
    desk.apply(outage, Acknowledge(by="ana"))
    _escalate(desk, clock, outage.id)
    _restore(desk, clock, outage.id)
    clock.advance(minutes=40)
    refused = refusal(desk, clock, outage, Close(by="lena"))
    clock.advance(days=1)
    desk.apply(
        outage,
        DraftReview(
            by="ana",
            summary="The uplink lost its light for 55 minutes; the backup line was too small.",
            went_well="Two probes saw it within a minute.",
            went_badly="The backup line had not been tested for a year.",
        ),
    )
    clock.advance(minutes=15)
    desk.apply(outage, SubmitReview(by="ana"))
    clock.advance(hours=2)
    reason = "a firmware fault in the fibre module"
    desk.apply(outage, CompleteReview(by="mia", root_cause=reason))
    clock.advance(minutes=5)
    return Told(desk.apply(outage, Close(by="lena")), refused, also=(call,))


def _escalate(desk: IncidentDesk, clock: ManualClock, outage: str) -> None:
    clock.advance(minutes=4)
    reason = "the uplink itself is down"
    desk.apply(outage, Escalate(by="ana", target="network", reason=reason, transfer=True))
    desk.apply(outage, ProposeMajor(by="ana", reason="the whole site is offline"))
    clock.advance(minutes=3)
    desk.apply(
        outage,
        AcceptMajor(
            by="mia",
            business_impact="600 people cannot work",
            incident_manager="mia",
            communications_lead="noor",
        ),
        Escalate(
            by="mia",
            target="head-of-it",
            axis="hierarchical",
            reason="a site is offline; the carrier may need pressure",
        ),
    )
    clock.advance(minutes=2)
    desk.apply(
        outage,
        StakeholderUpdate(
            by="noor",
            text="Mail and web are unreachable in Berlin. We are moving to the backup line.",
            next_update_at=clock.now() + timedelta(minutes=30),
            eta=clock.now() + timedelta(hours=1),
        ),
    )


def _restore(desk: IncidentDesk, clock: ManualClock, outage: str) -> None:
    clock.advance(minutes=6)
    desk.apply(outage, Finding(by="ana", text="no light on the fibre to the carrier"))
    clock.advance(minutes=5)
    desk.apply(outage, Mitigate(by="ana", note="all traffic goes over the backup line"))
    clock.advance(minutes=9)
    desk.apply(outage, Relapse(by="ana", note="the backup line is saturated, mail stands again"))
    clock.advance(minutes=8)
    evidence = "https://example.org/carrier/4711"
    desk.apply(outage, Identify(by="ana", cause="a dead fibre module", evidence=(evidence,)))
    clock.advance(minutes=14)
    desk.apply(outage, Mitigate(by="ana", note="a spare module carries the traffic"))
    desk.apply(
        outage,
        StakeholderUpdate(by="noor", text="Mail and web work again; we keep watching."),
    )
    clock.advance(minutes=20)
    desk.apply(outage, Resolve(by="ana", code="fixed", note="replaced the fibre module"))


STORY = Story(
    "Mail and network outage",
    "Two probes and a caller tell of the same thing: the second probe joins by its dedup key, the "
    "call is merged. It becomes a major incident, relapses once, and may not close before it is "
    "reviewed.",
    play,
)
