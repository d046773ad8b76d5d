"""A search over all ways: none leads past a blocking review, and a broken rule is found at once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from attrs import frozen

from incidentflow import ITIL, AcceptMajor, Note, Policy, Report
from incidentflow.engine import Practice
from incidentflow.errors import InvalidInput
from incidentflow.incident import Case, Category, Incident
from incidentflow.incident.case import Command
from incidentflow.incident.parts import MajorStatus
from incidentflow.policy import Because, RequirementRule
from incidentflow.process.notes import Noted
from incidentflow.testing import check_lifecycle, lifecycle_machine, never
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.exploration import Exploration, Move, Node, Stage

MILD = Policy(requirements=(RequirementRule("major", timedelta(days=5)),))
LENIENT = Policy(close_unresolved=True, reopen_closed=True)


def ended_unreviewed(incident: Incident) -> bool:
    """Whether it ended although the review of a major incident still waits."""
    waits = any(each.because is Because.MAJOR and each.is_raised for each in incident.requirements)
    return waits and incident.place.category is Category.TERMINAL


def test_a_major_incident_never_ends_unreviewed() -> None:
    """On any way: close, cancel, merge, demotion, reinstatement, correction, time (rule R1)."""
    search = never(ITIL, LENIENT, ended_unreviewed, depth=4)

    assert search, str(search)
    assert not search.found
    assert search.explored > 1000
    assert f"none up to 4 commands, among {search.explored} kinds of incident" == str(search)


def test_where_the_rule_is_broken_the_shortest_way_is_found() -> None:
    """With a review that does not block: report, accept, end; nothing shorter exists."""
    search = never(ITIL, MILD, ended_unreviewed)
    report, accept, end = (line.command for line in search.script)

    assert not search
    assert 3 == search.depth
    assert isinstance(report, Report)
    assert isinstance(accept, AcceptMajor)
    assert end.kind in {"cancel", "correct", "merge"}
    assert search.incident is not None
    assert ended_unreviewed(search.incident)
    assert never(ITIL, MILD, ended_unreviewed, depth=2)


def test_the_way_can_be_read_and_repeated() -> None:
    """Each line says when, what and where to; the commands are written as their author would."""
    search = never(ITIL, MILD, ended_unreviewed)
    text = str(search)

    assert repr(search) == text
    assert text.startswith(f"found after 3 commands, among {search.explored} kinds of incident:\n")
    assert "  1. 2026-03-02 08:00Z  Report(by='ana', title='said so')  -> new" in text
    assert "business_impact='said so', incident_manager='bo', communications_lead='cy')" in text


@pytest.mark.parametrize(
    ("depth", "predicate"),
    [
        (2, lambda one: one.merged_into is not None),
        (3, lambda one: one.major.status is MajorStatus.DEMOTED),
        (2, lambda one: one.ending == "closed" and one.counts.corrections == 0),
        (2, lambda one: len(one.episodes) > 1),
        (2, lambda one: one.holds and one.updated_at > MONDAY),
        (3, lambda one: one.requirements and one.requirements[0].overdue),
        (2, lambda one: one.counts.corrections > 0),
    ],
)
def test_every_kind_of_way_is_gone(depth: int, predicate: Any) -> None:  # noqa: ANN401
    """Steps, overlays, corrections and the passing of time, each by its shortest way."""
    search = never(ITIL, MILD, predicate)

    assert search.found
    assert depth == search.depth == len(search.script)


def reopened_late(incident: Incident) -> bool:
    """Whether it was reopened more than a fortnight after it was resolved."""
    first, latest = incident.episodes[0], incident.episodes[-1]
    since = first.resolved_at or latest.started_at
    return latest.started_at - since > timedelta(days=14)


def test_windows_end() -> None:
    """Time passes beyond every window, and steps that depend on one are closed then."""
    never_closes = timedelta(0)
    late = never(ITIL, Policy(auto_close=never_closes, reopen_window=None), reopened_late, depth=3)

    assert ["report", "tick", "reopen"] == [line.command.kind for line in late.script]
    assert never(ITIL, Policy(auto_close=never_closes), _by_steps, depth=3)


def _by_steps(incident: Incident) -> bool:
    return reopened_late(incident) and incident.counts.corrections == 0


def test_more_can_be_tried_and_told_apart() -> None:
    """Notes are left out, because no rule looks at them; a predicate may."""

    def notes(incident: Incident) -> Hashable:
        return incident.counts.notes

    def twice(incident: Incident) -> bool:
        return incident.counts.notes == 2

    def note(incident: Incident) -> Iterable[Command]:
        return [Note(by="ana", text="said so")] if incident.version else []

    assert never(ITIL, None, twice, depth=3)
    assert never(ITIL, None, twice, depth=3, also=note)
    assert not never(ITIL, None, twice, depth=3, also=note, tells_apart=notes)


@frozen(kw_only=True)
class Shout(Command):
    """A host's command that takes no step."""

    words: str

    def decide(self, case: Case) -> Any:  # noqa: ANN401 - events
        """Note it."""
        del case
        yield Noted(self.words)


def test_a_host_s_own_commands_are_tried() -> None:
    """With values for what they require."""

    def noted(incident: Incident) -> bool:
        return incident.counts.notes > 0

    assert never(ITIL, None, noted, depth=2)
    assert 2 == never(ITIL, None, noted, depth=2, commands=(Shout,), inputs={"words": "hey"}).depth


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"lifecycle": "ITIL"}, "lifecycle = 'ITIL': is no Lifecycle"),
        ({"policy": 0}, "policy = 0: is no Policy"),
        ({"inputs": ["note"]}, "are no values by name; give a dict"),
        ({"inputs": {"nte": "n"}}, "is no input and no own field; did you mean 'note'?"),
    ],
)
def test_what_a_test_author_gives_by_mistake_is_told(wrong: dict[str, Any], problem: str) -> None:
    """By whatever is asked: a value that nobody looks at would prove nothing."""
    given = {"lifecycle": ITIL, "policy": None, **wrong}
    for ask in (check_lifecycle, lifecycle_machine, partial(never, predicate=ended_unreviewed)):
        with pytest.raises(InvalidInput, match=re.escape(problem)):
            ask(**given)  # type: ignore[operator]  # one of three functions


@pytest.mark.parametrize("depth", [0, -1, 2.0, "2", True])
def test_a_depth_that_is_none_is_refused(depth: Any) -> None:  # noqa: ANN401 - the point
    """It would be looked for ever."""
    with pytest.raises(InvalidInput, match="is no whole number of at least 1"):
        never(ITIL, None, ended_unreviewed, depth=depth)


def test_incidents_of_one_kind_go_the_same_ways() -> None:
    """What is followed once may stand for the others: they have the same options, and dues."""
    stage = Stage(Practice(ITIL, Policy()), {})
    ways: dict[Hashable, set[Hashable]] = defaultdict(set)

    def moves(node: Node) -> Iterable[Move]:
        asked = stage.supplies.beside(node.now) if node.incident.version else ()
        return [*stage.steps(node), *((node.now, each) for each in asked), *stage.waits(node)]

    for node in Exploration(stage, moves, stage.kind_of, 3):
        told = [(one.trigger, one.to, one.openness, one.inputs) for one in stage.options(node)]
        ways[stage.kind_of(node)].add(tuple(told))

    assert len(ways) > 100
    assert {1} == {len(each) for each in ways.values()}
