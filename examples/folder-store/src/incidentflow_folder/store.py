"""
The store: a log of what was asked, and a store in memory that has heard all of it.

What a store in memory answers depends on nothing but what it was asked before. So the file holds
the questions that change something, one a line; whoever has read them all knows everything. A
question that is refused is not written. A line counts when its end is there: what a crash leaves
without one never happened, and is cut off by the next who writes.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from cattrs.preconf.json import make_converter
from cattrs.strategies import configure_union_passthrough

from incidentflow.errors import InvalidInput, StoreError
from incidentflow.ports import (
    Claim,
    Line,
    Lookup,
    OwedKind,
    Query,
    Settlement,
    Stored,
    Subject,
    Write,
)
from incidentflow.stores import MemoryStore

CONVERTER = make_converter()
configure_union_passthrough(str | int | bool | None, CONVERTER)
ASKED: dict[str, tuple[Any, ...]] = {
    "commit": (tuple[Write, ...],),
    "due": (int, int, int),
    "claim": (int, int, int, str, OwedKind | None),
    "settle": (str, Settlement),
}


class FolderStore:
    """
    A store in a folder, for any number of threads and processes of one machine.

    Args:
        folder: Where it is; made if it is not there.

    Raises:
        InvalidInput: No folder is named.
        StoreError: The folder cannot be used.

    """

    capabilities = frozenset({"durable"})

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        if not os.fspath(folder):
            raise InvalidInput("store", "folder:", "names no folder; give 'folder:incidents'")
        self.name = f"folder:{os.fspath(folder)}"
        self._file = Path(folder) / "asked.jsonl"
        self._lock = threading.RLock()
        self._forget()
        with self._failing("open"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            self._file.touch()
            self._catch_up()

    def load(self, lookup: Lookup) -> Stored | None:
        """Load one subject, or None."""
        return self._now().load(lookup)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find subjects in the asked order, one page."""
        return self._now().find(query)

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Return the journal of one subject, in order, past a sequence number."""
        return self._now().history(subject, after)

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Store writes in order, all or none, and return each subject's number."""
        numbers: tuple[str | None, ...] = self._ask("commit", tuple(writes))
        return numbers

    def due(self, now: int, limit: int, lease: int) -> tuple[Subject, ...]:
        """Claim subjects whose wake-up has come, soonest first."""
        subjects: tuple[Subject, ...] = self._ask("due", now, limit, lease)
        return subjects

    def claim(
        self, now: int, limit: int, lease: int, token: str, kind: OwedKind | None = None
    ) -> tuple[Claim, ...]:
        """Claim owed things that are available, oldest first, of one kind or of both."""
        claims: tuple[Claim, ...] = self._ask("claim", now, limit, lease, token, kind)
        return claims

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Settle one claim; False when its token is no longer the latest."""
        settled: bool = self._ask("settle", tenant, settlement)
        return settled

    def _now(self) -> MemoryStore:
        with self._lock, self._failing("read"):
            self._catch_up()
            return self._memory

    def _ask(self, what: str, *given: Any) -> Any:  # noqa: ANN401 - whatever the method answers
        data = [CONVERTER.unstructure(each) for each in given]
        line = json.dumps([what, *data]).encode() + b"\n"
        with self._lock, self._failing(what), self._file.open("r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            self._catch_up()
            answer = getattr(self._memory, what)(*given)
            try:
                self._append(file, line)
            except BaseException:
                self._forget()
                raise
            return answer

    def _append(self, file: BinaryIO, line: bytes) -> None:
        file.truncate(self._heard)
        file.seek(self._heard)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
        self._heard += len(line)

    def _catch_up(self) -> None:
        with self._file.open("rb") as file:
            file.seek(self._heard)
            for line in file:
                if not line.endswith(b"\n"):
                    break
                what, *data = json.loads(line)
                given = map(CONVERTER.structure, data, ASKED[what])
                getattr(self._memory, what)(*given)
                self._heard += len(line)

    def _forget(self) -> None:
        self._memory, self._heard = MemoryStore(), 0

    @contextmanager
    def _failing(self, action: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            if isinstance(error, StoreError):
                raise
            outcome = "unknown" if action in ASKED else "not_applied"
            raise StoreError(f"{action} {self._file}", str(error), outcome) from None
