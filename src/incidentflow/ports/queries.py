"""What is asked for: one subject, or several."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from attrs import Factory, evolve

from incidentflow.ports.records import Stored
from incidentflow.words import FieldValue, frozen

INCIDENT = "incident"
DESK = "desk"
EMPTIED = "emptied"
"""The category, for a store, of terminal incidents of which nothing personal is left."""
SOURCE = "source"
WORKER = "worker"
KINDS = (INCIDENT, DESK, SOURCE)
"""The kinds of subject that a store keeps with a journal (rule J6)."""


class By(enum.Enum):
    """What a subject can be loaded by."""

    ID = "id"
    NUMBER = "number"
    DEDUP_KEY = "dedup_key"
    COMMAND_KEY = "command_key"
    OWED = "owed"


@frozen
class Lookup:
    """
    How to load one subject.

    Attributes:
        tenant: In which world.
        by: By what.
        value: The id, number or key; by ``OWED`` the id, and all that it ever owed comes along.
        kind: The kind of subject; a command key finds any kind.

    """

    tenant: str
    by: By
    value: str
    kind: str = INCIDENT


class Order(enum.Enum):
    """In which order a query answers."""

    NEWEST = "newest"
    DUE = "due"
    BEGUN = "begun"
    OWING = "owing"


@frozen(kw_only=True)
class Query:
    """
    What to find; a store may answer with more than fits, the desk filters again.

    Attributes:
        tenant: In which world.
        kind: The kind of subject.
        states: One of these states; empty: any.
        other_states: None of these states.
        categories: One of these categories; empty: any.
        priority: This priority or a more urgent one (a lower number).
        service: This service.
        team: This team.
        assignee: This assignee.
        fields: These values of own fields.
        since: Not ended before this instant, in microseconds.
        until: Begun before this instant, in microseconds.
        order: By id, latest first; by due instant, soonest first, only what has one; by when it
            began, latest first, and then the cost of a page does not grow with what lies outside
            *since* and *until*; or what still owes something, whoever has owed longest first, in
            one page.
        after: The cursor of the last subject of the page before.
        limit: At most so many.

    """

    tenant: str
    kind: str = INCIDENT
    states: tuple[str, ...] = ()
    other_states: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    priority: int | None = None
    service: str | None = None
    team: str | None = None
    assignee: str | None = None
    fields: Mapping[str, FieldValue] = Factory(dict)
    since: int | None = None
    until: int | None = None
    order: Order = Order.NEWEST
    after: tuple[int, str] | None = None
    limit: int = 100

    def past(self, last: Stored) -> Query:
        """Return the query for the next page, given the last subject of this one."""
        return evolve(self, after=last.cursor)
