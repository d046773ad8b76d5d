"""Targets: how long each clock may run, chosen by what is known of an incident (rule K15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import attrs
from attrs import field

from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.policy.calendars import ROUND_THE_CLOCK, Calendar, OpeningHours, Union
from incidentflow.policy.clocks import ClockRule
from incidentflow.policy.fields import FieldRule
from incidentflow.words import FieldValue, Priority, as_fields, frozen, line

AT = ("same time", "close")
MOST_DAYS = 36_525
CONDITIONS = ("priority", "category", "service", "customer", "location", "team")


def _count(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if type(value) is not int:
        raise InvalidInput(attribute.name, shorten(value), "is no whole number")


@frozen
class Hours:
    """
    So much open time: 24 hours are 24 open hours, however many days those take.

    Attributes:
        hours: Whole hours.
        minutes: Whole minutes, added.

    Raises:
        InvalidInput: It is nothing, negative, more than a century, or not whole.

    """

    hours: int = field(default=0, validator=_count)
    minutes: int = field(default=0, validator=_count)

    def __attrs_post_init__(self) -> None:
        """Refuse what is no amount."""
        minutes = self.hours * 60 + self.minutes
        if not 0 < minutes <= MOST_DAYS * 24 * 60:
            raise InvalidInput("minutes", str(minutes), "is no amount; give more than nothing")

    @property
    def span(self) -> timedelta:
        """How long that is."""
        return timedelta(hours=self.hours, minutes=self.minutes)

    def __str__(self) -> str:
        """Show it as people write it."""
        shown = ((self.hours, "h"), (self.minutes, "min"))
        return " ".join(f"{count} {unit}" for count, unit in shown if count)


@frozen
class BusinessDays:
    """
    So many open dates after the date of the start.

    Attributes:
        days: How many; the date of the start does not count.
        at: Until when on the last: ``"same time"`` as the start, or ``"close"`` of that date.

    Raises:
        InvalidInput: There are none, or too many, or *at* is neither.

    """

    days: int = field(validator=_count)
    at: str

    def __attrs_post_init__(self) -> None:
        """Refuse what is no amount."""
        if self.days <= 0:
            raise InvalidInput("days", shorten(self.days), "is no number of days; give at least 1")
        if self.days > MOST_DAYS:
            raise InvalidInput("days", shorten(self.days), "is more than a century; give less")
        if self.at not in AT:
            raise InvalidInput("at", shorten(self.at), f"is neither {AT[0]!r} nor {AT[1]!r}")

    def __str__(self) -> str:
        """Show it as people write it."""
        unit = "business day" if self.days == 1 else "business days"
        return f"{self.days} {unit}, {self.at}"


Amount = Hours | BusinessDays
Conditions = Mapping[str, object]


def _targets(given: object) -> tuple[tuple[str, Amount | None], ...]:
    pairs = tuple(given.items()) if isinstance(given, Mapping) else given
    if not isinstance(pairs, tuple) or not pairs:
        raise InvalidInput("targets", shorten(given), "name no clocks; give {'response': Hours(4)}")
    for name, amount in pairs:
        if not isinstance(name, str) or not isinstance(amount, Hours | BusinessDays | None):
            problem = "is no amount; give Hours(...), BusinessDays(...) or None"
            raise InvalidInput(f"targets.{name}", shorten(amount), problem)
    return pairs


def _own(
    given: Mapping[str, FieldValue] | tuple[tuple[str, FieldValue], ...],
) -> tuple[tuple[str, FieldValue], ...]:
    pairs = dict(given) if isinstance(given, tuple) else given
    return tuple(sorted(as_fields(pairs).items()))


def _priority(value: Priority | int | str | None) -> Priority | None:
    return None if value is None else Priority.parse(value)


def _calendar(value: object) -> OpeningHours | str:
    if isinstance(value, (str, Calendar, Union)):
        return value
    raise InvalidInput("calendar", shorten(value), "is no calendar; give one, or its name")


@frozen(kw_only=True)
class TargetRow:
    """
    The targets of some clocks, for the incidents that fulfil every condition.

    Attributes:
        targets: The amount for each clock, as ``{"response": Hours(minutes=15)}``; None says that
            this clock does not run.
        priority: For this priority.
        category: For this category and everything below it.
        service: For this service.
        customer: For this customer.
        location: For this location.
        team: For this team.
        fields: For these values of own fields.
        calendar: Which hours count: a calendar, or the name of one of the policy's, or of a
            shipped one.

    """

    targets: tuple[tuple[str, Amount | None], ...] = field(converter=_targets)
    priority: Priority | None = field(default=None, converter=_priority)
    category: str | None = field(default=None, validator=line())
    service: str | None = field(default=None, validator=line())
    customer: str | None = field(default=None, validator=line())
    location: str | None = field(default=None, validator=line())
    team: str | None = field(default=None, validator=line())
    fields: tuple[tuple[str, FieldValue], ...] = field(default=(), converter=_own)
    calendar: OpeningHours | str = field(default=ROUND_THE_CLOCK.name, converter=_calendar)
    conditions: Conditions = field(init=False, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Gather the conditions once."""
        given = {name: getattr(self, name) for name in CONDITIONS}
        own = {f"fields.{name}": value for name, value in self.fields}
        known = {name: value for name, value in given.items() if value is not None}
        object.__setattr__(self, "conditions", {**known, **own})

    @property
    def name(self) -> str:
        """What it is for, as ``"P1, customer acme"``; it stands in every clock it starts."""
        shown = (
            value.name if isinstance(value, Priority) else f"{name.removeprefix('fields.')} {value}"
            for name, value in self.conditions.items()
        )
        return ", ".join(shown) or "any"

    @property
    def rank(self) -> tuple[int, int]:
        """How specific it is: how many conditions, and how deep a category."""
        return len(self.conditions), len(self.category.split("/")) if self.category else 0

    def fits(self, facts: Conditions) -> bool:
        """Whether what is known of an incident fulfils every condition."""
        return all(fulfils(name, facts.get(name), want) for name, want in self.conditions.items())

    def amount(self, clock: str) -> Amount | None:
        """Return the amount for a clock, None when it does not run."""
        return dict(self.targets)[clock]


