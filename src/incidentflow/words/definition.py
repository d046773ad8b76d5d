"""What a host configures, as lines that people read and digests are made of."""

from __future__ import annotations

import enum
import functools
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import timedelta

import attrs

from incidentflow.words.spans import UNLIMITED, show_span
from incidentflow.words.values import frozen

PLAIN = re.compile(r"[A-Za-z_][\w.@-]*")
PIECE = re.compile(r"\\.|; |[\s\S]")
"""What a line is split by: what is escaped, an end of an attribute, any other character."""
WORDS = frozenset({"none", "yes", "no"})
DIGITS = 12


@frozen
class Difference:
    """
    What differs between two definitions, line by line.

    Attributes:
        added: Lines that only the later one has.
        removed: Lines that only the earlier one had.
        changed: What has another value now, as ``"auto_close: 5d -> 0s"``.

    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        """All of it, one line each: added, removed, changed."""
        signs = (("+", self.added), ("-", self.removed), ("~", self.changed))
        return tuple(f"{sign} {line}" for sign, lines in signs for line in lines)


def lines_of(value: object, path: str = "") -> Iterator[str]:
    """
    Define a value in lines such as ``"hold_reasons.awaiting_vendor: needs none"``.

    Functions and a host's own objects stand in it by their names, so that the same definition has
    the same lines in every process; attributes that hide from ``repr`` are left out.

    Args:
        value: A value of attrs, or anything in it.
        path: What to call it.

    """
    within = f"{path}." if path else ""
    if attrs.has(type(value)):
        for name, part in _parts(value):
            yield from lines_of(part, f"{within}{name}")
    elif isinstance(value, Mapping):
        for name, part in value.items():
            yield f"{within}{name}: {said(part)}"
    elif isinstance(value, tuple) and value and all(isinstance(part, tuple) for part in value):
        for place, part in enumerate(value, 1):
            for column, cell in enumerate(part, 1):
                yield f"{within}{place}.{column}: {said(cell)}"
    elif isinstance(value, tuple) and value and all(attrs.has(type(part)) for part in value):
        for part in value:
            called = getattr(part, "name", None)
            rest = (each for each in _parts(part) if each != ("name", called))
            told = str(part) if _speaks(part) else _joined(rest)
            yield f"{path if called is None else f'{within}{called}'}: {told}"
    else:
        yield f"{path}: {said(value)}"


def said(value: object) -> str:  # noqa: PLR0911 - one line for each kind of value
    """Say one value in one line; two values of one type that differ are said differently."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None:
        return "none"
    if isinstance(value, str) and not isinstance(value, enum.Enum):
        is_plain = PLAIN.fullmatch(value) and value not in WORDS
        return value if is_plain else json.dumps(value, ensure_ascii=False)
    if isinstance(value, enum.Enum):
        return value.name if isinstance(value, int) else str(value.value)
    if isinstance(value, timedelta):
        return show_span(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{said(name)} {said(part)}" for name, part in value.items()) or "none"
    if isinstance(value, (tuple, list, AbstractSet)):
        told = [_member(part) for part in value]
        return ", ".join(sorted(told) if isinstance(value, AbstractSet) else told) or "none"
    return _named(value)


def _member(value: object) -> str:
    """Say one of several: a pair with a name says what is called so, one of numbers a fraction."""
    match value:
        case (str(name), part) if isinstance(value, tuple):
            return f"{said(name)} {said(part)}"
        case (int(over), int(under)) if {type(over), type(under)} == {int}:
            return f"{over}/{under}"
    return said(value)


def digest_of(lines: Iterable[str]) -> str:
    """Return the fingerprint of a definition, twelve hexadecimal digits."""
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:DIGITS]


