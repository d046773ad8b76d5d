"""How text looks on a terminal: colour where it helps, never as the only carrier."""

from __future__ import annotations

import os
import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import TextIO

from incidentflow.texts.values import units
from incidentflow.words import frozen

NARROWEST, WIDEST, USUAL = 60, 120, 100
ENDLESS = 1000


@frozen
class Style:
    """
    Emphasis, or none of it.

    Attributes:
        coloured: Whether escape sequences are written.
        width: How many columns there are.

    """

    coloured: bool = False
    width: int = USUAL

    def bold(self, text: str) -> str:
        """Make it stand out."""
        return self._with("1", text)

    def dim(self, text: str) -> str:
        """Let it stand back."""
        return self._with("2", text)

    def title(self, text: str) -> list[str]:
        """Show a section's title."""
        return [self.bold(text), self.dim("=" * len(text))]

    def wrap(self, text: str, indent: str = "") -> list[str]:
        """Break text into lines that fit; its own line breaks stay."""
        room = max(self.width - len(indent), NARROWEST // 2)
        return [
            indent + line
            for paragraph in text.splitlines()
            for line in textwrap.wrap(paragraph, room, break_on_hyphens=False) or [""]
        ]

    def _with(self, code: str, text: str) -> str:
        return f"\033[{code}m{text}\033[0m" if self.coloured and text else text


def style_of(stream: TextIO) -> Style:
    """Choose a style for a stream: plain unless it is a terminal that wants colour."""
    if not stream.isatty():
        return Style()
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    columns = shutil.get_terminal_size((USUAL, 24)).columns
    return Style(not plain, min(max(columns, NARROWEST), WIDEST))


def say(lines: Iterable[str] | str) -> None:
    """Print lines to standard output."""
    for line in (lines,) if isinstance(lines, str) else lines:
        print(line.rstrip())


def tell(text: str) -> None:
    """
    Print a remark to standard error, out of the way of what is piped on.

    What was typed may stand in it: what cannot be shown is escaped, and no line is endless.
    """
    for line in text.splitlines():
        shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in line)
        print(shown if len(shown) <= ENDLESS else f"{shown[:ENDLESS]}…", file=sys.stderr)


def aligned(rows: Sequence[Sequence[str]], gap: str = "  ") -> list[str]:
    """Show rows in columns; the last one is as long as it likes."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)][:-1]
    return [
        gap.join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]))
        for row in rows
    ]


def count(number: int, one: str, many: str = "") -> str:
    """Say how many there are of something."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def show_span(span: timedelta | None) -> str:
    """Show a span by its two greatest units; none as a dash, which is no zero."""
    if span is None:
        return "-"
    if timedelta(0) < span < timedelta(seconds=1):
        return "<1s"
    return " ".join(f"{number}{unit[0]}" for unit, number in units(span))
