"""The root of the tree, and how errors word a value."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar

SHORT = 60


def shorten(value: object) -> str:
    """Show any value in one short, printable line."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, as a clause to end a sentence with."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(known)}" if known else "none is configured"


class IncidentflowError(Exception):
    """The root of every error raised by incidentflow; ``code`` is stable."""

    code: ClassVar[str] = "error"
