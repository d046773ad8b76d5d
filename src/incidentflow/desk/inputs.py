"""What callers give a desk, checked and turned into values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import TypedDict

import attrs

from incidentflow.codec import Codec
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.incident import Category, Command, Event
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import Policy
from incidentflow.ports import AsyncStore, Clock, Entropy, Order
from incidentflow.process import Report
from incidentflow.process.reporting import ReportDetails
from incidentflow.system import SystemClock, SystemEntropy
from incidentflow.usecases import Search, Setup
from incidentflow.words import Actor, FieldValue, Priority, checked, strings

LONGEST_TENANT = 100


def tenant_name(name: object) -> str:
    """
    Check the name of a tenant.

    Raises:
        InvalidInput: It is no visible text.

    """
    text = checked(name, "tenant", LONGEST_TENANT)
    if not text:
        raise InvalidInput("tenant", shorten(name), "is blank; give some visible text")
    return text


@cache
def make_codec(events: tuple[type[Event], ...], commands: tuple[type[Command], ...]) -> Codec:
    """Build a codec once for the same host's kinds; building it takes milliseconds."""
    return Codec(events, commands)


def make_setup(
    store: AsyncStore,
    *,
    policy: Policy | None,
    lifecycle: Lifecycle,
    tenant: str,
    actor: Callable[[object], Actor] | None,
    clock: Clock | None,
    entropy: Entropy | None,
    events: Iterable[type[Event]],
    commands: Iterable[type[Command]],
) -> Setup:
    """
    Put together what the use cases work with.

    Raises:
        InvalidInput: The policy, the lifecycle or the tenant is of the wrong kind.

    """
    for name, value, cls in (
        ("policy", policy or Policy(), Policy),
        ("lifecycle", lifecycle, Lifecycle),
    ):
        if not isinstance(value, cls):
            raise InvalidInput(name, shorten(value), f"is no {cls.__name__}")
    return Setup(
        store=store,
        practice=Practice(lifecycle, policy or Policy()),
        clock=clock or SystemClock(),
        entropy=entropy or SystemEntropy(),
        codec=make_codec(tuple(events), tuple(commands)),
        tenant=tenant_name(tenant),
        actor=actor,
    )


def make_report(title: str | Report, details: ReportDetails) -> Report:
    """
    Build the command from what a caller gives.

    Raises:
        InvalidInput: An input is unknown, missing or wrong.

    """
    if isinstance(title, Report):
        if details:
            problem = "give either a Report or a title with details"
            raise InvalidInput("title", "a Report", problem)
        return title
    known = {field.name for field in attrs.fields(Report)} - {"title"}
    for name, value in details.items():
        if name not in known:
            raise InvalidInput(name, shorten(value), f"is no input; {nearest(name, known)}")
    if "by" not in details:
        raise InvalidInput("by", "missing", "say who reports: by='ana' or by='monitor:probe-3'")
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


def make_search(criteria: Criteria) -> Search:
    """
    Build the search from what a caller gives.

    Raises:
        InvalidInput: A criterion, a category or the priority is unknown.

    """
    for name, value in criteria.items():
        if name not in Criteria.__annotations__:
            hint = f"is no criterion; {nearest(name, Criteria.__annotations__)}"
            raise InvalidInput(name, shorten(value), hint)
    known = {each.value: each for each in Category if each is not Category.UNREPORTED}
    categories = strings(criteria.get("category"))
    for name in categories:
        if name not in known:
            raise InvalidInput("category", shorten(name), f"is unknown; {nearest(name, known)}")
    priority = criteria.get("priority")
    return Search(
        states=strings(criteria.get("state")),
        categories=tuple(known[name] for name in categories),
        priority=None if priority is None else Priority.parse(priority),
        service=criteria.get("service"),
        team=criteria.get("team"),
        assignee=criteria.get("assignee"),
        fields=criteria.get("fields") or {},
    )


def make_order(order: str, limit: int) -> Order:
    """
    Read the order and check the limit.

    Raises:
        InvalidInput: The order is unknown, or the limit is not positive.

    """
    known = {each.value: each for each in Order}
    if order not in known:
        raise InvalidInput("order", shorten(order), f"is unknown; {nearest(str(order), known)}")
    if type(limit) is not int or limit < 1:
        raise InvalidInput("limit", shorten(limit), "is no whole number of at least 1")
    return known[order]
