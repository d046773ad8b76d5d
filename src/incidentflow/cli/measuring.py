"""Subcommands that measure: metrics and exceptions."""

from __future__ import annotations

import csv
import enum
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import TypedDict
from zoneinfo import ZoneInfo

from incidentflow.cli.data import print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import Unnamed, add_place, session
from incidentflow.cli.style import aligned, count, say, show_span, style_of, tell
from incidentflow.cli.values import read_since
from incidentflow.desk import IncidentDesk
from incidentflow.errors import InvalidInput
from incidentflow.metrics import (
    AVAILABILITY,
    Between,
    Durations,
    Exceptional,
    Figures,
    MetricsReport,
    Per,
    Share,
    standard,
)
from incidentflow.metrics.durations import COUNTS
from incidentflow.metrics.exceptions import TITLES
from incidentflow.words import FieldValue, member, show

PAGE = 1000
DURATIONS = ("METRIC", "N", "MEDIAN", "MEAN", "P75", "P90", "MAX", "LEFT OUT")
SHARES = ("METRIC", "SHARE", "COUNT", "OF", "BESIDE")


class PeriodGiven(TypedDict):
    """The period of a report, as instants."""

    since: datetime | None
    until: datetime | None


class Format(enum.Enum):
    """How a report is printed."""

    TEXT = "text"
    CSV = "csv"
    JSON = "json"


def _configure_metrics(parser: Parser) -> None:
    parser.add_argument(
        "--by",
        metavar="KEYS",
        default="",
        help="group by these, with commas between: service, priority, team, category, month, "
        "fields.NAME",
    )
    parser.add_argument(
        "--between",
        metavar="START:STOP[:PER]",
        action="append",
        default=[],
        help="measure the time from one milestone to another instead of the standard metrics; "
        "PER is episode, first or total; may be repeated",
    )
    parser.add_argument(
        "--availability",
        action="store_true",
        help="measure the share of the period without impact too; needs --since",
    )
    _add_period(parser)
    parser.add_argument(
        "--zone", metavar="NAME", default="UTC", help="the time zone in which months begin"
    )
    _add_format(parser)
    add_place(parser)


def _run_metrics(arguments: Arguments) -> int:
    between = tuple(_between(each) for each in arguments.between)
    with session(arguments, unnamed=Unnamed.WARNED) as at:
        what = between or standard(at.practice.policy)
        report = at.desk.metrics(
            *what,
            *((AVAILABILITY,) if arguments.availability else ()),
            by=[each.strip() for each in arguments.by.split(",") if each.strip()],
            zone=_zone(arguments.zone),
            **_period(arguments, at.clock.now()),
        )
    form = member(Format, arguments.format, "format")
    if form is Format.JSON:
        print_json(report.to_data())
    elif form is Format.CSV:
        print(report.to_csv(), end="")
    else:
        say(_report(report))
    for each in report.unreadable:
        tell(str(each))
    return 0


def _configure_exceptions(parser: Parser) -> None:
    _add_period(parser)
    _add_format(parser)
    add_place(parser)


def _run_exceptions(arguments: Arguments) -> int:
    form = member(Format, arguments.format, "format")
    writer = csv.writer(sys.stdout, lineterminator="\n")
    with session(arguments) as at:
        found = sorted(_exceptions(at.desk, _period(arguments, at.clock.now())), key=_as_recorded)
        if form is Format.JSON:
            print_json([dict(zip(TITLES, each.row(), strict=True)) for each in found])
        elif form is Format.CSV:
            writer.writerow(TITLES)
            writer.writerows(each.row() for each in found)
        else:
            say("  ".join(_exception(each)) for each in found)
            say(count(len(found), "exception") + f" in {at.where}.")
    return 0


def _as_recorded(each: Exceptional) -> tuple[datetime, str, int]:
    return each.recorded_at, each.number or each.incident, each.entry.sequence


def _exception(each: Exceptional) -> tuple[str, ...]:
    kind = each.kind.replace("_", " ")
    happened = f"{show(each.at)}: " if each.at != each.recorded_at else ""
    what = " ".join(each.entry.event.describe().split())
    number = each.number or each.incident
    return show(each.recorded_at), number, f"{kind:13}", f"{each.by!s:12}", happened + what


def _exceptions(desk: IncidentDesk, period: PeriodGiven) -> Iterator[Exceptional]:
    after = None
    while True:
        page = desk.exceptions(**period, after=after, limit=PAGE)
        yield from page
        for each in page.unreadable:
            tell(str(each))
        after = page.after
        if after is None:
            return


