"""Rendering: one text for one reader, in their language and zone; nothing here raises."""

from __future__ import annotations

import enum
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime, timedelta, tzinfo
from functools import reduce

from attrs import field, frozen

from incidentflow.texts.catalogue import Catalogue, languages
from incidentflow.texts.english import ENGLISH
from incidentflow.texts.german import GERMAN
from incidentflow.texts.templates import JOINED, fill, parse, says
from incidentflow.texts.values import first_line, name_of, shorten, snake, spaced, told, units

BUILT_IN = (ENGLISH, GERMAN)
HAPPENED = "happened."
CLOCK_FACE = ("month", "day", "hour", "minute")


@frozen
class BrokenEntry:
    """
    An entry of a catalogue that cannot word a text; other words stand in its place (rule C6).

    Attributes:
        locale: The catalogue's language.
        code: The entry's code; of a catalogue that cannot be asked at all, the text's.
        problem: Why.

    """

    locale: str
    code: str
    problem: str


@frozen
class Text:
    """
    A text before it is worded: a code and its parameters.

    Attributes:
        code: Stable and dotted; the catalogues word it.
        parameters: Values by name: instants, spans, numbers, words, other texts, or several.

    """

    code: str
    parameters: Mapping[str, object] = field(factory=dict, hash=False)

    def render(
        self, locale: str = "en", zone: tzinfo = UTC, catalogues: Sequence[Catalogue] = ()
    ) -> str:
        """Word it for one reader; see `incidentflow.texts.render`."""
        return render(self.code, self.parameters, locale, zone, catalogues)

    def __str__(self) -> str:
        """Word it in English and UTC."""
        return self.render()


def render(
    code: str,
    parameters: Mapping[str, object],
    locale: str = "en",
    zone: tzinfo = UTC,
    catalogues: Sequence[Catalogue] = (),
    *,
    broken: list[BrokenEntry] | None = None,
) -> str:
    """
    Word a text for one reader (rule C7); never raises (rule C6).

    Args:
        code: What to say.
        parameters: Its values by name.
        locale: The reader's language, as ``"de"`` or ``"de-AT"``; an unknown one reads English.
        zone: The reader's time zone.
        catalogues: The host's own, asked before the library's.
        broken: Takes the entries that cannot word it.

    Returns:
        The text; where no catalogue can word it, the code and its parameters.

    """
    broken = [] if broken is None else broken
    for own in (catalogues, ()):
        try:
            return _Voice((*own, *BUILT_IN), languages(locale), zone, broken).say(code, parameters)
        except Exception as error:  # noqa: BLE001 - whatever is given, a message must go out (rule C6)
            asked = locale if type(locale) is str else ENGLISH.locale
            broken.append(BrokenEntry(asked, code, told(error)))
    return code


@frozen
class _Voice:
    """One reader's language and zone."""

    catalogues: tuple[Catalogue, ...]
    languages: tuple[str, ...]
    zone: tzinfo
    broken: list[BrokenEntry]

    def say(self, code: str, parameters: Mapping[str, object]) -> str:
        any_such = () if code.startswith(HAPPENED) else (f"*.{code.rpartition('.')[2]}",)
        said = self._worded((code, *any_such), parameters)
        return self._plainly(code, parameters) if said is None else said

    def show(self, value: object, style: str = "") -> str:
        try:
            if style == "line":
                return first_line(self._show(value, ""))
            return self._show(value, style)
        except Exception:  # noqa: BLE001 - a host's value that cannot be shown stops no message
            return f"({type(value).__name__})"

    def _worded(self, codes: Iterable[str], parameters: Mapping[str, object]) -> str | None:
        for locale, code, template in self._entries(codes):
            try:
                return fill(parse(template), parameters, self.show)
            except Exception as error:  # noqa: BLE001 - the next catalogue words it (rule C6)
                self.broken.append(BrokenEntry(locale, code, told(error)))
        return None

    def _entries(self, codes: Iterable[str]) -> Iterator[tuple[str, str, str]]:
        codes = tuple(codes)
        for language in self.languages:
            for code in codes:
                for catalogue in self.catalogues:
                    if catalogue.locale == language and code in catalogue.entries:
                        yield language, code, catalogue.entries[code]

    def _plainly(self, code: str, parameters: Mapping[str, object]) -> str:
        text = parameters.get("text")
        if isinstance(text, str) and not code.startswith(HAPPENED):
            return text
        head = spaced(code.removeprefix(HAPPENED)).replace(".", " ")
        said = ((name, value) for name, value in parameters.items() if says(value))
        facts = ", ".join(f"{spaced(name)} {self.show(value)}" for name, value in said)
        return f"{head}: {facts}" if facts else head

    def _show(self, value: object, style: str) -> str:
        if style == "quoted":
            return shorten(value)
        if isinstance(value, Text):
            return self.say(value.code, value.parameters)
        if isinstance(value, datetime):
            return self._instant(value)
        if isinstance(value, timedelta):
            return self._span(value)
        if isinstance(value, (Mapping, AbstractSet, tuple, list)):
            return self._several(value, style)
        return self._word(value, style)

    def _several(self, values: Collection[object], style: str) -> str:
        if isinstance(values, Mapping):
            pairs = values.items()
            shown = [f"{self.show(name, 'input')} {self.show(each)}" for name, each in pairs]
        else:
            shown = [self.show(each, "" if style in JOINED else style) for each in values]
        return self._join(sorted(shown) if isinstance(values, AbstractSet) else shown, style)

    def _word(self, value: object, style: str) -> str:
        if isinstance(value, bool):
            style = "truth"
        elif isinstance(value, enum.Enum):
            style = style or snake(type(value).__name__)
        if not style or style in JOINED or value is None:
            return "-" if value is None else str(value)
        name = name_of(value)
        codes = (f"word.{style}.{name.lower()}", f"word.{style}")
        return self._worded(codes, {"name": name}) or spaced(name)

    def _join(self, shown: Sequence[str], style: str) -> str:
        style = style if style in JOINED else "and"
        before = "list" if style in ("and", "or") else style
        *first, last = shown or ["-"]
        if not first:
            return last
        so_far = reduce(lambda one, two: self._both(before, one, two), first)
        return self._both(style, so_far, last)

    def _both(self, style: str, first: str, last: str) -> str:
        return self.say(f"join.{style}", {"first": first, "last": last})

    def _instant(self, moment: datetime) -> str:
        if moment.utcoffset() is None:
            return moment.isoformat(" ", "minutes")
        try:
            local = self.zone.fromutc(moment.astimezone(UTC).replace(tzinfo=self.zone))
            zone = local.tzname()
        except Exception:  # noqa: BLE001 - a zone without that year, or a broken one
            local, zone = moment.astimezone(UTC), "UTC"
        parts = {name: f"{getattr(local, name):02}" for name in CLOCK_FACE}
        year = f"{local.year:04}"
        return self.say("instant", {**parts, "year": year, "zone": zone if zone != "UTC" else None})

    def _span(self, span: timedelta) -> str:
        return " ".join(
            self.say(f"span.{name}", {"count": count, "one": count == 1})
            for name, count in units(span)
        )
