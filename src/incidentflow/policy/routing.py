"""Rules that sort a new incident: a table of conditions, and what follows (rule Q4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from attrs import field

from incidentflow.errors import InvalidInput, nearest
from incidentflow.policy.categories import category_problem
from incidentflow.policy.conditions import CONDITIONS, fulfils, shown, wanted
from incidentflow.policy.fields import FieldRule
from incidentflow.words import FieldValue, Priority, frozen, line

STANDARD = (*CONDITIONS, "requester", "source")
CLASSES = ("category", "service")
PEOPLE = ("team", "assignee")
Conditions = tuple[tuple[str, FieldValue], ...]
Given = Mapping[str, FieldValue] | Conditions


def conditions(given: Given) -> Conditions:
    """
    Read conditions, from the values that they ask for by name.

    Raises:
        InvalidInput: They are no values by name.

    """
    known = wanted(given, "when")
    if "priority" in known:
        known["priority"] = Priority.parse(known["priority"])
    return tuple(sorted(known.items()))


def fits(when: Conditions, facts: Mapping[str, object]) -> bool:
    """Whether what is known of an incident fulfils every condition."""
    return all(fulfils(name, facts.get(name), wanted) for name, wanted in when)


@frozen
class Route:
    """
    What follows for a new incident that fulfils every condition, and of which nobody said it.

    Attributes:
        when: The conditions, as ``{"service": "mail", "priority": 1}``: priority, category (and
            everything below it), service, customer, location, team, requester, source, or an own
            field; none: for all.
        category: The category that it is given.
        service: The service.
        team: The team it is assigned to, if the reporter named neither team nor person.
        assignee: The person, in the same case.
        label: What to call the rule; default its conditions.

    """

    when: tuple[tuple[str, FieldValue], ...] = field(converter=conditions)
    category: str | None = field(default=None, validator=line())
    service: str | None = field(default=None, validator=line())
    team: str | None = field(default=None, validator=line())
    assignee: str | None = field(default=None, validator=line())
    label: str | None = field(default=None, validator=line())

    @property
    def name(self) -> str:
        """What it is called where it fired, such as ``"service mail, P1"``."""
        return self.label or shown(self.when)

    @property
    def gives(self) -> dict[str, str]:
        """What follows, by name."""
        values = ((name, getattr(self, name)) for name in (*CLASSES, *PEOPLE))
        return {name: value for name, value in values if value is not None}

    def fits(self, facts: Mapping[str, object]) -> bool:
        """Whether what is known of an incident fulfils every condition."""
        return fits(self.when, facts)


def fired(
    rules: Iterable[Route], facts: Mapping[str, object]
) -> Iterator[tuple[str, dict[str, str]]]:
    """
    Go through the rules from the top: each sees what those above it gave.

    Args:
        rules: The rules, in order.
        facts: What is known of the incident, own fields by their names too.

    Yields:
        The name of each rule that gives something which nobody said, and what it gives.

    """
    known = {name: value for name, value in facts.items() if value is not None}
    for rule in rules:
        if rule.fits(known):
            is_assigned = any(name in known for name in PEOPLE)
            gives = {
                name: value
                for name, value in rule.gives.items()
                if name not in known and not (is_assigned and name in PEOPLE)
            }
            known |= gives
            if gives:
                yield rule.name, gives


def route_problems(
    rules: Iterable[Route], fields: Iterable[FieldRule], tree: frozenset[str]
) -> Iterator[str]:
    """Say what cannot work about rules, one sentence each."""
    own = {rule.name: rule for rule in fields}
    for rule in rules:
        asked = dict(rule.when)
        if not rule.gives:
            yield f"route {rule.name!r} gives nothing; name a category, service, team or assignee"
        for name in asked.keys() & rule.gives.keys():
            yield f"route {rule.name!r} gives the {name} that it asks for"
        wrong = category_problem(rule.category, tree)
        if wrong:
            yield f"route {rule.name!r}: {rule.category!r} {wrong}"
        yield from condition_problems(f"route {rule.name!r}", rule.when, own, tree)


def condition_problems(
    rule: str, when: Conditions, own: Mapping[str, FieldRule], tree: frozenset[str]
) -> Iterator[str]:
    """
    Say which conditions can never be fulfilled.

    Args:
        rule: What to call the rule that they are of.
        when: The conditions.
        own: The host's own fields by name.
        tree: Every category; empty: any path is one.

    """
    for name, value in when:
        if name not in (*STANDARD, *own):
            yield f"{rule} asks for {name!r}; {nearest(name, (*STANDARD, *own))}"
        elif name not in STANDARD:
            yield from _misfits(rule, own[name], value)
        elif name != "priority" and not isinstance(value, str):
            yield f"{rule} asks for the {name} {value!r}; give text"
        elif name == "category" and (wrong := category_problem(str(value), tree)):
            yield f"{rule}: {value!r} {wrong}"


def _misfits(rule: str, own: FieldRule, value: FieldValue) -> Iterator[str]:
    try:
        own.read(value)
    except InvalidInput as error:
        yield f"{rule}: {error}"
