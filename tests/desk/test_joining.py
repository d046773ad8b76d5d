"""Invariant: two unfinished incidents never share a dedup key (rules I1 and I7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from incidentflow import IncidentDesk, Note, Reopen, Report, Resolve
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    StaleIncident,
    TransitionRefused,
)

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
