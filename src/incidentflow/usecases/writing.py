"""What a commit becomes in a store: bytes, an index record, what is owed, a fingerprint."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from attrs import evolve

from incidentflow import engine
from incidentflow.charter import Charter, enact
from incidentflow.codec import canonical
from incidentflow.incident import Command, Entry, Incident
from incidentflow.journal import is_redacted, seal
from incidentflow.metrics import span_of
from incidentflow.ports import EMPTIED, Index, Line, Owed, OwedKind, Stored, Write
from incidentflow.process.routing import series_of
from incidentflow.usecases.setup import Setup
from incidentflow.words import Actor, from_micros, micros

SALT = 16


def to_write(setup: Setup, commit: engine.Commit, head: str) -> Write:
    """Turn a commit into what a store writes: bytes and an index record."""
    after = commit.incident
    lines, head = seal(setup.codec, setup.entropy, head, commit.entries)
    return Write(
        subject=setup.subject(after.id),
        expected=commit.before.version,
        version=after.version,
        snapshot=setup.codec.write_incident(after),
        head=head,
        lines=lines,
        index=index_of(setup, after, commit.due_at),
        reads=tuple((setup.subject(other.id), other.version) for other in commit.reads),
        owed=(*_messages(setup, commit), *_commands(setup, commit)),
    )


def to_enact(setup: Setup, before: Charter, entries: Sequence[Entry], head: str) -> Write:
    """Turn what happens to a desk, such as what it adopts, into what a store writes."""
    after = enact(before, entries)
    lines, head = seal(setup.codec, setup.entropy, head, entries)
    return Write(
        subject=setup.desk,
        expected=before.version,
        version=after.version,
        snapshot=setup.codec.write_charter(after),
        head=head,
        lines=lines,
    )


def fingerprint(
    setup: Setup, commands: Sequence[Command], lines: Sequence[Line], salt: str = ""
) -> str:
    """
    Hash what commands ask for, to tell a repeat from another request.

    What stands beside the lines that came of them is hashed too. Its salts keep short personal
    text from being guessed, and go with it when it is erased (rule J8); where no line came of
    them, a salt stands before the hash. How an actor is shown does not count.
    """
    plain = (evolve(each, by=Actor(each.by.kind, each.by.id)) for each in commands)
    first = lines[0].sequence if lines else 0
    salts = [line.personal for line in lines] or [salt := salt or setup.entropy.draw(SALT).hex()]
    content = canonical([*salts, *(setup.codec.command_data(each) for each in plain)])
    return f"{first}:{salt}:{hashlib.sha256(content.encode()).hexdigest()}"


def is_same(
    setup: Setup, commands: Sequence[Command], stored: str, journal: Sequence[Line]
) -> bool:
    """
    Whether commands ask for what a stored fingerprint was made of.

    Args:
        setup: What it works with.
        commands: What is asked.
        stored: The fingerprint.
        journal: The lines up to the last that came of the commands. Once something of them was
            erased, nothing can be compared any more, and the key alone decides.

    """
    first, salt, _ = stored.split(":")
    lines = journal[int(first) - 1 :] if int(first) else ()
    return fingerprint(setup, commands, lines, salt) == stored or any(map(is_redacted, lines))


def to_release(setup: Setup, incident: Incident, stored: Stored) -> Write:
    """Let a finished incident go of the dedup key that it holds for where it was merged into."""
    due_at = None if stored.due_at is None else from_micros(stored.due_at)
    return Write(
        subject=stored.subject,
        expected=stored.version,
        version=stored.version,
        snapshot=stored.snapshot,
        head=stored.head,
        lines=(),
        index=evolve(index_of(setup, incident, due_at), dedup_key=None),
    )


def index_of(setup: Setup, after: Incident, due_at: datetime | None) -> Index:
    """
    Say what an incident is searched by.

    A merged one holds its key for where it went; one of which nothing personal is left stands
    apart from the others that are terminal, as retention has nothing to look for in it.
    """
    holds = after.place.is_unfinished or after.merged_into is not None
    begun_at, ended_at = span_of(after)
    return Index(
        series=series_of(after, setup.practice.policy),
        state=after.place.state,
        category=EMPTIED if after.emptied == after.version else after.place.category.value,
        priority=after.priority,
        service=after.service,
        team=after.team,
        assignee=after.assignee,
        dedup_key=after.dedup_key if holds else None,
        fields={own.name: own.value for own in after.fields},
        due_at=None if due_at is None else micros(due_at),
        begun_at=micros(begun_at),
        ended_at=None if ended_at is None else micros(ended_at),
    )


def _messages(setup: Setup, commit: engine.Commit) -> Iterator[Owed]:
    count: dict[str, int] = {}
    for each in commit.messages:
        key = f"{commit.incident.id}/{each.sequence}/{each.channel}/{each.audience.value}"
        count[key] = count.get(key, 0) + 1
        yield Owed(
            key=f"{key}/{count[key]}",
            kind=OwedKind.MESSAGE,
            body=setup.codec.text(setup.codec.message_data(each)),
            available_at=micros(commit.incident.updated_at),
        )


def _commands(setup: Setup, commit: engine.Commit) -> Iterator[Owed]:
    for each in commit.commands:
        command = setup.codec.command_data(each.command)
        yield Owed(
            key=f"{commit.incident.id}/{each.sequence}/{each.incident}",
            kind=OwedKind.COMMAND,
            body=setup.codec.text({"to": each.incident, "command": command}),
            available_at=micros(commit.incident.updated_at),
        )
