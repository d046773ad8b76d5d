"""Invariant: whatever is changed in a journal, `verify` names the first entry that is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from itertools import combinations
from typing import Protocol

from attrs import evolve

from incidentflow.codec import canonical
from incidentflow.incident import Entry
from incidentflow.journal import genesis, verify
from incidentflow.ports import Line, Subject


class Journal(Protocol):
    """What the fixture of that name gives."""

    subject: Subject
    entries: tuple[Entry, ...]
    lines: tuple[Line, ...]
    head: str


def first_broken(journal: Journal, lines: Sequence[Line], head: str | None = None) -> int | None:
    """Verify other lines in the place of a journal's, and say where they break."""
    broken = verify(journal.subject, lines, journal.head if head is None else head)
    return None if broken is None else broken.sequence


def swapped(text: str, place: int) -> str:
    """Change one character of a text."""
    return text[:place] + ("0" if text[place] != "0" else "1") + text[place + 1 :]


def rechained(subject: Subject, lines: Sequence[Line]) -> list[Line]:
    """Hash lines anew, as somebody does who forges a whole journal but not its head."""
    at, forged = genesis(subject), []
    for place, line in enumerate(lines, 1):
        at = hashlib.sha256(f"{at}\n{line.body}".encode()).hexdigest()
        forged.append(evolve(line, sequence=place, hash=at))
    return forged


def test_an_untouched_journal_holds(journal: Journal) -> None:
    """Nothing is broken in what was just sealed, and in no journal at all."""
    assert None is first_broken(journal, journal.lines)
    assert None is first_broken(journal, (), genesis(journal.subject))


def test_every_changed_character_of_a_body_is_found(journal: Journal) -> None:
    """Change each character of each body in turn."""
    for place, line in enumerate(journal.lines):
        for at in range(len(line.body)):
            lines = list(journal.lines)
            lines[place] = evolve(line, body=swapped(line.body, at))

            assert place + 1 == first_broken(journal, lines), (place, at)


def test_every_changed_hash_is_found(journal: Journal) -> None:
    """Change the hash that stands beside each body."""
    for place, line in enumerate(journal.lines):
        lines = list(journal.lines)
        lines[place] = evolve(line, hash=swapped(line.hash, 5))

        assert place + 1 == first_broken(journal, lines)


def test_swapped_entries_are_found(journal: Journal) -> None:
    """Swap every two entries, with and without their sequence numbers."""
    for one, other in combinations(range(len(journal.lines)), 2):
        lines = list(journal.lines)
        lines[one], lines[other] = lines[other], lines[one]
        renumbered = [evolve(line, sequence=place) for place, line in enumerate(lines, 1)]

        assert one + 1 == first_broken(journal, lines)
        assert one + 1 == first_broken(journal, renumbered)


def test_a_dropped_entry_is_found(journal: Journal) -> None:
    """Drop each entry, with and without closing the gap."""
    for place in range(len(journal.lines)):
        lines = [*journal.lines[:place], *journal.lines[place + 1 :]]
        closed = [evolve(line, sequence=at) for at, line in enumerate(lines, 1)]

        assert place + 1 == first_broken(journal, lines)
        assert place + 1 == first_broken(journal, closed)


def test_a_duplicated_entry_is_found(journal: Journal) -> None:
    """Say each entry twice, with and without renumbering what follows."""
    for place, line in enumerate(journal.lines):
        lines = [*journal.lines[: place + 1], line, *journal.lines[place + 1 :]]
        renumbered = [evolve(each, sequence=at) for at, each in enumerate(lines, 1)]

        assert place + 2 == first_broken(journal, lines)
        assert place + 2 == first_broken(journal, renumbered)


def test_a_truncated_journal_is_found(journal: Journal) -> None:
    """Cut the journal off after each entry."""
    for length in range(len(journal.lines)):
        assert length + 1 == first_broken(journal, journal.lines[:length])


def test_a_head_of_the_past_tells_where_it_stood(journal: Journal) -> None:
    """Put the head back to each earlier entry: what follows it is wrong."""
    assert 1 == first_broken(journal, journal.lines, genesis(journal.subject))
    for place, line in enumerate(journal.lines[:-1], 1):
        assert place + 1 == first_broken(journal, journal.lines, line.hash)


def test_a_wrong_head_is_found_at_the_end(journal: Journal) -> None:
    """A head that never was stands after the last entry."""
    assert len(journal.lines) + 1 == first_broken(journal, journal.lines, "0" * 64)


def test_an_added_entry_is_found(journal: Journal) -> None:
    """Add a well-made entry at the end without touching the head."""
    more = [*journal.lines, evolve(journal.lines[-1], body=journal.lines[0].body)]

    assert len(more) == first_broken(journal, rechained(journal.subject, more))


def test_a_journal_of_another_incident_is_found_at_once(journal: Journal) -> None:
    """The chain is bound to tenant, kind and id of its subject."""
    for changes in ({"tenant": "acme"}, {"kind": "schedule"}, {"id": "other"}):
        subject = evolve(journal.subject, **changes)
        broken = verify(subject, journal.lines, journal.head)

        assert broken is not None
        assert (subject.id, 1) == (broken.subject, broken.sequence)


def test_every_changed_personal_value_is_found(journal: Journal) -> None:
    """Change each personal value, and each salt, in turn."""
    for place, line in enumerate(journal.lines):
        for path, (salt, value) in json.loads(line.personal).items():
            for changed in ([salt, f"{value}!"], [swapped(salt, 0), value]):
                beside = {**json.loads(line.personal), path: changed}
                lines = list(journal.lines)
                lines[place] = evolve(line, personal=canonical(beside))
                broken = verify(journal.subject, lines, journal.head)

                assert broken is not None
                assert place + 1 == broken.sequence
                assert path in broken.problem


def test_a_personal_value_without_a_hash_is_found(journal: Journal) -> None:
    """What was slipped in beside the hashed text is not part of it."""
    for place, line in enumerate(journal.lines):
        beside = {**json.loads(line.personal), "event.secret": ["00", "told by nobody"]}
        lines = list(journal.lines)
        lines[place] = evolve(line, personal=canonical(beside))

        assert place + 1 == first_broken(journal, lines)


def test_garbage_in_the_place_of_personal_values_is_found(journal: Journal) -> None:
    """What is no JSON of ours is broken, and breaks nothing else."""
    for garbage in ("", "no JSON", "[]", "5", '{"by.id": 5}', '{"by.id": ["only a salt"]}'):
        lines = [evolve(journal.lines[0], personal=garbage), *journal.lines[1:]]

        assert 1 == first_broken(journal, lines), garbage


def test_a_body_that_never_was_json_is_found(journal: Journal) -> None:
    """Somebody forges text, chain and head alike, but not an entry."""
    lines = rechained(journal.subject, [evolve(journal.lines[0], body="no JSON")])

    assert 1 == first_broken(journal, lines, lines[-1].hash)


def test_erasing_leaves_the_chain_whole(journal: Journal) -> None:
    """Without any personal value, or without some of them, the journal still holds."""
    bare = [evolve(line, personal="{}") for line in journal.lines]
    some = [
        evolve(line, personal=canonical(dict(sorted(json.loads(line.personal).items())[1:])))
        for line in journal.lines
    ]

    assert None is first_broken(journal, bare)
    assert None is first_broken(journal, some)
