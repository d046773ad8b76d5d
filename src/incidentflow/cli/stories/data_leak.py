"""Data leak: what happened when, evidence, and a review that nothing lowers."""

from __future__ import annotations

from datetime import timedelta

from incidentflow.cli.stories.story import Story, Told, refusal
from incidentflow.desk import IncidentDesk
from incidentflow.process import (
    AcceptMajor,
    Acknowledge,
    Cancel,
    Close,
    CompleteReview,
    Correct,
    DemoteMajor,
    DraftReview,
    Escalate,
    Finding,
    Identify,
    Mitigate,
    Resolve,
    StakeholderUpdate,
    SubmitReview,
)
from incidentflow.testing.clock import ManualClock


def play(desk: IncidentDesk, clock: ManualClock) -> Told:
    """Play it."""
    clock.advance(hours=2)
    leak = desk.report(
        "Customer list found on a public share",
        by="service:dlp",
        service="crm",
        category="security/disclosure",
        impact="high",
        urgency="high",
        detected_at=clock.now(),
    )
    clock.advance(minutes=6)
    desk.apply(leak, Acknowledge(by="zoe"))
    desk.apply(
        leak,
        AcceptMajor(
            by="mia",
            business_impact="names and addresses of 1,204 customers were public",
            incident_manager="mia",
            communications_lead="noor",
        ),
    )
    clock.advance(minutes=7)
    desk.apply(leak, Mitigate(by="zoe", note="the share is closed; search engines were asked"))
    reason = "a personal-data breach may have to be notified"
    escalation = Escalate(
        by="mia", target="data-protection-officer", axis="hierarchical", reason=reason
    )
    desk.apply(leak, escalation)
    _investigate(desk, clock, leak.id)
    clock.advance(hours=3)
    desk.apply(leak, DemoteMajor(by="mia", reason="the file was opened by nobody but us"))
    clock.advance(minutes=2)
    refused = refusal(desk, clock, leak, Cancel(by="zoe", reason="false_positive"))
    clock.advance(hours=1)
    note = "link revoked, export job removed, customers informed"
    desk.apply(leak, Resolve(by="zoe", code="contained", note=note))
    clock.advance(days=1, hours=16)
    desk.apply(
        leak,
        DraftReview(
            by="zoe",
            summary="An export job wrote to a share that was public for 62 hours.",
            went_badly="Nobody owned the share.",
        ),
        SubmitReview(by="zoe"),
    )
    clock.advance(hours=5)
    cause = "shares are public unless somebody says otherwise"
    desk.apply(leak, CompleteReview(by="mia", root_cause=cause))
    return Told(desk.apply(leak, Close(by="mia")), refused)


def _investigate(desk: IncidentDesk, clock: ManualClock, leak: str) -> None:
    clock.advance(minutes=40)
    log = "sha256:5f2b9c1e7d04"
    text = "the access log shows two downloads, both ours"
    desk.apply(leak, Finding(by="zoe", text=text, evidence=(log,)))
    clock.advance(minutes=15)
    desk.apply(leak, Identify(by="zoe", cause="an export job wrote to a public share"))
    since = clock.now() - timedelta(hours=62)
    reason = "the share's own log begins then"
    desk.apply(leak, Correct(by="zoe", milestone="occurred_at", was_at=since, reason=reason))
    clock.advance(minutes=20)
    desk.apply(
        leak,
        StakeholderUpdate(
            by="noor",
            text="A file with customer addresses was public by mistake. It is offline now.",
            next_update_at=clock.now() + timedelta(hours=4),
        ),
    )


STORY = Story(
    "Data leak",
    "Evidence is kept by reference, and the true beginning is put right in the open. No demotion "
    "and no cancelling gets round the review that the major incident raised.",
    play,
)
