"""Subcommands about the whole desk: verify and describe."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from incidentflow.charter import Adopted
from incidentflow.cli.data import plain, print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import Session, add_json, add_place, codec_of, session
from incidentflow.cli.style import aligned, count, say
from incidentflow.cli.values import read_path
from incidentflow.errors import IncidentflowError
from incidentflow.exports import FILE, Seal, Verification, verify_export
from incidentflow.usecases import PluginInfo
from incidentflow.words import show


def _configure_verify(parser: Parser) -> None:
    parser.add_argument(
        "incident",
        metavar="INCIDENT|FILE",
        nargs="?",
        help="one incident, or the file of an export, which needs no store but --desk or --plugin "
        "for kinds of event beside the library's; default all of the tenant",
    )
    parser.add_argument("--seal", metavar="FILE", help="check against what 'seal' wrote as well")
    add_place(parser)
    add_json(parser)


def _run_verify(arguments: Arguments) -> int:
    seal = None
    if arguments.seal is not None:
        seal = Seal.from_text(read_path(arguments.seal, "seal").read_text("utf-8", "replace"))
    if arguments.incident is not None and Path(arguments.incident).is_file():
        with Path(arguments.incident).open(encoding="utf-8", newline="\n") as file:
            verified = verify_export(file, codec=codec_of(arguments), seal=seal)
            return _judged(arguments, verified, str)
    with session(arguments) as at:
        verified = at.desk.verify(arguments.incident, seal=seal)
        return _judged(arguments, verified, partial(_name, at))


def _judged(arguments: Arguments, verified: Verification, name: Callable[[str], str]) -> int:
    if arguments.json:
        broken = [{"incident": name(each.subject), **plain(each)} for each in verified.broken]
        print_json({**plain(verified), "broken": broken, "holds": verified.holds})
        return 0 if verified.holds else 1
    say(verdict(verified))
    for each in verified.broken:
        place = f"entry {each.sequence}" if each.sequence else "the snapshot"
        where = "" if each.subject == FILE else f"broken at {place}: "
        say(f"  {name(each.subject)}: {where}{each.problem}")
    return 0 if verified.holds else 1


def verdict(verified: Verification) -> str:
    """Say what was checked, and whether it holds."""
    folds = ", every snapshot is the fold of its journal" if verified.snapshots else ""
    journals = [each for each in verified.broken if each.subject != FILE]
    damaged = (
        f"{count(len(journals), 'journal')} broken" if journals else "",
        "the file itself is damaged" if len(journals) < len(verified.broken) else "",
    )
    desk = " and their desk" if verified.desks else ""
    logs = f" and {count(verified.sources, 'replayed log')}" if verified.sources else ""
    return (
        f"{count(verified.incidents, 'incident')}{desk}{logs} with "
        f"{count(verified.entries, 'journal entry', 'journal entries')} checked: "
        f"{' and '.join(filter(None, damaged)) or f'every chain holds{folds}'}."
    )


def _configure_describe(parser: Parser) -> None:
    add_place(parser)
    add_json(parser)


def _run_describe(arguments: Arguments) -> int:
    with session(arguments) as at:
        description = at.desk.describe()
        if arguments.json:
            print_json(plain(description))
            return 0
        strangers = ", ".join(
            f"{state} ({count})" for state, count in sorted(description.strangers.items())
        )
        rows = [
            ("incidentflow", description.version),
            ("tenant", description.tenant),
            ("store", description.store),
            ("capabilities", ", ".join(description.capabilities) or "none"),
            ("lifecycle", description.lifecycle),
            ("policy", description.policy),
            *(("adopted", stands(each)) for each in description.adopted),
            *(("plugin", _answers(each)) for each in description.plugins),
            *(("fault", str(each)) for each in description.faults),
            ("states", ", ".join(description.states)),
            ("triggers", ", ".join(description.triggers)),
            ("matrix", description.matrix),
            ("unknown states", strangers or "none"),
        ]
        say(aligned(rows))
        return 0


def stands(adopted: Adopted) -> str:
    """Say what was adopted, since when, by whom and why."""
    since = show(adopted.since)
    return f"{adopted.reference} since {since} by {adopted.by}: {adopted.reason}"


def _answers(plugin: PluginInfo) -> str:
    named = f"{plugin.name} {plugin.version}".strip()
    return f"{named}: {', '.join(plugin.hooks)}"


def _name(at: Session, incident: str) -> str:
    with suppress(IncidentflowError):
        return at.desk.get(incident).name
    return incident


VERIFY = Subcommand(
    name="verify",
    summary="Check that journals hold and that snapshots are their folds; exit 1 when not.",
    configure=_configure_verify,
    run=_run_verify,
    examples=("incidentflow verify", "incidentflow verify INC-0000001"),
)
DESCRIBE = Subcommand(
    name="describe",
    summary="Say which release, store, lifecycle and policy are at work, and since when.",
    configure=_configure_describe,
    run=_run_describe,
    examples=("incidentflow describe", "incidentflow describe --desk myapp.incidents:desk"),
)
