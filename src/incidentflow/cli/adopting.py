"""The subcommand adopt: what a desk works by goes into its journal, with a name and a reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from incidentflow.charter import Adoption
from incidentflow.cli.checking import stands
from incidentflow.cli.data import entry_data, print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import actor, add_actor, add_json, add_place, session
from incidentflow.cli.style import Style, say, style_of
from incidentflow.incident import Entry


def _configure(parser: Parser) -> None:
    parser.add_argument("--reason", required=True, help="why, such as the change it belongs to")
    add_actor(parser)
    add_place(parser)
    add_json(parser)


def _run(arguments: Arguments) -> int:
    with session(arguments, creates=True) as at:
        by = actor(arguments)
        added = at.desk.adopt(by=by, reason=arguments.reason)
        if arguments.json:
            print_json([entry_data(each) for each in added])
            return 0
        if not added:
            say("Nothing to adopt; this stands already:")
        say([stands(each) for each in at.desk.describe().adopted])
        say(list(_differences(added, style_of(sys.stdout))))
        return 0


def _differences(added: tuple[Entry, ...], style: Style) -> Iterator[str]:
    for event in (each.event for each in added):
        if isinstance(event, Adoption) and event.differs.lines:
            yield style.bold(f"\nWhat differs in {event.reference}")
            yield from (f"  {line}" for line in event.differs.lines)


ADOPT = Subcommand(
    name="adopt",
    summary="Adopt the lifecycle and policy at work, by name; say what differs from before.",
    configure=_configure,
    run=_run,
    examples=('incidentflow adopt --desk myapp.incidents:desk --by ana --reason "change 4711"',),
    details="Without it the first command under them adopts them, as the system.",
)
