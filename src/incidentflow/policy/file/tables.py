"""Values of attrs from plain tables, by their annotations; every problem is noted with its path."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import cache, reduce
from operator import or_
from types import NoneType, UnionType
from typing import Any, TypeGuard, get_args, get_origin, get_type_hints

import attrs
from attrs import define, field

from incidentflow.errors import InvalidInput, PolicyError, nearest
from incidentflow.policy.file.spans import read_span
from incidentflow.policy.file.values import written
from incidentflow.words import UNLIMITED, Rank, member

NOTHING = attrs.NOTHING
ENDLESS = f", or as {UNLIMITED!r} for one without end"
NAME = "name"
PLAIN: Mapping[object, str] = {
    bool: "give true or false",
    int: "give a whole number",
    str: "give text",
}
Table = Mapping[str, Any]
Special = Callable[[object, str], object]


@define
class Tables:
    """
    How tables become values, and what was wrong with them.

    Attributes:
        specials: How values of some annotations are read from what is given, and its path.
        problems: What was wrong, one sentence each.

    """

    specials: Mapping[object, Special]
    problems: list[str] = field(factory=list)

    def problem(self, path: str, problem: str) -> None:
        """Note a problem."""
        self.problems.append(f"{path} {problem}".strip())

    def is_table(self, given: object, path: str) -> TypeGuard[Table]:
        """Whether it is a table; noted when not."""
        if not isinstance(given, Mapping):
            self.problem(path, f"is {written(given)}; give a table")
        return isinstance(given, Mapping)

    def unknown(self, given: Table, known: Iterable[str], path: str) -> None:
        """Note every key that is not known, with the nearest that is."""
        for key in given:
            if key not in known:
                self.problem(
                    f"{path}:" if path else "", f"unknown key {key!r}; {nearest(key, known)}"
                )

    def table(self, cls: type, given: object, path: str, *, kept: bool = False) -> object:
        """
        Build a value of attrs from a table; nothing when it has a problem.

        What has a name is built as far as it goes: those who name it are not told that it is
        missing, and what else cannot work is found at once.

        Args:
            cls: Its class.
            given: The table.
            path: Where it stands; empty at the top.
            kept: Whether it is built as far as it goes though it has no name.

        """
        if not self.is_table(given, path):
            return NOTHING
        before = len(self.problems)
        kinds, fields = _kinds(cls), {each.name: each for each in attrs.fields(cls) if each.init}
        self.unknown(given, fields, path)
        values = {
            name: self.value(kinds[name], given[name], _at(path, name))
            for name in fields
            if name in given
        }
        for name, each in fields.items():
            if each.default is NOTHING and name not in given:
                self.problem(path, f"needs {name!r}")
        good = {name: value for name, value in values.items() if value is not NOTHING}
        needed = {name for name, each in fields.items() if each.default is NOTHING}
        made = self._made(cls, good, needed, path)
        return made if len(self.problems) == before or kept or NAME in fields else NOTHING

    def _made(self, cls: type, good: Table, needed: set[str], path: str) -> object:
        """Make a value of attrs; what it refuses is noted, and left out if it can be."""
        if not needed <= good.keys():
            return NOTHING
        try:
            return cls(**good)
        except (InvalidInput, PolicyError) as error:
            self._note(error, path)
            refused = getattr(error, "field", None)
        rest = {name: part for name, part in good.items() if name != refused}
        return self._made(cls, rest, needed, path) if refused in good else NOTHING

    def build(self, make: Callable[[], object], path: str) -> object:
        """Make a value that checks itself; nothing, and its problems noted, when it refuses."""
        try:
            return make()
        except (InvalidInput, PolicyError) as error:
            self._note(error, path)
            return NOTHING

    def _note(self, error: InvalidInput | PolicyError, path: str) -> None:
        if isinstance(error, InvalidInput):
            self.problems.append(_at(path, str(error)))
        else:
            self.problems += [f"{path}: {each}" if path else each for each in error.problems]

    def value(self, kind: Any, given: object, path: str) -> Any:  # noqa: ANN401 - of any kind
        """Read what an annotation asks for; nothing when it is something else."""
        if isinstance(kind, UnionType) and kind not in self.specials:
            if timedelta in get_args(kind):
                return None if given == UNLIMITED else self._plain(timedelta, given, path, ENDLESS)
            kind = reduce(or_, (each for each in get_args(kind) if each is not NoneType))
        if kind in self.specials:
            return self._special(self.specials[kind], given, path)
        if get_origin(kind) is tuple:
            return self.several(get_args(kind)[0], given, path)
        return self.table(kind, given, path) if attrs.has(kind) else self._plain(kind, given, path)

    def _special(self, read: Special, given: object, path: str) -> object:
        try:
            return read(given, path)
        except InvalidInput as error:
            self.problem(path, f"is {written(given)}: it {error.problem}")
            return NOTHING

    def by_name(self, kind: Any, given: object, path: str) -> object:  # noqa: ANN401 - of any kind
        """Read a table with names of one's own as pairs."""
        if not self.is_table(given, path):
            return NOTHING
        pairs = [(name, self.value(kind, part, f"{path}.{name}")) for name, part in given.items()]
        return NOTHING if any(part is NOTHING for _, part in pairs) else tuple(pairs)

    def several(self, kind: Any, given: object, path: str) -> object:  # noqa: ANN401 - of any kind
        """Read several of a kind, in brackets; of values of attrs those that can be read."""
        if kind is str and isinstance(given, str):
            return (given,)
        if not isinstance(given, list):
            self.problem(path, f"is {written(given)}; give several in brackets")
            return NOTHING
        parts = [self.value(kind, each, f"{path}[{n}]") for n, each in enumerate(given, 1)]
        if NOTHING in parts and not attrs.has(kind):
            return NOTHING
        return tuple(part for part in parts if part is not NOTHING)

    def _plain(self, kind: Any, given: object, path: str, more: str = "") -> object:  # noqa: ANN401 - of any kind
        try:
            if kind is timedelta:
                return read_span(given, path)
            if issubclass(kind, Rank):
                return kind.parse(given)
            if issubclass(kind, enum.Enum):
                return member(kind, given, path)
        except InvalidInput as error:
            self.problem(path, f"is {written(given)}: it {error.problem}{more}")
            return NOTHING
        if type(given) is not kind:
            self.problem(path, f"is {written(given)}; {PLAIN[kind]}")
            return NOTHING
        return given


@cache
def _kinds(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
