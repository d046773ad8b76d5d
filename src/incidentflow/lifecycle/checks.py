"""What makes a lifecycle unsound; all of it is found at once (rule L7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from incidentflow.errors import nearest
from incidentflow.incident.places import NOTHING, UNFINISHED, Category, Mark
from incidentflow.lifecycle.guards import AskedFor
from incidentflow.lifecycle.states import State, Step

LEADS_TO: Mapping[str, tuple[str, Mark | Category]] = {
    "acknowledge": ("marked working", Mark.WORKING),
    "hold": ("marked waiting", Mark.WAITING),
    "mitigate": ("marked restored", Mark.RESTORED),
    "resolve": ("marked resolved", Mark.RESOLVED),
    "close": ("of category terminal", Category.TERMINAL),
    "cancel": ("of category terminal", Category.TERMINAL),
    "merge": ("of category terminal", Category.TERMINAL),
}
NEVER_TO: Mapping[str, tuple[str, Mark | Category]] = {
    "report": ("of category terminal", Category.TERMINAL),
    "resume": ("marked waiting", Mark.WAITING),
}


def problems(states: tuple[State, ...], steps: tuple[Step, ...]) -> Iterator[str]:
    """Yield every problem of a lifecycle, as one sentence each."""
    known = {state.name: state for state in states}
    yield from _names(states, steps, known)
    yield from _marks(states, steps, known)
    yield from _choices(steps)
    ways = {(source, step.to) for step in steps for source in step.sources or (NOTHING,)}
    reached = _closure({NOTHING}, ways)
    ending = {state.name for state in states if state.category is Category.TERMINAL}
    ends = _closure(ending, {(to, source) for source, to in ways})
    for name in known:
        if name not in reached:
            yield f"state {name!r} cannot be reached from a report"
        if name not in ends:
            yield f"state {name!r} reaches no terminal state"


def _names(
    states: tuple[State, ...], steps: tuple[Step, ...], known: Mapping[str, State]
) -> Iterator[str]:
    names = [state.name for state in states]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"state {name!r} is declared twice"
    yield from _step_names(steps, known)
    for state in states:
        if not (state.name.isidentifier() and state.name.isascii()) or state.name == NOTHING:
            yield f"state {state.name!r} needs an ASCII identifier other than {NOTHING!r} as name"
        if state.category is Category.UNREPORTED:
            yield f"state {state.name!r} needs a category: triage, open, done or terminal"


def _step_names(steps: tuple[Step, ...], known: Mapping[str, State]) -> Iterator[str]:
    for step in steps:
        if not (step.trigger.isidentifier() and step.trigger.isascii()):
            yield f"step {step.trigger!r} needs an ASCII identifier as trigger"
        for name in (*step.sources, step.to):
            if name not in known:
                yield f"step {step.trigger!r} names state {name!r}; {nearest(name, known)}"
        if (step.trigger == "report") is not (not step.sources):
            yield f"step {step.trigger!r}: a report, and only a report, starts from nothing"
        for guard in step.guards:
            if not callable(guard):
                yield f"step {step.trigger!r} has {guard!r} as a guard; give a callable"
            if isinstance(guard, AskedFor) and guard.state != step.to:
                yield f"step {step.trigger!r} leads to {step.to!r}, but asks for {guard.state!r}"


def _marks(
    states: tuple[State, ...], steps: tuple[Step, ...], known: Mapping[str, State]
) -> Iterator[str]:
    for mark in (Mark.WORKING, Mark.RESTORED, Mark.RESOLVED):
        if not any(mark in state.marks for state in states):
            yield f"no state is marked {mark.value!r}, so its clocks could never stop"
    for state in states:
        if (state.category is Category.DONE) is not (Mark.RESOLVED in state.marks):
            yield f"state {state.name!r}: done states, and only they, are marked 'resolved'"
        if Mark.WAITING in state.marks and state.category not in UNFINISHED:
            yield f"state {state.name!r} waits but is finished; a waiting state is open"
    for step in steps:
        meaning = known[step.to].meaning if step.to in known else frozenset()
        what, wanted = LEADS_TO.get(step.trigger, ("", None))
        if meaning and wanted and wanted not in meaning:
            yield f"step {step.trigger!r} leads to {step.to!r}, which is not {what}"
        what, unwanted = NEVER_TO.get(step.trigger, ("", None))
        if unwanted in meaning:
            yield f"step {step.trigger!r} leads to {step.to!r}, which is {what}"


def _choices(steps: tuple[Step, ...]) -> Iterator[str]:
    earlier: dict[tuple[str, str], list[tuple[tuple[object, ...], str]]] = {}
    for step in steps:
        conditions = (*step.needs, *step.guards)
        for source in step.sources or (NOTHING,):
            before = earlier.setdefault((step.trigger, source), [])
            for others, to in before:
                if all(other in conditions for other in others):
                    yield (
                        f"step {step.trigger!r} from {source!r} to {step.to!r} is never chosen: "
                        f"the one to {to!r} stands before it with no other condition"
                    )
                    break
            before.append((conditions, step.to))


def _closure(start: set[str], ways: set[tuple[str, str]]) -> set[str]:
    found = set(start)
    while more := {to for source, to in ways if source in found} - found:
        found |= more
    return found
