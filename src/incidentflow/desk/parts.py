"""What a desk is made of: the parts that a host may give, checked and put together."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import TypedDict

from incidentflow.codec import Codec
from incidentflow.desk.fitting import require_fit
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.incident import Command, Event
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import Policy
from incidentflow.ports import AsyncStore, Clock, Entropy
from incidentflow.profiles import ITIL
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.usecases import Setup, named
from incidentflow.words import Actor


class Parts(TypedDict, total=False):
    """
    What a desk is made of, beside its store; everything has a default.

    Attributes:
        policy: How the desk works.
        lifecycle: The states and steps of its incidents.
        tenant: The world it works in (rule T1).
        actor: Turns the host's own user objects into actors (rule A1).
        clock: Where the present instant comes from; default the machine's clock.
        entropy: Where ids and salts come from; default the operating system.
        events: The host's own kinds of event.
        commands: The host's own kinds of command.

    """

    policy: Policy | None
    lifecycle: Lifecycle
    tenant: str
    actor: Callable[[object], Actor] | None
    clock: Clock | None
    entropy: Entropy | None
    events: Iterable[type[Event]]
    commands: Iterable[type[Command]]


@cache
def make_codec(events: tuple[type[Event], ...], commands: tuple[type[Command], ...]) -> Codec:
    """Build a codec once for the same host's kinds; building it takes milliseconds."""
    return Codec(events, commands)


def make_setup(store: AsyncStore, parts: Parts) -> Setup:
    """
    Put together what the use cases work with.

    Raises:
        InvalidInput: A part is unknown, or of the wrong kind.
        PolicyError: The policy does not fit the lifecycle.
        LifecycleError: A step needs what nothing can give.

    """
    for name, value in parts.items():
        if name not in Parts.__annotations__:
            hint = nearest(name, Parts.__annotations__)
            raise InvalidInput(name, shorten(value), f"is no part of a desk; {hint}")
    given = parts.get("policy")
    policy = Policy() if given is None else given
    lifecycle = parts.get("lifecycle", ITIL)
    clock = parts.get("clock") or SystemClock()
    entropy = parts.get("entropy") or SystemEntropy()
    actor = parts.get("actor")
    for name, value, cls in (("policy", policy, Policy), ("lifecycle", lifecycle, Lifecycle)):
        if not isinstance(value, cls):
            raise InvalidInput(name, shorten(value), f"is no {cls.__name__}")
    for name, part, verb in (("clock", clock, "now"), ("entropy", entropy, "draw")):
        if isinstance(part, type) or not callable(getattr(part, verb, None)):
            raise InvalidInput(name, shorten(part), f"has no {verb}(); give an object that has")
    if not (actor is None or callable(actor)):
        raise InvalidInput("actor", shorten(actor), "is no function from a user to an Actor")
    codec = make_codec(tuple(parts.get("events", ())), tuple(parts.get("commands", ())))
    practice = Practice(lifecycle, policy, commands=codec.commands)
    require_fit(practice, codec.events)
    return Setup(
        store=store,
        practice=practice,
        clock=clock,
        entropy=entropy,
        codec=codec,
        tenant=named(parts.get("tenant", "default"), "tenant"),
        actor=actor,
    )
