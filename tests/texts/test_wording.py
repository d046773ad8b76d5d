"""What people are told: everything for colleagues, what was written for them for others (C4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import TransitionRefused
from incidentflow.incident import Command, Entry, Incident, apply
from incidentflow.policy import Audience
from incidentflow.process import (
    Acknowledge,
    Finding,
    Note,
    Resolve,
    StakeholderUpdate,
)
from incidentflow.process.wording import COLLEAGUES, word
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.texts import ENGLISH, GERMAN, Text
from incidentflow.texts.catalogue import names_in

SOON = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")
READERS = [
    (locale, zone)
    for locale in ("en", "de", "de-CH")
    for zone in (UTC, BERLIN, ZoneInfo("Asia/Kathmandu"))
]


BODY = f"""note: disk is full
of cat pictures

{BLANK.id}: Ana's mailbox leaks
State: triaged
Priority: P1
Service: mail

By bo, 2026-03-02 09:00 CET"""


def told(command: Command, audience: Audience, locale: str = "en") -> tuple[str, str]:
    """Report an incident, do one thing, and say what a message of it says."""
    life = Rehearsal()
    life.report(
        title="Ana's mailbox leaks",
        to="triaged",
        category="mail",
        service="mail",
        impact="high",
        urgency="high",
    )
    life.do(command)
    subject, body = word(life.incident, life.commits[-1].entries[0], audience)
    return subject.render(locale, BERLIN), body.render(locale, BERLIN)


def test_a_colleague_reads_what_happened_by_whom_and_how_it_stands() -> None:
    """In the zone of the reader; the first line is the subject."""
    note = Note(by="bo", text="disk is full\nof cat pictures")

    assert (f"[{BLANK.id}] note: disk is full", BODY) == told(note, Audience.TEAM)
    assert "Zustand: eingeordnet" in told(note, Audience.TEAM, "de")[1]


def test_the_promise_of_the_latest_update_stands_in_every_message_until_it_is_past() -> None:
    """It is not said twice in the message of the update itself."""
    life = Rehearsal()
    life.report()
    update = StakeholderUpdate(by="bo", text="on it", next_update_at=SOON, eta=SOON)
    life.do(update)
    own = word(life.incident, life.entries[-2], Audience.TEAM)[1]
    life.do(Note(by="bo", text="n"))
    before = word(life.incident, life.entries[-1], Audience.TEAM)[1]
    life.now = SOON
    life.do(Note(by="bo", text="n"))
    after = word(life.incident, life.entries[-1], Audience.TEAM)[1]

    assert "Next update 2026-03-02 09:30Z. Expected" in str(own)
    assert "Next update:" not in str(own)
    assert "Next update: 2026-03-02 09:30Z" in str(before)
    assert "Next update" not in str(after)


@pytest.mark.parametrize(
    ("command", "english", "german"),
    [
        (Note(by="bo", text="secret"), "there is news", "es gibt Neues"),
        (Finding(by="bo", text="secret"), "there is news", "es gibt Neues"),
        (Acknowledge(by="bo"), "somebody is working on it", "jemand arbeitet daran"),
        (Resolve(by="bo", code="fixed", note="secret"), "it is resolved", "er ist gelöst"),
        (StakeholderUpdate(by="bo", text="we are on it"), "we are on it", "we are on it"),
    ],
)
def test_stakeholders_read_what_was_written_for_them_and_no_more(
    command: Command, english: str, german: str
) -> None:
    """No note, no finding, no name and no title; of the rest only that it happened (C4)."""
    assert (
        f"[{BLANK.id}] {english}",
        f"{english}\n\nIncident: {BLANK.id}\nService: mail\n\n2026-03-02 09:00 CET",
    ) == told(command, Audience.STAKEHOLDERS)
    assert told(command, Audience.STAKEHOLDERS, "de")[1].startswith(f"{german}\n\nVorfall: ")


def test_an_update_brings_its_promise_and_its_estimate() -> None:
    """To whoever it is for; an estimate is for colleagues, unless it is said to be public (C2)."""
    update = StakeholderUpdate(
        by="bo",
        text="on it",
        next_update_at=SOON,
        eta=SOON + timedelta(hours=1),
        confidence="low",
        eta_audience="public",
    )
    internal = evolve(update, eta_audience="internal")

    assert "Lösung erwartet" not in told(internal, Audience.STAKEHOLDERS, "de")[1]
    assert (
        "Expected resolution 2026-03-02 11:30 CET. Confidence: low."
        in told(internal, Audience.TEAM)[1]
    )
    assert (
        f"on it\n\nVorfall: {BLANK.id}\nDienst: mail\nNächste Nachricht: 02.03.2026 10:30 CET\n"
        "Lösung erwartet: 02.03.2026 11:30 CET\n\n02.03.2026 09:00 CET"
    ) == told(update, Audience.STAKEHOLDERS, "de")[1]


def test_a_requester_reads_how_it_ended_and_no_internal_note() -> None:
    """The words of the resolution, but not of the work on it."""
    resolved = Resolve(by="bo", code="fixed", note="restarted")

    assert told(resolved, Audience.REQUESTER)[1].startswith("resolved (fixed): restarted\n")
    assert told(Note(by="bo", text="secret"), Audience.REQUESTER)[1].startswith("there is news\n")


def require_worded(text: Text) -> None:
    """Fail where a text, or one inside it, has no entry that its parameters fit."""
    for catalogue in (ENGLISH, GERMAN):
        ending = f"*.{text.code.rpartition('.')[2]}"
        template = catalogue.entries.get(text.code) or catalogue.entries[ending]

        assert names_in(template) <= set(text.parameters), text
    for value in text.parameters.values():
        several = value if isinstance(value, (tuple, list)) else (value,)
        for each in several:
            if isinstance(each, Text):
                require_worded(each)


@given(lives(longest=20), st.sampled_from(READERS))
def test_whatever_happens_or_is_refused_reads_in_every_language_and_zone(
    life: Rehearsal, reader: tuple[str, tzinfo]
) -> None:
    """Every line, every message and every refusal of any life is worded, and never raises."""
    locale, zone = reader
    incident = BLANK
    for entry in life.entries:
        incident = apply(incident, entry)
        for text in every_text(incident, entry):
            require_worded(text)

            assert text.render(locale, zone).strip()
    for attempt in life.attempts:
        if isinstance(attempt.outcome, TransitionRefused):
            for failure in attempt.outcome.failures:
                require_worded(Text(failure.code, failure.parameters))
                assert f"[{failure.code}]" in attempt.outcome.render(locale, zone)


@given(lives(longest=20))
def test_what_is_typed_for_colleagues_never_reaches_the_public(life: Rehearsal) -> None:
    """Not in any life: no note, finding, title, reason or name in a stakeholder's message."""
    incident = BLANK
    for entry in life.entries:
        incident = apply(incident, entry)
        if entry.kind == "stakeholders_updated":
            continue
        for text in word(incident, entry, Audience.STAKEHOLDERS):
            shown = text.parameters.values()
            free = [each for each in shown if isinstance(each, str)]
            inner = [each for each in shown if isinstance(each, Text)]

            assert set(free) <= {incident.name, incident.service}
            assert all(each.code.startswith("public.") and not each.parameters for each in inner)


def every_text(incident: Incident, entry: Entry) -> list[Text]:
    """Return the line of an entry, and all that is told of it."""
    messages = [text for audience in Audience for text in word(incident, entry, audience)]

    assert {Audience.ASSIGNEE, Audience.TEAM, Audience.ESCALATED_TO} == COLLEAGUES
    return [entry.event.wording(), *messages]
