"""A policy written as a file that reads back to an equal one."""

from __future__ import annotations

import enum
import json
from collections.abc import Iterator
from datetime import timedelta

import attrs

from incidentflow.policy import MATRICES, Matrix, Policy
from incidentflow.policy.file.spans import show_span
from incidentflow.policy.file.tables import UNLIMITED
from incidentflow.words import Rank


def write_policy(policy: Policy) -> str:
    """
    Write all of a policy as TOML, what stands at its default too; `read_policy` reads it back.

    Args:
        policy: The policy; functions and other objects of the host cannot be written.

    """
    lines = [f"# {policy.reference}"]
    lines += [f"{name} = {_toml(part)}" for name, part in _parts(policy)]
    return "\n".join(lines) + "\n"


def _parts(policy: Policy) -> Iterator[tuple[str, object]]:
    for each in attrs.fields(Policy):
        if each.init:
            yield each.name, getattr(policy, each.name)


def _toml(value: object) -> str:  # noqa: PLR0911 - one line for each kind of value
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return _text(UNLIMITED)
    if isinstance(value, Matrix):
        return _named(value)
    if isinstance(value, enum.Enum):
        return _text(value.name if isinstance(value, Rank) else value.value)
    if isinstance(value, timedelta):
        return _text(show_span(value))
    if isinstance(value, tuple):
        return _several(value)
    if attrs.has(type(value)):
        return _inline(_told(value))
    return str(value) if isinstance(value, int) else _text(str(value))


def _several(values: tuple[object, ...]) -> str:
    shown = [_toml(value) for value in values]
    if any(attrs.has(type(value)) for value in values):
        return "\n".join(("[", *(f"    {each}," for each in shown), "]"))
    return f"[{', '.join(shown)}]"


def _named(value: Matrix) -> str:
    shipped = (name for name, matrix in MATRICES.items() if matrix == value)
    name = next(shipped, None)
    return _inline(_told(value)) if name is None else _text(name)


def _told(value: object) -> Iterator[tuple[str, str]]:
    """Tell what differs from the default of its class."""
    for each in attrs.fields(type(value)):  # type: ignore[arg-type] # it has been seen to have some
        part = getattr(value, each.name)
        if each.init and part != each.default:
            yield each.name, _toml(part)


def _inline(parts: Iterator[tuple[str, str]]) -> str:
    return f"{{ {', '.join(f'{_key(name)} = {part}' for name, part in parts)} }}"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(name: str) -> str:
    is_bare = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
    return name if is_bare else _text(name)
