"""
Invariant: a real company's log replays whole, and agrees with what the log says of itself.

The log is the *Incident management process enriched event log* (Amaral, Fantinato, Peres, 2018;
UCI Machine Learning Repository, id 498; CC BY 4.0).
"""

from __future__ import annotations

import csv
import gzip
import json
import math
import os
import statistics
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from incidentflow import Impact, Incident, IncidentDesk, Policy, Priority, Urgency
from incidentflow.incident.clocks import Clock
from incidentflow.metrics import REOPENED, Between, Durations
from incidentflow.policy.file import read_policy
from incidentflow.process.backtesting import backtest
from incidentflow.replay import Replayed, backtest_log, replay
from incidentflow.sources import load_mapping
from incidentflow.stores import MemoryStore

MAPPING = load_mapping("servicenow")
STATES = {word: target.state for word, target in MAPPING.states.items()}
DONE = frozenset({"resolved", "closed"})
HALVES = "uci498_incidents_half_*.csv.gz"
SMALL = 1_300
"""How many lines make a small log."""
TIME, MINUTE = "%d/%m/%Y %H:%M", timedelta(minutes=1)
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
def minis(data: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Log, ...]:
    """Replay the small log that shows every state change; or else the beginning of each half."""
    folder = data / "incident-logs"
    paths = sorted(folder.glob("uci498_mini*.csv"))
    if not paths:
        begins = tmp_path_factory.mktemp("logs")
        paths = [beginning(each, begins) for each in sorted(folder.glob(HALVES))]
    assert paths, "the folder has no log"
    return tuple(read(path) for path in paths)


def beginning(log: Path, folder: Path) -> Path:
    """Write the first incidents of a log into a folder."""
    with gzip.open(log, "rt", encoding="utf-8", newline="") as file:
        header, *rows = islice(csv.reader(file), SMALL)
    number = header.index("number")
    whole = takewhile(lambda row: row[number] != rows[-1][number], rows)
    path = folder / log.name.removesuffix(".gz")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((header, *whole))
    return path


@pytest.fixture(scope="session")
def halves(data: Path) -> tuple[Log, ...]:
    """Replay every half of the log: the one full replay of the suite, left out of smoke runs."""
    if os.environ.get("INCIDENTFLOW_PROFILE") == "smoke":
        return ()
    paths = sorted((data / "incident-logs").glob(HALVES))
    assert paths, "the folder has no half of the log"
    return tuple(read(path) for path in paths)


@pytest.fixture(scope="session")
def logs(halves: tuple[Log, ...], minis: tuple[Log, ...]) -> tuple[Log, ...]:
    """Give all of them."""
    return (*minis, *halves)


@pytest.fixture(scope="session")
def largest(halves: tuple[Log, ...], minis: tuple[Log, ...]) -> tuple[Log, ...]:
    """Give those that shares and medians are taken of: a small log is made of rare cases."""
    return halves or minis


