"""What a host configures; a value, checked as a whole when it is built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial

from attrs import field

from incidentflow.errors import PolicyError, nearest, shorten
from incidentflow.policy.amounts import BusinessDays, Hours
from incidentflow.policy.calendars import Calendar, OpeningHours, Union
from incidentflow.policy.categories import category_problem, tree_of, tree_problems
from incidentflow.policy.clocks import CLOCKS, ClockRule, OnChange, OnReopen
from incidentflow.policy.communication import (
    SUBSCRIPTIONS,
    Audience,
    Subscription,
    subscription_problems,
)
from incidentflow.policy.fields import FieldRule, field_problems
from incidentflow.policy.holds import HOLD_REASONS, HoldReason, hold_problems
from incidentflow.policy.matrix import ITIL_3X3, MATRICES, Matrix
from incidentflow.policy.numbering import Numbering, is_series, numbering_problems
from incidentflow.policy.reach import reach_problems
from incidentflow.policy.requirements import (
    REQUIREMENTS,
    Because,
    RequirementRule,
    requirement_problems,
)
from incidentflow.policy.retention import Retention, retention_problems
from incidentflow.policy.routing import STANDARD, Route, route_problems
from incidentflow.policy.spans import NONE, is_span, shown
from incidentflow.policy.targets import (
    CALENDARS,
    TARGETS,
    TargetRow,
    by_name,
    rows_by_clock,
    target_problems,
)
from incidentflow.policy.ties import tie_problems
from incidentflow.words import digest_of, flag, frozen, lines_of, plain, strings

__all__ = [
    "MATRICES",
    "Audience",
    "Because",
    "BusinessDays",
    "Calendar",
    "ClockRule",
    "FieldRule",
    "HoldReason",
    "Hours",
    "Matrix",
    "Numbering",
    "OnChange",
    "OnReopen",
    "Policy",
    "RequirementRule",
    "Retention",
    "Route",
    "Subscription",
    "TargetRow",
    "Union",
]

CANCEL_REASONS = ("not_an_incident", "false_positive", "duplicate", "withdrawn", "test")
SPANS = ("reopen_window", "reinstate_window", "auto_close", "late_entry", "clock_skew", "retry_act")
UNLIMITED = ("reopen_window", "reinstate_window")
Check = Callable[[], Iterator[str]]

PARTS: Mapping[str, type | tuple[type, ...]] = {
    "hold_reasons": HoldReason,
    "requirements": RequirementRule,
    "subscriptions": Subscription,
    "fields": FieldRule,
    "calendars": (Calendar, Union),
    "clocks": ClockRule,
    "targets": TargetRow,
    "routing": Route,
    "numbering": Numbering,
    "retention": Retention,
}
NAMED = {
    "hold reason": "hold_reasons",
    "cancel reason": "cancel_reasons",
    "resolution code": "resolution_codes",
    "own field": "fields",
    "calendar": "calendars",
    "clock": "clocks",
    "category": "categories",
    "retention": "retention",
}
"""What is told apart by its name, and so stands once."""
SPELT = ("cancel reason", "resolution code")
"""What of that is a name and no more."""


@frozen(kw_only=True)
class Policy:
    """
    How one desk works; every part has a default, and all problems are listed at once.

    Attributes:
        matrix: From the axes to the priority (rule Q2).
        hold_reasons: Why an incident may be put on hold (rule L2).
        cancel_reasons: The codes that ``Cancel`` accepts.
        resolution_codes: The codes that ``Resolve`` accepts; empty accepts any.
        require_assignee: Whether acknowledging needs an assignee, or a person who becomes it.
        reopen_window: How long after the last resolve an incident may be reopened; None: ever.
        reinstate_window: The same for a cancelled or merged one.
        reopen_closed: Whether a closed incident may be reopened.
        close_unresolved: Whether an unresolved one may be closed, with a reason.
        auto_close: How long after the last resolve it closes by itself; zero: never (rule L10).
        late_entry: From which delay between world and record an entry is marked late (rule L8).
        clock_skew: How far in the future a world-time may lie (rule L8).
        retry_act: How soon an act that was due and refused is looked at again (rule K18).
        requirements: When a review is owed (rule R1).
        subscriptions: Who is told of what (rule D9).
        fields: The host's own fields (rule T3).
        series: The prefix of the numbers, as in ``INC-0000001`` (rule T2).
        numbering: Which incidents draw theirs from other series (rule X2).
        calendars: When services are open; targets name them, or a shipped one (rule K10).
        clocks: What starts, stops and pauses each clock (rule K12).
        targets: How long each clock may run, and for which incidents (rule K15).
        categories: The tree of categories, as paths such as ``"network/vpn"``; what stands above
            one is a category too; none: any path is (rule Q4).
        routing: What follows for a new incident, by its conditions, in order (rule Q4).
        retention: How long personal texts are kept, by category; none: for ever (rule J8).
        subscribed: The subscriptions to each kind of event, in order.
        rows: The target rows for each clock, the most specific first.
        tree: Every category; empty: any path is one.

    Raises:
        PolicyError: Lists every problem.

    """

    matrix: Matrix = ITIL_3X3
    hold_reasons: tuple[HoldReason, ...] = HOLD_REASONS
    cancel_reasons: tuple[str, ...] = field(default=CANCEL_REASONS, converter=strings)
    resolution_codes: tuple[str, ...] = field(default=(), converter=strings)
    require_assignee: bool = field(default=True, validator=flag)
    reopen_window: timedelta | None = timedelta(days=14)
    reinstate_window: timedelta | None = timedelta(days=14)
    reopen_closed: bool = field(default=False, validator=flag)
    close_unresolved: bool = field(default=False, validator=flag)
    auto_close: timedelta = timedelta(days=5)
    late_entry: timedelta = timedelta(minutes=5)
    clock_skew: timedelta = timedelta(minutes=5)
    retry_act: timedelta = timedelta(hours=1)
    requirements: tuple[RequirementRule, ...] = REQUIREMENTS
    subscriptions: tuple[Subscription, ...] = SUBSCRIPTIONS
    fields: tuple[FieldRule, ...] = ()
    series: str = "INC"
    numbering: tuple[Numbering, ...] = ()
    calendars: tuple[OpeningHours, ...] = CALENDARS
    clocks: tuple[ClockRule, ...] = CLOCKS
    targets: tuple[TargetRow, ...] = TARGETS
    categories: tuple[str, ...] = field(default=(), converter=strings)
    routing: tuple[Route, ...] = ()
    retention: tuple[Retention, ...] = ()
    subscribed: Mapping[str, tuple[Subscription, ...]] = field(init=False, eq=False, repr=False)
    rows: Mapping[str, tuple[TargetRow, ...]] = field(init=False, eq=False, repr=False)
    tree: frozenset[str] = field(init=False, eq=False, repr=False)
    _reference: str | None = field(init=False, default=None, eq=False, repr=False)

    def __attrs_post_init__(self) -> None:
        """Refuse a policy that cannot work."""
        problems = tuple(self._problems())
        if problems:
            raise PolicyError("policy", problems)
        kinds = dict.fromkeys(kind for each in self.subscriptions for kind in each.kinds)
        subscribed = {
            kind: tuple(each for each in self.subscriptions if kind in each.kinds) for kind in kinds
        }
        object.__setattr__(self, "subscribed", subscribed)
        object.__setattr__(self, "rows", rows_by_clock(self.targets))
        object.__setattr__(self, "tree", tree_of(self.categories))

    @property
    def definition(self) -> tuple[str, ...]:
        """All of it in lines, for people and for a digest; host objects stand by their names."""
        return tuple(lines_of(self))

    @property
    def reference(self) -> str:
        """Its digest, as the desk's journal records it (rule J6); equal policies have the same."""
        if self._reference is None:
            object.__setattr__(self, "_reference", f"policy@{digest_of(self.definition)}")
        return str(self._reference)

    def hold_reason(self, name: str) -> HoldReason | None:
        """Find a configured hold reason by its name."""
        return next((reason for reason in self.hold_reasons if reason.name == name), None)

    def clock_rule(self, name: str) -> ClockRule | None:
        """Find a kind of clock by its name."""
        return next((rule for rule in self.clocks if rule.name == name), None)

    def calendar(self, row: TargetRow) -> OpeningHours:
        """Return the calendar of a target row; a shipped one needs not be among its own."""
        given = row.calendar
        return by_name(self.calendars)[given] if isinstance(given, str) else given

    def _misfits(self) -> Iterator[tuple[str, str]]:
        if not isinstance(self.matrix, Matrix):
            yield "matrix", f"matrix is {shorten(self.matrix)}; give a Matrix"
        if not isinstance(self.series, str):
            yield "series", f"series is {shorten(self.series)}; give text"
        for name, cls in PARTS.items():
            parts = getattr(self, name)
            if not (isinstance(parts, tuple) and all(isinstance(part, cls) for part in parts)):
                wanted = " or ".join(
                    each.__name__ for each in (cls if isinstance(cls, tuple) else (cls,))
                )
                yield name, f"{name} is {shorten(parts)}; give a tuple of {wanted}"

    def _problems(self) -> Iterator[str]:
        """Say what cannot work; of what is of another type than it should be, only that."""
        wrong = dict(self._misfits())
        yield from wrong.values()
        for names, check in self._checks():
            if not wrong.keys() & set(names):
                yield from check()

    def _checks(self) -> Iterator[tuple[tuple[str, ...], Check]]:
        """Give each check with what it looks at."""
        yield (), self._span_problems
        yield ("series",), self._series_problems
        for what, name in NAMED.items():
            yield (name,), partial(self._repeated, what, name)
        for what in SPELT:
            yield (NAMED[what],), partial(self._blank, what, NAMED[what])
        yield ("subscriptions",), partial(subscription_problems, self.subscriptions)
        clocked = ("hold_reasons", "clocks", "targets", "calendars", "fields", "requirements")
        yield clocked, self._clock_problems
        yield ("fields", "routing", "numbering", "retention", "targets"), self._class_problems
        yield ("fields",), partial(field_problems, self.fields, STANDARD)
        yield ("hold_reasons",), partial(hold_problems, self.hold_reasons)
        yield ("requirements", "retention"), self._parts

    def _span_problems(self) -> Iterator[str]:
        for name in SPANS:
            span = getattr(self, name)
            if not is_span(span) and not (span is None and name in UNLIMITED):
                yield f"{name} is {shown(span)}; give a timedelta from zero to a century"
        if self.retry_act == NONE:
            yield "retry_act is zero; an act that was refused would never rest"

    def _series_problems(self) -> Iterator[str]:
        if not is_series(self.series):
            yield f"series {self.series!r} is no prefix; give ASCII capitals and digits"

    def _parts(self) -> Iterator[str]:
        for requirement in self.requirements:
            within = requirement.within
            if not is_span(within) or within == NONE:
                yield f"requirement {requirement.because.value!r} is due at once or never"
        for kept in self.retention:
            if not is_span(kept.keep) or kept.keep == NONE:
                yield f"retention {kept.name!r} keeps {shown(kept.keep)}; give up to a century"

    def _clock_problems(self) -> Iterator[str]:
        reasons = [reason.name for reason in self.hold_reasons]
        pausable = {rule.name for rule in self.clocks if rule.pausable}
        for rule in self.clocks:
            yield from rule.problems(reasons)
        for reason in self.hold_reasons:
            for name in set(reason.pauses) - pausable:
                yield f"hold reason {reason.name!r} pauses {name!r}; {nearest(name, pausable)}"
        yield from target_problems(self.targets, self.clocks, self.calendars, self.fields)
        yield from tie_problems(self.targets)
        yield from reach_problems(self.targets, self.calendars)
        yield from requirement_problems(self.requirements, self.clocks)

    def _class_problems(self) -> Iterator[str]:
        tree = tree_of(self.categories)
        yield from tree_problems(self.categories)
        yield from route_problems(self.routing, self.fields, tree)
        yield from numbering_problems(self.numbering, self.fields, tree)
        yield from retention_problems(self.retention, tree)
        for row in self.targets:
            wrong = category_problem(row.category, tree)
            if wrong:
                yield f"target {row.name!r}: {row.category!r} {wrong}"

    def _repeated(self, what: str, name: str) -> Iterator[str]:
        called = Counter(getattr(each, "name", each) for each in getattr(self, name))
        for each in sorted(each for each, count in called.items() if count > 1):
            yield f"{what} {each!r} is declared twice"

    def _blank(self, what: str, name: str) -> Iterator[str]:
        for place, each in enumerate(getattr(self, name), 1):
            if not plain(each):
                yield f"{what} {place} is blank; give some visible text"
