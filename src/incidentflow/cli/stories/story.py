"""What a story is: a title, what to watch for, and a play on a desk with a clock to wind."""

from __future__ import annotations

from collections.abc import Callable

from incidentflow.cli.timeline import Moment
from incidentflow.desk import IncidentDesk
from incidentflow.errors import TransitionRefused
from incidentflow.incident import Command, Incident
from incidentflow.testing.clock import ManualClock
from incidentflow.words import frozen


@frozen
class Told:
    """
    A story that was played.

    Attributes:
        incident: The incident it is about.
        refusals: What was tried in vain, as moments for its timeline.
        also: Other incidents that have a part in it.

    """

    incident: Incident
    refusals: tuple[Moment, ...] = ()
    also: tuple[Incident, ...] = ()


@frozen
class Story:
    """
    One everyday case.

    Attributes:
        title: What it is called.
        about: What to watch for.
        play: Plays it.

    """

    title: str
    about: str
    play: Callable[[IncidentDesk, ManualClock], Told]


def refusal(
    desk: IncidentDesk, clock: ManualClock, incident: Incident, command: Command
) -> tuple[Moment, ...]:
    """Try what the library refuses, and return its own words as a moment."""
    try:
        desk.apply(incident, command)
    except TransitionRefused as refused:
        return (Moment(clock.now(), str(command.by), f"[{refused.code}] {refused}", "(refused)"),)
    return ()
