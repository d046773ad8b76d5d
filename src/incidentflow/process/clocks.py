"""Clocks: what happens to them (rules K2, K3, K8 and K11)."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime, timedelta

from incidentflow.incident import Entry, Event, Incident
from incidentflow.incident.clocks import Clock, Ended, Verdict, remembered
from incidentflow.incident.pauses import Pause
from incidentflow.policy.clocks import PROMISED
from incidentflow.texts import Text
from incidentflow.words import evolve, frozen, personal

NONE = timedelta(0)


@frozen
class ClockEvent(Event):
    """Something that happened to the latest clock of a name."""

    clock: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Change that clock, the latest of its name, and no other."""
        *_, place = (n for n, each in enumerate(incident.clocks) if each.name == self.clock)
        clocks = [*incident.clocks]
        clocks[place] = self.changed(clocks[place], entry, incident)
        return evolve(incident, clocks=tuple(clocks))

    @abstractmethod
    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Return the clock after it."""


@frozen
class ClockStarted(Event):
    """A clock started, with all it is reckoned by (rule K13)."""

    clock: Clock

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Add it; the former cycle goes where its counts remember it."""
        del entry
        clock, clocks = self.clock, incident.clocks
        if clock.counts:
            clocks = tuple(each for each in clocks if not _is_former(each, clock))
        return evolve(incident, clocks=(*remembered(clocks, clock.name), clock))

    def wording(self) -> Text:
        """Say which, its target and when it is due; what was promised has no other target."""
        clock = self.clock
        target = None if clock.name == PROMISED else clock.terms.target
        told = {"clock": clock.name, "target": target, "due": clock.due}
        return Text(super().wording().code, told)


@frozen
class ClockWarned(ClockEvent):
    """So much of a target is used up (rule K11)."""

    part: str

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Count it, so that it is said once."""
        del entry, incident
        return evolve(clock, warned=clock.warned + 1, looks=clock.looks[1:])


@frozen
class ClockBreached(ClockEvent):
    """A clock was not stopped in time; it happened at the due instant (rule K2)."""

    retroactive: bool = False

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Mark it; a missed update is counted (rule C2)."""
        if self.clock == PROMISED:
            counts = incident.counts
            counts = evolve(counts, missed_updates=counts.missed_updates + 1)
            incident = evolve(incident, counts=counts)
        return super().apply(incident, entry)

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Record it for ever."""
        del incident
        return evolve(clock, breached_at=entry.at, retroactive=self.retroactive, looks=())


@frozen
class ClockPaused(ClockEvent):
    """
    A hold holds a clock back, or a trigger of its own does (rule K16).

    Attributes:
        reason: The reason to hold, or the trigger.
        until: When that ends by itself, or None.
        waits: Whether only another trigger of its own ends it.

    """

    reason: str
    until: datetime | None = None
    waits: bool = False

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Begin the pause; when it is due is unknown from here on (rule K3)."""
        del incident
        return clock.held(entry.at, self.until, waits=self.waits)


@frozen
class ClockResumed(ClockEvent):
    """
    A clock goes on after a pause.

    Attributes:
        due: When it is due now.
        looks: When it will warn.

    """

    due: datetime | None
    looks: tuple[datetime, ...] = ()

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """End the pause."""
        del incident
        return evolve(clock.resumed(entry.at), due=self.due, looks=self.looks)


