"""Public holidays by country and year, from the package ``holidays``, as plain dates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import field

from incidentflow.errors import closest, nearest, shorten
from incidentflow.policy.file.tables import Tables
from incidentflow.words import frozen, strings

if TYPE_CHECKING:
    from types import ModuleType

FIRST, LAST = 1900, 2200
MISSING = "names a country, which needs an extra: pip install 'incidentflow[holidays]'"


@frozen
class PublicHolidays:
    """
    The holidays of a country in some years.

    Attributes:
        country: Its code, such as ``"DE"``.
        years: The years.
        subdivision: The code of a part of it, such as ``"BE"``; empty: those of all parts.
        also: Further dates, as a calendar's holidays.

    """

    country: str
    years: tuple[int, ...]
    subdivision: str = ""
    also: tuple[str, ...] = field(default=(), converter=strings)


def resolved(tables: Tables, given: object, path: str) -> list[object]:
    """
    Return the dates that a table asks for; what is wrong with it is noted.

    A policy is a value: what a later release of the package knows does not change it.

    """
    asked = tables.table(PublicHolidays, given, path)
    if not isinstance(asked, PublicHolidays):
        return []
    library = _library()
    if library is None:
        tables.problem(path, MISSING)
        return [*asked.also]
    known = library.list_supported_countries()
    if asked.country not in known:
        hint = closest(asked.country, known, "DE")
        tables.problem(f"{path}.country", f"is {shorten(asked.country)}; {hint}")
    elif asked.subdivision and asked.subdivision not in known[asked.country]:
        hint = nearest(asked.subdivision, known[asked.country])
        tables.problem(f"{path}.subdivision", f"is {shorten(asked.subdivision)}; {hint}")
    elif not (asked.years and all(FIRST <= year <= LAST for year in asked.years)):
        tables.problem(f"{path}.years", f"names none, or one not from {FIRST} to {LAST}")
    else:
        days = library.country_holidays(
            asked.country, subdiv=asked.subdivision or None, years=asked.years, expand=False
        )
        return [*sorted(days), *asked.also]
    return [*asked.also]


def _library() -> ModuleType | None:
    try:
        import holidays  # noqa: PLC0415 - an extra, and slow to import
    except ImportError:
        return None
    return holidays
