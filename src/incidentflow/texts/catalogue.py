"""A catalogue: how texts read in one language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import field, frozen

from incidentflow.texts.templates import STYLES, parse, places


def _locale(value: str) -> str:
    """Read ``de_AT.UTF-8`` as ``de-at``."""
    return value.partition(".")[0].partition("@")[0].replace("_", "-").lower()


@frozen
class Catalogue:
    """
    How texts read in one language; a host's own is asked before the library's (rule C7).

    Attributes:
        locale: The language, as ``"de"`` or ``"de-at"``.
        entries: Templates by code; a code that begins with ``*.`` words all of that ending.

    """

    locale: str = field(converter=_locale)
    entries: Mapping[str, str] = field(hash=False, repr=False)

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
    wanted = _locale(locale) if isinstance(locale, str) else "en"
    return tuple(dict.fromkeys((wanted, wanted.partition("-")[0], "en")))
