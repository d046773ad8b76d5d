"""
The words everything else is written in: actors, instants, ids, ranks and checked text.

Nothing here knows what an incident is. All of it is pure: no clock, no randomness, no I/O.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import attrs
from attrs import frozen

from incidentflow.errors import InvalidInput, nearest, shorten

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
ERASED = "[erased]"
MAX_LINE = 500
MAX_TEXT = 20_000


# --- text ------------------------------------------------------------------------------------


def checked(value: object, field: str, longest: int, allowed: str = "") -> str:
    """
    Return *value* as text that can be shown, stored and hashed, or refuse it.

    Args:
        value: What was given.
        field: Its name, for the error.
        longest: The greatest number of characters.
        allowed: Control characters that may occur.

    Returns:
        The text without surrounding white space.

    Raises:
        InvalidInput: It is no text, too long, or holds control characters or lone surrogates.

    """
    if not isinstance(value, str):
        raise InvalidInput(field, shorten(value), "is not text; give a str")
    text = value.strip()
    if len(text) > longest:
        problem = f"has {len(text)} characters; at most {longest} are kept"
        raise InvalidInput(field, shorten(text), problem)
    if not text.isprintable():
        for place, char in enumerate(text):
            if not (char.isprintable() or char in allowed or char in "\u00a0\u200b\u200d\u3000"):
                problem = f"holds the unprintable character {char!a} at {place}; remove it"
                raise InvalidInput(field, shorten(text), problem)
    return text


def strings(value: object) -> tuple[str, ...]:
    """Return one name or several as a tuple of names; None is none (an attrs converter)."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (checked(value, "names", MAX_LINE),)
    if not isinstance(value, Iterable):
        raise InvalidInput("names", shorten(value), "are no names; give a str or several")
    return tuple(checked(name, "names", MAX_LINE) for name in value)


def line(longest: int = MAX_LINE) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    """Build a validator for one visible line of text; None passes."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None and not checked(value, attribute.name, longest):
            raise InvalidInput(attribute.name, shorten(value), "is blank; give some visible text")

    return check


def prose(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Check text of several lines; None passes (an attrs validator)."""
    if value is not None and not checked(value, attribute.name, MAX_TEXT, "\n\r\t"):
        raise InvalidInput(attribute.name, shorten(value), "is blank; give some visible text")


def personal(**options: Any) -> Any:  # noqa: ANN401 - as attrs.field itself
    """
    Declare an attribute that holds a person's data.

    In the journal it stands as a salted hash; its text stands beside it and can be erased
    without breaking the chain (rule J2).
    """
    return attrs.field(metadata={"personal": True}, **options)


# --- time ------------------------------------------------------------------------------------


def utc(value: object, field: str = "at") -> datetime:
    """
    Return an instant in UTC.

    Args:
        value: An aware datetime.
        field: Its name, for the error.

    Raises:
        InvalidInput: It is no datetime, or has no time zone: a wall-clock reading is no instant.

    """
    if not isinstance(value, datetime):
        raise InvalidInput(field, shorten(value), "is no instant; give an aware datetime")
    if value.tzinfo is None or value.utcoffset() is None:
        hint = "has no time zone; give an aware datetime, such as datetime.now(UTC)"
        raise InvalidInput(field, shorten(value.isoformat()), hint)
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise InvalidInput(field, shorten(value.isoformat()), "lies outside all years") from None


def to_utc(value: datetime | None) -> datetime | None:
    """Move an aware instant to UTC; anything else is left to `aware` (an attrs converter)."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return value
    return utc(value)


def aware(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Require an aware instant; None passes (an attrs validator)."""
    if value is not None:
        utc(value, attribute.name)


def micros(moment: datetime) -> int:
    """Return an instant as whole microseconds since 1970 in UTC (rule K0)."""
    return (moment - EPOCH) // MICROSECOND


def from_micros(number: int) -> datetime:
    """Return the instant that lies *number* microseconds after 1970 in UTC."""
    return EPOCH + timedelta(microseconds=number)


def show(moment: datetime) -> str:
    """Show an instant to the minute, in UTC."""
    return f"{moment:%Y-%m-%d %H:%M}Z"


# --- ids -------------------------------------------------------------------------------------


