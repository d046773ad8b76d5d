"""Logs and mappings that a test writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow.sources import LogMapping, read_mapping
from incidentflow.stores import MemoryStore

PLAIN: dict[str, Any] = {
    "log": {"number": "id", "at": "at", "state": "state", "by": "by"},
    "columns": {
        "title": "title",
        "category": ["area", "topic"],
        "impact": "impact",
        "urgency": "urgency",
        "priority": "priority",
        "team": "team",
        "reported_at": "opened",
    },
    "fields": {"tier": "tier"},
    "states": {
        "New": "new",
        "Queued": "triaged",
        "Work": "in_progress",
        "Vendor": "on_hold: awaiting_vendor",
        "User": "on_hold: awaiting_requester",
        "Eased": "mitigated",
        "Done": "resolved",
        "Shut": "closed",
        "Void": "cancelled",
        "Joined": "merged",
    },
    "levels": {"impact": ["big", "small"], "urgency": ["now", "later"]},
    "policy": {"close_unresolved": True},
}
COLUMNS = ("id", "at", "state", "by", "title", "area", "topic", "impact", "urgency", "priority")
MORE = ("team", "opened", "tier")


@pytest.fixture
def plain() -> dict[str, Any]:
    """Give the data of a mapping that uses most of what a mapping can say."""
    return PLAIN


@pytest.fixture
def mapping(plain: dict[str, Any]) -> LogMapping:
    """Give that mapping."""
    return read_mapping(plain, "plain")


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a log whose rows name some cells; the others are unknown."""

    def build(*rows: dict[str, str], name: str = "log.csv") -> Path:
        header = (*COLUMNS, *MORE)
        lines = [",".join(row.get(column, "?") for column in header) for row in rows]
        path = tmp_path / name
        path.write_text("\n".join((",".join(header), *lines, "")), "utf-8")
        return path

    return build


@pytest.fixture
def rows() -> Callable[..., list[dict[str, str]]]:
    """Tell one incident as rows, one for each word of its state, an hour apart."""

    def build(*states: str, number: str = "1", **cells: str) -> list[dict[str, str]]:
        return [
            {"id": number, "at": f"2026-03-02 {hour:02}:00", "state": state, **cells}
            for hour, state in enumerate(states, 8)
        ]

    return build


@pytest.fixture
def store() -> MemoryStore:
    """Give an empty store."""
    return MemoryStore()
