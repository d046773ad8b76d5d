"""
Power failure: told when the lights were on again, in an asyncio application.

`at` says when something happened; when it was recorded is kept beside it. A key makes a repeated
call harmless: whoever does not know whether a call arrived makes it again.
"""

import asyncio

from incidentflow import (
    AsyncIncidentDesk,
    CompleteReview,
    DraftReview,
    Identify,
    Mitigate,
    Resolve,
)
from incidentflow.testing.clock import ManualClock


async def play(desk: AsyncIncidentDesk, clock: ManualClock) -> None:
    """Play the story, and print it."""
    dark = clock.now()
    clock.advance(minutes=25)
    for _ in range(2):
        power = await desk.report(
            "Power failure in hall A",
            by="otto",
            at=dark,
            to="in_progress",
            category="facility/power",
            impact="high",
            urgency="high",
            key="paper-form-17",
        )
    clock.advance(minutes=10)
    note = "started the generator by hand"
    await desk.apply(power, Mitigate(by="iris", note=note), key="paper-form-18")
    await desk.apply(power, Identify(by="iris", cause="a stuck transfer switch"))
    clock.advance(hours=5)
    await desk.apply(power, Resolve(by="iris", code="repaired", note="new transfer switch"))
    clock.advance(days=5)
    await desk.tick()
    await desk.apply(power, DraftReview(by="iris", summary="Hall A was dark for 35 minutes."))
    power = await desk.apply(power, CompleteReview(by="mia"))

    print(power, *await desk.history(power), sep="\n")


async def main() -> None:
    """Open a desk, and close it at the end."""
    clock = ManualClock()
    async with AsyncIncidentDesk("memory:", clock=clock) as desk:
        await play(desk, clock)


asyncio.run(main())
