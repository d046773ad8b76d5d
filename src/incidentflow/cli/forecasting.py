"""The subcommand that says what will happen to an incident, when and why, if nobody acts."""

from __future__ import annotations

import sys

from incidentflow.cli.clocks import show_terms
from incidentflow.cli.data import entry_data, incident_data, print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import Unnamed, add_json, add_language, add_place, session
from incidentflow.cli.style import aligned, count, say, show_span, style_of
from incidentflow.cli.values import read_until
from incidentflow.events import (
    ActPostponed,
    ClockBreached,
    ClockResumed,
    ClockWarned,
    Closed,
    Resumed,
    ReviewOverdue,
)
from incidentflow.incident import Entry, Incident
from incidentflow.incident.clocks import Clock
from incidentflow.words import show

TITLES = ("WHEN", "IN", "STATE", "WHAT", "WHY")


def _configure(parser: Parser) -> None:
    parser.add_argument("incident", metavar="INCIDENT", help="its number or id")
    parser.add_argument(
        "--until",
        metavar="INSTANT|SPAN",
        default="31d",
        help="up to when: 2026-03-02T08:30Z, or how far ahead: 30m, 1h, 2d 4h; default 31d",
    )
    add_place(parser)
    add_json(parser)
    add_language(parser)


def _run(arguments: Arguments) -> int:
    with session(arguments, unnamed=Unnamed.WARNED) as at:
        now = at.clock.now()
        until = read_until(arguments.until, "until", now)
        incident = at.desk.get(arguments.incident)
        ahead = at.desk.forecast(incident, until)
        if arguments.json:
            foreseen = [{**entry_data(each), "why": why(each, incident)} for each in ahead]
            data = {"incident": incident_data(incident), "until": until.isoformat()}
            print_json({**data, "ahead": foreseen})
            return 0
        if ahead:
            rows = (
                (
                    show(each.at),
                    show_span(each.at - now) if each.at > now else "past due",
                    each.to.state if each.to else "",
                    each.event.describe(arguments.language),
                    why(each, incident),
                )
                for each in ahead
            )
            title, *lines = aligned([TITLES, *rows])
            say([style_of(sys.stdout).dim(title), *lines])
        happens = count(len(ahead), "thing happens", "things happen")
        say(f"{happens} to {incident.name} until {show(until)} if nobody acts.")
        return 0


def why(entry: Entry, incident: Incident) -> str:
    """
    Say in a few words what makes a thing happen.

    Args:
        entry: What is foreseen.
        incident: The incident as it stands now.

    """
    match entry.event:
        case ClockWarned() | ClockBreached() | ClockResumed():
            return _promise(incident.clock(entry.event.clock))
        case Resumed() if incident.hold is not None:
            return f"on hold since {show(incident.hold.since)}: {incident.hold.reason}"
        case Closed() if incident.episode.resolved_at is not None:
            return f"resolved {show(incident.episode.resolved_at)}, and closes by itself"
        case ReviewOverdue():
            return "a review was required and is not completed"
        case ActPostponed():
            return "was due then, and would be refused"
        case _:
            return "follows from that"


def _promise(clock: Clock) -> str:
    paused = ", paused" if clock.paused else ""
    return f"{show_terms(clock)} from {show(clock.started_at)}{paused}"


FORECAST = Subcommand(
    name="forecast",
    summary="Say what will happen to an incident, when and why, if nobody acts; change nothing.",
    configure=_configure,
    run=_run,
    examples=(
        "incidentflow forecast INC-0000001",
        "incidentflow forecast INC-0000001 --until 4h",
        "incidentflow forecast INC-0000001 --until 2026-03-06T17:00+01:00 --json",
    ),
)
