"""Invariant: two unfinished incidents never share a dedup key (rules I1 and I7)."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from attrs import evolve

from incidentflow import Correct, IncidentDesk, Merge, Note, Reinstate, Reopen, Report, Resolve
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    StaleIncident,
    TransitionRefused,
    UnreadableJournal,
)
from incidentflow.ports import Lookup, Store, Stored
from incidentflow.usecases.joining import FARTHEST

Build = Callable[..., Any]
Meddle = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")


def test_a_report_joins_who_holds_its_dedup_key(desk: IncidentDesk) -> None:
    """The same thing reported again is no second incident, until the first is finished."""
    first = desk.report("Mail is down", by="monitor:probe-1", dedup_key="mail", source="nagios")
    again = desk.report(
        "Mail still down", Note(by="bo", text="+1"), by="monitor:probe-2", dedup_key="mail"
    )
    desk.apply(first, RESOLVE)
    later = desk.report("Mail is down", by="monitor:probe-1", dedup_key="mail")

    assert (first.id, 2, "Mail is down") == (again.id, again.counts.reports, again.title)
    assert ["reported", "reported_again", "noted"] == [entry.kind for entry in desk.history(first)][
        :3
    ]
    assert first.id != later.id
    assert "INC-0000002" == later.number


def test_a_report_that_joins_brings_no_number(desk: IncidentDesk) -> None:
    """The incident it joins has its own, and keeps it."""
    first = desk.report("Mail is down", by="ana", dedup_key="mail")
    with pytest.raises(InvalidInput, match="the report joins INC-0000001, which has its own"):
        desk.report("Mail is down", by="bo", dedup_key="mail", number="T-1")

    assert first == desk.get(first)


def test_a_joined_report_is_repeated_by_its_key(desk: IncidentDesk) -> None:
    """A repeat counts no further report."""
    desk.report("Mail is down", by="ana", dedup_key="mail")
    report = Report(title="Mail is down", by="bo", dedup_key="mail")
    first, again = (desk.report(report, key="k") for _ in range(2))

    assert (first, 2) == (again, first.counts.reports)


def test_who_loses_the_race_for_a_dedup_key_joins(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """Two reports at the same time are one incident (rule I1)."""
    desk = build(meddle(lambda: other.report("Mail is down", by="bo", dedup_key="mail")))
    joined = desk.report("Mail is down", by="ana", dedup_key="mail")

    assert ("bo", 2) == (joined.logged_by, joined.counts.reports)
    assert 1 == len(desk.find())


def test_who_joins_an_incident_that_finishes_opens_one(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """The other way round: the holder is resolved between looking and committing."""
    first = other.report("Mail is down", by="bo", dedup_key="mail")
    desk = build(meddle(lambda: other.apply(first, RESOLVE)))
    second = desk.report("Mail is down", by="ana", dedup_key="mail")

    assert ("ana", 1) == (second.logged_by, second.counts.reports)
    assert 2 == len(desk.find())


def test_joining_has_an_end(build: Build, meddle: Meddle, other: IncidentDesk) -> None:
    """Who keeps losing is told of what."""
    first = other.report("Mail is down", by="bo", dedup_key="mail")
    busy = meddle(*[lambda: other.apply(first, Note(by="bo", text="hm"))] * 99)
    with pytest.raises(StaleIncident, match="INC-0000001 is at version 6, not 5"):
        build(busy).report("Mail is down", by="ana", dedup_key="mail")

    def flap() -> None:
        holder = other.report("Web is down", by="bo", dedup_key="web")
        flapping.acts.insert(0, lambda: other.apply(holder, RESOLVE))

    flapping = meddle(flap, flap, flap, flap)
    with pytest.raises(CommitConflict, match="the dedup_key this commit to"):
        build(flapping).report("Web is down", by="ana", dedup_key="web")


def test_going_on_with_a_key_that_another_holds_is_refused(desk: IncidentDesk) -> None:
    """The error names the holder; giving the key up is a way out (rule I7)."""
    first = desk.report("Mail is down", RESOLVE, by="ana", dedup_key="mail")
    second = desk.report("Mail is down", by="ana", dedup_key="mail")
    with pytest.raises(TransitionRefused, match="INC-0000002 holds its dedup key 'mail' now"):
        desk.apply(first, Reopen(by="ana", reason="again"))
    reopened = desk.apply(first, Reopen(by="ana", reason="again", give_up_key=True))

    assert (None, "in_progress") == (reopened.dedup_key, reopened.state)
    assert second.id == desk.report("Mail is down", by="ana", dedup_key="mail").id


def test_a_key_may_be_taken_while_its_owner_comes_back(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """Reopening is decided again, and then refused: one key, one unfinished incident."""
    first = other.report("Mail is down", RESOLVE, by="ana", dedup_key="mail")
    desk = build(meddle(lambda: other.report("Mail is down", by="bo", dedup_key="mail")))
    with pytest.raises(TransitionRefused, match="INC-0000002 holds its dedup key"):
        desk.apply(first, Reopen(by="ana", reason="again"))

    assert "resolved" == desk.get(first).state


def merged(desk: IncidentDesk, *keys: str | None) -> list[Any]:
    """Report an incident for each key, and merge each into the next."""
    incidents = [desk.report(f"{key}", by="ana", dedup_key=key) for key in keys]
    for one, into in pairwise(incidents):
        desk.apply(one, Merge(by="bo", into=into.id))
    return incidents


def test_reports_for_a_merged_incident_go_where_it_went(desk: IncidentDesk) -> None:
    """Along the whole chain, while the incident at its end is unfinished (rule I1)."""
    first, second, last = merged(desk, "mail", "disk", None)
    again = [desk.report("Again", by="probe", dedup_key=key) for key in ("mail", "disk", "mail")]

    assert [last.id] * 3 == [each.id for each in again]
    assert (4, 1) == (again[-1].counts.reports, desk.get(first).counts.reports)
    assert [None, "merged"] == [again[-1].dedup_key, desk.get(second).state]
    assert desk.verify().holds


def test_what_was_merged_into_something_finished_takes_no_reports(desk: IncidentDesk) -> None:
    """A new incident opens, and takes the key; what has lost it can still be written to."""
    first, last = merged(desk, "mail", None)
    desk.apply(last, RESOLVE)
    opened = desk.report("Mail", by="ana", dedup_key="mail")
    noted = desk.apply(first, Note(by="ana", text="x"))
    again = desk.report("Mail", by="ana", dedup_key="mail")

    assert opened.id not in {first.id, last.id}
    assert (opened.id, "mail", "mail") == (again.id, again.dedup_key, noted.dedup_key)
    assert desk.verify().holds
    with pytest.raises(TransitionRefused, match="INC-0000003 holds its dedup key"):
        desk.apply(first, Reinstate(by="ana", reason="r"))


def test_what_is_reinstated_takes_its_reports_back(desk: IncidentDesk) -> None:
    """Notes on it do not lose it the key meanwhile."""
    first, last = merged(desk, "mail", None)
    desk.apply(first, Note(by="ana", text="x"))
    desk.apply(first, Reinstate(by="ana", reason="r"))
    again = desk.report("Mail", by="ana", dedup_key="mail")

    assert (first.id, 1) == (again.id, desk.get(last).counts.reports)


def test_an_older_incident_comes_back_with_its_key_if_nobody_takes_its_reports(
    desk: IncidentDesk,
) -> None:
    """While they go to another incident it does not; that one is named (rule I7)."""
    old = desk.report("Mail", RESOLVE, by="ana", dedup_key="mail")
    _, last = merged(desk, "mail", None)
    with pytest.raises(TransitionRefused, match=f"{last.number} holds its dedup key 'mail' now"):
        desk.apply(old, Reopen(by="ana", reason="again"))
    desk.apply(last, RESOLVE)
    reopened = desk.apply(old, Reopen(by="ana", reason="again"))

    assert "mail" == reopened.dedup_key
    assert old.id == desk.report("Mail", by="ana", dedup_key="mail").id


def test_a_merge_that_was_corrected_away_leads_nowhere(desk: IncidentDesk) -> None:
    """What is merged by its state alone says nothing of where it went."""
    first = desk.report("Mail", by="ana", dedup_key="mail")
    desk.apply(first, Correct(by="ana", reason="r", state="merged"))

    assert first.id != desk.report("Mail", by="ana", dedup_key="mail").id


def test_a_chain_of_merges_is_followed_so_far(desk: IncidentDesk) -> None:
    """Behind a longer one an incident opens: no report is lost, and none costs ever more."""
    near = merged(desk, "near", *[None] * (FARTHEST - 1))
    far = merged(desk, "far", *[None] * FARTHEST)
    joined = desk.report("Near", by="ana", dedup_key="near")
    opened = desk.report("Far", by="ana", dedup_key="far")

    assert (near[-1].id, "far") == (joined.id, opened.dedup_key)
    assert opened.id not in {each.id for each in far}


def test_a_chain_that_changes_meanwhile_is_followed_anew(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """Every incident on the way is checked by the commit (rule J3)."""
    first, last = merged(other, "mail", None)
    back = build(meddle(lambda: other.apply(first, Reinstate(by="bo", reason="r"))))
    joined = back.report("Mail", by="ana", dedup_key="mail")
    _, done = merged(other, "disk", None)
    over = build(meddle(lambda: other.apply(done, RESOLVE)))
    opened = over.report("Disk", by="ana", dedup_key="disk")
    other.apply(opened, Merge(by="bo", into=last.id))
    other.apply(last, RESOLVE)
    again = build(meddle(lambda: other.apply(last, Reopen(by="bo", reason="r"))))

    assert (first.id, 1) == (joined.id, other.get(last).counts.reports)
    assert done.id != opened.id
    assert last.id == again.report("Disk", by="ana", dedup_key="disk").id


def test_a_batch_follows_merges_too(desk: IncidentDesk) -> None:
    """Also those that it made itself."""
    one, two = (desk.report(key, by="ana", dedup_key=key) for key in ("mail", "disk"))
    with desk.batch() as batch:
        batch.apply(one, Merge(by="bo", into=two.id))
        assert two.id == batch.report("Mail", by="ana", dedup_key="mail").id
        batch.apply(two, RESOLVE)
        batch.report("Mail", by="ana", dedup_key="mail")

    assert "INC-0000003" == desk.report("Mail", by="ana", dedup_key="mail").number
    assert desk.verify().holds


class Unreadable:
    """A store in which a newer release has written some incidents."""

    def __init__(self, store: Store, *incidents: str) -> None:
        self._store = store
        self._incidents = incidents

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do what the store does."""
        return getattr(self._store, name)

    def load(self, lookup: Lookup) -> Stored | None:
        """Load what cannot be read."""
        stored = self._store.load(lookup)
        if stored is None or stored.subject.id not in self._incidents:
            return stored
        return evolve(stored, snapshot=b"{}")


