"""
Invariant: a writer that is killed at any instant leaves whole commits, and all it acknowledged.

A child process carries out one step after another and acknowledges each by a byte on a pipe. It is
killed at some instant, the file is opened again, and everything in it is looked at; then the one
step whose outcome nobody knows is repeated with the same keys. Many kills share a file, so that
one recovery builds on another.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path
from time import perf_counter

import pytest
from attrs import define

from incidentflow import IncidentDesk, Note
from incidentflow.stores import SQLiteStore

KILLS = {"smoke": 10, "ci": 200, "soak": 5_000}[os.environ.get("INCIDENTFLOW_PROFILE", "ci")]
KILLS_OF_A_FILE = 10
MOST_HEARD = 6
LONGEST_SPIN = 0.006
KINDS = 4
Marks = Counter[tuple[str, int]]


def number_after(step: int) -> str:
    """Return the number of the incident that was reported last, when a step is done."""
    reports = sum(each % KINDS in {0, 2} for each in range(step + 1))
    return f"INC-{reports:07d}"


def carry_out(desk: IncidentDesk, host: sqlite3.Connection, step: int) -> None:
    """Do one step; each part has a key, so that doing it again changes nothing."""
    note = Note(by="ana", text=str(step))
    first, latest = number_after(0), number_after(step - 1)
    match step % KINDS:
        case 0:
            desk.report(str(step), note, by="ana", team="net", key=f"{step}")
        case 1:
            desk.apply(latest, note, key=f"{step}")
        case 2:
            with desk.batch() as batch:
                batch.apply(first, note, key=f"{step}a")
                batch.report(str(step), note, by="ana", key=f"{step}b")
        case _:
            with host:
                view = desk.using(host)
                host.execute("INSERT OR IGNORE INTO purchase VALUES (?)", (step,))
                view.apply(first, note, key=f"{step}a")
                view.apply(latest, note, key=f"{step}b")


def marks_of(step: int) -> Marks:
    """Return every mark that a step leaves, when it is whole."""
    left = ({"title", "note"}, {"note"}, {"title", "note", "other"}, {"purchase", "note", "other"})
    return Counter((mark, step) for mark in left[step % KINDS])


def found(desk: IncidentDesk, host: sqlite3.Connection) -> Marks:
    """Return every mark in a file, with every journal checked and every number in its place."""
    incidents = sorted(desk.find(limit=1000), key=lambda one: str(one.number))
    marks: Marks = Counter(("purchase", step) for (step,) in host.execute("SELECT * FROM purchase"))
    for place, incident in enumerate(incidents, 1):
        assert f"INC-{place:07d}" == incident.number
        marks["title", int(incident.title)] += 1
        for entry in desk.history(incident):
            if isinstance(text := getattr(entry.event, "text", None), str):
                step = int(text)
                is_other = step % KINDS > 1 and incident.number == number_after(0)
                marks["other" if is_other else "note", step] += 1

    assert desk.verify().holds
    return marks


@define
class Figures:
    """What a run has seen."""

    kills: int = 0
    acknowledged: int = 0
    done: int = 0


@define
class File:
    """One file that writers are killed on, and the next step that is to be done in it."""

    path: Path
    file: str
    next: int = 0

    def writer(self) -> tuple[int, int]:
        """Fork a writer that goes on from the next step, and return its id and its pipe."""
        heard, tell = os.pipe()
        child = os.fork()
        if child:
            os.close(tell)
            return child, heard
        try:
            with SQLiteStore(self.path, file=self.file) as store, self.host() as host:
                desk = IncidentDesk(store)
                for step in count(self.next):
                    carry_out(desk, host, step)
                    os.write(tell, b"!")
        finally:
            os._exit(1)

    def host(self) -> closing[sqlite3.Connection]:
        """Open the host's connection."""
        connection = sqlite3.connect(self.path)
        connection.execute("PRAGMA synchronous = FULL")
        return closing(connection)

    def kill(self, chance: random.Random) -> int:
        """Kill a writer at some instant, and return how many steps it has acknowledged."""
        child, heard = self.writer()
        for _ in range(chance.randint(0, MOST_HEARD)):
            assert os.read(heard, 1), "the writer failed by itself"
            self.next += 1
        until = perf_counter() + chance.uniform(0, LONGEST_SPIN)
        while perf_counter() < until:
            pass
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        more = os.read(heard, 1000)
        os.close(heard)
        self.next += len(more)

        assert signal.SIGKILL == os.WTERMSIG(status), "the writer failed by itself"
        return self.next

    def examine(self, figures: Figures) -> None:
        """Look at everything after a kill, and repeat the step whose outcome is not known."""
        acknowledged: Marks = sum((marks_of(step) for step in range(self.next)), Counter())
        unknown = marks_of(self.next)
        with SQLiteStore(self.path, file=self.file) as store, self.host() as host:
            desk = IncidentDesk(store)
            left = found(desk, host)

            assert left in (acknowledged, acknowledged + unknown)
            figures.done += left != acknowledged
            carry_out(desk, host, self.next)
        self.next += 1


@pytest.fixture
def figures(capsys: pytest.CaptureFixture[str]) -> Iterator[Figures]:
    """Count, and show the figures of a run."""
    figures = Figures()
    yield figures
    seen = (
        f"kills {figures.kills}, steps acknowledged {figures.acknowledged}, "
        f"done but never acknowledged {figures.done}"
    )
    with capsys.disabled():
        print(f"\n{seen}")  # noqa: T201 - a soak run quotes it


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
@pytest.mark.parametrize("file", ["own", "shared"])
def test_a_kill_halves_nothing_and_loses_nothing(
    file: str, tmp_path: Path, figures: Figures
) -> None:
    """With a write-ahead log, and with the journal that a host's file has by default."""
    chance = random.Random(seed := random.SystemRandom().getrandbits(32))  # noqa: S311 - no secret
    print("seed", seed)  # noqa: T201 - shown when it fails
    for number in count():
        if figures.kills * 2 >= KILLS:
            break
        here = File(tmp_path / f"{number}.db", file)
        with SQLiteStore(here.path, file=file), here.host() as host:
            host.execute("CREATE TABLE purchase (step INTEGER PRIMARY KEY)")
        for _ in range(KILLS_OF_A_FILE):
            before = here.next
            figures.acknowledged += here.kill(chance) - before
            figures.kills += 1
            here.examine(figures)
        # Once more without a kill, for what the last repeat has done.
        here.examine(figures)

    assert figures.kills * 2 >= KILLS
    assert figures.acknowledged > figures.kills
