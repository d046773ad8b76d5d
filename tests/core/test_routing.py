"""Categories and rules: a new incident is sorted by what is known of it (rule Q4)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput, PolicyError
from incidentflow.policy import FieldRule, Numbering, Policy, Retention, Route, TargetRow
from incidentflow.policy.amounts import Hours
from incidentflow.policy.routing import PEOPLE, fired

TREE = ("network/vpn/berlin", "mail")
OWN = (FieldRule("tier"), FieldRule("seats", "number"), FieldRule("vip", "flag"))

DAY = timedelta(days=1)


def test_a_rule_gives_what_nobody_said() -> None:
    """From the top: each sees what those above it gave, and says its name where it fired."""
    rules = (
        Route({"service": "mail"}, category="mail/queue"),
        Route({"category": "mail", "priority": "P1"}, team="messaging", label="urgent mail"),
        Route({}, team="service desk", assignee="ana"),
    )

    assert [
        ("service mail", {"category": "mail/queue"}),
        ("urgent mail", {"team": "messaging"}),
    ] == [*fired(rules, {"service": "mail", "priority": rules[1].when[1][1]})]
    assert [("any", {"team": "service desk", "assignee": "ana"})] == [*fired(rules, {})]
    assert [] == [*fired(rules, {"category": "mail", "assignee": "bo"})]


@pytest.mark.parametrize(
    ("when", "fits"),
    [
        ({"category": "network"}, True),
        ({"category": "network/vpn"}, True),
        ({"category": "network/vpn/berlin"}, False),
        ({"category": "net"}, False),
        ({"tier": "gold", "seats": 5, "vip": True}, True),
        ({"seats": 6}, False),
        ({"vip": 1}, False),
        ({"customer": "acme"}, False),
    ],
)
def test_a_condition_is_fulfilled_by_what_is_known(when: dict[str, Any], fits: bool) -> None:  # noqa: FBT001 - a value
    """A category by itself and all below it, anything else by the same value of the same type."""
    facts = {"category": "network/vpn", "tier": "gold", "seats": 5, "vip": True, "customer": None}

    assert fits is Route(when, team="x").fits(facts)


NAMES = st.sampled_from(("a", "b", "a/c"))
FACTS = st.fixed_dictionaries(
    {name: st.none() | NAMES for name in ("category", "service", *PEOPLE)}
)


@given(
    st.lists(
        st.builds(
            Route,
            st.dictionaries(st.sampled_from(("category", "service", "team")), NAMES, max_size=2),
            **{name: st.none() | NAMES for name in ("category", "service", *PEOPLE)},
        )
    ),
    FACTS,
)
def test_what_somebody_said_always_stands(rules: list[Route], facts: dict[str, str | None]) -> None:
    """No rule replaces it, none fires for nothing, and nobody is added to who was named."""
    known = {name: value for name, value in facts.items() if value is not None}
    for name, gives in fired(rules, facts):
        assert name in {rule.name for rule in rules}
        assert gives
        assert not gives.keys() & known.keys()
        assert not (known.keys() & {*PEOPLE} and gives.keys() & {*PEOPLE})
        known |= gives


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"categories": ("a//b",)}, "category 'a//b' is no path"),
        ({"categories": ("a/ b",)}, "category 'a/ b' is no path"),
        ({"categories": ("a", "a")}, "category 'a' is declared twice"),
        ({"numbering": (Numbering({}, "sec"),)}, "series 'sec' is no prefix; give ASCII capitals"),
        ({"numbering": (Numbering({"vpi": True}, "S"),)}, "numbering 'vpi True' asks for 'vpi'"),
        (
            {"fields": OWN, "numbering": (Numbering({"vip": "yes"}, "S"),)},
            "numbering 'vip yes': fields.vip",
        ),
        (
            {"categories": ("mail",), "numbering": (Numbering({"category": "mial"}, "S"),)},
            "numbering 'category mial': 'mial' is no category; did you mean 'mail'?",
        ),
        ({"numbering": ("SEC",)}, "give a tuple of Numbering"),
        ({"retention": (Retention(DAY), Retention(DAY))}, "retention '(any)' is declared twice"),
        ({"retention": (Retention(0 * DAY),)}, "retention '(any)' keeps 0s; give up to a century"),
        ({"retention": (Retention(40_000 * DAY),)}, "give up to a century"),
        ({"retention": (Retention(5),)}, "retention '(any)' keeps 5; give up to a century"),
        ({"retention": Retention(DAY)}, "give a tuple of Retention"),
        (
            {"categories": ("network/vpn",), "retention": (Retention(DAY, "network/vpm"),)},
            "retention 'network/vpm' is no category; did you mean 'network/vpn'?",
        ),
        ({"routing": (Route({}),)}, "route 'any' gives nothing; name a category, service, team"),
        ({"routing": (Route({"servce": "a"}, team="b"),)}, "did you mean 'service'?"),
        ({"routing": (Route({"teir": "a"}, team="b"),)}, "did you mean 'tier'?"),
        ({"routing": (Route({"seats": "5"}, team="b"),)}, "is not of the declared type number"),
        (
            {"routing": (Route({"service": "a"}, service="b"),)},
            "route 'service a' gives the service that it asks for",
        ),
        (
            {"routing": (Route({"category": "network/vpm"}, team="a"),)},
            "route 'category network/vpm': 'network/vpm' is no category; did you mean 'network/",
        ),
        (
            {"routing": (Route({}, category="mial"),)},
            "route 'any': 'mial' is no category; did you mean 'mail'?",
        ),
        (
            {"targets": (TargetRow(category="mial", targets={"response": Hours(1)}),)},
            "target 'category mial': 'mial' is no category; did you mean 'mail'?",
        ),
        (
            {"routing": (Route({"service": 5}, team="b"),)},
            "route 'service 5' asks for the service 5; give text",
        ),
        (
            {"routing": (Route({"category": True}, team="b"),)},
            "route 'category True' asks for the category True; give text",
        ),
        (
            {"numbering": (Numbering({"source": 1}, "S"),)},
            "numbering 'source 1' asks for the source 1; give text",
        ),
        ({"routing": ("a",)}, "routing is ('a',); give a tuple of Route"),
    ],
)
def test_rules_that_cannot_work_are_refused(wrong: dict[str, Any], problem: str) -> None:
    """When the policy is built, with the nearest name."""
    with pytest.raises(PolicyError) as caught:
        Policy(**{"fields": OWN, "categories": TREE, **wrong})

    (found,) = caught.value.problems
    assert problem in found


def test_a_priority_in_a_condition_is_one() -> None:
    """By its name or number."""
    assert Route({"priority": 1}, team="a") == Route({"priority": "P1"}, team="a")
    with pytest.raises(InvalidInput, match="is not on the scale"):
        Route({"priority": "P9"}, team="a")


@pytest.mark.parametrize(
    ("when", "problem"),
    [
        (5, "when = 5: are no values by name; give some as {'tier': 'gold'}"),
        (None, "when = None: are no values by name"),
        ("", "when = '': are no values by name"),
        (["service"], r"when = \['service'\]: are no values by name"),
        ((("service",),), "are no values by name"),
        ((("service", "a", "b"),), "are no values by name"),
        (((5, "a"),), "are no values by name"),
        ((("service", "a"), ("service", "b")), "when.service = .*: is given twice; give it once"),
        ({"service": 1.5}, "when.service = 1.5: is no value to ask for; give text, a whole number"),
        ({"service": None}, "when.service = None: is no value to ask for"),
        ({"service": ["a"]}, "is no value to ask for"),
        ({"priority": None}, "when.priority = None: is no value to ask for"),
        ({"bell\a": "a"}, "unprintable"),
    ],
)
def test_conditions_are_values_by_name(when: Any, problem: str) -> None:  # noqa: ANN401 - anything
    """Anything else is refused when a rule is made, and with what would do."""
    for make in (lambda: Route(when, team="a"), lambda: Numbering(when, "S")):
        with pytest.raises(InvalidInput, match=problem):
            make()


def test_every_beginning_of_a_path_is_a_category() -> None:
    """So an incident may be put as deep as is known."""
    assert {"network", "network/vpn", "network/vpn/berlin", "mail"} == Policy(categories=TREE).tree
    assert frozenset() == Policy().tree
