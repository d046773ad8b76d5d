"""Invariant: whatever bytes of a file a failing disk has changed, each verb ends and says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import IncidentDesk, Note
from incidentflow.errors import IncidentflowError, PluginFailed, StoreError
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy

ASKED: dict[str, Callable[[Any], object]] = {
    "get": lambda desk: desk.get("INC-0000001"),
    "find": lambda desk: desk.find(state="new"),
    "history": lambda desk: desk.history("INC-0000001"),
    "forecast": lambda desk: desk.forecast("INC-0000001", MONDAY + timedelta(days=9)),
    "next_due": lambda desk: desk.next_due(),
    "health": lambda desk: desk.health(),
    "verify": lambda desk: desk.verify(),
    "describe": lambda desk: desk.describe(),
    "report": lambda desk: desk.report("Printer", by="ana", key="k"),
    "apply": lambda desk: desk.apply("INC-0000001", Note(by="ana", text="hello")),
    "tick": lambda desk: desk.tick(),
}


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the bytes of a small database, the same in every run."""
    path = tmp_path_factory.mktemp("whole") / "incidents.db"
    clock, entropy = ManualClock(), SeededEntropy(1)
    with IncidentDesk(f"sqlite:///{path}", clock=clock, entropy=entropy) as desk:
        for title in ("Mail is down", "Printer", "Plotter"):
            desk.report(title, Note(by="ana", text=title * 40), by="ana")
    return path.read_bytes()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Name the file that is damaged."""
    return tmp_path_factory.mktemp("damage") / "incidents.db"


def tried(path: Path) -> list[IncidentflowError]:
    """Ask for everything, and collect what fails."""
    errors: list[IncidentflowError] = []
    try:
        with IncidentDesk(f"sqlite:///{path}?synchronous=normal", clock=ManualClock()) as desk:
            for ask in ASKED.values():
                try:
                    ask(desk)
                except IncidentflowError as error:
                    errors.append(error)
    except StoreError as error:
        errors.append(error)
    return errors


@given(place=st.integers(100), length=st.integers(1, 5000), fill=st.sampled_from([0, 255, 65]))
def test_a_damaged_file_is_an_error_or_right(
    whole: bytes, path: Path, place: int, length: int, fill: int
) -> None:
    """An error of the tree, never another, and no search without an end."""
    start = 100 + place % (len(whole) - 100)
    end = min(start + length, len(whole))
    for left in path.parent.iterdir():
        left.unlink()
    path.write_bytes(whole[:start] + bytes([fill]) * (end - start) + whole[end:])

    errors = tried(path)

    assert all(error.code and str(error) for error in errors)
    assert not any(isinstance(error, PluginFailed) for error in errors)


def test_an_index_that_contradicts_its_table_ends(whole: bytes, path: Path) -> None:
    """What is looked up step by step in an index leads nowhere, but not in circles."""
    indexed = b"triagenew"
    assert indexed in whole
    path.write_bytes(whole.replace(indexed, b"triagezzz"))

    with IncidentDesk(f"sqlite:///{path}", clock=ManualClock()) as desk:
        assert len(desk.find(state="new")) <= len(desk.find()) == 3
