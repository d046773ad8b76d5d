"""Invariant: every row that can be read is one commit, and every other one is counted."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidentflow import IncidentDesk
from incidentflow.errors import InvalidInput, MappingError
from incidentflow.policy import MATRICES
from incidentflow.ports import INCIDENT, Store
from incidentflow.ports import Write as Writing
from incidentflow.replay import Replayed, replay
from incidentflow.sources import LogMapping, read_mapping
from incidentflow.stores import MemoryStore, SQLiteStore

Cells = dict[str, str]
Write = Callable[..., Path]
Rows = Callable[..., list[Cells]]


def kinds(store: Store, number: str) -> list[str]:
    """Name what happened to one incident, in the order of its journal."""
    entries = IncidentDesk(store).history(number)
    return [entry.kind for entry in sorted(entries, key=lambda entry: entry.sequence)]


def told(store: Store, number: str) -> list[str]:
    """Tell what happened to one incident."""
    return [entry.event.describe() for entry in IncidentDesk(store).history(number)]


def counts(replayed: Replayed) -> tuple[int, int, int, int, int]:
    """Sum up what a replay did."""
    return (
        replayed.rows,
        replayed.incidents,
        replayed.replayed,
        replayed.corrections,
        replayed.refused,
    )


def test_rows_of_several_incidents_may_be_interleaved(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Each case goes on where it stood."""
    one, other = rows("New", "Work", "Done"), rows("New", "Vendor", "Work", number="2")
    log = write(*(row for pair in zip(one, other, strict=True) for row in pair))
    replayed = replay(log, mapping, store=store)

    assert (6, 2, 2, 0, 0) == counts(replayed)
    assert ("resolved", "in_progress") == (
        IncidentDesk(store).get("1").state,
        IncidentDesk(store).get("2").state,
    )


