"""Reporting: an incident is identified and logged (rules L2, I1 and T3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar, TypedDict

from attrs import field

from incidentflow.incident import Case, Command, Entry, Event, Incident, Mark
from incidentflow.incident.places import UNFINISHED, Category
from incidentflow.process.assignment import Assigned
from incidentflow.process.hold import held
from incidentflow.process.resolution import Resolved
from incidentflow.process.triage import prioritise, require_category
from incidentflow.process.work import Acknowledged, Mitigated, responder
from incidentflow.words import (
    Actor,
    FieldValue,
    Impact,
    Rank,
    Severity,
    Urgency,
    as_impact,
    as_severity,
    as_urgency,
    aware,
    evolve,
    frozen,
    line,
    person_id,
    personal,
    prose,
    strings,
    to_utc,
)

BROUGHT: Mapping[Mark, tuple[str, ...]] = {
    Mark.WAITING: ("hold_reason", "comment", "reference", "until"),
    Mark.RESOLVED: ("code",),
    Mark.RESTORED: ("note",),
}
"""Inputs that belong to a state of their mark, and to no other."""
COPIED = (
    "title",
    "description",
    "requester",
    "location",
    "customer",
    "service",
    "items",
    "dedup_key",
    "category",
    "impact",
    "urgency",
    "severity",
    "occurred_at",
    "detected_at",
)


@frozen(kw_only=True)
class Reported(Event):
    """An incident was logged."""

    title: str = personal()
    source: str
    description: str | None = personal(default=None)
    requester: str | None = person_id(default=None)
    location: str | None = personal(default=None)
    customer: str | None = personal(default=None)
    service: str | None = None
    items: tuple[str, ...] = ()
    dedup_key: str | None = None
    category: str | None = None
    impact: Impact | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None
    occurred_at: datetime | None = None
    detected_at: datetime | None = None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Begin the incident."""
        return evolve(
            incident,
            source=self.source,
            logged_by=entry.by.id,
            reported_at=entry.at,
            counts=evolve(incident.counts, reports=1),
            **{name: getattr(self, name) for name in COPIED},
        )


