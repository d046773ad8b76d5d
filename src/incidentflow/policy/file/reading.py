"""A policy read from TOML: strict, every problem at once with its path, the nearest name beside."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

from incidentflow.errors import PolicyError, nearest, shorten
from incidentflow.policy import MATRICES, Matrix, Policy
from incidentflow.policy.calendars import ROUND_THE_CLOCK, Calendar, Hours, Union
from incidentflow.policy.file.holidays import resolved
from incidentflow.policy.file.tables import NOTHING, Tables

CALENDARS = "calendars"
CALENDAR_KEYS = ("week", "zone", "holidays", "special")
UNION_KEYS = ("members",)
BLANK = {"name": "ours", "rows": "impact", "columns": ""}


def read_policy(given: str | Mapping[str, Any], name: str = "policy") -> Policy:
    """
    Read a policy from the text of a TOML file, or from what is in one.

    The keys are the attributes of `Policy`; what is left out has its default. Calendars stand
    below ``[calendars.NAME]``, and are named where they are used. Nothing is converted in silence.

    Args:
        given: The text, or its data.
        name: What to call it in an error.

    Raises:
        PolicyError: It cannot be read or cannot work; lists every problem, each with its path, in
            which parts of a list are counted from one.
        MissingExtra: It names the holidays of a country, and their library is not installed.

    """
    try:
        data = tomllib.loads(given) if isinstance(given, str) else given
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(name, (f"is no TOML: {error}",)) from None
    file = File()
    rest = {key: part for key, part in data.items() if key != CALENDARS}
    file.read_calendars(data.get(CALENDARS, {}))
    policy = file.tables.table(Policy, rest, "", also=(CALENDARS,))
    if file.tables.problems or not isinstance(policy, Policy):
        raise PolicyError(name, tuple(dict.fromkeys(file.tables.problems)))
    return policy


class File:
    """A file that is being read: its calendars by name, and how its parts are read."""

    def __init__(self) -> None:
        self.tables = Tables({Matrix: self._matrix})
        self._calendars: dict[str, Hours | None] = {ROUND_THE_CLOCK.name: ROUND_THE_CLOCK}

    def read_calendars(self, given: object) -> None:
        """Read all calendars; a union may stand before its members."""
        if not self.tables.is_table(given, CALENDARS):
            return
        unions = [name for name, part in given.items() if _is_union(part)]
        plain = [name for name in given if name not in unions]
        for name in (*plain, *unions):
            read = self._union if name in unions else self._calendar
            self._calendars[name] = read(name, given[name], f"{CALENDARS}.{name}")

    def _calendar(self, name: str, given: object, path: str) -> Calendar | None:
        if not self.tables.is_table(given, path):
            return None
        self.tables.unknown(given, CALENDAR_KEYS, path)
        parts = {key: part for key, part in given.items() if key in CALENDAR_KEYS}
        if isinstance(parts.get("holidays"), Mapping):
            parts["holidays"] = resolved(self.tables, parts["holidays"], f"{path}.holidays")
        made = self.tables.build(lambda: Calendar(name, **{"week": {}, **parts}), path)
        return made if isinstance(made, Calendar) else None

    def _union(self, name: str, given: Mapping[str, Any], path: str) -> Union | None:
        self.tables.unknown(given, UNION_KEYS, path)
        names = self.tables.value(tuple[str, ...], given["members"], f"{path}.members")
        found = [self.calendar_named(each, f"{path}.members") for each in names or ()]
        members = [each for each in found if isinstance(each, Calendar)]
        if len(members) < len(found) or names is NOTHING:
            return None
        made = self.tables.build(lambda: Union(name, tuple(members)), path)
        return made if isinstance(made, Union) else None

    def calendar_named(self, name: str, path: str) -> Hours | None:
        """Look a calendar up; one that is not there is noted."""
        if name not in self._calendars:
            hint = nearest(name, self._calendars)
            self.tables.problem(path, f"names the calendar {shorten(name)}; {hint}")
        return self._calendars.get(name)

    def _matrix(self, given: object, path: str) -> object:
        if not isinstance(given, str):
            given = {**BLANK, **given} if isinstance(given, Mapping) else given
            return self.tables.table(Matrix, given, path)
        if given not in MATRICES:
            self.tables.problem(path, f"is {shorten(given)}; {nearest(given, MATRICES)}")
        return MATRICES.get(given, NOTHING)


def _is_union(given: object) -> bool:
    return isinstance(given, Mapping) and "members" in given