def uuid7(moment: datetime, entropy: bytes) -> str:
    """
    Return a UUID of version 7 (RFC 9562): sortable by the millisecond it was made in.

    Args:
        moment: When it is made.
        entropy: Ten random bytes.

    """
    stamp = micros(moment) // 1000 & (1 << 48) - 1
    random = int.from_bytes(entropy, "big") & (1 << 74) - 1
    number = stamp << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & (1 << 62) - 1
    digits = f"{number:032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


# --- actors ----------------------------------------------------------------------------------


class ActorKind(enum.Enum):
    """What kind of actor did something (rule A1)."""

    PERSON = "person"
    SERVICE = "service"
    MONITOR = "monitor"
    SYSTEM = "system"


@frozen
class Actor:
    """
    Who asks or acts: every command and every event carries one (rule A1).

    Attributes:
        kind: A person, a service, a monitor, or the library itself (``system``).
        id: The host's own id of the actor; at most 500 characters.
        name: The name to show; empty means the id.

    """

    kind: ActorKind = attrs.field(validator=attrs.validators.instance_of(ActorKind))
    id: str = personal(validator=line())
    name: str = personal(default="")

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
        if colon and kind in _KINDS:
            return cls(_KINDS[kind], rest)
        return cls(ActorKind.PERSON, text)

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


# --- ranks: 1 is the most severe (rule Q1) ---------------------------------------------------


class Rank(enum.IntEnum):
    """An ordered scale; 1 is the most severe, and a greater number is less severe."""

    @classmethod
    def parse(cls, value: object) -> Self:
        """
        Read a member, its number or its name, as in ``Impact.parse("high")``.

        Raises:
            InvalidInput: Nothing of that name or number stands on this scale.

        """
        if isinstance(value, cls):
            return value
        field = cls.__name__.lower()
        names = {member.name.lower(): member for member in cls}
        if isinstance(value, str) and value.strip().lower() in names:
            return names[value.strip().lower()]
        if isinstance(value, int) and not isinstance(value, (bool, Rank)) and value in set(cls):
            return cls(value)
        hint = nearest(value.strip().lower(), names) if isinstance(value, str) else ""
        problem = f"is not on the scale {', '.join(names)} (1 to {len(cls)}); {hint}".rstrip("; ")
        raise InvalidInput(field, shorten(value), problem)

    @property
    def label(self) -> str:
        """The name to show."""
        return self.name.lower().replace("_", " ")

    def outranks(self, other: Rank) -> bool:
        """Whether this is more severe than *other*, which must stand on the same scale."""
        return self.value < other.value


class Impact(Rank):
    """How far the damage reaches; a matrix says how many of the levels it uses."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3
    MINOR = 4
    MINIMAL = 5


class Urgency(Rank):
    """How soon the damage becomes unbearable."""

    HIGH = 1
    MEDIUM = 2
    LOW = 3
    MINOR = 4
    MINIMAL = 5


class Severity(Rank):
    """How bad it is, whatever the queue looks like."""

    SEV1 = 1
    SEV2 = 2
    SEV3 = 3
    SEV4 = 4
    SEV5 = 5


class Priority(Rank):
    """How soon it is worked on; derived from a matrix (rule Q3)."""

    P1 = 1
    P2 = 2
    P3 = 3
    P4 = 4
    P5 = 5


def as_priority(value: Priority | int | str) -> Priority:
    """Read a priority (an attrs converter)."""
    return Priority.parse(value)


def as_impact(value: Impact | int | str | None) -> Impact | None:
    """Read an impact; None passes (an attrs converter)."""
    return None if value is None else Impact.parse(value)


def as_urgency(value: Urgency | int | str | None) -> Urgency | None:
    """Read an urgency; None passes (an attrs converter)."""
    return None if value is None else Urgency.parse(value)


def as_severity(value: Severity | int | str | None) -> Severity | None:
    """Read a severity; None passes (an attrs converter)."""
    return None if value is None else Severity.parse(value)


# --- own fields ------------------------------------------------------------------------------

FieldValue = str | int | bool


@frozen
class OwnField:
    """
    The value of one field that the host declared (rule T3).

    Attributes:
        name: The declared name.
        value: Text, a whole number, or yes or no.
        personal: Whether it is a person's data, and so can be erased.

    """

    name: str
    value: FieldValue = attrs.field(metadata={"personal": "personal"})
    personal: bool = False
