"""
The one place that knows ``transitions``: it defines, draws and answers; the table dispatches.

The machine is the oracle. It is built once for each lifecycle, without a model, without automatic
transitions and without callbacks, so that it can neither hold an incident nor open a back door.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import define
from transitions import Machine

from incidentflow.incident.case import Case
from incidentflow.incident.places import NOTHING, Place
from incidentflow.lifecycle.states import Guard, State, Step
from incidentflow.words import frozen


@frozen
class Passes:
    """A guard as the machine wants it: a condition that is true or false."""

    guard: Guard

    def __call__(self, case: Case) -> bool:
        """Whether the guard has nothing against it."""
        return self.guard(case) is None


@frozen
class Way:
    """One alternative of a compiled cell: where it leads and what must hold."""

    place: Place
    guards: tuple[Guard, ...]


Table = Mapping[str, Mapping[str, tuple[Way, ...]]]


def define_machine(
    states: tuple[State, ...], steps: tuple[tuple[Step, tuple[Guard, ...]], ...]
) -> Machine:
    """Build the machine from states and from steps with all their guards."""
    return Machine(
        model=None,
        states=[NOTHING, *(state.name for state in states)],
        initial=NOTHING,
        auto_transitions=False,
        transitions=[
            {
                "trigger": step.trigger,
                "source": list(step.sources) or NOTHING,
                "dest": step.to,
                "conditions": [Passes(guard) for guard in guards],
            }
            for step, guards in steps
        ],
    )


def compile_table(machine: Machine, places: Mapping[str, Place]) -> Table:
    """Read the machine's definition into a plain table: state, trigger, alternatives in order."""
    table: dict[str, dict[str, tuple[Way, ...]]] = {name: {} for name in (NOTHING, *places)}
    for trigger, event in machine.events.items():
        for source, alternatives in event.transitions.items():
            table[source][trigger] = tuple(
                Way(
                    places[str(one.dest)],
                    tuple(
                        condition.func.guard
                        for condition in one.conditions
                        if isinstance(condition.func, Passes)
                    ),
                )
                for one in alternatives
            )
    return table


@define
class _Cursor:
    state: str


def ask_machine(machine: Machine, state: str, trigger: str, case: Case) -> str | None:
    """
    Ask the machine itself where *trigger* leads from *state*; None when it refuses.

    The table answers the same, much faster; the shipped property test proves it.
    """
    cursor = _Cursor(state)
    event = machine.events.get(trigger)
    if event is None or state not in event.transitions or not event.trigger(cursor, case):
        return None
    return cursor.state


def draw(name: str, states: tuple[State, ...], steps: tuple[Step, ...]) -> str:
    """Draw the machine as a mermaid state diagram."""
    from transitions.extensions import GraphMachine  # noqa: PLC0415 - slow, and only to draw

    model = type("Model", (), {})()
    GraphMachine(
        model=model,
        states=[NOTHING, *(state.name for state in states)],
        initial=NOTHING,
        auto_transitions=False,
        graph_engine="mermaid",
        title=f"title: {name}",
        transitions=[
            {"trigger": step.trigger, "source": list(step.sources) or NOTHING, "dest": step.to}
            for step in steps
        ],
    )
    return str(model.get_graph().source)
