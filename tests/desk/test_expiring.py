"""Invariant: nothing personal is kept longer than the policy says, but for a legal hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import (
    Acknowledge,
    ActorKind,
    Assign,
    Cancel,
    Close,
    IncidentDesk,
    LegalHold,
    Merge,
    Note,
    Policy,
    Reinstate,
    ReleaseLegalHold,
    Resolve,
)
from incidentflow.errors import InvalidInput, MissingCapability
from incidentflow.incident import Incident
from incidentflow.journal import personal_values
from incidentflow.policy import Retention
from incidentflow.ports import Allow, By, Deny, Line, Lookup, Query, Store, Stored, Write
from incidentflow.process.retention import Erased
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy
from incidentflow.usecases import Erasure
from incidentflow.words import ERASED

Build = Callable[..., Any]
REQUEST = {"by": "service:retention", "reason": "time is over"}
DAY = timedelta(days=1)
MONTH = timedelta(days=30)
POLICY = Policy(
    reinstate_window=None,
    retention=(
        Retention(3 * MONTH),
        Retention(MONTH, "staff"),
        Retention(12 * MONTH, "staff/accident"),
    ),
)


@pytest.fixture(name="desk")
def retaining(build: Build, clock: ManualClock) -> Any:  # noqa: ANN401 - either desk
    """Give a desk that keeps nothing for ever."""
    return build(policy=POLICY, clock=clock)


def end(desk: Any, category: str | None = None) -> Incident:  # noqa: ANN401 - either desk
    """Let an incident happen, and end."""
    incident = desk.report("Zoe fell", by="ana", requester="zoe", category=category, team="first")
    desk.apply(incident, Note(by="bo", text="called Zoe"), Acknowledge(by="bo"))
    return desk.apply(incident, Cancel(by="ana", reason="test"))


def everything(store: Store) -> str:
    """Show all that a store holds of incidents."""
    found = store.find(Query(tenant="default"))
    owed = [store.load(Lookup("default", By.OWED, each.subject.id)) for each in found]
    return repr((found, owed, [store.history(each.subject) for each in found]))


def test_what_is_kept_too_long_goes(desk: Any, clock: ManualClock, store: Store) -> None:  # noqa: ANN401
    """At the very end of its time all of it; what is not personal stays, and the chain holds."""
    incident = end(desk)
    clock.set(MONDAY + 3 * MONTH - timedelta(microseconds=1))
    assert desk.expired().is_empty
    assert desk.erase_expired(**REQUEST).is_empty
    clock.set(MONDAY + 3 * MONTH)
    counted, erased = desk.expired(), desk.erase_expired(**REQUEST)
    after, held = desk.get(incident), everything(store)

    assert counted == erased
    assert (1, 0, True) == (erased.incidents, erased.desks, erased.is_complete)
    assert [] == [word for word in ("Zoe", "zoe", '"ana"', '"bo"') if word in held]
    assert (ERASED, ERASED, ERASED, "first") == (
        after.title,
        after.requester,
        after.assignee,
        after.team,
    )
    assert (incident.state, incident.since, incident.counts) == (
        after.state,
        after.since,
        after.counts,
    )
    assert after.version == after.emptied == desk.history(incident)[-1].sequence
    told = str(desk.history(incident)[-1])
    assert told.endswith(f"{erased.texts} personal texts erased: time is over")
    assert "retention" in told
    assert desk.verify().holds


def test_each_category_has_its_time(desk: Any, clock: ManualClock) -> None:  # noqa: ANN401
    """The rule for the nearest category decides; other parts of its name are none."""
    names = ("staff", "staff/pay", "staff/accident", "staff/accident/car", "staffing", None)
    cases = {name: end(desk, name) for name in names}
    gone = []
    for month in (1, 3, 12):
        clock.set(MONDAY + month * MONTH)
        desk.erase_expired(**REQUEST)
        gone.append({name for name, case in cases.items() if desk.get(case).title == ERASED})

    assert [
        {"staff", "staff/pay"},
        {"staff", "staff/pay", "staffing", None},
        set(names),
    ] == gone


def test_a_policy_without_rules_keeps_everything(build: Build) -> None:
    """For ever, as is the default."""
    clock = ManualClock()
    desk = build(clock=clock)
    end(desk)
    clock.advance(days=36_000)

    assert Erasure() == desk.expired() == desk.erase_expired(**REQUEST)


def test_the_policy_of_now_decides(build: Build, store: Store) -> None:
    """A shorter time is for what ended before it too."""
    clock = ManualClock()
    end(build(store, clock=clock))
    clock.advance(days=2)
    stricter = build(store, clock=clock, policy=Policy(retention=(Retention(DAY),)))

    assert 1 == stricter.erase_expired(**REQUEST).incidents


def test_what_is_at_work_stays(desk: Any, clock: ManualClock) -> None:  # noqa: ANN401
    """However old; and what goes back to work counts from its next end."""
    working = desk.report("Zoe fell", by="ana")
    resolved = desk.report("Zoe lost a key", Resolve(by="ana", code="fixed", note="n"), by="ana")
    again = end(desk)
    clock.advance(days=80)
    desk.apply(again, Reinstate(by="ana", reason="not over"))
    clock.advance(days=80)
    assert desk.erase_expired(**REQUEST).is_empty
    for each in (working, again):
        desk.apply(each, Cancel(by="ana", reason="test"))
    desk.apply(resolved, Close(by="ana"))
    clock.advance(days=89)
    assert desk.erase_expired(**REQUEST).is_empty
    clock.advance(days=1)

    assert 3 == desk.erase_expired(**REQUEST).incidents


def test_what_is_gone_is_not_looked_at_again(build: Build, clock: ManualClock) -> None:
    """
    Neither journal nor snapshot is read twice, until something was added (rule J8).

    Who erased is still told, and whoever lists what is over finds it.
    """

    class Counting(MemoryStore):
        def __init__(self) -> None:
            super().__init__()
            self.read = 0
            self.found = 0

        def find(self, query: Query) -> tuple[Stored, ...]:
            found = super().find(query)
            self.found += len(found)
            return found

        def history(self, subject: Any, after: int = 0) -> tuple[Line, ...]:  # noqa: ANN401
            self.read += 1
            return super().history(subject, after)

    store = Counting()
    desk = build(store, policy=POLICY, clock=clock)
    incident = end(desk)
    clock.advance(days=90)
    first = desk.erase_expired(**REQUEST)
    end(desk)
    before = store.read, store.found
    assert desk.expired().is_empty
    assert desk.erase_expired(**REQUEST).is_empty
    assert before == (store.read, store.found)
    assert incident.id in {each.id for each in desk.find(category="terminal")}
    desk.apply(incident, Note(by="cy", text="Zoe again"))
    second = desk.erase_expired(by="monitor:old", reason="still over")
    told = [f"{each.by}: {each.event.describe()}" for each in desk.history(incident)]

    assert (True, 2) == (first.texts > second.texts, second.texts)
    assert [
        f"service:retention: {first.texts} personal texts erased: time is over",
        f"{ERASED}: note: {ERASED}",
        "monitor:old: 2 personal texts erased: still over",
    ] == told[-3:]


def test_what_is_owed_goes_too(desk: Any, clock: ManualClock, store: Store) -> None:  # noqa: ANN401
    """Messages wait no more; a command is carried out without what was personal in it."""
    other = desk.report("Other", by="cy")
    incident = desk.report("Zoe fell", by="ana", requester="zoe")
    desk.apply(incident, Assign(by="ana", assignee="bo"), Merge(by="ana", into=other.number))
    clock.advance(days=90)
    erased = desk.erase_expired(**REQUEST)
    found = store.load(Lookup("default", By.OWED, incident.id))
    bodies = [each.body for each in found.owed if each.body] if found else []
    [command] = [json.loads(body)["command"] for body in bodies]

    assert erased.owed == len(found.owed if found else ())
    assert ("absorb", {"kind": "person", "id": ERASED}) == (command["kind"], command["by"])
    assert desk.erase_expired(**REQUEST).is_empty


def test_what_cannot_be_read_is_named(desk: Any, clock: ManualClock, store: Store) -> None:  # noqa: ANN401
    """Nobody can tell whether its time is over; others go all the same."""
    one, two = end(desk), end(desk)
    [stored] = [each for each in store.find(Query(tenant="default")) if each.subject.id == one.id]
    store.commit(
        [
            Write(
                subject=stored.subject,
                expected=stored.version,
                version=stored.version,
                snapshot=b"{}x",
                head=stored.head,
                lines=(),
                index=stored.index or pytest.fail("no index"),
            )
        ]
    )
    clock.advance(days=90)
    erased = desk.erase_expired(**REQUEST)

    assert ([one.id], 1) == ([id_ for id_, _ in erased.failed], erased.incidents)
    assert ERASED == desk.get(two).title


def test_what_goes_back_to_work_meanwhile_stays(build: Build, clock: ManualClock) -> None:
    """Between the look at the snapshot and the erasure."""

    class Late(MemoryStore):
        acts: tuple[Callable[[], object], ...] = ()

        def load(self, lookup: Lookup) -> Any:  # noqa: ANN401 - as the store answers
            acts, self.acts = (self.acts, ()) if lookup.by is By.OWED else ((), self.acts)
            for act in acts:
                act()
            return super().load(lookup)

    store = Late()
    desk = build(store, policy=POLICY, clock=clock)
    incident = end(desk)
    clock.advance(days=90)
    other = IncidentDesk(store, policy=POLICY, clock=clock)
    store.acts = (lambda: other.apply(incident.id, Reinstate(by="ana", reason="not over")),)

    assert desk.erase_expired(**REQUEST).is_empty
    assert ("Zoe fell", "triaged") == (desk.get(incident).title, desk.get(incident).state)


def test_it_is_the_hosts_to_do(build: Build, desk: Any, clock: ManualClock) -> None:  # noqa: ANN401
    """Not a view's, where nothing can be erased not at all, and by whom it is allowed."""

    def only_dpo(actor: Any, action: str, incident: Incident) -> Allow | Deny:  # noqa: ANN401
        del incident
        return Allow() if action != "erase" or actor.id == "dpo" else Deny("dpo", "ask the DPO")

    for verb, asked in (("expired", {}), ("erase_expired", REQUEST)):
        with pytest.raises(InvalidInput, match=f"{verb} serves everybody"):
            getattr(desk.seen_by("bo"), verb)(**asked)
    with desk.batch() as batch, pytest.raises(MissingCapability, match="erases"):
        batch.erase_expired(**REQUEST)
    for wrong in ({"by": "system:x"}, {"reason": " "}):
        with pytest.raises(InvalidInput):
            desk.erase_expired(**{**REQUEST, **wrong})
    guarded = build(policy=POLICY, clock=clock, authorise=only_dpo)
    end(guarded)
    clock.advance(days=90)

    assert 1 == len(guarded.erase_expired(**REQUEST).failed)
    assert 1 == guarded.erase_expired(by="dpo", reason="time is over").incidents


