"""
The journal: entries are made canonical once, hashed into a chain, and read back (rules J1, J2, J7).

Personal values stand in the hashed text as salted hashes. The values and their salts stand beside
it, so that erasing them leaves the chain whole.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from incidentflow.codec import Codec, Data, canonical
from incidentflow.errors import InvalidInput, UnreadableJournal
from incidentflow.incident import Entry, Incident, apply
from incidentflow.personal import personal_shape
from incidentflow.ports import Entropy, Line, Subject
from incidentflow.words import ERASED, frozen

HASHED = "#"
DIGEST = re.compile("[0-9a-f]{64}")
SALT = 16
Place = tuple[str, dict[str, Data], str]
"""Where a personal value stands: its path, what holds it, and its name there."""


@frozen
class Broken:
    """
    Where a journal does not hold.

    Attributes:
        subject: Whose journal.
        sequence: The first entry that is wrong; 0 when it is the snapshot.
        problem: What is wrong with it.

    """

    subject: str
    sequence: int
    problem: str


def genesis(subject: Subject) -> str:
    """Return the hash before the first entry: it binds the chain to its subject."""
    name = canonical([subject.tenant, subject.kind, subject.id])
    return hashlib.sha256(name.encode()).hexdigest()


def seal(
    codec: Codec, entropy: Entropy, head: str, entries: Iterable[Entry]
) -> tuple[tuple[Line, ...], str]:
    """
    Make entries canonical and chain them.

    Args:
        codec: What writes them.
        entropy: Where salts come from.
        head: The chain's hash so far.
        entries: The entries, in order.

    Returns:
        The lines to store, and the chain's new hash.

    Raises:
        InvalidInput: An entry holds what would be read as a personal value that was hidden.

    """
    lines = []
    for entry in entries:
        data = codec.entry_data(entry)
        beside = _hide(_find(entry, data), entropy)
        body = codec.text(data)
        if body.count(f'"{HASHED}":') > len(beside):
            _refuse_alike(data, beside)
        head = _chain(head, body)
        lines.append(Line(entry.sequence, body, codec.text(beside), head))
    return tuple(lines), head


def link(head: str, sequence: int, body: str) -> Line:
    """Chain one entry that is no event of an incident, and holds nothing personal (rule J6)."""
    return Line(sequence, body, "{}", _chain(head, body))


def read(codec: Codec, subject: str, lines: Iterable[Line]) -> tuple[Entry, ...]:
    """
    Read stored lines back into entries; what was erased reads as such.

    Raises:
        UnreadableJournal: A line cannot be read by this release.

    """
    return tuple(_read_line(codec, subject, line) for line in lines)


def redact(line: Line, goes: Callable[[str, Any], bool]) -> Line:
    """
    Take values and their salts from beside a line; its text, and so its hash, stay (rule J8).

    Args:
        line: The line.
        goes: Whether a value goes, by its path in the text, such as ``"by.id"``.

    """
    beside = json.loads(line.personal)
    left = {path: each for path, each in beside.items() if not goes(path, each[1])}
    return line if len(left) == len(beside) else attrs.evolve(line, personal=canonical(left))


def personal_values(line: Line) -> dict[str, Any]:
    """Return the personal values of a line that are still there, by their paths in its text."""
    return {path: value for path, (_, value) in json.loads(line.personal).items()}


def is_redacted(line: Line) -> bool:
    """Whether something was taken from beside a line."""
    return len(dict(_hashes(json.loads(line.body)))) > len(json.loads(line.personal))


def fold(incident: Incident, entries: Iterable[Entry]) -> Incident:
    """Fold entries into an incident (rule J1)."""
    for entry in entries:
        incident = apply(incident, entry)
    return incident


def as_happened(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """
    Put a journal in the order of a timeline: world-time, source sequence, record order (rule J4).

    What has no place in the source's count stands behind what was recorded before it.
    """
    keyed, count = [], -(1 << 63)
    for entry in entries:
        count = count if entry.source_sequence is None else entry.source_sequence
        keyed.append((entry.at, count, entry.sequence, entry))
    return tuple(entry for *_, entry in sorted(keyed, key=lambda one: one[:3]))


def verify(subject: Subject, lines: Sequence[Line], head: str) -> Broken | None:
    """
    Find the first entry at which a chain does not hold, or None (rule J7).

    Args:
        subject: Whose journal it is.
        lines: All of its lines, in order.
        head: The chain's hash as it stands beside the snapshot.

    """
    ends = [genesis(subject)]
    for place, line in enumerate(lines, 1):
        if line.sequence != place:
            return Broken(subject.id, place, f"entry {place} is missing")
        ends.append(_chain(ends[-1], line.body))
        if ends[-1] != line.hash:
            return Broken(subject.id, place, "its text is not the one that was hashed")
        altered = _altered(line)
        if altered:
            return Broken(subject.id, place, altered)
    if ends[-1] != head:
        place = ends.index(head) if head in ends else len(lines)
        return Broken(subject.id, place + 1, "the journal does not end where the snapshot says")
    return None


def _chain(head: str, body: str) -> str:
    return hashlib.sha256(f"{head}\n{body}".encode()).hexdigest()


def _salted(salt: str, value: Data) -> str:
    return hashlib.sha256(f"{salt}\n{canonical(value)}".encode()).hexdigest()


def _hide(places: Sequence[Place], entropy: Entropy) -> dict[str, Data]:
    """Put salted hashes in the place of personal values; return these by path, with their salts."""
    salts, beside = entropy.draw(SALT * len(places)), {}
    for n, (path, holder, name) in enumerate(places):
        salt, value = salts[SALT * n : SALT * (n + 1)].hex(), holder[name]
        beside[path] = [salt, value]
        holder[name] = {HASHED: _salted(salt, value)}
    return beside


def _refuse_alike(data: Data, beside: Mapping[str, Data]) -> None:
    """Refuse a mapping of the host's that nobody could tell from a personal value."""
    for path, digest in _hashes(data):
        if path not in beside:
            raise InvalidInput.of(path, digest, "mapping.hidden")


