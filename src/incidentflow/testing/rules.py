"""The rules by which Hypothesis plays a lifecycle; what they do stands in `playing`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from attrs import evolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from incidentflow.incident import Command
from incidentflow.process import Report
from incidentflow.testing import strategies
from incidentflow.testing.exploration import Stage
from incidentflow.testing.playing import Play
from incidentflow.testing.rehearsal import BLANK
from incidentflow.words import Actor

MOST, STEPS = 3, 20
ANY = st.integers(0, 999)


def build_machine(
    stage: Stage, begin: Callable[[], Play], actors: Sequence[Actor]
) -> type[RuleBasedStateMachine]:
    """Build the class that `incidentflow.testing.lifecycle_machine` returns."""
    lifecycle, policy = stage.practice.lifecycle, stage.practice.policy
    numbers = [f"{policy.series}-{place:07d}" for place in range(1, MOST + 1)]
    known = [evolve(BLANK, number=number) for number in numbers]
    words = strategies.Vocabulary.of(lifecycle, policy, known)
    reports = strategies.command(Report, strategies.inputs_of(Report, words), "fields")
    people = st.sampled_from(actors) if actors else strategies.actors()

    class LifecycleMachine(RuleBasedStateMachine):
        """Reports, asks, takes steps, lets time pass; and looks at what came of it."""

        def __init__(self) -> None:
            super().__init__()
            self.play = begin()

        @initialize(by=people)
        def begin(self, by: Actor) -> None:
            """Begin with one incident."""
            self.play.report(Report(by=by, title="something is wrong"))

        @precondition(lambda self: len(self.play.names) < MOST)
        @rule(asked=reports, by=people)
        def report(self, asked: Report, by: Actor) -> None:
            """Report anything."""
            self.play.report(evolve(strategies.moved(asked, self.play.ahead), by=by))  # type: ignore[arg-type] # one was drawn

        @rule(which=ANY, asked=strategies.commands(lifecycle, policy, others=known), by=people)
        def ask(self, which: int, asked: Command, by: Actor) -> None:
            """Ask anything, valid or not."""
            now = strategies.moved(asked, self.play.ahead)
            self.play.ask(self.play.named(which), evolve(now, by=by))

        @rule(which=ANY, way=ANY, by=people)
        def step(self, which: int, way: int, by: Actor) -> None:
            """Take a step that is not closed."""
            self.play.step(self.play.named(which), way, by)

        @rule(which=ANY, way=ANY, by=people)
        def change(self, which: int, way: int, by: Actor) -> None:
            """Change what no step changes."""
            self.play.change(self.play.named(which), way, by)

        @rule(span=strategies.spans())
        def wait(self, span: timedelta) -> None:
            """Let time pass."""
            self.play.wait(span)

        @invariant()
        def every_rule_holds(self) -> None:
            """Look at what was touched."""
            self.play.watch()

    usual = settings()
    LifecycleMachine.TestCase.settings = settings(
        deadline=None,
        phases=[each for each in usual.phases if each is not Phase.explain],
        stateful_step_count=min(STEPS, usual.stateful_step_count),
        suppress_health_check=list(HealthCheck),
    )
    return LifecycleMachine
