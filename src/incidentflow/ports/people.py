"""What a host and its plugins decide: who may, who is reached, where it goes, who looks on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from attrs import field

from incidentflow.incident import Entry, Incident
from incidentflow.words import Actor, frozen, line


@frozen
class Allow:
    """The actor may."""


@frozen
class Deny:
    """
    The actor may not.

    Attributes:
        code: Stable and dotted, such as ``"role.missing"``.
        reason: A sentence for people.

    """

    code: str = field(validator=line())
    reason: str = field(validator=line())


class Authoriser(Protocol):
    """Who may do what; implemented by hosts and plugins (rule A2)."""

    def authorise(self, actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        """
        Say whether an actor may do something with an incident as it stands.

        Args:
            actor: Who asks.
            action: A trigger such as ``"resolve"``, a command's kind such as ``"note"``,
                ``"read"``, ``"export"`` or ``"erase"``.
            incident: The incident; for a report, the one that would come of it.

        """


class RoutingRule(Protocol):
    """Which team a new incident goes to; implemented by hosts and plugins."""

    def route(self, incident: Incident) -> str | None:
        """Name the team for an incident that was reported without one; None: not mine to say."""


class EscalationBackend(Protocol):
    """Who is reached when somebody is to be told; implemented by hosts and plugins (rule E3)."""

    def reach(self, notify: str, incident: Incident, at: datetime) -> Iterable[str]:
        """
        Name the people who answer for a team or a role.

        Args:
            notify: The team, or the person or role in management, as it was asked for.
            incident: The incident that is escalated.
            at: The instant at which they are needed.

        Returns:
            The host's ids of people, in the order they are told; nobody: not mine to say.

        """


class Observer(Protocol):
    """Who looks on after every commit; implemented by hosts and plugins."""

    def observe(self, incident: Incident, entries: Sequence[Entry]) -> None:
        """Take note of what was committed; nothing waits for it and nothing depends on it."""
