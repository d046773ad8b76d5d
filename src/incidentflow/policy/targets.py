"""Targets: how long each clock may run, chosen by what is known of an incident (rule K15)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import field

from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.policy.amounts import Amount, BusinessDays, Hours
from incidentflow.policy.calendars import ROUND_THE_CLOCK, Calendar, OpeningHours, Union
from incidentflow.policy.clocks import ClockRule
from incidentflow.policy.conditions import CONDITIONS, fulfils, pairs, shown, wanted
from incidentflow.policy.fields import FieldRule
from incidentflow.words import FieldValue, Priority, frozen, line

Conditions = Mapping[str, object]


def _targets(given: object) -> tuple[tuple[str, Amount | None], ...]:
    problem = "name no clocks; give {'response': Hours(4)}"
    found = pairs(given, "targets", problem)
    if not found:
        raise InvalidInput("targets", shorten(given), problem)
    for name, amount in found:
        if not isinstance(amount, Hours | BusinessDays | None):
            problem = "is no amount; give Hours(...), BusinessDays(...) or None"
            raise InvalidInput(f"targets.{name}", shorten(amount), problem)
    return found


def _own(
    given: Mapping[str, FieldValue] | tuple[tuple[str, FieldValue], ...],
) -> tuple[tuple[str, FieldValue], ...]:
    return tuple(sorted(wanted(given, "fields").items()))


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
        """
        What it is for, as ``"P1, customer acme"``; it stands in every clock that it starts.

        Rows with other conditions have other names.
        """
        short = {f"fields.{name}": name for name, _ in self.fields if name not in CONDITIONS}
        return shown((short.get(name, name), value) for name, value in self.conditions.items())

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
