"""Conditions: what is asked of an incident before a row or a rule is for it (rules K15, Q4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from incidentflow.errors import InvalidInput, shorten
from incidentflow.words import FieldValue, as_fields

CONDITIONS = ("priority", "category", "service", "customer", "location", "team")


def pairs(given: object, field: str, problem: str) -> tuple[tuple[str, Any], ...]:
    """
    Return what is given by name as pairs; no name stands twice.

    Args:
        given: A mapping, or pairs of a name and something.
        field: What to call it in an error.
        problem: What is wrong with anything else, and what would do.

    Raises:
        InvalidInput: It is neither, or a name stands twice.

    """
    found = tuple(given.items()) if isinstance(given, Mapping) else given
    if not isinstance(found, tuple) or not all(map(_is_pair, found)):
        raise InvalidInput(field, shorten(given), problem)
    for name, times in Counter(name for name, _ in found).items():
        if times > 1:
            raise InvalidInput(f"{field}.{name}", shorten(given), "is given twice; give it once")
    return found


def wanted(given: object, field: str) -> dict[str, FieldValue]:
    """
    Read the values that are asked for, by name.

    Raises:
        InvalidInput: They are not given by name, or one is no value of a field.

    """
    found = dict(pairs(given, field, "are no values by name; give some as {'tier': 'gold'}"))
    for name, value in found.items():
        if not isinstance(value, (str, int)):
            problem = "is no value to ask for; give text, a whole number, or True or False"
            raise InvalidInput(f"{field}.{name}", shorten(value), problem)
    return dict(as_fields(found))


def fulfils(name: str, value: object, wanted: object) -> bool:
    """Whether what is known fulfils a condition; a category stands for all below it."""
    if name == "category" and isinstance(value, str):
        return value == wanted or value.startswith(f"{wanted}/")
    return value == wanted and type(value) is type(wanted)


def _is_pair(given: object) -> bool:
    return isinstance(given, tuple) and len(given) == len(("name", 0)) and isinstance(given[0], str)
