"""Invariant: how far a log was replayed is a journal like any: exported, sealed and verified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import evolve

from incidentflow import IncidentDesk
from incidentflow.codec import Codec
from incidentflow.exports import Seal, verify_export
from incidentflow.exports.checking import Checker
from incidentflow.exports.records import Exported
from incidentflow.ports import KINDS, SOURCE, Allow, Deny, Query, Write
from incidentflow.replay import replay
from incidentflow.sources import LogMapping
from incidentflow.stores import MemoryStore

WriteLog = Callable[..., Path]


def exported(desk: IncidentDesk) -> Iterator[str]:
    """Export everything, one subject a page."""
    after = None
    while True:
        page = desk.export(after=after, limit=1)
        yield from page.text.splitlines()
        after = page.after
        if after is None:
            return


@pytest.fixture(name="store")
def replayed(write: WriteLog, mapping: LogMapping) -> MemoryStore:
    """Replay a small log in two runs."""
    store = MemoryStore()
    rows = [
        {"id": str(n), "at": f"2026-03-02 0{n}:00", "state": "New", "team": "Ana's"}
        for n in range(3)
    ]
    replay(write(*rows[:2]), mapping, store=store)
    replay(write(*rows), mapping, store=store)
    return store


def test_a_log_is_exported_and_sealed_with_the_rest(store: MemoryStore) -> None:
    """One subject of each kind at least; the export holds by itself and against the seal."""
    desk = IncidentDesk(store)
    lines, seal = list(exported(desk)), desk.seal()
    checked = verify_export(lines, seal=seal)

    assert checked.holds
    assert checked == desk.verify() == desk.verify(seal=seal)
    assert (3, 1, 1) == (checked.incidents, checked.desks, checked.sources)
    assert set(KINDS) == {head.kind for head in seal.heads}


def test_a_log_that_is_gone_shows(store: MemoryStore) -> None:
    """From an export, against a seal."""
    desk = IncidentDesk(store)
    seal = desk.seal()
    [log] = store.find(Query(tenant="default", kind=SOURCE))
    less = Seal(seal.tenant, seal.at, tuple(head for head in seal.heads if head.kind == SOURCE))
    broken = verify_export(exported(IncidentDesk(MemoryStore())), seal=less).broken

    assert [(log.subject.id, 1)] == [(each.subject, each.sequence) for each in broken]


def test_a_log_is_as_far_as_its_journal_says(store: MemoryStore) -> None:
    """A snapshot that says something else, or is due, does not hold."""
    [log] = store.find(Query(tenant="default", kind=SOURCE))
    lines = store.history(log.subject)
    checker = Checker(Codec())

    assert checker.check(Exported(log, lines)).holds
    for wrong in (evolve(log, snapshot=b"{}"), evolve(log, due_at=7)):
        [broken] = checker.check(Exported(wrong, lines)).broken
        assert (0, "the snapshot is not the last line of the journal") == (
            broken.sequence,
            broken.problem,
        )
    store.commit(
        [
            Write(
                subject=log.subject,
                expected=log.version,
                version=log.version,
                snapshot=b"{}",
                head=log.head,
                lines=(),
            )
        ]
    )
    assert [log.subject.id] == [each.subject for each in IncidentDesk(store).verify().broken]


def test_a_log_is_the_hosts_alone(store: MemoryStore) -> None:
    """Its journal names the numbers of incidents that a viewer may not see."""

    def none(actor: object, action: str, incident: object) -> Allow | Deny:
        del actor, action, incident
        return Deny("no", "no")

    mark = '"kind":"source"'
    for desk in (IncidentDesk(store), IncidentDesk(store, authorise=none)):
        assert mark not in "".join(exported(desk.seen_by("bo")))
        assert mark in "".join(exported(desk))
    assert 0 == IncidentDesk(store, authorise=none).seen_by("bo").verify().sources


def test_a_log_holds_no_text_of_a_person(store: MemoryStore) -> None:
    """Nothing stands beside its lines, and in them counts, digests and numbers only."""
    [log] = store.find(Query(tenant="default", kind=SOURCE))
    lines = store.history(log.subject)

    assert {"{}"} == {line.personal for line in lines}
    assert "Ana" not in repr((log, lines))
