"""
Hypothesis strategies for everything that can be asked of an incident.

The pools are small on purpose: what is rare in life, such as one person in two roles, is common
here. A command's inputs are drawn by name, so a new command with a new input must add it to
`inputs`; a test asserts that every command class is generated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from attrs import NOTHING, evolve, fields
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput
from incidentflow.incident import Command, Incident
from incidentflow.incident.parts import Confidence, EtaAudience
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import FieldRule, OnChange, Policy
from incidentflow.process import COMMANDS, Cancel, Hold
from incidentflow.process.corrections import MILESTONES
from incidentflow.process.investigation import FindingKind
from incidentflow.testing.clock import MONDAY
from incidentflow.words import Actor, Impact, Priority, Severity, Urgency, frozen

PEOPLE = ("ana", "bo", "cy")
TEAMS = ("mail", "network")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHRASES = ("said so", "größer", "停電", "100 % {no} %s", "עברית\u200f!", "x" * 80)
SELDOM = frozenset(
    {
        "at",
        "description",
        "fields",
        "give_up_key",
        "items",
        "source_sequence",
        "to",
        "transfer",
    }
)
TEXTS = (
    "business_impact",
    "cause",
    "comment",
    "customer",
    "description",
    "label",
    "location",
    "note",
    "raw",
    "reference",
    "root_cause",
    "service",
    "source",
    "summary",
    "text",
    "title",
    "went_badly",
    "went_well",
)

Drawn = Mapping[str, st.SearchStrategy[Any]]


@frozen
class Vocabulary:
    """The names that a lifecycle, a policy and other incidents give to inputs."""

    states: tuple[str, ...]
    triggers: tuple[str, ...]
    holds: tuple[str, ...]
    cancels: tuple[str, ...]
    codes: tuple[str, ...]
    rules: tuple[FieldRule, ...]
    others: tuple[str, ...]

    @classmethod
    def of(
        cls, lifecycle: Lifecycle, policy: Policy, others: Sequence[Incident] = ()
    ) -> Vocabulary:
        """Gather it."""
        return cls(
            states=tuple(lifecycle.places),
            triggers=tuple(
                sorted(
                    {step.trigger for step in lifecycle.steps} - {kind.trigger for kind in COMMANDS}
                )
            ),
            holds=tuple(reason.name for reason in policy.hold_reasons),
            cancels=policy.cancel_reasons,
            codes=policy.resolution_codes,
            rules=policy.fields,
            others=tuple(name for other in others for name in (other.id, other.number) if name),
        )


def actors() -> st.SearchStrategy[Actor]:
    """Draw people, a monitor and a service."""
    return st.sampled_from((*PEOPLE, "monitor:probe-3", "service:chat")).map(Actor.parse)


def texts() -> st.SearchStrategy[str]:
    """Draw visible text, of any script."""
    alphabet = st.characters(codec="utf-8", categories=("L", "N", "P", "S"))
    return st.one_of(st.just("said so"), st.text(alphabet, min_size=1, max_size=10))


def instants(around: datetime = MONDAY, days: int = 20) -> st.SearchStrategy[datetime]:
    """Draw instants before and after one, more often after."""
    hours = st.integers(-days, 24 * days).map(lambda number: number * HOUR)
    return st.one_of(hours, st.timedeltas(-DAY, days * DAY)).map(lambda span: around + span)


def spans() -> st.SearchStrategy[timedelta]:
    """Draw how long nothing happens: often not at all, sometimes for weeks."""
    usual = st.sampled_from((timedelta(0), timedelta(minutes=4), HOUR, DAY, 5 * DAY, 15 * DAY))
    return st.one_of(usual, st.timedeltas(timedelta(0), 3 * DAY))


def own_values() -> Drawn:
    """Say how a value of each type of own field is drawn."""
    whole = st.integers(-(10**6), (1 << 63) - 1)
    return {"text": texts(), "number": whole, "flag": st.booleans()}


def own_fields(rules: Sequence[FieldRule]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw values for some declared own fields."""
    values = own_values()
    return st.fixed_dictionaries({}, optional={rule.name: values[rule.type] for rule in rules})


