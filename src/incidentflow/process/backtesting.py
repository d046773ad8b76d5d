"""Backtesting: what the clocks of an incident would have done under another policy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from incidentflow.incident import Entry, Event, Incident, apply
from incidentflow.incident.clocks import Clock
from incidentflow.policy import Policy
from incidentflow.process import clocking
from incidentflow.process.agenda import agenda
from incidentflow.process.clocks import ClockEvent, ClockRetargeted, ClockStarted
from incidentflow.words import SYSTEM

OWN = (ClockEvent, ClockRetargeted, ClockStarted)
"""What clocks did under the policy of then; everything else is a fact."""


def backtest(entries: Iterable[Entry], policy: Policy, until: datetime) -> tuple[Clock, ...]:
    """
    Return an incident's clocks as they would be if another policy had been at work.

    What happened stands, with its times, and so do the priorities of then; clocks are started,
    paused, stopped and settled anew by the rules that the engine goes by.

    Args:
        entries: The incident's journal, in the order of recording.
        policy: The other policy.
        until: Up to when what was due is settled.

    """
    incident = Incident(tenant="", id="")
    for turn in _turns(entries):
        incident = _settled(incident, turn[0].due or turn[0].recorded_at)
        before = incident
        for entry in turn:
            incident = apply(incident, entry)
        for event, at in clocking.follow(before, incident, turn, policy):
            incident = _happened(incident, event, at, turn[0].recorded_at)
    return _settled(incident, until).clocks


def _turns(entries: Iterable[Entry]) -> Iterator[Sequence[Entry]]:
    """
    Part what happened into commands, as far as a journal tells them apart.

    What clocks did follows what a command did, and so ends it. A move begins one, as do another
    instant, the same again, what time does, and what somebody does after that.
    """
    turn: list[Entry] = []
    for entry in entries:
        own = isinstance(entry.event, OWN)
        if turn and (own or _begins(entry, turn)):
            yield turn
            turn = []
        if not own:
            turn.append(entry)
    if turn:
        yield turn


def _begins(entry: Entry, turn: Sequence[Entry]) -> bool:
    """Whether an entry is the first of another command than those before it."""
    if entry.to is not None or entry.due is not None or _instants(entry) != _instants(turn[0]):
        return True
    by_time = turn[0].due is not None and entry.by != SYSTEM
    return by_time or any(entry.kind == each.kind for each in turn)


def _instants(entry: Entry) -> tuple[datetime, datetime]:
    return entry.at, entry.recorded_at


def _settled(incident: Incident, now: datetime) -> Incident:
    """Let happen to the clocks what was due."""
    while True:
        due = next((each for each in agenda(incident) if isinstance(each.what, ClockEvent)), None)
        if due is None or due.at > now or not isinstance(due.what, ClockEvent):
            return incident
        incident = _happened(incident, due.what, due.fell_due, now)


def _happened(incident: Incident, event: Event, at: datetime, now: datetime) -> Incident:
    return apply(incident, Entry(incident.version + 1, at, now, SYSTEM, event))
