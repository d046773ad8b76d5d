"""Invariant: a batch is one transaction: it sees its own writes, and stores all of them or none."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidentflow import Acknowledge, Cancel, Hold, IncidentDesk, Merge, Note, Resolve
from incidentflow.errors import (
    CommitConflict,
    IncidentNotFound,
    InvalidInput,
    KeyReused,
    StaleIncident,
    TransitionRefused,
)
from incidentflow.ports import OwedKind, Store
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.words import micros

Build = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")


def test_a_batch_stores_everything_at_its_end(desk: IncidentDesk, other: IncidentDesk) -> None:
    """Nobody else sees anything before; several events on one incident are fine."""
    with desk.batch() as batch:
        first = batch.report("Mail is down", by="ana")
        batch.apply(first, Acknowledge(by="ana"))
        batch.apply(first, RESOLVE)
        batch.report("Printer", by="ana")
        seen = len(other.find())
    found = {incident.title: incident for incident in other.find()}

    assert (0, 2) == (seen, len(found))
    assert ("resolved", "new") == (found["Mail is down"].state, found["Printer"].state)
    assert {"INC-0000001", "INC-0000002"} == {one.number for one in found.values()}
    assert (None, True) == (first.number, other.verify().holds)


def test_what_a_batch_changes_keeps_its_place_until_the_end(
    desk: IncidentDesk, clock: ManualClock
) -> None:
    """Pages go by what is stored, so that none comes twice."""
    desk.report("Printer", by="ana", impact="low", urgency="low")
    mail = desk.report("Mail is down", by="ana", impact="high", urgency="high")
    before = desk.next_due()
    with desk.batch() as batch:
        batch.apply(mail, Cancel(by="ana", reason="test"))
        titles = [each.title for each in batch.find(order="due", limit=1)]
        later = batch.next_due()
        clock.advance(minutes=1)
        counted = batch.metrics().whole.incidents

    assert later is not None
    assert before is not None
    assert before < later
    assert (["Mail is down"], 2) == (titles, counted)


def test_a_batch_sees_its_own_writes(desk: IncidentDesk) -> None:
    """By id, by number, by dedup key, in timelines and in decisions."""
    known = desk.report("Known", by="ana", dedup_key="disk")
    with desk.batch() as batch:
        mine = batch.report("Mail is down", by="ana", dedup_key="mail", number="T-1")
        again = batch.report("Mail is down", by="bo", dedup_key="mail")
        batch.apply("T-1", Note(by="ana", text="hello"))
        batch.apply(known.number or "", RESOLVE)
        fresh = batch.report("Disk", by="ana", dedup_key="disk")
        state = batch.get("INC-0000001").state
        merged = batch.apply(fresh, Merge(by="ana", into="T-1"))
        timeline = [entry.kind for entry in batch.history(mine)]
        old = [entry.kind for entry in batch.history(known)]

    assert (mine.id, 2) == (again.id, again.counts.reports)
    assert (["reported", "reported_again", "noted"], "resolved") == (timeline, state)
    assert (mine.id, "merged") == (merged.merged_into, desk.get(fresh).state)
    assert ["reported", "resolved"] == old[:2]
    assert desk.get("T-1").counts.notes == 1
    assert desk.verify().holds


def test_a_search_in_a_batch_sees_what_it_changed(desk: IncidentDesk) -> None:
    """What is stored already is found as it stands in the batch; what is new is not found yet."""
    incident = desk.report("Mail is down", by="ana")
    with desk.batch() as batch:
        resolved = batch.apply(incident, RESOLVE)
        batch.report("Printer", by="ana")
        found = list(batch.find()), list(batch.find(state="new"))

    assert ([resolved], []) == found


def test_an_error_leaves_nothing(desk: IncidentDesk) -> None:
    """Neither what came before it, nor a key, nor a number."""
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(TransitionRefused), desk.batch() as batch:  # noqa: PT012 - the block is it
        batch.apply(incident, Acknowledge(by="ana"), key="k")
        batch.report("Printer", by="ana", key="l")
        batch.apply(incident, Acknowledge(by="ana"), Resolve(by="ana"))

    assert [incident] == list(desk.find())
    assert "INC-0000002" == desk.report("Plotter", by="ana", key="l").number
    assert "resolved" == desk.apply(incident, RESOLVE, key="k").state


def test_a_conflict_at_the_end_leaves_nothing(desk: IncidentDesk, other: IncidentDesk) -> None:
    """Whatever the batch relied on must still stand: a version, a read, a key, a dedup key."""
    one, two = desk.report("One", by="ana"), desk.report("Two", by="ana")
    note = Note(by="bo", text="hm")

    def version(batch: IncidentDesk) -> None:
        batch.apply(one, note)
        other.apply(one, note)

    def read(batch: IncidentDesk) -> None:
        batch.apply(one, Merge(by="ana", into=two.id))
        other.apply(two, note)

    def key(batch: IncidentDesk) -> None:
        batch.report("Three", by="ana", key="k")
        other.report("Four", by="ana", key="k")

    def dedup_key(batch: IncidentDesk) -> None:
        batch.report("Three", by="ana", dedup_key="d")
        other.report("Four", by="ana", dedup_key="d")

    def number(batch: IncidentDesk) -> None:
        batch.report("Three", by="ana", number="T")
        other.report("Four", by="ana", number="T")

    for relied_on in (version, read, key, dedup_key, number):
        before = len(desk.find())
        with pytest.raises(CommitConflict) as caught, desk.batch() as batch:  # noqa: PT012
            batch.report("Never", by="ana")
            relied_on(batch)

        assert relied_on.__name__ == caught.value.what
        assert "Never" not in {incident.title for incident in desk.find()}
        assert len(desk.find()) - before == (relied_on in {key, dedup_key, number})


def test_keys_count_inside_a_batch(desk: IncidentDesk) -> None:
    """A repeat returns the first result, also of before the batch; a reuse is refused."""
    known = desk.report("Known", by="ana", key="old")
    with desk.batch() as batch:
        first = batch.report("Mail is down", by="ana", key="k")
        noted = batch.apply(first, Note(by="ana", text="1"), key="l")
        batch.apply(first, RESOLVE)
        repeats = (
            batch.report("Mail is down", by="ana", key="k"),
            batch.apply(first, Note(by="ana", text="1"), key="l"),
            batch.report("Known", by="ana", key="old"),
        )
        with pytest.raises(KeyReused):
            batch.report("Printer", by="ana", key="k")
    again = desk.report("Mail is down", by="ana", key="k")

    assert (first, noted, known) == repeats
    assert (first, "INC-0000002") == (again, again.number)
    assert 2 == len(desk.find())


def test_expectations_count_inside_a_batch(desk: IncidentDesk) -> None:
    """What the batch did itself makes a version stale, too."""
    incident = desk.report("Mail is down", by="ana")
    with desk.batch() as batch:
        batch.apply(incident, Note(by="bo", text="hm"))
        with pytest.raises(StaleIncident, match="changed by person:bo"):
            batch.apply(incident, RESOLVE, expect=1)
        batch.apply(incident, RESOLVE, expect=2)

    assert "resolved" == desk.get(incident).state


def test_a_batch_may_reach_into_several_tenants(desk: IncidentDesk) -> None:
    """One transaction, several worlds."""
    with desk.batch() as batch:
        ours = batch.tenant("acme").report("Mail is down", by="ana", dedup_key="mail")
        theirs = batch.tenant("zeta").report("Mail is down", by="ana", dedup_key="mail")

    assert ours.id != theirs.id
    assert ["INC-0000001"] * 2 == [
        desk.tenant(one.tenant).get(one).number for one in (ours, theirs)
    ]


def test_a_batch_in_a_batch_belongs_to_it(desk: IncidentDesk, other: IncidentDesk) -> None:
    """The inner one hands over at its end; the outer one stores, all or nothing."""
    incident = desk.report("Mail is down", by="ana")
    with desk.batch() as outer:
        outer.apply(incident, Acknowledge(by="ana"))
        with outer.batch() as inner:
            inner.apply(incident, Note(by="ana", text="1"))
            inner.apply(incident, Note(by="ana", text="2"))
        with pytest.raises(ZeroDivisionError), outer.batch() as inner:  # noqa: PT012
            inner.apply(incident, RESOLVE)
            raise ZeroDivisionError
        notes = outer.get(incident).counts.notes, other.get(incident).counts.notes

    assert ((2, 0), 2, "in_progress") == (
        notes,
        desk.get(incident).counts.notes,
        desk.get(incident).state,
    )


def test_an_inner_batch_is_told_of_a_conflict_with_the_outer(desk: IncidentDesk) -> None:
    """What the inner one relied on has changed in the outer one meanwhile."""
    incident = desk.report("Mail is down", by="ana")
    with desk.batch() as outer:
        outer.apply(incident, Note(by="ana", text="1"))
        with pytest.raises(CommitConflict), outer.batch() as inner:  # noqa: PT012
            inner.apply(incident, Note(by="ana", text="2"))
            outer.apply(incident, Note(by="ana", text="3"))

    assert 2 == desk.get(incident).counts.notes


def test_a_batch_that_is_over_takes_no_more(desk: IncidentDesk) -> None:
    """What it kept back would be lost; reading goes on."""
    with desk.batch() as batch:
        incident = batch.report("Mail is down", by="ana")
    with pytest.raises(ZeroDivisionError), desk.batch() as broken:
        raise ZeroDivisionError
    for over in (batch, broken):
        with pytest.raises(InvalidInput, match="is over; use the desk itself"):
            over.report("Printer", by="ana")
        with pytest.raises(InvalidInput, match="is over"):
            over.apply(incident, RESOLVE)

        assert incident == over.get(incident.id)


def test_an_empty_batch_stores_nothing(desk: IncidentDesk) -> None:
    """Reading alone commits nothing."""
    with desk.batch() as batch:
        assert 0 == len(batch.find())
        assert None is batch.next_due()
        assert {} == batch.describe().strangers
        with pytest.raises(IncidentNotFound):
            batch.get("INC-0000001")


def test_time_passes_in_a_batch_too(desk: IncidentDesk, clock: ManualClock) -> None:
    """What was due happens at its end, or not at all."""
    hold = Hold(by="ana", reason="scheduled", until=MONDAY + timedelta(hours=1))
    incident = desk.report("Mail is down", hold, by="ana")
    clock.advance(hours=2)
    with desk.batch() as batch:
        ticked = batch.tick()
        state = desk.get(incident).state

    assert ("on_hold", ["new"]) == (state, [one.state for one in ticked.incidents])
    assert "new" == desk.get(incident).state


def test_what_a_batch_owes_is_stored_with_it(desk: IncidentDesk, store: Store) -> None:
    """Messages and commands of all its commits, claimed after its end and not before."""
    with desk.batch() as batch:
        one, two = (batch.report(title, by="ana", team="net") for title in ("One", "Two"))
        batch.apply(one, Merge(by="ana", into=two.id))
        before = store.claim(micros(MONDAY), 10, 1, "t")
    kinds = [claim.owed.kind for claim in store.claim(micros(MONDAY), 10, 1, "t")]

    assert () == before
    assert OwedKind.COMMAND in kinds
    assert 2 <= kinds.count(OwedKind.MESSAGE)
