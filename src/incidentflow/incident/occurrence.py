"""What is common to everything that can happen, to whatever kind of subject (rule J6)."""

from __future__ import annotations

from abc import ABC
from collections.abc import Sequence
from datetime import UTC, tzinfo
from typing import Any, ClassVar

from incidentflow.texts import HAPPENED, Catalogue, Text
from incidentflow.texts.values import snake


class Occurrence(ABC):  # noqa: B024 - how it is applied is said for each kind of subject
    """
    A fact about one subject; past tense, frozen, kept for ever in its journal.

    Attributes:
        kind: Its stable name, made from the class's.
        schema: The version of its shape; raised when the shape changes (rule J1).
        others: Its attributes that name other subjects, by id or number; who may not see one of
            those is not shown the fact (rule A3).

    """

    __slots__ = ()
    kind: ClassVar[str] = ""
    schema: ClassVar[int] = 1
    others: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls) -> None:
        """Name the kind after the class."""
        cls.kind = snake(cls.__name__)

    @classmethod
    def upcast(cls, data: dict[str, Any], version: int) -> dict[str, Any]:
        """
        Turn the plain data of an older shape into that of the next (rule J1).

        Unchanged by default, which is enough where an attribute with a default was added.
        """
        del version
        return data

    def wording(self) -> Text:
        """Return its line for a timeline before it is worded: its attributes, by default (C7)."""
        names = (each.name for each in getattr(type(self), "__attrs_attrs__", ()))
        return Text(f"{HAPPENED}{self.kind}", {name: getattr(self, name) for name in names})

    def describe(
        self, locale: str = "en", zone: tzinfo = UTC, catalogues: Sequence[Catalogue] = ()
    ) -> str:
        """Say it in one line, for one reader; see `incidentflow.texts.render`."""
        return self.wording().render(locale, zone, catalogues)
