"""A store of one's own is checked without a test file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow.testing.contract import checks
from incidentflow.testing.store import StoreContract

Run = Callable[..., Any]
ALL = len({*checks(StoreContract)})

STORES = """
import tempfile
from pathlib import Path

import pytest

from incidentflow.errors import StoreError
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.contract import Contract
from incidentflow.testing.simulation import SuspendingStore
from incidentflow.testing.store import StoreContract


class Forgetful(MemoryStore):
    def history(self, subject, after=0):
        return super().history(subject, after)[:11]


def forgetful():
    return Forgetful()


def on_disk():
    directory = Path(tempfile.mkdtemp(dir="."))
    return SQLiteStore(directory / "incidents.db", synchronous="NORMAL")


def reopen(store):
    return SQLiteStore(store.name.removeprefix("sqlite:///"))


def greedy(path):
    return Forgetful()


def clumsy():
    return greedy()


class Mute:
    channel = "default"

    def send(self, notification):
        return None


class TestOurs(StoreContract):
    def make_store(self):
        return Forgetful()

    @pytest.mark.xfail(reason="only eleven entries are kept")
    def test_journals_grow_in_order(self):
        super().test_journals_grow_in_order()

    @pytest.mark.skip(reason="takes too long")
    def test_many_states_are_found(self):
        super().test_many_states_are_found()


class Impossible(Contract):
    pass


def awaited():
    return SuspendingStore(MemoryStore())


def awaited_forgetful():
    return SuspendingStore(Forgetful())


async def load(lookup):
    return None


class HalfAwaited(MemoryStore):
    load = staticmethod(load)


class Half:
    name, capabilities = "half", frozenset()
    load = find = history = due = claim = settle = lambda self, *asked: None


def once(made=[]):
    if made:
        raise RuntimeError("it was made already")
    made.append(MemoryStore())
    return made[0]


def unreachable():
    raise StoreError("connect", "nobody answers")


def leaves():
    raise SystemExit(0)


nothing = None
"""


@pytest.fixture(autouse=True)
def _stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put some stores where they are found, and forget what an earlier test imported."""
    (tmp_path / "ourstores.py").write_text(STORES)
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delitem(sys.modules, "ourstores", raising=False)


def test_a_store_that_conforms_passes(run: Run) -> None:
    """The verdict is one line, and the exit code is 0."""
    outcome = run("conformance", "incidentflow.stores:MemoryStore")

    assert (0, "") == (outcome.code, outcome.err)
    assert outcome.out.startswith("incidentflow.stores:MemoryStore conforms: ")
    assert 1 == len(outcome.out.splitlines())


def test_a_store_that_is_awaited_is_checked_like_any_other(run: Run) -> None:
    """And one that is awaited in parts only is none."""
    good = run("conformance", "ourstores:awaited")
    bad = run("conformance", "ourstores:awaited_forgetful")
    half = run("conformance", "ourstores:HalfAwaited")

    assert (0, f"ourstores:awaited conforms: {ALL} checks passed.\n") == (good.code, good.out)
    assert 1 == bad.code
    assert f"does not conform: {ALL - 1} checks passed, 1 failed." in bad.out
    assert 1 == half.code
    assert "can't be used in 'await' expression" in half.out


def test_a_store_that_does_not_conform_fails(run: Run) -> None:
    """Each failing check is shown with what it saw, and the exit code is 1."""
    outcome = run("conformance", "ourstores:forgetful")

    assert 1 == outcome.code
    assert "FAILED test_journals_grow_in_order\n" in outcome.out
    assert 'assert lines(1, 12) == store.history(incident("a"))' in outcome.out
    assert (
        f"ourstores:forgetful does not conform: {ALL - 1} checks passed, 1 failed." in outcome.out
    )