def rows_by_clock(rows: Iterable[TargetRow]) -> dict[str, tuple[TargetRow, ...]]:
    """List, for each clock, the rows that name it, the most specific first."""
    ranked = sorted(rows, key=lambda row: row.rank, reverse=True)
    found: dict[str, list[TargetRow]] = {}
    for row in ranked:
        for name in dict(row.targets):
            found.setdefault(name, []).append(row)
    return {name: tuple(each) for name, each in found.items()}


def chosen(rows: Iterable[TargetRow], facts: Conditions) -> TargetRow | None:
    """Return the first row that fits, or None."""
    return next((row for row in rows if row.fits(facts)), None)


def target_problems(
    rows: Sequence[TargetRow],
    clocks: Iterable[ClockRule],
    calendars: Iterable[OpeningHours],
    fields: Iterable[FieldRule],
) -> Iterator[str]:
    """Say what cannot work about targets, one sentence each: unknown names."""
    known = {rule.name for rule in clocks}
    named = by_name(calendars)
    own = {rule.name: rule for rule in fields}
    for row in rows:
        for clock, _ in row.targets:
            if clock not in known:
                yield f"target {row.name!r} names the clock {clock!r}; {nearest(clock, known)}"
        if isinstance(row.calendar, str) and row.calendar not in named:
            hint = nearest(row.calendar, named)
            yield f"target {row.name!r} names the calendar {row.calendar!r}; {hint}"
        yield from _field_problems(row, own)


def _field_problems(row: TargetRow, own: Mapping[str, FieldRule]) -> Iterator[str]:
    for name, value in row.fields:
        if name not in own:
            yield f"target {row.name!r} asks for the own field {name!r}; {nearest(name, own)}"
            continue
        try:
            own[name].read(value)
        except InvalidInput as error:
            yield f"target {row.name!r}: {error}"


def fulfils(name: str, value: object, wanted: object) -> bool:
    """Whether what is known fulfils a condition; a category stands for all below it."""
    if name == "category" and isinstance(value, str):
        return value == wanted or value.startswith(f"{wanted}/")
    return value == wanted and type(value) is type(wanted)


OFFICE_HOURS = Calendar("office hours", week={"mon-fri": "09:00-17:00"})
CALENDARS: tuple[OpeningHours, ...] = (ROUND_THE_CLOCK, OFFICE_HOURS)
TARGETS = (
    TargetRow(priority=1, targets={"response": Hours(minutes=15), "restoration": Hours(4)}),
    TargetRow(priority=2, targets={"response": Hours(minutes=30), "restoration": Hours(8)}),
    TargetRow(
        priority=3,
        targets={"response": Hours(4), "restoration": BusinessDays(3, "same time")},
        calendar=OFFICE_HOURS.name,
    ),
    TargetRow(
        priority=4,
        targets={"response": Hours(8), "restoration": BusinessDays(5, "same time")},
        calendar=OFFICE_HOURS.name,
    ),
)
"""P1 and P2 round the clock, P3 and P4 in office hours, P5 none."""


def by_name(calendars: Iterable[OpeningHours]) -> dict[str, OpeningHours]:
    """Find calendars by their names: those that are shipped, unless one has the same name."""
    return {each.name: each for each in (*CALENDARS, *calendars)}
