"""Spans of time that a policy may name: from zero to a century."""

from __future__ import annotations

from datetime import timedelta

from incidentflow.errors import shorten
from incidentflow.words import show_span

NONE = timedelta(0)
LONGEST = timedelta(days=36_525)


def is_span(value: object) -> bool:
    """Whether it is one."""
    return isinstance(value, timedelta) and NONE <= value <= LONGEST


def shown(value: object) -> str:
    """Show what was given for one, as policy files write it."""
    return show_span(value) if isinstance(value, timedelta) else shorten(value)
