"""Whether a lifecycle's table and its machine lead to the same place, whatever its guards say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from itertools import product

from attrs import evolve

from incidentflow.errors import Failure, TransitionRefused
from incidentflow.incident import Case
from incidentflow.incident.places import NOTHING, UNREPORTED
from incidentflow.lifecycle import Lifecycle, Probe, Step
from incidentflow.lifecycle.machine import Way, define_machine
from incidentflow.policy import Policy
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import BLANK
from incidentflow.words import frozen

PASSED = "-"


@frozen
class Scripted:
    """A guard whose outcome the case's incident says, by the guard's place in the lifecycle."""

    place: str

    def __call__(self, case: Case) -> Failure | None:
        """Pass unless the script names it."""
        failed = case.incident.source.split()
        return Failure("scripted", {"text": self.place}) if self.place in failed else None


def disagreements(lifecycle: Lifecycle) -> Iterator[str]:
    """
    Ask table and machine where each trigger leads from each state, for every guard outcome.

    A way passes, or fails at any one of its guards; every combination of that is asked.

    Args:
        lifecycle: Any lifecycle.

    Yields:
        One sentence for each state and trigger on which they differ.

    """
    twin = _scripted(lifecycle)
    for state, row in twin.table.items():
        triggers = dict.fromkeys((*row, *lifecycle.machine.events))
        for trigger in triggers:
            ways = row.get(trigger, ())
            for failing in product(*([PASSED, *map(_place, way.guards)] for way in ways)):
                case = _case(lifecycle, state, " ".join(failing))
                by_table, by_machine = _chosen(twin, case, trigger), twin.ask_machine(case, trigger)
                if by_table != by_machine:
                    yield (
                        f"step {trigger!r} from {state!r} leads to {by_table} by the table and to "
                        f"{by_machine} by the machine; build a Lifecycle and change nothing in it"
                    )
                    break


def _scripted(lifecycle: Lifecycle) -> Lifecycle:
    """Copy table and machine as they are, with scripted guards in the place of each."""
    steps: list[tuple[Step, tuple[Scripted, ...]]] = []
    for trigger, event in lifecycle.machine.events.items():
        for source, ways in event.transitions.items():
            for n, way in enumerate(ways):
                guards = _guards(trigger, source, n, len(way.conditions))
                step = Step(trigger, None if source == NOTHING else source, str(way.dest))
                steps.append((step, guards))
    table: Mapping[str, Mapping[str, tuple[Way, ...]]] = {
        source: {
            trigger: tuple(
                evolve(way, guards=_guards(trigger, source, n, len(way.guards)))
                for n, way in enumerate(ways)
            )
            for trigger, ways in row.items()
        }
        for source, row in lifecycle.table.items()
    }
    twin = copy(lifecycle)
    object.__setattr__(twin, "machine", define_machine(lifecycle.states, tuple(steps)))
    object.__setattr__(twin, "table", table)
    return twin


def _guards(trigger: str, source: str, way: int, count: int) -> tuple[Scripted, ...]:
    return tuple(Scripted(f"{trigger}/{source}/{way}/{n}") for n in range(count))


def _place(guard: object) -> str:
    assert isinstance(guard, Scripted)
    return guard.place


def _case(lifecycle: Lifecycle, state: str, script: str) -> Case:
    place = lifecycle.places.get(state, UNREPORTED)
    incident = evolve(BLANK, place=place, since=MONDAY, source=script)
    return Case(incident, Probe(by="ana"), Policy(), MONDAY)


def _chosen(lifecycle: Lifecycle, case: Case, trigger: str) -> str | None:
    try:
        return lifecycle.step(case, trigger).state
    except TransitionRefused:
        return None
