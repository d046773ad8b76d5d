"""The incident and its events: the one is the fold of the others (rule J1)."""

from __future__ import annotations

from abc import abstractmethod
from datetime import datetime
from typing import Any, ClassVar

import attrs

from incidentflow.errors import InvalidInput
from incidentflow.incident.clocks import Clock
from incidentflow.incident.occurrence import Occurrence
from incidentflow.incident.parts import (
    Counts,
    Episode,
    EscalatedTo,
    Estimate,
    Hold,
    HoldInterval,
    Major,
    Override,
    Postponed,
    Requirement,
    Resolution,
    Review,
    StakeholderNews,
    Thread,
)
from incidentflow.incident.places import UNREPORTED, Category, Mark, Place
from incidentflow.words import (
    EPOCH,
    Actor,
    FieldValue,
    Impact,
    OwnField,
    Priority,
    Rank,
    Severity,
    Urgency,
    evolve,
    frozen,
    personal,
    show,
)


class Event(Occurrence):
    """
    A fact about one incident; past tense, frozen, kept for ever.

    Attributes:
        kind: Its stable name, made from the class's.
        schema: The version of its shape; raised when the shape changes (rule J1).

    """

    __slots__ = ()

    @abstractmethod
    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Yield the incident after this event, which *entry* places in time."""

    def arrive(self, incident: Incident, to: Place, at: datetime) -> dict[str, Any]:
        """
        Say what the move changes: almost always what categories and marks say.

        Going back to work begins a new episode; a mark gained sets its milestone, ``restored`` lost
        while work goes on clears it; leaving a waiting state ends the hold interval.
        """
        before = incident.place
        episodes = incident.episodes or (Episode(at),)
        if to.is_unfinished and before.category in (Category.DONE, Category.TERMINAL):
            episodes = (*episodes, Episode(at))
        episodes = (*episodes[:-1], episodes[-1].reached(to, at))
        hold, holds = incident.hold, incident.holds
        if hold is not None and not to.has(Mark.WAITING):
            holds = (*holds, hold.ended(at))
            hold = None
        return {
            "place": to,
            "since": at,
            "substatus": None,
            "episodes": episodes,
            "hold": hold,
            "holds": holds,
            "ending": incident.ending if to.category is Category.TERMINAL else None,
            "merged_into": incident.merged_into if to.category is Category.TERMINAL else None,
            "auto_close_at": incident.auto_close_at if to.category is Category.DONE else None,
            "postponed": (),
        }


@frozen(slots=False)
class Entry:
    """
    One line of a timeline: an event, who did it, when it happened and when it was recorded.

    Attributes:
        sequence: Its place in the journal, from 1.
        at: The world-time: when it happened.
        recorded_at: The record-time: when it was committed (rule L8).
        by: Who did it.
        event: What happened.
        to: The state it led to, when it moved the incident.
        due: For a thing that time made happen: when it was due (rule K19).
        warnings: What looks odd: ``late_entry``, ``equal_times``, ``runs_backwards``, ``gap``,
            ``sequence_repeats``, ``sequence_runs_backwards``, ``milestones_inverted``.
        source_sequence: Its place in the source's own count, or None (rule J4).

    """

    sequence: int
    at: datetime
    recorded_at: datetime
    by: Actor
    event: Occurrence
    to: Place | None = None
    due: datetime | None = None
    warnings: tuple[str, ...] = ()
    source_sequence: int | None = None

    @property
    def kind(self) -> str:
        """The event's stable name."""
        return self.event.kind

    def __str__(self) -> str:
        """Show when, who and what."""
        return f"{show(self.at)}  {self.by}: {self.event.describe()}"


