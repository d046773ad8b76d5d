"""Invariant: every line of a log is a row, or says what is wrong with it."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from attrs import evolve

from incidentflow.errors import MappingError
from incidentflow.sources import BadRow, LogMapping, Row, read_rows
from incidentflow.words import Actor, Impact, Priority, Urgency

Write = Callable[..., Path]
GOOD = {"id": "1", "at": "2026-03-02 08:00", "state": "New"}


def read(log: Path, mapping: LogMapping) -> list[Row | BadRow]:
    """Read all rows."""
    return list(read_rows(log, mapping))


def error(log: Path, mapping: LogMapping) -> str:
    """Read a log that cannot be read, and return what is wrong with it."""
    with pytest.raises(MappingError) as caught:
        read(log, mapping)
    return "; ".join(caught.value.problems)


def test_a_row_is_read_in_the_words_of_this_library(write: Write, mapping: LogMapping) -> None:
    """Columns are joined, levels read, times moved to UTC, and unknown cells left out."""
    cells = {
        "at": "2026-03-02T09:30:00+02:00",
        "by": " ana ",
        "title": "Mail is down",
        "area": "mail",
        "topic": "queue",
        "impact": "small",
        "urgency": "now",
        "priority": "P3",
        "opened": "2026-03-02T06:00:00Z",
        "tier": "gold",
    }
    (row,) = read(write({**GOOD, **cells}), mapping)

    assert row == Row(
        line=2,
        number="1",
        at=datetime(2026, 3, 2, 7, 30, tzinfo=UTC),
        by=Actor.parse("ana"),
        labels=("New",),
        texts={"title": "Mail is down", "category": "mail/queue"},
        ranks={"impact": Impact.MEDIUM, "urgency": Urgency.HIGH, "priority": Priority.P3},
        fields={"tier": "gold"},
        reported_at=datetime(2026, 3, 2, 6, tzinfo=UTC),
    )


def test_what_is_unknown_is_left_out(write: Write, mapping: LogMapping) -> None:
    """A question mark or an empty cell says nothing; who saved it has a default."""
    (row,) = read(write({**GOOD, "area": "", "topic": "queue"}), mapping)

    assert isinstance(row, Row)
    assert ({"category": "queue"}, {}, {}) == (row.texts, row.ranks, row.fields)
    assert ("service:import", None) == (str(row.by), row.reported_at)


def test_a_priority_without_levels_is_a_name_or_a_number(write: Write, mapping: LogMapping) -> None:
    """Where a mapping lists no words, the library's own are read."""
    rows = read(write(*({**GOOD, "priority": text} for text in ("p2", "2", "P2"))), mapping)

    assert [{"priority": Priority.P2}] * 3 == [row.ranks for row in rows if isinstance(row, Row)]


@pytest.mark.parametrize(
    ("cells", "problem", "number"),
    [
        ({"at": "yesterday"}, "Invalid isoformat string: 'yesterday'", "1"),
        ({"at": "?"}, "Invalid isoformat string: '?'", "1"),
        ({"at": ""}, "Invalid isoformat string: ''", "1"),
        ({"at": "0001-01-01T00:00:00+12:00"}, "lies outside all years", "1"),
        ({"opened": "long ago"}, "Invalid isoformat string: 'long ago'", "1"),
        ({"id": " "}, "column 'id' is empty", ""),
        ({"id": "?"}, "column 'id' is empty", ""),
        ({"impact": "Small"}, "impact 'Small' is not in [levels]; did you mean 'small'?", "1"),
        ({"priority": "9"}, "priority = 9: is not on the scale", "1"),
        ({"priority": "low"}, "priority = 'low': is not on the scale", "1"),
    ],
)
def test_a_bad_row_says_where_and_why(
    write: Write, mapping: LogMapping, cells: dict[str, str], problem: str, number: str
) -> None:
    """The line, what is wrong, and the incident as far as it is known; the next row is fine."""
    before, bad, after = read(write(GOOD, {**GOOD, **cells}, GOOD), mapping)

    assert isinstance(bad, BadRow)
    assert (3, number) == (bad.line, bad.number)
    assert problem in bad.problem
    assert [Row, Row] == [type(before), type(after)]


@pytest.mark.parametrize("line", ["1,2026-03-02", "1" + ",x" * 20, "1"])
def test_missing_and_surplus_cells_are_named(write: Write, mapping: LogMapping, line: str) -> None:
    """A row that does not fit the header is not guessed at."""
    log = write(GOOD)
    log.write_text(f"{log.read_text('utf-8')}{line}\n", "utf-8")

    assert BadRow(3, "it has another number of cells than the header", "1") == read(log, mapping)[1]