@frozen
class ClockReopened(ClockEvent):
    """
    A clock that had ended goes on: it was not over after all (rule K7).

    Attributes:
        due: When it is due now.
        looks: When it will warn.
        counts: Whether the time between counts.
        held: What of it does not, as a hold held it back.

    """

    due: datetime | None
    looks: tuple[datetime, ...] = ()
    counts: bool = False
    held: tuple[Pause, ...] = ()

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Go on."""
        del incident
        between = clock.going_on(entry.at, self.held if self.counts else None)
        return evolve(
            between,
            due=self.due,
            looks=self.looks,
            ended=None,
            ended_at=None,
            claimed=None,
            set_at=entry.recorded_at,
        )


@frozen
class ClockStopped(ClockEvent):
    """
    A clock was stopped by what it waited for.

    Attributes:
        verdict: What became of it, as recorded.
        left: How much of the target was left; negative when it was overrun.
        by: The trigger that stopped it, such as ``"restored"``.
        claimed: What a late entry claims against that, or None (rule K17).

    """

    verdict: Verdict
    left: timedelta
    by: str
    claimed: Verdict | None = None

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Stop it, for ever."""
        after = ended(clock, Ended.STOPPED, entry, incident)
        return evolve(after, claimed=self.claimed, stopped_by=self.by)

    def wording(self) -> Text:
        """Say which, the verdict, and how much was left or over."""
        left = self.left if self.left >= NONE else None
        told = {"clock": self.clock, "verdict": self.verdict, "claimed": self.claimed}
        over = None if left is not None else -self.left
        return Text(super().wording().code, {**told, "left": left, "over": over})


@frozen
class ClockClaimed(ClockEvent):
    """A correction claims another verdict than is recorded; reports show both (rule K17)."""

    claimed: Verdict

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """Keep it beside what is recorded."""
        del entry, incident
        return evolve(clock, claimed=None if self.claimed is clock.verdict else self.claimed)


@frozen
class ClockCancelled(ClockEvent):
    """
    A clock ended without having been stopped; a recorded breach stays (rule K8).

    Attributes:
        superseded: Whether its target went, as after a change of priority.
        relieved: Whether it went within its last quarter (rule K6).

    """

    superseded: bool = False
    relieved: bool = False

    def changed(self, clock: Clock, entry: Entry, incident: Incident) -> Clock:
        """End it."""
        how = Ended.SUPERSEDED if self.superseded else Ended.CANCELLED
        return evolve(ended(clock, how, entry, incident), relieved=self.relieved)


@frozen
class ClockRetargeted(Event):
    """
    A running clock was given another target; the former keeps its verdict (rule K6).

    Attributes:
        clock: The clock that runs from here on.
        former: What the target was.
        relieved: Whether it was loosened within the last quarter of the former target.
        reason: Why, where somebody gave one.

    """

    clock: Clock
    former: str
    relieved: bool = False
    reason: str = personal(default="")

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Put the new clock beside the former one."""
        clocks = tuple(
            evolve(ended(each, Ended.SUPERSEDED, entry, incident), relieved=self.relieved)
            if each.name == self.clock.name and each.runs
            else each
            for each in incident.clocks
        )
        return evolve(incident, clocks=(*remembered(clocks, self.clock.name), self.clock))

    def wording(self) -> Text:
        """Say which, from what to what, and when it is due."""
        clock, now = self.clock, self.clock.terms.target
        told = {"clock": clock.name, "former": self.former, "target": now, "due": clock.due}
        return Text(
            super().wording().code, {**told, "relieved": self.relieved, "reason": self.reason}
        )


def _is_former(each: Clock, clock: Clock) -> bool:
    stopped = each.ended is Ended.STOPPED
    return stopped and (each.name, each.cycle + 1) == (clock.name, clock.cycle)


def ended(clock: Clock, how: Ended, entry: Entry, incident: Incident) -> Clock:
    """Return a clock that ended with an entry; an open pause ends with it (rule K5)."""
    return evolve(
        clock.resumed(entry.at),
        ended=how,
        ended_at=entry.at,
        episode=_episode_at(incident, entry.at),
        looks=(),
    )


def _episode_at(incident: Incident, at: datetime) -> int:
    """Return the number of the episode that an instant lies in."""
    return sum(each.started_at <= at for each in incident.episodes[1:]) + 1


def resumed(clock: Clock, at: datetime | None = None) -> ClockResumed:
    """Build the event of a clock going on at an instant, or when its pause ends by itself."""
    at = at or clock.pause_ends or clock.changed_at
    after = clock.resumed(at).reckoned()
    return ClockResumed(clock.name, after.due, after.looks)
