"""Invariant: what an incident asks of another one is done there, or refused on its own timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve

from incidentflow import (
    ITIL,
    Acknowledge,
    Attach,
    Cancel,
    Close,
    Correct,
    Detach,
    FieldRule,
    Hold,
    Incident,
    IncidentDesk,
    Lifecycle,
    Mitigate,
    Note,
    Policy,
    Relapse,
    Reopen,
    Resolve,
    Resume,
    SetFields,
)
from incidentflow.codec import Codec, canonical
from incidentflow.errors import InvalidInput, StoreError, TransitionRefused
from incidentflow.events import OwedRefused
from incidentflow.ports import By, Lookup, Owed, OwedKind, Settlement, Store, Write
from incidentflow.process import AddChild, DropChild, Follow
from incidentflow.testing.clock import ManualClock, SeededEntropy
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import micros

Build = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")
VENDOR = Hold(by="ana", reason="awaiting_vendor", reference="V-1")


def family(desk: Any, children: int = 2) -> list[Incident]:  # noqa: ANN401 - either desk
    """Report a parent and its children, all still in triage."""
    parent = desk.report("Core router down", by="ana", requester="zoe")
    young = [desk.report(f"Site {n} is offline", by="bo") for n in range(children)]
    for child in young:
        desk.apply(child, Attach(by="ana", parent=parent.number))
    desk.deliver()
    return [desk.get(each) for each in (parent, *young)]


def states(desk: Any, *incidents: Incident) -> list[str]:  # noqa: ANN401 - either desk
    """Say where they stand."""
    return [desk.get(each).state for each in incidents]


def refusals(desk: Any, incident: Incident) -> list[OwedRefused]:  # noqa: ANN401 - either desk
    """Say what was refused elsewhere."""
    events = [entry.event for entry in desk.history(incident)]
    return [event for event in events if isinstance(event, OwedRefused)]


def test_parent_and_child_know_each_other(desk: IncidentDesk) -> None:
    """By events on both, once what is owed was carried out (rules J5 and L11)."""
    parent, one, two = family(desk)

    assert (one.id, two.id) == parent.children
    assert parent.id == one.parent == two.parent
    assert "child of INC-0000001" in str(desk.history(one)[-1])
    assert f"parent of {one.number}" in str(desk.history(parent)[1])
    assert desk.verify().holds


def test_a_child_goes_its_own_way_again(desk: IncidentDesk) -> None:
    """In any state; what the parent does concerns it no more."""
    parent, one, two = family(desk)
    desk.apply(one, Detach(by="ana"))
    before = desk.deliver()
    desk.apply(parent, RESOLVE)
    desk.deliver()

    assert 1 == len(before.done)
    assert None is desk.get(one).parent
    assert (two.id,) == desk.get(parent).children
    assert ["resolved", "new", "resolved"] == states(desk, parent, one, two)
    told = "".join(str(each) for name in (parent, one) for each in desk.history(name))
    assert f"no longer child of {parent.id}" in told
    assert f"no longer parent of {one.id}" in told


def test_what_a_parent_did_before_a_child_left_concerns_it_no_more(desk: IncidentDesk) -> None:
    """It is done without effect, and refused by nobody."""
    parent, one, _ = family(desk)
    desk.apply(parent, RESOLVE)
    desk.apply(one, Detach(by="ana"))
    desk.deliver()

    assert "new" == desk.get(one).state
    assert [] == refusals(desk, parent)


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda _desk, a, _b: (a, a.number), "parent.itself"),
        (lambda _desk, a, _b: (a, "INC-0000099"), "parent.not_found"),
        (lambda desk, a, b: (a, desk.apply(b, RESOLVE).number), "parent.finished"),
        (lambda desk, a, b: (desk.apply(a, Attach(by="x", parent=b.id)), b.id), "parent.another"),
        (lambda desk, _a, _b: (desk.report("C", by="x"), family(desk)[1].id), "parent.deep"),
        (lambda desk, a, _b: (family(desk)[0], a.id), "parent.deep"),
    ],
)
def test_who_cannot_be_a_child_is_told_why(desk: Any, prepare: Any, code: str) -> None:  # noqa: ANN401
    """One level deep, one parent, and that one unfinished."""
    child, parent = prepare(desk, desk.report("A", by="ana"), desk.report("B", by="ana"))
    with pytest.raises(TransitionRefused) as caught:
        desk.apply(child, Attach(by="ana", parent=parent))

    assert code == caught.value.failures[0].code
    assert caught.value.failures[0].text


def test_a_family_that_would_be_too_deep_says_at_which_end(desk: IncidentDesk) -> None:
    """A parent that is a child could be another one; who has children can be none."""
    other = desk.report("C", by="ana")
    parent, child, _ = family(desk)
    said = []
    for one, wanted in ((other, child), (parent, other)):
        with pytest.raises(TransitionRefused) as caught:
            desk.apply(one, Attach(by="ana", parent=wanted.id))
        (failure,) = caught.value.failures
        said.append((failure.text, failure.render("de").partition(": ")[2], failure.inputs))
    level = "parents and children go one level deep"

    assert [
        (f"{level}: {child.number} is a child", f"{child.number} ist untergeordnet", ("parent",)),
        (f"{level}: this one has children", "dieser hat untergeordnete", ()),
    ] == said


def test_who_has_no_parent_cannot_leave_it(desk: IncidentDesk) -> None:
    """There is nothing to leave."""
    with pytest.raises(TransitionRefused, match="it has no parent"):
        desk.apply(desk.report("A", by="ana"), Detach(by="ana"))


def test_working_holding_and_resolving_go_to_the_children(desk: IncidentDesk) -> None:
    """With the parent's assignee where there is none (rule L11)."""
    parent, one, two = everybody = family(desk)
    desk.apply(two, Note(by="bo", text="mine"), Acknowledge(by="bo"))
    desk.apply(parent, Acknowledge(by="ana"))
    desk.deliver()
    working = states(desk, *everybody)
    desk.apply(parent, VENDOR)
    desk.deliver()
    held = states(desk, *everybody)
    desk.apply(parent, Resume(by="ana"))
    desk.deliver()
    resumed = states(desk, *everybody)
    desk.apply(parent, RESOLVE)
    desk.deliver()

    assert ["in_progress"] * 3 == working == resumed
    assert ["on_hold"] * 3 == held
    assert ["resolved"] * 3 == states(desk, *everybody)
    assert ("ana", "bo") == (desk.get(one).assignee, desk.get(two).assignee)
    assert "V-1" in "".join(map(str, desk.history(one)))
    assert [] == refusals(desk, parent)
    assert desk.verify().holds


