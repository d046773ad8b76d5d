"""The program: find the subcommand, run it, and turn every error into words and an exit code."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from incidentflow.cli.adopting import ADOPT
from incidentflow.cli.backtesting import BACKTEST
from incidentflow.cli.changing import APPLY, REPORT, TICK
from incidentflow.cli.checking import DESCRIBE, VERIFY
from incidentflow.cli.conformance import CONFORMANCE
from incidentflow.cli.demo import DEMO
from incidentflow.cli.diagram import DIAGRAM
from incidentflow.cli.exporting import ERASE, EXPORT, SEAL
from incidentflow.cli.forecasting import FORECAST
from incidentflow.cli.listing import LIST
from incidentflow.cli.measuring import EXCEPTIONS, METRICS
from incidentflow.cli.parsing import Misused, listed
from incidentflow.cli.policies import POLICY
from incidentflow.cli.replaying import REPLAY
from incidentflow.cli.showing import OPTIONS, SHOW
from incidentflow.cli.style import aligned, say, tell
from incidentflow.cli.working import DELIVER, HEALTH
from incidentflow.errors import (
    IncidentflowError,
    InvalidInput,
    LifecycleError,
    MappingError,
    MissingExtra,
    PolicyError,
    nearest,
)

DONE, REFUSED, MISUSED, INTERRUPTED, PIPE_CLOSED = 0, 1, 2, 130, 141
BAD_INPUT = (InvalidInput, LifecycleError, MappingError, MissingExtra, PolicyError)
SUBCOMMANDS = {
    each.name: each
    for each in (
        DEMO,
        REPORT,
        APPLY,
        LIST,
        SHOW,
        FORECAST,
        OPTIONS,
        TICK,
        POLICY,
        DELIVER,
        HEALTH,
        METRICS,
        EXCEPTIONS,
        ADOPT,
        VERIFY,
        SEAL,
        EXPORT,
        ERASE,
        DESCRIBE,
        DIAGRAM,
        REPLAY,
        BACKTEST,
        CONFORMANCE,
    )
}
EXAMPLES = (
    "incidentflow demo",
    'incidentflow report "Mail queue stuck in Berlin" --impact high --urgency high --service mail',
    "incidentflow apply INC-0000001 acknowledge",
    'incidentflow apply INC-0000001 resolve --code fixed --note "restarted the relay"',
    "incidentflow show INC-0000001",
)
CODES = (
    "0    done",
    "1    refused, not found, the storage or another file failed, or verify found something broken",
    "2    the command line can never be right, or a policy, mapping or log is missing or wrong",
    "130  interrupted",
    "141  nobody reads the output any more",
)
ENVIRONMENT = (
    "INCIDENTFLOW_STORE     where incidents are stored, as --store",
    "INCIDENTFLOW_DESK      your own desk, as --desk",
    "INCIDENTFLOW_POLICY    a policy to work by, as --policy",
    "INCIDENTFLOW_LANGUAGE  en or de, as --language; refusals too",
    "NO_COLOR               no colour on a terminal either",
)


def main(argv: Sequence[str] | None = None) -> int:
    """
    Run one command line, and return its exit code.

    Args:
        argv: The words after the program's name; default those of this process.

    """
    words = sys.argv[1:] if argv is None else list(argv)
    _open_what_is_closed()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(words)
        sys.stdout.flush()
    except BrokenPipeError:
        _close_pipe()
        return PIPE_CLOSED
    except OSError as error:
        why = error.strerror or error
        tell(f"incidentflow: {why}; not all was printed, but what was changed stands")
        _close_pipe()
        return REFUSED
    return code


def _run(words: Sequence[str]) -> int:
    try:
        return _dispatch(words)
    except SystemExit as left:
        return int(left.code or DONE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Misused as misused:
        tell(f"{misused.command}: {misused}\nSee '{misused.command} --help'.")
        return MISUSED
    except IncidentflowError as error:
        language = os.environ.get("INCIDENTFLOW_LANGUAGE", "en")
        tell(f"incidentflow: [{error.code}] {error.render(language)}")
        return MISUSED if isinstance(error, BAD_INPUT) else REFUSED
    except OSError as error:
        if error.filename is None:
            raise
        tell(f"incidentflow: {error.filename}: {error.strerror or error}")
        return REFUSED


def _dispatch(words: Sequence[str]) -> int:
    if not words:
        raise Misused("say what to do, such as 'incidentflow demo'")
    name, *rest = words
    if name in ("-h", "--help", "help"):
        say(_help())
        return DONE
    if name == "--version":
        say(f"incidentflow {version('incidentflow')}")
        return DONE
    if name not in SUBCOMMANDS:
        raise Misused(f"unknown command {name!r}; {nearest(name, SUBCOMMANDS)}")
    return SUBCOMMANDS[name](rest)


def _help() -> str:
    commands = aligned([(each.name, each.summary) for each in SUBCOMMANDS.values()])
    parts = (
        "usage: incidentflow COMMAND [options]",
        "Incident management that you embed: an explicit lifecycle, a journal that proves itself.",
        listed("commands", commands),
        listed("examples", EXAMPLES),
        listed("exit codes", CODES),
        listed("environment", ENVIRONMENT),
        "'incidentflow COMMAND --help' says more about each.",
    )
    return "\n\n".join(parts)


def _open_what_is_closed() -> None:
    """Send what a shell closed nowhere, as in ``incidentflow report x >&-``."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - to the end


def _close_pipe() -> None:
    """Send what is still buffered nowhere, so that leaving is quiet too."""
    with contextlib.suppress(OSError, ValueError):
        descriptor = sys.stdout.fileno()
        with Path(os.devnull).open("w") as nowhere:
            os.dup2(nowhere.fileno(), descriptor)
