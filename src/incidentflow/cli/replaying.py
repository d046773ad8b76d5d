"""The subcommand that replays another system's event log."""

from __future__ import annotations

import sys
from collections.abc import Callable

from incidentflow.cli.data import print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import add_json
from incidentflow.cli.style import Style, aligned, say, style_of
from incidentflow.replay import Replayed, replay
from incidentflow.sources import load_mapping

MOST_FREQUENT = 12
MEMORY = "memory:"


def _configure(parser: Parser) -> None:
    parser.add_argument("log", metavar="LOG", help="a CSV file, gzipped or not")
    parser.add_argument(
        "--mapping",
        metavar="NAME|FILE.toml",
        required=True,
        help="how to read it: 'servicenow', or a file of your own",
    )
    parser.add_argument(
        "--store", metavar="URL", default=MEMORY, help="where incidents go; default: nowhere"
    )
    add_json(parser)


def _run(arguments: Arguments) -> int:
    mapping = load_mapping(arguments.mapping)
    progress = _progress() if sys.stderr.isatty() else None
    replayed = replay(arguments.log, mapping, store=arguments.store, progress=progress)
    if progress is not None:
        print(file=sys.stderr)
    if arguments.json:
        print_json(replayed.summary())
        return 0
    say(_lines(replayed, style_of(sys.stdout)))
    if arguments.store != MEMORY:
        say(["", "Stored; 'incidentflow list' with the same --store shows it."])
    return 0


def _progress() -> Callable[[int, int], None]:
    def show(rows: int, incidents: int) -> None:
        print(f"\r{rows:,} rows, {incidents:,} incidents", end="", file=sys.stderr, flush=True)

    return show


def _lines(replayed: Replayed, style: Style) -> list[str]:
    share = f"{replayed.hold_share_percent:g} %"
    counts = [
        ("rows", f"{replayed.rows:,}"),
        ("rows that an earlier run had recorded", f"{replayed.resumed:,}"),
        ("incidents", f"{replayed.incidents:,}"),
        ("replayed without a refused row", f"{replayed.replayed:,}"),
        ("rows that had to be corrections", f"{replayed.corrections:,}"),
        ("rows that were refused", f"{replayed.refused:,}"),
        ("reopenings", f"{replayed.reopens:,} of {replayed.reopened_incidents:,} incidents"),
        ("incidents ever on hold", share),
        ("rows with another priority than the matrix's", f"{replayed.priority_mismatches:,}"),
        ("seconds", f"{replayed.seconds:g}"),
    ]
    lines = [*style.title("What was replayed"), *aligned(counts)]
    lines += ["", *style.title("Where incidents began"), *_ranked(replayed.start)]
    moves = {name: count for name, count in replayed.matrix.items() if not _is_still(name)}
    lines += ["", *style.title("The most frequent steps"), *_ranked(moves)]
    if replayed.refusals:
        lines += ["", *style.title("What was refused, for example"), *replayed.refusals]
    return lines


def _ranked(counts: dict[str, int]) -> list[str]:
    ranked = sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:MOST_FREQUENT]
    return aligned([(f"{count:>9,}", name) for name, count in ranked]) if ranked else ["none"]


def _is_still(name: str) -> bool:
    before, _, after = name.partition(" -> ")
    return before == after


REPLAY = Subcommand(
    name="replay",
    summary="Replay another system's event log, at its own times.",
    configure=_configure,
    run=_run,
    examples=(
        "incidentflow replay incidents.csv.gz --mapping servicenow",
        "incidentflow replay tickets.csv --mapping ours.toml --store sqlite:///tickets.db",
        "incidentflow replay tickets.csv --mapping ours.toml --json > replayed.json",
    ),
)
