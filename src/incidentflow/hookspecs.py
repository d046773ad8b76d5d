"""
The hooks by which plugins add parts to a desk.

A hook is asked once, when a desk is built, and returns objects; the desk calls the objects, each in
its own try. So a plugin is imported, asked and checked before the first incident, and one that
fails later delays nobody. Hooks take no arguments; none is ``firstresult``.

Write a plugin as any object, usually a module, whose functions carry the marker::

    from incidentflow.hookspecs import hookimpl

    @hookimpl
    def incidentflow_observers():
        return [Telltale()]

A hook that raises, or returns what cannot be used, ends the building of the desk with
`PluginFailed`, which names the plugin and the hook.
"""

# mypy: disable-error-code="empty-body"
# A specification has words, and no body.

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pluggy import HookimplMarker, HookspecMarker

from incidentflow.incident import Command, Event
from incidentflow.lifecycle import Lifecycle
from incidentflow.ports import (
    AnyNotifier,
    Authoriser,
    EscalationBackend,
    Observer,
    Opener,
    RoutingRule,
)

PROJECT = "incidentflow"
hookspec = HookspecMarker(PROJECT)
hookimpl = HookimplMarker(PROJECT)
"""Marks a function as one that answers a hook."""


@hookspec
def incidentflow_stores() -> Mapping[str, Opener]:
    """
    Add kinds of store, each by the scheme of its URL.

    Called when a desk is built with a URL. The openers are called with the whole URL, once, by the
    desk whose URL has their scheme; the built-in ``memory`` and ``sqlite`` come through this hook.

    Returns:
        An opener for each scheme: a function that takes the URL and returns a `Store`, or an
        `AsyncStore` for `AsyncIncidentDesk`. A scheme that is taken ends the building.

    Example:
        ``return {"folder": lambda url: FolderStore(url.removeprefix("folder://"))}``

    """


@hookspec
def incidentflow_notifiers() -> Iterable[AnyNotifier]:
    """
    Add notifiers, each for one channel.

    Called when a desk is built. What they send is decided by the policy's subscriptions and
    claimed by `deliver` and `tick`; one that raises or hangs delays its own messages only.

    Returns:
        Objects with ``channel`` and ``send``; see `incidentflow.ports.Notifier` and
        `incidentflow.ports.AsyncNotifier`, which serve both kinds of desk. A channel that is
        taken, by another plugin or by ``notifiers=``, ends the building.

    Example:
        ``return [Pager(os.environ["PAGER_TOKEN"])]``

    """


@hookspec
def incidentflow_escalation_backends() -> Iterable[EscalationBackend]:
    """
    Add backends that know who answers for a team or a role.

    Called when a desk is built. A backend is asked by `Escalate` while its facts are gathered, in
    the order of registration, until one names somebody; the names are written into the event
    (rule E3). One that raises is passed over.

    Returns:
        Objects with ``reach(notify, incident, at)``; see `incidentflow.ports.EscalationBackend`.

    Example:
        ``return [Rota(database)]``

    """


@hookspec
def incidentflow_lifecycles() -> Iterable[Lifecycle]:
    """
    Add lifecycles, to be chosen by name.

    Called when a desk is built. ``IncidentDesk(lifecycle="hospital")`` takes the one of that name;
    the built-in ``ITIL`` comes through this hook.

    Returns:
        Lifecycles; a name that is taken ends the building.

    Example:
        ``return [HOSPITAL]``

    """


@hookspec
def incidentflow_routing_rules() -> Iterable[RoutingRule]:
    """
    Add rules that say which team a new incident goes to.

    Called when a desk is built. The rules are asked, after those of the policy, for a report with
    neither a team nor an assignee, in the order of registration, until one names a team; it is
    assigned in the same commit, by the system, with the plugin's name as the reason. One that
    raises is passed over.

    Returns:
        Objects with ``route(incident)``; see `incidentflow.ports.RoutingRule`.

    Example:
        ``return [ByService({"mail": "messaging"})]``

    """


@hookspec
def incidentflow_authorisers() -> Iterable[Authoriser]:
    """
    Add authorisers, who say who may do what (rule A2).

    Called when a desk is built. Every one of them is asked for every command, for every read
    through `seen_by`, and for every export; all must allow it. One that raises denies. The
    library's own acts, such as a tick, are not asked for.

    Returns:
        Objects with ``authorise(actor, action, incident)``; see `incidentflow.ports.Authoriser`.

    Example:
        ``return [ByRole(directory)]``

    """


@hookspec
def incidentflow_observers() -> Iterable[Observer]:
    """
    Add observers, who look on after every commit.

    Called when a desk is built. Observers are called after the commit, in the caller's thread; not
    inside a host's transaction, and for a batch when it is through. One that raises is passed
    over. Whoever needs certainty, or time, is a notifier.

    Returns:
        Objects with ``observe(incident, entries)``; see `incidentflow.ports.Observer`.

    Example:
        ``return [Counters(metrics)]``

    """


@hookspec
def incidentflow_commands() -> Iterable[type[Command]]:
    """
    Add kinds of command.

    Called when a desk is built; without it, a desk can still apply such a command, but can neither
    keep it under an idempotency key nor owe it.

    Returns:
        Frozen attrs classes that extend `Command`; a kind that is taken ends the building.

    Example:
        ``return [Contain]``

    """


@hookspec
def incidentflow_events() -> Iterable[type[Event]]:
    """
    Add kinds of event.

    Called when a desk is built. A desk reads and writes only events of kinds it knows, so a plugin
    that is taken away makes the incidents that hold its events unreadable until it is back; nothing
    is lost (rule J1).

    Returns:
        Frozen attrs classes that extend `Event`; a kind that is taken ends the building.

    Example:
        ``return [Contained]``

    """
