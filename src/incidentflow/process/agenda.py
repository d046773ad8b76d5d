"""Time is a command too: tick makes what is due happen (rules K18 and K19)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from incidentflow.incident import Case, Command, Entry, Event, Incident
from incidentflow.incident.agenda import Due
from incidentflow.incident.parts import Postponed
from incidentflow.process import closing, deadlines, hold, requirements
from incidentflow.words import evolve, frozen

AGENDAS = (deadlines.agenda, hold.agenda, closing.agenda, requirements.agenda)


def agenda(incident: Incident) -> tuple[Due, ...]:
    """List everything that will fall due, soonest first (rule K18)."""
    later = {each.code: each.until for each in incident.postponed}
    dues = (due for contribute in AGENDAS for due in contribute(incident))
    moved = (
        evolve(due, at=max(due.at, later[due.code]), since=due.at) if due.code in later else due
        for due in dues
    )
    return tuple(sorted(moved, key=lambda due: (due.at, due.code)))


def decisive(incident: Incident) -> tuple[object, ...]:
    """Name everything that the agenda is made from; without the first four nothing is due."""
    first = (incident.clocks, incident.hold, incident.auto_close_at, incident.requirements)
    return (*first, incident.postponed, incident.major) if any(first) else ()


@frozen
class ActPostponed(Event):
    """A thing that was due was refused; it is looked at again later (rule K18)."""

    code: str
    until: datetime
    why: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Remember when to look again."""
        del entry
        others = tuple(each for each in incident.postponed if each.code != self.code)
        return evolve(incident, postponed=(*others, Postponed(self.code, self.until)))


@frozen(kw_only=True)
class Tick(Command):
    """Let time pass: record the facts that fell due and do the acts that are due."""

    instead: ClassVar[tuple[str, ...]] = ("the desk's own tick()",)

    def decide(self, case: Case) -> Iterable[Event]:
        """Decide nothing by itself; the engine takes what is due from the agenda."""
        del case
        return ()