def test_what_cannot_be_read_holds_up_no_report(build: Build, store: Store) -> None:
    """Another incident stands in for it, under a key of its own, until it can be read (J1)."""
    desk = build()
    first = desk.report("Mail", by="ana", dedup_key="mail")
    older = build(Unreadable(store, first.id))
    stands_in, again = (older.report("Mail", by="ana", dedup_key="mail") for _ in range(2))
    with pytest.raises(UnreadableJournal):
        older.get(first)

    assert (stands_in.id, 2) == (again.id, again.counts.reports)
    assert stands_in.id != first.id
    assert (stands_in.dedup_key or "").startswith("mail (")
    assert first.id not in (stands_in.dedup_key or "")
    assert first.id == desk.report("Mail", by="ana", dedup_key="mail").id
    nobody = build(Unreadable(store, first.id, stands_in.id))
    assert nobody.report("Mail", by="ana", dedup_key="mail").id not in {first.id, stands_in.id}


def test_what_cannot_be_read_at_the_end_of_a_merge_holds_up_no_report(
    build: Build, store: Store
) -> None:
    """Nobody knows whether it is finished; and nobody goes back to work in its place (I7)."""
    desk = build()
    old = desk.report("Mail", RESOLVE, by="ana", dedup_key="mail")
    _, last = merged(desk, "mail", None)
    older = build(Unreadable(store, last.id))
    reopen = Reopen(by="ana", reason="again")

    assert last.id != older.report("Mail", by="ana", dedup_key="mail").id
    with pytest.raises(TransitionRefused, match=f"{last.number} holds its dedup key"):
        older.apply(old, reopen)
    assert older.apply(old, evolve(reopen, give_up_key=True)).dedup_key is None
