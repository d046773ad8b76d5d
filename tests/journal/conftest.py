"""A small journal that says something personal in every entry."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
from attrs import frozen

from incidentflow import Acknowledge, Assign, Finding, Note, Policy, Resolve
from incidentflow.codec import Codec
from incidentflow.incident import Entry
from incidentflow.journal import genesis, seal
from incidentflow.policy import FieldRule
from incidentflow.ports import Line, Subject
from incidentflow.testing.clock import SeededEntropy
from incidentflow.testing.rehearsal import BLANK, Rehearsal

CODEC = Codec()
SUBJECT = Subject("default", "incident", BLANK.id)


@frozen
class Journal:
    """What a store would hold of one incident, and the entries it stands for."""

    subject: Subject
    entries: tuple[Entry, ...]
    lines: tuple[Line, ...]
    head: str


@pytest.fixture
def sealed() -> Callable[[Sequence[Entry]], Journal]:
    """Seal entries as one incident's journal, with the same salts each time."""

    def build(entries: Sequence[Entry]) -> Journal:
        lines, head = seal(CODEC, SeededEntropy(), genesis(SUBJECT), entries)
        return Journal(SUBJECT, tuple(entries), lines, head)

    return build


@pytest.fixture
def journal(sealed: Callable[[Sequence[Entry]], Journal]) -> Journal:
    """Give the journal of an everyday incident: reported, assigned, worked on, resolved."""
    fields = (
        FieldRule("phone", personal=True),
        FieldRule("seats", "number", personal=True),
        FieldRule("tier"),
    )
    desk = Rehearsal(policy=Policy(fields=fields))
    given = {"phone": "+49 30 1", "seats": 7, "tier": "gold"}
    desk.report("Zoë's mail is down", requester="zoe", fields=given, team="mail")
    desk.do(Assign(by="dispatch", team="mail", assignee="ana"))
    desk.do(Acknowledge(by="ana"), Note(by="ana", text="the queue is stuck"))
    desk.do(Finding(by="service:chat", text="disk is full"))
    desk.do(Resolve(by="ana", code="fixed", note="restarted the relay"))
    return sealed(desk.entries)
