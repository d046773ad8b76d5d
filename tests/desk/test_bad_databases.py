"""Invariant: a storage that fails is one clear error of every verb, and changes nothing."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from incidentflow import AsyncIncidentDesk, Incident, IncidentDesk, Note, Policy, Resolve
from incidentflow.errors import ForeignDatabase, IncidentflowError, StoreError
from incidentflow.notifiers import callback
from incidentflow.policy import Retention
from incidentflow.stores import SQLiteStore
from incidentflow.testing.clock import MONDAY

Ask = Callable[[Any], object]
SECRET = "hunter2"  # noqa: S105 - what no text may show
NUMBER, LONG = "INC-0000001", "x" * 20_000
ANOTHER = Policy(reopen_closed=True, retention=(Retention(timedelta(days=1)),))


def batched(desk: Any) -> object:  # noqa: ANN401 - either desk
    """Do two things in one transaction."""
    with desk.batch() as batch:
        batch.apply(NUMBER, Note(by="ana", text=LONG))
        return batch.report("Plotter", by="ana")


GROWING: dict[str, Ask] = {
    "report": lambda desk: desk.report("Printer", Note(by="ana", text=LONG), by="ana", key="k"),
    "apply": lambda desk: desk.apply(NUMBER, Note(by="ana", text=LONG)),
    "resolve": lambda desk: desk.apply(NUMBER, Resolve(by="ana", code="fixed", note=LONG)),
    "adopt": lambda desk: desk.adopt(by="ana", reason=LONG),
    "batch": batched,
}
WRITING: dict[str, Ask] = {
    **GROWING,
    "tick": lambda desk: desk.tick(),
    "deliver": lambda desk: desk.deliver(),
    "erase": lambda desk: desk.erase("tom", by="boss", reason="asked"),
    "erase_expired": lambda desk: desk.erase_expired(by="boss", reason="asked"),
}
READING: dict[str, Ask] = {
    "get": lambda desk: desk.get(NUMBER),
    "find": lambda desk: desk.find(state="new"),
    "history": lambda desk: desk.history(NUMBER),
    "options": lambda desk: desk.options(NUMBER, by="ana"),
    "forecast": lambda desk: desk.forecast(NUMBER, MONDAY + timedelta(days=9)),
    "next_due": lambda desk: desk.next_due(),
    "health": lambda desk: desk.health(),
    "verify": lambda desk: desk.verify(),
    "seal": lambda desk: desk.seal(),
    "export": lambda desk: desk.export(),
    "metrics": lambda desk: desk.metrics(),
    "exceptions": lambda desk: desk.exceptions(),
    "backtest": lambda desk: desk.backtest(Policy()),
    "adoptions": lambda desk: desk.adoptions(),
    "traces": lambda desk: desk.traces("tom"),
    "expired": lambda desk: desk.expired(),
    "describe": lambda desk: desk.describe(),
}


def test_no_verb_is_forgotten() -> None:
    """Each of a desk's verbs is asked of bad databases; views are asked through the others."""
    verbs = {name for name in dir(IncidentDesk) if not name.startswith("_")}
    asks_nothing = {"tenant", "seen_by", "using", "close", "codec"}

    assert verbs - asks_nothing == {*WRITING, *READING} - {"resolve"}


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """Know something that no error may show."""
    monkeypatch.setenv("DATABASE_PASSWORD", SECRET)


@pytest.fixture
def path() -> Iterator[Path]:
    """Name a file that does not exist yet, in a folder that all may use."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o777)
        yield Path(name) / "incidents.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Give a store that does not wait for others."""
    with SQLiteStore(path, busy_timeout=timedelta(0)) as kept:
        yield kept


@pytest.fixture
def desk(build: Callable[..., Any], reported: Incident) -> Any:  # noqa: ANN401 - either desk
    """Give a desk with something to adopt, to tell and to erase."""
    assert reported.number
    return build(policy=ANOTHER, notifiers=[callback("default", lambda _: None)])


@pytest.fixture
def reported(build: Callable[..., Any]) -> Incident:
    """Report an incident."""
    incident: Incident = build().report("Mail is down", by="ana", team="net", requester="tom")
    return incident


def path_of(store: SQLiteStore) -> Path:
    """Say where a store keeps its file."""
    return Path(store.name.removeprefix("sqlite:///"))


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


