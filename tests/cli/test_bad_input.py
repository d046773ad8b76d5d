"""Invariant: whatever is typed, and wherever it is stored, the answer is one clear line."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from incidentflow.cli.program import SUBCOMMANDS
from tests.cli.conftest import Outcome, Run

Words = tuple[str, ...]
NUMBER, SECRET = "INC-0000001", "hunter2"
LONGEST = 1100
VALUES = (
    *("", " ", "\x00", "a\x00b", "\ud800", "x" * 100_000, "9" * 5000, "a\nb", "bell\x07"),
    *("-1", "nan", "system:cron", "2026-02-30T00:00Z", "9999-12-31T23:59-12:00", "2026-03-02"),
    *("bytes", "deep", "nowhere/x", "/", "INC-9", "--", "{}", "a=b", "a:b:c:d"),
)
TYPED: dict[str, Callable[[str], Words]] = {
    "a command": lambda v: (v,),
    "report": lambda v: ("report", v),
    "report --at": lambda v: ("report", "x", "--at", v),
    "report --key": lambda v: ("report", "x", "--key", v),
    "report --impact": lambda v: ("report", "x", "--impact", v),
    "apply": lambda v: ("apply", v, "note", "--text", "t"),
    "apply a command": lambda v: ("apply", NUMBER, v),
    "apply --text": lambda v: ("apply", NUMBER, "note", "--text", v),
    "apply --expect": lambda v: ("apply", NUMBER, "note", "--text", "t", "--expect", v),
    "list --state": lambda v: ("list", "--state", v),
    "list --field": lambda v: ("list", "--field", v),
    "list --after": lambda v: ("list", "--after", v),
    "list --store": lambda v: ("list", "--store", v),
    "list --desk": lambda v: ("list", "--desk", v),
    "list --plugin": lambda v: ("list", "--plugin", v),
    "list --policy": lambda v: ("list", "--policy", v),
    "list --tenant": lambda v: ("list", "--tenant", v),
    "show": lambda v: ("show", v),
    "options --by": lambda v: ("options", NUMBER, "--by", v),
    "tick --limit": lambda v: ("tick", "--limit", v),
    "deliver --limit": lambda v: ("deliver", "--limit", v),
    "health --late": lambda v: ("health", "--late", v),
    "metrics --by": lambda v: ("metrics", "--by", v),
    "metrics --between": lambda v: ("metrics", "--between", v),
    "metrics --since": lambda v: ("metrics", "--since", v),
    "metrics --zone": lambda v: ("metrics", "--zone", v),
    "exceptions --until": lambda v: ("exceptions", "--until", v),
    "adopt --reason": lambda v: ("adopt", "--reason", v),
    "verify": lambda v: ("verify", v),
    "verify --seal": lambda v: ("verify", "--seal", v),
    "seal --output": lambda v: ("seal", "--output", v),
    "export --output": lambda v: ("export", "--output", v),
    "erase": lambda v: ("erase", v, "--reason", "asked", "--by", "boss"),
    "erase --reason": lambda v: ("erase", "tom", "--reason", v, "--by", "boss"),
    "erase --name": lambda v: ("erase", "tom", "--reason", "asked", "--by", "boss", "--name", v),
    "policy check": lambda v: ("policy", "check", v),
    "backtest --policy": lambda v: ("backtest", "--policy", v),
    "replay --mapping": lambda v: ("replay", "bytes", "--mapping", v),
    "diagram --desk": lambda v: ("diagram", "--desk", v),
    "conformance": lambda v: ("conformance", v),
}


def check(outcome: Outcome) -> None:
    """Check that an answer can be read, and is none of a stack of calls."""
    assert outcome.code in {0, 1, 2}
    assert outcome.code == 0 or outcome.err or outcome.out
    assert "Traceback" not in outcome.err
    assert all(line.isprintable() and len(line) < LONGEST for line in outcome.err.splitlines())
    assert SECRET not in outcome.err + outcome.out


@pytest.mark.usefixtures("reported")
@pytest.mark.parametrize("what", TYPED)
def test_nothing_that_is_typed_is_more_than_refused(what: str, run: Run) -> None:
    """Every word of every command, with every value."""
    for value in VALUES:
        Path("bytes").write_bytes(b"\xff\xfe\x00" * 50)
        Path("deep").write_text("[" * 100_000, "utf-8")
        check(run(*TYPED[what](value)))


ON_A_STORE: dict[str, Words] = {
    "report": ("report", "Printer"),
    "apply": ("apply", NUMBER, "note", "--text", "hello"),
    "list": ("list",),
    "show": ("show", NUMBER),
    "forecast": ("forecast", NUMBER),
    "options": ("options", NUMBER),
    "tick": ("tick",),
    "deliver": ("deliver",),
    "health": ("health",),
    "metrics": ("metrics",),
    "exceptions": ("exceptions",),
    "adopt": ("adopt", "--reason", "why", "--policy", "next.toml"),
    "verify": ("verify",),
    "seal": ("seal",),
    "export": ("export",),
    "erase": ("erase", "ana", "--by", "boss", "--reason", "asked"),
    "describe": ("describe",),
    "backtest": ("backtest", "--policy", "next.toml"),
}
CHANGING = ("report", "apply", "tick", "deliver", "adopt", "erase")
STORELESS = {"demo", "policy", "diagram", "conformance", "replay"}


def test_no_command_is_forgotten() -> None:
    """Each that works on a store is tried on bad ones."""
    assert {*ON_A_STORE} == {*SUBCOMMANDS} - STORELESS


@pytest.fixture(autouse=True)
def _policy() -> None:
    """Have a policy to adopt."""
    Path("next.toml").write_text("reopen_closed = true\n", "utf-8")


def said(statement: str) -> None:
    """Let somebody say something to the database."""
    with closing(sqlite3.connect("incidents.db", isolation_level=None)) as connection:
        connection.execute(statement)


@pytest.mark.usefixtures("reported")
@pytest.mark.parametrize("command", ON_A_STORE)
@pytest.mark.parametrize(
    ("spoil", "advice"),
    [
        (lambda path: path.write_bytes(b"hello"), "another file"),
        (lambda path: path.write_bytes(b"x" * 5000), "another file"),
        (lambda _: said("PRAGMA user_version = 99"), "upgrade incidentflow"),
    ],
)
def test_a_bad_database_is_said(
    command: str, spoil: Callable[[Path], object], advice: str, run: Run
) -> None:
    """By every command, in one line, with what would do; the file is left as it is."""
    path = Path("incidents.db")
    spoil(path)
    before = path.read_bytes()
    outcome = run(*ON_A_STORE[command])

    check(outcome)
    assert (1, "") == (outcome.code, outcome.out)
    assert outcome.err.startswith("incidentflow: [store.foreign] cannot open ")
    assert advice in outcome.err
    assert outcome.err.endswith("nothing was changed\n")
    assert before == path.read_bytes()


LOCKABLE = """
from datetime import timedelta

