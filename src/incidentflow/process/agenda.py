"""Time is a command too: tick makes what is due happen (rules K18 and K19)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from incidentflow.incident import Case, Command, Entry, Event, Incident
from incidentflow.incident.parts import Postponed
from incidentflow.words import evolve, show


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

    def describe(self) -> str:
        """Say what, why and until when."""
        return f"{self.code} postponed until {show(self.until)}: {self.why}"


@frozen(kw_only=True)
class Tick(Command):
    """Let time pass: record the facts that fell due and do the acts that are due."""

    def decide(self, case: Case) -> Iterable[Event]:
        """Decide nothing by itself; the engine takes what is due from the agenda."""
        del case
        return ()