def difference(before: Sequence[str], after: Sequence[str]) -> Difference:
    """Compare two definitions; the same lines in another order are a change of the order."""
    gone, come = Counter(before) - Counter(after), Counter(after) - Counter(before)
    old, new = _by_name(gone), _by_name(come)
    pairs = {name for name in old.keys() & new.keys() if len(old[name]) == len(new[name]) == 1}
    both = ((name, old[name][0], new[name][0]) for name in new if name in pairs)
    changed = [line for each in both for line in _changed(*each)]
    if not (gone or come) and [*before] != [*after]:
        changed = ["the order of the same parts"]
    return Difference(
        tuple(line for line in come.elements() if _name(line) not in pairs),
        tuple(line for line in gone.elements() if _name(line) not in pairs),
        tuple(changed),
    )


def _parts(value: object) -> Iterator[tuple[str, object]]:
    for field in attrs.fields(type(value)):  # type: ignore[arg-type] # it has been seen to have some
        if field.init and field.repr:
            part = getattr(value, field.name)
            is_endless = part is None and "timedelta" in str(field.type)
            yield field.name, UNLIMITED if is_endless else part


def _joined(parts: Iterable[tuple[str, object]]) -> str:
    return "; ".join(f"{name} {said(part)}" for name, part in parts)


def _named(value: object) -> str:
    if isinstance(value, functools.partial):
        return f"partial {_named(value.func)}"
    if _speaks(value):
        return str(value)
    if attrs.has(type(value)):
        return f"{type(value).__qualname__}({_joined(_parts(value))})"
    return str(getattr(value, "__qualname__", None) or type(value).__qualname__)


def _speaks(value: object) -> bool:
    """Whether a value writes itself in one line that says all of it."""
    return attrs.has(type(value)) and "__str__" in vars(type(value))


def _by_name(lines: Counter[str]) -> dict[str, list[str]]:
    named: dict[str, list[str]] = {}
    for line in lines.elements():
        named.setdefault(_name(line), []).append(line.partition(": ")[2])
    return named


def _name(line: str) -> str:
    return line.partition(": ")[0]


def _changed(name: str, before: str, after: str) -> tuple[str, ...]:
    """Say what differs: the attributes where these tell it, or else the whole."""
    told = tuple(_attributes_changed(name, _attributes(before), _attributes(after)))
    return told or (f"{name}: {before} -> {after}",)


def _attributes_changed(
    name: str, old: Mapping[str, str] | None, new: Mapping[str, str] | None
) -> Iterator[str]:
    if old is None or new is None:
        return
    for each in {**old, **new}:
        was, now = old.get(each, "none"), new.get(each, "none")
        if was != now:
            yield f"{name}.{each}: {was} -> {now}"


def _attributes(text: str) -> dict[str, str] | None:
    """Take apart what `lines_of` says of a value that has attributes, or writes itself as JSON."""
    if text.startswith("{"):
        try:
            leaves = [*_leaves(json.loads(text))]
        except ValueError:
            return None
        return dict(leaves) if len(leaves) == len(dict(leaves)) else None
    parts = [part.partition(" ") for part in _apart(text)]
    found = {name: told for name, _, told in parts}
    return found if all(found.values()) and 1 < len(parts) == len(found) else None


def _apart(text: str) -> list[str]:
    """Split at the semicolons that stand in no quotation and no parentheses."""
    found, depth, quoted = [""], 0, False
    for match in PIECE.finditer(text):
        piece = match[0]
        quoted ^= piece == '"'
        depth += 0 if quoted else (piece == "(") - (piece == ")")
        if piece == "; " and not (quoted or depth):
            found.append("")
        else:
            found[-1] += piece
    return found


def _leaves(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Give each leaf of plain data with its path; a member of a list is there, or goes by name."""
    within = f"{path}." if path else ""
    if isinstance(value, Mapping):
        for name, part in value.items():
            yield from _leaves(part, f"{within}{name}")
    elif isinstance(value, list):
        for part in value:
            name = part.get("name") if isinstance(part, Mapping) else None
            yield from _leaves(True if name is None else part, f"{within}{name or part}")
    else:
        yield path, said(value)
