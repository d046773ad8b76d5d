"""
What a host writes, as a type checker sees it; checked by mypy, never run.

Every line that must not type-check says which error it expects.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from attrs import evolve, frozen

from incidentflow import engine
from incidentflow.engine import Commit, Practice
from incidentflow.errors import Failure, IncidentflowError, TransitionRefused
from incidentflow.incident import Case, Command, Entry, Event, Incident
from incidentflow.lifecycle import AskedFor, Lifecycle, Option, State, Step
from incidentflow.policy import FieldRule, HoldReason, Matrix, Policy
from incidentflow.process import (
    AcceptMajor,
    Acknowledge,
    Advance,
    Assign,
    Cancel,
    Close,
    CompleteReview,
    Correct,
    DraftReview,
    Escalate,
    Finding,
    Hold,
    Identify,
    Merge,
    Mitigate,
    Note,
    OverridePriority,
    Reclassify,
    Reinstate,
    Relapse,
    Reopen,
    Report,
    Resolve,
    Resume,
    ReturnToQueue,
    SetFields,
    StakeholderUpdate,
    Triage,
    WaiveReview,
)
from incidentflow.profiles import ITIL
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.words import Actor, ActorKind, Impact, Priority

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
ANA = Actor(ActorKind.PERSON, "ana")

# Commands take actors or text, ranks by member, number or name, one name or several.
COMMANDS: tuple[Command, ...] = (
    Report(by="ana", title="Mail queue stuck", impact="high", urgency=1, items="mx1"),
    Report(by=ANA, title="Disk full", impact=Impact.HIGH, items=("mx1", "mx2"), to="triaged"),
    Triage(by=ANA, category="mail/queue", impact=2, urgency="low", severity="sev2"),
    Acknowledge(by="monitor:probe-3", assignee="bo", at=NOW),
    Assign(by=ANA, team="mail"),
    ReturnToQueue(by=ANA, reason="not ours"),
    Hold(by=ANA, reason="scheduled", until=NOW + timedelta(hours=1)),
    Resume(by=ANA, to="in_progress"),
    Mitigate(by=ANA, note="bypass"),
    Relapse(by=ANA, note="bypass melted"),
    Escalate(by=ANA, target="boss", reason="shop is down", axis="hierarchical"),
    Finding(by=ANA, text="disk is full", kind_of="observation", evidence=["https://graphs/7"]),
    Identify(by=ANA, cause="a disk"),
    StakeholderUpdate(by=ANA, text="we are on it", next_update_at=NOW),
    Note(by=ANA, text="coffee is out", fields={"tier": "gold", "seats": 3, "vip": True}),
    SetFields(by=ANA, fields={"tier": "gold"}),
    Reclassify(by=ANA, category="disk"),
    OverridePriority(by=ANA, priority="p1", reason="board"),
    AcceptMajor(by=ANA, business_impact="shop", incident_manager="bo", communications_lead="cy"),
    Resolve(by=ANA, code="fixed", note="restarted"),
    Reopen(by=ANA, reason="back again", to="on_hold", hold_reason="awaiting_vendor"),
    DraftReview(by=ANA, summary="a disk"),
    CompleteReview(by=ANA, root_cause="firmware"),
    WaiveReview(by=ANA, reason="drill", approved_by="bo"),
    Close(by=ANA),
    Cancel(by=ANA, reason="test"),
    Reinstate(by=ANA, reason="happened again"),
    Merge(by=ANA, into="INC-0000002"),
    Correct(by=ANA, reason="call log", milestone="detected_at", was_at=NOW),
    Advance(by=ANA, step="contain", note="valve shut"),
)
Acknowledge("ana")  # type: ignore[call-arg]
Resolve(by="ana", code=5)  # type: ignore[arg-type]
Note(by="ana")  # type: ignore[call-arg]
COMMANDS[0].at = NOW  # type: ignore[misc]


# A policy is a value.
POLICY = Policy(
    matrix=Matrix("ours", "impact", "", ((1,), (2,))),
    hold_reasons=(HoldReason("parked", needs="comment"),),
    resolution_codes=("fixed", "workaround"),
    fields=(FieldRule("tier", required_at="resolve"), FieldRule("seats", "number")),
    auto_close=timedelta(days=3),
)
STRICTER: Policy = evolve(POLICY, require_assignee=True)


# A guard is a function of a case.
def on_weekdays(case: Case) -> Failure | None:
    """Pass from Monday to Friday."""
    if case.now.isoweekday() <= 5:
        return None
    return Failure("weekend", {"text": "come back on Monday"})


OURS: Lifecycle = ITIL.extend(
    State("contained", category="open", marks={"restored"}),
    Step("contain", "in_progress", "contained", needs=("note",), guards=on_weekdays),
    Step("contain", ("new", "triaged"), "contained", guards=(AskedFor("contained"), on_weekdays)),
    Step("resolve", "contained", "resolved", needs="note"),
    name="ours",
    parked="on_hold",
)


# A host's own command yields the host's own events.
@frozen
class Paged(Event):
    """Somebody was rung out of bed."""

    whom: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Make the one who was woken the assignee."""
        del entry
        return evolve(incident, assignee=self.whom)


@frozen(kw_only=True)
class Page(Command):
    """Ring somebody out of bed."""

    whom: str

    def decide(self, case: Case) -> Iterable[Event]:
        """Ring, unless it can wait."""
        if case.incident.priority is not Priority.P1:
            case.refuse("page.not_urgent", text="it can wait until morning")
        yield Paged(self.whom)


# The engine is one function of values.
def decide(incident: Incident) -> Commit | None:
    """Decide without a store."""
    try:
        return engine.decide(incident, [Page(by="ana", whom="bo")], Practice(OURS, POLICY), NOW)
    except TransitionRefused as refused:
        first: Failure = refused.failures[0]
        steps: tuple[str, ...] = refused.open_steps
        print(first.code, steps)  # noqa: T201 - never run
    except IncidentflowError as error:
        print(error.code)  # noqa: T201 - never run
    return None


def rehearse() -> tuple[Option, ...]:
    """Try a lifecycle before a desk has it."""
    life = Rehearsal(OURS, POLICY)
    life.report(title="Valve leaks", impact="high")
    life.tick(days=3)
    milestone: datetime | None = life.incident.episode.acknowledged_at
    state: str = life.incident.state
    print(milestone, state, life.entries[-1].recorded_at)  # noqa: T201 - never run
    return life.options(by=ANA)