def test_lines_are_counted_through_cells_of_several_lines(
    write: Write, mapping: LogMapping
) -> None:
    """A quoted cell may hold line breaks; the line is where its row ends."""
    log = write({**GOOD, "title": '"Mail\nis down"'}, {**GOOD, "at": "never"})

    assert [3, 4] == [row.line for row in read(log, mapping)]


def test_blank_lines_are_skipped(write: Write, mapping: LogMapping) -> None:
    """They say nothing, and are no rows."""
    log = write(GOOD)
    log.write_text(f"{log.read_text('utf-8')}\n\n", "utf-8")

    assert 1 == len(read(log, mapping))


def test_times_are_sorted_where_the_mapping_says_so(write: Write, mapping: LogMapping) -> None:
    """By time, equal times as they stand, and what cannot be read first (rule J4)."""
    times = ("2026-03-03", "2026-03-02", "never", "2026-03-02", "2026-03-01")
    log = write(*({**GOOD, "at": at} for at in times))
    by_time = evolve(mapping, layout=evolve(mapping.layout, order="time"))

    assert [2, 3, 4, 5, 6] == [row.line for row in read(log, mapping)]
    assert [4, 6, 3, 5, 2] == [row.line for row in read(log, by_time)]


def test_times_without_a_zone_are_read_in_the_mappings(write: Write, mapping: LogMapping) -> None:
    """Noon in Berlin is ten o'clock in summer and eleven in winter; of two, the first."""
    layout = evolve(mapping.layout, zone="Europe/Berlin", time="%d.%m.%Y %H:%M")
    times = ("1.7.2026 12:00", "1.12.2026 12:00", "25.10.2026 02:30")
    rows = read(write(*({**GOOD, "at": at} for at in times)), evolve(mapping, layout=layout))

    assert [(10, 0), (11, 0), (0, 30)] == [
        (row.at.hour, row.at.minute) for row in rows if isinstance(row, Row)
    ]


def test_delimiter_and_encoding_are_the_mappings(tmp_path: Path, mapping: LogMapping) -> None:
    """Another country's spreadsheet is read as it is."""
    layout = evolve(mapping.layout, delimiter=";", encoding="latin-1", by="")
    log = tmp_path / "log.csv"
    log.write_text("id ; at; state\n1;2026-03-02;Erhöht\n", "latin-1")
    (row,) = read(log, evolve(mapping, layout=layout, columns={}, fields={}))

    assert isinstance(row, Row)
    assert ("Erhöht",) == row.labels


@pytest.mark.parametrize("name", ["log.csv.gz", "LOG.CSV.GZ"])
def test_gzip_is_read_as_it_is(write: Write, mapping: LogMapping, name: str) -> None:
    """A compressed log is told by its name."""
    plain = write(GOOD)
    packed = plain.with_name(name)
    packed.write_bytes(gzip.compress(plain.read_bytes()))

    assert read(plain, mapping) == read(packed, mapping)


def test_missing_columns_are_named_all_at_once(tmp_path: Path, mapping: LogMapping) -> None:
    """With the nearest that is there; a column that stands there twice is a problem too."""
    log = tmp_path / "log.csv"
    log.write_text("id,at,at,State,by,title,topic,urgency,priority,team,opened,tier\n", "utf-8")

    assert (
        "column 'at' stands there twice; "
        "there is no column 'state'; did you mean 'State'?; "
        "there is no column 'area'; known: State, at, by, id, opened, priority, team, tier, "
        "title, topic, urgency; "
        "there is no column 'impact'; known: State, at, by, id, opened, priority, team, tier, "
        "title, topic, urgency"
    ) == error(log, mapping)


def test_an_empty_file_is_said_so(tmp_path: Path, mapping: LogMapping) -> None:
    """No header, no columns."""
    log = tmp_path / "log.csv"
    log.write_bytes(b"")

    assert "it is empty; its first line names the columns" == error(log, mapping)


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path, mapping: LogMapping) -> None:
    """So is a folder."""
    assert "No such file or directory (after line 0)" == error(tmp_path / "no.csv", mapping)
    assert "Is a directory (after line 0)" == error(tmp_path, mapping)


