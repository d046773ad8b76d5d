"""What is personal in a class, and where: as its attributes declare it (rule J2)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, get_args

import attrs

HARMLESS = (str, int, bool, datetime, timedelta, type(None), ...)
"""Types whose values are no parts of anything: nothing inside them can be personal."""


@cache
def personal_attributes(cls: type[attrs.AttrsInstance]) -> tuple[attrs.Attribute[Any], ...]:
    """List the personal attributes of a class, and of the classes of its parts."""
    found: list[attrs.Attribute[Any]] = []
    ahead: list[Any] = [cls]
    seen: set[Any] = set()
    while ahead:
        each = ahead.pop()
        if each in seen:
            continue
        seen.add(each)
        if not attrs.has(each):
            ahead.extend(get_args(each))
            continue
        for attribute in _fields(each):
            if attribute.metadata.get("personal"):
                found.append(attribute)
            else:
                ahead.append(attribute.type)
    return tuple(found)


@cache
def personal_shape(cls: type) -> tuple[tuple[str, Any], ...]:
    """Name the attributes of an attrs class that may hold what is personal; of others, nothing."""
    shape = ((field, field.metadata.get("personal")) for field in _fields(cls))
    return tuple((field.name, how) for field, how in shape if how or _may_hold(field.type))


def _fields(cls: type) -> tuple[attrs.Attribute[Any], ...]:
    """Return the attributes of an attrs class with their types; of others, none."""
    if not attrs.has(cls):
        return ()
    with suppress(NameError):  # what a host's names mean that stand in no module is unknown
        attrs.resolve_types(cls)
    return tuple(attrs.fields(cls))


def _may_hold(hint: Any, *above: type) -> bool:  # noqa: ANN401 - a type of any form
    """Whether values of a type may hold what is personal; those of unknown types may."""
    if get_args(hint):
        return any(_may_hold(each, *above) for each in get_args(hint))
    if attrs.has(hint):
        parts = () if hint in above else _fields(hint)
        return any(
            each.metadata.get("personal") or _may_hold(each.type, hint, *above) for each in parts
        )
    return hint not in HARMLESS and not (isinstance(hint, type) and issubclass(hint, Enum))
