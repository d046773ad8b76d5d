"""Which desk a command works on, who acts, and where it all is stored."""

from __future__ import annotations

import argparse
import enum
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from incidentflow import usecases
from incidentflow.cli.importing import host_desk
from incidentflow.cli.parsing import Arguments, Parser
from incidentflow.cli.style import tell
from incidentflow.codec import Codec
from incidentflow.desk import IncidentDesk, load_policy
from incidentflow.desk.drivers import run
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, StoreError, UnreadableJournal, nearest, shorten
from incidentflow.plugins import INSTALLED
from incidentflow.policy import Policy
from incidentflow.ports import Clock
from incidentflow.profiles import ITIL
from incidentflow.texts import ENGLISH, GERMAN, Text
from incidentflow.texts.catalogue import languages
from incidentflow.words import Actor, ActorKind, frozen

STORE = "sqlite:///incidents.db"
SQLITE = "sqlite:///"
LANGUAGES = (ENGLISH.locale, GERMAN.locale)


class Unnamed(enum.Enum):
    """
    What happens to a command that was named no policy, where somebody had adopted another one.

    Attributes:
        REFUSED: It would be decided by the usual policy, which replaced the adopted one.
        WARNED: It changes nothing, but what it shows follows from the policy.
        NEVER_MIND: It does not look at the policy.

    """

    REFUSED = "refused"
    WARNED = "warned"
    NEVER_MIND = "never mind"


@frozen
class Session:
    """
    A desk at work for one command.

    Attributes:
        desk: The desk.
        practice: How it works.
        clock: Where its present instant comes from.
        where: The name of its store, without secrets.

    """

    desk: IncidentDesk
    practice: Practice
    clock: Clock
    where: str


def add_place(parser: Parser) -> None:
    """Declare where incidents are."""
    place = parser.add_argument_group("where")
    place.add_argument(
        "--store",
        metavar="URL",
        help=f"where incidents are stored; default $INCIDENTFLOW_STORE, else {STORE}",
    )
    place.add_argument("--tenant", metavar="NAME", help="the tenant; default 'default'")
    place.add_argument(
        "--plugin",
        metavar="NAME",
        action="append",
        help="an installed plugin, such as one that brings the store; may be given several times; "
        "'installed' for all",
    )
    place.add_argument(
        "--desk",
        metavar="MODULE:NAME",
        help="your own desk, or a function that returns one, with its store, policy, lifecycle "
        "and fields; default $INCIDENTFLOW_DESK",
    )
    place.add_argument(
        "--policy",
        metavar="FILE",
        help="a policy to work by, every time; default $INCIDENTFLOW_POLICY, else the usual one",
    )


def add_actor(parser: Parser) -> None:
    """Declare who acts."""
    parser.add_argument(
        "--by",
        metavar="WHO",
        help="who acts: 'ana', or 'monitor:probe-3', 'service:etl'; default $USER",
    )


def add_json(parser: Parser) -> None:
    """Declare the output for programs."""
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")


def add_language(parser: Parser) -> None:
    """Declare the language of what happened and of why something is closed."""
    parser.add_argument(
        "--language",
        metavar="en|de",
        type=_language,
        default=os.environ.get("INCIDENTFLOW_LANGUAGE", "en"),
        help="the language of what happened; default $INCIDENTFLOW_LANGUAGE, else en",
    )


def _language(text: str) -> str:
    """Read the name of a language that what happened is told in, as ``de`` or ``de_AT.UTF-8``."""
    if languages(text)[0].partition("-")[0] not in LANGUAGES:
        problem = f"{shorten(text)} is not spoken here; {nearest(text, LANGUAGES)}"
        raise argparse.ArgumentTypeError(problem)
    return text


def actor(arguments: Arguments, environment: Mapping[str, str] = os.environ) -> Actor:
    """
    Return who acts.

    Raises:
        InvalidInput: Nobody is given, and the environment names nobody.

    """
    if arguments.by is not None:
        return Actor.parse(arguments.by)
    for name in ("USER", "LOGNAME", "USERNAME"):
        if environment.get(name, "").strip():
            return Actor(ActorKind.PERSON, environment[name].strip())
    raise InvalidInput("by", "missing", Text("problem.typed.nobody"))