@pytest.mark.parametrize(
    ("damage", "problem"),
    [
        (lambda packed: packed[:-9], "the gzip file is cut short or damaged (after line "),
        (lambda packed: packed[:400] + b"\xff" * 40 + packed[440:], "the gzip file is cut short"),
        (lambda packed: packed[:-8] + b"\0" * 8, "is no gzip file (after line "),
        (lambda _: b"id,at\n", "is no gzip file (after line 0)"),
    ],
)
def test_a_damaged_gzip_is_said_so(
    write: Write, mapping: LogMapping, damage: Callable[[bytes], bytes], problem: str
) -> None:
    """With the last line that could be read."""
    plain = write(*({**GOOD, "id": str(number * 7919)} for number in range(400)))
    packed = plain.with_suffix(".gz")
    packed.write_bytes(damage(gzip.compress(plain.read_bytes())))

    assert problem in error(packed, mapping)


def test_another_encoding_is_said_so(write: Write, mapping: LogMapping) -> None:
    """With what to do about it."""
    log = write(GOOD)
    log.write_bytes(log.read_bytes() + "1,2026-03-02,Erhöht\n".encode("latin-1"))

    assert "is not utf-8-sig; name its encoding in [log] (after line 0)" == error(log, mapping)


def test_a_binary_file_is_said_so(tmp_path: Path, mapping: LogMapping) -> None:
    """A spreadsheet is no CSV."""
    log = tmp_path / "log.xlsx"
    log.write_bytes(b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00\xb4\xc3\x11")

    assert "is not utf-8-sig; name its encoding in [log] (after line 0)" == error(log, mapping)


QUOTE = "a quote stands alone; close it, or write two for one inside a quoted cell"


def test_a_bad_quote_costs_its_row_only(write: Write, mapping: LogMapping) -> None:
    """Text after a quoted cell is refused with its line; the next row is read."""
    bad = {**GOOD, "title": '"quoted" twice'}
    rows = read(write(GOOD, bad, GOOD), mapping)

    assert BadRow(3, QUOTE) == rows[1]
    assert [Row, BadRow, Row] == [type(row) for row in rows]


def test_a_quote_that_never_ends_says_which_lines_it_took(
    write: Write, mapping: LogMapping
) -> None:
    """They were one cell; nothing is left out without a word."""
    log = write(GOOD, {**GOOD, "title": '"never ends'}, GOOD, GOOD)

    assert [BadRow(5, f"lines 3 to 5 were read as one row: {QUOTE}")] == read(log, mapping)[1:]


def test_a_cell_that_is_too_long_costs_its_row_only(write: Write, mapping: LogMapping) -> None:
    """The limit is named; the next row is read."""
    rows = read(write(GOOD, {**GOOD, "title": "x" * 200_000}, GOOD), mapping)

    assert isinstance(rows[1], BadRow)
    assert rows[1].problem.startswith("a cell has more than 131,072 characters; shorten it")
    assert [Row, BadRow, Row] == [type(row) for row in rows]


def test_a_header_that_is_no_csv_is_said_so(tmp_path: Path, mapping: LogMapping) -> None:
    """Without columns there are no rows to refuse."""
    log = tmp_path / "log.csv"
    log.write_text('id,"at" x,state\n1,2026-03-02,New\n', "utf-8")

    assert f"its first line is no CSV: {QUOTE} (after line 0)" == error(log, mapping)


@pytest.mark.parametrize(("text", "count"), [("7", 7), (" 0 ", 0), ("-1", -1), ("?", None)])
def test_the_sources_own_count_is_read(
    write: Write, mapping: LogMapping, text: str, count: int | None
) -> None:
    """A whole number, or nothing."""
    counted = evolve(mapping, layout=evolve(mapping.layout, sequence="tier"))
    (row,) = read(write({**GOOD, "tier": text}), counted)

    assert isinstance(row, Row)
    assert count == row.sequence


def test_a_count_that_is_none_is_refused(write: Write, mapping: LogMapping) -> None:
    """A row with another word in that column cannot be placed."""
    counted = evolve(mapping, layout=evolve(mapping.layout, sequence="tier"))
    rows = read(write({**GOOD, "tier": "1.5"}), counted)

    assert [BadRow(2, "column 'tier' holds '1.5', which is no whole number", "1")] == rows


def test_equal_times_are_sorted_by_the_sources_count(write: Write, mapping: LogMapping) -> None:
    """Where rows are sorted by time, their count decides between equal ones."""
    layout = evolve(mapping.layout, sequence="tier", order="time")
    later = {**GOOD, "at": "2026-03-02 09:00", "tier": "0"}
    log = write(later, *({**GOOD, "tier": text} for text in "312"))
    counts = [
        row.sequence for row in read(log, evolve(mapping, layout=layout)) if isinstance(row, Row)
    ]

    assert [1, 2, 3, 0] == counts
