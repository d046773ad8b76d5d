"""The demo: five everyday cases on a virtual clock, from report to review."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from incidentflow.cli.checking import verdict
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.stories import STORIES, Story, Told
from incidentflow.cli.style import Style, aligned, say, style_of
from incidentflow.cli.timeline import ROW_TITLES, headline, moments, row, timeline
from incidentflow.cli.values import read_path
from incidentflow.desk import IncidentDesk
from incidentflow.errors import InvalidInput, shorten
from incidentflow.testing.clock import ManualClock

OPENING = (
    "Five incidents on a virtual clock, each from report to review. Everything you see was stored "
    "in an SQLite file by the same calls that a host application makes, and is read back from it."
)


def _configure(parser: Parser) -> None:
    parser.add_argument(
        "--keep", metavar="FILE", help="keep the database in a new file, to look around in it"
    )


def _run(arguments: Arguments) -> int:
    style, clock = style_of(sys.stdout), ManualClock()
    with _file(arguments.keep) as file, IncidentDesk(f"sqlite:///{file}", clock=clock) as desk:
        say([*style.title("incidentflow demo"), *style.wrap(OPENING)])
        played = [(story, story.play(desk, clock)) for story in STORIES]
        for place, (story, told) in enumerate(played, 1):
            say(["", *_story(desk, place, story, told, style)])
        holds = _verified(desk, style)
        _next_steps(arguments.keep, played[0][1].incident.name, style)
    return 0 if holds else 1


def _story(desk: IncidentDesk, place: int, story: Story, told: Told, style: Style) -> Iterator[str]:
    yield from style.title(f"{place}. {story.title}")
    yield from style.wrap(story.about)
    for incident in (told.incident, *told.also):
        yield ""
        yield from headline(desk.get(incident), style)
        yield ""
        refusals = told.refusals if incident is told.incident else ()
        lines = (*moments(desk.history(incident)), *refusals)
        yield from timeline(sorted(lines, key=lambda each: each.at), style)


def _verified(desk: IncidentDesk, style: Style) -> bool:
    verified = desk.verify()
    say(["", *style.title("What was verified"), verdict(verified), ""])
    say(f"  {line}" for line in aligned([ROW_TITLES, *map(row, desk.find())]))
    return verified.holds


def _next_steps(kept: str | None, number: str, style: Style) -> None:
    say(["", *style.title("Next steps")])
    if kept is None:
        say("Nothing was left behind. To look around in what you saw:")
        say("  incidentflow demo --keep demo.db")
    store = f"--store sqlite:///{kept or 'demo.db'}"
    say(
        [
            f"  incidentflow list {store}",
            f"  incidentflow show {number} {store}",
            f"  incidentflow verify {store}",
            "To begin with your own:",
            '  incidentflow report "Mail queue stuck in Berlin" --impact high --urgency high',
            "  incidentflow --help",
        ]
    )


@contextmanager
def _file(keep: str | None) -> Iterator[Path]:
    if keep is not None:
        if read_path(keep, "keep").exists():
            raise InvalidInput("keep", shorten(keep), "exists already; give a new file")
        yield Path(keep)
        return
    with tempfile.TemporaryDirectory(prefix="incidentflow-demo-") as folder:
        yield Path(folder) / "demo.db"


DEMO = Subcommand(
    name="demo",
    summary="Play five everyday incidents from report to review, and show their timelines.",
    configure=_configure,
    run=_run,
    examples=("incidentflow demo", "incidentflow demo --keep demo.db"),
)
