"""The subcommand ``conformance``: does a plugin do what its port says, without a test file."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from traceback import format_exception
from typing import TYPE_CHECKING

from attrs import define, field

from incidentflow import testing
from incidentflow.cli.importing import load_named
from incidentflow.cli.parsing import Arguments, Parser, Subcommand
from incidentflow.cli.style import count, say, tell
from incidentflow.desk.drivers import close_store
from incidentflow.errors import InvalidInput, shorten, told
from incidentflow.testing.contract import Contract
from incidentflow.testing.extras import require
from incidentflow.testing.store_awaited import answering

if TYPE_CHECKING:
    import pytest

KNOWN = "stores and notifiers, plain or awaited"
VERBS = ("load", "commit", "find", "history", "due", "claim", "settle")
FILE = """
from incidentflow.cli.conformance import contract_of

TestConformance = contract_of({named!r}, {reopen!r})
"""


def contract_of(named: str, reopen: str | None) -> type[Contract]:
    """
    Return the contract that fits what ``module:name`` names, ready to be run by pytest.

    Args:
        named: A function that makes a fresh, empty store or a fresh notifier; or a contract of
            one's own.
        reopen: For a durable store: a function that opens again what it is given.

    Raises:
        InvalidInput: There is no such thing, or no contract fits what it makes.

    """
    make, port = _fitting(named)
    if isinstance(make, type) and issubclass(make, Contract):
        return make
    methods: dict[str, object] = {f"make_{port}": staticmethod(make)}
    if reopen is not None:
        methods["reopen"] = staticmethod(_function(reopen, "reopen"))
    return type("Conformance", (_contract(port),), methods)


def _fitting(named: str) -> tuple[Callable[..., object], str]:
    """Find what makes a part, and name the port that the part is for; a contract passes."""
    make = _function(named, "factory")
    if isinstance(make, type) and issubclass(make, Contract):
        return make, ""
    with _theirs("factory", named):
        try:
            made = make()
        except TypeError as error:
            if error.__traceback__ is not None and error.__traceback__.tb_next is not None:
                raise
            problem = f"cannot be called without arguments: {error}"
            raise InvalidInput("factory", shorten(named), problem) from None
    if _can(made, ("send",)) and hasattr(made, "channel"):
        return make, "notifier"
    lacking = [verb for verb in VERBS if not _can(made, (verb,))]
    if lacking:
        would_do = f"known: {KNOWN}"
        if len(lacking) < len(VERBS):
            would_do = f"a store has {', '.join(lacking)} as well"
        problem = f"makes {shorten(made)}, and no contract fits that; {would_do}"
        raise InvalidInput("factory", shorten(named), problem)
    close_store(answering(made))  # type: ignore[arg-type] # it was just seen to be a store
    return make, "store"


@contextmanager
def _theirs(what: str, named: str) -> Iterator[None]:
    """
    Show whatever the author's own code raises, with its traceback, and refuse to go on.

    Raises:
        InvalidInput: Something was raised; that nothing was checked is not that it failed.

    """
    try:
        yield
    except InvalidInput:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever the author's code raises
        trace = error.__traceback__
        while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
            trace = trace.tb_next
        tell("".join(format_exception(type(error), error, trace)).rstrip())
        raise InvalidInput(what, shorten(named), f"raised {told(error)}") from None


def _can(made: object, verbs: Iterable[str]) -> bool:
    return all(callable(getattr(made, verb, None)) for verb in verbs)


def _function(named: str, what: str) -> Callable[..., object]:
    with _theirs(what, named):
        found = load_named(named, what)
    if not callable(found):
        raise InvalidInput(what, shorten(named), f"is {shorten(found)}; give a function")
    return found


def _contract(port: str) -> type[Contract]:
    """Import a contract under pytest, which then shows the values of a failing check."""
    import pytest  # noqa: PLC0415 - an extra, imported where it is used

    kit = (name for _, name, _ in iter_modules(testing.__path__, f"{testing.__name__}."))
    pytest.register_assert_rewrite(*(each for each in kit if each not in sys.modules))
    module = import_module(f"{testing.__name__}.{port}")
    contract: type[Contract] = getattr(module, f"{port.title()}Contract")
    return contract


@define
class _Checks:
    """What pytest tells of each check."""

    passed: int = 0
    excused: dict[str, str] = field(factory=dict)
    failed: dict[str, str] = field(factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count one check, or keep what it says."""
        name = report.nodeid.rpartition("::")[2]
        if report.failed:
            self.failed[name] = report.longreprtext
        elif report.skipped:
            self.excused[name] = getattr(report, "wasxfail", "") or report.longreprtext
        elif report.when == "call":
            self.passed += 1

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Keep why nothing could be collected."""
        if report.failed:
            self.failed["collecting the checks"] = report.longreprtext


def run_checks(named: str, reopen: str | None) -> _Checks:
    """Run the contract that fits, in a session of pytest that knows no configuration of ours."""
    import pytest  # noqa: PLC0415 - an extra, imported where it is used

    found = _Checks()
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / f"test_{Path(directory).name}.py"
        file.write_text(FILE.format(named=named, reopen=reopen), "utf-8")
        usual = ("-c", os.devnull, "--rootdir", directory, "-p", "no:terminal")
        quiet = ("-p", "no:cacheprovider", "--import-mode=importlib")
        code = pytest.main([*usual, *quiet, str(file)], plugins=[found])
    if code and not found.failed:
        found.failed["running pytest"] = f"pytest ended with {code!r}"
    return found


def _configure(parser: Parser) -> None:
    parser.add_argument(
        "factory",
        metavar="MODULE:NAME",
        help="a function that makes a fresh, empty store, or a fresh notifier; or a contract of "
        "your own",
    )
    parser.add_argument(
        "--reopen",
        metavar="MODULE:NAME",
        help="for a durable store: a function that returns what a new process finds of one",
    )


def _run(arguments: Arguments) -> int:
    require("pytest", "incidentflow conformance")
    port = _fitting(arguments.factory)[1]
    if arguments.reopen is not None:
        _function(arguments.reopen, "reopen")
        if port != "store":
            problem = f"is for a store; {arguments.factory} is none"
            raise InvalidInput("reopen", shorten(arguments.reopen), problem)
    found = run_checks(arguments.factory, arguments.reopen)
    for name, text in found.failed.items():
        say((f"FAILED {name}", *(f"    {line}" for line in text.splitlines())))
    for name, text in found.excused.items():
        say(f"excused {name}: {text}")
    say(_verdict(arguments.factory, found))
    return 1 if found.failed else 0


def _verdict(named: str, found: _Checks) -> str:
    excused = f", {len(found.excused)} excused" if found.excused else ""
    failed = f", {len(found.failed)} failed" if found.failed else ""
    word = "does not conform" if found.failed else "conforms"
    return f"{named} {word}: {count(found.passed, 'check')} passed{excused}{failed}."


CONFORMANCE = Subcommand(
    name="conformance",
    summary="Run the contract of your own store or notifier; exit 1 when it does not conform.",
    configure=_configure,
    run=_run,
    examples=(
        "incidentflow conformance mystore:make",
        "incidentflow conformance mystore:make --reopen mystore:reopen",
        "incidentflow conformance mypager:make",
        "incidentflow conformance tests.test_mystore:TestMyStore",
    ),
)
