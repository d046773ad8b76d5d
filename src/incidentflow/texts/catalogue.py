"""A catalogue: how texts read in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
from attrs import field, frozen

from incidentflow.texts.templates import STYLES, parse, places
from incidentflow.texts.values import shorten


def _plain(locale: str) -> str:
    """Read ``de_AT.UTF-8`` as ``de-at``."""
    return locale.partition(".")[0].partition("@")[0].replace("_", "-").lower()


def _locale(value: object) -> str:
    if not isinstance(value, str) or not _plain(value).strip():
        problem = "is no language; give a str such as 'de' or 'de-at'"
        raise ValueError(f"locale = {shorten(value)}: {problem}")
    return _plain(value)


def _mapping(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, Mapping):
        problem = "is no mapping; give templates by their codes"
        raise ValueError(f"{attribute.name} = {shorten(value)}: {problem}")  # noqa: TRY004 - what refused values raise everywhere


@frozen
class Catalogue:
    """
    How texts read in one language; a host's own is asked before the library's (rule C7).

    Attributes:
        locale: The language, as ``"de"`` or ``"de-at"``.
        entries: Templates by code; a code that begins with ``*.`` words all of that ending.

    Raises:
        ValueError: The locale names no language, or the entries are no mapping. What is wrong
            with an entry is told by `problems`.

    """

    locale: str = field(converter=_locale)
    entries: Mapping[str, str] = field(validator=_mapping, hash=False, repr=False)

    def problems(self, other: Catalogue) -> Iterator[str]:
        """
        Say what is wrong with it, beside a catalogue that knows what it words.

        Args:
            other: Usually `incidentflow.texts.ENGLISH`.

        """
        words = {*self.entries, *other.entries}
        vocabularies = {code.split(".")[1] for code in words if code.startswith("word.")}
        for code, template in self.entries.items():
            try:
                names = names_in(template)
            except (TypeError, ValueError) as error:
                yield f"{code}: {error}"
                continue
            styles = {place.style for place in places(parse(template))}
            for style in sorted(styles - STYLES - vocabularies):
                yield f"{code}: there is no style or vocabulary {style!r}"
            known = names_in(other.entries[code]) if code in other.entries else names
            there = ", ".join(sorted(known)) or "none"
            for name in sorted(names - known):
                yield f"{code}: there is no parameter {name!r}; known: {there}"


def names_in(template: str) -> frozenset[str]:
    """
    Return the names of the parameters that a template shows or asks about.

    Raises:
        ValueError: The template cannot be read.

    """
    return frozenset(place.name for place in places(parse(template)))


def languages(locale: object) -> tuple[str, ...]:
    """Return the languages to try for a locale, best first; English is always the last."""
    wanted = _plain(locale) if isinstance(locale, str) else "en"
    return tuple(dict.fromkeys((wanted, wanted.partition("-")[0], "en")))