STEPS = st.one_of(
    st.tuples(st.just("end"), st.sampled_from((None, "staff", "staff/accident"))),
    st.tuples(st.just("hold"), st.integers(0, 5)),
    st.tuples(st.just("release"), st.integers(0, 5)),
    st.tuples(st.just("note"), st.integers(0, 5)),
    st.tuples(st.just("wait"), st.sampled_from((1, 29, 30, 61, 300))),
    st.tuples(st.just("erase"), st.none()),
)


def test_what_is_kept_for_a_legal_matter_is_named(desk: Any, clock: ManualClock) -> None:  # noqa: ANN401
    """Each time, as long as it is kept."""
    incident = end(desk)
    desk.apply(incident, LegalHold(by="law", matter="m", reason="court"))
    clock.advance(days=90)

    assert Erasure(held=(incident.name,)) == desk.expired() == desk.erase_expired(**REQUEST)
    assert "Zoe fell" == desk.get(incident).title


@given(steps=st.lists(STEPS, max_size=14))
def test_a_legal_hold_wins(steps: list[tuple[str, Any]]) -> None:
    """What is kept stays whole, whatever its age; of all else that is over nothing is left."""
    clock, store = ManualClock(), MemoryStore()
    desk = IncidentDesk(store, policy=POLICY, clock=clock, entropy=SeededEntropy())
    cases: list[str] = []
    for name, given_to in (*steps, ("erase", None)):
        if name == "end":
            cases.append(end(desk, given_to).id)
        elif name == "wait":
            clock.advance(days=given_to)
        elif name == "erase":
            before = {case: (desk.get(case), desk.history(case)) for case in cases}
            erased = desk.erase_expired(**REQUEST)
            _judge(desk, store, clock.now(), before, erased)
        elif cases:
            case = cases[given_to % len(cases)]
            is_held = bool(desk.get(case).legal_holds)
            if name == "note":
                desk.apply(case, Note(by="ana", text="Zoe"))
            elif name == "hold" and not is_held:
                desk.apply(case, LegalHold(by="law", matter="m", reason="court"))
            elif name == "release" and is_held:
                desk.apply(case, ReleaseLegalHold(by="law", matter="m", reason="settled"))
    assert desk.verify().holds


def _judge(
    desk: IncidentDesk, store: Store, now: datetime, before: dict[str, Any], erased: Erasure
) -> None:
    """Compare every incident with what it was, by the policy in words of the test's own."""
    months = {None: 3, "staff": 1, "staff/accident": 12}
    held = set()
    for case, (was, history) in before.items():
        is_over = now - was.since >= months[was.category] * MONTH
        stored = store.load(Lookup("default", By.ID, case))
        assert stored is not None
        entries = zip(desk.history(case), store.history(stored.subject), strict=True)
        left = [
            personal_values(line)
            for entry, line in entries
            if not isinstance(entry.event, Erased) and entry.by.kind is ActorKind.PERSON
        ]
        if is_over and not was.legal_holds:
            assert not any(left)
            continue
        assert (was, history) == (desk.get(case), desk.history(case))
        if is_over:
            held.add(was.name)
    assert held == set(erased.held)
