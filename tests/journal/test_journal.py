"""Invariant: a journal is read back as it was told, and folds to what it led to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Protocol

import attrs
import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import ITIL, Command, Event, Incident
from incidentflow.codec import Codec, canonical
from incidentflow.errors import IncidentflowError, UnreadableJournal
from incidentflow.events import EVENTS
from incidentflow.incident import Entry
from incidentflow.journal import fold, genesis, read, seal, verify
from incidentflow.ports import Line, Subject
from incidentflow.process import COMMANDS, Report
from incidentflow.process.agenda import Tick
from incidentflow.testing.clock import MONDAY, SeededEntropy
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.testing.strategies import command, inputs, policies, spans, stories
from incidentflow.words import ERASED, SYSTEM, Actor, OwnField

TOKEN = "〈token"
PERSONAL = (
    "approved_by assignee business_impact by cause comment communications_lead description "
    "incident_manager location note raw reason requester root_cause summary target text title "
    "went_badly went_well"
).split()
CODES = ("hold", "cancel")
"""For these a reason is a configured code, not a person's words."""


class Journal(Protocol):
    """What the fixture of that name gives."""

    subject: Subject
    entries: tuple[Entry, ...]
    lines: tuple[Line, ...]
    head: str


def play(rehearsal: Rehearsal, commands: Sequence[Command]) -> tuple[Entry, ...]:
    """Carry out what is possible, and tell all that happened."""
    for one in commands:
        try:
            rehearsal.do(one)
        except IncidentflowError:
            continue
    return rehearsal.entries


def personal_values(value: object) -> list[object]:
    """Collect every value that its class declares to be a person's data."""
    found: list[object] = []
    if isinstance(value, OwnField):
        found += [value.value] if value.personal else []
    elif isinstance(value, tuple):
        found += [one for each in value for one in personal_values(each)]
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            inner = getattr(value, field.name)
            is_personal = field.metadata.get("personal") and inner not in (None, field.default)
            found += [inner] if is_personal else personal_values(inner)
    return found


def in_clear(data: object) -> list[object]:
    """Collect every value that stands in a body."""
    if isinstance(data, dict):
        return [one for each in data.values() for one in in_clear(each)]
    return [one for each in data for one in in_clear(each)] if isinstance(data, list) else [data]


@st.composite
def told_in_tokens(draw: st.DrawFn) -> tuple[Command, ...]:
    """Draw a story in which every personal input holds a text that stands nowhere else."""
    tokens = st.integers(0, 99).map(lambda number: f"{TOKEN} {number}〉")
    drawn = {
        **inputs(ITIL, draw(policies())),
        **dict.fromkeys(PERSONAL, tokens),
        "by": tokens.map(Actor.parse),
        "fields": st.fixed_dictionaries({}, optional={"phone": tokens, "tier": st.just("gold")}),
        "transfer": st.just(value=False),
    }
    codes = {**drawn, "reason": st.sampled_from(("awaiting_vendor", "scheduled", "test"))}
    any_command = st.one_of(
        *(command(kind, codes if kind.trigger in CODES else drawn) for kind in COMMANDS)
    )
    first = draw(command(Report, drawn))
    return (first, *draw(st.lists(any_command, max_size=12)))


def test_canonical_text_is_sorted_tight_and_readable() -> None:
    """Keys stand in order, nothing is escaped that need not be, and no space is lost."""
    data = {"b": [1, True, None, "Zoë\n"], "a": {"d": "x", "c": "☎"}}

    assert '{"a":{"c":"☎","d":"x"},"b":[1,true,null,"Zoë\\n"]}' == canonical(data)


def test_sealing_is_stable() -> None:
    """The very bytes of one journal, which no release may change."""
    desk = Rehearsal()
    desk.report("Mail is down", impact="high", urgency="high", by="monitor:probe-3")
    lines, head = seal(Codec(), SeededEntropy(7), genesis(SUBJECT), desk.entries)

    assert (
        '{"at":"2026-03-02T08:00:00+00:00",'
        '"by":{"id":{"#":"da6e98e06e25a60a4d8f99c9a1cbc21fcbbcddad9f6c36d1d68a3b6f9fe5af4b"},'
        '"kind":"monitor"},"event":{"impact":1,"kind":"reported","source":"monitor",'
    ) == lines[0].body[:207]
    assert ["event.title", "by.id"] != list(json.loads(lines[0].personal))
    assert 64 == len(head)


SUBJECT = Subject("default", "incident", BLANK.id)


