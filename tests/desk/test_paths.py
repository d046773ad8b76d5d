"""Paths around a rule in what stands outside the core; none of them is open."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from incidentflow import (
    ITIL,
    Actor,
    ActorKind,
    AsyncIncidentDesk,
    FieldRule,
    Hold,
    IncidentDesk,
    Merge,
    Note,
    Policy,
    Reinstate,
    State,
    Step,
)
from incidentflow.desk.drivers import Lifted
from incidentflow.errors import InvalidInput, LifecycleError, PolicyError
from incidentflow.policy import ClockRule, Subscription
from incidentflow.policy.clocks import CLOCKS
from incidentflow.ports import Lookup, OwedKind, Store, Stored, Write
from incidentflow.process import Absorb
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock
from incidentflow.words import micros

Build = Callable[..., Any]
NOTES = ClockRule("notes", starts="event:noted", stops=("event:nots", "resolved"))
LATE = ClockRule("overdue", starts="event:clock_breached", stops=("resolved",))
OVERDUE = Policy(clocks=(*CLOCKS, LATE))
WAIT = ClockRule("wait", starts="waiting", stops=("left:waiting", "resolved"))
WAITED = Policy(clocks=(WAIT,), hold_reasons=(), targets=())
CLOCKED = Policy(clocks=(*CLOCKS, NOTES))


class Slow(Lifted):
    """A store each of whose calls takes a turn of the loop."""

    async def load(self, lookup: Lookup) -> Stored | None:
        """Let others go first."""
        await asyncio.sleep(0)
        return self._store.load(lookup)

    async def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Let others go first."""
        await asyncio.sleep(0)
        return self._store.commit(writes)


@pytest.mark.parametrize(
    ("policy", "problem"),
    [
        (Policy(fields=(FieldRule("note"),)), "'note' is called as an input is"),
        (Policy(fields=(FieldRule("tier", required_at="resolv"),)), "did you mean 'resolve'"),
        (CLOCKED, "clock 'notes' names the kind of event 'nots'"),
        (OVERDUE, "kind of event 'clock_breached'; "),
        (WAITED, "clock 'wait' starts at 'waiting', which can never be; add a reason to hold"),
        (Policy(subscriptions=(Subscription("team", "resolvd"),)), "did you mean 'resolved'"),  # type: ignore[arg-type] # text is read
    ],
    ids=["field", "trigger", "clock", "time", "wait", "kind"],
)
def test_a_policy_fits_the_lifecycle(policy: Policy, problem: str) -> None:
    """What could never work is said when the desk is built."""
    with pytest.raises(PolicyError, match=problem):
        IncidentDesk(policy=policy)


def test_a_state_may_wait_without_a_reason() -> None:
    """Where a host's own step leads to it, and none otherwise."""
    parked = ITIL.extend(
        State("parked", category="open", marks={"waiting"}),
        Step("park", "new", "parked"),
        Step("unpark", "parked", "new"),
    )

    assert IncidentDesk(lifecycle=parked, policy=WAITED)


def test_a_step_needs_what_can_be_given() -> None:
    """An input of its command, or an own field (rule L7)."""
    typo = ITIL.extend(Step("park", "new", "cancelled", needs=("nte", "tier")))
    right = ITIL.extend(Step("park", "new", "cancelled", needs=("note", "tier")))
    policy = Policy(fields=(FieldRule("tier"),))

    assert IncidentDesk(lifecycle=right, policy=policy)
    with pytest.raises(LifecycleError, match="needs 'nte'; did you mean 'note'"):
        IncidentDesk(lifecycle=typo, policy=policy)


def test_nothing_but_a_policy_is_one() -> None:
    """An empty mapping is not taken for none."""
    with pytest.raises(InvalidInput, match="is no Policy"):
        IncidentDesk(policy={})  # type: ignore[arg-type] # that is the point


def test_a_report_that_joins_brings_no_number(desk: IncidentDesk) -> None:
    """The incident that it joins has one (rule I1)."""
    desk.report("Mail is down", by="monitor:a", dedup_key="mail")

    with pytest.raises(InvalidInput, match="joins INC-0000001, which has its own"):
        desk.report("Mail is down", by="monitor:b", dedup_key="mail", number="EXT-1")


def test_what_a_merge_owes_nobody_does_by_hand(desk: IncidentDesk) -> None:
    """It would claim a merge that never was."""
    incident = desk.report("Mail is down", by="ana")

    with pytest.raises(InvalidInput, match="ask for Merge"):
        desk.apply(incident, Absorb(by="ana", source="INC-9"))


