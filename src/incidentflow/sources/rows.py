"""Rows of an event log, read one by one from CSV, gzipped or not."""

from __future__ import annotations

import csv
import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

from attrs import field

from incidentflow.errors import MappingError, nearest, shorten
from incidentflow.sources.checks import SCALES
from incidentflow.sources.mapping import LogMapping
from incidentflow.words import Actor, ActorKind, Rank, frozen, utc

MARK = 16


@frozen(kw_only=True)
class Row:
    """
    One row of an event log, in the words of this library.

    Attributes:
        line: Its line in the file, from 1.
        number: Which incident it belongs to.
        at: When it was saved.
        by: Who saved it.
        labels: The words it uses for the state.
        texts: Inputs of the incident that are text; unknown ones are left out.
        ranks: Levels and priority by scale; unknown ones are left out.
        fields: Own fields; unknown ones are left out.
        reported_at: When it was reported, if the log says.
        sequence: Its place in the source's own count of the incident's rows, if it counts them.
        mark: A digest of its cells, to tell it from another row.

    """

    line: int
    number: str
    at: datetime
    by: Actor
    labels: tuple[str, ...]
    texts: Mapping[str, str]
    ranks: Mapping[str, Rank]
    fields: Mapping[str, str]
    reported_at: datetime | None = None
    sequence: int | None = None
    mark: bytes = field(default=b"", eq=False, repr=False)


@frozen
class BadRow:
    """
    A row that cannot be read.

    Attributes:
        line: Its line in the file, from 1.
        problem: What is wrong with it.
        number: Which incident it belongs to, as far as it says.
        mark: A digest of its cells, or of what is wrong with it, to tell it from another row.

    """

    line: int
    problem: str
    number: str = ""
    mark: bytes = field(default=b"", eq=False, repr=False)


def read_rows(log: str | Path, mapping: LogMapping) -> Iterator[Row | BadRow]:
    """
    Read a log row by row, in the order that the mapping declares.

    Raises:
        MappingError: The file cannot be read, or lacks columns that the mapping names.

    """
    rows = _rows(Path(log), mapping)
    if mapping.layout.order == "arrival":
        return rows
    return iter(sorted(rows, key=_when))


def _when(row: Row | BadRow) -> tuple[bool, float, int]:
    return (True, row.at.timestamp(), row.sequence or 0) if isinstance(row, Row) else (False, 0, 0)


def _rows(log: Path, mapping: LogMapping) -> Iterator[Row | BadRow]:
    reader, line = _Reader(mapping), 0
    try:
        with _open(log, mapping.layout.encoding) as file:
            table = csv.DictReader(file, delimiter=mapping.layout.delimiter, strict=True)
            table.fieldnames = _header(log, table.fieldnames or (), mapping)
            for line, cells in _all(table):
                yield cells if isinstance(cells, BadRow) else reader.read(line, cells)
    except (EOFError, OSError, UnicodeError, csv.Error, zlib.error) as error:
        problem = f"{_unreadable(error, mapping)} (after line {line})"
        raise MappingError(f"log {log.name!r}", (problem,)) from None


def _all(
    table: csv.DictReader[str],
) -> Iterator[tuple[int, Mapping[str, str | None] | BadRow]]:
    """Give every row with its line, or say what is wrong with it and go on with the next line."""
    while True:
        before = table.reader.line_num
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            line = table.reader.line_num
            problem = _garbled(error, before + 1, line)
            yield line, BadRow(line, problem, mark=_mark((problem,)))
        else:
            yield table.line_num, cells


def _mark(cells: Iterable[object]) -> bytes:
    text = "\x1f".join(map(str, cells))
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=MARK).digest()


def _garbled(error: Exception, first: int, last: int) -> str:
    what = "a quote stands alone; close it, or write two for one inside a quoted cell"
    if "field limit" in str(error):
        most = csv.field_size_limit()
        what = f"a cell has more than {most:,} characters; shorten it, or close its quote"
    return what if first == last else f"lines {first} to {last} were read as one row: {what}"


def _unreadable(error: Exception, mapping: LogMapping) -> str:
    match error:
        case EOFError() | zlib.error():
            return "the gzip file is cut short or damaged"
        case UnicodeError():
            return f"is not {mapping.layout.encoding}; name its encoding in [log]"
        case OSError():
            return error.strerror or "is no gzip file"
    return f"its first line is no CSV: {_garbled(error, 1, 1)}"