from incidentflow import IncidentDesk, Policy
from incidentflow.stores import SQLiteStore

store = SQLiteStore("incidents.db", busy_timeout=timedelta(0))
desk = IncidentDesk(store, policy=Policy(reopen_closed=True))
"""


@contextmanager
def locked() -> Iterator[None]:
    """Let somebody else write, and not end."""
    with closing(sqlite3.connect("incidents.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.usefixtures("reported")
def test_while_another_one_writes_reading_goes_on(run: Run, tmp_path: Path) -> None:
    """What changes something says what would do, and changes nothing."""
    module = f"lockable_{tmp_path.name.replace('-', '_')}"
    Path(f"{module}.py").write_text(LOCKABLE, "utf-8")
    before = run("show", NUMBER).out
    asked = {
        name: (*words[: words.index("--policy")], *words[words.index("--policy") + 2 :])
        if name == "adopt"
        else words
        for name, words in ON_A_STORE.items()
        if name != "backtest"
    }
    with locked():
        outcomes = {name: run(*words, "--desk", f"{module}:desk") for name, words in asked.items()}

    for name, outcome in outcomes.items():
        check(outcome)
        assert (name in CHANGING) is ("[store.failed]" in outcome.err)
        assert (name in CHANGING) is ("try again in a moment; nothing was changed" in outcome.err)
    assert before == run("show", NUMBER).out


@pytest.mark.parametrize("command", ON_A_STORE)
@pytest.mark.parametrize(
    "store",
    [
        f"postgresql://u:{SECRET}@host/db",
        f"sqlite:///incidents.db?password={SECRET}",
        f"sqlite://u:{SECRET}@host/incidents.db",
        SECRET,
    ],
)
def test_what_may_be_secret_in_a_url_is_not_shown(command: str, store: str, run: Run) -> None:
    """Whatever is wrong with it."""
    outcome = run(*ON_A_STORE[command], "--store", store)

    check(outcome)
    assert outcome.code in {1, 2}
    assert outcome.err.startswith("incidentflow: [")
