"""Invariant: after an erasure nothing of it is found in the bytes of the file or of its log."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from incidentflow import (
    AcceptMajor,
    Acknowledge,
    Assign,
    DraftReview,
    Escalate,
    FieldRule,
    Finding,
    Hold,
    Identify,
    IncidentDesk,
    Merge,
    Note,
    Policy,
    Resolve,
    SetFields,
    SetSubstatus,
    StakeholderUpdate,
    WaiveReview,
)
from incidentflow.errors import StoreError
from incidentflow.stores import SQLiteStore
from incidentflow.testing.clock import ManualClock, SeededEntropy

CANARY = "canary7b1f"
POLICY = Policy(fields=(FieldRule("phone", personal=True),))
REQUEST = {"by": "dpo", "reason": "request 7"}
PLENTY = 40


def traces(path: Path) -> list[str]:
    """Name the files beside a database, and the database, that hold the canary."""
    files = sorted(path.parent.iterdir())
    return [file.name for file in files if CANARY.encode() in file.read_bytes()]


def leave_traces(path: Path) -> None:
    """Write and drop the canary as a library would that was built without secure deletion."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")
        connection.execute("CREATE TABLE incidentflow_scratch (text TEXT)")
        rows = [(f"{CANARY} " * 999,), *[(f"{place} {CANARY}",) for place in range(PLENTY)]]
        connection.executemany("INSERT INTO incidentflow_scratch VALUES (?)", rows)
        connection.execute("UPDATE incidentflow_scratch SET text = 'short'")
        connection.execute("DROP TABLE incidentflow_scratch")
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")


def live(desk: IncidentDesk) -> None:
    """Let the person be in every place that there is for one."""
    words, who = f"says {CANARY} here", f"{CANARY}-id"
    one = desk.report(
        words,
        by=who,
        requester=who,
        description=words,
        location=words,
        customer=words,
        assignee=who,
        dedup_key="disk",
        key="k1",
    )
    two = desk.report("Other", by="bo", requester=who, fields={"phone": CANARY}, key="k2")
    desk.apply(one, Acknowledge(by=who), Note(by=who, text=words), key="k3")
    desk.apply(one, Finding(by=who, text=words), Identify(by=who, cause=words))
    desk.apply(one, SetSubstatus(by=who, label=CANARY), Assign(by="bo", assignee=who))
    desk.apply(one, Escalate(by=who, target=who, reason=words, axis="hierarchical"))
    desk.apply(one, StakeholderUpdate(by=who, text=words))
    desk.apply(one, SetFields(by=who, fields={"phone": CANARY}))
    desk.apply(one, Hold(by=who, reason="awaiting_vendor", reference=words, comment=words))
    desk.apply(
        two,
        AcceptMajor(by="bo", business_impact=words, incident_manager=who, communications_lead=who),
        DraftReview(by=who, summary=words, went_well=words),
        WaiveReview(by="bo", reason=words, approved_by=who),
    )
    third = desk.report("Third", by="bo", requester="cy")
    desk.apply(third, Note(by="bo", text="x" * 9000 + words), Merge(by=who, into=one.number))
    desk.apply(one, Resolve(by=who, code="fixed", note=words))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Name a file that does not exist yet."""
    return tmp_path / "incidents.db"


@pytest.fixture
def desk(path: Path) -> Iterator[IncidentDesk]:
    """Give a desk over such a file."""
    store = SQLiteStore(path, synchronous="NORMAL", busy_timeout=timedelta(milliseconds=50))
    with IncidentDesk(store, policy=POLICY, clock=ManualClock(), entropy=SeededEntropy()) as made:
        yield made


def test_no_byte_of_a_person_is_left(desk: IncidentDesk, path: Path) -> None:
    """In the file, its log, free pages and the unused part of others; and all chains hold."""
    live(desk)
    leave_traces(path)
    before = traces(path)
    with closing(sqlite3.connect(path)) as other:
        other.execute("SELECT count(*) FROM incidentflow_entry").fetchall()
        erased = desk.erase(f"{CANARY}-id", names=[CANARY], **REQUEST)
        after = traces(path)

    assert before
    assert [] == after
    assert erased.is_complete
    assert 3 == erased.incidents
    assert desk.verify().holds
    assert 3 == len(desk.find())


def test_a_reader_of_the_past_holds_the_log(desk: IncidentDesk, path: Path) -> None:
    """The erasure says so and stands; a repeat, when they are done, wipes the rest."""
    live(desk)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM incidentflow_entry").fetchall()
        with pytest.raises(StoreError, match="repeat the erasure later"):
            desk.erase(f"{CANARY}-id", names=[CANARY], **REQUEST)
        counted = desk.traces(f"{CANARY}-id", names=[CANARY])
        left = traces(path)
    again = desk.erase(f"{CANARY}-id", names=[CANARY], **REQUEST)

    assert (True, True) == (counted.is_empty, again.is_empty)
    assert left
    assert [] == traces(path)


def test_inside_a_transaction_of_the_host_nothing_is_erased(path: Path) -> None:
    """Wiping cannot wait for it."""
    with SQLiteStore(path) as own, closing(sqlite3.connect(path)) as host:
        joined = own.join(host)

    assert "erases" in own.capabilities
    assert "erases" not in joined.capabilities
