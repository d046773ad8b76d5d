"""Who is told of what (rule D9)."""

from __future__ import annotations

from incidentflow.incident import Command
from incidentflow.policy import Audience, Policy, Subscription
from incidentflow.process import (
    Assign,
    Escalate,
    Note,
    Relapse,
    Reopen,
    Resolve,
    ReturnToQueue,
    StakeholderUpdate,
)
from incidentflow.testing.rehearsal import Rehearsal

RESOLVE = Resolve(by="bo", code="c", note="n")


def told(life: Rehearsal, *commands: Command) -> list[tuple[str, str, str]]:
    """Carry out commands, and say who is told of what in which role."""
    life.do(*commands)
    messages = life.commits[-1].messages
    return [(each.recipient, each.kind, each.audience.value) for each in messages]


def reported(policy: Policy | None = None, **details: object) -> Rehearsal:
    """Rehearse an incident for Cy, which the mail team is to look after."""
    life = Rehearsal(policy=policy)
    life.report(requester="cy", team="mail", **details)
    return life


def test_the_team_is_told_of_a_report_and_the_assignee_of_the_assignment() -> None:
    """Each as its own message."""
    life = Rehearsal()
    life.report(team="mail", assignee="bo")

    assert [
        ("mail", "reported", "team"),
        ("bo", "assigned", "assignee"),
        ("mail", "assigned", "team"),
    ] == [(each.recipient, each.kind, each.audience.value) for each in life.commits[-1].messages]


def test_the_requester_is_told_how_it_ends() -> None:
    """Not how it is worked on."""
    life = reported(to="mitigated", note="n")

    assert [] == told(life, Note(by="bo", text="n"), Relapse(by="bo", note="n"))
    assert [("cy", "resolved", "requester")] == told(life, RESOLVE)
    assert [("cy", "reopened", "requester")] == told(life, Reopen(by="bo", reason="r"))
    assert [("mail", "returned_to_queue", "team")] == told(life, ReturnToQueue(by="bo", reason="r"))


def test_whoever_acts_is_not_told_of_it() -> None:
    """In whatever role."""
    life = reported()

    assert [("mail", "assigned", "team")] == told(life, Assign(by="bo", assignee="bo"))
    assert [] == told(reported(), Resolve(by="cy", code="c", note="n"))


def test_one_person_in_several_roles_gets_one_message() -> None:
    """On one channel; on another channel it is another message."""
    channels = tuple(
        Subscription(audience, "reopened", channel)
        for channel in ("mail", "chat")
        for audience in (Audience.REQUESTER, Audience.ASSIGNEE)
    )
    life = reported(
        Policy(subscriptions=channels), assignee="cy", to="resolved", code="c", note="n"
    )
    life.do(Reopen(by="bo", reason="r"))

    assert [("mail", "cy"), ("chat", "cy")] == [
        (each.channel, each.recipient) for each in life.commits[-1].messages
    ]


def test_an_escalation_tells_whom_it_went_to() -> None:
    """Also when it went elsewhere before (rule E1)."""
    life = reported()
    boss = Escalate(by="ana", target="boss", reason="r", axis="hierarchical")

    assert [("boss", "escalated", "escalated_to")] == told(life, boss)
    assert [("network", "escalated", "escalated_to")] == told(
        life, Escalate(by="ana", target="network", reason="r")
    )


def test_those_escalated_to_may_be_told_of_more() -> None:
    """Management first, then the team; nobody where nothing was escalated."""
    policy = Policy(subscriptions=(Subscription(Audience.ESCALATED_TO, ("noted",)),))
    life = reported(policy)
    note = Note(by="cy", text="n")

    assert [] == told(life, note)

    life.do(Escalate(by="ana", target="network", reason="r"))

    assert [("network", "noted", "escalated_to")] == told(life, note)

    life.do(Escalate(by="ana", target="boss", reason="r", axis="hierarchical"))

    assert [("boss", "noted", "escalated_to")] == told(life, note)


def test_stakeholders_are_told_of_updates() -> None:
    """As one audience."""
    assert [("stakeholders", "stakeholders_updated", "stakeholders")] == told(
        reported(), StakeholderUpdate(by="ana", text="t")
    )


def test_two_acts_in_one_commit_are_two_messages() -> None:
    """Each with its own place in the journal."""
    life = reported()
    life.do(RESOLVE, Reopen(by="bo", reason="r"), RESOLVE)
    messages = life.commits[-1].messages

    assert ["resolved", "reopened", "resolved"] == [each.kind for each in messages]
    assert 3 == len({each.sequence for each in messages})