def _find(value: object, data: Data, path: str = "") -> list[Place]:
    """Find the personal values in plain data, by the value that it was made of."""
    found: list[Place] = []
    if isinstance(value, tuple):
        for place, (one, its_data) in enumerate(zip(value, data, strict=True)):
            found += _find(one, its_data, f"{path}{place}.")
    for name, personal in personal_shape(type(value)):  # type: ignore[arg-type] # every class is hashable
        if name not in data:
            continue
        if personal is True or (personal and getattr(value, personal)):
            found.append((f"{path}{name}", data, name))
        elif not personal:
            found += _find(getattr(value, name), data[name], f"{path}{name}.")
    return found


def _read_line(codec: Codec, subject: str, line: Line) -> Entry:
    try:
        data = json.loads(line.body)
        return codec.read_entry(_reveal(data, json.loads(line.personal)))
    except (LookupError, RecursionError, TypeError, ValueError) as error:
        raise UnreadableJournal(subject, line.sequence, str(error)) from None


def _reveal(data: Data, beside: Mapping[str, Data], path: str = "") -> Data:
    if isinstance(data, dict):
        if _is_hidden(data):
            return beside[path][1] if path in beside else ERASED
        return {
            name: _reveal(value, beside, f"{path}.{name}".lstrip("."))
            for name, value in data.items()
        }
    if isinstance(data, list):
        return [
            _reveal(value, beside, f"{path}.{place}".lstrip("."))
            for place, value in enumerate(data)
        ]
    return data


def _is_hidden(data: Mapping[str, Data]) -> bool:
    """Whether a mapping stands for a personal value: it holds a hash, and nothing else."""
    digest = data.get(HASHED) if len(data) == 1 else None
    return isinstance(digest, str) and DIGEST.fullmatch(digest) is not None


def _altered(line: Line) -> str | None:
    try:
        hashes = dict(_hashes(json.loads(line.body)))
        for path, (salt, value) in json.loads(line.personal).items():
            if hashes.get(path) != _salted(salt, value):
                return f"{path} is not the value that was hashed"
    except (AttributeError, RecursionError, TypeError, ValueError) as error:
        return f"it cannot be read: {error}"
    return None


def _hashes(data: Data, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(data, dict):
        if _is_hidden(data):
            yield path, data[HASHED]
        else:
            for name, value in data.items():
                yield from _hashes(value, f"{path}.{name}".lstrip("."))
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _hashes(value, f"{path}.{place}".lstrip("."))
