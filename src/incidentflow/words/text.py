"""Text that can be shown, stored and hashed, and what attributes made of it need."""

from __future__ import annotations

import enum
import unicodedata
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import attrs

from incidentflow.errors import InvalidInput, hint

ERASED = "[erased]"
MAX_LINE = 500
MAX_TEXT = 20_000
JOINERS = "\u200b\u200c\u200d\u200e\u200f"

E = TypeVar("E", bound=enum.Enum)


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
        raise InvalidInput.of(field, value, "text.none")
    if type(value) is not str:
        raise InvalidInput.of(field, value, "text.type", type=type(value).__name__)
    if len(value) > longest:
        raise InvalidInput.of(field, value, "text.long", length=len(value), most=longest)
    if not value.isprintable():
        for place, char in enumerate(value):
            if not (char.isprintable() or char in allowed or _is_harmless(char)):
                raise InvalidInput.of(
                    field, value, "text.unprintable", char=ascii(char), place=place
                )
    return value.strip()


def _is_harmless(char: str) -> bool:
    return char in JOINERS or unicodedata.category(char) == "Zs"


def visible(value: object, field: str, longest: int, allowed: str = "") -> str:
    """
    Return *value* as `checked` does, if there is anything to see.

    Raises:
        InvalidInput: As `checked`; or it is blank.

    """
    text = checked(value, field, longest, allowed)
    if not any(char.isprintable() and not char.isspace() for char in text):
        raise InvalidInput.of(field, value, "text.blank")
    return text


def plain(text: str) -> str:
    """Return what two texts have in common that look alike: no joiners, no case, one form."""
    kept = "".join(char for char in text if char not in JOINERS)
    return unicodedata.normalize("NFKC", kept).casefold().strip()


def strings(value: object, field: str = "names") -> tuple[str, ...]:
    """Return one name or several as a tuple of names; None is none (an attrs converter)."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (checked(value, field, MAX_LINE),)
    if not isinstance(value, Iterable):
        raise InvalidInput.of(field, value, "names.none")
    return tuple(checked(name, field, MAX_LINE) for name in value)


def line(longest: int = MAX_LINE) -> Callable[[Any, attrs.Attribute[Any], Any], None]:
    """Build a validator for one visible line of text; None passes where it is the default."""

    def check(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if value is not None or attribute.default is not None:
            text = visible(value, attribute.name, longest)
            if text != value:
                raise InvalidInput.of(attribute.name, value, "text.padded", trimmed=text)

    return check


def prose(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Check text of several lines; None passes where it is the default (an attrs validator)."""
    if value is not None or attribute.default is not None:
        visible(value, attribute.name, MAX_TEXT, "\n\r\t")


def flag(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Check that a value is yes or no, and not merely like it (an attrs validator)."""
    if type(value) is not bool:
        raise InvalidInput.of(attribute.name, value, "flag.none")


def whole(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Check that a value is a whole number of at most 64 bits, or None (an attrs validator)."""
    if value is not None and not (type(value) is int and -(1 << 63) <= value < 1 << 63):
        raise InvalidInput.of(attribute.name, value, "number.none")


def member(kind: type[E], value: object, field: str) -> E:
    """
    Read a member of a closed set, or its value.

    Raises:
        InvalidInput: The set has no such member.

    """
    for each in kind:
        if value is each or value == each.value:
            return each
    known = [each.value for each in kind]
    raise InvalidInput.of(field, value, "choice.unknown", hint=hint(value, known))


def personal(**options: Any) -> Any:  # noqa: ANN401 - as attrs.field itself
    """
    Declare an attribute that holds a person's data.

    In the journal it stands as a salted hash; its text stands beside it and can be erased
    without breaking the chain (rule J2).
    """
    return attrs.field(metadata={"personal": True}, **options)


def person_id(**options: Any) -> Any:  # noqa: ANN401 - as attrs.field itself
    """
    Declare an attribute that names a person by the host's id; personal too, but not a text.

    Erasing somebody else's texts leaves it (rule J8).
    """
    return attrs.field(metadata={"personal": True, "person": True}, **options)
