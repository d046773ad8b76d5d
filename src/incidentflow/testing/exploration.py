"""
Every incident that a few commands can lead to, breadth-first, each kind of it once.

Two incidents are the same kind when every rule of the library would answer them alike: what they
are called, what was written in them and how they came to be does not count. Instants count by how
far ahead they lie, or how long ago up to the longest window.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from attrs import evolve, fields, frozen

from incidentflow import engine
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, TransitionRefused, nearest, shorten
from incidentflow.incident import Case, Category, Command, Incident
from incidentflow.lifecycle import Lifecycle, Openness, Option
from incidentflow.policy import Policy
from incidentflow.process import COMMANDS
from incidentflow.process.agenda import Tick, agenda
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.testing.scripts import Line
from incidentflow.testing.supplies import DAY, Supplies
from incidentflow.words import SYSTEM

OTHER = "another"
OVER = (Category.DONE, Category.TERMINAL)
Move = tuple[datetime, Command]


@frozen(eq=False)
class Node:
    """
    An incident at an instant, and the way that led there.

    Attributes:
        incident: The incident.
        now: The instant.
        before: The node it was reached from; None for the first.
        command: The command that led here.
        depth: How many commands led here.

    """

    incident: Incident
    now: datetime
    before: Node | None = None
    command: Command | None = None
    depth: int = 0

    @property
    def script(self) -> tuple[Line, ...]:
        """What led here, from the report on."""
        if self.before is None or self.command is None:
            return ()
        return (*self.before.script, Line(self.now, self.command, self.incident.state))


class _Terse(Lifecycle):
    """A lifecycle whose refusals do not say what would work: here nobody reads them."""

    def open_steps(self, case: Case) -> tuple[str, ...]:
        """Save the time it takes."""
        del case
        return ()


class Stage:
    """
    Plays single moves on the pure engine, from any incident at any instant.

    Args:
        practice: How the desk would work.
        given: Values for inputs and own fields, by name, beside the representative ones.

    Raises:
        InvalidInput: There is no such input or own field.

    """

    def __init__(self, practice: Practice, given: Mapping[str, object]) -> None:
        _require_known(practice, given)
        places = practice.lifecycle.places.values()
        first = next(place for place in places if place.is_unfinished)
        self._another = Incident(tenant=BLANK.tenant, id=OTHER, version=1, place=first)
        self._life = Rehearsal(practice.lifecycle, practice.policy)
        self.beside(())
        ours = practice.lifecycle
        terse = _Terse(ours.name, ours.states, ours.steps, ours.renames)
        self._life.practice = evolve(practice, lifecycle=terse)
        self.practice = practice
        self.supplies = Supplies(practice=practice, into=OTHER, given=given)
        self.longest = _longest(practice.policy)
        self.often = max((rule.times for rule in practice.policy.requirements), default=0)

    def beside(self, others: Iterable[Incident]) -> None:
        """Set further incidents of the same desk, such as one that holds a dedup key."""
        self._life.others = (self._another, *others)

    def options(self, node: Node) -> tuple[Option, ...]:
        """List every step from a node."""
        self._life.incident, self._life.now = node.incident, node.now
        return self._life.options(self.supplies.by)

    def play(self, node: Node, command: Command, now: datetime) -> Node:
        """
        Carry out one command from a node.

        Raises:
            TransitionRefused, InvalidInput: It is not possible.

        """
        asked = (command,)
        self._life.incident = node.incident
        commit = engine.decide(
            node.incident, asked, self._life.practice, now, self._life.facts(asked)
        )
        return Node(commit.incident, now, node, command, node.depth + 1)

    def steps(self, node: Node) -> Iterator[Move]:
        """Name each step that is not closed, with what it needs; and once more with an end."""
        for option in self.options(node):
            if option.openness is not Openness.CLOSED:
                for more in ((), ("until",)):
                    yield node.now, self.supplies.take(option, node.now, *more)

    def waits(self, node: Node) -> Iterator[Move]:
        """Let time pass: to the next thing that is due, and beyond every window."""
        if node.incident.version:
            ahead = agenda(node.incident)
            soon = (max(node.now, ahead[0].at),) if ahead else ()
            for now in (*soon, node.now + self.longest + DAY):
                yield now, Tick(by=SYSTEM)

    def kind_of(self, node: Node) -> Hashable:
        """Return what is equal for incidents that every rule answers alike."""
        incident, now = node.incident, node.now

        def ago(at: datetime | None) -> timedelta | None:
            return None if at is None else max(at - now, -self.longest - DAY)

        over = incident.place.category in OVER
        started = incident.episode.started_at if incident.episodes else now
        return (
            incident.place,
            over and (ago(incident.since), ago(incident.episode.resolved_at)),
            incident.hold
            and (incident.hold.reason, incident.hold.came_from, ago(incident.hold.until)),
            frozenset(
                (
                    each.because,
                    each.blocks,
                    each.status,
                    each.overdue or ago(each.due),
                    each.raised_at < started,
                )
                for each in incident.requirements
            ),
            ago(incident.auto_close_at),
            frozenset((each.code, ago(each.until)) for each in incident.postponed),
            (
                incident.major.status,
                incident.review.status,
                min(incident.counts.reopens, self.often),
            ),
            (incident.category, *incident.axes.values(), incident.priority, incident.override),
            (incident.assignee, incident.team, incident.dedup_key, frozenset(incident.fields)),
        )


class Exploration:
    """
    Plays every move from every kind of incident, the shortest ways first; iterate over it.

    Args:
        stage: Where the moves are played.
        moves: What to try from a node; called once for each kind of incident.
        kind_of: What is equal for incidents of one kind.
        depth: How many commands a way has at most; None: until nothing new comes.

    Attributes:
        kinds: The kinds of incident that were reached so far.

    """

    def __init__(
        self,
        stage: Stage,
        moves: Callable[[Node], Iterable[Move]],
        kind_of: Callable[[Node], Hashable],
        depth: int | None = None,
    ) -> None:
        self._stage = stage
        self._moves = moves
        self._kind_of = kind_of
        self._depth = depth
        self.kinds: set[Hashable] = set()

    def __iter__(self) -> Iterator[Node]:
        """Yield everything that is reached, as soon as it is; what is refused leads nowhere."""
        waiting = deque([Node(BLANK, MONDAY)])
        while waiting:
            node = waiting.popleft()
            for now, command in self._moves(node):
                try:
                    reached = self._stage.play(node, command, now)
                except (InvalidInput, TransitionRefused):
                    continue
                kind = self._kind_of(reached)
                if kind not in self.kinds and reached.depth != self._depth:
                    waiting.append(reached)
                self.kinds.add(kind)
                yield reached


def practice_of(
    lifecycle: Lifecycle, policy: Policy | None, commands: Iterable[type[Command]]
) -> Practice:
    """
    Return how a desk would work by what a test author gives.

    Args:
        lifecycle: The states and steps.
        policy: How the desk works; None: the default.
        commands: The host's own kinds of command.

    Raises:
        InvalidInput: It is no lifecycle, or no policy.

    """
    policy = Policy() if policy is None else policy
    for name, value, kind in (("lifecycle", lifecycle, Lifecycle), ("policy", policy, Policy)):
        if not isinstance(value, kind):
            raise InvalidInput(name, shorten(value), f"is no {kind.__name__}")
    return Practice(lifecycle, policy, commands=(*COMMANDS, *commands))


def _require_known(practice: Practice, given: Mapping[str, object]) -> None:
    if not isinstance(given, Mapping):
        raise InvalidInput("inputs", shorten(given), "are no values by name; give a dict")
    known = {each.name for command in practice.commands for each in fields(command)}
    known.update(rule.name for rule in practice.policy.fields)
    for name in given:
        if name not in known:
            problem = f"is no input and no own field; {nearest(str(name), known)}"
            raise InvalidInput("inputs", shorten(name), problem)


def _longest(policy: Policy) -> timedelta:
    spans = (policy.reopen_window, policy.reinstate_window, policy.auto_close)
    return max(span for span in (*spans, DAY) if span is not None)
