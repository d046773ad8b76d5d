"""The pure core: a decision of the lifecycle, and a whole command in memory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from conftest import Compare
from transitions import Machine

from incidentflow import (
    ITIL,
    Acknowledge,
    Close,
    Command,
    Escalate,
    Incident,
    Note,
    Policy,
    Resolve,
    StakeholderUpdate,
    Triage,
    engine,
)
from incidentflow.codec import Codec, Plain
from incidentflow.engine import Practice
from incidentflow.incident import Case
from incidentflow.journal import seal
from incidentflow.lifecycle import Given, Guard
from incidentflow.lifecycle.guards import OwnFieldsGiven, unblocked
from incidentflow.process import Report
from incidentflow.process.resolution import resolution_code_known
from incidentflow.process.triage import classified
from incidentflow.process.work import responder_known
from incidentflow.system import SystemEntropy
from incidentflow.testing.clock import MONDAY

PRACTICE = Practice(ITIL, Policy(subscriptions=(), targets=()))
HEAD = "0" * 64
LIFE: tuple[Command, ...] = (
    Triage(by="ana", category="mail", impact="medium", urgency="medium"),
    Acknowledge(by="ana"),
    Escalate(by="ana", target="network", reason="beyond us"),
    StakeholderUpdate(by="ana", text="we are on it"),
    Resolve(by="ana", code="fixed", note="restarted the relay"),
    Close(by="ana"),
)
TRIGGERS = ("triage", "acknowledge", "resolve", "close")
NEW = engine.decide(
    Incident(tenant="default", id="0" * 36),
    (Report(by="monitor:probe", title="Mail is stuck", service="mail"),),
    PRACTICE,
    MONDAY,
).incident


def stages() -> Sequence[tuple[Incident, Command, datetime]]:
    """Live through a life, and return what stands before each command of it."""
    incident, now, found = NEW, MONDAY, []
    for command in LIFE:
        now += timedelta(minutes=5)
        found.append((incident, command, now))
        incident = engine.decide(incident, (command,), PRACTICE, now).incident
    return found


STAGES = stages()


BY_HAND: Mapping[str, Mapping[str, tuple[str, tuple[Guard, ...]]]] = {
    "new": {"triage": ("triaged", (classified, OwnFieldsGiven("triage")))},
    "triaged": {"acknowledge": ("in_progress", (responder_known, OwnFieldsGiven("acknowledge")))},
    "in_progress": {
        "resolve": (
            "resolved",
            (resolution_code_known, Given("code"), Given("note"), OwnFieldsGiven("resolve")),
        )
    },
    "resolved": {"close": ("closed", (OwnFieldsGiven("close"), unblocked))},
}


def by_hand(case: Case, trigger: str) -> str | None:
    """Decide from a dict written by hand, with the same guards."""
    to, guards = BY_HAND[case.incident.place.state][trigger]
    for guard in guards:
        if guard(case) is not None:
            return None
    return to


@pytest.mark.parametrize("trigger", TRIGGERS)
def bench_decision(compare: Compare, trigger: str) -> None:
    """A decision from the compiled table, against a dict written by hand."""
    case = next(
        Case(incident, command, PRACTICE.policy, now)
        for incident, command, now in STAGES
        if command.trigger == trigger
    )
    assert ITIL.step(case, trigger).state == by_hand(case, trigger)

    compare(
        f"decision: {trigger}",
        lambda: ITIL.step(case, trigger),
        lambda: by_hand(case, trigger),
        number=500,
        at_most=1.5,
    )


class Model:
    """What a bare machine moves to and fro."""

    def there(self, _: Any) -> bool:  # noqa: ANN401 - as transitions calls it
        """Pass."""
        return True


def trigger() -> Callable[[], object]:
    """Return the trigger of a bare machine with one guard, which nothing else listens to."""
    model = Model()
    Machine(
        model,
        states=list(ITIL.places),
        initial="new",
        auto_transitions=False,
        send_event=True,
        transitions=[
            {"trigger": "go", "source": "new", "dest": "triaged", "conditions": "there"},
            {"trigger": "go", "source": "triaged", "dest": "new", "conditions": "there"},
        ],
    )
    return model.go  # type: ignore[attr-defined, no-any-return] # the machine puts it there


@pytest.mark.parametrize("codec", [Codec(), Codec(json=Plain())], ids=["msgspec", "plain"])
@pytest.mark.parametrize("what", ["note", "acknowledge", "life of six"])
def bench_command(
    compare: Compare, what: str, codec: Codec, request: pytest.FixtureRequest
) -> None:
    """Decide, apply, react and hash, against as many bare triggers that do none of it."""
    note = (STAGES[2][0], Note(by="ana", text="looks like the relay"), STAGES[2][2])
    stages = [stage for stage in (note, *STAGES) if stage[1].kind == what] or STAGES
    entropy, go = SystemEntropy(), trigger()

    def ours() -> None:
        for incident, command, now in stages:
            commit = engine.decide(incident, (command,), PRACTICE, now)
            seal(codec, entropy, HEAD, commit.entries)

    def reference() -> None:
        for _ in stages:
            go()

    name = next(part for part in ("msgspec", "plain") if part in request.node.callspec.id)
    compare(f"command: {what}, {name}", ours, reference, number=50, at_most=3)
