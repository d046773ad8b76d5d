"""Calendars in a policy file: by their names, with public holidays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from attrs import define, evolve, field

from incidentflow.errors import nearest, shorten
from incidentflow.policy.calendars import ROUND_THE_CLOCK, Calendar, Union
from incidentflow.policy.file.holidays import resolved
from incidentflow.policy.file.tables import NOTHING, Table, Tables
from incidentflow.policy.file.values import written
from incidentflow.policy.targets import CALENDARS

CALENDAR_KEYS = ("week", "zone", "holidays", "special")
UNION_KEYS = ("members",)
PLAIN = "a member is a calendar of its own, so name those"


@define
class CalendarReader:
    """
    Reads the calendars of a file, and those that stand in its parts.

    Attributes:
        tables: How tables are read, and where problems are noted.

    """

    tables: Tables
    _known: dict[str, object] = field(factory=lambda: {each.name: each for each in CALENDARS})
    _unions: set[str] = field(factory=set)

    def several(self, given: object, path: str) -> object:
        """
        Read calendars by name; one of several together may stand before its members.

        For one with a problem another stands: those who name it are not told that it is missing.
        """
        if not self.tables.is_table(given, path):
            return NOTHING
        self._unions = {name for name in given if _is_union(given[name])}
        for name in sorted(given, key=lambda name: _is_union(given[name])):
            made = self._made(name, given[name], f"{path}.{name}")
            self._known[name] = evolve(ROUND_THE_CLOCK, name=name) if made is NOTHING else made
        return tuple(self._known[name] for name in given)

    def named(self, given: object, path: str) -> object:
        """Read the calendar of a part: the name of one, or a whole one."""
        if not isinstance(given, Mapping):
            return self.tables.value(str, given, path)
        if not isinstance(given.get("name"), str):
            self.tables.problem(path, "needs a 'name'")
            return NOTHING
        rest = {key: part for key, part in given.items() if key != "name"}
        return self._made(given["name"], rest, path)

    def _made(self, name: str, given: object, path: str) -> object:
        if not self.tables.is_table(given, path):
            return NOTHING
        is_union = _is_union(given)
        self.tables.unknown(given, UNION_KEYS if is_union else CALENDAR_KEYS, path)
        make = self._union if is_union else self._calendar
        return self.tables.build(lambda: make(name, given, path), path)

    def _calendar(self, name: str, given: Table, path: str) -> Calendar:
        parts: dict[str, Any] = {"week": {}}
        parts |= {key: part for key, part in given.items() if key in CALENDAR_KEYS}
        if isinstance(parts.get("holidays"), Mapping):
            parts["holidays"] = resolved(self.tables, parts["holidays"], f"{path}.holidays")
        return Calendar(name, **parts)

    def _union(self, name: str, given: Table, path: str) -> object:
        members = given["members"]
        if not isinstance(members, list) or not members:
            self.tables.problem(f"{path}.members", f"is {written(members)}; give a list of names")
            return NOTHING
        found = [self._member(each, f"{path}.members[{n}]") for n, each in enumerate(members, 1)]
        return NOTHING if NOTHING in found else Union(name, tuple(found))

    def _member(self, given: object, path: str) -> object:
        name = self.named(given, path)
        if not isinstance(name, str):
            return name
        if name in self._unions:
            self.tables.problem(path, f"names {written(name)}, which has members; {PLAIN}")
            return NOTHING
        if name not in self._known:
            hint = nearest(name, self._known)
            self.tables.problem(path, f"names the calendar {shorten(name)}; {hint}")
        return self._known.get(name, NOTHING)


def _is_union(given: object) -> bool:
    return isinstance(given, Mapping) and "members" in given
