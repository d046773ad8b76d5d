"""Conditions: what is asked of an incident before a row or a rule is for it (rules K15, Q4)."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from incidentflow.errors import InvalidInput, shorten
from incidentflow.words import FieldValue, Priority, as_fields

CONDITIONS = ("priority", "category", "service", "customer", "location", "team")
AMBIGUOUS = re.compile(r'[,"]|^(True|False|-?[0-9]+)?$')
"""Text that reads as the end of a condition, or as a value that is no text."""


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


def shown(asked: Iterable[tuple[str, object]]) -> str:
    """
    Show conditions in a few words, such as ``"service mail, P1"``; others are shown otherwise.

    Args:
        asked: The values that are asked for, by names without blanks, in order.

    """
    words = (
        value.name if isinstance(value, Priority) else f"{name} {_said(value)}"
        for name, value in asked
    )
    return ", ".join(words) or "any"


def fulfils(name: str, value: object, wanted: object) -> bool:
    """Whether what is known fulfils a condition; a category stands for all below it."""
    if name == "category" and isinstance(value, str):
        return value == wanted or value.startswith(f"{wanted}/")
    return value == wanted and type(value) is type(wanted)


def _said(value: object) -> str:
    """Quote text that could be taken for another value, or for more than one."""
    if isinstance(value, str) and (AMBIGUOUS.search(value) or not value.isprintable()):
        return json.dumps(value, ensure_ascii=not value.isprintable())
    return str(value)


def _is_pair(given: object) -> bool:
    return isinstance(given, tuple) and len(given) == len(("name", 0)) and isinstance(given[0], str)
