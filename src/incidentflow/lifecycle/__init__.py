"""
The lifecycle: the only way a state changes.

Charter
-------
1. Everything that changes a state is a row here. There is no other path, not for a plugin, an
   importer or an administrator; ``Correct`` asks here too, and is refused by the same rule.
2. Nothing here knows who is asking, what time it is, or what any state is called. Rules speak of
   categories and marks; names stand in profiles.
3. The definition is a ``transitions`` machine; the dispatch is a table compiled from it. The two
   agree for every state, trigger and guard outcome, which a property test proves for this
   lifecycle and for generated ones.
4. Refuse first, change after: asking costs nothing and changes nothing.

Three guards stand on every lifecycle, whoever wrote it: an own field that the policy requires for
a trigger must be known; no way leads into a terminal state while a raised requirement blocks; and
no way leads back to work while another incident holds the dedup key.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

from attrs import field
from transitions import Machine

from incidentflow.errors import LifecycleError, hint, nearest
from incidentflow.incident.case import Case
from incidentflow.incident.places import NOTHING, UNFINISHED, Category, Place
from incidentflow.lifecycle.checks import problems
from incidentflow.lifecycle.definition import define
from incidentflow.lifecycle.guards import (
    AskedFor,
    Given,
    OwnFieldsGiven,
    key_free,
    unblocked,
)
from incidentflow.lifecycle.machine import Table, ask_machine, compile_table, define_machine
from incidentflow.lifecycle.machine import draw as draw_machine
from incidentflow.lifecycle.options import failures_of, is_unasked, options_of
from incidentflow.lifecycle.states import Guard, Openness, Option, Probe, State, Step
from incidentflow.words import evolve, frozen

__all__ = [
    "AskedFor",
    "Given",
    "Guard",
    "Lifecycle",
    "Openness",
    "Option",
    "Probe",
    "State",
    "Step",
]


@frozen
class Lifecycle:
    """
    States and steps, checked as a whole when built.

    Attributes:
        name: What it is called; incidents record it with the digest (rule L12).
        states: Every state.
        steps: Every step; where several fit, the first whose guards pass is taken.
        renames: For states that an earlier version had: what they are called now.
        digest: A fingerprint of all of it, twelve hexadecimal digits.

    Raises:
        LifecycleError: Lists every problem (rule L7).

    """

    name: str
    states: tuple[State, ...]
    steps: tuple[Step, ...]
    renames: Mapping[str, str] = field(factory=dict, hash=False)
    digest: str = field(init=False, eq=False)
    machine: Machine = field(init=False, eq=False, repr=False)
    places: Mapping[str, Place] = field(init=False, eq=False, repr=False)
    table: Table = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Check the definition, build the machine and compile the table."""
        found = [*problems(self.states, self.steps), *self._rename_problems()]
        if found:
            raise LifecycleError(f"lifecycle {self.name!r}", tuple(found))
        text = repr(
            (self.states, [_row(step) for step in self.steps], sorted(self.renames.items()))
        )
        digest = hashlib.sha256(text.encode()).hexdigest()[:12]
        reference = f"{self.name}@{digest}"
        places = {
            state.name: Place(state.name, state.category, state.marks, reference)
            for state in self.states
        }
        machine = define_machine(
            self.states, tuple((step, self._guards(step, places)) for step in self.steps)
        )
        object.__setattr__(self, "digest", digest)
        object.__setattr__(self, "machine", machine)
        object.__setattr__(self, "places", places)
        object.__setattr__(self, "table", compile_table(machine, places))

    @property
    def reference(self) -> str:
        """Name and digest, as incidents record it."""
        return f"{self.name}@{self.digest}"

    @property
    def definition(self) -> tuple[str, ...]:
        """All of it in lines, for people: states, ways in the order they are tried, renames."""
        return define(self.states, self.steps, self.renames)

    def extend(self, *parts: State | Step, name: str = "", **renames: str) -> Lifecycle:
        """
        Build a lifecycle with further states and steps.

        Args:
            parts: States and steps, in order; earlier steps go first where several fit.
            name: What to call the result; default the present name with a plus.
            renames: For states that this desk once had: what they are called now.

        Raises:
            LifecycleError: Lists every problem.

        """
        states = tuple(part for part in parts if isinstance(part, State))
        steps = tuple(part for part in parts if isinstance(part, Step))
        if len(states) + len(steps) < len(parts):
            raise LifecycleError(f"lifecycle {name!r}", ("give states and steps only",))
        return Lifecycle(
            name or f"{self.name}+",
            (*self.states, *states),
            (*self.steps, *steps),
            {**self.renames, **renames},
        )

    def step(self, case: Case, trigger: str) -> Place:
        """
        Choose where *trigger* leads, or refuse with every failed guard (rule L5).

        Raises:
            TransitionRefused: No way of this trigger is open.
            LifecycleError: A guard raised, or answered what is no failure.

        """
        case = self._as_called_now(case)
        for way in self.table.get(case.incident.place.state, {}).get(trigger, ()):
            try:
                for guard in way.guards:
                    if guard(case) is not None:
                        break
                else:
                    return way.place
            except Exception:  # noqa: BLE001 - a host's guard; refusing asks all again, and says which
                break
        return self._refuse(case, trigger)

    def has_step(self, state: str, trigger: str) -> bool:
        """Whether *trigger* leads anywhere from *state*."""
        return trigger in self.table.get(state, {})

    def correct(self, case: Case, state: str) -> Place:
        """
        Return the place of *state* for a correction (rule L6).

        Raises:
            TransitionRefused: There is no such state, or it is terminal and a requirement blocks.

        """
        place = self.places.get(state)
        if place is None:
            self._refuse_state(case, state, "state")
        return place

    def rename(self, case: Case) -> Place:
        """
        Return what the incident's state is called now (rule L12).

        Raises:
            TransitionRefused: The state still exists, no new name is declared for it, or the new
                one is terminal and a requirement blocks.

        """
        state = case.incident.place.state
        if state in self.places or state not in self.renames:
            case.refuse("rename.undeclared", state=state)
        return self.places[self.renames[state]]

    def open_steps(self, case: Case) -> tuple[str, ...]:
        """Return the triggers that are open now, with the right inputs."""
        options = self.options(case)
        return tuple(
            dict.fromkeys(one.trigger for one in options if one.openness is not Openness.CLOSED)
        )

    def options(self, case: Case) -> tuple[Option, ...]:
        """
        Return every step from here, as it is for this actor without any input (rule L5).

        Args:
            case: A case whose command is a `Probe`.

        """
        case = self._as_called_now(case)
        row = self.table.get(case.incident.place.state, {})
        return tuple(
            one for trigger, ways in row.items() for one in options_of(case, trigger, ways)
        )

    def ways(self, state: str, to: str) -> tuple[str, ...]:
        """Return the triggers that can lead from *state* to *to*."""
        row = self.table.get(state, {})
        return tuple(
            trigger for trigger, ways in row.items() if any(way.place.state == to for way in ways)
        )

    def ask_machine(self, case: Case, trigger: str) -> str | None:
        """Ask the ``transitions`` machine instead of the table; None when it refuses."""
        case = self._as_called_now(case)
        return ask_machine(self.machine, case.incident.place.state, trigger, case)

    def draw(self) -> str:
        """Draw the lifecycle as a mermaid state diagram."""
        return draw_machine(self.name, self.states, self.steps)

    def _guards(self, step: Step, places: Mapping[str, Place]) -> tuple[Guard, ...]:
        sources = tuple(places[name].category for name in step.sources)
        needs = (Given(name) for name in step.needs)
        intrinsic = _intrinsic(sources, places[step.to].category)
        return (*step.guards, *needs, OwnFieldsGiven(step.trigger), *intrinsic)

    def _rename_problems(self) -> Iterable[str]:
        known = {state.name for state in self.states}
        for old, new in self.renames.items():
            if old in {*known, NOTHING} or new not in known:
                yield f"{old!r} cannot be renamed to {new!r}; {nearest(new, known)}"

    def admit(self, case: Case, to: Place) -> None:
        """
        Let an incident into a place, whatever command leads there.

        Raises:
            TransitionRefused: It is no state of this lifecycle, or a guard of every lifecycle
                stands before it.

        """
        place = self.places.get(to.state)
        if place is not to and place != to:
            case.refuse("state.foreign", state=to.state, lifecycle=self.name)
        for guard in _intrinsic((case.incident.place.category,), to.category):
            failure = guard(case)
            if failure is not None:
                case.refuse_all((failure,))

    def _as_called_now(self, case: Case) -> Case:
        """Let a hold remember where it came from by what that state is called now (rule L12)."""
        hold = case.incident.hold
        if hold is None or hold.came_from.state not in self.renames:
            return case
        came_from = self.places[self.renames[hold.came_from.state]]
        held = evolve(case.incident, hold=evolve(hold, came_from=came_from))
        return evolve(case, incident=held)

    def _refuse(self, case: Case, trigger: str) -> Place:
        state = case.incident.place.state
        ways = self.table.get(state, {}).get(trigger, ())
        if state not in self.table:
            self._refuse_state(case, state)
        if not ways:
            case.refuse("step.unknown", step=trigger, state=state, lifecycle=self.name)
        failed = [failures_of(case, way) for way in ways]
        asked = [each for each in failed if not is_unasked(each)]
        case.refuse_all(tuple(dict.fromkeys(one for each in asked or failed for one in each)))

    def _refuse_state(self, case: Case, state: str, *inputs: str) -> NoReturn:
        known = hint(state, self.places)
        case.refuse("state.unknown", *inputs, state=state, lifecycle=self.name, hint=known)


def _intrinsic(sources: Iterable[Category], to: Category) -> tuple[Guard, ...]:
    if to is Category.TERMINAL:
        return (unblocked,)
    resumes = to in UNFINISHED and not UNFINISHED.issuperset(sources)
    return (key_free,) if resumes else ()


def _row(step: Step) -> tuple[object, ...]:
    guards = tuple(getattr(guard, "__qualname__", None) or _stable(guard) for guard in step.guards)
    return (step.trigger, step.sources, step.to, step.needs, guards)


def _stable(guard: Guard) -> str:
    return re.sub(r" at 0x[0-9a-fA-F]+", "", repr(guard))
