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

from attrs import NOTHING, evolve, fields, frozen
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput
from incidentflow.incident import Command, Incident
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import FieldRule, Policy
from incidentflow.process import COMMANDS, Advance, Cancel, Hold, Report
from incidentflow.process.agenda import Tick
from incidentflow.process.corrections import MILESTONES
from incidentflow.process.investigation import FindingKind
from incidentflow.process.work import COMMANDED
from incidentflow.profiles import ITIL
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import SYSTEM, Actor, Impact, Priority, Severity, Urgency

PEOPLE = ("ana", "bo", "cy")
TEAMS = ("mail", "network")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SELDOM = frozenset({"at", "description", "fields", "give_up_key", "items", "to", "transfer"})
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
            triggers=tuple(sorted({step.trigger for step in lifecycle.steps} - COMMANDED)),
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


def own_fields(rules: Sequence[FieldRule]) -> st.SearchStrategy[dict[str, Any]]:
    """Draw values for some declared own fields; now and then a number that is too large."""
    values: Drawn = {
        "text": texts(),
        "number": st.integers(-(10**6), 1 << 63),
        "flag": st.booleans(),
    }
    return st.fixed_dictionaries({}, optional={rule.name: values[rule.type] for rule in rules})


def inputs(words: Vocabulary) -> Drawn:
    """Say how each input of each command is drawn, by its name; times lie around `MONDAY`."""
    people, times, flags, text = st.sampled_from(PEOPLE), instants(), st.booleans(), texts()
    states = st.sampled_from((*words.states, "nowhere"))
    past = st.timedeltas(-3 * DAY, timedelta(minutes=10)).map(lambda span: MONDAY + span)
    holds = st.sampled_from((*words.holds, "no reason"))
    known = {
        "approved_by": people,
        "assignee": people,
        "at": past,
        "axis": st.sampled_from(("functional", "hierarchical")),
        "by": actors(),
        "category": st.sampled_from(("network/vpn", "mail")),
        "code": st.sampled_from((*words.codes, "magic")),
        "communications_lead": people,
        "dedup_key": st.sampled_from(("mail-queue", "disk")),
        "evidence": st.lists(text, max_size=2),
        "fields": own_fields(words.rules),
        "hold_reason": holds,
        "impact": st.sampled_from(Impact),
        "incident_manager": people,
        "into": st.sampled_from((*words.others, "INC-404")),
        "items": st.lists(text, max_size=2),
        "kind_of": st.sampled_from(FindingKind),
        "milestone": st.sampled_from(sorted(MILESTONES)),
        "priority": st.sampled_from(Priority),
        "reason": text,
        "requester": people,
        "severity": st.sampled_from(Severity),
        "state": states,
        "step": st.sampled_from((*words.triggers, "nonsense")),
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
        **dict.fromkeys(("ends_with_axes", "give_up_key", "transfer"), flags),
        **known,
    }


def command(kind: type[Command], drawn: Drawn, *always: str) -> st.SearchStrategy[Command]:
    """
    Draw one kind of command.

    Args:
        kind: Its class.
        drawn: What `inputs` answered.
        always: Names of inputs that are given although they are optional.

    """
    names = {each.name: each.default is NOTHING or each.name in always for each in fields(kind)}
    given = st.fixed_dictionaries(
        {name: drawn[name] for name, needed in names.items() if needed},
        optional={name: drawn[name] for name, needed in names.items() if not needed},
    )
    built: st.SearchStrategy[Any] = given.map(lambda kwargs: _build(kind, kwargs))
    return built.filter(bool)


@st.composite
def commands(
    draw: st.DrawFn,
    lifecycle: Lifecycle,
    policy: Policy,
    *,
    now: datetime = MONDAY,
    state: str = "",
    others: Sequence[Incident] = (),
) -> Command:
    """
    Draw any command: valid or not, complete or not, backdated or not.

    Args:
        draw: Given by Hypothesis.
        lifecycle: Where states and steps come from.
        policy: Where reasons, codes and own fields come from.
        now: The instant around which its world-times lie.
        state: Steps from this state are preferred.
        others: Incidents to merge into.

    """
    here = lifecycle.table.get(state, {})
    hosts = tuple(sorted(here.keys() - COMMANDED))
    words = Vocabulary.of(lifecycle, policy, others)
    pool = _pool(evolve(words, triggers=hosts or words.triggers))
    fitting = [kind for kind in COMMANDS if kind.trigger in here or (hosts and kind is Advance)]
    kind = draw(st.sampled_from((*fitting * 6, *COMMANDS)))
    return moved(draw(pool[kind][draw(st.booleans())]), now - MONDAY)


@st.composite
def lives(
    draw: st.DrawFn,
    lifecycle: Lifecycle = ITIL,
    policy: Policy | None = None,
    *,
    others: Sequence[Incident] = (),
    longest: int = 20,
) -> Rehearsal:
    """Draw the life of one incident, as a rehearsal that has been played."""
    life = Rehearsal(lifecycle, policy, others=others)
    words = Vocabulary.of(lifecycle, life.practice.policy, others)
    life.attempt(draw(_pool(words)[Report][False]))
    for _ in range(draw(st.integers(0, longest))):
        life.now += draw(spans())
        if draw(st.booleans()):
            life.attempt(Tick(by=SYSTEM))
        chosen = commands(
            lifecycle,
            life.practice.policy,
            now=life.now,
            state=life.incident.state,
            others=others,
        )
        life.attempt(draw(chosen))
    return life


def moved(command: Command, span: timedelta) -> Command:
    """Move every instant in a command by the same span."""
    given = ((each.name, getattr(command, each.name)) for each in fields(type(command)))
    times: dict[str, Any] = {
        name: value + span for name, value in given if isinstance(value, datetime)
    }
    return evolve(command, **times)


@lru_cache(maxsize=300)
def _pool(
    words: Vocabulary,
) -> Mapping[type[Command], tuple[st.SearchStrategy[Command], st.SearchStrategy[Command]]]:
    drawn = inputs(words)
    usual = drawn.keys() - SELDOM
    reasons: Mapping[type[Command], Drawn] = {
        Hold: {"reason": drawn["hold_reason"]},
        Cancel: {"reason": st.sampled_from((*words.cancels, "no reason"))},
    }
    known = {kind: {**drawn, **reasons.get(kind, {})} for kind in COMMANDS}
    return {
        kind: (command(kind, these), command(kind, these, *usual)) for kind, these in known.items()
    }


def _build(kind: type[Command], kwargs: Mapping[str, Any]) -> Command | None:
    both = ("milestone" in kwargs) is ("was_at" in kwargs)
    given = (
        kwargs if both else {k: v for k, v in kwargs.items() if k not in ("milestone", "was_at")}
    )
    try:
        return kind(**given)
    except InvalidInput:
        return None
