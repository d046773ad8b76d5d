"""Zones by their names, which have to mean the same on every machine."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from incidentflow.errors import closest, shorten

EXAMPLE = "Europe/Berlin"
UNPORTABLE = ("Factory", "localtime", "posixrules")
FOLDERS = ("posix/", "right/")


def zone_problems(name: object) -> Iterator[str]:
    """Say what is wrong with the name of a zone, if anything is."""
    text = name if isinstance(name, str) else ""
    if text in UNPORTABLE or text.startswith(FOLDERS):
        yield f"{shorten(name)} is another on other machines; give one such as {EXAMPLE!r}"
        return
    try:
        ZoneInfo(text)
    except (LookupError, OSError, ValueError):
        yield f"{shorten(name)} is unknown; {closest(text, _known(), EXAMPLE)}"


@cache
def _known() -> frozenset[str]:
    return frozenset(available_timezones()).difference(UNPORTABLE)