def test_times_that_run_backwards_are_warnings(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Rows apply as they stand; what goes back in time is marked (rule J4)."""
    first, second, third = rows("New", "Work", "Done")
    third["at"] = "2026-03-01 08:00"
    replayed = replay(write(first, second, third), mapping, store=store)
    by_sequence = sorted(IncidentDesk(store).history("1"), key=lambda entry: entry.sequence)

    assert (3, 1, 1, 0, 0) == counts(replayed)
    assert "runs_backwards" in by_sequence[-1].warnings
    assert by_sequence[-1].at < by_sequence[0].at


def test_gaps_in_the_sources_count_are_warnings(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """A row that skips a number of its case, repeats one or goes back is marked (rule J4)."""
    layout = evolve(mapping.layout, sequence="tier")
    counted = evolve(mapping, layout=layout, fields={})
    one = rows(*["New"] * 4, *["Work"] * 5)
    other = rows("New", "New", number="2")
    for row, count in zip((*one, *other), "24567?99889", strict=True):
        row["tier"] = count
    one[4]["team"] = "net"
    replayed = replay(write(*one[:1], *other, *one[1:]), counted, store=store)
    desk = IncidentDesk(store)
    odd = {
        number: [
            (entry.source_sequence, entry.kind, *entry.warnings)
            for entry in sorted(desk.history(number), key=lambda entry: entry.sequence)
        ]
        for number in "12"
    }

    assert (11, 2, 2, 0, 0) == counts(replayed)
    assert [
        (2, "reported"),
        (4, "noted", "gap"),
        (5, "noted"),
        (6, "noted"),
        (7, "assigned"),
        (7, "acknowledged"),
        (None, "noted"),
        (9, "noted", "gap"),
        (9, "noted", "sequence_repeats"),
        (8, "noted", "sequence_runs_backwards"),
    ] == odd["1"]
    assert [(8, "reported"), (9, "noted")] == odd["2"]


def test_one_row_that_skips_is_marked_once(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Though it becomes several commands, and what follows from them keeps its place."""
    counted = evolve(mapping, layout=evolve(mapping.layout, sequence="tier"), fields={})
    first, second = rows("New", "Work", tier="1")
    second |= {"tier": "5", "team": "net", "title": "Other", "area": "mail"}
    replay(write(first, second), counted, store=store)
    entries = [entry for entry in IncidentDesk(store).history("1") if entry.source_sequence == 5]

    assert ["described", "reclassified", "assigned", "acknowledged"] == [e.kind for e in entries]
    assert [("gap",), (), (), ()] == [entry.warnings for entry in entries]


def test_timelines_follow_the_sources_count_between_equal_times(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """World-time, then the source's count, then the order of recording (rule J4)."""
    counted = evolve(mapping, layout=evolve(mapping.layout, sequence="tier"), fields={})
    told_first = [
        {**rows("New")[0], "tier": count, "title": title, "id": "1"}
        for count, title in (("1", "a"), ("3", "c"), ("2", "b"), ("?", "b?"), ("4", "d"))
    ]
    early = {**told_first[0], "at": "2026-03-02 07:00", "tier": "5", "title": "e"}
    replay(write(*told_first, early), counted, store=store)

    assert ["e", "a", "b", "b?", "c", "d"] == [
        entry.event.title  # type: ignore[attr-defined]
        for entry in IncidentDesk(store).history("1")
    ]


def test_rows_that_cannot_be_recorded_are_refused_with_line_and_reason(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """A bad row holds up neither the next row nor the next incident."""
    broken = rows("New", "Work", "Done")
    broken[1]["at"] = "never"
    odd = rows("New", "Done", number="2")
    odd[0]["title"] = "a\x07b"
    nobody = [{**rows("New")[0], "id": ""}]
    replayed = replay(write(*broken, *odd, *nobody), mapping, store=store)

    assert (6, 2, 0, 0, 3) == counts(replayed)
    assert "line 3, 1: Invalid isoformat string: 'never'" == replayed.refusals[0]
    assert replayed.refusals[1].startswith("line 5, 2: title = 'a\\x07b': holds the unprintable")
    assert "line 7: column 'id' is empty" == replayed.refusals[2]
    assert ["resolved", "resolved"] == [IncidentDesk(store).get(n).state for n in ("1", "2")]


def test_a_level_beyond_the_matrix_is_refused_with_its_reason(
    write: Write, rows: Rows, mapping: LogMapping
) -> None:
    """A name of the library's scales may be beyond the mapping's matrix; nothing is guessed."""
    log = write(*rows("New", impact="minor", urgency="high"), *rows("New", number="2"))
    replayed = replay(log, evolve(mapping, levels={}))

    assert (2, 2, 1, 0, 1) == counts(replayed)
    assert "matrix 'ITIL 3x3' knows impact 1 (most severe) to 3" in replayed.refusals[0]


def test_only_the_first_refusals_are_shown(write: Write, rows: Rows, mapping: LogMapping) -> None:
    """All are counted; the summary leaves the samples out."""
    replayed = replay(write(*rows("New")[:1] * 2, *({"id": "9"} for _ in range(30))), mapping)

    assert (30, 20) == (replayed.refused, len(replayed.refusals))
    assert "refusals" not in replayed.summary()
    assert 30 == replayed.summary()["refused"]


def test_a_log_refuses_what_another_brought_and_says_so(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """What is new goes in, the rest stays as it is."""
    first, more = rows("New", "Work"), rows("New", "Done", number="2")
    replay(write(*first), mapping, store=store)
    first[1]["title"] = "another"
    again = replay(write(*first, *more), mapping, store=store)

    assert ((4, 2, 1, 0, 2), 0) == (counts(again), again.resumed)
    assert ["line 2, 1: the store has this incident already"] == list(again.refusals[:1])
    assert 2 == IncidentDesk(store).get("1").version
    assert "resolved" == IncidentDesk(store).get("2").state


def test_a_bad_first_row_does_not_open_a_known_incident(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """An incident of the store is never continued by a log that did not begin it."""
    replay(write(*rows("New")), mapping, store=store)
    bad, good = rows("New", "Work")
    bad["at"] = "never"
    again = replay(write(bad, good), mapping, store=store)

    assert (2, 1, 0, 0, 2) == counts(again)
    assert "new" == IncidentDesk(store).get("1").state


def test_numbers_that_look_like_ids_are_numbers(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Some systems number their cases by UUIDs; each row still finds its case."""
    number = "550E8400-E29B-11D4-A716-446655440000"
    log = write(*rows("New", number=number), *rows("New", number="2"), *rows("Work", number=number))
    replayed = replay(log, mapping, store=store)

    assert (3, 2, 2, 0, 0) == counts(replayed)
    assert "in_progress" == IncidentDesk(store).get(number).state


def test_a_store_is_opened_by_its_url_and_closed(
    write: Write, rows: Rows, mapping: LogMapping, tmp_path: Path
) -> None:
    """The incidents stay in the file, journal and all."""
    log = write(*rows("New", "Work"), *rows("Done", number="2"))
    url = f"sqlite:///{tmp_path / 'incidents.db'}"
    replayed = replay(log, mapping, store=url)

    assert (3, 2, 2, 0, 0) == counts(replayed)
    with IncidentDesk(url) as desk:
        assert {"1", "2"} == {incident.number for incident in desk.find()}
        assert desk.verify().holds
    assert [] == list(tmp_path.glob("*-wal"))


def test_a_log_that_breaks_off_leaves_no_store_open(
    write: Write, rows: Rows, mapping: LogMapping, tmp_path: Path
) -> None:
    """The error is the log's, and the file is closed behind it."""
    log = write(*rows("New"))
    packed = tmp_path / "cut.csv.gz"
    packed.write_bytes(gzip.compress(log.read_bytes())[:-4])
    with pytest.raises(MappingError, match="cut short"):
        replay(packed, mapping, store=f"sqlite:///{tmp_path / 'incidents.db'}")

    assert [] == list(tmp_path.glob("*-wal"))


def test_a_store_that_is_given_stays_open(
    write: Write, rows: Rows, mapping: LogMapping, tmp_path: Path
) -> None:
    """Whoever opened it closes it."""
    store = SQLiteStore(tmp_path / "incidents.db")
    replay(write(*rows("New")), mapping, store=store)

    assert [*tmp_path.glob("*-wal")]
    store.close()
    with pytest.raises(InvalidInput, match="is no store"):
        replay(write(*rows("New")), mapping, store=5)  # type: ignore[arg-type]


def test_progress_is_told_from_time_to_time(write: Write, rows: Rows, mapping: LogMapping) -> None:
    """After every batch of rows, with the rows and incidents so far; cases are never cut."""
    seen: list[tuple[int, int]] = []
    log = write(*(row for number in range(1_100) for row in rows("New", number=str(number))))
    replayed = replay(log, mapping, progress=lambda *so_far: seen.append(so_far))

    assert [(500, 500), (1000, 1000)] == seen
    assert (1_100, 1_100, 1_100, 0, 0) == counts(replayed)


def test_an_empty_log_is_no_error(write: Write, mapping: LogMapping) -> None:
    """There was nothing to replay."""
    replayed = replay(write(), mapping)

    assert ((0, 0, 0, 0, 0), 0.0) == (counts(replayed), replayed.hold_share_percent)


class CountingStore(MemoryStore):
    """A memory store that counts what it is asked to write of incidents."""

    def __init__(self) -> None:
        super().__init__()
        self.writes = 0

    def commit(self, writes: Sequence[Writing]) -> tuple[str | None, ...]:
        """Count, then commit."""
        self.writes += sum(write.subject.kind == INCIDENT for write in writes)
        return super().commit(writes)


@st.composite
def tables(draw: st.DrawFn) -> list[Cells]:
    """Draw rows of any states, in any order, of three incidents, with cells of any kind."""
    words = ("New", "Queued", "Work", "Vendor", "User", "Eased", "Done", "Shut", "Void", "Joined")
    optional = {
        "area": st.sampled_from(("mail", "web")),
        "impact": st.sampled_from(("big", "small")),
        "urgency": st.sampled_from(("now", "later")),
        "priority": st.sampled_from(("P1", "P3", "5")),
        "team": st.sampled_from(("mail", "web")),
        "tier": st.sampled_from(("gold", "lead")),
        "by": st.sampled_from(("ana", "bo")),
        "opened": st.sampled_from(("2026-01-01", "2026-05-05")),
    }
    cells = st.fixed_dictionaries(
        {
            "id": st.sampled_from(("1", "2", "3")),
            "at": st.dates(max_value=date(8999, 12, 30)),
            "state": st.sampled_from((*words, "-100", "")),
        },
        optional=optional,
    )
    return [{**row, "at": str(row["at"])} for row in draw(st.lists(cells, max_size=12))]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    table=tables(),
    matrix=st.sampled_from(tuple(MATRICES.values())),
    switches=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_every_row_is_one_commit(
    write: Write,
    plain: dict[str, Any],
    table: list[Cells],
    matrix: object,
    switches: tuple[bool, bool, bool],
) -> None:
    """Whatever a log says: as many commits as rows, all of them right, and the states agree."""
    policy = dict(
        zip(("reopen_closed", "close_unresolved", "require_assignee"), switches, strict=True)
    )
    mapping = read_mapping({**plain, "policy": policy}, "plain")
    mapping = evolve(mapping, policy=evolve(mapping.policy, matrix=matrix))
    store = CountingStore()
    replayed = replay(write(*table), mapping, store=store)
    desk = IncidentDesk(store)
    words = {row["id"]: row["state"] for row in table if row["state"] in plain["states"]}

    assert (len(table), 0) == (replayed.rows, replayed.refused)
    assert len(table) == store.writes
    assert desk.verify().holds
    assert {number: plain["states"][word].split(":")[0] for number, word in words.items()} == {
        number: desk.get(number).state for number in words
    }
    assert replayed.corrections == sum(one.counts.corrections for one in desk.find())
