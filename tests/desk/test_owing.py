"""Invariant: what a commit owes is written by that commit, and can be read by whoever pays it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from incidentflow import (
    Acknowledge,
    Assign,
    Command,
    Escalate,
    Event,
    IncidentDesk,
    Merge,
    Note,
    Policy,
    Resolve,
    usecases,
)
from incidentflow.codec import Codec
from incidentflow.desk.drivers import Lifted, run
from incidentflow.desk.parts import Parts, make_plugins, make_setup
from incidentflow.errors import CommitConflict, InvalidInput, StoreError, TransitionRefused
from incidentflow.incident import Case
from incidentflow.policy import Audience
from incidentflow.policy.communication import Subscription
from incidentflow.ports import Claim, OwedKind, Settlement, Store
from incidentflow.process import Absorb
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy
from incidentflow.words import micros

Build = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")


def setup_over(store: Store) -> usecases.Setup:
    """Put together what a use case works with."""
    parts: Parts = {"clock": ManualClock(), "entropy": SeededEntropy(7)}
    return make_setup(Lifted(store), parts, make_plugins(parts))


def claims(store: Store, kind: OwedKind) -> list[Claim]:
    """Claim everything that is owed now, of one kind."""
    return [one for one in store.claim(micros(MONDAY), 100, 1, "t") if one.owed.kind is kind]


def test_a_merge_owes_a_command_to_where_it_goes_on(desk: IncidentDesk, store: Store) -> None:
    """Whoever carries it out reads it back, for the right incident (rule J5)."""
    one, two = (desk.report(title, by="ana") for title in ("One", "Two"))
    desk.apply(one, Merge(by="bo", into=two.number))
    (claim,) = claims(store, OwedKind.COMMAND)
    body = json.loads(claim.owed.body)

    assert (one.id, two.id) == (claim.subject.id, body["to"])
    assert Absorb(by="bo", at=MONDAY, source=one.id, number=one.number) == Codec().read_command(
        body["command"]
    )
    assert f"{one.id}/2/{two.id}" == claim.owed.key
    assert micros(MONDAY) == claim.owed.available_at


def test_a_change_owes_messages_to_those_who_follow_it(desk: IncidentDesk, store: Store) -> None:
    """One for each channel, audience and event; the one who did it is not told (rule D9)."""
    incident = desk.report("Mail is down", by="ana", team="net", requester="zoe")
    desk.apply(incident, Assign(by="ana", assignee="ana"))
    desk.apply(incident, Acknowledge(by="ana"))
    desk.apply(incident, Escalate(by="ana", target="boss", reason="large", axis="hierarchical"))
    desk.apply(incident, RESOLVE)
    bodies = [json.loads(claim.owed.body) for claim in claims(store, OwedKind.MESSAGE)]
    told = {(body["audience"], body["recipient"], body["kind"]) for body in bodies}

    assert ("team", "net", "reported") in told
    assert ("escalated_to", "boss", "escalated") in told
    assert ("requester", "zoe", "resolved") in told
    assert "ana" not in {recipient for _, recipient, _ in told}
    assert len(bodies) == len({(b["audience"], b["sequence"], b["channel"]) for b in bodies})


def test_what_is_refused_owes_nothing(desk: IncidentDesk, store: Store) -> None:
    """No commit, no debts."""
    incident = desk.report("Mail is down", by="ana", requester="zoe")
    with pytest.raises(TransitionRefused):
        desk.apply(incident, RESOLVE, Resolve(by="ana"))

    assert [] == claims(store, OwedKind.MESSAGE)


def test_a_repeated_key_owes_nothing_more(desk: IncidentDesk, store: Store) -> None:
    """One effect, one debt."""
    for _ in range(3):
        incident = desk.report("Mail is down", by="ana", requester="zoe", key="k")
        desk.apply(incident, RESOLVE, key="l")

    assert 1 == len(claims(store, OwedKind.MESSAGE))


def test_one_audience_on_two_channels_is_told_twice(build: Build, store: Store) -> None:
    """Channels are apart; the same subscription given twice counts once."""
    both = tuple(
        Subscription(Audience.TEAM, "reported", channel) for channel in ("mail", "chat", "mail")
    )
    build(policy=Policy(subscriptions=both)).report("Mail is down", by="ana", team="net")
    channels = [json.loads(c.owed.body)["channel"] for c in claims(store, OwedKind.MESSAGE)]

    assert ["chat", "mail"] == sorted(channels)


def test_a_debt_is_paid_once(desk: IncidentDesk, store: Store) -> None:
    """Claimed under a token, settled under it, and gone."""
    desk.report("Mail is down", RESOLVE, by="ana", requester="zoe")
    (claim,) = claims(store, OwedKind.MESSAGE)
    paid = store.settle("default", Settlement(claim.owed.key, claim.token))

    assert paid
    assert [] == list(store.claim(micros(MONDAY) << 1, 100, 1, "u"))


def test_a_debt_is_settled_with_its_effect(desk: IncidentDesk, store: Store) -> None:
    """Carrying a command out and settling it is one commit; with an old token it is neither."""
    one, two = (desk.report(title, by="ana") for title in ("One", "Two"))
    desk.apply(one, Merge(by="bo", into=two.number))
    setup = setup_over(store)
    (claim,) = claims(store, OwedKind.COMMAND)
    absorb = setup.codec.read_command(json.loads(claim.owed.body)["command"])
    old, latest = (Settlement(claim.owed.key, token) for token in ("old", claim.token))
    with pytest.raises(CommitConflict, match="the token this commit to"):
        run(usecases.change(setup, two.id, (absorb,), settles=old))
    before = desk.get(two).version
    run(usecases.change(setup, two.id, (absorb,), settles=latest))

    assert (1, 2) == (before, desk.get(two).version)
    assert [] == [c for c in store.claim(micros(MONDAY) << 1, 9, 1, "u") if c.owed == claim.owed]


@frozen(kw_only=True)
class Wink(Command):
    """A host's own command that nothing comes of."""

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Yield nothing."""
        del case
        return ()


def test_a_debt_without_effect_is_settled_too(desk: IncidentDesk, store: Store) -> None:
    """What was owed is done, though nothing came of it."""
    one, two = (desk.report(title, by="ana") for title in ("One", "Two"))
    desk.apply(one, Merge(by="bo", into=two.number))
    (claim,) = claims(store, OwedKind.COMMAND)
    latest = Settlement(claim.owed.key, claim.token)
    run(usecases.change(setup_over(store), two.id, (Wink(by="bo"),), settles=latest))

    assert two == desk.get(two)
    assert not store.settle("default", latest)


def test_a_batch_claims_and_settles_in_the_store_behind(store: Store) -> None:
    """What is owed is nobody's provisional matter."""
    IncidentDesk(store, clock=ManualClock()).report("x", RESOLVE, by="ana", requester="zoe")
    overlay = usecases.Overlay(Lifted(store))
    (claim,) = run(overlay.claim(micros(MONDAY), 9, 1, "t"))

    assert run(overlay.settle("default", Settlement(claim.owed.key, "t")))
    assert (store.name, store.capabilities - {"erases"}) == (overlay.name, overlay.capabilities)


def test_a_failed_commit_says_whether_it_stands(build: Build, meddle: Any) -> None:  # noqa: ANN401
    """And a repeat with the key finds out."""

    def fail() -> None:
        raise StoreError("commit", "the network is gone", "unknown")

    desk = build(meddle(fail))
    with pytest.raises(StoreError, match="repeat the command with the same key") as caught:
        desk.report("Mail is down", by="ana", key="k")
    incident = desk.report("Mail is down", by="ana", key="k")

    assert "unknown" == caught.value.outcome
    assert [incident] == list(desk.find())
    assert 1 == desk.apply(incident, Note(by="ana", text="x")).counts.notes


def test_a_batch_erases_nothing(store: Store) -> None:
    """What is erased is erased at once, and could not be taken back with the batch."""
    overlay = usecases.Overlay(Lifted(store))
    with pytest.raises(InvalidInput, match="cannot erase; erase with the desk itself"):
        run(overlay.erase(()))

    assert "erases" not in overlay.capabilities
