"""The state machine for Hypothesis, as test authors ask for it; imports Hypothesis when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from incidentflow.incident import Command, Event, Incident
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import Policy
from incidentflow.testing.exploration import Stage, practice_of
from incidentflow.testing.extras import require
from incidentflow.testing.playing import Play
from incidentflow.words import Actor

if TYPE_CHECKING:
    from hypothesis.stateful import RuleBasedStateMachine


def lifecycle_machine(
    lifecycle: Lifecycle,
    policy: Policy | None = None,
    *,
    invariants: Iterable[Callable[[Incident], object]] = (),
    actors: Iterable[Actor | str] = (),
    events: Iterable[type[Event]] = (),
    commands: Iterable[type[Command]] = (),
    inputs: Mapping[str, object] | None = None,
) -> type[RuleBasedStateMachine]:
    """
    Build a property test of a lifecycle, to be played by Hypothesis.

    One line in a test module is enough: ``TestOurs = lifecycle_machine(OURS).TestCase``.

    Hypothesis plays up to three incidents on a desk in memory: any report, any command valid or
    not, steps as options name them, corrections, and the passing of time. Of every incident it
    touches holds: it is the fold of its journal, its version counts its events, a refusal changed
    nothing, options keep their word (rule L5), and nothing ended while a review blocked it (R1).
    What fails is shown with the script that led there, made as short as Hypothesis can.

    A play takes at most twenty steps, and what Hypothesis would add to explain a failure is left
    out: making the script short takes seconds, not minutes. The number of plays is that of your
    Hypothesis profile. For more, set what you want on the ``TestCase``:
    ``TestOurs.settings = settings(TestOurs.settings, stateful_step_count=50)``.

    Args:
        lifecycle: The states and steps.
        policy: How the desk works; None: the default.
        invariants: What else must be true of every incident: functions that assert, or that
            answer False when it is not.
        actors: Who asks; default some people, a monitor and a service.
        events: The host's own kinds of event.
        commands: The host's own kinds of command.
        inputs: Values for inputs and own fields, by name, where representative ones do not do.

    Returns:
        A `RuleBasedStateMachine`; its ``TestCase`` is collected by pytest.

    Raises:
        MissingExtra: Hypothesis is not installed.
        InvalidInput: An argument is of the wrong kind, or *inputs* names what is no input.

    """
    require("hypothesis", "lifecycle_machine")
    from incidentflow.testing.rules import build_machine  # noqa: PLC0415 - it needs an extra

    stage = Stage(practice_of(lifecycle, policy, commands), inputs or {})
    begin = partial(Play, stage, tuple(events), tuple(invariants))
    return build_machine(stage, begin, tuple(map(Actor.parse, actors)))
