"""Subcommands about one incident: show and options."""

from __future__ import annotations

import sys
from datetime import timedelta

from incidentflow.cli.clocks import clock_data, clock_lines
from incidentflow.cli.data import entry_data, incident_data, plain, print_json
from incidentflow.cli.inputs import command_named, option_name
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import (
    Unnamed,
    actor,
    add_actor,
    add_json,
    add_language,
    add_place,
    session,
)
from incidentflow.cli.style import aligned, say, style_of
from incidentflow.cli.timeline import headline, moments, timeline
from incidentflow.engine import Practice
from incidentflow.lifecycle import Openness, Option
from incidentflow.process import Advance

AHEAD = timedelta(days=31)


def _configure_show(parser: Parser) -> None:
    parser.add_argument("incident", metavar="INCIDENT", help="its number or id")
    add_place(parser)
    add_json(parser)
    add_language(parser)


def _run_show(arguments: Arguments) -> int:
    with session(arguments, unnamed=Unnamed.WARNED) as at:
        incident = at.desk.get(arguments.incident)
        history = at.desk.history(incident)
        now = at.clock.now()
        ahead = at.desk.forecast(incident, now + AHEAD)
        if arguments.json:
            print_json(
                {
                    "incident": incident_data(incident),
                    "clocks": [clock_data(each, now) for each in incident.clocks],
                    "timeline": [entry_data(each) for each in history],
                    "ahead": [entry_data(each) for each in ahead],
                }
            )
            return 0
        style = style_of(sys.stdout)
        say([*headline(incident, style), ""])
        if incident.clocks:
            title, *rows = clock_lines(incident, now)
            say(["  " + style.dim(title), *("  " + each for each in rows), ""])
        say(timeline(tuple(moments(history, arguments.language)), style))
        if ahead:
            say(["", style.bold("Ahead, if nobody acts")])
            say(timeline(tuple(moments(ahead, arguments.language)), style))
        return 0


def _configure_options(parser: Parser) -> None:
    parser.add_argument("incident", metavar="INCIDENT", help="its number or id")
    add_actor(parser)
    add_place(parser)
    add_json(parser)
    add_language(parser)


def _run_options(arguments: Arguments) -> int:
    with session(arguments, unnamed=Unnamed.WARNED) as at:
        by = actor(arguments)
        incident = at.desk.get(arguments.incident)
        options = at.desk.options(incident, by=by)
        if arguments.json:
            print_json(
                {
                    "incident": incident.name,
                    "state": incident.state,
                    "by": plain(by),
                    "options": [plain(each) for each in options],
                }
            )
            return 0
        style = style_of(sys.stdout)
        say(f"{style.bold(incident.name)} is {incident.state}. For {by}:")
        for openness in Openness:
            rows = [
                _option_row(each, at.practice, arguments.language)
                for each in options
                if each.openness is openness
            ]
            if rows:
                say(["", style.bold(openness.value), *("  " + each for each in aligned(rows))])
        return 0


def _option_row(option: Option, practice: Practice, language: str) -> tuple[str, str, str]:
    if option.openness is Openness.CLOSED:
        why = "; ".join(failure.render(language) for failure in option.because)
    else:
        command = command_named(option.trigger, practice) or Advance
        why = " ".join(option_name(command, name) for name in option.inputs)
    return option.trigger, f"-> {option.to}", why


SHOW = Subcommand(
    name="show",
    summary="Show an incident, its clocks and timeline, and what will happen if nobody acts.",
    configure=_configure_show,
    run=_run_show,
    examples=("incidentflow show INC-0000001", "incidentflow show INC-0000001 --json"),
)
OPTIONS = Subcommand(
    name="options",
    summary="List every step from where an incident stands: open, open with inputs, or closed.",
    configure=_configure_options,
    run=_run_options,
    examples=("incidentflow options INC-0000001 --by ana",),
)