def test_some_things_do_not_go_to_the_children(desk: IncidentDesk) -> None:
    """Waiting for the requester, closing and cancelling; nor what a correction says."""
    parent, one, _ = family(desk)
    desk.apply(parent, Hold(by="ana", reason="awaiting_requester", comment="which site?"))
    desk.apply(parent, Correct(by="ana", state="in_progress", reason="was wrong"))
    desk.apply(parent, Mitigate(by="ana", note="rerouted"))
    desk.apply(parent, Cancel(by="ana", reason="withdrawn"))
    desk.deliver()

    assert "new" == desk.get(one).state


def test_who_waits_for_something_else_goes_on_waiting(desk: IncidentDesk) -> None:
    """A parent's resume ends the holds that it began, and no others."""
    parent, one, two = family(desk)
    desk.apply(two, Hold(by="bo", reason="awaiting_change"))
    desk.apply(parent, Mitigate(by="ana", note="rerouted"), Relapse(by="ana", note="back"))
    desk.deliver()
    relapsed = states(desk, one, two)
    desk.apply(parent, Hold(by="ana", reason="awaiting_requester", comment="which site?"))
    desk.apply(parent, Resume(by="ana"))
    desk.deliver()

    assert ["in_progress", "on_hold"] == relapsed
    assert "on_hold" == desk.get(two).state


