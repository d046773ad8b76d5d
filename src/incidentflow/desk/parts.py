"""What a desk is made of: the parts that a host may give, checked and put together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TypedDict

from attrs import evolve

from incidentflow.codec import Codec
from incidentflow.desk.fitting import require_fit
from incidentflow.desk.notifying import OpenOutbox, all_notifiers, on_threads
from incidentflow.desk.policies import load_policy
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.incident import Command, Event, Incident
from incidentflow.lifecycle import Lifecycle
from incidentflow.plugins import Plugins
from incidentflow.policy import Policy
from incidentflow.ports import (
    Allow,
    AnyNotifier,
    AsyncStore,
    Authoriser,
    Clock,
    Deny,
    Entropy,
    Sending,
)
from incidentflow.profiles import ITIL
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.usecases import Given, Setup, named
from incidentflow.words import Actor, frozen

Permission = Callable[[Actor, str, Incident], Allow | Deny]
"""A host's function that says who may do what with an incident."""


class Parts(TypedDict, total=False):
    """
    What a desk is made of, beside its store; everything has a default.

    Attributes:
        policy: How the desk works: a policy, or the path of a file with one.
        lifecycle: The states and steps of its incidents, or the name of one.
        tenant: The world it works in (rule T1).
        actor: Turns the host's own user objects into actors (rule A1).
        clock: Where the present instant comes from; default the machine's clock.
        entropy: Where ids and salts come from; default the operating system.
        events: The host's own kinds of event.
        commands: The host's own kinds of command.
        authorise: Says who may do what (rule A2): a function of the actor, the action and the
            incident that answers `Allow` or `Deny`; default: everybody may do everything.
        plugins: Plugin objects, names of installed ones, or ``"installed"`` for all of them.
        notifiers: What carries messages, each with its channel; None: another desk does.
        sending: How long a send may take, how often it is tried again, and when (rule D2).

    """

    policy: Policy | Path | None
    lifecycle: Lifecycle | str
    tenant: str
    actor: Callable[[object], Actor] | None
    clock: Clock | None
    entropy: Entropy | None
    events: Iterable[type[Event]]
    commands: Iterable[type[Command]]
    authorise: Permission | None
    plugins: Iterable[object] | str
    notifiers: Collection[AnyNotifier] | None
    sending: Sending


@frozen
class HostAuthoriser:
    """A host's function as an authoriser."""

    function: Permission

    def authorise(self, actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        """Ask the function."""
        return self.function(actor, action, incident)


@cache
def make_codec(events: tuple[type[Event], ...], commands: tuple[type[Command], ...]) -> Codec:
    """Build a codec once for the same host's kinds; building it takes milliseconds."""
    return Codec(events, commands)


def make_plugins(parts: Parts) -> Plugins:
    """
    Find the plugins among the parts, once all parts are known by name.

    Raises:
        InvalidInput: A part is unknown, or a plugin is none.
        PluginFailed: A plugin cannot be used.

    """
    for name, value in parts.items():
        if name not in Parts.__annotations__:
            hint = nearest(name, Parts.__annotations__)
            raise InvalidInput(name, shorten(value), f"is no part of a desk; {hint}")
    return Plugins(parts.get("plugins", ()))


def make_setup(
    store: AsyncStore,
    parts: Parts,
    plugins: Plugins,
    open_outbox: OpenOutbox = on_threads,
) -> Setup:
    """
    Put together what the use cases work with.

    Args:
        store: The store, awaited.
        parts: What the host gives.
        plugins: The plugins among them.
        open_outbox: What runs notifiers in this kind of desk.

    Raises:
        InvalidInput: A part is of the wrong kind.
        PolicyError: The policy cannot be read, or does not fit the lifecycle.
        LifecycleError: A step needs what nothing can give.
        PluginFailed: A plugin cannot be used.

    """
    given = parts.get("policy")
    policy = Policy() if given is None else given
    policy = load_policy(policy) if isinstance(policy, Path) else policy
    lifecycle = _named(parts.get("lifecycle", ITIL), plugins.lifecycles())
    clock = parts.get("clock") or SystemClock()
    entropy = parts.get("entropy") or SystemEntropy()
    actor = parts.get("actor")
    sending = parts.get("sending", Sending())
    for name, value, cls, also in (
        ("policy", policy, Policy, "; give one, or a file with one as Path('ours.toml')"),
        ("lifecycle", lifecycle, Lifecycle, ""),
        ("sending", sending, Sending, ""),
    ):
        if not isinstance(value, cls):
            raise InvalidInput(name, shorten(value), f"is no {cls.__name__}{also}")
    for name, part, verb in (("clock", clock, "now"), ("entropy", entropy, "draw")):
        if isinstance(part, type) or not callable(getattr(part, verb, None)):
            raise InvalidInput(name, shorten(part), f"has no {verb}(); give an object that has")
    if not (actor is None or callable(actor)):
        raise InvalidInput("actor", shorten(actor), "is no function from a user to an Actor")
    authorise = parts.get("authorise")
    if not (authorise is None or callable(authorise)):
        problem = "is no function of an actor, an action and an incident"
        raise InvalidInput("authorise", shorten(authorise), problem)
    outside = plugins.outside()
    if authorise is not None:
        host: Given[Authoriser] = Given("authorise=", HostAuthoriser(authorise))
        outside = evolve(outside, authorisers=(host, *outside.authorisers))
    codec = make_codec(
        (*plugins.events(), *parts.get("events", ())),
        (*plugins.commands(), *parts.get("commands", ())),
    )
    notifiers = all_notifiers(parts.get("notifiers"), plugins)
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
        outside=outside,
        outbox=None if notifiers is None else open_outbox(notifiers, sending),
        sending=sending,
    )


def _named(lifecycle: Lifecycle | str, known: Mapping[str, Lifecycle]) -> Lifecycle:
    if not isinstance(lifecycle, str):
        return lifecycle
    if lifecycle not in known:
        hint = nearest(lifecycle, known)
        raise InvalidInput("lifecycle", shorten(lifecycle), f"is known to no plugin; {hint}")
    return known[lifecycle]
