"""Whether policy, lifecycle and the kinds a desk knows fit one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args

import attrs

from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, LifecycleError, PolicyError, nearest
from incidentflow.events import (
    ActPostponed,
    ClockBreached,
    ClockClaimed,
    ClockPaused,
    ClockReopened,
    ClockResumed,
    ClockStopped,
    ClockWarned,
    ReviewOverdue,
)
from incidentflow.incident import Event, Mark
from incidentflow.personal import personal_attributes
from incidentflow.process import Advance
from incidentflow.process.hold import HoldReasonKnown

EVENT = "event:"
WAITS = ("waiting", "left:waiting")
"""What comes of a state that waits."""
UNASKED = frozenset(
    event.kind
    for event in (
        ActPostponed,
        ClockBreached,
        ClockClaimed,
        ClockPaused,
        ClockReopened,
        ClockResumed,
        ClockStopped,
        ClockWarned,
        ReviewOverdue,
    )
)
"""What time or a clock makes happen and no command does: it moves no clock."""


def require_fit(practice: Practice, events: Iterable[type[Event]]) -> None:
    """
    Refuse a policy and a lifecycle that could never work together.

    Raises:
        InvalidInput: A personal attribute of an event is no text, and so could not be erased.
        PolicyError: Own fields are called as inputs are, or required before no trigger; or a
            subscription names no kind of event, or a clock none that a command makes happen.
        LifecycleError: A step needs what neither its command nor an own field can give.

    """
    for problem in _unerasable(kinds := tuple(events)):
        raise InvalidInput("events", problem, "is personal and no text; hold it as a str")
    found = tuple(_policy_problems(practice, {event.kind for event in kinds}))
    if found:
        raise PolicyError("policy", found)
    found = tuple(_lifecycle_problems(practice))
    if found:
        raise LifecycleError(f"lifecycle {practice.lifecycle.name!r}", found)


def _unerasable(events: Iterable[type[Event]]) -> Iterator[str]:
    """Name the personal attributes that could not be read any more once they are erased."""
    for event in events:
        for each in personal_attributes(event):
            # The type of what stayed unread is a str too; it gets the benefit of the doubt.
            if not {each.type, type(each.type), *get_args(each.type)} & {str, Any, None}:
                yield f"{event.kind}.{each.name}"


def _policy_problems(practice: Practice, kinds: set[str]) -> Iterator[str]:
    inputs = {field.name for command in practice.commands for field in attrs.fields(command)}
    triggers = {step.trigger for step in practice.lifecycle.steps}
    for rule in practice.policy.fields:
        if rule.name in inputs:
            yield f"own field {rule.name!r} is called as an input is; call it something else"
        for trigger in set(rule.required_at) - triggers:
            hint = nearest(trigger, triggers)
            yield f"own field {rule.name!r} is required before {trigger!r}; {hint}"
    for place, subscription in enumerate(practice.policy.subscriptions, 1):
        for kind in sorted(set(subscription.kinds) - kinds):
            hint = nearest(kind, kinds)
            yield f"subscriptions[{place}] names the kind of event {kind!r}; {hint}"
    never = () if _may_wait(practice) else WAITS
    for clock in practice.policy.clocks:
        yield from clock.idle(never)
        named = {each.removeprefix(EVENT) for each in clock.moments if each.startswith(EVENT)}
        for kind in sorted(named - (kinds - UNASKED)):
            hint = nearest(kind, kinds - UNASKED)
            yield f"clock {clock.name!r} names the kind of event {kind!r}; {hint}"


def _may_wait(practice: Practice) -> bool:
    """Whether a step leads to a state that waits, with the reasons to hold that there are."""
    places, reasons = practice.lifecycle.places, practice.policy.hold_reasons
    return any(
        places[step.to].has(Mark.WAITING)
        and (reasons or not any(isinstance(guard, HoldReasonKnown) for guard in step.guards))
        for step in practice.lifecycle.steps
    )


def _lifecycle_problems(practice: Practice) -> Iterator[str]:
    by_trigger = {command.trigger: command for command in practice.commands if command.trigger}
    own = {rule.name for rule in practice.policy.fields}
    for step in practice.lifecycle.steps:
        command = by_trigger.get(step.trigger, Advance)
        inputs = {field.name for field in attrs.fields(command)} | own
        for need in set(step.needs) - inputs:
            yield f"step {step.trigger!r} needs {need!r}; {nearest(need, inputs)}"
