"""Metrics and exceptions through a desk: both desks, both stores, views, pages (M1 to M4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve

from incidentflow import AcceptMajor as Accept
from incidentflow import (
    Acknowledge,
    Actor,
    Cancel,
    ClockRule,
    Correct,
    FieldRule,
    Hours,
    Incident,
    IncidentDesk,
    Note,
    OverridePriority,
    Policy,
    Reinstate,
    Resolve,
    TargetRow,
    WaiveReview,
)
from incidentflow.errors import InvalidInput
from incidentflow.metrics import (
    AVAILABILITY,
    STANDARD,
    Between,
    Durations,
    Share,
    attainment,
    standard,
)
from incidentflow.ports import Allow, By, Deny, Line, Lookup, Store, Subject, Write
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.usecases import measuring

Build = Callable[..., Any]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RESOLVE = Resolve(by="ana", code="fixed", note="n")
REPORTED_TO_RESOLVED = Between("reported", "resolved")


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every scan take several pages."""
    monkeypatch.setattr(measuring, "PAGE", 2)


def need_to_know(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
    """Keep what is secret from everybody but ana."""
    del action
    if incident.title.startswith("Secret") and actor.id != "ana":
        return Deny("restricted", "need to know")
    return Allow()


def fill(desk: Any, clock: ManualClock, title: str = "Mail") -> None:  # noqa: ANN401 - either desk
    """Report five incidents, one a day; all but the last are resolved some hours later."""
    for day in range(5):
        clock.set(MONDAY + day * DAY)
        service = ("mail", "web")[day % 2]
        incident = desk.report(f"{title} {day}", by="ana", service=service, fields={"tier": day})
        if day < 4:
            clock.advance(hours=day + 1)
            desk.apply(incident, RESOLVE)


def test_attainment_is_of_a_clock_that_there_is(build: Build) -> None:
    """Of the policy, or of an incident that an earlier policy gave one; the nearest is named."""
    respond = ClockRule("respond", stops=("answered",))
    row = TargetRow(targets={"respond": Hours(1)})
    earlier_one = Policy(clocks=(respond,), targets=(row,), hold_reasons=())
    build(policy=earlier_one).report("Mail", by="ana")
    desk = build()
    earlier, promised = attainment("respond"), attainment("promised_update")

    assert 1 == desk.metrics(earlier)["respond_attainment"].beside["running"]
    assert 0 == desk.metrics(promised)["promised_update_attainment"].of
    with pytest.raises(InvalidInput, match=r"is no clock of the policy.*did you mean 'resolution'"):
        desk.metrics(REPORTED_TO_RESOLVED, promised, attainment("resolutoin"))
    with pytest.raises(InvalidInput, match="no incident in the period has one"):
        desk.metrics(earlier, until=MONDAY)


@pytest.mark.parametrize("clock", [5, None, "", " "])
def test_attainment_needs_a_name(clock: Any) -> None:  # noqa: ANN401 - whatever a caller gives
    """What is none is refused at once."""
    with pytest.raises(InvalidInput, match=r"^clock = "):
        attainment(clock)


def test_a_desk_measures_its_incidents(build: Build, clock: ManualClock) -> None:
    """Group by group, with what is not over yet beside it."""
    policy = Policy(fields=(FieldRule("tier", "number"),))
    desk = build(policy=policy)
    fill(desk, clock)
    report = desk.metrics(REPORTED_TO_RESOLVED, by="service")
    mail, web = report.groups
    of_mail, of_web = mail["reported_to_resolved"], web["reported_to_resolved"]

    assert (("mail",), 3, 2, 1, 2 * HOUR) == (
        mail.key,
        mail.incidents,
        of_mail.n,
        of_mail.censored,
        of_mail.mean,
    )
    assert (("web",), 2, 0, 3 * HOUR, 2 * HOUR, 4 * HOUR) == (
        web.key,
        of_web.n,
        of_web.censored,
        of_web.mean,
        of_web.median,
        of_web.max,
    )
    assert 4 == report["reported_to_resolved"].n
    assert [0, 1, 2, 3, 4] == [group.key[0] for group in desk.metrics(by=["fields.tier"])]
    assert {metric.name for metric in standard(policy)} == set(desk.metrics().whole.figures)


def test_a_period_is_half_open(desk: Any, clock: ManualClock) -> None:  # noqa: ANN401
    """By when incidents were reported, in any zone."""
    for day in range(3):
        clock.set(MONDAY + day * DAY)
        desk.report(f"Mail {day}", by="ana")
    zone = ZoneInfo("Pacific/Kiritimati")
    since, until = (MONDAY + DAY).astimezone(zone), MONDAY + 2 * DAY

    assert 1 == desk.metrics(since=since, until=until, zone=zone).whole.incidents
    assert 2 == desk.metrics(until=until).whole.incidents
    assert 2 == desk.metrics(since=since).whole.incidents
    with pytest.raises(InvalidInput, match="has no time zone"):
        desk.metrics(since=since.replace(tzinfo=None))
    with pytest.raises(InvalidInput, match="is not after since"):
        desk.exceptions(since=since, until=since)


def test_availability_counts_impact_from_before_the_period(
    desk: Any,  # noqa: ANN401 - either desk
    clock: ManualClock,
) -> None:
    """And no other tenant's."""
    desk.report("Mail", by="ana", service="mail")
    desk.tenant("acme").report("Mail", by="ana", service="mail")
    clock.set(MONDAY + 3 * DAY)
    desk.report("Mail too", by="ana", service="mail")
    report = desk.metrics(
        AVAILABILITY, by="service", since=MONDAY + 2 * DAY, until=MONDAY + 9 * DAY
    )
    clock.set(MONDAY + 4 * DAY)
    later = desk.metrics(AVAILABILITY, since=MONDAY + 2 * DAY)

    assert (DAY, DAY, 1) == (
        report["availability"].down,
        report["availability"].period,
        report["availability"].intervals,
    )
    assert 1 == report.groups[0].incidents
    assert (2 * DAY, 2) == (later["availability"].down, later["availability"].intervals)


def test_a_correction_is_known_from_the_journal(desk: Any, clock: ManualClock) -> None:  # noqa: ANN401
    """It is read where there is one (rule L6)."""
    incident = desk.report("Mail", RESOLVE, by="ana")
    clock.advance(hours=1)
    desk.apply(
        incident, Correct(by="ana", reason="r", milestone="resolved_at", was_at=MONDAY + HOUR)
    )

    assert Durations(corrected=1) == desk.metrics(REPORTED_TO_RESOLVED)["reported_to_resolved"]


def test_what_is_added_while_it_is_read_is_not_there_yet(
    desk: Any,  # noqa: ANN401 - either desk
    other: IncidentDesk,
    store: Store,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A journal is read as far as its snapshot goes."""
    label = Correct(by="ana", reason="r", raw="Moon")
    incident = desk.report("Mail", RESOLVE, label, by="ana")
    correct = Correct(by="bo", reason="r", milestone="resolved_at", was_at=MONDAY + HOUR / 60)
    history = store.history

    def busy(subject: Subject, after: int = 0) -> tuple[Line, ...]:
        other.apply(incident, correct)
        return history(subject, after)

    monkeypatch.setattr(store, "history", busy)

    assert 1 == desk.metrics(REPORTED_TO_RESOLVED)["reported_to_resolved"].n
    assert 2 == len(desk.exceptions())


def test_a_view_measures_what_its_viewer_may_see(build: Build, clock: ManualClock) -> None:
    """A world with secrets looks like one without (rule A3)."""
    seen = []
    for secrets in (False, True):
        desk = build(
            MemoryStore(),
            authorise=need_to_know,
            policy=Policy(fields=(FieldRule("tier", "number"),)),
        )
        fill(desk, clock)
        correct = Correct(by="ana", reason="r", raw="Moon")
        if secrets:
            fill(desk, clock, "Secret")
            desk.report("Secret", correct, by="ana", service="secret")
        desk.report("Mail", correct, by="ana")
        clock.set(MONDAY + 9 * DAY)
        view = desk.seen_by("bo")
        report = view.metrics(*STANDARD, AVAILABILITY, by="service", since=MONDAY)
        kinds = [[each.kind for each in page] for page in pages(view, limit=1)]
        seen.append((report, kinds))
        assert (12 if secrets else 6) == desk.seen_by("ana").metrics().whole.incidents
        assert (2 if secrets else 1) == len(desk.exceptions())

    assert seen[0] == seen[1]


def pages(desk: Any, **asked: Any) -> Iterator[Any]:  # noqa: ANN401 - either desk
    """Ask for page after page."""
    after = None
    while True:
        page = desk.exceptions(after=after, **asked)
        yield page
        after = page.after
        if after is None:
            return


@pytest.fixture
def exceptional(build: Build, clock: ManualClock) -> Any:  # noqa: ANN401 - either desk
    """Give a desk on which everything exceptional happened, one thing an hour."""
    desk = build()
    accept = Accept(
        by="ana", business_impact="shop", incident_manager="ana", communications_lead="bo"
    )
    first = desk.report("Mail", Acknowledge(by="ana"), accept, by="ana")
    second = desk.report("Web", by="ana")
    for incident, command in (
        (first, Correct(by="ana", reason="typo", milestone="occurred_at", was_at=MONDAY - HOUR)),
        (first, OverridePriority(by="bo", priority=1, reason="the board")),
        (first, WaiveReview(by="ana", reason="drill", approved_by="cy")),
        (second, Cancel(by="ana", reason="false_positive")),
        (second, Reinstate(by="cy", reason="not false")),
        (second, Note(by="ana", text="from the phone", at=MONDAY + HOUR)),
        (second, Note(by="ana", text="usual")),
    ):
        clock.advance(hours=1)
        desk.apply(incident, command)
    return desk


def test_every_exception_is_listed(exceptional: Any) -> None:  # noqa: ANN401 - either desk
    """Incident by incident, with who, when and why (rule M4)."""
    found = list(exceptional.exceptions())
    late = found[1]

    assert [
        ("INC-0000002", 5, "reinstatement", "cy", "not false"),
        ("INC-0000002", 6, "late_entry", "ana", ""),
        ("INC-0000001", 1, "correction", "ana", "typo"),
        ("INC-0000001", 2, "override", "bo", "the board"),
        ("INC-0000001", 3, "waiver", "ana", "drill"),
    ] == [
        (each.number, (each.recorded_at - MONDAY) / HOUR, each.kind, str(each.by), each.reason)
        for each in found
    ]
    assert (MONDAY + HOUR, 9) == (late.at, len(late.row()))
    assert exceptional.get(late.number).id == late.incident


def test_what_was_entered_late_at_once_is_one_late_entry(build: Build, clock: ManualClock) -> None:
    """Told by its first event; what somebody else, or the same later, enters is another."""
    desk = build(policy=Policy(fields=(FieldRule("tier"),)))
    clock.set(MONDAY + HOUR)
    taken = Acknowledge(by="ana", at=MONDAY + HOUR / 4)
    other = Note(by="bo", text="so it was", at=MONDAY + HOUR / 2)
    details = {"team": "net", "fields": {"tier": "gold"}, "at": MONDAY}
    incident = desk.report("Mail", taken, other, by="ana", **details)
    clock.advance(hours=1)
    desk.apply(incident, Note(by="ana", text="too", at=MONDAY + HOUR))
    found = [(each.kind, each.entry.kind, str(each.by)) for each in desk.exceptions()]

    assert [
        ("late_entry", "reported", "ana"),
        ("late_entry", "noted", "bo"),
        ("late_entry", "noted", "ana"),
    ] == found


def test_exceptions_are_of_the_period_in_which_they_were_recorded(exceptional: Any) -> None:  # noqa: ANN401
    """Whatever world-time they claim."""

    def kinds(**period: Any) -> list[str]:  # noqa: ANN401 - instants
        return [each.kind for each in exceptional.exceptions(**period)]

    assert ["late_entry"] == kinds(since=MONDAY + 6 * HOUR)
    assert ["correction"] == kinds(until=MONDAY + 2 * HOUR)
    assert ["override", "waiver"] == kinds(since=MONDAY + 2 * HOUR, until=MONDAY + 4 * HOUR)
    assert [] == kinds(since=MONDAY + 99 * HOUR)


def test_pages_of_exceptions_join_to_the_whole(exceptional: Any) -> None:  # noqa: ANN401
    """Those of one incident are never split."""
    whole = tuple(exceptional.exceptions())
    found = list(pages(exceptional, limit=1))

    assert [2, 3] == [len(page) for page in found if len(page)]
    assert whole == tuple(each for page in found for each in page)
    with pytest.raises(InvalidInput, match="limit"):
        exceptional.exceptions(limit=0)
    with pytest.raises(InvalidInput, match="is no cursor"):
        exceptional.exceptions(after="x")


def test_what_cannot_be_read_is_in_no_figure_and_named(
    desk: Any,  # noqa: ANN401 - either desk
    store: Store,
) -> None:
    """A snapshot, or an entry; the rest is measured all the same."""
    correct = Correct(by="ana", reason="r", raw="Moon")
    kept, snapshot, entry = (desk.report(name, correct, by="ana") for name in "abc")
    spoil(store, snapshot, b"{}x", "{}")
    spoil(store, entry, None, "{")
    report, found = desk.metrics(), desk.exceptions()

    assert {snapshot.id, entry.id} == {each.incident for each in report.unreadable}
    assert {snapshot.id, entry.id} == {each.incident for each in found.unreadable}
    assert (1, [kept.id]) == (report.whole.incidents, [each.incident for each in found])


def spoil(store: Store, incident: Incident, snapshot: bytes | None, body: str) -> None:
    """Add an entry that says nothing, under the snapshot as it is or another."""
    stored = store.load(Lookup("default", By.ID, incident.id))
    assert stored is not None
    last = store.history(stored.subject)[-1]
    version = stored.version + 1
    line = evolve(last, sequence=version, body=body, personal="{}")
    old = stored.snapshot.replace(b'"version":%d' % stored.version, b'"version":%d' % version)
    store.commit(
        [
            Write(
                subject=stored.subject,
                expected=stored.version,
                version=version,
                snapshot=snapshot or old,
                head=stored.head,
                lines=(line,),
            )
        ]
    )


def test_counts_of_an_async_desk_are_those_of_a_sync_one(exceptional: Any) -> None:  # noqa: ANN401
    """And shares are there with them."""
    exceptional.apply("INC-0000001", RESOLVE)

    assert Share(0, 1, {"reopenings": 0}) == exceptional.metrics()["reopened"]
    with pytest.raises(InvalidInput, match="is no metric"):
        exceptional.metrics("mttr")
