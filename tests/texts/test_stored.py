"""Nothing rendered is ever stored: rows hold codes and values, and what people typed (C7)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from incidentflow import (
    Acknowledge,
    Assign,
    Close,
    Escalate,
    Hold,
    IncidentDesk,
    Merge,
    Policy,
    Reopen,
    Resolve,
    StakeholderUpdate,
)
from incidentflow.errors import TransitionRefused
from incidentflow.policy import SUBSCRIPTIONS
from incidentflow.texts import ENGLISH, GERMAN

SENTENCE = re.compile(r"[A-Za-zäöüß]+(?:[ ,;:]+[A-Za-zäöüß]+){2,}")


def sentences() -> set[str]:
    """Return what catalogues say in three words or more, between what they are given."""
    templates = (*ENGLISH.entries.values(), *GERMAN.entries.values())
    parts = (part for text in templates for part in re.split(r"\{\w+\??(?::\w+)?\}|[\[\]|]", text))
    return {found.strip() for part in parts for found in SENTENCE.findall(part)}


def test_no_sentence_of_a_catalogue_is_in_a_database(tmp_path: Path) -> None:
    """Not in a journal, a snapshot, a message that is owed, or an index."""
    file = tmp_path / "incidents.db"
    with IncidentDesk(f"sqlite:///{file}", policy=Policy(subscriptions=SUBSCRIPTIONS)) as desk:
        other = desk.report("Gone", by="ana", impact="high", urgency="high", requester="cy")
        one = desk.report("Stuck", by="ana", impact="high", urgency="high", team="mail")
        desk.apply(one, Assign(by="ana", assignee="bo"), Acknowledge(by="bo"))
        desk.apply(one, Hold(by="bo", reason="awaiting_vendor", reference="v"))
        desk.apply(one, StakeholderUpdate(by="bo", text="soon"))
        desk.apply(one, Escalate(by="bo", target="boss", reason="r"))
        desk.apply(one, Resolve(by="bo", code="fixed", note="n"))
        with pytest.raises(TransitionRefused):
            desk.apply(one, Acknowledge(by="bo"))
        desk.apply(one, Reopen(by="ana", reason="again"))
        desk.apply(one, Merge(by="ana", into=other.number))
        with pytest.raises(TransitionRefused):
            desk.apply(one, Close(by="ana"))
        told = desk.history(one)
    stored = b"".join(each.read_bytes() for each in sorted(tmp_path.iterdir()))

    assert any(entry.event.describe() == "escalated to boss (functional): r" for entry in told)
    assert b"boss" in stored
    assert {"somebody must be assigned", "works on it"} <= sentences()
    assert [] == sorted(each for each in sentences() if each.encode() in stored)
