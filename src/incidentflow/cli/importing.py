"""Importing what is a host's own, by the name that somebody typed: a desk, a store, a notifier."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

from incidentflow.desk import IncidentDesk
from incidentflow.errors import InvalidInput, shorten


@cache
def host_desk(named: str) -> IncidentDesk:
    """
    Import a host's own desk, or what makes one.

    Raises:
        InvalidInput: There is none of that name.

    """
    desk = load_named(named, "desk")
    if not isinstance(desk, IncidentDesk) and callable(desk):
        desk = _called(desk, named)
    if not isinstance(desk, IncidentDesk):
        raise InvalidInput("desk", shorten(named), f"is {shorten(desk)}, no IncidentDesk")
    return desk


def _called(function: Callable[[], object], named: str) -> object:
    try:
        inspect.signature(function).bind()
    except (TypeError, ValueError):
        problem = "wants arguments; name a desk, or a function without any that returns one"
        raise InvalidInput("desk", shorten(named), problem) from None
    return function()


def load_named(named: str, what: str) -> object:
    """
    Import what ``module:name`` names, seen from the current directory.

    Raises:
        InvalidInput: There is no such thing.

    """
    module, colon, name = named.partition(":")
    if not (module and colon and name):
        raise InvalidInput(what, shorten(named), "is not of the form module:name")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        found: object = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise InvalidInput(what, shorten(named), f"cannot be imported: {error}") from None
    return found
