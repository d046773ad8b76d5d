"""Invariant: whatever concerns a period touches it, so that nothing else has to be read for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from incidentflow import Cancel, Correct, Note, Reopen, Resolve
from incidentflow.metrics import AVAILABILITY, STANDARD, Period, exceptions, span_of
from incidentflow.process import OverridePriority
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)
RESOLVE = Resolve(by="ana", code="fixed", note="n")


def span(life: Rehearsal) -> tuple[datetime, datetime | None]:
    """Say what a store keeps of a life: the first beginning, and the last end."""
    spans = [span_of(commit.incident) for commit in life.commits]
    return min(begun for begun, _ in spans), spans[-1][1]


def touches(life: Rehearsal, period: Period) -> bool:
    """Say whether a store would find it for a period."""
    begun, ended = span(life)
    before = period.until is None or begun < period.until
    return before and (period.since is None or ended is None or ended >= period.since)


@st.composite
def periods(draw: st.DrawFn, life: Rehearsal) -> Period:
    """Draw a period that begins or ends about when something happened."""
    instants = [each for entry in life.entries for each in (entry.at, entry.recorded_at)]
    about = st.sampled_from((*instants, MONDAY)).flatmap(
        lambda at: st.sampled_from((at, at + timedelta(microseconds=1), at + HOUR, at - HOUR))
    )
    since = draw(st.none() | about)
    until = draw(st.none() | about)
    return Period(since, None if since and until and until <= since else until)


@given(lives(), st.data())
def test_whatever_concerns_a_period_touches_it(life: Rehearsal, data: st.DataObject) -> None:
    """By when it was reported, by its impact, and by what was recorded."""
    period = data.draw(periods(life))
    metrics = (*STANDARD, AVAILABILITY)
    concerns = any(each.concerns(life.incident, period) for each in metrics if life.commits)
    listed = any(exceptions(life.incident, life.entries, period))

    assert not (concerns or listed) or touches(life, period)


def test_what_is_over_has_ended() -> None:
    """When the last thing was recorded of it; it goes on while there is impact or work."""
    life = Rehearsal()
    life.report(by="ana", at=MONDAY - HOUR, occurred_at=MONDAY - 2 * HOUR)
    reported = span_of(life.incident)
    life.wait(hours=1)
    resolved = span_of(life.do(RESOLVE))
    life.wait(hours=1)
    noted = span_of(life.do(Note(by="ana", text="the disk was old")))
    reopened = span_of(life.do(Reopen(by="ana", reason="again")))
    began = MONDAY - 2 * HOUR

    assert (began, None) == reported == reopened
    assert [(began, MONDAY + HOUR), (began, MONDAY + 2 * HOUR)] == [resolved, noted]


def test_what_had_no_impact_has_ended() -> None:
    """A cancelled incident is over, though no service was restored."""
    life = Rehearsal()
    life.report(by="ana")

    assert (MONDAY, MONDAY) == span_of(life.do(Cancel(by="ana", reason="test")))


def test_a_later_report_does_not_hide_what_was_recorded_before() -> None:
    """A store keeps the first beginning, for a correction may move when it was reported."""
    life = Rehearsal()
    life.report(by="ana", impact=1, urgency=1)
    life.do(OverridePriority(by="ana", priority=2, reason="VIP"))
    life.wait(hours=3)
    was_at = MONDAY + 2 * HOUR
    life.do(Correct(by="ana", reason="r", milestone="reported_at", was_at=was_at))
    life.do(RESOLVE)
    early = Period(MONDAY, MONDAY + HOUR)

    assert was_at == span_of(life.incident)[0]
    assert ["override"] == [each.kind for each in exceptions(life.incident, life.entries, early)]
    assert touches(life, early)