def test_what_is_owed_twice_in_one_commit_is_owed_twice(desk: IncidentDesk, store: Store) -> None:
    """Its key is the event that owes it (rule J5)."""
    one, two = desk.report("One", by="ana"), desk.report("Two", by="ana")
    again = (Merge(by="ana", into=two.id), Reinstate(by="ana", reason="r"))
    desk.apply(one, *again, Merge(by="ana", into=two.id))
    owed = store.claim(micros(MONDAY), 100, 1, "t")

    assert 2 == sum(claim.owed.kind is OwedKind.COMMAND for claim in owed)


def test_a_key_forgets_how_an_actor_is_shown(desk: IncidentDesk) -> None:
    """A display name that changed between two tries makes no other request (rule J3)."""
    incident = desk.report("Mail is down", by="ana")
    first = desk.apply(incident, Note(by=Actor(ActorKind.PERSON, "ana"), text="x"), key="k")
    named = Actor(ActorKind.PERSON, "ana", "Ana B.")

    assert first == desk.apply(incident, Note(by=named, text="x"), key="k")


def test_a_fingerprint_gives_nothing_away(store: Store) -> None:
    """The same request under another key has another one: it is salted."""
    desk = IncidentDesk(store, clock=ManualClock())
    incident, kept = desk.report("Mail is down", by="ana"), []
    commit = store.commit

    def watch(writes: Sequence[Write]) -> tuple[str | None, ...]:
        kept.extend(write.fingerprint for write in writes)
        return commit(writes)

    store.commit = watch  # type: ignore[method-assign] # only to look
    desk.apply(incident, Note(by="ana", text="x"), key="k")
    desk.apply(incident, Note(by="ana", text="x"), key="l")

    assert 2 == len({*kept})


def test_a_tampered_due_instant_is_found(tmp_path: Path) -> None:
    """It is not hashed, but follows from what is (rules J7 and K18)."""
    clock = ManualClock()
    with IncidentDesk(f"sqlite:///{tmp_path}/x.db", clock=clock) as desk:
        until = clock.now().replace(hour=12)
        incident = desk.report("Mail", Hold(by="ana", reason="scheduled", until=until), by="ana")
        raw = sqlite3.connect(tmp_path / "x.db")
        with raw:
            raw.execute("UPDATE incidentflow_subject SET due_at = due_at + 1")
        raw.close()
        (broken,) = desk.verify(incident).broken

    assert "the stored due instant is not the agenda's" == broken.problem


def test_a_nested_text_without_end_is_no_entry(tmp_path: Path) -> None:
    """It is named, not run out of stack on."""
    with IncidentDesk(f"sqlite:///{tmp_path}/x.db") as desk:
        incident = desk.report("Mail is down", by="ana")
        raw = sqlite3.connect(tmp_path / "x.db")
        with raw:
            raw.execute(
                "UPDATE incidentflow_entry SET personal = ?",
                (json.dumps([]).replace("]", "[" * 99_999),),
            )
        raw.close()
        (broken,) = desk.verify(incident).broken

    assert 1 == broken.sequence


def test_too_many_are_not_asked_for_at_once(desk: IncidentDesk) -> None:
    """Ask page by page."""
    with pytest.raises(InvalidInput, match="ask page by page"):
        desk.find(limit=10**30)


def test_what_is_gathered_in_a_batch_is_all_there() -> None:
    """Three at once on one incident are decided one after another (rule J3)."""

    async def scene() -> int:
        desk = AsyncIncidentDesk(Slow(MemoryStore()))
        incident = await desk.report("Mail is down", by="ana")
        async with desk.batch() as batch:
            notes = (batch.apply(incident, Note(by="ana", text=text)) for text in "abc")
            await asyncio.gather(*notes)
        return (await desk.get(incident)).counts.notes

    assert 3 == asyncio.run(scene())


def test_a_batch_takes_nothing_while_it_is_written() -> None:
    """What came then would be answered and lost."""

    async def scene() -> object:
        desk = AsyncIncidentDesk(Slow(MemoryStore()))
        incident = await desk.report("Mail is down", by="ana")
        async with desk.batch() as batch:
            await batch.apply(incident, Note(by="ana", text="a"))
        return await asyncio.gather(
            batch.apply(incident, Note(by="ana", text="late")), return_exceptions=True
        )

    (answer,) = asyncio.run(scene())  # type: ignore[misc] # gather answers a list

    assert isinstance(answer, InvalidInput)
