"""How a value reads, whatever the language."""

from __future__ import annotations

import enum
import re
from datetime import timedelta

SHORT, SUBJECT = 60, 120
UNITS = (
    ("day", timedelta(days=1)),
    ("hour", timedelta(hours=1)),
    ("minute", timedelta(minutes=1)),
    ("second", timedelta(seconds=1)),
)


def shorten(value: object) -> str:
    """Show any value in one short, printable line, also one that cannot be shown."""
    try:
        text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    except Exception:  # noqa: BLE001 - too long a number, too deep a list, whatever a host's own raises
        text = f"<{type(value).__name__}>"
    text = text if text.isprintable() else ascii(text)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def told(error: BaseException) -> str:
    """Show an error in one line, its kind and its text, also one whose text cannot be had."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 - whatever a host's own raises
        return type(error).__name__
    return f"{type(error).__name__}: {shorten(text)}"


def first_line(text: str) -> str:
    """Return the first line of a text, cut where it grows too long for a subject."""
    line = next(iter(text.strip().splitlines()), "")
    return line if len(line) <= SUBJECT else f"{line[: SUBJECT - 1]}…"


def snake(name: str) -> str:
    """Turn ``ReturnedToQueue`` into ``returned_to_queue``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def name_of(value: object) -> str:
    """Return the name under which catalogues know a member of a closed set, or a word itself."""
    return value.name.lower() if isinstance(value, enum.Enum) else str(value)


def spaced(name: str) -> str:
    """Turn ``ruled_out`` into words."""
    return name.replace("_", " ")


def units(span: timedelta) -> tuple[tuple[str, int], ...]:
    """Split a span of time into its two greatest units, as in 2 hours and 5 minutes."""
    found: list[tuple[str, int]] = []
    rest = abs(span)
    for name, unit in UNITS:
        count, rest = divmod(rest, unit)
        if count:
            found.append((name, count))
    return tuple(found[:2]) or (("second", 0),)
