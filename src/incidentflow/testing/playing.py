"""A few incidents played on a real desk, with every rule watched and a script of what was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from attrs import evolve

from incidentflow.errors import InvalidInput, TransitionRefused
from incidentflow.incident import Category, Command, Event, Incident, apply
from incidentflow.lifecycle import Openness
from incidentflow.process import COMMANDS, Report
from incidentflow.process.agenda import Tick
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.desk import WindableDesk
from incidentflow.testing.exploration import Node, Stage
from incidentflow.testing.promises import broken_promises
from incidentflow.testing.scripts import Line, numbered
from incidentflow.words import SYSTEM, Actor

Invariant = Callable[[Incident], object]


class Play:
    """
    Incidents on a desk in memory, and what must be true of each of them at any time.

    Args:
        stage: The practice, and what inputs are taken from.
        events: The host's own kinds of event.
        invariants: What else must be true of every incident.

    Attributes:
        desk: The desk.
        script: What was asked so far, and what came of it.
        names: The numbers of its incidents.

    """

    def __init__(
        self, stage: Stage, events: Iterable[type[Event]], invariants: Sequence[Invariant]
    ) -> None:
        practice = stage.practice
        self.desk = WindableDesk(
            lifecycle=practice.lifecycle,
            policy=practice.policy,
            events=tuple(events),
            commands=tuple(kind for kind in practice.commands if kind not in COMMANDS),
            notifiers=None,
        )
        self.script: list[Line] = []
        self.names: list[str] = []
        self._stage = stage
        self._invariants = invariants
        self._touched: set[str] = set()

    @property
    def ahead(self) -> timedelta:
        """How far it has got since its beginning."""
        return self.desk.now - MONDAY

    def named(self, which: int) -> str:
        """Choose one of the incidents."""
        return self.names[which % len(self.names)]

    def report(self, report: Report) -> None:
        """Report an incident, or be refused."""
        try:
            incident = self.desk.report(report)
        except (InvalidInput, TransitionRefused) as refused:
            self._note(report, str(refused))
            return
        self._note(report, f"{incident.name} {incident.state}")
        if incident.name not in self.names:
            self.names.append(incident.name)
        self._touched.add(incident.name)

    def ask(self, name: str, command: Command) -> None:
        """Ask something of one incident, or be refused; then nothing may have changed."""
        before, entries = self.desk.get(name), self.desk.history(name)
        try:
            after = self.desk.apply(name, command)
        except (InvalidInput, TransitionRefused) as refused:
            self._note(command, str(refused))
            there = self.desk.get(name), self.desk.history(name)
            with self._scripted():
                assert (before, entries) == there, f"{name}: a refusal changed something"
            return
        self._note(command, f"{name} {after.state}")
        self._touched.add(name)

    def step(self, name: str, which: int, by: Actor) -> None:
        """Take one of the steps that are not closed, if there is any."""
        options = self.desk.options(name, by=by)
        ways = [one for one in options if one.openness is not Openness.CLOSED]
        if ways:
            taken = self._stage.supplies.take(ways[which % len(ways)], self.desk.now)
            self.ask(name, evolve(taken, by=by))

    def change(self, name: str, which: int, by: Actor) -> None:
        """Change what no step changes: priority, overlay, review; or correct the state."""
        ways = [*self._stage.supplies.beside(self.desk.now)]
        self.ask(name, evolve(ways[which % len(ways)], by=by))

    def wait(self, span: timedelta) -> None:
        """Let time pass, and what is due happen."""
        with self._scripted():
            self.desk.tick_until(self.desk.now + span)
        self._note(Tick(by=SYSTEM), "what was due")
        self._touched.update(self.names)

    def watch(self) -> None:
        """
        Look whether every rule holds, of every incident that was touched since the last look.

        Raises:
            AssertionError: One does not; a note tells the script.

        """
        with self._scripted():
            for name in sorted(self._touched):
                self._look(name)
        self._touched.clear()

    def _look(self, name: str) -> None:
        incident, history = self.desk.get(name), self.desk.history(name)
        verified = self.desk.verify(name)
        assert verified.holds, f"{name} is not the fold of its journal: {verified.broken}"
        assert incident.version == len(history), f"{name} does not count its events"
        folded = Incident(tenant=incident.tenant, id=incident.id)
        for entry in sorted(history, key=lambda each: each.sequence):
            ends = entry.to is not None and entry.to.category is Category.TERMINAL
            assert not (ends and folded.is_blocked), f"{name} ended while a review blocked it"
            folded = apply(folded, entry)
        self._stage.beside(self.desk.get(other) for other in self.names if other != name)
        broken = [*broken_promises(self._stage, Node(incident, self.desk.now))]
        assert not broken, "\n".join((f"{name}: options do not keep their word", *broken))
        for each in self._invariants:
            told = each(incident)
            called = getattr(each, "__name__", repr(each))
            assert told is None or told, f"{called} does not hold: {incident}"

    def _note(self, command: Command, came: str) -> None:
        self.script.append(Line(self.desk.now, command, came))

    @contextmanager
    def _scripted(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            error.add_note(f"What was asked:\n{numbered(self.script)}")
            raise
