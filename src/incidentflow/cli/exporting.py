"""Subcommands that take things out: export, seal and erase."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from incidentflow.cli.data import error_data, plain, print_json
from incidentflow.cli.parsing import Arguments, Misused, Parser, Subcommand
from incidentflow.cli.session import (
    Session,
    Unnamed,
    actor,
    add_actor,
    add_json,
    add_place,
    session,
)
from incidentflow.cli.style import count, say, tell
from incidentflow.cli.values import read_path
from incidentflow.errors import InvalidInput
from incidentflow.exports.records import INCLUDED, LEFT_OUT
from incidentflow.usecases import Erasure

PAGE = 200


def _configure_export(parser: Parser) -> None:
    _add_output(parser)
    parser.add_argument(
        "--without-personal", action="store_true", help="leave out personal texts and snapshots"
    )
    add_place(parser)


def _run_export(arguments: Arguments) -> int:
    personal = LEFT_OUT if arguments.without_personal else INCLUDED
    shows = sys.stderr.isatty() and arguments.output is not None
    subjects = entries = 0
    after = None
    with session(arguments) as at, _output(arguments) as file:
        while True:
            page = at.desk.export(after=after, limit=PAGE, personal=personal)
            file.write(page.text)
            subjects, entries, after = subjects + page.subjects, entries + page.entries, page.after
            if shows:
                told = f"\r{subjects:,} journals, {entries:,} entries"
                print(told, end="" if after else "\n", file=sys.stderr, flush=True)
            if after is None:
                break
    if arguments.output is not None:
        tell(f"{_journals(subjects, entries)} exported to {arguments.output}.")
    return 0


def _configure_seal(parser: Parser) -> None:
    _add_output(parser)
    add_place(parser)


def _run_seal(arguments: Arguments) -> int:
    with session(arguments) as at, _output(arguments) as file:
        seal = at.desk.seal()
        file.write(seal.to_text())
    if arguments.output is not None:
        tell(f"{count(len(seal.heads), 'journal')} sealed; digest {seal.digest}.")
    return 0


def _configure_erase(parser: Parser) -> None:
    parser.add_argument(
        "person", metavar="PERSON", nargs="?", help="who is to be erased, by their id"
    )
    parser.add_argument(
        "--expired",
        action="store_true",
        help="instead of a person: everything personal that the policy no longer lets be kept",
    )
    parser.add_argument(
        "--name",
        metavar="TEXT",
        action="append",
        default=[],
        help="another word for them: a name, an address, a telephone number; may be repeated",
    )
    parser.add_argument(
        "--incident",
        metavar="INCIDENT",
        action="append",
        default=[],
        help="an incident all of whose personal texts go; may be repeated",
    )
    parser.add_argument("--reason", metavar="TEXT", help="why, without naming them")
    parser.add_argument(
        "--dry-run", action="store_true", help="count what would go, and change nothing"
    )
    add_actor(parser)
    add_place(parser)
    add_json(parser)


def _run_erase(arguments: Arguments) -> int:
    if arguments.expired == (arguments.person is not None):
        raise Misused("say who is to be erased, or --expired", "incidentflow erase")
    if arguments.expired and (arguments.name or arguments.incident):
        raise Misused("--name and --incident go with a person", "incidentflow erase")
    looks = Unnamed.REFUSED if arguments.expired else Unnamed.NEVER_MIND
    with session(arguments, unnamed=looks) as at:
        erased = _expired(at, arguments) if arguments.expired else _person(at, arguments)
    failed = [{"incident": id_, **error_data(error)} for id_, error in erased.failed]
    if arguments.json:
        print_json({**plain(erased), "failed": failed, "is_complete": erased.is_complete})
    else:
        say(_told(erased, "would be erased" if arguments.dry_run else "erased"))
        for name in erased.held:
            tell(f"incidentflow: {name} is kept for a legal matter, and was left whole")
        for each in failed:
            tell("incidentflow: {incident} was left whole: [{code}] {text}".format(**each))
    return 0 if erased.is_complete else 1


def _person(at: Session, arguments: Arguments) -> Erasure:
    also = {"names": arguments.name, "incidents": arguments.incident}
    if arguments.dry_run:
        return at.desk.traces(arguments.person, **also)
    by, reason = actor(arguments), arguments.reason or ""
    return at.desk.erase(arguments.person, by=by, reason=reason, **also)


def _expired(at: Session, arguments: Arguments) -> Erasure:
    if arguments.dry_run:
        return at.desk.expired()
    return at.desk.erase_expired(by=actor(arguments), reason=arguments.reason or "")


def _told(erased: Erasure, done: str) -> str:
    if erased.is_empty:
        return "Nothing to erase was found."
    desk = " and of the desk's own journal" if erased.desks else ""
    return (
        f"{count(erased.texts, 'personal text')} and {count(erased.owed, 'owed thing')} of "
        f"{count(erased.incidents, 'incident')}{desk} {done}."
    )


def _journals(subjects: int, entries: int) -> str:
    return f"{count(subjects, 'journal')} with {count(entries, 'entry', 'entries')}"


def _add_output(parser: Parser) -> None:
    parser.add_argument("--output", metavar="FILE", help="where it goes; default standard output")
    parser.add_argument("--force", action="store_true", help="write over a FILE that is there")


@contextmanager
def _output(arguments: Arguments) -> Iterator[TextIO]:
    if arguments.output is None:
        yield sys.stdout
        return
    path = read_path(arguments.output, "output")
    if path.is_file() and not arguments.force:
        raise InvalidInput.of("output", arguments.output, "output.there")
    try:
        with path.open("w", encoding="utf-8", newline="\n") as file:
            yield file
    except OSError as error:
        error.filename = error.filename or str(path)
        raise


EXPORT = Subcommand(
    name="export",
    summary="Write every journal and snapshot to a file that can be verified by itself.",
    configure=_configure_export,
    run=_run_export,
    examples=("incidentflow export --output all.jsonl", "incidentflow export | gzip > all.gz"),
)
SEAL = Subcommand(
    name="seal",
    summary="List where every journal ends, to be kept elsewhere and verified against.",
    configure=_configure_seal,
    run=_run_seal,
    examples=("incidentflow seal --output seal.json", "incidentflow verify --seal seal.json"),
)
ERASE = Subcommand(
    name="erase",
    summary="Take out what is a person's, or is kept too long; exit 1 when some of it is left.",
    configure=_configure_erase,
    run=_run_erase,
    examples=(
        'incidentflow erase ana --by dpo --reason "request 7" --dry-run',
        'incidentflow erase ana --by dpo --reason "request 7" --name "Ana Seghers"',
        'incidentflow erase --expired --by service:retention --reason "time is over"',
    ),
)
