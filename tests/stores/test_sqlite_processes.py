"""Many threads and processes share one file: nothing is lost, whoever forks, closes or dies."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest

from incidentflow.ports import Query
from incidentflow.stores import SQLiteStore
from incidentflow.testing.store_data import ACME, by_id, ids, incident, lines, walk, write

PROCESSES, COMMITS = 4, 25

OPEN = """
import sys
from incidentflow.stores import SQLiteStore
from incidentflow.testing.store_data import write

print("up", flush=True)
sys.stdin.readline()
store = SQLiteStore(sys.argv[1])
"""
REPORT = f"""
for number in range({COMMITS}):
    [given] = store.commit([write(f"{{sys.argv[2]}}-{{number}}", series="INC")])
    print(given)
"""
NEVER_END = """
version = 0
while True:
    store.commit([write("a", version, 3), write("b", version, 3)])
    version += 3
    print(version, flush=True)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "incidents.db"


@pytest.fixture
def store(path: Path) -> Iterator[SQLiteStore]:
    """Open a store with one incident."""
    with SQLiteStore(path) as store:
        store.commit([write("a")])
        yield store


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Run a script in a process of its own, which waits for a line before it opens the store."""
    command = (sys.executable, "-c", f"{OPEN}\n{script}", *arguments)
    return subprocess.Popen(  # noqa: S603
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def results(running: Sequence[subprocess.Popen[str]]) -> list[str]:
    """Let processes open the store together, and return what each of them has to say."""
    for process in running:
        assert process.stdout
        process.stdout.readline()
    for process in running:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    said = [process.communicate()[0] for process in running]

    assert [0] * len(running) == [process.returncode for process in running]
    return said


def test_processes_may_create_a_file_and_share_its_series(path: Path) -> None:
    """Whoever comes first makes the tables; no number is given twice, none is left out."""
    running = [start(REPORT, str(path), str(number)) for number in range(PROCESSES)]
    given = [number for said in results(running) for number in said.split()]
    with SQLiteStore(path) as store:
        found = walk(store, Query(tenant=ACME))

    assert [f"INC-{place:07d}" for place in range(1, PROCESSES * COMMITS + 1)] == sorted(given)
    assert sorted(given) == sorted(f"{stored.number}" for stored in found)


def test_a_killed_process_leaves_whole_commits(path: Path) -> None:
    """What it has reported is there, the rest is there together or not at all."""
    with start(NEVER_END, str(path)) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("\n")
        process.stdin.flush()
        process.stdout.readline()
        for _ in range(COMMITS):
            reported = int(process.stdout.readline())
        process.send_signal(signal.SIGKILL)
    with SQLiteStore(path) as store:
        a, b = by_id(store, "a"), by_id(store, "b")

        assert a
        assert b
        assert reported <= a.version == b.version
        assert lines(1, a.version) == store.history(incident("a"))
        assert lines(1, a.version) == store.history(incident("b"))
        store.commit([write("a", a.version)])


# --- forks -----------------------------------------------------------------------------------


def in_child(fork: Callable[[], int], work: Callable[[], object]) -> Callable[[], int]:
    """
    Fork, and run *work* in the child.

    Returns:
        What waits for the child to end, and tells how it ended: 0 is well.

    """
    child = fork()
    if child:
        return lambda: os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    ended = 1
    try:
        work()
        ended = 0
    finally:
        os._exit(ended)


@pytest.mark.parametrize("fork", [os.fork, ctypes.PyDLL(None).fork], ids=["python", "c"])
def test_a_child_has_a_connection_of_its_own(store: SQLiteStore, fork: Callable[[], int]) -> None:
    """Parent and child both go on, and see what the other has committed."""
    wait = in_child(fork, lambda: store.commit([write("b"), write("a", 1)]))

    assert 0 == wait()
    store.commit([write("a", 2), write("b", 1)])
    assert lines(1, 3) == store.history(incident("a"))


def test_a_parent_that_ends_takes_nothing_from_its_child(store: SQLiteStore) -> None:
    """
    The child's commits stand though the parent has closed the file in the meantime.

    With connections that stay open across the fork, they are lost: the parent, taking itself for
    the last one, removes the log that the child writes to.
    """
    told, tell = os.pipe()
    heard, hear = os.pipe()

    def work() -> None:
        store.commit([write("b")])
        os.write(hear, b"!")
        os.read(told, 1)
        store.commit([write("c")])

    wait = in_child(os.fork, work)
    os.read(heard, 1)
    store.close()
    os.write(tell, b"!")

    assert 0 == wait()
    assert list("cba") == ids(walk(store, Query(tenant=ACME)))
    for end in (told, tell, heard, hear):
        os.close(end)


@pytest.mark.filterwarnings("ignore:This process.*fork:DeprecationWarning")
def test_a_fork_waits_for_what_is_under_way(store: SQLiteStore) -> None:
    """Other threads may use the store all the time; neither they nor the children ever fail."""
    enough = threading.Event()
    used = []

    def work() -> None:
        version = 0
        while not enough.is_set():
            store.commit([write("z", version)])
            version += 1
            used.extend(by_id(store, "z") for _ in range(99))

    thread = threading.Thread(target=work)
    thread.start()
    ended = [in_child(os.fork, partial(store.commit, [write(name)]))() for name in "bcde"]
    enough.set()
    thread.join()

    assert [0] * 4 == ended
    assert None not in used
    assert ["z", *"edcba"] == ids(walk(store, Query(tenant=ACME)))


def test_a_connection_of_another_process_is_put_aside(store: SQLiteStore) -> None:
    """It is neither used nor closed: either would break the locks of the process that owns it."""
    link = store._links._link()  # noqa: SLF001
    theirs = link.connection()
    link._process = -1  # noqa: SLF001
    store.commit([write("b")])

    assert theirs is not link.connection()
    assert [(1,)] == theirs.execute("SELECT 1").fetchall()
    theirs.close()


# --- threads ---------------------------------------------------------------------------------


def test_one_thread_may_close_what_another_uses(store: SQLiteStore) -> None:
    """Whoever is at work finishes, and opens the file again for the next time."""
    enough = threading.Event()
    committed = []

    def work() -> None:
        version = 0
        while not enough.is_set():
            store.commit([write("busy", version)])
            version += 1
        committed.append(version)

    thread = threading.Thread(target=work)
    thread.start()
    for _ in range(COMMITS):
        store.close()
        by_id(store, "busy")
    enough.set()
    thread.join()

    assert lines(1, committed[0]) == store.history(incident("busy"))
