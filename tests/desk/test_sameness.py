"""Invariant: both desks are one desk, and the same seeds give the same journal on every store."""

from __future__ import annotations

import asyncio
import inspect
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import ITIL, AsyncIncidentDesk, Command, IncidentDesk, Policy, Report
from incidentflow.errors import IncidentflowError
from incidentflow.ports import KINDS, Claim, Line, Query, Store, Stored
from incidentflow.process import COMMANDS
from incidentflow.stores import MemoryStore, SQLiteStore
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy
from incidentflow.testing.generated import OWN_FIELDS
from incidentflow.testing.strategies import Vocabulary, command, inputs, spans
from incidentflow.words import micros

POLICY = Policy(fields=OWN_FIELDS)
Story = Sequence[tuple[timedelta, Command]]


@frozen
class World:
    """Everything that a store holds after a story."""

    stored: tuple[Stored, ...]
    lines: tuple[tuple[Line, ...], ...]
    owed: tuple[Claim, ...]


def held(store: Store) -> World:
    """Look at everything."""
    stored = tuple(one for kind in KINDS for one in store.find(Query(tenant="default", kind=kind)))
    lines = tuple(store.history(one.subject) for one in stored)
    return World(stored, lines, store.claim(micros(MONDAY) << 1, 1000, 1, "t"))


def public(desk: type) -> dict[str, Any]:
    """Name everything public of a desk."""
    return {
        name: part
        for cls in desk.__mro__[:-1]
        for name, part in vars(cls).items()
        if not name.startswith("_")
    }


def verbs(desk: type) -> dict[str, Callable[..., object]]:
    """Name every public verb of a desk."""
    return {name: part for name, part in public(desk).items() if callable(part)}


def shape(verb: Callable[..., object]) -> list[tuple[str, object, object]]:
    """Say what a verb takes: names, kinds and defaults, in order."""
    parameters = inspect.signature(verb).parameters.values()
    return [(each.name, each.kind, each.default) for each in parameters]


def test_both_desks_have_the_same_verbs() -> None:
    """None is missing on either side, and the desks are built alike."""
    assert verbs(IncidentDesk).keys() == verbs(AsyncIncidentDesk).keys()
    assert shape(IncidentDesk) == shape(AsyncIncidentDesk)


def test_both_desks_show_the_same() -> None:
    """What is no verb is there on both, and described in the same words."""
    one, other = public(IncidentDesk), public(AsyncIncidentDesk)
    shown = one.keys() - verbs(IncidentDesk).keys()

    assert {"codec"} == shown == other.keys() - verbs(AsyncIncidentDesk).keys()
    assert one["codec"].__doc__
    assert one["codec"].__doc__ == other["codec"].__doc__


@pytest.mark.parametrize("name", sorted(verbs(IncidentDesk)))
def test_a_verb_is_the_same_on_both(name: str) -> None:
    """The same parameters with the same defaults, and the same words about it."""
    one, other = verbs(IncidentDesk)[name], verbs(AsyncIncidentDesk)[name]

    assert shape(one) == shape(other)
    assert inspect.getdoc(one)
    assert inspect.getdoc(one) == inspect.getdoc(other)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw what somebody asks of one incident, and how long they wait before each."""
    drawn = inputs(Vocabulary.of(ITIL, POLICY))
    usual = drawn.keys() - {"at", "to", "give_up_key", "transfer"}
    asked = st.one_of([command(kind, drawn, *usual) for kind in COMMANDS])
    first = Report(by="ana", title="Mail is down", team="net", requester="zoe", dedup_key="disk")
    rest = draw(st.lists(st.tuples(spans(), asked), min_size=3, max_size=12))
    return ((timedelta(0), first), *rest)


def play(store: Store, story: Story) -> World:
    """Tell a story to a desk, with ticks in between."""
    clock = ManualClock()
    desk = IncidentDesk(store, policy=POLICY, clock=clock, entropy=SeededEntropy(5))
    for wait, one in story:
        clock.set(clock.now() + wait)
        desk.tick()
        for incident in desk.find() or [None]:
            try:
                desk.report(one) if isinstance(one, Report) else desk.apply(incident or "", one)
            except IncidentflowError:
                continue
    return held(store)


async def play_awaited(store: Store, story: Story) -> World:
    """Tell the same story to an async desk."""
    clock = ManualClock()
    desk = AsyncIncidentDesk(store, policy=POLICY, clock=clock, entropy=SeededEntropy(5))
    for wait, one in story:
        clock.set(clock.now() + wait)
        await desk.tick()
        for incident in await desk.find() or [None]:
            try:
                if isinstance(one, Report):
                    await desk.report(one)
                else:
                    await desk.apply(incident or "", one)
            except IncidentflowError:
                continue
    await desk.close()
    return held(store)


@given(stories())
def test_the_same_seeds_give_the_same_journal(story: Story) -> None:
    """Byte by byte: snapshots, lines, heads, numbers, due instants, and all that is owed."""
    remembered = play(MemoryStore(), story)
    awaited = asyncio.run(play_awaited(MemoryStore(), story))
    with tempfile.TemporaryDirectory() as folder:
        kept = SQLiteStore(Path(folder) / "incidents.db", synchronous="NORMAL")
        written = play(kept, story)
        kept.close()

    assert remembered == written == awaited
    assert remembered.stored


def test_other_seeds_give_another_journal() -> None:
    """Ids and salts come from the entropy port, and from nowhere else (rule J2)."""
    worlds = []
    for seed in (1, 1, 2):
        store = MemoryStore()
        desk = IncidentDesk(store, clock=ManualClock(), entropy=SeededEntropy(seed))
        desk.report("Mail is down", by="ana")
        worlds.append(held(store))

    assert worlds[0] == worlds[1]
    assert worlds[0].stored[0].subject.id != worlds[2].stored[0].subject.id
    assert worlds[0].lines[0][0].personal != worlds[2].lines[0][0].personal
