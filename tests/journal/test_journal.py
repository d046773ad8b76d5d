"""Invariant: a journal is read back as it was told, and folds to what it led to."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Protocol, get_type_hints

import attrs
import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import ITIL, Command, Event, FieldRule, Incident, Policy
from incidentflow.codec import Codec, canonical
from incidentflow.errors import IncidentflowError, UnreadableJournal
from incidentflow.events import EVENTS, Noted
from incidentflow.incident import Entry
from incidentflow.journal import fold, genesis, read, seal, verify
from incidentflow.ports import Line, Subject
from incidentflow.process import COMMANDS, Report
from incidentflow.process.agenda import Tick
from incidentflow.testing.clock import MONDAY, SeededEntropy
from incidentflow.testing.generated import policies
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import BLANK, Rehearsal
from incidentflow.testing.strategies import Vocabulary, command, inputs
from incidentflow.words import ERASED, SYSTEM, Actor, OwnField

SUBJECT = Subject("default", "incident", BLANK.id)
POLICY = Policy(fields=(FieldRule("phone", personal=True), FieldRule("tier")))
CODEC = Codec()
UNIQUE = "〈token"
PERSONAL = (
    "approved_by",
    "assignee",
    "business_impact",
    "by",
    "cause",
    "comment",
    "communications_lead",
    "description",
    "incident_manager",
    "location",
    "note",
    "raw",
    "reason",
    "requester",
    "root_cause",
    "summary",
    "target",
    "text",
    "title",
    "went_badly",
    "went_well",
)
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


def told_in_tokens() -> st.SearchStrategy[list[Command]]:
    """Draw commands in which every personal input holds a text that stands nowhere else."""
    tokens = st.integers(0, 99).map(lambda number: f"{UNIQUE} {number}〉")
    drawn = {
        **inputs(Vocabulary.of(ITIL, POLICY)),
        **dict.fromkeys(PERSONAL, tokens),
        "by": tokens.map(Actor.parse),
        "fields": st.fixed_dictionaries({}, optional={"phone": tokens, "tier": st.just("gold")}),
        "transfer": st.just(value=False),
    }
    codes = {**drawn, "reason": st.sampled_from(("awaiting_vendor", "scheduled", "test"))}
    usual = drawn.keys() - {"at", "to", "give_up_key"}
    kinds = {kind: codes if kind.trigger in CODES else drawn for kind in COMMANDS}
    each = [command(kind, these, *usual) for kind, these in kinds.items()]
    report = command(Report, drawn, *(usual - {"until", "reference"}))
    return st.tuples(report, st.lists(st.one_of(each), min_size=5, max_size=20)).map(
        lambda story: [story[0], *story[1]]
    )


def test_canonical_text_is_sorted_tight_and_readable() -> None:
    """Keys stand in order, nothing is escaped that need not be, and no space is lost."""
    data = {"b": [1, True, None, "Zoë\n"], "a": {"d": "x", "c": "☎"}}

    assert '{"a":{"c":"☎","d":"x"},"b":[1,true,null,"Zoë\\n"]}' == canonical(data)


def test_sealing_is_stable() -> None:
    """The very bytes of one line, which no release may change: old journals must verify."""
    subject = Subject("default", "incident", "0")
    event = Noted("Zoë's mail is down")
    entry = Entry(1, MONDAY, MONDAY, Actor.parse("monitor:probe-3"), event)
    (line,), head = seal(CODEC, SeededEntropy(7), genesis(subject), [entry])

    assert (
        '{"at":"2026-03-02T08:00:00+00:00",'
        '"by":{"id":{"#":"a7c3d985c6f13dae3fd020c31a8559bbc70deb4a4762a528e8942813dedc00d2"},'
        '"kind":"monitor"},"event":{"kind":"noted",'
        '"text":{"#":"b0612da065b6bf33b89bfe97a7d7bfb0642eec0835fb25c291029f5c7b5dd5fd"},"v":1},'
        '"recorded_at":"2026-03-02T08:00:00+00:00","sequence":1}'
    ) == line.body
    assert (
        '{"by.id":["38b4e652e44da7f2370d9e260e271365","probe-3"],'
        '"event.text":["50a4a3a6d07f5c0c332f8b1224083fd2","Zoë\'s mail is down"]}'
    ) == line.personal
    assert "eda29e13c814cc16739d9ca67839eb44afdf62473e7a7cae6e643bb18b52977d" == line.hash == head


@given(policies().flatmap(lambda policy: lives(ITIL, policy)))
def test_reading_gives_back_what_was_sealed(life: Rehearsal) -> None:
    """Entries survive sealing; their fold is the incident; the chain holds."""
    lines, head = seal(CODEC, SeededEntropy(), genesis(SUBJECT), life.entries)
    again = read(CODEC, SUBJECT.id, lines)

    assert life.entries == again
    assert life.incident == fold(BLANK, again)
    assert len(lines) == life.incident.version
    assert None is verify(SUBJECT, lines, head)


@given(told_in_tokens())
def test_no_personal_text_stands_in_a_body(story: list[Command]) -> None:
    """Actors, people, titles, notes and texts stand in the hashed text as hashes alone."""
    entries = play(Rehearsal(policy=POLICY), [*story, Tick(by=SYSTEM)])
    lines, _ = seal(CODEC, SeededEntropy(), genesis(SUBJECT), entries)
    beside = [value for line in lines for _, value in json.loads(line.personal).values()]

    assert [] == [line.body for line in lines if UNIQUE in line.body]
    assert sorted(map(str, personal_values(entries))) == sorted(map(str, beside))


@given(told_in_tokens())
def test_what_is_erased_reads_as_erased(story: list[Command]) -> None:
    """Without the texts and salts the same story reads, with nobody in it."""
    entries = play(Rehearsal(policy=POLICY), story)
    lines, head = seal(CODEC, SeededEntropy(), genesis(SUBJECT), entries)
    bare = [evolve(line, personal="{}") for line in lines]
    again = read(CODEC, SUBJECT.id, bare)

    assert None is verify(SUBJECT, bare, head)
    assert {ERASED} >= set(personal_values(again))
    assert [entry.kind for entry in entries] == [entry.kind for entry in again]
    assert UNIQUE not in str(again)


def test_the_same_value_never_has_the_same_hash(journal: Journal) -> None:
    """Each hash has a salt of its own, so that equal names do not show."""
    salts = [salt for line in journal.lines for salt, _ in json.loads(line.personal).values()]
    hashes = [one for line in journal.lines for one in in_clear(json.loads(line.body))]

    assert len(salts) == len(set(salts))
    assert 3 <= sum(entry.by.id == "ana" for entry in journal.entries)
    assert len([one for one in hashes if isinstance(one, str) and len(one) == 64]) == len(salts)


def test_own_fields_are_hidden_by_their_declaration(journal: Journal) -> None:
    """A personal own field is hashed, whatever its type; another one stands in clear."""
    (line,) = (line for line in journal.lines if "fields_set" in line.body)
    phone, seats, tier = json.loads(line.body)["event"]["fields"]
    beside = json.loads(line.personal)

    assert ["+49 30 1", 7] == [beside[f"event.fields.{place}.value"][1] for place in (0, 1)]
    assert [{"#"}, {"#"}] == [own["value"].keys() for own in (phone, seats)]
    assert {"name": "tier", "value": "gold"} == tier


def test_an_own_event_hides_what_it_declares() -> None:
    """Parts within parts are hidden too, at a path that tells where they stood."""

    @frozen
    class Calls(Event):
        callers: tuple[Actor, ...]

        def apply(self, incident: Incident, entry: Entry) -> Incident:
            del entry
            return incident

    event = Calls((Actor.parse("ana"), Actor.parse("bo")))
    ours = Codec(events=(Calls,))
    done = Entry(1, MONDAY, MONDAY, SYSTEM, event)
    lines, _ = seal(ours, SeededEntropy(), genesis(SUBJECT), [done])
    (entry,) = read(ours, SUBJECT.id, lines)

    assert {"by.id", "event.callers.0.id", "event.callers.1.id"} == set(
        json.loads(lines[0].personal)
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
        read(CODEC, "INC-5", [journal.lines[0], bad])

    assert ("INC-5", 2) == (caught.value.incident, caught.value.sequence)


def test_every_personal_value_of_an_event_is_text() -> None:
    """What is erased reads as a text; an attribute of another type could not be read again."""
    wrong = [
        f"{cls.__name__}.{field.name}"
        for cls in EVENTS
        for field in attrs.fields(cls)
        if field.metadata.get("personal") is True
        if get_type_hints(cls)[field.name] not in (str, str | None)
    ]

    assert [] == wrong
