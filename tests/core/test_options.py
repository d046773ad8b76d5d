"""What `options` calls open can be done, and what it calls closed cannot (rule L5)."""

from __future__ import annotations

from copy import copy
from datetime import timedelta
from typing import Any

from attrs import fields_dict
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import TransitionRefused
from incidentflow.incident import Command, Incident
from incidentflow.lifecycle import Lifecycle, Openness, Option
from incidentflow.policy import Policy
from incidentflow.process import COMMANDS, Advance
from incidentflow.profiles import ITIL
from incidentflow.testing.generated import lifecycles, policies
from incidentflow.testing.lives import lives
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.testing.strategies import Vocabulary, actors, command, inputs
from incidentflow.words import Actor, Impact, Severity, Urgency

TAKES = {kind.trigger: kind for kind in COMMANDS if kind.trigger}
VALUES: dict[str, str | int | bool] = {"text": "gold", "number": 3, "flag": True}


def other(dedup_key: str | None = None) -> Incident:
    """Report another incident, to merge into or to hold the dedup key."""
    rehearsal = Rehearsal()
    rehearsal.incident = Incident(tenant="default", id="another", number="INC-1")
    return rehearsal.report(by="cy", dedup_key=dedup_key)


OTHERS = (other("mail-queue"),)


def supply(option: Option, life: Rehearsal, by: Actor, reason: str = "") -> Command:
    """Build the command for an option, with valid values for the inputs it lists, and no more."""
    policy, trigger = life.practice.policy, option.trigger
    holds = [each.name for each in policy.hold_reasons]
    reasons = {"hold": holds, "cancel": policy.cancel_reasons}.get(trigger, ("because",))
    values: dict[str, Any] = {
        "to": option.to,
        "reason": reason or next(iter(reasons), ""),
        "hold_reason": reason or next(iter(holds), ""),
        "until": life.now + timedelta(days=1),
        "code": next(iter(policy.resolution_codes), "fixed"),
        "into": OTHERS[0].id,
        "impact": Impact.HIGH,
        "urgency": Urgency.HIGH,
        "severity": Severity.SEV1,
        "give_up_key": True,
    }
    rules = {f"fields.{rule.name}": rule for rule in policy.fields}
    own = {rules[name].name: VALUES[rules[name].type] for name in option.inputs if name in rules}
    given = {name: values.get(name, "said so") for name in option.inputs if name not in rules}
    if trigger in TAKES:
        return TAKES[trigger](by=by, fields=own, **given)
    return Advance(by=by, step=trigger, fields=own, **given)


@st.composite
def a_moment(draw: st.DrawFn) -> tuple[Rehearsal, Actor]:
    """Draw an incident in the middle of its life, and somebody who wants to act."""
    lifecycle: Lifecycle = draw(st.one_of(st.just(ITIL), lifecycles()))
    policy: Policy = draw(policies())
    life = draw(lives(lifecycle, policy, others=OTHERS, longest=10))
    return life, draw(actors())


@given(a_moment())
def test_an_open_step_needs_nothing_and_lands_where_it_says(
    moment: tuple[Rehearsal, Actor],
) -> None:
    """Every option that is open is carried out without any input."""
    life, by = moment
    for option in life.options(by):
        if option.openness is Openness.OPEN and option.trigger != "report":
            there = copy(life).do(supply(option, life, by))

            assert option.inputs == ()
            assert option.to == there.state


@given(a_moment())
def test_valid_inputs_open_a_step_that_needs_them(moment: tuple[Rehearsal, Actor]) -> None:
    """Every option that needs inputs is carried out when they are given, and not before."""
    life, by = moment
    for option in life.options(by):
        if option.openness is Openness.NEEDS_INPUTS and option.trigger != "report":
            there = copy(life).do(supply(option, life, by))

            assert option.to == there.state
            assert option.because


@given(a_moment(), st.data())
def test_no_inputs_open_a_closed_step(moment: tuple[Rehearsal, Actor], data: st.DataObject) -> None:
    """Whatever is given, nothing lands where every option of the trigger is closed."""
    life, by = moment
    options = life.options(by)
    reachable = {(one.trigger, one.to) for one in options if one.openness is not Openness.CLOSED}
    drawn = inputs(Vocabulary.of(life.practice.lifecycle, life.practice.policy, OTHERS))
    for option in {(one.trigger, one.to): one for one in options}.values():
        if (option.trigger, option.to) not in reachable:
            here = {"by": st.just(by), "to": st.just(option.to), "step": st.just(option.trigger)}
            kind = TAKES.get(option.trigger, Advance)
            names = fields_dict(kind).keys() - {"at"}
            tried = copy(life)
            tried.attempt(data.draw(command(kind, {**drawn, **here, "at": st.none()}, *names)))

            assert option.because
            assert tried.incident == life.incident or tried.incident.state != option.to


@given(a_moment())
def test_a_refusal_names_the_steps_that_are_open(moment: tuple[Rehearsal, Actor]) -> None:
    """The open steps of a refusal are the triggers whose options are not closed, for that actor."""
    life, by = moment
    attempt = copy(life).attempt(Advance(by=by, step="nonsense"))
    options = life.options(by)
    open_now = {option.trigger for option in options if option.openness is not Openness.CLOSED}

    assert isinstance(attempt.outcome, TransitionRefused)
    assert open_now == set(attempt.outcome.open_steps)
    assert all(str(option).startswith(option.trigger) for option in options)
