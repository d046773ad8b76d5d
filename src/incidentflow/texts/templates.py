"""
Templates: text with places for parameters.

``{name}`` stands for a parameter; ``{name:style}`` says how it reads: ``quoted``; ``line``, its
first line; ``and``, ``or``, ``list``, ``each`` and ``lines`` join several; any other style names
a vocabulary, as ``state``.
``[, until {until}]`` stands only when each parameter in it says something, and
``[{who} works|nobody works]`` reads otherwise when one does not; ``{name?}`` only asks that.
``{{``, ``}}``, ``[[`` and ``]]`` are the characters themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from functools import lru_cache

from attrs import frozen

TOKEN = re.compile(
    r"\{(?P<name>\w+)(?P<silent>\?)?(?::(?P<style>\w+))?\}"
    r"|(?P<twice>\{\{|\}\}|\[\[|\]\])"
    r"|(?P<mark>[\[\]|{}])"
)

JOINED = frozenset({"and", "or", "list", "each", "lines"})
"""The styles that join several."""
STYLES = JOINED | {"", "line", "quoted"}
"""The styles that name no vocabulary."""


@frozen
class Place:
    """Where a parameter stands."""

    name: str
    style: str
    silent: bool


@frozen
class Part:
    """What stands when every parameter in it says something, and what stands otherwise."""

    said: tuple[str | Place, ...]
    otherwise: tuple[str | Place, ...]


Template = tuple[str | Place | Part, ...]


@lru_cache(maxsize=1000)
def parse(text: str) -> Template:
    """
    Read a template.

    Raises:
        ValueError: A bracket or brace has no partner, or a part stands within a part.

    """
    parts: list[str | Place | Part] = []
    part: list[list[str | Place]] = []
    end = 0
    for token in TOKEN.finditer(text):
        (part[-1] if part else parts).append(text[end : token.start()])
        end, mark = token.end(), token["mark"]
        if token["name"]:
            place = Place(token["name"], token["style"] or "", bool(token["silent"]))
            (part[-1] if part else parts).append(place)
        elif token["twice"]:
            (part[-1] if part else parts).append(token["twice"][0])
        elif mark == "[" and not part:
            part = [[]]
        elif mark == "|" and not part:
            parts.append(mark)
        elif mark == "|" and not part[1:]:
            part.append([])
        elif mark == "]" and part:
            said, otherwise = part[0], [each for others in part[1:] for each in others]
            parts.append(Part(tuple(filter(None, said)), tuple(filter(None, otherwise))))
            part = []
        else:
            msg = f"{mark!r} at {token.start()} has no partner; write it twice to show it"
            raise ValueError(msg)
    if part:
        msg = "'[' has no partner; write it twice to show it"
        raise ValueError(msg)
    parts.append(text[end:])
    return tuple(filter(None, parts))


def places(template: Template) -> Iterator[Place]:
    """Yield every place of a template."""
    for each in template:
        if isinstance(each, Place):
            yield each
        elif isinstance(each, Part):
            yield from places(each.said)
            yield from places(each.otherwise)


def fill(
    template: Template, parameters: Mapping[str, object], show: Callable[[object, str], str]
) -> str:
    """
    Put parameters into a template.

    Raises:
        KeyError: It names a parameter that is not given.

    """
    return "".join(
        _line(_chosen(each, parameters) if isinstance(each, Part) else (each,), parameters, show)
        for each in template
    )


def says(value: object) -> bool:
    """Whether a value says anything: not None, not False, nothing empty; zero does."""
    if value is None or value is False:
        return False
    return not isinstance(value, Sized) or len(value) > 0


def _chosen(part: Part, parameters: Mapping[str, object]) -> tuple[str | Place, ...]:
    names = [each.name for each in part.said if isinstance(each, Place)]
    return part.said if all(says(parameters[name]) for name in names) else part.otherwise


def _line(
    parts: Iterable[str | Place],
    parameters: Mapping[str, object],
    show: Callable[[object, str], str],
) -> str:
    return "".join(
        each
        if isinstance(each, str)
        else ("" if each.silent else show(parameters[each.name], each.style))
        for each in parts
    )