def inputs(words: Vocabulary, wrong: str = "nonsense") -> Drawn:
    """
    Say how each input of each command is drawn, by its name; times lie around `MONDAY`.

    Args:
        words: The names that are known.
        wrong: A name that is known nowhere, drawn now and then; empty: none is.

    """

    def one_of(*names: str) -> st.SearchStrategy[str]:
        known = (*names, wrong) if wrong else names
        return st.sampled_from(known) if known else st.nothing()

    people, times, flags = st.sampled_from(PEOPLE), instants(), st.booleans()
    text, states, holds = st.sampled_from(PHRASES), one_of(*words.states), one_of(*words.holds)
    past = st.timedeltas(-3 * DAY, timedelta(minutes=10)).map(lambda span: MONDAY + span)
    known = {
        "approved_by": people,
        "assignee": people,
        "at": past,
        "axis": st.sampled_from(("functional", "hierarchical")),
        "by": actors(),
        "cascade": flags,
        "category": st.sampled_from(("network/vpn", "mail")),
        "child": one_of(*words.others),
        "clocks": st.sampled_from(((), ("response", "update"), ("restoration",))),
        "code": one_of(*(words.codes or ("fixed",))),
        "communications_lead": people,
        "dedup_key": st.sampled_from(("mail-queue", "disk")),
        "evidence": st.lists(text, max_size=2),
        "fields": own_fields(words.rules),
        "hold_reason": holds,
        "impact": st.sampled_from(Impact),
        "incident_manager": people,
        "into": one_of(*words.others),
        "items": st.lists(text, max_size=2),
        "kind_of": st.sampled_from(FindingKind),
        "matter": st.sampled_from(("case-1", "case-2")),
        "confidence": st.sampled_from(Confidence),
        "eta_audience": st.sampled_from(EtaAudience),
        "milestone": st.sampled_from(sorted(MILESTONES)),
        "mode": st.sampled_from(OnChange),
        "number": one_of(*words.others),
        "parent": one_of(*words.others),
        "priority": st.sampled_from(Priority),
        "reason": text,
        "requester": people,
        "severity": st.sampled_from(Severity),
        "source_sequence": st.integers(-1, 5),
        "state": states,
        "step": one_of(*words.triggers),
        "target": st.sampled_from((*PEOPLE, *TEAMS)),
        "team": st.sampled_from(TEAMS),
        "to": st.one_of(st.none(), st.none(), states),
        "urgency": st.sampled_from(Urgency),
        "was_at": past,
    }
    dates = ("detected_at", "eta", "next_update_at", "occurred_at", "until")
    return {
        **dict.fromkeys(TEXTS, text),
        **dict.fromkeys(dates, times),
        **dict.fromkeys(("agreed", "ends_with_axes", "give_up_key", "transfer"), flags),
        **known,
    }


def inputs_of(kind: type[Command], words: Vocabulary, wrong: str = "nonsense") -> Drawn:
    """Say how the inputs of one kind of command are drawn, where its reasons are configured."""
    drawn = inputs(words, wrong)
    if kind is Hold:
        return {**drawn, "reason": drawn["hold_reason"]}
    if kind is Cancel:
        return {**drawn, "reason": inputs(evolve(words, holds=words.cancels), wrong)["hold_reason"]}
    return drawn


def command(kind: type[Command], drawn: Drawn, *always: str) -> st.SearchStrategy[Command]:
    """
    Draw one kind of command.

    Args:
        kind: Its class.
        drawn: What `inputs` answered.
        always: Names of inputs that are given although they are optional.

    """
    needed: dict[str, st.SearchStrategy[Any]] = {}
    optional: dict[str, st.SearchStrategy[Any]] = {}
    for each in fields(kind):
        known = needed if each.default is NOTHING or each.name in always else optional
        known[each.name] = drawn[each.name]
    return _built(kind, needed, optional).filter(bool)  # type: ignore[return-value] # None is filtered


@st.composite
def _built(draw: st.DrawFn, kind: type[Command], needed: Drawn, optional: Drawn) -> Command | None:
    some = st.integers(0, (1 << len(optional)) - 1)
    chosen = draw(some) & draw(some)
    given = {name: draw(strategy) for name, strategy in needed.items()}
    for place, (name, strategy) in enumerate(optional.items()):
        if chosen >> place & 1:
            given[name] = draw(strategy)
    if ("milestone" in given) is not ("was_at" in given):
        given = {name: given[name] for name in given.keys() - {"milestone", "was_at"}}
    try:
        return kind(**given)
    except InvalidInput:
        return None


@st.composite
def commands(
    draw: st.DrawFn,
    lifecycle: Lifecycle,
    policy: Policy,
    *,
    now: datetime = MONDAY,
    others: Sequence[Incident] = (),
) -> Command:
    """
    Draw any command: valid or not, complete or not, backdated or not.

    Args:
        draw: Given by Hypothesis.
        lifecycle: Where states and steps come from.
        policy: Where reasons, codes and own fields come from.
        now: The instant around which its world-times lie.
        others: Incidents to merge into.

    """
    pool = _pool(Vocabulary.of(lifecycle, policy, others))
    kind = draw(st.sampled_from(COMMANDS))
    return moved(draw(pool[kind][draw(st.booleans())]), now - MONDAY)


def moved(command: Command, span: timedelta) -> Command:
    """Move every instant in a command by the same span."""
    given = ((each.name, getattr(command, each.name)) for each in fields(type(command)))
    times: dict[str, Any] = {
        name: value + span for name, value in given if isinstance(value, datetime)
    }
    return evolve(command, **times)


@lru_cache(maxsize=100)
def _pool(
    words: Vocabulary,
) -> Mapping[type[Command], tuple[st.SearchStrategy[Command], st.SearchStrategy[Command]]]:
    drawn = {kind: inputs_of(kind, words) for kind in COMMANDS}
    return {
        kind: (command(kind, each), command(kind, each, *(each.keys() - SELDOM)))
        for kind, each in drawn.items()
    }
