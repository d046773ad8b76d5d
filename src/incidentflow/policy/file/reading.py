"""A policy read from TOML: strict, every problem at once with its path, the nearest name beside."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import partial
from itertools import chain
from typing import Any, TypeVar

from incidentflow.errors import InvalidInput, PolicyError, nearest, shorten
from incidentflow.policy import (
    MATRICES,
    Matrix,
    Numbering,
    Policy,
    RequirementRule,
    Route,
    Subscription,
)
from incidentflow.policy.amounts import Amount
from incidentflow.policy.calendars import OpeningHours
from incidentflow.policy.clocks import CLOCKS, ClockRule, Part
from incidentflow.policy.file.amounts import read_amount
from incidentflow.policy.file.hours import CalendarReader
from incidentflow.policy.file.tables import NOTHING, Tables
from incidentflow.policy.file.values import written
from incidentflow.policy.holds import HOLD_REASONS
from incidentflow.policy.targets import TARGETS
from incidentflow.words import FieldValue

T = TypeVar("T")
BLANK = {"name": "own", "rows": "impact", "columns": ""}
USUAL = {
    "targets": [{"targets": dict(row.targets)} for row in TARGETS],
    "hold_reasons": [{"pauses": [*reason.pauses]} for reason in HOLD_REASONS],
}
"""Where clocks are named in what a file need not say."""
KEPT = (Numbering, RequirementRule, Subscription)
"""What is no other by what is missing from it, and so is looked at as far as it goes."""


def read_policy(given: str | Mapping[str, Any], name: str = "policy") -> Policy:
    """
    Read a policy from the text of a TOML file, or from what is in one.

    The keys are the attributes of `Policy`; what is left out has its default. Calendars stand
    below ``[calendars.NAME]``; shipped ones need not. Clocks of a file stand beside the shipped
    ones, and one of the same name replaces it; those that nothing in the file asks for are left
    out, as they would never run. Nothing is converted in silence.

    Args:
        given: The text, or its data.
        name: What to call it in an error.

    Raises:
        InvalidInput: It is neither text nor a mapping.
        PolicyError: It cannot be read or cannot work; lists every problem, each with its path, in
            which parts of a list are counted from one; the holidays of a country need an extra.

    """
    if not isinstance(given, (str, Mapping)):
        problem = "is neither TOML nor a mapping; give a str, or read a file with load_policy(path)"
        raise InvalidInput("policy", shorten(given), problem)
    data = read_toml(given, name) if isinstance(given, str) else given
    tables = _tables(_asked(data))
    policy = tables.table(Policy, data, "")
    if not isinstance(policy, Policy):
        raise PolicyError(name, tuple(dict.fromkeys(tables.problems)))
    return policy


def read_toml(text: str, name: str) -> dict[str, Any]:
    """
    Read the data of a TOML file.

    Args:
        text: The text.
        name: What to call it in an error.

    Raises:
        PolicyError: It is none; says why.

    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        problem = f"is no TOML: {error}"
    except RecursionError:
        problem = "is nested too deeply; give at most a few levels"
    except ValueError:  # of a number that Python itself refuses to read
        problem = "has a number with thousands of digits; give at most 18"
    raise PolicyError(name, (problem,))


def read_part(kind: type[T], given: object, path: str) -> tuple[T | None, tuple[str, ...]]:
    """
    Read a value of attrs from a table in the way of a policy file.

    Args:
        kind: Its class.
        given: The table; for a matrix its name, too.
        path: Where it stands.

    Returns:
        The value, None when it has a problem; and the problems.

    """
    tables = _tables(set())
    made = tables.value(kind, given, path)
    good = isinstance(made, kind) and not tables.problems
    return (made if good else None), tuple(tables.problems)


def _tables(asked: set[str]) -> Tables:
    tables = Tables({})
    calendars = CalendarReader(tables)
    tables.specials = {
        Matrix: partial(_matrix, tables),
        Route: partial(_route, tables),
        **{each: partial(tables.table, each, kept=True) for each in KEPT},
        tuple[OpeningHours, ...]: calendars.several,
        tuple[ClockRule, ...]: partial(_clocks, tables, asked),
        OpeningHours | str: calendars.named,
        Amount | None: read_amount,
        tuple[tuple[str, Amount | None], ...]: partial(_amounts, tables),
        FieldValue: partial(_scalar, tables),
        tuple[tuple[str, FieldValue], ...]: partial(tables.by_name, FieldValue),
        tuple[Part, ...]: partial(tables.value, tuple[str, ...]),
    }
    return tables


def _asked(data: object) -> set[str]:
    """Name the clocks that a file has targets for, pauses by a hold, or requires a review of."""
    data = data if isinstance(data, Mapping) else {}
    whole = {**USUAL, **data}
    targets = (row.get("targets") for row in _rows(whole["targets"]))
    pauses = (reason.get("pauses") for reason in _rows(whole["hold_reasons"]))
    breached = (rule.get("clocks") for rule in _rows(data.get("requirements")))
    asked = (*targets, *pauses, *breached)
    several = ([each] if isinstance(each, str) else each for each in asked)
    named = chain.from_iterable(each for each in several if isinstance(each, (Mapping, list)))
    return {name for name in named if isinstance(name, str)}


def _rows(given: object) -> list[Mapping[str, Any]]:
    return [row for row in given if isinstance(row, Mapping)] if isinstance(given, list) else []


def _clocks(tables: Tables, asked: set[str], given: object, path: str) -> object:
    """Read clocks; the shipped ones stand beside those of a file if it asks for others."""
    read = tables.several(ClockRule, given, path)
    if not isinstance(read, tuple):
        return read
    own = {rule.name for rule in read}
    return read if asked <= own else (*read, *(rule for rule in CLOCKS if rule.name not in own))


def _matrix(tables: Tables, given: object, path: str) -> object:
    if not isinstance(given, str):
        given = {**BLANK, **given} if isinstance(given, Mapping) else given
        return tables.table(Matrix, given, path)
    if given not in MATRICES:
        tables.problem(path, f"is {written(given)}; {nearest(given, MATRICES)}")
    return MATRICES.get(given, NOTHING)


def _amounts(tables: Tables, given: object, path: str) -> object:
    if given == {}:
        tables.problem(path, 'names no clock; give an amount for one, as { response = "4h" }')
        return NOTHING
    return tables.by_name(Amount | None, given, path)


def _route(tables: Tables, given: object, path: str) -> object:
    """Read a rule as far as it goes, if something follows from it: else it would be told so."""
    before = len(tables.problems)
    made = tables.table(Route, given, path, kept=True)
    is_whole = len(tables.problems) == before
    return made if is_whole or (isinstance(made, Route) and made.gives) else NOTHING


def _scalar(tables: Tables, given: object, path: str) -> object:
    if not isinstance(given, (str, int)):
        tables.problem(path, f"is {written(given)}; give text, a whole number, true or false")
        return NOTHING
    if isinstance(given, int) and abs(given) >= 1 << 63:
        tables.problem(path, "is too large a number; give one of at most 18 digits")
        return NOTHING
    return given
