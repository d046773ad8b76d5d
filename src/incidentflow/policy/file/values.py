"""Values as TOML writes them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, time

from incidentflow.errors import shorten
from incidentflow.texts.values import SHORT

DEEP = 3
"""How many tables and lists in one another are shown as such."""


def text_of(text: str) -> str:
    """Write text."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key_of(name: str) -> str:
    """Write a key, in quotes if it needs them."""
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else text_of(name)


def written(value: object) -> str:
    """Show what a file gives in one short, printable line, as it stands there."""
    told = _told(value, DEEP)
    return told if len(told) <= SHORT else f"{told[: SHORT - 1]}…"


def _told(value: object, deep: int) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (date, time)):
        return value.isoformat()
    if deep and isinstance(value, Mapping):
        parts = (f"{_name(name)} = {_told(part, deep - 1)}" for name, part in value.items())
        return f"{{ {', '.join(parts)} }}" if value else "{}"
    if deep and isinstance(value, list):
        return f"[{', '.join(_told(part, deep - 1) for part in value)}]"
    return shorten(value)


def _name(name: object) -> str:
    return name if isinstance(name, str) and key_of(name) == name else shorten(name)
