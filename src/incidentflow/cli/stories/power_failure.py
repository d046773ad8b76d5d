"""Power failure: told when the lights were on again, reviewed after it had closed."""

from __future__ import annotations

from datetime import timedelta

from incidentflow.cli.stories.story import Story, Told
from incidentflow.desk import IncidentDesk
from incidentflow.process import (
    Assign,
    CompleteReview,
    DraftReview,
    Escalate,
    Hold,
    Identify,
    Mitigate,
    Note,
    Resolve,
    StakeholderUpdate,
    SubmitReview,
)
from incidentflow.testing.clock import ManualClock


def play(desk: IncidentDesk, clock: ManualClock) -> Told:
    """Play it."""
    dark = clock.set((clock.now() + timedelta(days=1)).replace(hour=2, minute=23))
    clock.advance(minutes=25)
    power = desk.report(
        "Power failure in hall A",
        by="otto",
        at=dark,
        to="in_progress",
        source="phone",
        category="facility/power",
        service="datacentre",
        location="Hall A",
        impact="high",
        urgency="high",
        occurred_at=dark,
    )
    note = "logged from paper: the ticket system was dark as well"
    desk.apply(power, Note(by="otto", text=note))
    reason = "the generator did not start by itself"
    desk.apply(power, Escalate(by="otto", target="facilities", reason=reason, transfer=True))
    clock.advance(minutes=10)
    desk.apply(power, Assign(by="iris", assignee="iris"))
    desk.apply(power, Mitigate(by="iris", note="started the generator by hand"))
    _wait_for_the_part(desk, clock, power.id)
    note = "new transfer switch, tested under load twice"
    desk.apply(power, Resolve(by="iris", code="repaired", note=note))
    clock.advance(days=5)
    desk.tick()
    clock.advance(days=2)
    desk.apply(
        power,
        DraftReview(
            by="iris",
            summary="The transfer switch stuck; the hall was dark for 35 minutes.",
            went_well="Paper forms were at hand.",
            went_badly="The monthly test had been skipped twice.",
        ),
        SubmitReview(by="iris"),
    )
    clock.advance(hours=1)
    desk.apply(power, CompleteReview(by="mia"))
    return Told(desk.get(power))


def _wait_for_the_part(desk: IncidentDesk, clock: ManualClock, power: str) -> None:
    clock.advance(minutes=5)
    morning = clock.now().replace(hour=7, minute=0)
    desk.apply(
        power,
        StakeholderUpdate(
            by="otto",
            text="Hall A runs on the generator. The switch is replaced in the morning.",
            next_update_at=morning,
            eta=morning + timedelta(hours=2),
        ),
    )
    clock.advance(minutes=20)
    desk.apply(power, Identify(by="iris", cause="a stuck transfer switch"))
    desk.apply(
        power, Hold(by="iris", reason="scheduled", until=morning, comment="the part comes by van")
    )
    clock.set(morning)
    desk.tick()
    clock.advance(hours=1, minutes=30)


STORY = Story(
    "Power failure",
    "It is logged 25 minutes late, with its own time: both are kept. Users are served again long "
    "before the cause is gone, and the review is written after the incident closed by itself.",
    play,
)