def _report(report: MetricsReport) -> Iterator[str]:
    style = style_of(sys.stdout)
    for group in report.groups if report.by else (report.whole,):
        if report.by:
            yield style.bold(", ".join(map(_shown, report.by, group.key)))
        yield count(group.incidents, "incident") + " reported in the period"
        for titles, row in ((DURATIONS, _durations), (SHARES, _shares)):
            found = [row(name, each) for name, each in group.figures.items()]
            if any(found):
                title, *lines = aligned([titles, *filter(None, found)])
                yield from ("", style.dim(title), *lines)
        yield ""
    if report.by:
        many = count(len(report.groups), "group")
        yield f"{many}, {count(report.whole.incidents, 'incident')} in all."


def _shown(key: str, value: FieldValue | None) -> str:
    return f"{key} {'-' if value is None else value}"


def _durations(name: str, figures: Figures) -> tuple[str, ...] | None:
    if not isinstance(figures, Durations):
        return None
    spans = (figures.median, figures.mean, figures.p75, figures.p90, figures.max)
    beside = {each: getattr(figures, each) for each in COUNTS[1:]}
    return (name, str(figures.n), *map(show_span, spans), _beside(beside))


def _shares(name: str, figures: Figures) -> tuple[str, ...] | None:
    if isinstance(figures, Durations):
        return None
    if isinstance(figures, Share):
        numbers = (str(figures.count), str(figures.of), _beside(figures.beside))
        return (name, _percent(figures.ratio, 1), *numbers)
    beside = {"intervals": figures.intervals, "ongoing": figures.ongoing}
    beside["impossible"] = figures.impossible
    up = figures.period - figures.down
    whole = show_span(figures.period)
    return (name, _percent(figures.ratio, 3), show_span(up), whole, _beside(beside))


def _beside(counts: Mapping[str, int]) -> str:
    told = (
        count(number, word.removesuffix("s"), word) for word, number in counts.items() if number
    )
    return ", ".join(told) or "-"


def _percent(ratio: Fraction | None, decimals: int) -> str:
    """Show a share in percent, rounded down: only what is whole shows as 100."""
    if ratio is None:
        return "-"
    whole, rest = divmod(int(ratio * 100 * 10**decimals), 10**decimals)
    return f"{whole}.{rest:0{decimals}} %"


def _between(text: str) -> Between:
    start, _, rest = text.partition(":")
    stop, _, per = rest.partition(":")
    if not stop:
        raise InvalidInput.of("between", text, "typed.between")
    return Between(start, stop, per or Per.EPISODE)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (LookupError, OSError, ValueError):
        raise InvalidInput.of("zone", name, "typed.zone") from None


def _period(arguments: Arguments, now: datetime) -> PeriodGiven:
    given = ((name, getattr(arguments, name)) for name in ("since", "until"))
    since, until = (None if text is None else read_since(text, name, now) for name, text in given)
    return {"since": since, "until": until}


def _add_period(parser: Parser) -> None:
    for option, meaning in (("--since", "the first instant of"), ("--until", "the first after")):
        parser.add_argument(
            option,
            metavar="INSTANT|SPAN",
            help=f"{meaning} the period: 2026-03-02T08:30Z, or how long ago: 12h, 30d",
        )


def _add_format(parser: Parser) -> None:
    parser.add_argument(
        "--format",
        metavar="text|csv|json",
        default=Format.TEXT.value,
        help="text for people; csv and json for programs, with durations in microseconds",
    )


METRICS = Subcommand(
    name="metrics",
    summary="Measure the incidents of a period, group by group.",
    details="Every duration is named by its two milestones: occurred, detected, reported,\n"
    "started, acknowledged, identified, restored, resolved, ended. What is missing, not\n"
    "reached yet, impossible or corrected is counted beside it, never as zero.",
    configure=_configure_metrics,
    run=_run_metrics,
    examples=(
        "incidentflow metrics --by service,month --since 2026-01-01T00:00Z",
        "incidentflow metrics --between detected:restored --between reported:resolved:total",
        "incidentflow metrics --availability --by service --since 2026-03-01T00:00Z",
        "incidentflow metrics --by team --since 30d --format csv > metrics.csv",
    ),
)
EXCEPTIONS = Subcommand(
    name="exceptions",
    summary="List corrections, overrides, waivers and other exceptions of a period.",
    details="Corrections, overridden priorities, waived reviews, relieved targets, late entries\n"
    "and reinstatements. The period is that of recording, which nobody chooses, and they are\n"
    "listed in the order of recording. What was entered late at once is one late entry.",
    configure=_configure_exceptions,
    run=_run_exceptions,
    examples=(
        "incidentflow exceptions --since 2026-03-01T00:00Z --until 2026-04-01T00:00Z",
        "incidentflow exceptions --format csv > exceptions.csv",
    ),
)