@given(policies().flatmap(lambda policy: st.tuples(st.just(policy), stories(ITIL, policy))))
def test_reading_gives_back_what_was_sealed(story: tuple[object, ...]) -> None:
    """Entries survive sealing; their fold is the incident; the chain holds."""
    policy, steps = story
    desk = Rehearsal(policy=policy)  # type: ignore[arg-type]
    for now, one in steps:  # type: ignore[attr-defined]
        desk.now = now
        play(desk, [one])
    codec = Codec()
    lines, head = seal(codec, SeededEntropy(), genesis(SUBJECT), desk.entries)
    again = read(codec, SUBJECT.id, lines)

    assert desk.entries == again
    assert desk.incident == fold(BLANK, again)
    assert len(lines) == desk.incident.version
    assert None is verify(SUBJECT, lines, head)


@given(told_in_tokens(), spans())
def test_no_personal_text_stands_in_a_body(story: tuple[Command, ...], wait: object) -> None:
    """Actors, people, titles, notes and texts stand in the hashed text as hashes alone."""
    del wait
    desk = Rehearsal()
    entries = play(desk, [*story, Tick(by=SYSTEM)])
    lines, _ = seal(Codec(), SeededEntropy(), genesis(SUBJECT), entries)
    beside = [value for line in lines for _, value in json.loads(line.personal).values()]

    assert [] == [line.body for line in lines if TOKEN in line.body]
    assert sorted(map(str, personal_values(entries))) == sorted(map(str, beside))


@given(told_in_tokens())
def test_what_is_erased_reads_as_erased(story: tuple[Command, ...]) -> None:
    """Without the texts and salts the same story reads, with nobody in it."""
    entries = play(Rehearsal(), story)
    lines, head = seal(Codec(), SeededEntropy(), genesis(SUBJECT), entries)
    bare = [evolve(line, personal="{}") for line in lines]
    again = read(Codec(), SUBJECT.id, bare)

    assert None is verify(SUBJECT, bare, head)
    assert {ERASED} >= set(personal_values(again))
    assert [entry.kind for entry in entries] == [entry.kind for entry in again]
    assert TOKEN not in str(again)


def test_the_same_value_never_has_the_same_hash(journal: Journal) -> None:
    """Each hash has a salt of its own, so that equal names do not show."""
    salts = [
        salt for line in journal.lines for salt, _ in json.loads(line.personal).values()
    ]
    hashes = [one for line in journal.lines for one in in_clear(json.loads(line.body))]

    assert len(salts) == len(set(salts))
    assert 3 <= sum(entry.by.id == "ana" for entry in journal.entries)
    assert len([one for one in hashes if isinstance(one, str) and len(one) == 64]) == len(salts)


def test_own_fields_are_hidden_by_their_declaration(journal: Journal) -> None:
    """A personal own field is hashed, whatever its type; another one stands in clear."""
    body = json.loads(journal.lines[1].body)
    beside = json.loads(journal.lines[1].personal)

    assert "fields_set" == body["event"]["kind"]
    assert ["+49 30 1", 7] == [beside[f"event.fields.{place}.value"][1] for place in (0, 1)]
    assert {"#"} == {key for own in body["event"]["fields"] for key in own["value"]}


def test_an_own_event_hides_what_it_declares(
    sealed: Callable[[Sequence[Entry]], Journal],
) -> None:
    """Parts within parts are hidden too, at a path that tells where they stood."""

    @frozen
    class Calls(Event):
        callers: tuple[Actor, ...]

        def apply(self, incident: Incident, entry: Entry) -> Incident:
            return incident

    event = Calls((Actor.parse("ana"), Actor.parse("bo")))
    journal = sealed([Entry(1, MONDAY, MONDAY, SYSTEM, event)])
    (entry,) = read(Codec(events=(Calls,)), SUBJECT.id, journal.lines)

    assert {"by.id", "event.callers.0.id", "event.callers.1.id"} == set(
        json.loads(journal.lines[0].personal)
    )
    assert event == entry.event


@pytest.mark.parametrize(
    ("body", "personal"),
    [
        ('{"at":1}', "{}"),
        ("[]", "{}"),
        ("no JSON", "{}"),
        (None, "no JSON"),
        (None, "5"),
        (None, '{"by.id": []}'),
        (None, '{"by.id": ["salt", 5]}'),
    ],
)
def test_a_line_that_cannot_be_read_is_named(
    journal: Journal, body: str | None, personal: str
) -> None:
    """The error says which incident and which entry, whatever is wrong with the line."""
    bad = evolve(journal.lines[1], body=body or journal.lines[1].body, personal=personal)
    with pytest.raises(UnreadableJournal, match="entry 2 of INC-5 cannot be read") as caught:
        read(Codec(), "INC-5", [journal.lines[0], bad])

    assert ("INC-5", 2) == (caught.value.incident, caught.value.sequence)


def test_every_personal_value_of_an_event_is_text() -> None:
    """What is erased reads as a text; an attribute of another type could not be read again."""
    wrong = [
        f"{cls.__name__}.{field.name}: {field.type}"
        for cls in EVENTS
        for field in attrs.fields(cls)
        if field.metadata.get("personal") is True
        if field.type not in ("str", "str | None")
    ]

    assert [] == wrong