def test_reopening_by_staff_reopens_children(desk: IncidentDesk) -> None:
    """By the requester it does not: the child's requester was served (rule L11)."""
    parent, one, two = family(desk)
    desk.apply(parent, RESOLVE)
    desk.deliver()
    desk.apply(parent, Reopen(by="zoe", reason="not here"))
    desk.deliver()
    by_requester = states(desk, parent, one, two)
    desk.apply(parent, RESOLVE, Reopen(by="ana", reason="not at all"))
    desk.deliver()

    assert ["in_progress", "resolved", "resolved"] == by_requester
    assert ["in_progress"] * 3 == states(desk, parent, one, two)


def test_a_parent_alone_is_not_resolved_before_its_children(desk: IncidentDesk) -> None:
    """Unless they are resolved with it, which is the default (rule L2)."""
    parent, one, two = family(desk)
    alone = Resolve(by="ana", code="fixed", note="n", cascade=False)
    with pytest.raises(TransitionRefused, match=r"INC-0000002 and INC-0000003 are open") as caught:
        desk.apply(parent, alone)
    desk.apply(one, RESOLVE)
    with pytest.raises(TransitionRefused) as last:
        desk.apply(parent, alone)
    desk.apply(two, RESOLVE)
    done = desk.apply(parent, alone)

    (failure,) = last.value.failures
    assert f"{two.number} is open; resolve it with this one, or first" == failure.text
    assert f"{two.number} ist offen; mit lösen oder vorher" == failure.render("de")
    assert "resolve them with this one" in caught.value.failures[0].text
    assert ("cascade",) == caught.value.failures[0].inputs
    assert "resolved" == done.state
    assert () == desk.deliver().done


def test_a_refusal_is_told_to_who_asked(build: Build) -> None:
    """The child's own guards hold; the parent's timeline says what they said (rule J5)."""
    rule = FieldRule("room", required_at=("resolve",))
    desk = build(policy=Policy(fields=(rule,)))
    parent, one, two = family(desk)
    desk.apply(two, SetFields(by="bo", fields={"room": "12"}))
    desk.apply(parent, evolve(RESOLVE, fields={"room": "1"}))
    done = desk.deliver()
    (refusal,) = refusals(desk, parent)

    assert (1, 1) == (len(done.done), len(done.refused))
    assert ("resolve", one.id, ("fields.missing",)) == (refusal.asked, refusal.to, refusal.reasons)
    assert ["resolved", "new", "resolved"] == states(desk, parent, one, two)


def test_a_parent_that_was_finished_meanwhile_adopts_nobody(desk: IncidentDesk) -> None:
    """The refusal takes the link back, on the child that asked."""
    parent, child = desk.report("A", by="ana"), desk.report("B", by="ana")
    desk.apply(child, Attach(by="ana", parent=parent.id))
    desk.apply(parent, RESOLVE, Close(by="ana"))
    done = desk.deliver()
    (refusal,) = refusals(desk, child)

    assert 1 == len(done.refused)
    assert ("add_child", parent.id, ("category.wrong",)) == (
        refusal.asked,
        refusal.to,
        refusal.reasons,
    )
    assert None is desk.get(child).parent
    assert f"add_child was refused by {parent.number}: " in str(desk.history(child)[-1])
    assert f"add_child wurde von {parent.number} abgelehnt" in refusal.describe("de")
    assert () == desk.deliver().refused
    assert desk.verify().holds


def test_a_parent_that_was_resolved_meanwhile_adds_nobody(desk: IncidentDesk) -> None:
    """It is done, though not closed: a new child would wait for what is over."""
    parent, child = desk.report("A", by="ana"), desk.report("B", by="ana")
    desk.apply(child, Attach(by="ana", parent=parent.id))
    desk.apply(parent, RESOLVE)
    desk.deliver()

    assert ("parent.finished",) == refusals(desk, child)[0].reasons
    assert None is desk.get(child).parent


def test_a_parent_that_became_a_child_meanwhile_adopts_nobody(desk: IncidentDesk) -> None:
    """Families are one level deep, in whatever order things are carried out."""
    a, b, c = (desk.report(title, by="ana") for title in "ABC")
    desk.apply(a, Attach(by="ana", parent=b.id))
    desk.apply(b, Attach(by="ana", parent=c.id))
    desk.deliver()

    assert [None, c.id, None] == [desk.get(each).parent for each in (a, b, c)]
    assert [(), (), (b.id,)] == [desk.get(each).children for each in (a, b, c)]