@contextmanager
def full(store: SQLiteStore) -> Iterator[None]:
    """Let no page more fit on the disk."""
    links = store._links  # noqa: SLF001 - such a limit is of a connection
    connect = links._connect  # noqa: SLF001 - as above

    def connect_to_full() -> sqlite3.Connection:
        connection = connect()
        [(pages,)] = connection.execute("PRAGMA page_count")
        connection.execute(f"PRAGMA max_page_count = {pages}")
        return connection

    with pytest.MonkeyPatch.context() as patch:
        for each in (links, *links._links):  # noqa: SLF001 - as above
            patch.setattr(each, "_connect", connect_to_full)
        store.close()
        yield
        store.close()


@contextmanager
def read_only(store: SQLiteStore) -> Iterator[None]:
    """Be somebody who may read the file, and no more."""
    path = path_of(store)
    store.close()
    path.chmod(0o444)
    user = os.geteuid()
    os.seteuid(user or 65534)
    try:
        yield
    finally:
        store.close()
        os.seteuid(user)
        path.chmod(0o644)


@contextmanager
def replaced(path: Path, store: SQLiteStore, make: Callable[[Path], object]) -> Iterator[None]:
    """Let somebody put something else where the file was, and bring it back."""
    store.close()
    before = path.read_bytes()
    make(path)
    between = path.read_bytes()
    yield
    store.close()
    assert between == path.read_bytes()
    path.write_bytes(before)


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


FAULTS: dict[str, tuple[Callable[[SQLiteStore], Any], str, str]] = {
    # what is in the way; why, as a fact; what would do
    "locked": (lambda store: locked(path_of(store)), "busy", "try again in a moment"),
    "without": (lambda store: without(path_of(store), "subject"), "", "no such table"),
    "read only": (read_only, "readonly", "let this process write there"),
}


@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_written_is_not(
    desk: Any,  # noqa: ANN401 - either desk
    reported: Incident,
    store: SQLiteStore,
    verb: str,
    fault: str,
) -> None:
    """Another writer that does not end; a table that is gone; a file that may only be read."""
    journal = desk.history(reported)
    meet, reason, advice = FAULTS[fault]
    with meet(store), pytest.raises(StoreError) as caught:
        WRITING[verb](desk)

    check(caught.value)
    assert reason == caught.value.reason
    assert advice in str(caught.value)
    assert [reported] == list(desk.find())
    assert journal == desk.history(reported)
    WRITING[verb](desk)


@pytest.mark.parametrize("verb", GROWING)
def test_what_does_not_fit_is_not_written(
    desk: Any,  # noqa: ANN401 - either desk
    reported: Incident,
    store: SQLiteStore,
    verb: str,
) -> None:
    """A full disk; reading goes on, and with room again all does."""
    journal = desk.history(reported)
    with full(store):
        with pytest.raises(StoreError) as caught:
            GROWING[verb](desk)
        assert [reported] == list(desk.find())
        assert journal == desk.history(reported)
        assert desk.verify().holds

    check(caught.value)
    assert "full" == caught.value.reason
    assert "make room" in str(caught.value)
    GROWING[verb](desk)


@pytest.mark.parametrize("verb", READING)
def test_what_can_be_read_is(
    desk: Any,  # noqa: ANN401 - either desk
    path: Path,
    store: SQLiteStore,
    verb: str,
) -> None:
    """While another one writes, on a full disk, and from a file that may only be read."""
    before = READING[verb](desk)
    with locked(path):
        assert before == READING[verb](desk)
    with full(store):
        assert before == READING[verb](desk)
    with read_only(store):
        assert before == READING[verb](desk)


@pytest.mark.parametrize("verb", READING)
def test_what_cannot_be_read_is_said(desk: Any, path: Path, verb: str) -> None:  # noqa: ANN401
    """Without a table it is an error."""
    before = READING[verb](desk)
    gone = "entry" if verb == "adoptions" else "subject"
    with without(path, gone), pytest.raises(StoreError) as caught:
        READING[verb](desk)

    check(caught.value)
    assert before == READING[verb](desk)


@pytest.mark.parametrize(
    ("make", "advice"),
    [
        (lambda path: path.write_bytes(b"hello"), "another file"),
        (lambda path: said(path, "PRAGMA user_version = 99"), "upgrade incidentflow"),
    ],
)
def test_a_file_that_was_replaced_is_noticed(
    desk: Any,  # noqa: ANN401 - either desk
    path: Path,
    store: SQLiteStore,
    make: Callable[[Path], object],
    advice: str,
) -> None:
    """By every verb, when it opens the file again; what is there now is left as it is."""
    before = {verb: ask(desk) for verb, ask in READING.items()}
    with replaced(path, store, make):
        for ask in (*READING.values(), *WRITING.values()):
            with pytest.raises(ForeignDatabase, match=advice) as caught:
                ask(desk)

            check(caught.value)
    assert before == {verb: ask(desk) for verb, ask in READING.items()}


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
