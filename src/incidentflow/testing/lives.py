"""Hypothesis strategies for whole lives of incidents, played on a rehearsal as they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st

from incidentflow.incident import Category, Command, Incident
from incidentflow.lifecycle import Lifecycle, Openness, Option
from incidentflow.policy import Policy
from incidentflow.policy.matrix import AXES
from incidentflow.process import (
    COMMANDS,
    AcceptMajor,
    Advance,
    CompleteReview,
    DemoteMajor,
    DraftReview,
    Report,
    WaiveReview,
)
from incidentflow.process.agenda import Tick
from incidentflow.profiles import ITIL
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.testing.strategies import (
    Drawn,
    Vocabulary,
    actors,
    command,
    commands,
    inputs_of,
    moved,
    own_values,
    spans,
)
from incidentflow.words import SYSTEM, Actor

TAKES = {kind.trigger: kind for kind in COMMANDS if kind.trigger}
STEPS, OVERLAYS, TICKS = 5, 1, 1
OVERLAY = (
    AcceptMajor(by="ana", business_impact="shop", incident_manager="ana", communications_lead="bo"),
    DemoteMajor(by="bo", reason="bypass works"),
    DraftReview(by="ana", summary="a disk"),
    CompleteReview(by="ana"),
    WaiveReview(by="ana", reason="drill", approved_by="bo"),
)


@st.composite
def taking(draw: st.DrawFn, option: Option, life: Rehearsal, by: Actor) -> Command:
    """
    Draw the command that takes an option, with valid values for the inputs it lists.

    Args:
        draw: Given by Hypothesis.
        option: What `options` said; not a closed one.
        life: Where it said so.
        by: For whom it said so.

    """
    policy, kind = life.practice.policy, TAKES.get(option.trigger, Advance)
    valid = _valid(kind, Vocabulary.of(life.practice.lifecycle, policy, life.others))
    rules = {f"fields.{rule.name}": rule for rule in policy.fields}
    levels = {axis: [*AXES[axis]][:size] for axis, size in policy.matrix.sizes.items()}
    exact = {"to": option.to, "give_up_key": True}
    given: dict[str, Any] = {"by": by, "fields": {}}
    if kind is Advance:
        given["step"] = option.trigger
    for name in option.inputs:
        if name in rules:
            given["fields"][rules[name].name] = draw(own_values()[rules[name].type])
        elif name in levels:
            given[name] = draw(st.sampled_from(levels[name]))
        else:
            given[name] = exact.get(name) or draw(valid[name])
    return moved(kind(**given), life.now - MONDAY)


@st.composite
def lives(
    draw: st.DrawFn,
    lifecycle: Lifecycle = ITIL,
    policy: Policy | None = None,
    *,
    others: Sequence[Incident] = (),
    begin: Sequence[Command] = (),
    longest: int = 15,
) -> Rehearsal:
    """
    Draw the life of one incident, as a rehearsal that has been played.

    Half of what is asked are open steps, taken as `options` says; the rest is anything. Where
    steps and time do not lead, such as to a review, a few commands go straight.

    Args:
        draw: Given by Hypothesis.
        lifecycle: The lifecycle it lives under.
        policy: The policy it lives under.
        others: Incidents it may be merged into, or that hold its dedup key.
        begin: What is asked first, after the report.
        longest: How much is asked of it at most.

    """
    life = Rehearsal(lifecycle, policy, others=others)
    words = Vocabulary.of(lifecycle, life.practice.policy, others)
    life.attempt(draw(command(Report, inputs_of(Report, words), "fields")))
    for each in begin:
        life.attempt(each)
    for _ in range(draw(st.integers(min(4, longest), longest))):
        life.now += draw(spans())
        life.attempt(draw(_anything(life)))
    return life


@st.composite
def _anything(draw: st.DrawFn, life: Rehearsal) -> Command:
    way, by = draw(st.integers(0, 9)), draw(actors())
    places = life.practice.lifecycle.places
    options = [one for one in life.options(by) if one.openness is not Openness.CLOSED]
    going_on = [one for one in options if places[one.to].category is not Category.TERMINAL]
    if way < STEPS and options and life.incident.version:
        return draw(taking(draw(st.sampled_from(going_on * 4 + options)), life, by))
    if way < STEPS + OVERLAYS:
        fitting = [one for one in OVERLAY if copy(life).attempt(one).commit]
        return draw(st.sampled_from(fitting or OVERLAY))
    if way < STEPS + OVERLAYS + TICKS:
        return Tick(by=SYSTEM)
    practice = life.practice
    return draw(commands(practice.lifecycle, practice.policy, now=life.now, others=life.others))


@lru_cache(maxsize=500)
def _valid(kind: type[Command], words: Vocabulary) -> Drawn:
    return inputs_of(kind, words, wrong="")