@frozen
class ReportedAgain(Event):
    """The same thing was reported again while the incident is unfinished (rule I1)."""

    title: str = personal()
    source: str = ""

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Count it."""
        del entry
        counts = evolve(incident.counts, reports=incident.counts.reports + 1)
        return evolve(incident, counts=counts)


class ReportDetails(TypedDict, total=False):
    """The inputs of `Report` beside its title, as keyword arguments."""

    by: Actor | str
    at: datetime | None
    description: str | None
    source: str | None
    requester: str | None
    location: str | None
    customer: str | None
    service: str | None
    items: tuple[str, ...]
    dedup_key: str | None
    fields: Mapping[str, FieldValue]
    category: str | None
    impact: Impact | int | str | None
    urgency: Urgency | int | str | None
    severity: Severity | int | str | None
    team: str | None
    assignee: str | None
    occurred_at: datetime | None
    detected_at: datetime | None
    to: str | None
    hold_reason: str | None
    comment: str | None
    reference: str | None
    until: datetime | None
    code: str | None
    note: str | None


def _items(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "items")


@frozen(kw_only=True)
class Report(Command):
    """
    Log an incident.

    Args:
        title: What is wrong, in one visible line.
        description: More of it.
        source: How it came in; default the kind of actor who reports.
        requester: For whom, the host's id of a person.
        location: Where.
        customer: Which customer is concerned.
        service: Which service is concerned.
        items: Configuration items concerned.
        dedup_key: Two unfinished incidents never share one; a second report joins the first.
        category: A path such as ``"network/vpn"``.
        impact: A level, its name or number; 1 is the most severe.
        urgency: The same.
        severity: The same, SEV1 to SEV5.
        team: The team that is to work on it.
        assignee: The person who is to work on it.
        occurred_at: When the damage began.
        detected_at: When it was noticed.
        to: A later state to begin in, when the reporter says so; it needs what entering it needs.
        hold_reason: Why it waits, when it begins on hold.
        comment: What the hold reason needs.
        reference: What the hold reason needs.
        until: When the hold ends by itself.
        code: How it was resolved, when it begins resolved.
        note: What was done, when it begins resolved or mitigated.

    """

    trigger: ClassVar[str] = "report"

    title: str = field(validator=line())
    description: str | None = field(default=None, validator=prose)
    source: str | None = field(default=None, validator=line())
    requester: str | None = field(default=None, validator=line())
    location: str | None = field(default=None, validator=line())
    customer: str | None = field(default=None, validator=line())
    service: str | None = field(default=None, validator=line())
    items: tuple[str, ...] = field(default=(), converter=_items)
    dedup_key: str | None = field(default=None, validator=line())
    category: str | None = field(default=None, validator=line())
    impact: Impact | None = field(default=None, converter=as_impact)
    urgency: Urgency | None = field(default=None, converter=as_urgency)
    severity: Severity | None = field(default=None, converter=as_severity)
    team: str | None = field(default=None, validator=line())
    assignee: str | None = field(default=None, validator=line())
    occurred_at: datetime | None = field(default=None, converter=to_utc, validator=aware)
    detected_at: datetime | None = field(default=None, converter=to_utc, validator=aware)
    to: str | None = field(default=None, validator=line())
    hold_reason: str | None = field(default=None, validator=line())
    comment: str | None = field(default=None, validator=prose)
    reference: str | None = field(default=None, validator=line())
    until: datetime | None = field(default=None, converter=to_utc, validator=aware)
    code: str | None = field(default=None, validator=line())
    note: str | None = field(default=None, validator=prose)

    @property
    def axes(self) -> dict[str, Rank | None]:
        """The axes that are given."""
        return {"impact": self.impact, "urgency": self.urgency, "severity": self.severity}

    def decide(self, case: Case) -> Iterable[Event]:
        """Report, assign, prioritise, and record what the first state brings with it."""
        require_category(self.category, case.policy)
        self._refuse_ahead(case)
        yield Reported(
            source=self.source or self.by.kind.value,
            **{name: getattr(self, name) for name in COPIED},
        )
        if self.team or self.assignee:
            yield Assigned(self.team, self.assignee, imported=case.imported)
        yield from prioritise(case.incident, self.axes, case.policy)
        marks = case.to.marks if case.to else ()
        self._refuse_unused(case, marks)
        if Mark.WAITING in marks:
            yield held(case, self.hold_reason or "")
        if Mark.WORKING in marks:
            yield Acknowledged(responder(case))
        if Mark.RESOLVED in marks:
            yield Resolved(self.code or "", self.note or "")
        elif Mark.RESTORED in marks:
            yield Mitigated(self.note or "")

    def _refuse_ahead(self, case: Case) -> None:
        """Refuse what is told to have happened, and lies ahead (rule L8)."""
        for name in ("occurred_at", "detected_at"):
            told = getattr(self, name)
            if not case.imported and told and told > case.now + case.policy.clock_skew:
                case.refuse("was_at.future", name, milestone=name, given=told)

    def _refuse_unused(self, case: Case, marks: tuple[Mark, ...]) -> None:
        for mark, names in BROUGHT.items():
            for name in names:
                if getattr(self, name) is not None and mark not in marks:
                    case.refuse(f"{name}.unused", "to", input=name)


@frozen(kw_only=True)
class ReportAgain(Command):
    """
    Add another report of the same thing to an unfinished incident.

    Args:
        title: What was reported this time.
        source: How it came in; default the kind of actor who reports.

    """

    legal_in: ClassVar[frozenset[Category]] = UNFINISHED

    title: str = field(validator=line())
    source: str | None = field(default=None, validator=line())

    def decide(self, case: Case) -> Iterable[Event]:
        """Count the report."""
        del case
        yield ReportedAgain(self.title, self.source or self.by.kind.value)