def _open(log: Path, encoding: str) -> IO[str]:
    if log.suffix.lower() == ".gz":
        return gzip.open(log, "rt", encoding=encoding, newline="")
    return log.open(encoding=encoding, newline="")


def _header(log: Path, header: Sequence[str], mapping: LogMapping) -> list[str]:
    columns = [name.strip() for name in header]
    wanted = dict.fromkeys(mapping.wanted())
    if not columns:
        raise MappingError(f"log {log.name!r}", ("it is empty; its first line names the columns",))
    found = [f"column {name!r} stands there twice" for name in wanted if columns.count(name) > 1]
    found += [
        f"there is no column {name!r}; {nearest(name, set(columns))}"
        for name in wanted
        if name not in columns
    ]
    if found:
        raise MappingError(f"log {log.name!r}", tuple(found))
    return columns


class _Reader:
    """Turns the cells of a row into the words of this library."""

    def __init__(self, mapping: LogMapping) -> None:
        self._mapping = mapping
        self._layout = mapping.layout
        self._unknown = {*mapping.layout.unknown, ""}
        self._zone = ZoneInfo(mapping.layout.zone)
        self._ranks = {
            scale: {word: SCALES[scale](level) for level, word in enumerate(words, 1)}
            for scale, words in mapping.levels.items()
        }

    def read(self, line: int, cells: Mapping[str, str | None]) -> Row | BadRow:
        """Read one row, or say why it cannot be."""
        number = (cells[self._layout.number] or "").strip()
        number = "" if number in self._unknown else number
        mark = _mark(cells.values())
        try:
            return self._read(line, number, cells, mark)
        except ValueError as error:
            return BadRow(line, str(error), number, mark)

    def _read(self, line: int, number: str, cells: Mapping[str, str | None], mark: bytes) -> Row:
        layout, columns = self._layout, self._mapping.columns
        if None in cells.values() or None in cells:
            msg = "it has another number of cells than the header"
            raise ValueError(msg)
        if not number:
            msg = f"column {layout.number!r} is empty"
            raise ValueError(msg)
        texts = {
            name: text
            for name in columns
            if name not in SCALES and name != "reported_at"
            if (text := self._joined(cells, columns[name]))
        }
        ranks = {
            name: self._rank(name, text)
            for name in columns
            if name in SCALES
            if (text := self._joined(cells, columns[name]))
        }
        fields = {
            name: text
            for name, own in self._mapping.fields.items()
            if (text := self._joined(cells, own))
        }
        reported = self._joined(cells, columns.get("reported_at", ()))
        by = self._joined(cells, (layout.by,)) if layout.by else ""
        return Row(
            line=line,
            number=number,
            at=self._time(cells[layout.at] or ""),
            by=Actor(ActorKind.PERSON, by) if by else Actor.parse(self._mapping.defaults["by"]),
            labels=tuple((cells[name] or "").strip() for name in layout.state),
            texts=texts,
            ranks=ranks,
            fields=fields,
            reported_at=self._time(reported) if reported else None,
            sequence=self._count(cells),
            mark=mark,
        )

    def _joined(self, cells: Mapping[str, str | None], names: tuple[str, ...]) -> str:
        parts = ((cells[name] or "").strip() for name in names)
        return "/".join(part for part in parts if part not in self._unknown)

    def _rank(self, scale: str, text: str) -> Rank:
        words = self._ranks.get(scale)
        if words is None:
            return SCALES[scale].parse(int(text) if text.isdecimal() else text)
        if text not in words:
            msg = f"{scale} {shorten(text)} is not in [levels]; {nearest(text, words)}"
            raise ValueError(msg)
        return words[text]

    def _count(self, cells: Mapping[str, str | None]) -> int | None:
        column = self._layout.sequence
        text = self._joined(cells, (column,)) if column else ""
        if text and not text.removeprefix("-").isdecimal():
            msg = f"column {column!r} holds {shorten(text)}, which is no whole number"
            raise ValueError(msg)
        return int(text) if text else None

    def _time(self, text: str) -> datetime:
        text = text.strip()
        if self._layout.time == "iso":
            moment = datetime.fromisoformat(text)
        else:
            moment = datetime.strptime(text, self._layout.time)  # noqa: DTZ007 - zoned below
        return utc(moment if moment.tzinfo else moment.replace(tzinfo=self._zone))
