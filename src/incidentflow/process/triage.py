"""Triage: categorise and prioritise, and change one's mind later (rules Q1 to Q5)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from attrs import field

from incidentflow.errors import Failure, InvalidInput, hint
from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.parts import Override
from incidentflow.incident.places import ANYWHERE
from incidentflow.policy import Policy
from incidentflow.policy.categories import category_problem
from incidentflow.texts import Text
from incidentflow.words import (
    Impact,
    Priority,
    Rank,
    Severity,
    Urgency,
    as_impact,
    as_priority,
    as_severity,
    as_urgency,
    evolve,
    flag,
    frozen,
    line,
    personal,
    prose,
)

CLASSIFICATION = ("category", "service", "customer", "location", "impact", "urgency", "severity")


def classified(case: Case) -> Failure | None:
    """Require a category and every axis of the matrix, given now or known already (rule L2)."""
    wanted = ("category", *case.policy.matrix.axes)
    missing = tuple(
        name for name in wanted if case.given(name) is None and getattr(case.incident, name) is None
    )
    if not missing:
        return None
    return Failure("classification.missing", {"missing": missing}, missing)


@frozen
class Reclassified(Event):
    """Category, an axis or a related classification was set or changed (rule Q5)."""

    category: str | None = None
    service: str | None = None
    customer: str | None = personal(default=None)
    location: str | None = personal(default=None)
    impact: Impact | None = None
    urgency: Urgency | None = None
    severity: Severity | None = None

    @property
    def changes(self) -> dict[str, Any]:
        """What was given, by name."""
        values = ((name, getattr(self, name)) for name in CLASSIFICATION)
        return {name: value for name, value in values if value is not None}

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set what was given."""
        del entry
        return evolve(incident, **self.changes)

    def wording(self) -> Text:
        """Say what is known now."""
        return Text(super().wording().code, {"changes": self.changes})


@frozen
class Triaged(Reclassified):
    """The incident was categorised and prioritised for the first time, and queued."""


@frozen
class Prioritised(Event):
    """The priority was derived from a matrix (rule Q3)."""

    priority: Priority
    matrix: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the priority; an override has ended."""
        del entry
        return evolve(incident, priority=self.priority, override=None)


@frozen
class PriorityOverridden(Event):
    """Somebody set the priority by hand."""

    priority: Priority
    reason: str = personal()
    ends_with_axes: bool = True

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Set the priority and remember why."""
        del entry
        override = Override(self.priority, self.reason, self.ends_with_axes)
        return evolve(incident, priority=self.priority, override=override)


def require_category(category: str | None, policy: Policy) -> None:
    """
    Refuse a category that does not stand in the policy's tree (rule Q4).

    Raises:
        InvalidInput: It does not; names the nearest.

    """
    if category_problem(category, policy.tree):
        near = hint(category, policy.tree)
        raise InvalidInput.of("category", category, "category.unknown", hint=near)


def prioritise(
    incident: Incident, given: Mapping[str, Rank | None], policy: Policy
) -> Iterable[Prioritised]:
    """
    Derive the priority from the matrix's axes as they will be; yield nothing when it stays.

    An override that ends with the axes ends when one of them changes; another one stays.
    """
    known = {name: incident.axes[name] for name in policy.matrix.axes}
    axes = {name: given.get(name) or known[name] for name in known}
    override = incident.override
    if axes == known and incident.priority is not None:
        return
    if override is not None and not override.ends_with_axes:
        return
    priority = policy.matrix.priority(axes)
    if priority is not None and (priority is not incident.priority or override is not None):
        yield Prioritised(priority, policy.matrix.name)


@frozen(kw_only=True)
class _Classify(Command):
    """
    What triage and reclassification have in common: every part may be left as it is.

    Args:
        category: A path such as ``"network/vpn"``.
        service: The service concerned.
        customer: The customer concerned.
        location: Where.
        impact: A level, its name or number; 1 is the most severe (rule Q1).
        urgency: The same.
        severity: The same, SEV1 to SEV5.

    """

    category: str | None = field(default=None, validator=line())
    service: str | None = field(default=None, validator=line())
    customer: str | None = field(default=None, validator=line())
    location: str | None = field(default=None, validator=line())
    impact: Impact | None = field(default=None, converter=as_impact)
    urgency: Urgency | None = field(default=None, converter=as_urgency)
    severity: Severity | None = field(default=None, converter=as_severity)

    @property
    def classification(self) -> dict[str, Any]:
        """What is given, by name."""
        values = ((name, getattr(self, name)) for name in CLASSIFICATION)
        return {name: value for name, value in values if value is not None}

    @property
    def axes(self) -> dict[str, Rank | None]:
        """The axes that are given."""
        return {"impact": self.impact, "urgency": self.urgency, "severity": self.severity}


@frozen(kw_only=True)
class Triage(_Classify):
    """Categorise and prioritise a new incident, and put it in a queue."""

    trigger: ClassVar[str] = "triage"

    def decide(self, case: Case) -> Iterable[Event]:
        """Classify, then derive the priority."""
        require_category(self.category, case.policy)
        yield Triaged(**self.classification)
        yield from prioritise(case.incident, self.axes, case.policy)


@frozen(kw_only=True)
class Reclassify(_Classify):
    """
    Change the classification, in any state; clocks of a finished incident stay (rule L3).

    Raises:
        InvalidInput: Nothing is given.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    def __attrs_post_init__(self) -> None:
        """Refuse to change nothing."""
        if not self.classification:
            raise InvalidInput.of("category", None, "inputs.none", names=CLASSIFICATION)

    def decide(self, case: Case) -> Iterable[Event]:
        """Reclassify, then derive the priority."""
        require_category(self.category, case.policy)
        yield Reclassified(**self.classification)
        yield from prioritise(case.incident, self.axes, case.policy)


@frozen(kw_only=True)
class OverridePriority(Command):
    """
    Set the priority by hand, against the matrix (rule Q3).

    Args:
        priority: P1 to P5, or its number.
        reason: Why.
        ends_with_axes: Whether it ends when an axis changes.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    priority: Priority = field(converter=as_priority)
    reason: str = field(validator=prose)
    ends_with_axes: bool = field(default=True, validator=flag)

    def decide(self, case: Case) -> Iterable[Event]:
        """Override."""
        del case
        yield PriorityOverridden(self.priority, self.reason, self.ends_with_axes)
