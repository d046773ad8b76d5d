"""Invariant: whatever a host does around the library, exactly what it commits is left (rule J9)."""

from __future__ import annotations

import asyncio
import inspect
import sqlite3
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import AsyncIncidentDesk, IncidentDesk, Note, Relapse
from incidentflow.errors import CommitConflict, InvalidInput, StaleIncident, TransitionRefused
from incidentflow.stores import SQLiteStore
from incidentflow.testing.clock import ManualClock, SeededEntropy

NOTE = Note(by="ana", text="hello")
SAID = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT s", "ROLLBACK TO s", "RELEASE s")
DONE = ("purchase", "report", "note", "refused", "stale", "batch", "broken batch", "misfit batch")
SCRIPTS = st.lists(
    st.tuples(st.sampled_from(SAID + DONE), st.integers(0, 9)), min_size=5, max_size=40
)
Script = Sequence[tuple[str, int]]


@frozen
class World:
    """What stands: how many purchases, and how many notes on each incident, in order of number."""

    purchases: int = 0
    notes: tuple[int, ...] = ()

    def purchased(self) -> World:
        """Return it with one more purchase."""
        return evolve(self, purchases=self.purchases + 1)

    def reported(self) -> World:
        """Return it with one more incident, which has the next number."""
        return evolve(self, notes=(*self.notes, 0))

    def noted(self, place: int) -> World:
        """Return it with one more note on an incident."""
        notes = (count + (place == at) for at, count in enumerate(self.notes))
        return evolve(self, notes=tuple(notes))


@frozen
class Model:
    """What is committed, what an open transaction has made of it, and its savepoints."""

    committed: World = World()
    current: World | None = None
    savepoints: tuple[World, ...] = ()

    @property
    def seen(self) -> World:
        """What the host sees."""
        return self.committed if self.current is None else self.current

    def allows(self, said: str) -> bool:
        """Whether a host that knows its transactions would say this."""
        if said == "BEGIN":
            return self.current is None
        if said in {"ROLLBACK TO s", "RELEASE s"}:
            return bool(self.savepoints)
        return self.current is not None

    def after(self, said: str) -> Model:
        """Return what is left of it when the host has said something to SQLite."""
        match said:
            case "BEGIN":
                return evolve(self, current=self.seen)
            case "COMMIT":
                return Model(self.seen)
            case "ROLLBACK":
                return Model(self.committed)
            case "SAVEPOINT s":
                return evolve(self, savepoints=(*self.savepoints, self.seen))
            case "ROLLBACK TO s":
                return evolve(self, current=self.savepoints[-1])
            case _:
                return evolve(self, savepoints=self.savepoints[:-1])


@frozen
class Host:
    """A host with its connection, and a desk of either kind inside its transactions."""

    connection: sqlite3.Connection
    desk: Any
    ask: Callable[[Any], Any]

    @property
    def commits_at_once(self) -> bool:
        """Whether what is done outside a transaction stands at once."""
        return self.connection.isolation_level is None and not self.connection.in_transaction

    def sees(self) -> World:
        """Count everything, with all journals checked."""
        assert self.ask(self.desk.verify()).holds
        [(purchases,)] = self.connection.execute("SELECT count(*) FROM purchase")
        found = {one.number: one.counts.notes for one in self.ask(self.desk.find())}
        notes = tuple(found.pop(number_at(place), -1) for place in range(len(found)))

        assert {} == found
        return World(purchases, notes)

    def do(self, step: str, pick: int, model: Model) -> Model:
        """Carry out one step of a script, and return what must stand after it."""
        if step in SAID:
            if not model.allows(step):
                return model
            self.connection.execute(step)
            return model.after(step)
        world = model.seen
        place = pick % max(len(world.notes), 1)
        at_once = self.commits_at_once
        try:
            if step == "purchase":
                self.connection.execute("INSERT INTO purchase VALUES ('late')")
                world = world.purchased()
            elif step == "report":
                number = self.ask(self.desk.report("Mail is down", by="ana")).number
                world = world.reported()
                assert number_at(len(world.notes) - 1) == number
            elif world.notes:
                world = self.change(step, place, world)
        except InvalidInput:
            if not at_once:
                raise
            return model
        if world == model.seen:
            return model
        return Model(world) if at_once else evolve(model, current=world)

    def change(self, step: str, place: int, world: World) -> World:
        """Change an incident, or try to."""
        number = number_at(place)
        if step == "note":
            self.ask(self.desk.apply(number, NOTE))
            return world.noted(place)
        if step in {"refused", "stale"}:
            expect = 99 if step == "stale" else None
            with pytest.raises((TransitionRefused, StaleIncident)):
                self.ask(self.desk.apply(number, NOTE, Relapse(by="ana"), expect=expect))
            return world
        if not isinstance(self.desk, IncidentDesk):
            return world
        with suppress(ZeroDivisionError, CommitConflict), self.desk.batch() as batch:
            batch.report("Printer", by="ana")
            batch.apply(number, NOTE)
            if step == "broken batch":
                raise ZeroDivisionError
            if step == "misfit batch":
                self.desk.apply(number, NOTE)
        if step == "batch":
            return world.noted(place).reported()
        return world.noted(place) if step == "misfit batch" else world


def number_at(place: int) -> str:
    """Return the number of the incident that was reported so manieth."""
    return f"INC-{place + 1:07d}"


def play(script: Script, isolation: str | None, file: str, desk: type) -> None:
    """Let a host carry out a script, and look at everything after each step."""
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner() as runner:
        path = Path(folder) / "app.db"

        def ask(answer: Any) -> Any:  # noqa: ANN401 - whatever the verb answers
            return runner.run(answer) if inspect.iscoroutine(answer) else answer

        with (
            SQLiteStore(
                path, file=file, synchronous="NORMAL", busy_timeout=timedelta(milliseconds=50)
            ) as store,
            closing(sqlite3.connect(path, isolation_level=isolation, timeout=0.05)) as connection,
            closing(sqlite3.connect(path, isolation_level=None)) as beside,
        ):
            beside.execute("CREATE TABLE purchase (status TEXT)")
            beside.execute("PRAGMA synchronous = OFF")
            parts: Any = {"clock": ManualClock(), "entropy": SeededEntropy()}
            ours = desk(store, **parts)
            host = Host(connection, ours.using(connection), ask)
            others = Host(beside, IncidentDesk(store, **parts), ask)
            model = Model()
            for step, pick in script:
                model = host.do(step, pick, model)

                assert model.seen == host.sees()
                assert model.committed == others.sees()
            connection.rollback()

            assert model.committed == others.sees() == host.sees()
            ask(ours.close())


@given(SCRIPTS, st.sampled_from(["", "IMMEDIATE", None]), st.sampled_from(["own", "shared"]))
def test_exactly_what_the_host_commits_is_left(
    script: Script, isolation: str | None, file: str
) -> None:
    """Reports, changes, batches and refusals, between the host's writes and savepoints."""
    play(script, isolation, file, IncidentDesk)


@given(SCRIPTS, st.sampled_from(["", "IMMEDIATE", None]))
def test_an_async_host_has_the_same(script: Script, isolation: str | None) -> None:
    """Its desk works on the same connection, on the thread that calls."""
    play(script, isolation, "own", AsyncIncidentDesk)
