"""The fields a host adds to its incidents (rule T3)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from attrs import field

from incidentflow.errors import InvalidInput, hint, nearest
from incidentflow.words import MAX_TEXT, FieldValue, OwnField, checked, flag, frozen, line, strings

TYPES: Mapping[str, type] = {"text": str, "number": int, "flag": bool}


@frozen
class FieldRule:
    """
    One field of the host's own.

    Attributes:
        name: Its name, a Python identifier.
        type: ``"text"``, ``"number"`` (whole) or ``"flag"``.
        required_at: The triggers before which it must be known, such as ``("resolve",)``.
        personal: Whether it holds a person's data, to be hashed in the journal and erasable.

    """

    name: str = field(validator=line(60))
    type: str = field(default="text", validator=line(60))
    required_at: tuple[str, ...] = field(default=(), converter=strings)
    personal: bool = field(default=False, validator=flag)

    def read(self, value: object) -> OwnField:
        """
        Return *value* as this field's, or refuse it: nothing is converted (rule I6).

        Raises:
            InvalidInput: The value has another type, or is text that cannot be kept.

        """
        where = f"fields.{self.name}"
        # An unknown type is refused with the policy: there any value will do.
        kind = TYPES.get(self.type, type(value))
        if type(value) is not kind or not isinstance(value, (str, int, bool)):
            raise InvalidInput.of(where, value, "field.type", type=self.type)
        if isinstance(value, str):
            value = checked(value, where, MAX_TEXT, "\n\r\t")
            if not value:
                raise InvalidInput.of(where, "", "text.blank")
        elif abs(value) >= 1 << 63:
            raise InvalidInput.of(where, value, "field.large")
        return OwnField(self.name, value, self.personal)


def field_problems(rules: Iterable[FieldRule], standard: Collection[str]) -> Iterator[str]:
    """
    Say what cannot work about own fields, one sentence each.

    Args:
        rules: The fields.
        standard: The names of what every incident has.

    """
    for rule in rules:
        if rule.type not in TYPES:
            yield f"own field {rule.name!r} has type {rule.type!r}; {nearest(rule.type, TYPES)}"
        if not rule.name.isidentifier():
            yield f"own field {rule.name!r} is no identifier"
        if rule.name in standard:
            yield f"own field {rule.name!r} is a field of every incident; call it otherwise"


def read_fields(
    rules: Iterable[FieldRule], given: Mapping[str, FieldValue]
) -> tuple[OwnField, ...]:
    """
    Return the given own fields, checked against their declarations.

    Raises:
        InvalidInput: A name is not declared, or a value has another type.

    """
    known = {rule.name: rule for rule in rules}
    for name in given:
        if name not in known:
            raise InvalidInput.of(
                f"fields.{name}", given[name], "field.unknown", hint=hint(name, known)
            )
    return tuple(known[name].read(value) for name, value in sorted(given.items()))