@contextmanager
def session(
    arguments: Arguments, *, creates: bool = False, unnamed: Unnamed = Unnamed.NEVER_MIND
) -> Iterator[Session]:
    """
    Open the desk that a command works on, and close it again if it was opened here.

    Args:
        arguments: What was read from the command line.
        creates: Whether a database that does not exist is made.
        unnamed: What happens when no policy was named and somebody had adopted one.

    Raises:
        InvalidInput: The store or the desk is not usable, or a policy has to be named.
        StoreError: The store cannot be opened, or there is none yet.

    """
    named = _desk_named(arguments)
    if named:
        yield _of(host_desk(named), arguments)
        return
    url = arguments.store or os.environ.get("INCIDENTFLOW_STORE") or STORE
    if not creates:
        _require(url)
    with IncidentDesk(url, plugins=_plugins(arguments), policy=_policy(arguments)) as desk:
        at = _of(desk, arguments)
        if unnamed is not Unnamed.NEVER_MIND and not policy_named(arguments):
            _look_for_another(at.desk, unnamed)
        yield at


def practice_of(arguments: Arguments) -> Practice:
    """
    Say how the desk works that a command works on; no store is opened for it.

    Raises:
        InvalidInput: The desk is not usable.

    """
    named = _desk_named(arguments)
    if named:
        return _of(host_desk(named), arguments).practice
    return Practice(ITIL, _policy(arguments))


def codec_of(arguments: Arguments) -> Codec:
    """
    Return what reads the kinds of event that a desk and its plugins know; no store is opened here.

    Raises:
        InvalidInput: The desk is not usable.
        PluginFailed: A plugin is not.

    """
    named = _desk_named(arguments)
    desk = host_desk(named) if named else IncidentDesk(plugins=_plugins(arguments))
    return desk.codec


def _desk_named(arguments: Arguments) -> str:
    if arguments.desk:
        for part in ("store", "plugin", "policy"):
            given = getattr(arguments, part)
            if given:
                raise InvalidInput(
                    part, shorten(given), f"your own desk has its own; drop --{part}"
                )
    named: str = arguments.desk or ""
    return named if named or arguments.store else os.environ.get("INCIDENTFLOW_DESK", "")


def policy_named(arguments: Arguments) -> str | None:
    """Return the file of the policy that was named, by an option or by the environment."""
    return arguments.policy or os.environ.get("INCIDENTFLOW_POLICY") or None


def _policy(arguments: Arguments) -> Policy:
    path = policy_named(arguments)
    return load_policy(path) if path else Policy()


def _look_for_another(desk: IncidentDesk, unnamed: Unnamed) -> None:
    """Look what somebody adopted; a journal that cannot be read is for other commands to tell."""
    adopted = None
    with suppress(UnreadableJournal):
        adopted = run(usecases.chosen(desk._setup))  # noqa: SLF001 - as in _of
    if adopted is None:
        return
    facts = {"reference": adopted.reference, "by": str(adopted.by), "reason": adopted.reason}
    problem = Text("problem.typed.policy", facts)
    if unnamed is Unnamed.REFUSED:
        raise InvalidInput("policy", "missing", problem)
    tell(f"incidentflow: what is shown goes by the usual policy; {problem}")


def _plugins(arguments: Arguments) -> tuple[str, ...] | str:
    asked: tuple[str, ...] = tuple(arguments.plugin or ())
    return INSTALLED if INSTALLED in asked else asked


def _of(desk: IncidentDesk, arguments: Arguments) -> Session:
    if arguments.tenant is not None:
        desk = desk.tenant(arguments.tenant)
    setup = desk._setup  # noqa: SLF001 - the same package; the desk itself has no need to show it
    return Session(desk, setup.practice, setup.clock, setup.store.name)


def _require(url: str) -> None:
    path = url.removeprefix(SQLITE).partition("?")[0]
    if url.startswith(SQLITE) and path and not Path(path).exists():
        detail = "there is no such file; 'incidentflow report' makes it, --store names another"
        raise StoreError(f"open {SQLITE}{path}", detail)
