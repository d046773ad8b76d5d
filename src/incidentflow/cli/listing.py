"""The subcommand that lists incidents."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from incidentflow.cli.breaching import list_breaches
from incidentflow.cli.clocks import NOTHING
from incidentflow.cli.data import incident_data, print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import Session, Unnamed, add_json, add_place, session
from incidentflow.cli.style import aligned, count, say, style_of
from incidentflow.cli.timeline import ROW_TITLES, row
from incidentflow.cli.values import read_cursor, read_fields, read_level
from incidentflow.desk.inputs import Criteria
from incidentflow.errors import InvalidInput, hint
from incidentflow.incident import Incident
from incidentflow.process.agenda import agenda
from incidentflow.words import show

DUE_TITLES = (*ROW_TITLES[:-1], "DUE", ROW_TITLES[-1])


def _configure_list(parser: Parser) -> None:
    _add_several(parser, "--state", "in this state")
    categories = "triage, open, done, terminal"
    _add_several(parser, "--category", f"in a state of this category: {categories}")
    parser.add_argument("--priority", metavar="P1..P5", help="this priority or a more urgent one")
    parser.add_argument("--service", metavar="NAME", help="of this service")
    parser.add_argument("--team", metavar="NAME", help="with this team")
    parser.add_argument("--assignee", metavar="WHO", help="with this person")
    _add_several(parser, "--field", "with this own field, as NAME=VALUE")
    parser.add_argument(
        "--breaches-within",
        metavar="SPAN",
        help="with a clock that is breached within 30m, 1h, 2d 4h if nobody acts, soonest first",
    )
    parser.add_argument(
        "--order",
        "--sort",
        metavar="newest|due",
        help="newest first, or due soonest first; default newest",
    )
    parser.add_argument("--limit", metavar="N", type=int, default=50, help="at most so many")
    parser.add_argument("--after", metavar="CURSOR", help="go on behind the page before")
    add_place(parser)
    add_json(parser)


def _run_list(arguments: Arguments) -> int:
    with session(arguments, unnamed=Unnamed.WARNED) as at:
        criteria: Criteria = {
            "state": arguments.state,
            "category": arguments.category,
            "priority": read_level(arguments.priority),
            "service": arguments.service,
            "team": arguments.team,
            "assignee": arguments.assignee,
            "fields": read_fields(arguments.field, at.practice.policy.fields),
        }
        if arguments.breaches_within is not None:
            _refuse_unknown(arguments.state, at)
            return list_breaches(arguments, at, criteria)
        page = at.desk.find(
            order=arguments.order or "newest",
            after=read_cursor(arguments.after),
            limit=arguments.limit,
            **criteria,
        )
        _refuse_unknown(arguments.state, at)
        after = None if page.after is None else "{}:{}".format(*page.after)
        if arguments.json:
            incidents = [incident_data(each) for each in page]
            print_json({"incidents": incidents, "after": after})
            return 0
        if page.incidents:
            shown = _with_due if arguments.order == "due" else row
            titles = DUE_TITLES if arguments.order == "due" else ROW_TITLES
            title, *rows = aligned([titles, *map(shown, page)])
            say([style_of(sys.stdout).dim(title), *rows])
        say(count(len(page), "incident") + f" in {at.where}.")
        if after is not None:
            say(f"There may be more: --after {after}")
        return 0


def _with_due(incident: Incident) -> tuple[str, ...]:
    *first, title = row(incident)
    ahead = agenda(incident)
    return (*first, show(ahead[0].at) if ahead else NOTHING, title)


def _refuse_unknown(states: Iterable[str], at: Session) -> None:
    """
    Refuse a state that the lifecycle does not have, unless some incident is still in it (rule L12).

    Raises:
        InvalidInput: There is no such state.

    """
    unknown = [state for state in states if state not in at.practice.lifecycle.places]
    if unknown:
        known = {*at.practice.lifecycle.places, *at.desk.describe().strangers}
        for state in unknown:
            if state not in known:
                raise InvalidInput.of("state", state, "choice.unknown", hint=hint(state, known))


def _add_several(parser: Parser, option: str, meaning: str) -> None:
    parser.add_argument(
        option, action="append", default=[], metavar="WHICH", help=f"{meaning}; may be repeated"
    )


LIST = Subcommand(
    name="list",
    summary="List incidents, newest first.",
    configure=_configure_list,
    run=_run_list,
    examples=(
        "incidentflow list --category open --priority P2",
        "incidentflow list --service mail --assignee ana",
        "incidentflow list --breaches-within 1h --sort due --team net",
        "incidentflow list --order due --limit 10 --json",
    ),
)
