"""A store is opened by its URL; what is no store is refused, without showing a password."""

from __future__ import annotations

from pathlib import Path

import pytest

from incidentflow.errors import InvalidInput
from incidentflow.stores import MemoryStore, SQLiteStore, open_store
from incidentflow.testing.store_data import by_id, write


def test_memory() -> None:
    """Each opening gives a new, empty store."""
    one, two = open_store("memory:"), open_store("memory:")
    one.commit([write("a")])

    assert isinstance(one, MemoryStore)
    assert "memory:" == one.name
    assert by_id(two, "a") is None


def test_sqlite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three slashes before a relative path, four before an absolute one."""
    monkeypatch.chdir(tmp_path)
    for url in ("sqlite:///here.db", f"sqlite:///{tmp_path}/there 1%20.db"):
        store = open_store(url)

        assert isinstance(store, SQLiteStore)
        assert url == store.name
        store.close()

    assert {"here.db", "there 1%20.db"} == {file.name for file in tmp_path.iterdir()}


@pytest.mark.parametrize(
    ("option", "level"), [("", 2), ("?synchronous=normal", 1), ("?synchronous=FULL", 2)]
)
def test_sqlite_options(tmp_path: Path, option: str, level: int) -> None:
    """How safe against power loss it is can be chosen."""
    store = open_store(f"sqlite:///{tmp_path}/a.db{option}")
    assert isinstance(store, SQLiteStore)
    with store:
        [found] = store._links.read(  # noqa: SLF001
            "ask", lambda connection: connection.execute("PRAGMA synchronous").fetchone()
        )

    assert level == found


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("sqllite:///a.db", "did you mean 'sqlite'?"),
        ("postgres://ana:hunter2@db/incidents", "known: memory, sqlite"),
        ("memory:?password=hunter2", "takes neither a path nor options"),
        ("memory://hunter2", "give 'memory:'"),
        ("sqlite:///a.db?synchronize=hunter2", "did you mean 'synchronous'?"),
        ("sqlite:///a.db?hunter2", "known: file, synchronous"),
        ("sqlite:///a.db?synchronous=off", "FULL, NORMAL"),
        ("sqlite:", "sqlite:///incidents.db"),
        ("sqlite:///", "sqlite:///incidents.db"),
        ("sqlite:a.db", "three slashes"),
        ("sqlite://a.db", "three slashes"),
        ("sqlite:///:memory:", "give 'memory:'"),
        ("incidents.db", "give 'memory:' or 'sqlite:///incidents.db'"),
        ("host=db password=hunter2", "is no URL"),
        ("", "is no URL"),
    ],
)
def test_what_is_no_store_is_refused(url: str, problem: str) -> None:
    """The error says what would do, and shows no more than the kind of store."""
    with pytest.raises(InvalidInput) as caught:
        open_store(url)

    assert problem in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert {"store", "synchronous"} >= {caught.value.field}
