"""
Invariant: a real company's log replays whole, and agrees with what the log says of itself.

The log is the *Incident management process enriched event log* (Amaral, Fantinato, Peres, 2018;
UCI Machine Learning Repository, id 498; CC BY 4.0).
"""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from incidentflow import Incident, IncidentDesk, Priority
from incidentflow.replay import Replayed, replay
from incidentflow.sources import load_mapping
from incidentflow.stores import MemoryStore

MAPPING = load_mapping("servicenow")
STATES = {word: target.state for word, target in MAPPING.states.items()}
LEVELS = {word: Priority(level) for level, word in enumerate(MAPPING.levels["priority"], 1)}


@frozen
class Log:
    """
    A log, and what became of it.

    Attributes:
        path: The file.
        replayed: The report of its replay.
        desk: The desk that has its incidents.
        incidents: The incidents as they stand, by number.
        cases: The rows of each incident, by number, read in the plainest way.

    """

    path: Path
    replayed: Replayed
    desk: IncidentDesk
    incidents: Mapping[str, Incident]
    cases: Mapping[str, list[dict[str, str]]]

    def last(self, column: str) -> dict[str, str]:
        """Return what the last row of each incident says."""
        return {number: rows[-1][column] for number, rows in self.cases.items()}

    @property
    def unknown(self) -> int:
        """How many rows have a state that the mapping does not know."""
        rows = (row for case in self.cases.values() for row in case)
        return sum(row["incident_state"] not in STATES for row in rows)

    @property
    def facts(self) -> Any:  # noqa: ANN401 - whatever the file says
        """What somebody else counted in the same file, or None."""
        beside = self.path.name.replace("incidents_", "").replace(".csv.gz", "_facts.json")
        facts = self.path.with_name(beside)
        return json.loads(facts.read_text("utf-8")) if facts.exists() else None


def read(path: Path) -> Log:
    """Replay a log, and read it once more."""
    store = MemoryStore()
    replayed = replay(path, MAPPING, store=store)
    cases: dict[str, list[dict[str, str]]] = {}
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            cases.setdefault(row["number"], []).append(row)
    desk = IncidentDesk(store)
    return Log(path, replayed, desk, {number: desk.get(number) for number in cases}, cases)


@pytest.fixture(scope="session")
def minis(data: Path) -> tuple[Log, ...]:
    """Replay the small log that shows every state change, where there is one."""
    return tuple(read(path) for path in sorted((data / "incident-logs").glob("uci498_mini*.csv")))


@pytest.fixture(scope="session")
def halves(data: Path) -> tuple[Log, ...]:
    """Replay every half of the log: the one full replay of the suite, left out of smoke runs."""
    if os.environ.get("INCIDENTFLOW_PROFILE") == "smoke":
        return ()
    paths = sorted((data / "incident-logs").glob("uci498_incidents_half_*.csv.gz"))
    assert paths, "the folder has no half of the log"
    return tuple(read(path) for path in paths)


@pytest.fixture(scope="session")
def logs(halves: tuple[Log, ...], minis: tuple[Log, ...]) -> tuple[Log, ...]:
    """Give all of them."""
    return (*minis, *halves)


def walked(log: Log) -> tuple[Counter[str], Counter[str]]:
    """Count first states and steps; an unknown word keeps the state, and begins as new."""
    starts: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    for first, *rest in log.cases.values():
        state = STATES.get(first["incident_state"], "new")
        starts[state] += 1
        for row in rest:
            before, state = state, STATES.get(row["incident_state"], state)
            steps[f"{before} -> {state}"] += 1
    return starts, steps


def mapped(counts: Mapping[str, int]) -> Counter[str]:
    """Add up counts by the words of the log as counts by the states they mean."""
    found: Counter[str] = Counter()
    for words, count in counts.items():
        found[" -> ".join(STATES[word] for word in words.split(" -> "))] += count
    return found


def test_every_row_and_incident_is_replayed(logs: tuple[Log, ...]) -> None:
    """As many as the file has, none of them refused."""
    for log in logs:
        rows, incidents = sum(map(len, log.cases.values())), len(log.cases)

        assert (rows, incidents, incidents, 0) == (
            log.replayed.rows,
            log.replayed.incidents,
            log.replayed.replayed,
            log.replayed.refused,
        ), log.path.name


def test_first_states_and_steps_are_those_of_the_log(logs: tuple[Log, ...]) -> None:
    """Counted here in the plainest way, and equal after the mapping."""
    for log in logs:
        assert walked(log) == (log.replayed.start, log.replayed.matrix), log.path.name


def test_first_states_and_steps_are_the_known_ones(halves: tuple[Log, ...]) -> None:
    """Counted by somebody else from the same file, and equal after the mapping."""
    known = [log for log in halves if log.facts is not None and not log.unknown]
    for log in known:
        facts, replayed = log.facts, log.replayed

        assert (facts["rows"], facts["incidents"]) == (replayed.rows, replayed.incidents)
        assert (mapped(facts["start"]), mapped(facts["matrix"])) == (
            replayed.start,
            replayed.matrix,
        )
        assert 0 == replayed.corrections
    if not known:
        pytest.skip("no log with facts beside it, in words that the mapping knows")


def test_every_unknown_word_is_a_correction(logs: tuple[Log, ...], minis: tuple[Log, ...]) -> None:
    """And where every word is known, the small log needs none."""
    for log in logs:
        assert log.unknown <= log.replayed.corrections, log.path.name
    assert all((0, 0) == (log.unknown, log.replayed.corrections) for log in minis)


def test_reopenings_are_counted_as_the_log_counts_them(logs: tuple[Log, ...]) -> None:
    """For every single incident, the counter on its last row."""
    for log in logs:
        said = {number: int(count) for number, count in log.last("reopen_count").items()}

        assert said == {
            number: incident.counts.reopens for number, incident in log.incidents.items()
        }, log.path.name
        assert sum(said.values()) == log.replayed.reopens
        assert sum(map(bool, said.values())) == log.replayed.reopened_incidents


def test_priorities_are_those_of_the_log(logs: tuple[Log, ...]) -> None:
    """The matrix gives every row's priority, and each incident ends with that of its last row."""
    for log in logs:
        said = {number: LEVELS[word] for number, word in log.last("priority").items()}

        assert 0 == log.replayed.priority_mismatches, log.path.name
        assert said == {number: incident.priority for number, incident in log.incidents.items()}


def test_every_incident_ends_where_the_log_ends(logs: tuple[Log, ...]) -> None:
    """The state of the last row, if that is a word the mapping knows."""
    for log in logs:
        said = {
            number: STATES[word]
            for number, word in log.last("incident_state").items()
            if word in STATES
        }

        assert said == {number: log.incidents[number].state for number in said}, log.path.name


def test_the_store_verifies(logs: tuple[Log, ...]) -> None:
    """Every chain holds, every snapshot is the fold of its journal, and every row is in it."""
    log = logs[0]
    verified = log.desk.verify()

    assert (True, len(log.cases)) == (verified.holds, verified.incidents)
    assert verified.entries >= log.replayed.rows
