"""Who is told of what (rules C3 and D9)."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator

from attrs import field

from incidentflow.words import frozen, line, member, strings


class Audience(enum.Enum):
    """Whom a subscription tells, resolved from the incident itself."""

    REQUESTER = "requester"
    ASSIGNEE = "assignee"
    TEAM = "team"
    ESCALATED_TO = "escalated_to"
    STAKEHOLDERS = "stakeholders"


def _audience(value: Audience | str) -> Audience:
    return member(Audience, value, "audience")


@frozen
class Subscription:
    """
    An audience that is told of some kinds of event on one channel.

    Attributes:
        audience: Who is told.
        kinds: The kinds of event, such as ``"escalated"``.
        channel: The name of the notifier that carries it.

    """

    audience: Audience = field(converter=_audience)
    kinds: tuple[str, ...] = field(converter=strings)
    channel: str = field(default="default", validator=line())


SUBSCRIPTIONS = (
    Subscription(Audience.REQUESTER, ("resolved", "reopened", "cancelled", "merged")),
    Subscription(Audience.ASSIGNEE, ("assigned", "reopened", "relapsed", "clock_breached")),
    Subscription(Audience.TEAM, ("reported", "assigned", "returned_to_queue", "clock_breached")),
    Subscription(Audience.ESCALATED_TO, ("escalated",)),
    Subscription(Audience.STAKEHOLDERS, ("stakeholders_updated", "major_accepted")),
)


def subscription_problems(subscriptions: Iterable[Subscription]) -> Iterator[str]:
    """
    Say which subscriptions can never tell anybody.

    Args:
        subscriptions: The subscriptions of a policy, counted from one.

    """
    for place, each in enumerate(subscriptions, 1):
        if not each.kinds:
            yield f"subscriptions[{place}] names no kind of event; it would tell nobody"