@frozen(kw_only=True, slots=False)
class Incident:
    """
    An unplanned interruption or degradation of a service, as it stands at one version.

    Attributes:
        tenant: The world it lives in (rule T1).
        id: Its UUID.
        number: Its number for people, given by the store; None inside an open batch.
        version: How many events it is the fold of.
        place: Its state with category and marks.
        since: The world-time at which it entered that state.
        updated_at: The record-time of its latest event, erasing apart.
        episodes: From report or reopening to the end, each with its milestones (rule L9).
        estimates: When it was said to be resolved, each time that changed (rule C2).
        clocks: What was promised, measured; of one name the latest is last.
        emptied: The version by which nothing personal was left of it, or 0 (rule J8).
        source_sequence: How far its source has counted, or None (rule J4).

    """

    KIND: ClassVar[str] = "incident"

    tenant: str
    id: str
    number: str | None = attrs.field(default=None, eq=False)
    version: int = 0

    place: Place = UNREPORTED
    since: datetime = EPOCH
    substatus: str | None = None
    episodes: tuple[Episode, ...] = ()

    title: str = personal(default="")
    description: str | None = personal(default=None)
    source: str = ""
    logged_by: str | None = personal(default=None)
    requester: str | None = personal(default=None)
    location: str | None = personal(default=None)
    customer: str | None = personal(default=None)
    service: str | None = None
    items: tuple[str, ...] = ()
    dedup_key: str | None = None
    fields: tuple[OwnField, ...] = ()

    category: str | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    priority: Priority | None = None
    override: Override | None = None

    team: str | None = None
    assignee: str | None = personal(default=None)
    acknowledged_by: str | None = personal(default=None)
    escalated_to: EscalatedTo = EscalatedTo()

    occurred_at: datetime | None = None
    detected_at: datetime | None = None
    reported_at: datetime = EPOCH
    updated_at: datetime = EPOCH

    hold: Hold | None = None
    holds: tuple[HoldInterval, ...] = ()
    cause: str | None = personal(default=None)
    resolution: Resolution | None = None
    ending: str | None = None
    merged_into: str | None = None
    parent: str | None = None
    children: tuple[str, ...] = ()

    news: StakeholderNews | None = None
    estimates: tuple[Estimate, ...] = ()
    major: Major = Major()
    requirements: tuple[Requirement, ...] = ()
    review: Review = Review()

    clocks: tuple[Clock, ...] = ()
    auto_close_at: datetime | None = None
    postponed: tuple[Postponed, ...] = ()
    threads: tuple[Thread, ...] = ()
    legal_holds: tuple[str, ...] = ()
    emptied: int = 0
    counts: Counts = Counts()
    source_sequence: int | None = None

    @property
    def state(self) -> str:
        """The name of its state in the lifecycle."""
        return self.place.state

    @property
    def name(self) -> str:
        """Its number, or its id before it has one."""
        return self.number or self.id

    @property
    def episode(self) -> Episode:
        """The episode it is in, or was in last."""
        return self.episodes[-1]

    def answered(self, at: datetime) -> Incident:
        """Return it answered by a person at an instant, unless it was before (rule K12)."""
        now = self.episode.answered(at)
        return self if now is self.episode else evolve(self, episodes=(*self.episodes[:-1], now))

    @property
    def axes(self) -> dict[str, Rank | None]:
        """What a priority matrix may look at."""
        return {"impact": self.impact, "urgency": self.urgency, "severity": self.severity}

    @property
    def is_blocked(self) -> bool:
        """Whether a raised requirement blocks every way into a terminal state (rule R1)."""
        return any(each.blocks and each.is_raised for each in self.requirements)

    def field(self, name: str) -> FieldValue | None:
        """Return the value of one own field, or None."""
        return next((own.value for own in self.fields if own.name == name), None)

    def clock(self, name: str) -> Clock:
        """
        Return the clock of a name, the latest where there were several.

        Raises:
            InvalidInput: None of that name was ever started.

        """
        found = [clock for clock in self.clocks if clock.name == name]
        if not found:
            known = tuple(dict.fromkeys(clock.name for clock in self.clocks))
            raise InvalidInput.of("clock", name, "clock.unknown", known=known)
        return found[-1]

    @property
    def settled_at(self) -> datetime:
        """The world-time at which its state or its clocks last changed (rule L8)."""
        return max([self.since, *[clock.changed_at for clock in self.clocks]])

    def __str__(self) -> str:
        """Show it in one line."""
        priority = self.priority.name if self.priority else "no priority"
        return f"{self.name}  {self.state}  {priority}  {self.title}"


def apply(incident: Incident, entry: Entry) -> Incident:
    """
    Fold one journal entry into the incident; the only way an incident changes.

    Needs neither policy nor clock nor facts (rule J1).

    Raises:
        TypeError: It is an entry of another kind of subject.

    """
    event = entry.event
    if not isinstance(event, Event):
        msg = f"{event.kind} happens to no incident"
        raise TypeError(msg)
    changes: dict[str, Any] = {"version": entry.sequence, "updated_at": entry.recorded_at}
    count, last = entry.source_sequence, incident.source_sequence
    if count is not None and (last is None or count > last):
        changes["source_sequence"] = count
    if entry.to is not None:
        changes |= event.arrive(incident, entry.to, entry.at)
    after = event.apply(evolve(incident, **changes), entry)
    acts = incident.assignee is not None and incident.assignee == entry.by.id
    return after.answered(entry.at) if acts and entry.by.is_person else after