def followed(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """Follow the states of an incident; an unknown word keeps the state, and begins as new."""
    states: list[str] = []
    for row in rows:
        before = states[-1] if states else "new"
        states.append(STATES.get(row["incident_state"], before))
    return states


def walked(log: Log) -> tuple[Counter[str], Counter[str]]:
    """Count first states and steps."""
    starts: Counter[str] = Counter()
    steps: Counter[str] = Counter()
    for rows in log.cases.values():
        states = followed(rows)
        starts[states[0]] += 1
        steps.update(f"{before} -> {after}" for before, after in pairwise(states))
    return starts, steps


def is_step(before: str, after: str) -> bool:
    """Whether the lifecycle always has a step, or none is needed (rule L2)."""
    return before == after or (after != "new" and (before, after) != ("closed", "resolved"))


def counted(log: Log) -> dict[str, object]:
    """Count rows, incidents, first states and steps in the words of the log."""
    words = [[row["incident_state"] for row in case] for case in log.cases.values()]
    return {
        "rows": sum(map(len, words)),
        "incidents": len(words),
        "start": Counter(case[0] for case in words),
        "matrix": Counter(" -> ".join(step) for case in words for step in pairwise(case)),
    }


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
    """Counted by somebody else from the same file, in its own words: nothing was read wrongly."""
    known = [log for log in halves if log.facts is not None]
    for log in known:
        found = counted(log)

        assert {name: log.facts[name] for name in found} == found, log.path.name
    if not known:
        pytest.skip("no log with facts beside it")


def test_only_what_is_not_known_here_is_a_correction(logs: tuple[Log, ...]) -> None:
    """Every word that the mapping does not know, and steps that the lifecycle may not have (L6)."""
    for log in logs:
        steps = (step for rows in log.cases.values() for step in pairwise(followed(rows)))
        unheard = sum(not is_step(*step) for step in steps)

        assert log.unknown <= log.replayed.corrections <= log.unknown + unheard, log.path.name


def test_reopenings_are_counted_as_the_log_counts_them(logs: tuple[Log, ...]) -> None:
    """
    Exactly as its rows show them; the counter on the last row of nearly all says the same.

    A reopening is not counted here where it is a correction, nor where its rows are missing.
    """
    for log in logs:
        found = {number: each.counts.reopens for number, each in log.incidents.items()}
        said = {number: int(count) for number, count in log.last("reopen_count").items()}
        differing = [number for number in said if said[number] != found[number]]

        assert found == {number: reopenings(rows) for number, rows in log.cases.items()}
        assert len(differing) <= 1 + 0.001 * len(said), differing
        assert sum(found.values()) == log.replayed.reopens
        assert sum(map(bool, found.values())) == log.replayed.reopened_incidents


def reopenings(rows: Iterable[Mapping[str, str]]) -> int:
    """Count the steps from done to what is not."""
    steps = pairwise(followed(rows))
    return sum(
        before in DONE and after not in DONE and is_step(before, after) for before, after in steps
    )


def test_priorities_are_those_of_the_log(logs: tuple[Log, ...]) -> None:
    """The matrix gives nearly every row's priority, and each incident ends with its last row's."""
    for log in logs:
        rows = [row for case in log.cases.values() for row in case]
        given = [priority_given(row) for row in rows]
        unknown = given.count(None)
        said = {
            number: LEVELS[word] for number, word in log.last("priority").items() if word in LEVELS
        }

        assert given.count(False) <= log.replayed.priority_mismatches, log.path.name
        assert log.replayed.priority_mismatches <= given.count(False) + unknown, log.path.name
        assert given.count(False) + unknown <= 1 + 0.001 * len(rows), log.path.name
        assert said == {number: log.incidents[number].priority for number in said}


def priority_given(row: Mapping[str, str]) -> bool | None:
    """Whether the matrix gives the priority that a row says; None where it does not say all."""
    words = {name: row[name] for name in ("impact", "urgency", "priority")}
    levels = {name: MAPPING.levels[name] for name in words}
    if any(word not in levels[name] for name, word in words.items()):
        return None
    impact, urgency, priority = (levels[name].index(word) + 1 for name, word in words.items())
    axes = {"impact": Impact(impact), "urgency": Urgency(urgency)}
    return MAPPING.policy.matrix.priority(axes) == priority


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


def instant(text: str) -> datetime | None:
    """Read a time of the log; a question mark is none."""
    return None if text == "?" else datetime.strptime(text, TIME).replace(tzinfo=UTC)


def minutes_to_resolve(rows: list[dict[str, str]]) -> int | str:
    """Count from opening to the last resolve, in whole minutes, or say why it cannot be."""
    states = followed(rows)
    run = len(states) - len(list(takewhile(DONE.__contains__, reversed(states))))
    if run == len(states):
        return "censored"
    resolved = [place for place in range(run, len(rows)) if states[place] == "resolved"]
    if not resolved:
        return "missing"
    if resolved[0] > run:  # it was closed before, and what is closed is resolved by a correction
        return "corrected"
    stop, updated = (instant(rows[place]["sys_updated_at"]) for place in (resolved[0], 0))
    assert stop is not None
    assert updated is not None
    minutes = (stop - min(instant(rows[0]["opened_at"]) or updated, updated)) // MINUTE
    return minutes if minutes >= 0 else "impossible"


def test_resolution_times_are_those_of_the_rows(logs: tuple[Log, ...]) -> None:
    """From opening to the last resolve: as many, with the same mean and ranks, to the minute."""
    metric = Between("reported", "resolved", "total")
    for log in logs:
        found = log.desk.metrics(metric, REOPENED).whole
        spans = [minutes_to_resolve(rows) for rows in log.cases.values()]
        known = sorted(span for span in spans if isinstance(span, int))
        why = Counter(span for span in spans if isinstance(span, str))
        reopened = sum(map(bool, map(reopenings, log.cases.values())))

        assert (
            Durations(
                n=len(known),
                **why,
                mean=sum(known) * MINUTE / len(known),
                median=statistics.median_low(known) * MINUTE,
                p75=known[math.ceil(len(known) * 0.75) - 1] * MINUTE,
                p90=known[math.ceil(len(known) * 0.9) - 1] * MINUTE,
                max=known[-1] * MINUTE,
            )
            == found[metric.name]
        ), log.path.name
        assert reopened == found["reopened"].numbers()["count"]


def test_milestones_are_those_of_the_log(largest: tuple[Log, ...]) -> None:
    """Its own columns say the same of nearly all; a resolution that was saved again is later."""
    for log in largest:
        ends: Counter[str] = Counter()
        for number, rows in log.cases.items():
            episode, said = log.incidents[number].episode, rows[-1]
            resolved, closed = instant(said["resolved_at"]), instant(said["closed_at"])
            if resolved is not None and episode.resolved_at is not None:
                ends["resolved"] += 1
                ends["resolved by then"] += episode.resolved_at <= resolved
                ends["resolved alike"] += episode.resolved_at == resolved
            ends["closed alike"] += episode.ended_at == closed

        assert ends["resolved by then"] > 0.99 * ends["resolved"], log.path.name
        assert ends["resolved alike"] > 0.95 * ends["resolved"], log.path.name
        assert ends["closed alike"] > 0.99 * len(log.cases), log.path.name


def test_months_and_priorities_partition_the_log(logs: tuple[Log, ...]) -> None:
    """Counted by the log's own words."""
    for log in logs:
        report = log.desk.metrics(Between("reported", "ended"), by=("month", "priority"))
        said: Counter[tuple[str, str]] = Counter()
        for number, rows in log.cases.items():
            reported = log.incidents[number].reported_at
            known = LEVELS.get(rows[-1]["priority"], log.incidents[number].priority)
            assert known is not None, number
            said[f"{reported:%Y-%m}", known.name] += 1

        assert said == {group.key: group.incidents for group in report}, log.path.name


def test_a_backtest_agrees_with_the_rows(minis: tuple[Log, ...]) -> None:
    """Resolved within a day of being opened or not, counted from the rows in the plainest way."""
    policy = read_policy("""
hold_reasons = []
clocks = [{ name = "cure", stops = "resolved", on_reopen = "never", pausable = false }]
targets = [{ targets = { cure = "24h" } }]
""")
    for log in minis:
        done = backtest_log(log.path, MAPPING, policy)
        counted = Counter(_cured(rows, done.until) for rows in log.cases.values())

        assert len(log.cases) == done.incidents
        for name in ("met", "breached", "cancelled", "running"):
            assert counted[name] == sum(getattr(each.would, name) for each in done.compared)


def _cured(rows: list[dict[str, str]], until: datetime) -> str:
    times = [at for at in (instant(row["sys_updated_at"]) for row in rows) if at is not None]
    start = min(times[0], instant(rows[0]["opened_at"]) or times[0])
    states = ["new", *followed(rows)]
    ends = [
        (at, after)
        for (before, after), at in zip(pairwise(states), times, strict=True)
        if before not in DONE and after in DONE
    ]
    cured = next((at for at, state in ends if state == "resolved"), None)
    closed = ends[-1][0] if states[-1] in DONE else None
    if (cured or closed or until) - start > timedelta(days=1):
        return "breached"
    if cured is not None:
        return "met"
    return "running" if closed is None else "cancelled"


Verdicts = Mapping[str, tuple[Clock, ...]]
USUAL = {
    Priority.P1: {"response": timedelta(minutes=15), "restoration": timedelta(hours=4)},
    Priority.P2: {"response": timedelta(minutes=30), "restoration": timedelta(hours=8)},
    Priority.P3: {"response": timedelta(hours=4)},
    Priority.P4: {"response": timedelta(hours=8)},
}
"""The usual targets that are counted in hours; those of P3 and P4 in office hours."""


SOAKS = os.environ.get("INCIDENTFLOW_PROFILE") == "soak"


@pytest.fixture(scope="session")
def promised(largest: tuple[Log, ...]) -> tuple[tuple[Log, Verdicts], ...]:
    """Measure by the usual targets, as if they had been at work then; a soak measures all."""
    every = 1 if SOAKS else 4
    found = []
    for log in largest:
        until = max(incident.updated_at for incident in log.incidents.values())
        clocks = {
            number: backtest(
                sorted(log.desk.history(number), key=lambda entry: entry.sequence), Policy(), until
            )
            for number in sorted(log.cases)[::every]
        }
        found.append((log, clocks))
    return tuple(found)


def breach_of(clocks: Iterable[Clock]) -> datetime | None:
    """Return when the first promise was broken, None when none was."""
    return min((each.breached_at for each in clocks if each.breached_at is not None), default=None)


def noticed(rows: list[dict[str, str]]) -> dict[str, str] | None:
    """Return the row with which the log begins to say that its own promise was broken."""
    flips = (
        after for before, after in pairwise(rows) if said_made(before) and not said_made(after)
    )
    return next(flips, None)


def said_made(row: dict[str, str]) -> bool:
    """Whether a row of the log says that the promise is kept."""
    return row["made_sla"] == "true"


def test_the_log_notices_that_a_promise_was_broken_when_it_closes(largest: tuple[Log, ...]) -> None:
    """Not when the time was up: the flag turns with the row that closes, nearly always."""
    for log in largest:
        flips = [row for row in map(noticed, log.cases.values()) if row is not None]
        closing = [row for row in flips if STATES.get(row["incident_state"]) == "closed"]

        assert flips, log.path.name
        assert len(closing) > 0.99 * len(flips), log.path.name


def test_every_breach_is_at_its_due_instant(promised: tuple[tuple[Log, Verdicts], ...]) -> None:
    """Which is worked out once more, in the plainest way, where a target is so many hours."""
    plain = 0
    for _, clocks in promised:
        for number, measured in clocks.items():
            for clock in measured:
                assert clock.breached_at in (None, clock.due), number
                span = USUAL[Priority.parse(clock.terms.row)].get(clock.name)
                if span is None or clock.pauses or clock.used:
                    continue
                assert clock.due == in_hours(clock.started_at, span, clock.terms.row), number
                plain += 1

    assert plain > 0.9 * sum(len(clocks) for _, clocks in promised)


def in_hours(start: datetime, span: timedelta, row: str) -> datetime:
    """Count so many hours, round the clock or from nine to five on weekdays, day by day."""
    if row in ("P1", "P2"):
        return start + span
    day = start.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        opens, closes = max(start, day.replace(hour=9)), day.replace(hour=17)
        room = closes - opens
        if day.weekday() < 5 and room > timedelta(0):
            if span <= room:
                return opens + span
            span -= room
        day += timedelta(days=1)


def leads(log: Log, clocks: Verdicts) -> tuple[list[timedelta], int]:
    """Say by how much breaches come before the log says so, and how many rows lie between."""
    ahead, between = [], 0
    for number, measured in clocks.items():
        rows = log.cases[number]
        breached, row = breach_of(measured), noticed(rows)
        said = None if row is None else instant(row["sys_updated_at"])
        if breached is not None and said is not None:
            ahead.append(said - breached)
            times = [at for at in (instant(each["sys_updated_at"]) for each in rows) if at]
            between += sum(breached < at < said for at in times)
    return ahead, between


def agreement(log: Log, clocks: Verdicts) -> Counter[tuple[bool, bool]]:
    """Count incidents by whether the log says kept, and by whether the usual targets were met."""
    return Counter(
        (said_made(log.cases[number][-1]), breach_of(measured) is None)
        for number, measured in clocks.items()
    )


def test_a_breach_is_known_before_the_log_says_so(
    promised: tuple[tuple[Log, Verdicts], ...],
) -> None:
    """Where both say that a promise was broken; by days, and by many rows that still say kept."""
    for log, clocks in promised:
        ahead, between = leads(log, clocks)

        assert sum(each <= timedelta(0) for each in ahead) < 0.01 * len(ahead), log.path.name
        assert statistics.median(ahead) > timedelta(days=7), log.path.name
        assert between > len(ahead), log.path.name


def test_the_usual_targets_agree_with_the_log_on_most_incidents(
    promised: tuple[tuple[Log, Verdicts], ...],
) -> None:
    """Though they are not the company's, whose targets the log does not tell."""
    for log, clocks in promised:
        alike = agreement(log, clocks)

        assert alike[True, True] + alike[False, False] > 0.55 * alike.total(), alike
        assert alike[True, False] > 0.02 * alike.total(), alike


@pytest.mark.skipif(not SOAKS, reason="a soak alone measures every incident of the log")
def test_the_figures_that_are_published_are_those_of_the_log(
    promised: tuple[tuple[Log, Verdicts], ...],
) -> None:
    """Each stands on the page about clocks."""
    page = (Path(__file__).parents[2] / "docs" / "explanation" / "clocks.md").read_text("utf-8")
    known = [(log, clocks) for log, clocks in promised if "half_A" in log.path.name]
    for log, clocks in known:
        ahead, between = leads(log, clocks)
        alike = agreement(log, clocks)
        flips = sum(noticed(rows) is not None for rows in log.cases.values())
        broken = alike[False, True] + alike[False, False]
        figures = [len(log.cases), log.replayed.rows, flips, broken, len(ahead), between]
        figures += [*alike.values(), alike[True, True] + alike[False, False]]

        assert [] == [f"{each:,}" for each in figures if f"{each:,}" not in page]
        assert f"{min(ahead) // timedelta(hours=1)} hours at least" in page
        assert f"{statistics.median(ahead) // timedelta(days=1)} days in the median" in page
    if not known:
        pytest.skip("the half of the log that the page is about is not there")
