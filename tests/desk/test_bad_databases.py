"""Invariant: a storage that fails is one clear error of every verb, and changes nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import AsyncIncidentDesk, IncidentDesk, Note, Resolve
from incidentflow.errors import ForeignDatabase, IncidentflowError, StoreError
from incidentflow.ports import Store
from incidentflow.stores import SQLiteStore
from incidentflow.testing.clock import MONDAY

Ask = Callable[[Any], object]
SECRET = "hunter2"  # noqa: S105 - what no text may show
WRITING: dict[str, Ask] = {
    "report": lambda desk: desk.report("Printer", by="ana", key="k"),
    "apply": lambda desk: desk.apply("INC-0000001", Note(by="ana", text="hello")),
    "resolve": lambda desk: desk.apply(
        "INC-0000001", Resolve(by="ana", code="fixed", note="n"), expect=1
    ),
    "tick": lambda desk: desk.tick(),
}
READING: dict[str, Ask] = {
    "get": lambda desk: desk.get("INC-0000001"),
    "find": lambda desk: desk.find(state="new"),
    "history": lambda desk: desk.history("INC-0000001"),
    "options": lambda desk: desk.options("INC-0000001", by="ana"),
    "forecast": lambda desk: desk.forecast("INC-0000001", MONDAY + timedelta(days=9)),
    "next_due": lambda desk: desk.next_due(),
    "verify": lambda desk: desk.verify(),
    "describe": lambda desk: desk.describe(),
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "incidents.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    """Give a store that does not wait long for others."""
    with SQLiteStore(path, busy_timeout=timedelta(milliseconds=5)) as kept:
        yield kept


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Let somebody else write, and not end."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def without(path: Path, table: str) -> Iterator[None]:
    """Let somebody take a table away, and bring it back."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute(f"ALTER TABLE incidentflow_{table} RENAME TO gone")
        yield
        other.execute(f"ALTER TABLE gone RENAME TO incidentflow_{table}")


def said(path: Path, statement: str) -> None:
    """Let another application say something to a database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute(statement)


def newer(path: Path) -> None:
    """Make a file as a newer release would."""
    SQLiteStore(path).close()
    said(path, "PRAGMA user_version = 99")


def check(error: IncidentflowError) -> None:
    """Check that a storage error is clear, and shows nothing of the environment."""
    assert isinstance(error, StoreError)
    assert "not_applied" == error.outcome
    assert error.action
    assert error.detail
    assert str(error).endswith("nothing was changed")
    assert SECRET not in str(error)
    assert error.__cause__ is None


@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("fault", ["locked", "without"])
def test_what_cannot_be_written_is_not(
    desk: Any,  # noqa: ANN401 - either desk
    path: Path,
    verb: str,
    fault: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Another writer that does not end; a table that is gone."""
    monkeypatch.setenv("DATABASE_PASSWORD", SECRET)
    incident = desk.report("Mail is down", by="ana")
    with (
        locked(path) if fault == "locked" else without(path, "subject"),
        pytest.raises(StoreError) as caught,
    ):
        WRITING[verb](desk)

    check(caught.value)
    assert [incident] == list(desk.find())
    assert 1 == len(desk.history(incident))
    WRITING[verb](desk)


@pytest.mark.parametrize("verb", READING)
def test_what_cannot_be_read_is_said(desk: Any, path: Path, verb: str) -> None:  # noqa: ANN401
    """While another one writes reading goes on; without a table it is an error."""
    desk.report("Mail is down", by="ana")
    with locked(path):
        before = READING[verb](desk)
    with without(path, "subject"), pytest.raises(StoreError) as caught:
        READING[verb](desk)

    check(caught.value)
    assert before == READING[verb](desk)


@pytest.mark.parametrize("kind", [IncidentDesk, AsyncIncidentDesk])
@pytest.mark.parametrize(
    ("make", "error", "advice"),
    [
        (lambda path: path.mkdir(), StoreError, "SQLITE_CANTOPEN"),
        (lambda path: path.write_bytes(b"hello"), ForeignDatabase, "another file"),
        (lambda path: path.write_bytes(b"x" * 5000), ForeignDatabase, "another file"),
        (lambda path: said(path, "CREATE TABLE t (x)"), ForeignDatabase, "file=shared"),
        (lambda path: said(path, "PRAGMA user_version = 3"), ForeignDatabase, "file=shared"),
        (newer, ForeignDatabase, "upgrade incidentflow"),
    ],
)
def test_a_desk_is_not_built_on_what_is_not_ours(
    kind: type, make: Callable[[Path], object], error: type[StoreError], advice: str, path: Path
) -> None:
    """Folders, other files, other applications' and newer databases; they are left."""
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(StoreError) as caught:
        kind(f"sqlite:///{path}")

    check(caught.value)
    assert error is type(caught.value)
    assert advice in str(caught.value)
    assert before == (path.read_bytes() if path.is_file() else b"")
