"""What may be done now: which ways are open, which need inputs, and which are closed (rule L5)."""

from __future__ import annotations

from collections.abc import Iterable

from incidentflow.errors import Failure, LifecycleError, shorten
from incidentflow.incident.case import Case
from incidentflow.lifecycle.guards import NOT_ASKED
from incidentflow.lifecycle.machine import Way
from incidentflow.lifecycle.states import Guard, Openness, Option, Probe
from incidentflow.words import evolve


def failures_of(case: Case, way: Way) -> tuple[Failure, ...]:
    """
    Return why each guard of a way refuses; nothing when all of them pass.

    Raises:
        LifecycleError: A guard raised, or answered what is no failure.

    """
    answers = (_answer(guard, case, way) for guard in way.guards)
    return tuple(failure for failure in answers if failure is not None)


def options_of(case: Case, trigger: str, ways: tuple[Way, ...]) -> Iterable[Option]:
    """Say of each way of one trigger whether it is open, for a case whose command is a probe."""
    for place, way in enumerate(ways):
        failures, to = failures_of(case, way), way.place.state
        failures += _outranked(case, failures, way, ways[:place])
        hopeless = tuple(failure for failure in failures if not failure.inputs)
        inputs = _inputs(failures)
        if hopeless:
            yield Option(trigger, to, Openness.CLOSED, (), hopeless)
        elif inputs:
            yield Option(trigger, to, Openness.NEEDS_INPUTS, inputs, failures)
        else:
            yield Option(trigger, to, Openness.OPEN)


def _answer(guard: Guard, case: Case, way: Way) -> Failure | None:
    try:
        answer: object = guard(case)
    except Exception as error:
        raise _broken(guard, way, f"raised {type(error).__name__}") from error
    if answer is None or isinstance(answer, Failure):
        return answer
    raise _broken(guard, way, f"answered {shorten(answer)}")


def _broken(guard: Guard, way: Way, did: str) -> LifecycleError:
    name = getattr(guard, "__name__", type(guard).__name__)
    problem = f"guard {name!r} on the way to {way.place.state!r} {did}"
    advice = "a guard returns a Failure, or None to pass"
    return LifecycleError(way.place.lifecycle, (f"{problem}; {advice}",))


def _outranked(
    case: Case, failures: tuple[Failure, ...], way: Way, earlier: tuple[Way, ...]
) -> tuple[Failure, ...]:
    """Say whether the inputs of a way would open an earlier one first, even when asked for."""
    to, inputs = way.place.state, {*_inputs(failures)}
    asking = evolve(case, command=Probe(by=case.command.by, to=to))
    if any(_is_cured(failures_of(asking, other), inputs) for other in earlier):
        return (Failure("step.outranked", {"to": to}),)
    if any(_is_cured(failures_of(case, other), inputs) for other in earlier):
        return () if is_unasked(failures) else (Failure("step.outranked", {"to": to}, ("to",)),)
    return ()


def _inputs(failures: Iterable[Failure]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for failure in failures for name in failure.inputs))


def _is_cured(failures: tuple[Failure, ...], inputs: set[str]) -> bool:
    return not is_unasked(failures) and all(
        failure.inputs and inputs.issuperset(failure.inputs) for failure in failures
    )


def is_unasked(failures: Iterable[Failure]) -> bool:
    """Whether another way of the same trigger was asked for."""
    return NOT_ASKED in {failure.code for failure in failures}
