"""
The one door: incident, commands, policy, instant and facts in; a commit out, or a refusal.

Order, for each command: settle the facts that were due before it, ask the lifecycle, decide,
apply, react, let the clocks follow. At the end: the facts that lie behind by then, what is due
next, and what is owed to whom. All of it is pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice

import attrs

from incidentflow.errors import InvalidInput, TransitionRefused
from incidentflow.incident import Ask, Case, Command, Entry, Event, Facts, Incident, Place, apply
from incidentflow.incident.agenda import Due
from incidentflow.incident.milestones import newly_inverted
from incidentflow.incident.owed import Message, OwedCommand
from incidentflow.lifecycle import Lifecycle, Option, Probe
from incidentflow.policy import Policy
from incidentflow.process import COMMANDS, clocking, closing, fields, keys, requirements
from incidentflow.process.agenda import ActPostponed, Tick, agenda, decisive
from incidentflow.process.announcement import announce
from incidentflow.process.clocks import ClockBreached
from incidentflow.process.dating import Origin, world_time
from incidentflow.process.owing import owe
from incidentflow.words import EPOCH, SYSTEM, Actor, evolve, frozen

ALONGSIDE = (fields.set_along, keys.give_up)
REACTIONS = (requirements.react, closing.react)
DEEPEST = 8
MOST_ACTS = 1000


@frozen
class Practice:
    """
    How one desk works.

    Attributes:
        lifecycle: The states and steps of its incidents.
        policy: What it has configured.
        origin: Where its commands come from.
        commands: Every kind of command it knows, the host's own included.

    """

    lifecycle: Lifecycle
    policy: Policy
    origin: Origin = Origin.LIVE
    commands: tuple[type[Command], ...] = COMMANDS


@frozen(slots=False)
class Commit:
    """
    What is stored together or not at all (rule J3).

    Attributes:
        before: The incident the decision was made on.
        incident: The incident after it.
        entries: What happened, in order.
        reads: The other incidents the decision depends on, as they were read.
        messages: What is owed to people.
        commands: What is owed to other incidents.
        due_at: When the next thing is due, or None.

    """

    before: Incident
    incident: Incident
    entries: tuple[Entry, ...]
    reads: tuple[Incident, ...]
    messages: tuple[Message, ...]
    commands: tuple[OwedCommand, ...]
    due_at: datetime | None


def asks(incident: Incident, commands: Iterable[Command]) -> tuple[tuple[Actor, Ask], ...]:
    """Name the facts that a decision on these commands needs, and who wants to know."""
    needs = [(command.by, ask) for command in commands for ask in command.asks(incident)]
    if incident.dedup_key and not incident.place.is_unfinished:
        needs.append((SYSTEM, Ask(dedup_key=incident.dedup_key)))
    return tuple(needs)


def decide(
    incident: Incident,
    commands: Sequence[Command],
    practice: Practice,
    now: datetime,
    facts: Facts = Facts(),  # noqa: B008 - a frozen value
) -> Commit:
    """
    Decide on commands, one after another, as one commit.

    Args:
        incident: The incident as it stands; one without a version is not yet reported.
        commands: What is asked, at least one.
        practice: How this desk works.
        now: The record-time.
        facts: The answers to what `asks` named.

    Returns:
        The commit; nothing has been stored yet.

    Raises:
        TransitionRefused: A command is not possible; none of them has an effect (rule L5).
        InvalidInput: A value can never be right.

    """
    draft = _Draft(incident, practice, now, facts)
    for command in commands:
        draft.carry_out(command)
    return draft.commit()


def options(
    incident: Incident, by: Actor, practice: Practice, now: datetime, facts: Facts
) -> tuple[Option, ...]:
    """List every step from where the incident stands, as it is for this actor (rule L5)."""
    case = Case(incident, Probe(by=by), practice.policy, max(now, incident.updated_at), facts)
    return practice.lifecycle.options(case)


def forecast(
    incident: Incident, practice: Practice, until: datetime, now: datetime = EPOCH
) -> tuple[Entry, ...]:
    """List what will happen until an instant if nobody acts, by playing time forward from now."""
    foreseen: list[Entry] = []
    while (ahead := agenda(incident)) and ahead[0].at <= until and len(foreseen) < MOST_ACTS:
        commit = decide(incident, (Tick(by=SYSTEM),), practice, max(ahead[0].at, now))
        foreseen.extend(commit.entries)
        incident = commit.incident
    return tuple(entry for entry in foreseen if entry.at <= until)


def _is_known(incident: Incident) -> bool:
    """Whether an incident was read; one that is hidden from who asks has no version."""
    return incident.version > 0


class _Draft:
    """A commit being made: the incident so far, and what happened to it."""

    def __init__(self, incident: Incident, practice: Practice, now: datetime, facts: Facts) -> None:
        self.before = self.incident = incident
        self.practice, self.policy = practice, practice.policy
        self.now = max(now, incident.updated_at)
        self.facts = facts
        self.entries: list[Entry] = []
        self.looked_at: Incident | None = None
        self.decided_by: tuple[object, ...] = ()
        self.ahead: tuple[Due, ...] = ()

    def carry_out(self, command: Command) -> None:
        """Settle what was due, then run one command; a tick runs what is due instead."""
        if type(command) is Tick:
            self._tick()
            return
        self._settle()
        self._run(command)

    def commit(self) -> Commit:
        """Close the draft: what is due next, and what is owed."""
        self._settle()
        ahead = self._agenda()
        return Commit(
            before=self.before,
            incident=self.incident,
            entries=tuple(self.entries),
            reads=(*self.facts.incidents.values(), *filter(_is_known, self.facts.holders.values())),
            messages=tuple(announce(self.incident, self.entries, self.policy)),
            commands=tuple(owe(self.incident, self.entries, self.policy)),
            due_at=ahead[0].at if ahead else None,
        )

    def _tick(self) -> None:
        for due in islice(iter(self._next_due, None), MOST_ACTS):
            if isinstance(due.what, Event):
                self._record(due.what, due.fell_due, SYSTEM, due=due.fell_due)
            else:
                self._act(due, due.what)

    def _settle(self) -> None:
        if self._next_due() is not None:
            for event, at in islice(iter(self._next_fact, None), MOST_ACTS):
                self._record(event, at, SYSTEM, due=at)

    def _next_due(self) -> Due | None:
        ahead = self._agenda()
        return ahead[0] if ahead and ahead[0].at <= self.now else None

    def _next_fact(self) -> tuple[Event, datetime] | None:
        for due in self._agenda():
            if due.at > self.now:
                break
            if isinstance(due.what, Event):
                return due.what, due.fell_due
        return None

    def _agenda(self) -> tuple[Due, ...]:
        """List what is due as the incident stands; anew only when what decides it has changed."""
        if self.incident is not self.looked_at:
            self.looked_at, decided_by = self.incident, decisive(self.incident)
            if decided_by != self.decided_by:
                self.decided_by, self.ahead = decided_by, agenda(self.incident)
        return self.ahead

    def _act(self, due: Due, command: Command) -> None:
        try:
            self._run(command, due=due.fell_due)
        except TransitionRefused as refused:
            wait = max(self.policy.retry_act, self.now - due.fell_due)
            why = "; ".join(failure.code for failure in refused.failures)
            event = ActPostponed(due.code, self.now + wait, why)
            self._record(event, self.now, SYSTEM, due=due.fell_due)

    def _run(self, command: Command, due: datetime | None = None) -> None:
        case = Case(
            self.incident,
            command,
            self.policy,
            self.now,
            self.facts,
            commands=self.practice.commands,
            imported=self.practice.origin is Origin.IMPORTED,
        )
        try:
            to = command.move(case, self.practice.lifecycle)
            if to is not None:
                self.practice.lifecycle.admit(case, to)
            at, odd = world_time(case, self.before, self.practice.origin)
            decided = case if to is None else evolve(case, to=to)
            events = [*command.decide(decided)]
            for alongside in ALONGSIDE:
                events.extend(alongside(decided))
            if to is not None and not events:
                case.refuse("event.missing")
        except TransitionRefused as refused:
            raise self._as_it_stands(case, refused) from None
        before, first = self.incident, len(self.entries)
        for event in events:
            count = command.source_sequence
            self._record(event, at, command.by, to=to, due=due, odd=odd, count=count)
            to, due = None, None
        if len(self.entries) > first:
            self._clock(before, self.entries[first:])

    def _clock(self, before: Incident, entries: Sequence[Entry]) -> None:
        """Let the clocks follow what one command did."""
        for event, at in clocking.follow(before, self.incident, entries, self.policy):
            fell_due = at if isinstance(event, ClockBreached) else None
            self._record(event, at, SYSTEM, due=fell_due, count=entries[0].source_sequence)

    def _as_it_stands(self, case: Case, refused: TransitionRefused) -> TransitionRefused:
        """Tell a refusal in terms of the incident before the whole draft: that is what stands."""
        probe = evolve(case, incident=self.before, command=Probe(by=case.command.by))
        return attrs.evolve(
            refused,
            state=self.before.state,
            open_steps=self.practice.lifecycle.open_steps(probe),
            later=self.incident.place is not self.before.place,
        )

    def _record(
        self,
        event: Event,
        at: datetime,
        by: Actor,
        *,
        to: Place | None = None,
        due: datetime | None = None,
        odd: tuple[str, ...] = (),
        count: int | None = None,
        depth: int = 0,
    ) -> None:
        entry = Entry(self.incident.version + 1, at, self.now, by, event, to, due, odd, count)
        after = apply(self.incident, entry)
        due_place = to or self.incident.place
        if after.place is not due_place and after.place != due_place:
            problem = "sets the state itself; only a step of the lifecycle does (rule L1)"
            raise InvalidInput("events", event.kind, problem)
        if newly_inverted(self.incident, after):
            entry = evolve(entry, warnings=(*odd, "milestones_inverted"))
        self.incident = after
        self.entries.append(entry)
        if depth < DEEPEST:
            for react in REACTIONS:
                for follows in react(self.incident, entry, self.policy, self.facts):
                    self._record(follows, at, SYSTEM, count=count, depth=depth + 1)
