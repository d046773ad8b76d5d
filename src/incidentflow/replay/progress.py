"""
How far a log was replayed: kept beside the incidents, by the commits that replay them (rule J6).

A log is a subject of its own kind. Each batch of its rows adds a line to its journal: how many rows
were seen to, a digest of them, and the counts so far. Whoever replays the log again skips those
rows, if they are still the same, and goes on as if nothing had interrupted it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path

from incidentflow.codec import canonical
from incidentflow.journal import genesis, link
from incidentflow.ports import SOURCE, AsyncStore, Line, Subject, Write
from incidentflow.replay.report import Tally
from incidentflow.sources import BadRow, LogMapping, Row, read_rows


class Progress:
    """
    What was seen to of one log, in this run and in those before it.

    Attributes:
        tally: The counts.
        resumed: How many rows earlier runs have seen to.
        seen: The numbers of all incidents that the log tells of.
        begun: The numbers of those that it began in this store.
        refused: The numbers of those of which a row was refused.

    """

    def __init__(self, subject: Subject, lines: Sequence[Line] = ()) -> None:
        """Begin anew, or go on behind what the lines of its journal say."""
        told = [json.loads(line.body) for line in lines]
        self.tally = Tally.of(told[-1]) if told else Tally()
        self.resumed = self.tally.counts["rows"]
        self.seen: set[str] = set()
        self.begun = {number for one in told for number in one["begun"]}
        self.refused = {number for one in told for number in one["refused"]}
        self._subject = subject
        self._expected = told[-1]["digest"] if told else ""
        self._version = len(lines)
        self._head = lines[-1].hash if lines else genesis(subject)
        self._digest = hashlib.sha256()
        self._news: dict[str, list[str]] = {"begun": [], "refused": []}

    def see(self, row: Row | BadRow) -> None:
        """Take notice of a row."""
        self._digest.update(row.mark)
        if row.number:
            self.seen.add(row.number)

    def skips(self, rows: Iterator[Row | BadRow]) -> bool:
        """Skip the rows that earlier runs have seen to; say whether they are still the same."""
        for row in islice(rows, self.resumed):
            self.see(row)
        return not self.resumed or self._digest.hexdigest() == self._expected

    def begin(self, number: str) -> None:
        """Note that an incident was begun, or goes on."""
        if number not in self.begun:
            self.begun.add(number)
            self._news["begun"].append(number)

    def refuse(self, number: str) -> None:
        """Note that a row of an incident was refused."""
        if number not in self.refused:
            self.refused.add(number)
            self._news["refused"].append(number)

    def write(self) -> Write:
        """Say how far it is by now, as a write of the batch that got there."""
        digest = self._digest.hexdigest()
        body = canonical({"digest": digest, **self._news, **self.tally.data()})
        self._news = {"begun": [], "refused": []}
        expected, self._version = self._version, self._version + 1
        line = link(self._head, self._version, body)
        self._head = line.hash
        return Write(
            subject=self._subject,
            expected=expected,
            version=self._version,
            snapshot=body.encode(),
            head=self._head,
            lines=(line,),
        )


async def resume(
    store: AsyncStore, tenant: str, log: str | Path, mapping: LogMapping
) -> tuple[Progress, Iterator[Row | BadRow]]:
    """
    Find how far a log was replayed into a store, and give the rows behind that.

    A log that differs from the one that was replayed, before the place where that stopped, is
    another log.

    Raises:
        MappingError: The log cannot be read with this mapping.

    """
    turn = 0
    while True:
        rows = read_rows(log, mapping)
        first = next(rows, None)
        name = canonical([mapping.digest, first.mark.hex() if first else "", turn])
        subject = Subject(tenant, SOURCE, hashlib.sha256(name.encode()).hexdigest())
        progress = Progress(subject, await store.history(subject))
        rows = chain((first,) if first else (), rows)
        if progress.skips(rows):
            return progress, rows
        turn += 1