def test_a_notifier_is_checked_by_its_own_contract(run: Run) -> None:
    """One that conforms passes, and one that answers nonsense fails."""
    good = run("conformance", "incidentflow.notifiers:LoggingNotifier")
    bad = run("conformance", "ourstores:Mute")

    assert 0 == good.code
    assert "incidentflow.notifiers:LoggingNotifier conforms: " in good.out
    assert 1 == bad.code
    assert "ourstores:Mute does not conform" in bad.out


def test_a_durable_store_says_how_it_is_opened_again(run: Run) -> None:
    """Without that it cannot pass."""
    assert 1 == run("conformance", "ourstores:on_disk").code
    outcome = run("conformance", "ourstores:on_disk", "--reopen", "ourstores:reopen")

    assert (0, "") == (outcome.code, outcome.err)


def test_a_contract_of_one_s_own_is_run_as_it_is(run: Run) -> None:
    """With what it excuses, and why."""
    outcome = run("conformance", "ourstores:TestOurs")

    assert 0 == outcome.code
    assert "excused test_journals_grow_in_order: only eleven entries are kept" in outcome.out
    assert "takes too long" in outcome.out
    assert f"ourstores:TestOurs conforms: {ALL - 2} checks passed, 2 excused." in outcome.out


@pytest.mark.parametrize(
    ("named", "text"),
    [
        ("ourstores", "is not of the form module:name"),
        ("ourstores:missing", "cannot be imported"),
        ("ourstores:greedy", "cannot be called without arguments"),
        ("ourstores:nothing", "is None; give a function"),
        ("builtins:dict", "no contract fits that; known: stores and notifiers"),
        ("ourstores:Half", "no contract fits that; a store has commit as well"),
        ("ourstores:forgetful --reopen ourstores:nothing", "is None; give a function"),
        ("ourstores:Mute --reopen ourstores:reopen", "is for a store; ourstores:Mute is none"),
    ],
)
def test_what_is_no_store_is_told(named: str, text: str, run: Run) -> None:
    """Before anything is run."""
    outcome = run("conformance", *named.split())

    assert 2 == outcome.code
    assert text in outcome.err


def test_a_fault_of_the_factory_itself_is_shown_whole(run: Run) -> None:
    """With its own traceback, for its author."""
    outcome = run("conformance", "ourstores:clumsy")
    *traceback, last = outcome.err.splitlines()

    assert (2, "") == (outcome.code, outcome.out)
    assert "return greedy()" in "".join(traceback)
    assert "cli/conformance.py" not in outcome.err.replace("\\", "/")
    assert last.startswith(
        "incidentflow: [input.invalid] factory = 'ourstores:clumsy': raised Type"
    )


@pytest.mark.parametrize(
    ("named", "problem"),
    [
        ("ourstores:unreachable", "raised StoreError: "),
        ("ourstores:leaves", "raised SystemExit: '0'"),
        ("brokenstores:make", "raised ZeroDivisionError: "),
    ],
)
def test_a_factory_that_fails_is_not_one_that_does_not_conform(
    named: str, problem: str, run: Run
) -> None:
    """Nothing was checked, so the exit code is 2, whatever it raises."""
    Path("brokenstores.py").write_text("1 / 0", "utf-8")
    outcome = run("conformance", named)

    assert (2, "") == (outcome.code, outcome.out)
    assert f"'{named}': {problem}" in outcome.err
    assert "Traceback" in outcome.err


def test_nothing_run_is_not_passed(run: Run) -> None:
    """A contract without checks, or what cannot be collected, is no success."""
    collected = run("conformance", "ourstores:Impossible")
    made_again = run("conformance", "ourstores:once")

    assert 1 == collected.code == made_again.code
    assert "FAILED running pytest" in collected.out
    assert "FAILED collecting the checks" in made_again.out


def test_it_needs_the_extra(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where pytest is not installed, the error names what brings it."""
    monkeypatch.setitem(sys.modules, "pytest", None)
    outcome = run("conformance", "ourstores:forgetful")

    assert 2 == outcome.code
    assert "pip install 'incidentflow[test]'" in outcome.err
