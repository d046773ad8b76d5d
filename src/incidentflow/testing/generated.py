"""Hypothesis strategies for what a host configures: policies and sound lifecycles."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from itertools import pairwise

from hypothesis import strategies as st

from incidentflow.errors import Failure
from incidentflow.incident import Case, Category, Mark
from incidentflow.lifecycle import AskedFor, Guard, Lifecycle, State, Step
from incidentflow.lifecycle.checks import problems
from incidentflow.policy import (
    MATRICES,
    Because,
    BusinessDays,
    ClockRule,
    FieldRule,
    HoldReason,
    Hours,
    OnChange,
    OnReopen,
    Policy,
    RequirementRule,
    TargetRow,
)
from incidentflow.words import Priority, frozen

FLAGS = ("red", "green")
OWN_FIELDS = (
    *(FieldRule(flag, "flag") for flag in FLAGS),
    FieldRule("tier", required_at=("mitigate",)),
    FieldRule("seats", "number"),
    FieldRule("phone", personal=True),
)
HOLDS = (
    HoldReason("waiting", needs=("comment", "until"), pauses=("restoration", "resolution")),
    HoldReason("parked", ("reference",), pauses=("restoration",), if_agreed=True),
)
EVERY_CLOCK = (
    TargetRow(
        targets={
            "response": Hours(minutes=30),
            "restoration": Hours(6),
            "resolution": BusinessDays(2, "close"),
            "update": Hours(1),
        },
        calendar="office hours",
    ),
    TargetRow(targets={"restoration": Hours(1), "resolution": Hours(3)}, priority=1),
    TargetRow(targets={"restoration": Hours(20), "resolution": None}, priority=3),
)


def _clocks(on_change: OnChange, on_reopen: OnReopen) -> tuple[ClockRule, ...]:
    return (
        ClockRule("response", stops="answered", pausable=False, on_reopen="never"),
        ClockRule("restoration", stops="restored", on_change=on_change, on_reopen=on_reopen),
        ClockRule("resolution", stops="resolved", on_change=on_change, on_reopen=on_reopen),
        ClockRule(
            "update",
            starts="triaged",
            stops="resolved",
            restarts="updated",
            pauses=("waiting", "event:described"),
            resumes=("left:waiting", "working"),
        ),
    )


BLOCKING = RequirementRule(Because.PRIORITY, timedelta(days=2), blocks=True, priority=Priority.P2)
SEVERAL = ("go", "back", "drop", "resume", "reopen")
NEEDS: Mapping[str, tuple[str, ...]] = {
    "go": ("note",),
    "back": ("note",),
    "drop": (),
    "acknowledge": ("assignee",),
    "hold": ("comment",),
    "resolve": ("code",),
    "resume": (),
    "reopen": ("reason",),
    "close": ("reason",),
    "cancel": ("note",),
}


@frozen
class Flagged:
    """
    A guard that reads its outcome from the incident: it passes while an own field is true.

    Attributes:
        name: The own field, one of `FLAGS`.

    """

    name: str

    def __call__(self, case: Case) -> Failure | None:
        """Pass while the flag is set; no input of the command can help."""
        if case.incident.field(self.name) is True:
            return None
        return Failure(f"{self.name}.unset", {"text": f"{self.name} is not set"})


def policies() -> st.SearchStrategy[Policy]:
    """Draw policies: the default one with small variations."""
    windows = st.sampled_from((timedelta(days=14), timedelta(0), None))
    usual = Policy()
    return st.builds(
        Policy,
        matrix=st.sampled_from(tuple(MATRICES.values())),
        hold_reasons=st.sampled_from((usual.hold_reasons, HOLDS, HOLDS[:1], ())),
        cancel_reasons=st.sampled_from((usual.cancel_reasons, ("test",), ())),
        resolution_codes=st.sampled_from(((), ("fixed", "workaround"))),
        require_assignee=st.booleans(),
        reopen_window=windows,
        reinstate_window=windows,
        reopen_closed=st.booleans(),
        close_unresolved=st.booleans(),
        auto_close=st.sampled_from((timedelta(days=5), timedelta(hours=1), timedelta(0))),
        requirements=st.sampled_from((usual.requirements, (*usual.requirements, BLOCKING))),
        fields=st.just(OWN_FIELDS),
        clocks=st.builds(_clocks, st.sampled_from(OnChange), st.sampled_from(OnReopen)),
        targets=st.sampled_from((usual.targets, EVERY_CLOCK, ())),
    )


@st.composite
def lifecycles(draw: st.DrawFn) -> Lifecycle:
    """Draw sound lifecycles: a straight way to the end, and any further steps that stay sound."""
    between = [f"s{n}" for n in range(draw(st.integers(1, 3)))]
    marks = st.sets(st.sampled_from((Mark.WORKING, Mark.WAITING, Mark.RESTORED)), max_size=2)
    states = (
        State("new", Category.TRIAGE, marks=draw(marks) - {Mark.WAITING} | {Mark.WORKING}),
        *(State(name, Category.OPEN, marks=draw(marks)) for name in between),
        State("fixed", Category.DONE, marks={Mark.RESTORED, Mark.RESOLVED}),
        State("gone", Category.TERMINAL),
    )
    names = [state.name for state in states]
    steps = [
        Step("report", None, "new"),
        *(Step("go", source, to) for source, to in pairwise(names[:-2])),
        Step("resolve", names[-3], "fixed"),
        Step("close", "fixed", "gone", guards=draw(_guards())),
        *(Step("drop", name, "gone") for name in names[:-1]),
    ]
    for _ in range(draw(st.integers(0, 12))):
        step = draw(_steps(names, steps[1:]))
        if not list(problems(states, (*steps, step))):
            steps.append(step)
    return Lifecycle("generated", states, tuple(steps))


@st.composite
def _steps(draw: st.DrawFn, names: list[str], steps: list[Step]) -> Step:
    if draw(st.booleans()):
        trigger = draw(st.sampled_from(tuple(NEEDS)))
        sources = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    else:
        beside = draw(st.sampled_from(steps))
        trigger, sources = beside.trigger, [*beside.sources]
    to = draw(st.sampled_from(names))
    return Step(
        trigger,
        sources,
        to,
        needs=draw(st.sampled_from(((), ("tier",), NEEDS[trigger]))),
        guards=draw(_guards(*((to,) if trigger in SEVERAL else ()))),
    )


def _guards(*to: str) -> st.SearchStrategy[list[Guard]]:
    flagged: st.SearchStrategy[Guard] = st.builds(Flagged, st.sampled_from(FLAGS))
    asked = [st.builds(AskedFor, st.just(state), st.booleans()) for state in to]
    return st.lists(st.one_of(flagged, *asked), max_size=2, unique=True)
