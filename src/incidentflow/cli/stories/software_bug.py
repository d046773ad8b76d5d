"""Software bug: hypotheses, a wrong fix, and two reopenings."""

from __future__ import annotations

from datetime import timedelta

from incidentflow.cli.stories.story import Story, Told
from incidentflow.desk import IncidentDesk
from incidentflow.process import (
    Acknowledge,
    Close,
    Finding,
    Hold,
    Identify,
    Reclassify,
    Reopen,
    Resolve,
    Resume,
    ReturnToQueue,
    SetSubstatus,
    StakeholderUpdate,
    Triage,
    WaiveReview,
)
from incidentflow.testing.clock import ManualClock


def play(desk: IncidentDesk, clock: ManualClock) -> Told:
    """Play it."""
    clock.advance(hours=11)
    bug = desk.report(
        "Invoices show the wrong total",
        by="eva",
        requester="eva",
        service="billing",
        impact="medium",
        urgency="low",
        source="portal",
    )
    clock.advance(minutes=30)
    desk.apply(bug, Triage(by="tom", category="application/billing"), Acknowledge(by="tom"))
    clock.advance(minutes=8)
    desk.apply(bug, ReturnToQueue(by="tom", reason="this needs a developer"))
    clock.advance(minutes=15)
    desk.apply(bug, Acknowledge(by="raj"))
    clock.advance(minutes=10)
    comment = "please send one invoice number"
    desk.apply(bug, Hold(by="raj", reason="awaiting_requester", comment=comment))
    clock.advance(hours=1)
    desk.apply(bug, Resume(by="raj", to="in_progress"))
    _investigate(desk, clock, bug.id)
    clock.advance(hours=2)
    desk.apply(bug, Reopen(by="eva", reason="invoices with a discount are still wrong"))
    clock.advance(minutes=50)
    desk.apply(bug, Resolve(by="raj", code="fixed", note="discounts are rounded once, too"))
    clock.advance(hours=16)
    desk.apply(bug, Reopen(by="eva", reason="credit notes are wrong now"))
    clock.advance(minutes=35)
    note = "one rounding rule for all documents; 40 new tests"
    desk.apply(bug, Resolve(by="raj", code="fixed", note=note))
    clock.advance(hours=1)
    reason = "the team reviews rounding as a whole next week"
    desk.apply(bug, WaiveReview(by="raj", reason=reason, approved_by="mia"))
    desk.apply(bug, Close(by="eva", reason="all totals are right"))
    return Told(desk.get(bug))


def _investigate(desk: IncidentDesk, clock: ManualClock, bug: str) -> None:
    clock.advance(minutes=20)
    desk.apply(bug, Finding(by="raj", kind_of="hypothesis", text="the release of Friday"))
    clock.advance(minutes=15)
    desk.apply(bug, Finding(by="raj", kind_of="ruled_out", text="the tax tables are unchanged"))
    clock.advance(minutes=25)
    desk.apply(bug, Reclassify(by="raj", impact="high"))
    desk.apply(
        bug,
        StakeholderUpdate(
            by="raj",
            text="Totals of some invoices are wrong. Please send none before 16:00.",
            next_update_at=clock.now() + timedelta(hours=1),
        ),
    )
    clock.advance(minutes=30)
    commit = "https://example.org/billing/commit/9f3c2d1"
    cause = "totals are rounded per line since Friday's release"
    desk.apply(bug, Identify(by="raj", cause=cause, evidence=(commit,)))
    desk.apply(bug, SetSubstatus(by="raj", label="deploying the fix"))
    clock.advance(minutes=45)
    desk.apply(bug, Resolve(by="raj", code="fixed", note="rounded once, at the end"))


STORY = Story(
    "Software bug",
    "The first fix is wrong, and so is the second. Each reopening begins a new episode and keeps "
    "the old ones; the second one raises a review, which somebody else must agree to waive.",
    play,
)
