"""A policy written as a file that reads back to an equal one."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from itertools import groupby
from types import NoneType
from typing import Any

import attrs

from incidentflow.policy import MATRICES, Matrix, Policy
from incidentflow.policy.calendars import Calendar, OpeningHours, Union
from incidentflow.policy.calendars.windows import DAYS
from incidentflow.policy.file.amounts import show_amount
from incidentflow.policy.file.values import key_of, text_of
from incidentflow.words import UNLIMITED, Rank, show_span


def write_policy(policy: Policy) -> str:
    """
    Write all of a policy as TOML, what stands at its default too; `read_policy` reads it back.

    Args:
        policy: The policy.

    """
    parts = {each.name: getattr(policy, each.name) for each in attrs.fields(Policy) if each.init}
    calendars = parts.pop("calendars")
    lines = [f"# {policy.reference}", *(f"{name} = {_toml(part)}" for name, part in parts.items())]
    if not calendars:
        lines += ["", "[calendars]"]
    for each in calendars:
        lines += ["", f"[calendars.{key_of(each.name)}]"]
        lines += [f"{name} = {_toml(part)}" for name, part in _hours(each, calendars)]
    return "\n".join(lines) + "\n"


def _toml(value: object) -> str:
    for kind, write in WRITERS:
        if isinstance(value, kind):
            return write(value)
    return _inline(_told(value))


def _several(values: Iterable[object]) -> str:
    shown = [_toml(value) for value in values]
    if any(attrs.has(type(value)) for value in values):
        return "\n".join(("[", *(f"    {each}," for each in shown), "]"))
    return f"[{', '.join(shown)}]"


def _matrix(matrix: Matrix) -> str:
    shipped = (name for name, each in MATRICES.items() if each == matrix)
    name = next(shipped, None)
    return _inline(_told(matrix)) if name is None else text_of(name)


def _told(value: object) -> Iterator[tuple[str, object]]:
    """Tell what differs from the default of its class."""
    for each in attrs.fields(type(value)):  # type: ignore[arg-type] # it has been seen to have some
        part = getattr(value, each.name)
        if not each.init or part == _usual(each):
            continue
        if each.name == "targets":
            part = {clock: show_amount(amount) for clock, amount in part}
        elif each.name in ("fields", "when"):
            part = dict(part)
        elif each.name == "warnings":
            part = [f"{over}/{under}" for over, under in part]
        yield each.name, part


def _usual(each: attrs.Attribute[Any]) -> object:
    convert: Any = each.converter
    usual = each.default
    return convert(usual) if callable(convert) and usual is not attrs.NOTHING else usual


def _hours(calendar: OpeningHours, known: Iterable[OpeningHours]) -> Iterator[tuple[str, object]]:
    if isinstance(calendar, Union):
        members = calendar.members
        yield "members", [each.name if each in known else dict(each.told) for each in members]
    else:
        told = {**calendar.told, "week": dict(_week(calendar.told["week"]))}
        yield from ((name, part) for name, part in told.items() if name != "name")


def _week(hours: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Tell days with the same hours together, as ``mon-fri``."""
    for text, days in groupby(DAYS, hours.get):
        first, *rest = days
        if text:
            yield f"{first}-{rest[-1]}" if rest else first, text


def _inline(parts: Iterable[tuple[str, object]]) -> str:
    told = ", ".join(f"{key_of(name)} = {_toml(part)}" for name, part in parts)
    return f"{{ {told} }}" if told else "{}"


WRITERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], str]], ...] = (
    (bool, lambda value: "true" if value else "false"),
    (NoneType, lambda _: text_of(UNLIMITED)),
    (Rank, lambda value: text_of(value.name)),
    (enum.Enum, lambda value: text_of(value.value)),
    (int, str),
    (str, text_of),
    (timedelta, lambda value: text_of(show_span(value))),
    (Matrix, _matrix),
    ((Calendar, Union), lambda value: _inline((("name", value.name), *_hours(value, ())))),
    (Mapping, lambda value: _inline(value.items())),
    ((tuple, list), _several),
)
"""How values of each kind are written; others are values of attrs, and stand as tables."""
