"""The subcommand backtest: what another policy would have made of what happened."""

from __future__ import annotations

import sys
from collections.abc import Callable

import attrs

from incidentflow.cli.data import Data, error_data, plain, print_json
from incidentflow.cli.parsing import Arguments, Misused, Parser, Subcommand
from incidentflow.cli.session import add_json, add_place, policy_named, session
from incidentflow.cli.style import Style, aligned, count, say, style_of
from incidentflow.desk import load_policy
from incidentflow.policy import Policy
from incidentflow.replay import backtest_log
from incidentflow.sources import load_mapping
from incidentflow.usecases import Backtested, Compared, Verdicts
from incidentflow.words import show

VERDICTS = tuple(each.name for each in attrs.fields(Verdicts))
NOW = "Each incident counts under the priority it has now; its clocks ran under those of then."
TITLES = ("priority", "clock", *(f"{name} (recorded)" for name in VERDICTS))


def _configure(parser: Parser) -> None:
    parser.add_argument(
        "log",
        metavar="LOG",
        nargs="?",
        help="another system's event log, a CSV file; default: what is stored",
    )
    parser.add_argument(
        "--mapping", metavar="NAME|FILE.toml", help="how to read the log, as for 'replay'"
    )
    add_place(parser)
    add_json(parser)


def _run(arguments: Arguments) -> int:
    file = policy_named(arguments)
    if file is None:
        problem = "say which policy to try: --policy FILE or INCIDENTFLOW_POLICY"
        raise Misused(problem, "incidentflow backtest")
    if (arguments.log is None) != (arguments.mapping is None):
        raise Misused("a log and its --mapping go together", "incidentflow backtest")
    policy = load_policy(file)
    done = _backtested(arguments, policy, _progress() if sys.stderr.isatty() else None)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if arguments.json:
        print_json(_data(done))
        return 0
    say(_lines(done, style_of(sys.stdout)))
    return 0


def _backtested(
    arguments: Arguments, policy: Policy, progress: Callable[[int], None] | None
) -> Backtested:
    if arguments.log is not None:
        mapping = load_mapping(arguments.mapping)
        return backtest_log(arguments.log, mapping, policy, progress=progress)
    arguments.policy = None
    with session(arguments) as at:
        return at.desk.backtest(policy, progress=progress)


def _progress() -> Callable[[int], None]:
    def report(incidents: int) -> None:
        print(f"\r{incidents:,} incidents", end="", file=sys.stderr, flush=True)

    return report


def _data(done: Backtested) -> Data:
    return {**plain(done), "unreadable": [error_data(each) for each in done.unreadable]}


def _lines(done: Backtested, style: Style) -> list[str]:
    lines = []
    if done.compared:
        title, *rows = aligned([TITLES, *map(_row, done.compared)])
        lines = [style.dim(title), *rows, NOW]
    incidents = count(done.incidents, "incident")
    lines.append(f"{incidents} under {done.policy}, up to {show(done.until)}; nothing was changed.")
    lines += [f"Cannot be read: {each}" for each in done.unreadable]
    return lines


def _row(each: Compared) -> tuple[str, ...]:
    priority = each.priority.name if each.priority else "none"
    pairs = ((getattr(each.would, name), getattr(each.did, name)) for name in VERDICTS)
    return (priority, each.clock, *(f"{would:,} ({did:,})" for would, did in pairs))


BACKTEST = Subcommand(
    name="backtest",
    summary="Replay incidents under another policy: how many targets would have been met.",
    configure=_configure,
    run=_run,
    examples=(
        "incidentflow backtest --policy next.toml",
        "incidentflow backtest --policy next.toml --store sqlite:///incidents.db --json",
        "incidentflow backtest incidents.csv.gz --mapping servicenow --policy next.toml",
    ),
    details="What happened stands, with its times and the priorities of then; nothing is changed.\n"
    "A row counts the clocks of the incidents that have its priority now: where that changed,\n"
    "a clock may stand in a row for which the policy has no target. In brackets stands what\n"
    "the journals recorded.",
)
