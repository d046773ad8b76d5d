"""What is written down beside the state: escalation, findings, updates, notes (E1, C1, W1, L3)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from incidentflow.errors import InvalidInput
from incidentflow.incident import Command
from incidentflow.process import (
    AcceptMajor,
    Assign,
    Close,
    Describe,
    DraftReview,
    Escalate,
    Finding,
    Identify,
    Mitigate,
    Note,
    OverridePriority,
    ProposeMajor,
    Reclassify,
    Reopen,
    Resolve,
    SetSubstatus,
    StakeholderUpdate,
)
from incidentflow.testing.rehearsal import Rehearsal

HOUR = timedelta(hours=1)


def reported(**details: object) -> Rehearsal:
    """Rehearse an incident that was just reported."""
    life = Rehearsal()
    life.report(**details)
    return life


def closed() -> Rehearsal:
    """Rehearse an incident that is over."""
    life = reported(to="resolved", code="c", note="n")
    life.do(Close(by="ana"))
    return life


def test_functional_escalation_may_transfer_the_incident() -> None:
    """To a specialised team, as an event of its own beside it (rule E1)."""
    life = reported(team="mail")
    life.do(Escalate(by="ana", target="network", reason="BGP"))

    assert ("network", "mail", 1) == (
        life.incident.escalated_to.team,
        life.incident.team,
        life.incident.counts.escalations,
    )
    assert "escalated to network (functional): BGP" in str(life.entries[-1])

    life.do(Escalate(by="ana", target="network", reason="theirs", transfer=True))

    assert ("escalated", "assigned") == life.kinds
    assert "network" == life.incident.team


def test_hierarchical_escalation_informs_and_never_transfers() -> None:
    """It remembers whom, beside the team (rule E1)."""
    life = reported(team="mail")
    life.do(Escalate(by="ana", target="boss", reason="shop is down", axis="hierarchical"))

    assert ("boss", None, "mail") == (
        life.incident.escalated_to.management,
        life.incident.escalated_to.team,
        life.incident.team,
    )

    with pytest.raises(InvalidInput, match="a hierarchical escalation informs"):
        Escalate(by="ana", target="boss", reason="r", axis="hierarchical", transfer=True)
    with pytest.raises(InvalidInput, match="did you mean 'hierarchical'"):
        Escalate(by="ana", target="boss", reason="r", axis="hierarchic")


def test_findings_are_counted_and_shown() -> None:
    """With how sure they are, and evidence by reference (rule W1)."""
    life = reported()
    life.do(Finding(by="ana", text="disk is full", evidence="https://graphs/7"))
    life.do(Finding(by="ana", text="not the network", kind_of="ruled_out"))

    assert 2 == life.incident.counts.findings
    assert "observation: disk is full" in str(life.entries[-2])
    assert "ruled out: not the network" in str(life.entries[-1])

    with pytest.raises(InvalidInput, match="did you mean 'observation'"):
        Finding(by="ana", text="t", kind_of="observations")


def test_the_first_cause_of_an_episode_sets_its_milestone() -> None:
    """A better one replaces the cause, not the milestone; a new episode has its own."""
    life = reported()
    first = life.now
    life.do(Identify(by="ana", cause="a disk"))
    life.wait(hours=1)
    life.do(Identify(by="ana", cause="its firmware"))

    assert ("its firmware", first) == (life.incident.cause, life.incident.episode.identified_at)
    assert "cause identified: its firmware" in str(life.entries[-1])

    life.do(Resolve(by="ana", code="c", note="n"), Reopen(by="ana", reason="r"))

    assert life.incident.episode.identified_at is None


def test_an_update_promises_and_estimates() -> None:
    """The latest word stands; a promise lies ahead (rules C1 and C2)."""
    life = reported()
    ahead = life.now + HOUR
    life.do(StakeholderUpdate(by="ana", text="we are on it", next_update_at=ahead, eta=ahead))

    assert ("we are on it", ahead, ahead, 1) == (
        life.incident.news.text,
        life.incident.news.next_update_at,
        life.incident.news.eta,
        life.incident.counts.updates,
    )
    assert str(life.entries[-2]).endswith(
        "told stakeholders: we are on it Next update 2026-03-02 09:00Z. "
        "Expected resolution 2026-03-02 09:00Z."
    )
    assert ("next_update_at.past",) == life.attempt(
        StakeholderUpdate(by="ana", text="t", next_update_at=life.now)
    ).codes


def test_a_substatus_is_a_label_inside_the_state() -> None:
    """It has no rules, and goes with the state (rule L4)."""
    life = reported()
    life.do(SetSubstatus(by="ana", label="monitoring"))

    assert "monitoring" == life.incident.substatus
    assert "status: monitoring" in str(life.entries[-1])

    life.do(Mitigate(by="ana", note="n"))

    assert life.incident.substatus is None


def test_a_description_is_put_in_other_words() -> None:
    """What is given is taken over, what is not stays."""
    life = reported(title="t", description="d", source="mail", requester="bo")
    life.do(Describe(by="ana", title="Mail is late", requester="cy"))

    assert ("Mail is late", "d", "mail", "cy") == (
        life.incident.title,
        life.incident.description,
        life.incident.source,
        life.incident.requester,
    )
    assert "described: title Mail is late, requester cy" in str(life.entries[-1])

    life.do(Describe(by="ana", description="of\nseveral lines", source="phone"))

    assert ("Mail is late", "of\nseveral lines", "phone") == (
        life.incident.title,
        life.incident.description,
        life.incident.source,
    )
    assert "described: source phone, another description" in str(life.entries[-1])


def test_describing_says_something() -> None:
    """Nothing given is nothing to record."""
    with pytest.raises(InvalidInput, match="title, description, source, requester"):
        Describe(by="ana")


def test_notes_are_counted() -> None:
    """They are for colleagues."""
    life = reported()
    life.do(Note(by="ana", text="coffee is out"))

    assert 1 == life.incident.counts.notes
    assert "note: coffee is out" in str(life.entries[-1])


@pytest.mark.parametrize(
    "command",
    [
        Note(by="ana", text="t"),
        Finding(by="ana", text="t"),
        Identify(by="ana", cause="c"),
        StakeholderUpdate(by="ana", text="t"),
        DraftReview(by="ana", summary="s"),
        Describe(by="ana", title="t"),
        Reclassify(by="ana", category="mail"),
        OverridePriority(by="ana", priority=2, reason="r"),
    ],
)
def test_these_are_possible_in_terminal_states(command: Command) -> None:
    """Annotations, reviews, reclassification and words to stakeholders (rule L3)."""
    life = closed()
    life.do(command)

    assert "closed" == life.incident.state


@pytest.mark.parametrize(
    "command",
    [
        Assign(by="ana", team="mail"),
        Escalate(by="ana", target="network", reason="r"),
        SetSubstatus(by="ana", label="l"),
        ProposeMajor(by="ana", reason="r"),
        AcceptMajor(by="ana"),
    ],
)
def test_these_are_not(command: Command) -> None:
    """Work is over there; the refusal says which category refuses."""
    attempt = closed().attempt(command)

    assert ("category.wrong",) == attempt.codes
    assert "not possible in a state of category terminal" in str(attempt.outcome)


def test_what_is_done_may_be_escalated_still() -> None:
    """Escalation is no state and changes in any but a terminal one (rule L3)."""
    life = reported(to="resolved", code="c", note="n")

    assert () == life.attempt(Escalate(by="a", target="t", reason="r")).codes
    assert () == life.attempt(Assign(by="ana", team="mail")).codes
