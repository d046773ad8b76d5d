"""Subcommands for a worker: deliver what is owed, and say how the desk is doing."""

from __future__ import annotations

from incidentflow import usecases
from incidentflow.cli.data import error_data, plain, print_json
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.session import Unnamed, add_json, add_place, session
from incidentflow.cli.style import count, say, tell
from incidentflow.desk import IncidentDesk
from incidentflow.desk.drivers import run
from incidentflow.usecases import Delivered

OTHERS = "name one that has some: --desk module:name, or a plugin that brings them."


def _configure_deliver(parser: Parser) -> None:
    parser.add_argument(
        "--limit", metavar="N", type=int, default=1000, help="carry out at most N; default 1000"
    )
    add_place(parser)
    add_json(parser)


def _run_deliver(arguments: Arguments) -> int:
    with session(arguments, unnamed=Unnamed.REFUSED) as at:
        delivered = at.desk.deliver(arguments.limit)
        left = _left(at.desk, arguments.limit)
        if arguments.json:
            print_json({**delivered_data(delivered), "left": left})
        else:
            say_delivered(delivered, "nothing" if left else "nothing was owed")
            if left:
                say(f"Not sent: {count(left, 'message')}, for this desk has no notifiers; {OTHERS}")
        return went_wrong(delivered)


def delivered_data(delivered: Delivered) -> dict[str, object]:
    """Turn what was carried out into plain data: how much of each, and what failed."""
    failed = [{"key": key, **error_data(error)} for key, error in delivered.failed]
    return {**_counts(delivered), "failed": failed}


def say_delivered(delivered: Delivered, nothing: str) -> None:
    """
    Print how much of each was carried out, and on the error stream what failed.

    Args:
        delivered: What was carried out.
        nothing: What to say when it was nothing; blank: to say nothing.

    """
    counted = _counts(delivered).items()
    told = ", ".join(f"{number} {name}" for name, number in counted if number) or nothing
    if told:
        say(f"Carried out: {told}.")
    for key, error in delivered.failed:
        tell("incidentflow: {key}: [{code}] {text}".format(key=key, **error_data(error)))


def went_wrong(delivered: Delivered) -> int:
    """Return the exit code: 1 when something failed or was given up."""
    return 1 if delivered.failed or delivered.dead else 0


def _counts(delivered: Delivered) -> dict[str, int]:
    names = ("sent", "waiting", "dead", "suppressed", "done", "refused")
    return {name: len(getattr(delivered, name)) for name in names}


def _left(desk: IncidentDesk, limit: int) -> int:
    """Count the messages that a desk without notifiers leaves to others."""
    setup = desk._setup  # noqa: SLF001 - the same package; the desk itself has no need to show it
    return 0 if setup.outbox is not None else run(usecases.unsent(setup, limit))


def _configure_health(parser: Parser) -> None:
    parser.add_argument(
        "--late",
        metavar="SECONDS",
        type=int,
        default=300,
        help="exit 1 when the last tick, or what has waited longest, is older; default 300",
    )
    add_place(parser)
    add_json(parser)


def _run_health(arguments: Arguments) -> int:
    with session(arguments) as at:
        health = at.desk.health()
    if arguments.json:
        print_json(plain(health))
    else:
        say(str(health).splitlines())
    since = (health.oldest_due, health.oldest_unsent, health.last_tick)
    late = [one for one in since if one and (health.at - one).total_seconds() > arguments.late]
    if health.failing:
        tell(f"incidentflow: {count(len(health.failing), 'incident')} cannot be ticked")
    if late:
        tell(f"incidentflow: late by more than {count(arguments.late, 'second')}")
    if health.last_tick is None:
        tell("incidentflow: no worker has ticked yet; run 'incidentflow tick' often")
    return 1 if late or health.failing or health.last_tick is None else 0


DELIVER = Subcommand(
    name="deliver",
    summary="Send the messages and carry out the commands that are owed, in all tenants.",
    configure=_configure_deliver,
    run=_run_deliver,
    examples=("incidentflow deliver --desk myapp.incidents:desk", "incidentflow deliver --json"),
)
HEALTH = Subcommand(
    name="health",
    summary="Say whether a worker ticks, and what is late or fails; exit 1 when something is.",
    configure=_configure_health,
    run=_run_health,
    examples=("incidentflow health", "incidentflow health --late 60 --json"),
)
