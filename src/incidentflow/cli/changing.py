"""Subcommands that change something: report, apply and tick."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import Any

from incidentflow.cli.data import error_data, incident_data, plain, print_json
from incidentflow.cli.inputs import add_inputs, command_named, read_inputs, summary_of
from incidentflow.cli.parsing import Arguments, Misused, Parser, Subcommand, listed
from incidentflow.cli.session import (
    Session,
    Unnamed,
    actor,
    add_actor,
    add_json,
    add_place,
    practice_of,
    session,
)
from incidentflow.cli.style import aligned, count, say, style_of, tell
from incidentflow.cli.timeline import moments, row, timeline
from incidentflow.cli.working import delivered_data, say_delivered, went_wrong
from incidentflow.errors import nearest
from incidentflow.incident import Command, Incident
from incidentflow.process import COMMANDS, Advance, Report
from incidentflow.words import show

OWN_STEPS = "Commands and steps of your own desk (--desk) are called by their names."


def _configure_report(parser: Parser) -> None:
    parser.usage = "incidentflow report TITLE [inputs] [options]"
    parser.add_argument("title", metavar="TITLE", help="what is wrong, in one line")
    add_inputs(parser, Report, "title")
    _add_common(parser)


def _run_report(arguments: Arguments) -> int:
    with session(arguments, creates=True, unnamed=Unnamed.REFUSED) as at:
        rules = at.practice.policy.fields
        details = read_inputs(Report, arguments, rules, "title")
        incident = at.desk.report(
            arguments.title, key=arguments.key, by=actor(arguments), **details
        )
        return _done(at, incident, arguments)


def _configure_apply(parser: Parser) -> None:
    parser.usage = "incidentflow apply INCIDENT COMMAND [inputs of the command] [options]"
    parser.add_argument("incident", metavar="INCIDENT", help="its number or id")
    parser.add_argument("command", metavar="COMMAND", help="what to do, one of the list below")
    parser.add_argument("inputs", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    parser.add_argument("--expect", metavar="N", type=int, help="the version you saw")
    _add_common(parser)
    offered = [each for each in COMMANDS if each is not Report and not each.instead]
    commands = aligned([(command.kind, summary_of(command)) for command in offered])
    help_line = "'incidentflow apply INC-0000001 resolve --help' lists the inputs of one."
    parser.epilog = "\n\n".join(
        (listed("commands", commands), OWN_STEPS, help_line, parser.epilog or "")
    )


def _run_apply(arguments: Arguments) -> int:
    name = arguments.command.replace("-", "_")
    place = Parser("incidentflow apply", "", merging=True, has_help=False)
    add_place(place)
    place.parse_known_args(arguments.inputs, arguments)
    practice = practice_of(arguments)
    command = command_named(name, practice)
    if command is not None:
        return _apply(command, {}, arguments)
    triggers = {step.trigger for step in practice.lifecycle.steps}
    if name not in triggers:
        hint = nearest(name, triggers.union(each.kind for each in practice.commands))
        raise Misused(f"unknown command {arguments.command!r}; {hint}", "incidentflow apply")
    return _apply(Advance, {"step": name}, arguments)


def _apply(command: type[Command], fixed: Mapping[str, Any], arguments: Arguments) -> int:
    name = str(fixed.get("step", command.kind))
    parser = Parser(f"incidentflow apply INCIDENT {name}", summary_of(command), merging=True)
    parser.add_argument("--expect", metavar="N", type=int, help="the version you saw")
    add_inputs(parser, command, *fixed)
    _add_common(parser)
    arguments = parser.read(arguments.inputs, arguments)
    with session(arguments, unnamed=Unnamed.REFUSED) as at:
        rules = at.practice.policy.fields
        inputs = read_inputs(command, arguments, rules, *fixed)
        wanted = command(by=actor(arguments), **inputs, **fixed)
        incident = at.desk.apply(
            arguments.incident, wanted, key=arguments.key, expect=arguments.expect
        )
        return _done(at, incident, arguments)


def _configure_tick(parser: Parser) -> None:
    parser.add_argument(
        "--limit", metavar="N", type=int, default=1000, help="look at no more incidents than this"
    )
    add_place(parser)
    add_json(parser)


def _run_tick(arguments: Arguments) -> int:
    with session(arguments, unnamed=Unnamed.REFUSED) as at:
        ticked, ahead = at.desk.tick(arguments.limit), at.desk.next_due()
        failed = [{"incident": id_, **error_data(error)} for id_, error in ticked.failed]
        if arguments.json:
            incidents = [incident_data(each) for each in ticked.incidents]
            carried_out = delivered_data(ticked.delivered)
            told = {"incidents": incidents, "failed": failed, "delivered": carried_out}
            print_json({**told, "next_due": plain(ahead)})
        else:
            _say_ticked(ticked.incidents)
            for each in failed:
                tell("incidentflow: {incident} could not be ticked: [{code}] {text}".format(**each))
            say_delivered(ticked.delivered, "")
            say(f"Next due: {show(ahead)}." if ahead else "Nothing else is due.")
        return 1 if ticked.failed else went_wrong(ticked.delivered)


def _say_ticked(incidents: tuple[Incident, ...]) -> None:
    say(f"Time changed {count(len(incidents), 'incident')}.")
    if incidents:
        say(f"  {line}" for line in aligned([row(each) for each in incidents]))


def _done(at: Session, incident: Incident, arguments: Arguments) -> int:
    if arguments.json:
        print_json(incident_data(incident))
        return 0
    history = at.desk.history(incident)
    commit = [each for each in history if each.recorded_at == incident.updated_at]
    style = style_of(sys.stdout)
    say(style.bold(str(incident)))
    say(timeline(tuple(moments(commit)), style))
    say(f"Version {incident.version}, stored in {at.where}.")
    return 0


def _add_common(parser: Parser) -> None:
    add_actor(parser)
    parser.add_argument(
        "--at", metavar="INSTANT", help="when it happened, such as 2026-03-02T08:30Z; default now"
    )
    parser.add_argument("--key", help="an idempotency key: repeating has no further effect")
    add_place(parser)
    add_json(parser)


REPORT = Subcommand(
    name="report",
    summary="Log an incident, or join the unfinished one that holds its dedup key.",
    configure=_configure_report,
    run=_run_report,
    examples=(
        'incidentflow report "Mail queue stuck in Berlin" --impact high --urgency high',
        'incidentflow report "Disk full" --service mail --dedup-key disk-7 --by monitor:probe-3',
        'incidentflow report "Laptop lost" --to resolved --code replaced --note "gave a new one"',
    ),
)
APPLY = Subcommand(
    name="apply",
    summary="Carry out a command on one incident.",
    configure=_configure_apply,
    run=_run_apply,
    examples=(
        "incidentflow apply INC-0000001 acknowledge --by ana",
        "incidentflow apply INC-0000001 hold --reason awaiting_vendor --reference CASE-7",
        'incidentflow apply INC-0000001 resolve --code fixed --note "restarted the relay"',
    ),
)
TICK = Subcommand(
    name="tick",
    summary="Make everything happen that is due now, in all tenants; run it often.",
    configure=_configure_tick,
    run=_run_tick,
    examples=("incidentflow tick", "incidentflow tick --json"),
)
