"""The root of the tree, and what errors suggest."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, tzinfo
from typing import ClassVar

import attrs

from incidentflow.texts import Catalogue, Text, render


def hint(word: object, known: Iterable[str]) -> Text:
    """Suggest the nearest known word, or all of them."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1) if isinstance(word, str) else []
    if close:
        return Text("hint.close", {"word": close[0]})
    return Text("hint.known", {"known": known}) if known else Text("hint.none")


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, as a clause to end a sentence with."""
    return str(hint(word, known))


def closest(word: object, known: Iterable[str], example: str) -> str:
    """Suggest the nearest of very many words, whatever its case, or a name such as another."""
    folded = {each.casefold(): each for each in sorted(known)}
    near = difflib.get_close_matches(str(word).casefold(), folded, n=1)
    found = folded[near[0]] if near else None
    return str(Text("hint.close", {"word": found})) if found else f"give one such as {example!r}"


class IncidentflowError(Exception):
    """The root of every error raised by incidentflow; ``code`` is stable."""

    code: ClassVar[str] = "error"

    @property
    def parameters(self) -> Mapping[str, object]:
        """The facts that its text is made of, by name."""
        kind: type = type(self)
        if attrs.has(kind):
            return {each.name: getattr(self, each.name) for each in attrs.fields(kind)}
        return {"text": "; ".join(map(str, self.args))}

    def render(
        self, locale: str = "en", zone: tzinfo = UTC, catalogues: Sequence[Catalogue] = ()
    ) -> str:
        """Word it for one reader; see `incidentflow.texts.render`."""
        return render(self.code, self.parameters, locale, zone, catalogues)

    def __str__(self) -> str:
        """Word it in English and UTC."""
        return self.render()
