"""The shipped strategies reach everything that can be asked, and only sound lifecycles."""

from __future__ import annotations

from datetime import timedelta

import pytest
from attrs import fields
from hypothesis import Phase, find, given, settings

from incidentflow.incident import Command
from incidentflow.lifecycle import Lifecycle
from incidentflow.lifecycle.checks import problems
from incidentflow.policy import Policy
from incidentflow.process import COMMANDS, Hold, StakeholderUpdate
from incidentflow.profiles import ITIL
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.generated import OWN_FIELDS, lifecycles
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.testing.strategies import Vocabulary, command, commands, inputs, moved

POLICY = Policy(fields=OWN_FIELDS)
QUICK = settings(phases=[Phase.generate], max_examples=2_000, database=None, deadline=None)
DRAWN = inputs(Vocabulary.of(ITIL, POLICY))


@pytest.mark.parametrize("kind", COMMANDS)
def test_every_command_is_generated_with_all_its_inputs(kind: type[Command]) -> None:
    """A new command, or a new input of one, must be known to the strategies."""
    names = [each.name for each in fields(kind)]
    given = find(command(kind, DRAWN, *names), lambda _: True, settings=QUICK)
    bare = find(command(kind, DRAWN), lambda _: True, settings=QUICK)

    assert kind is type(given) is type(bare)
    assert all(getattr(given, name) is not None for name in names if name != "to")


@given(commands(ITIL, POLICY, now=MONDAY + timedelta(days=300)))
def test_commands_lie_around_the_present(asked: Command) -> None:
    """World-times are backdated a little, or lie a little ahead."""
    present = MONDAY + timedelta(days=300)

    assert isinstance(asked, COMMANDS)
    assert asked.at is None or abs(asked.at - present) < timedelta(days=4)


def test_every_command_is_asked_sooner_or_later() -> None:
    """None of them is left out by what fits the state."""
    for kind in COMMANDS[::12]:
        assert find(commands(ITIL, POLICY), _is(kind), settings=QUICK)


def test_moving_a_command_moves_all_its_instants() -> None:
    """And nothing else."""
    day = timedelta(days=1)
    hold = Hold(by="ana", reason="scheduled", at=MONDAY, until=MONDAY + day)
    update = StakeholderUpdate(by="ana", text="t")

    assert Hold(by="ana", reason="scheduled", at=MONDAY + day, until=MONDAY + 2 * day) == moved(
        hold, day
    )
    assert update == moved(update, day)


@given(lifecycles())
def test_generated_lifecycles_are_sound(lifecycle: Lifecycle) -> None:
    """They pass every check that a host's own would."""
    assert [] == list(problems(lifecycle.states, lifecycle.steps))


@pytest.mark.parametrize("state", ["on_hold", "closed"])
def test_lives_reach_the_states_that_matter(state: str) -> None:
    """From report to the end."""
    assert find(lives(longest=30), lambda life: life.incident.state == state, settings=QUICK)


def _is(kind: type[Command]) -> object:
    return lambda asked: type(asked) is kind


def test_a_rehearsal_remembers_what_was_tried() -> None:
    """Line by line, with what came of it."""
    life = Rehearsal()
    life.report()
    life.attempt(Hold(by="ana"))
    lines = repr(life).splitlines()

    assert "Rehearsal:" == lines[0]
    assert "[hold_reason.missing]" in lines[1]
