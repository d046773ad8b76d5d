"""Actors: who asks or acts (rule A1)."""

from __future__ import annotations

import enum
from typing import Any, Self

import attrs

from incidentflow.errors import InvalidInput
from incidentflow.words.text import MAX_LINE, checked, line, member, personal, plain
from incidentflow.words.values import frozen


class ActorKind(enum.Enum):
    """What kind of actor did something (rule A1)."""

    PERSON = "person"
    SERVICE = "service"
    MONITOR = "monitor"
    SYSTEM = "system"


def _kind(value: ActorKind | str) -> ActorKind:
    return member(ActorKind, value, "kind")


def _shown(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    checked(value, attribute.name, MAX_LINE)


@frozen
class Actor:
    """
    Who asks or acts: every command and every event carries one (rule A1).

    Attributes:
        kind: A person, a service, a monitor, or the library itself (``system``).
        id: The host's own id of the actor; at most 500 characters.
        name: The name to show; empty means the id.

    """

    kind: ActorKind = attrs.field(converter=_kind)
    id: str = personal(validator=line())
    name: str = personal(default="", validator=_shown)

    @classmethod
    def parse(cls, value: object) -> Self:
        """
        Read ``"ana"`` as a person, ``"monitor:probe-3"`` as a monitor; an actor passes.

        Raises:
            InvalidInput: It is neither text nor an actor, or is blank.

        """
        if isinstance(value, cls):
            return value
        text = checked(value, "by", MAX_LINE)
        kind, colon, rest = text.partition(":")
        is_said = bool(colon) and kind in _KINDS
        name = rest.strip() if is_said else text
        if not plain(name):
            raise InvalidInput.of("by", value, "actor.nobody")
        return cls(_KINDS[kind] if is_said else ActorKind.PERSON, name)

    @property
    def is_person(self) -> bool:
        """Whether a human being acts."""
        return self.kind is ActorKind.PERSON

    def __str__(self) -> str:
        """Show the name, and the kind unless it is a person."""
        label = self.name or self.id
        return label if self.is_person else f"{self.kind.value}:{label}"


def as_actor(value: Any) -> Any:  # noqa: ANN401 - a host's own user object passes
    """Read an actor or text; a host's own user object is left to the desk (an attrs converter)."""
    return Actor.parse(value) if isinstance(value, (Actor, str)) else value


_KINDS = {kind.value: kind for kind in ActorKind}
SYSTEM = Actor(ActorKind.SYSTEM, "incidentflow")
