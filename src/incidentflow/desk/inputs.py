"""What callers give a verb, checked and turned into values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TypedDict

import attrs

from incidentflow.errors import InvalidInput, hint
from incidentflow.incident import Category
from incidentflow.policy import Policy
from incidentflow.policy.fields import read_fields
from incidentflow.ports import Order
from incidentflow.process import Report
from incidentflow.process.reporting import ReportDetails
from incidentflow.texts import Text
from incidentflow.usecases import Search, Setup
from incidentflow.words import (
    MAX_LINE,
    Actor,
    FieldValue,
    Priority,
    as_fields,
    checked,
    strings,
    utc,
)

Cursor = tuple[int, str]
MOST = 1_000_000
FARTHEST = 1 << 63
ORDERS = (Order.NEWEST, Order.DUE)


def make_report(title: str | Report, details: ReportDetails, viewer: Actor | None = None) -> Report:
    """
    Build the command from what a caller gives; a view for somebody reports as them.

    Raises:
        InvalidInput: An input is unknown, missing or wrong.

    """
    if isinstance(title, Report):
        if details:
            raise InvalidInput("title", "a Report", Text("problem.report.twice"))
        return title
    known = {field.name for field in attrs.fields(Report)} - {"title"}
    for name, value in details.items():
        if name not in known:
            raise InvalidInput.of(name, value, "input.unknown", hint=hint(name, known))
    if viewer is not None:
        details.setdefault("by", viewer)
    if "by" not in details:
        raise InvalidInput("by", "missing", Text("problem.by.missing"))
    return Report(title=title, **details)


class Criteria(TypedDict, total=False):
    """What an incident can be found by; everything that is given must fit."""

    state: str | Iterable[str] | None
    category: str | Iterable[str] | None
    priority: int | str | None
    service: str | None
    team: str | None
    assignee: str | None
    fields: Mapping[str, FieldValue] | None
    breaches_by: datetime | None


def make_search(criteria: Criteria, policy: Policy) -> Search:
    """
    Build the search from what a caller gives.

    Raises:
        InvalidInput: A criterion, a category, the priority or an own field is unknown.

    """
    for name, value in criteria.items():
        if name not in Criteria.__annotations__:
            raise InvalidInput.of(
                name, value, "criterion.unknown", hint=hint(name, Criteria.__annotations__)
            )
    known = {each.value: each for each in Category if each is not Category.UNREPORTED}
    categories = strings(criteria.get("category"), "category")
    for name in categories:
        if name not in known:
            raise InvalidInput.of("category", name, "choice.unknown", hint=hint(name, known))
    for name in ("service", "team", "assignee"):
        if (value := criteria.get(name)) is not None:
            checked(value, name, MAX_LINE)
    priority, given = criteria.get("priority"), criteria.get("fields")
    by = criteria.get("breaches_by")
    own = read_fields(policy.fields, {} if given is None else as_fields(given))
    return Search(
        states=strings(criteria.get("state"), "state"),
        categories=tuple(known[name] for name in categories),
        priority=None if priority is None else Priority.parse(priority),
        service=criteria.get("service"),
        team=criteria.get("team"),
        assignee=criteria.get("assignee"),
        fields={each.name: each.value for each in own},
        breaches_by=None if by is None else utc(by, "breaches_by"),
    )


def make_page(order: object, after: Cursor | None, limit: int) -> tuple[Order, Cursor | None, int]:
    """
    Read the order, and check where a page begins and how long it is.

    Raises:
        InvalidInput: The order is unknown, or the cursor or the limit is none.

    """
    if not (after is None or _is_cursor(after)):
        raise InvalidInput.of("after", after, "cursor.none")
    chosen = [each for each in ORDERS if order in (each, each.value)]
    if not chosen:
        known = [each.value for each in ORDERS]
        raise InvalidInput.of("order", order, "choice.unknown", hint=hint(order, known))
    return chosen[0], after, make_limit(limit)


def make_backtest(
    setup: Setup,
    policy: object,
    since: datetime | None,
    until: datetime | None,
    progress: Callable[[int], None] | None,
) -> tuple[Policy, datetime | None, datetime, Callable[[int], None] | None]:
    """
    Check under which policy, from when on and up to when is looked back, and who is told.

    Raises:
        InvalidInput: The policy is none, an instant has no time zone, or nobody can be told.

    """
    if not isinstance(policy, Policy):
        raise InvalidInput.of("policy", policy, "policy.none")
    if progress is not None and (isinstance(progress, type) or not callable(progress)):
        raise InvalidInput.of("progress", progress, "progress.none")
    begin = None if since is None else utc(since, "since")
    end = setup.now() if until is None else utc(until, "until")
    return policy, begin, end, progress


def make_limit(limit: int) -> int:
    """
    Check how many are asked for.

    Raises:
        InvalidInput: It is no whole number of at least 1.

    """
    if type(limit) is not int or limit < 1:
        raise InvalidInput.of("limit", limit, "limit.small")
    if limit > MOST:
        raise InvalidInput.of("limit", limit, "limit.large", most=MOST)
    return limit


def _is_cursor(after: object) -> bool:
    if not (isinstance(after, tuple) and [type(part) for part in after] == [int, str]):
        return False
    due_at, last = after
    return abs(int(due_at)) < FARTHEST and str(last).isprintable()
