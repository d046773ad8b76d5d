"""Invariant: what a store searches by is what the incident has, or verifying says so (J7)."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from incidentflow import FieldRule, IncidentDesk, Merge, Note, Policy, Resolve
from incidentflow.ports import Query, Store, Stored

Build = Callable[..., Any]
POLICY = Policy(fields=(FieldRule("tier"), FieldRule("seats", "number")))
WRONG: dict[str, Any] = {
    "state": "closed",
    "category": "terminal",
    "priority": 4,
    "service": None,
    "team": "other",
    "assignee": "bo",
    "dedup_key": "other",
    "fields": {"tier": "gold", "seats": 6},
}


class Misfiled:
    """A store whose index says something else, or nothing at all."""

    def __init__(self, store: Store, change: Callable[[Stored], Stored]) -> None:
        self._store = store
        self._change = change

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do what the store does."""
        return getattr(self._store, name)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find by what is not so."""
        return tuple(map(self._change, self._store.find(query)))


def report(desk: IncidentDesk) -> Any:  # noqa: ANN401 - from either desk
    """Report an incident that has everything that is searched by."""
    return desk.report(
        "Mail is down",
        by="ana",
        impact="high",
        urgency="high",
        service="mail",
        team="net",
        assignee="ana",
        dedup_key="mail",
        fields={"tier": "gold", "seats": 5},
    )


@pytest.mark.parametrize("column", WRONG)
def test_every_column_is_verified(build: Build, store: Store, column: str) -> None:
    """The incident is named, and what is wrong with its index, of one and of all."""
    desk = build(policy=POLICY)
    one, _ = report(desk), desk.report("Printer", by="bo")

    def change(stored: Stored) -> Stored:
        if stored.index is None or stored.subject.id != one.id:
            return stored
        wrong = {column: WRONG[column]}
        return evolve(stored, index=evolve(stored.index, **wrong))

    misfiled = build(Misfiled(store, change), policy=POLICY)

    assert desk.verify().holds
    assert desk.verify(one).holds
    for verified in (misfiled.verify(), misfiled.verify(one)):
        (broken,) = verified.broken
        assert (one.id, 0) == (broken.subject, broken.sequence)
        assert f"the store searches by another {column} than it has" == broken.problem


SPANS = ({"begun_at": -1}, {"begun_at": 1}, {"ended_at": None}, {"ended_at": 1}, {"ended_at": -1})
"""By how much an index is wrong; where it says too little, verifying says so."""
TOO_SHORT = ({"begun_at": 1}, {"ended_at": -1})


@pytest.mark.parametrize("wrong", SPANS, ids=str)
def test_for_which_periods_it_is_found_is_verified(
    build: Build, store: Store, wrong: dict[str, int | None]
) -> None:
    """To be found for more than it concerns is no harm; to be missed is."""
    desk, [(column, by)] = build(), wrong.items()
    one = desk.apply(desk.report("Mail", by="ana"), Resolve(by="ana", code="fixed", note="n"))

    def change(stored: Stored) -> Stored:
        if stored.index is None or stored.subject.id != one.id:
            return stored
        value = by and getattr(stored.index, column) + by
        return evolve(stored, index=evolve(stored.index, **{column: value}))

    found = build(Misfiled(store, change)).verify(one).broken
    told = "the store searches by another span than it has"

    assert desk.verify().holds
    assert [told] * (wrong in TOO_SHORT) == [each.problem for each in found]


def test_what_has_not_ended_is_not_found_as_ended(build: Build, store: Store) -> None:
    """A period that it goes on in would miss it."""
    desk = build()
    report = desk.report("Mail", by="ana")

    def change(stored: Stored) -> Stored:
        index = stored.index and evolve(stored.index, ended_at=1 << 60)
        return evolve(stored, index=index)

    (broken,) = build(Misfiled(store, change)).verify(report).broken

    assert "the store searches by another span than it has" == broken.problem


def test_an_index_that_changed_in_the_file_is_found(tmp_path: Path) -> None:
    """As by somebody who writes to the database, or by a page that was lost."""
    with IncidentDesk(f"sqlite:///{tmp_path / 'incidents.db'}", policy=POLICY) as desk:
        one = report(desk)
        assert desk.verify().holds
        connection = sqlite3.connect(tmp_path / "incidents.db")
        with connection:
            connection.execute(
                "UPDATE incidentflow_subject SET team = NULL, fields = 'nonsense' WHERE id = ?",
                (one.id,),
            )
        connection.close()
        (broken,) = desk.verify().broken

    assert "the store searches by another team, fields than it has" == broken.problem


def test_a_store_that_tells_nothing_is_believed(build: Build, store: Store) -> None:
    """Its journals are verified all the same."""
    report(build(policy=POLICY))
    silent = build(Misfiled(store, lambda stored: evolve(stored, index=None)), policy=POLICY)

    assert silent.verify().holds


def test_what_is_finished_or_merged_is_filed_right(desk: IncidentDesk) -> None:
    """Also where a merged incident holds its key for another, and where it has lost it."""
    done = desk.report("Mail", by="ana", dedup_key="mail")
    desk.apply(done, Resolve(by="ana", code="fixed", note="n"))
    first, last = desk.report("Disk", by="ana", dedup_key="disk"), desk.report("Web", by="ana")
    desk.apply(first, Merge(by="ana", into=last.id))

    assert desk.verify().holds

    desk.apply(last, Resolve(by="ana", code="fixed", note="n"))
    desk.report("Disk", by="ana", dedup_key="disk")
    desk.apply(first, Note(by="ana", text="x"))

    assert desk.verify().holds
    with desk.batch() as batch:
        new = batch.report("New", by="ana")
        batch.apply(last, Note(by="ana", text="x"))
        assert batch.verify(new).holds
        assert batch.verify(last).holds