def test_what_is_owed_by_incidents_nobody_asks_for_by_hand(desk: IncidentDesk) -> None:
    """It would claim what never was."""
    incident = desk.report("A", by="ana")

    for command in (AddChild(by="ana", child="x"), Follow(by="ana", parent="x", step="resolve")):
        with pytest.raises(InvalidInput, match="is the library's own; ask for A"):
            desk.apply(incident, command)


def test_a_command_is_carried_out_once(desk: IncidentDesk, clock: ManualClock) -> None:
    """However often and by whomever what is owed is looked at."""
    parent, one, _ = family(desk)
    desk.apply(parent, RESOLVE)
    for _ in range(3):
        desk.tick()
        clock.advance(hours=1)

    assert 1 == [entry.kind for entry in desk.history(one)].count("resolved")


class Failing:
    """A store that fails at some commits."""

    def __init__(self, store: Store, *errors: Exception | None) -> None:
        self._store = store
        self.errors = list(errors)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do as the store does."""
        return getattr(self._store, name)

    def load(self, lookup: Lookup) -> Any:  # noqa: ANN401 - as the store
        """Load."""
        return self._store.load(lookup)

    def commit(self, writes: Any) -> Any:  # noqa: ANN401 - as the store
        """Fail, if it is time to."""
        error = self.errors.pop(0) if self.errors else None
        if error is not None:
            raise error
        return self._store.commit(writes)


def test_what_fails_is_tried_again(build: Build, store: Store, clock: ManualClock) -> None:
    """And holds nobody up: its brother is done at once."""
    desk = build()
    parent, one, two = family(desk)
    desk.apply(parent, RESOLVE)
    worker = build(Failing(store, RuntimeError("a guard's bug")))
    first = worker.deliver()
    before = states(desk, one, two)
    clock.advance(minutes=1)
    second = worker.deliver()

    assert (1, 1, 1) == (len(first.waiting), len(first.done), len(first.failed))
    assert ["new", "resolved"] == before
    assert 1 == len(second.done)
    assert ["resolved"] * 3 == states(desk, parent, one, two)


def test_what_never_works_ends_refused(build: Build, store: Store, clock: ManualClock) -> None:
    """The last attempt's failure is the reason."""
    desk = build()
    parent, _ = family(desk, 1)
    desk.apply(parent, RESOLVE)
    errors = [*[RuntimeError("bug")] * 8, None]
    worker = build(Failing(store, *errors))
    for _ in range(8):
        done = worker.deliver()
        clock.advance(hours=2)

    assert 1 == len(done.refused)
    assert ("RuntimeError",) == refusals(desk, parent)[0].reasons


@pytest.mark.parametrize("nth", [0, 1])
def test_a_storage_error_is_raised(build: Build, store: Store, nth: int) -> None:
    """Whether the command or its refusal was being stored; the lease brings it back."""
    desk = build()
    parent, child = desk.report("A", by="ana"), desk.report("B", by="ana")
    desk.apply(child, Attach(by="ana", parent=parent.id))
    if nth:
        desk.apply(parent, RESOLVE, Close(by="ana"))
    worker = build(Failing(store, StoreError("commit", "the network is gone", "unknown")))
    with pytest.raises(StoreError):
        worker.deliver()


def test_a_refusal_that_cannot_be_told_waits(build: Build, store: Store) -> None:
    """Nothing is settled without its event."""
    desk = build()
    parent, child = desk.report("A", by="ana"), desk.report("B", by="ana")
    desk.apply(child, Attach(by="ana", parent=parent.id))
    desk.apply(parent, RESOLVE, Close(by="ana"))
    done = build(Failing(store, RuntimeError("bug"))).deliver()

    assert (1, 1) == (len(done.waiting), len(done.failed))
    assert [] == refusals(desk, child)


