"""Check a lifecycle as a whole, beyond what building it checks; all problems at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping

from incidentflow.desk.fitting import require_fit
from incidentflow.engine import Practice
from incidentflow.errors import Failure, LifecycleError, PolicyError
from incidentflow.events import EVENTS
from incidentflow.incident import Case, Category, Command, Event, Mark
from incidentflow.lifecycle import Guard, Lifecycle, Openness, Option, Probe
from incidentflow.policy import Policy
from incidentflow.process.agenda import agenda
from incidentflow.testing.agreement import disagreements
from incidentflow.testing.exploration import Exploration, Move, Node, Stage, practice_of
from incidentflow.testing.promises import FAULT, broken_promises


def check_lifecycle(
    lifecycle: Lifecycle,
    policy: Policy | None = None,
    *,
    events: Iterable[type[Event]] = (),
    commands: Iterable[type[Command]] = (),
    inputs: Mapping[str, object] | None = None,
) -> None:
    """
    Check everything about a lifecycle that can be checked without knowing what it is for.

    Its table and its machine agree for every state, trigger and guard outcome. Every unfinished
    state leads to a done one, every waiting state can be resumed, and what closes by itself can be
    closed. Then it is played out under the policy, step by step with representative inputs, until
    nothing new comes: every state is reached, no incident is stuck, guards are pure and answer as
    guards do, and every option keeps what it says.

    Args:
        lifecycle: The states and steps.
        policy: How the desk works; None: the default.
        events: The host's own kinds of event.
        commands: The host's own kinds of command.
        inputs: Values for inputs and own fields, by name, where representative ones do not do.

    Raises:
        LifecycleError: Lists every problem, each with what would do.
        InvalidInput: An argument is of the wrong kind, or *inputs* names what is no input.

    """
    practice = practice_of(lifecycle, policy, commands)
    found = [
        *_fit(practice, (*EVENTS, *events)),
        *disagreements(lifecycle),
        *_ways_out(practice),
        *_Play(practice, inputs or {}).problems(),
    ]
    if found:
        raise LifecycleError(f"lifecycle {lifecycle.name!r}", tuple(dict.fromkeys(found)))


def _fit(practice: Practice, events: Iterable[type[Event]]) -> Iterator[str]:
    try:
        require_fit(practice, events)
    except (LifecycleError, PolicyError) as misfit:
        yield from misfit.problems


def _ways_out(practice: Practice) -> Iterator[str]:
    lifecycle = practice.lifecycle
    for place in lifecycle.places.values():
        if place.is_unfinished and not _reaches_done(lifecycle, place.state):
            yield (
                f"state {place.state!r} leads to no done state, so work there is never resolved; "
                f"add a step such as Step('resolve', {place.state!r}, ...)"
            )
        if place.has(Mark.WAITING) and not lifecycle.has_step(place.state, "resume"):
            yield (
                f"state {place.state!r} waits and cannot be resumed, also when its hold ends; "
                f"add Step('resume', {place.state!r}, ...)"
            )
        closes = place.category is Category.DONE and practice.policy.auto_close
        if closes and not lifecycle.has_step(place.state, "close"):
            yield (
                f"state {place.state!r} is to close by itself and has no step for it; "
                f"add Step('close', {place.state!r}, ...), or set Policy(auto_close=timedelta(0))"
            )


def _reaches_done(lifecycle: Lifecycle, state: str) -> bool:
    seen, ahead = {state}, [state]
    while ahead:
        row = lifecycle.table[ahead.pop()]
        places = [way.place for ways in row.values() for way in ways]
        if any(place.category is Category.DONE for place in places):
            return True
        fresh = {place.state for place in places if place.is_unfinished} - seen
        seen |= fresh
        ahead += fresh
    return False


class _Play:
    """The lifecycle played out under its policy, and what was odd about it."""

    def __init__(self, practice: Practice, inputs: Mapping[str, object]) -> None:
        self._stage = Stage(practice, inputs)
        self._practice = practice
        self._found: list[str] = []

    def problems(self) -> Iterator[str]:
        """Play it out, and name every problem."""
        played = Exploration(self._stage, self._moves, self._kind_of)
        reached = {node.incident.state for node in played}
        yield from self._found
        for state in self._practice.lifecycle.places:
            if state not in reached and not self._found:
                yield (
                    f"state {state!r} is never reached under this policy; look at the guards of "
                    "the steps to it, or give inputs= that they accept"
                )

    def _kind_of(self, node: Node) -> Hashable:
        """Take incidents for the same that may go the same ways, with the same inputs."""
        ways = ((each.trigger, each.to, each.openness, each.inputs) for each in self._options(node))
        ahead = (due.code for due in agenda(node.incident))
        return node.incident.place, node.incident.assignee, *ways, *ahead

    def _options(self, node: Node) -> tuple[Option, ...]:
        """List the options, or none where a guard has a fault; that is said elsewhere."""
        return () if self._misguarded(node) else self._stage.options(node)

    def _moves(self, node: Node) -> Iterator[Move]:
        options = self._options(node)
        if self._found:
            return
        not_closed = [option for option in options if option.openness is not Openness.CLOSED]
        if not (not_closed or node.incident.place.category is Category.TERMINAL):
            why = "; ".join(dict.fromkeys(each.text for one in options for each in one.because))
            self._found.append(
                f"an incident can be stuck in {node.incident.state!r}, where every step is closed "
                f"({why}); add a step without that guard, or another guard"
            )
        self._found += broken_promises(self._stage, node)
        if self._found:
            return
        yield from self._stage.steps(node)
        yield from self._stage.waits(node)

    def _misguarded(self, node: Node) -> bool:
        before = len(self._found)
        case = Case(
            node.incident,
            Probe(by=self._stage.supplies.by),
            self._practice.policy,
            node.now,
            commands=self._practice.commands,
        )
        row = self._practice.lifecycle.table[node.incident.state]
        for trigger, ways in row.items():
            for guard in dict.fromkeys(guard for way in ways for guard in way.guards):
                problem = _answers(guard, case)
                if problem:
                    self._found.append(f"a guard of step {trigger!r}, {guard!r}, {problem}")
        return len(self._found) > before


def _answers(guard: Guard, case: Case) -> str:
    try:
        first, second = guard(case), guard(case)
    except Exception as error:  # noqa: BLE001 - whatever a host's guard raises
        return f"raised {error!r}; {FAULT}"
    if not (first is None or isinstance(first, Failure)):
        return f"answered {first!r}; {FAULT}"
    if first != second:
        return "answered the same question in two ways; a guard is pure"
    return ""
