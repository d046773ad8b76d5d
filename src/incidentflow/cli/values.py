"""What people type, read as values: instants, levels, own fields."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from incidentflow.errors import InvalidInput, hint
from incidentflow.policy import FieldRule
from incidentflow.policy.file import read_span
from incidentflow.words import END, EPOCH, FieldValue, Rank, utc, visible

FLAGS = {"true": True, "yes": True, "false": False, "no": False}

DIGITS = 20
LONGEST_PATH = 4096


def read_instant(text: str, name: str) -> datetime:
    """
    Read an instant such as ``2026-03-02T08:30Z``.

    Raises:
        InvalidInput: It is none, or has no time zone.

    """
    example = "2026-03-02T08:30Z or 2026-03-02T09:30+01:00"
    try:
        instant = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InvalidInput.of(name, text, "typed.instant", example=example) from None
    if instant.tzinfo is None:
        raise InvalidInput.of(name, text, "typed.naive", example=example)
    return utc(instant, name)


def read_ahead(text: str, name: str, now: datetime) -> datetime:
    """
    Read how far ahead an instant lies, such as ``1h``, ``30m`` or ``2d 4h``.

    Raises:
        InvalidInput: It is no duration, or a longer one than can be counted.

    """
    span = read_span(text, name)
    if span >= END - now:
        raise InvalidInput.of(name, text, "instant.far")
    return now + span


def read_until(text: str, name: str, now: datetime) -> datetime:
    """
    Read an instant that lies ahead, or how far ahead it lies.

    Raises:
        InvalidInput: It is neither, or lies behind.

    """
    if not _is_instant(text):
        if _span(text, name) is None:
            raise InvalidInput.of(name, text, "typed.until")
        return read_ahead(text, name, now)
    until = read_instant(text, name)
    if until < now:
        raise InvalidInput.of(name, text, "typed.behind", now=now)
    return until


def read_since(text: str, name: str, now: datetime) -> datetime:
    """
    Read an instant, or how long ago it was.

    Raises:
        InvalidInput: It is neither, or longer ago than all years.

    """
    if _is_instant(text):
        return read_instant(text, name)
    span = _span(text, name)
    if span is None:
        raise InvalidInput.of(name, text, "typed.since")
    if span > now - EPOCH:
        raise InvalidInput.of(name, text, "instant.outside")
    return now - span


def read_level(text: str | None) -> int | str | None:
    """Read a priority by its name or number; it is checked by whom it is given to."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < DIGITS else text


def read_number(text: str, name: str) -> int:
    """
    Read a whole number.

    Raises:
        InvalidInput: It is none.

    """
    try:
        return int(text)
    except ValueError:
        raise InvalidInput.of(name, text, "typed.number") from None


def read_path(text: str, name: str) -> Path:
    """
    Read the name of a file, which need not exist.

    Raises:
        InvalidInput: No file can be called so.

    """
    visible(text, name, LONGEST_PATH)
    return Path(text)


def read_rank(text: str, scale: type[Rank]) -> Rank:
    """
    Read a level by its name or number.

    Raises:
        InvalidInput: Nothing of that name or number stands on the scale.

    """
    return scale.parse(read_level(text))


def read_fields(pairs: Sequence[str], rules: Iterable[FieldRule]) -> dict[str, FieldValue]:
    """
    Read own fields, each ``name=value``, as what the policy declares them to be.

    Raises:
        InvalidInput: One is no pair, is not declared, or is not of its type.

    """
    known = {rule.name: rule for rule in rules}
    fields: dict[str, FieldValue] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals:
            raise InvalidInput.of("field", pair, "typed.pair")
        if not known:
            raise InvalidInput.of(f"fields.{name}", text, "typed.no_fields")
        if name not in known:
            near = hint(name, known)
            raise InvalidInput.of(f"fields.{name}", text, "field.unknown", hint=near)
        fields[name] = _typed(text, known[name])
    return fields


def _is_instant(text: str) -> bool:
    return "T" in text or text.count("-") > 1


def _span(text: str, name: str) -> timedelta | None:
    try:
        return read_span(text, name)
    except InvalidInput:
        return None


def _typed(text: str, rule: FieldRule) -> FieldValue:
    if rule.type == "text":
        return text
    field = f"fields.{rule.name}"
    if rule.type == "number":
        return read_number(text, field)
    if text.lower() not in FLAGS:
        raise InvalidInput.of(field, text, "typed.flag")
    return FLAGS[text.lower()]


def read_cursor(text: str | None) -> tuple[int, str] | None:
    """
    Read where a page ended.

    Raises:
        InvalidInput: It is not what the page before gave.

    """
    if text is None:
        return None
    due, colon, id_ = text.partition(":")
    if not (colon and id_ and due.isascii() and due.isdigit() and len(due) < DIGITS):
        raise InvalidInput.of("after", text, "cursor.none")
    return int(due), id_
