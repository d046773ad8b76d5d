"""A lifecycle in lines: for people, and to tell what differs from an earlier one (rule J6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from incidentflow.incident.places import NOTHING
from incidentflow.lifecycle.states import State, Step
from incidentflow.words import lines_of, said


def define(
    states: tuple[State, ...], steps: Iterable[Step], renames: Mapping[str, str]
) -> tuple[str, ...]:
    """
    Define a lifecycle: its states, its ways and its renames.

    The ways of one trigger from one state stand in one line, in the order they are tried.
    """
    ways: dict[str, list[str]] = {}
    for step in steps:
        needs = f"; needs {said(step.needs)}" if step.needs else ""
        guards = f"; guards {said(step.guards)}" if step.guards else ""
        for source in step.sources or (NOTHING,):
            way = ways.setdefault(f"steps.{step.trigger} from {source}", [])
            way.append(f"{step.to}{needs}{guards}")
    cells = (f"{name}: {' | '.join(way)}" for name, way in ways.items())
    return (*lines_of(states, "states"), *cells, *lines_of(renames, "renames"))