def test_who_is_late_carries_out_nothing(build: Build, store: Store, clock: ManualClock) -> None:
    """Another worker has claimed it meanwhile: its token counts (rule D2)."""
    desk = build()
    parent, child = desk.report("A", by="ana"), desk.report("B", by="ana")
    desk.apply(child, Attach(by="ana", parent=parent.id))

    class Stealing(Failing):
        def commit(self, writes: tuple[Write, ...]) -> Any:  # noqa: ANN401 - as the store
            clock.advance(minutes=5)
            store.claim(micros(clock.now()), 9, 1, "thief")
            return store.commit(writes)

    done = build(Stealing(store)).deliver()

    assert ((), ()) == (done.done, done.waiting)
    assert () == desk.get(parent).children
    assert not store.settle("default", Settlement(done.failed[0][0], "old"))


def owe(store: Store, incident: Incident, body: str, key: str = "k") -> None:
    """Let an incident owe a command."""
    stored = store.load(Lookup("default", By.ID, incident.id))
    assert stored is not None
    write = Write(
        subject=stored.subject,
        expected=stored.version,
        version=stored.version,
        snapshot=stored.snapshot,
        head=stored.head,
        lines=(),
        owed=(Owed(key=key, kind=OwedKind.COMMAND, body=body, available_at=0),),
    )
    store.commit([write])


def test_a_command_of_a_newer_release_is_refused_in_the_end(
    build: Build, store: Store, clock: ManualClock
) -> None:
    """With what is known of it."""
    desk = build()
    incident = desk.report("A", by="ana")
    owe(store, incident, '{"to": "x", "command": {"kind": "levitate"}}')
    for _ in range(8):
        done = desk.deliver()
        clock.advance(hours=2)
    (refusal,) = refusals(desk, incident)

    assert ("k",) == done.refused
    assert ("levitate", "x", ("ValueError",)) == (refusal.asked, refusal.to, refusal.reasons)


def test_a_command_to_nobody_is_refused(build: Build, store: Store) -> None:
    """An incident that is not there does nothing."""
    desk = build(entropy=SeededEntropy(4))
    incident = desk.report("A", by="ana")
    note = canonical(Codec().command_data(Note(by="ana", text="t")))
    owe(store, incident, f'{{"to": "INC-0000099", "command": {note}}}')
    desk.deliver()

    assert ("incident.not_found",) == refusals(desk, incident)[0].reasons


def test_an_unknown_step_is_not_taken(desk: IncidentDesk, store: Store) -> None:
    """A step that children do not take, as a host's own, is done without effect."""
    parent, one, _ = family(desk)
    follow = Follow(by="ana", parent=parent.id, step="cancel", reason="withdrawn")
    owe(
        store, parent, f'{{"to": "{one.id}", "command": {canonical(Codec().command_data(follow))}}}'
    )

    assert ("k",) == desk.deliver().done
    assert "new" == desk.get(one).state


def test_nothing_follows_that_was_never_reported() -> None:
    """Own fields that come with it would otherwise begin an incident."""
    life = Rehearsal()
    follow = Follow(by="ana", parent="x", step="resolve")

    assert ["category.wrong"] == [*life.attempt(follow).codes]


def test_an_owed_link_is_recorded_once(desk: IncidentDesk, store: Store) -> None:
    """Adding twice, or dropping who is no child, changes nothing."""
    parent, one, _ = family(desk)
    for place, command in enumerate(
        (AddChild(by="ana", child=one.id), DropChild(by="x", child="x"))
    ):
        data = canonical(Codec().command_data(command))
        owe(store, parent, f'{{"to": "{parent.id}", "command": {data}}}', f"k{place}")

    assert 2 == len(desk.deliver().done)
    assert parent == desk.get(parent)


def test_a_parent_that_resolves_without_words_is_followed_without_words(build: Build) -> None:
    """Where the lifecycle needs none, nothing blank is passed on."""
    steps = tuple(
        evolve(step, needs=()) if step.trigger == "resolve" else step for step in ITIL.steps
    )
    desk = build(lifecycle=Lifecycle("wordless", ITIL.states, steps))
    parent, *children = family(desk)
    desk.apply(parent, Resolve(by="ana", cascade=True))
    desk.deliver()

    assert ["resolved"] * 3 == states(desk, parent, *children)
    assert [] == refusals(desk, parent)
