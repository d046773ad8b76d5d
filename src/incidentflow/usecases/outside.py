"""
Asking those outside: permission, routing, who is reached, who looks on.

Every object is asked in its own try. One that raises or answers nonsense cannot lose or undo a
commit: a permission that cannot be had is denied, everything else goes on without that answer, and
the fault is kept under the plugin's name.
"""

from __future__ import annotations

import inspect
import logging
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Generic, TypeVar

from attrs import Factory, field

from incidentflow.errors import PluginFailed, shorten, told
from incidentflow.incident import Entry, Incident
from incidentflow.ports import (
    Allow,
    Authoriser,
    Deny,
    EscalationBackend,
    Observer,
    RoutingRule,
)
from incidentflow.words import MAX_LINE, Actor, ActorKind, frozen, visible

T = TypeVar("T")
A = TypeVar("A")
KEPT = 100
MOST = 100
OF_THE_PROCESS = (KeyboardInterrupt, SystemExit)
"""What ends the process, and is passed on once the plugin it came through is noted."""
LOG = logging.getLogger("incidentflow")


@frozen
class Given(Generic[T]):
    """
    An object that a plugin gave.

    Attributes:
        plugin: The plugin's name.
        part: The object.

    """

    plugin: str
    part: T


@frozen
class PluginInfo:
    """
    A plugin as a desk knows it.

    Attributes:
        name: Its name: of its entry point, module or class; a second object of the same class is
            called as ``"Routing-2"``.
        version: Of its distribution, or empty.
        hooks: The hooks it answers.

    """

    name: str
    version: str
    hooks: tuple[str, ...]


@frozen
class Outside:
    """
    Those outside whom a desk asks.

    Attributes:
        authorisers: Who may do what; all of them must allow it.
        routing: Where new incidents go; the first that says so.
        backends: Who is reached; the first that names anybody.
        observers: Who looks on.
        plugins: The plugins they come from.
        faults: What went wrong with them lately.

    """

    authorisers: tuple[Given[Authoriser], ...] = ()
    routing: tuple[Given[RoutingRule], ...] = ()
    backends: tuple[Given[EscalationBackend], ...] = ()
    observers: tuple[Given[Observer], ...] = ()
    plugins: tuple[PluginInfo, ...] = ()
    faults: deque[PluginFailed] = field(default=Factory(lambda: deque(maxlen=KEPT)), eq=False)

    def denial(self, actor: Actor, action: str, incident: Incident) -> Deny | None:
        """Return why an actor may not do something, or None when they may (rule A2)."""
        if actor.kind is ActorKind.SYSTEM:
            return None
        for given in self.authorisers:
            answer = self._ask(given, "authorise", (actor, action, incident), _answer)
            if answer is None:
                return Deny("authoriser.failed", f"{given.plugin} could not say whether they may")
            if isinstance(answer, Deny):
                return answer
        return None

    def team_for(self, incident: Incident) -> tuple[str, str] | None:
        """Return the team for a new incident and the plugin that named it, or None."""
        for given in self.routing:
            team = self._ask(given, "route", (incident,), _name)
            if team:
                return team, given.plugin
        return None

    def reached(self, notify: str, incident: Incident, at: datetime) -> tuple[str, ...]:
        """Return the people who answer for a team or a role; empty: it stands for itself."""
        for given in self.backends:
            people = self._ask(given, "reach", (notify, incident, at), _names)
            if people:
                return people
        return ()

    def tell(self, incident: Incident, entries: Sequence[Entry]) -> None:
        """Tell the observers what was committed."""
        for given in self.observers:
            self._ask(given, "observe", (incident, entries), _nothing)

    def note(self, fault: PluginFailed) -> None:
        """Keep a fault that nobody is stopped by, and log it."""
        self.faults.append(fault)
        LOG.warning("%s", fault)

    def _ask(
        self,
        given: Given[T],
        method: str,
        asked: tuple[object, ...],
        read: Callable[[object], A],
    ) -> A | None:
        try:
            return read(_at_once(getattr(given.part, method)(*asked)))
        except BaseException as error:  # whatever a plugin raises
            self.note(PluginFailed(given.plugin, method, told(error)))
            if isinstance(error, OF_THE_PROCESS):
                raise
            return None


def _at_once(answer: object) -> object:
    if inspect.iscoroutine(answer):
        answer.close()
        msg = "is to be awaited; answer at once"
        raise TypeError(msg)
    return answer


def _answer(answer: object) -> Allow | Deny:
    if isinstance(answer, (Allow, Deny)):
        return answer
    msg = f"answered {shorten(answer)}; answer Allow() or Deny(code, reason)"
    raise TypeError(msg)


def _name(answer: object) -> str:
    return "" if answer is None else visible(answer, "team", MAX_LINE)


def _names(answer: object) -> tuple[str, ...]:
    if isinstance(answer, str) or not isinstance(answer, Iterable):
        msg = f"answered {shorten(answer)}; answer several names"
        raise TypeError(msg)
    names = [visible(name, "reach", MAX_LINE) for name in islice(answer, MOST + 1)]
    if len(names) > MOST:
        msg = f"answered more than {MOST} names"
        raise ValueError(msg)
    return tuple(dict.fromkeys(names))


def _nothing(answer: object) -> None:
    del answer
