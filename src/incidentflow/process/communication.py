"""Communication: stakeholders are told, with a promise and an estimate (rules C1 and C2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from attrs import field

from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.parts import Confidence, Estimate, EtaAudience, StakeholderNews
from incidentflow.incident.places import ANYWHERE
from incidentflow.words import aware, evolve, frozen, member, personal, prose, to_utc


def _confidence(value: Confidence | str | None) -> Confidence | None:
    return None if value is None else member(Confidence, value, "confidence")


def _eta_audience(value: EtaAudience | str) -> EtaAudience:
    return member(EtaAudience, value, "eta_audience")


@frozen
class StakeholdersUpdated(Event):
    """Stakeholders were told how it stands."""

    text: str = personal()
    next_update_at: datetime | None = None
    eta: datetime | None = None
    confidence: Confidence | None = None
    eta_audience: EtaAudience = EtaAudience.INTERNAL

    @property
    def public_eta(self) -> datetime | None:
        """The estimate, where everybody may read it."""
        return self.eta if self.eta_audience is EtaAudience.PUBLIC else None

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Keep the latest word and every estimate; an estimate that moved back is counted."""
        news = StakeholderNews(entry.at, self.text, self.next_update_at, self.eta)
        estimates, slipped = incident.estimates, False
        last = estimates[-1] if estimates else None
        if self.eta is not None:
            said = Estimate(entry.at, self.eta, self.confidence, self.eta_audience)
            is_news = last is None or evolve(last, at=said.at) != said
            estimates = (*estimates, said) if is_news else estimates
            slipped = last is not None and self.eta > last.eta
        counts = incident.counts
        counts = evolve(counts, updates=counts.updates + 1, eta_slips=counts.eta_slips + slipped)
        return evolve(incident, news=news, estimates=estimates, counts=counts)


@frozen(kw_only=True)
class StakeholderUpdate(Command):
    """
    Tell stakeholders how it stands.

    Args:
        text: The public text; internal words are notes (rule C4).
        next_update_at: When they hear more: a promise.
        eta: When it is expected to be resolved: an estimate.
        confidence: How sure that is: ``"low"``, ``"medium"`` or ``"high"``.
        eta_audience: Who reads the estimate: ``"internal"``, those who work on the incident; or
            ``"public"``, everybody who is told (rule C2).

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    text: str = field(validator=prose)
    next_update_at: datetime | None = field(default=None, converter=to_utc, validator=aware)
    eta: datetime | None = field(default=None, converter=to_utc, validator=aware)
    confidence: Confidence | None = field(default=None, converter=_confidence)
    eta_audience: EtaAudience = field(default=EtaAudience.INTERNAL, converter=_eta_audience)

    def decide(self, case: Case) -> Iterable[Event]:
        """Update them; promise and estimate lie ahead, and somebody may keep the promise."""
        if self.next_update_at is not None and self.next_update_at <= case.at:
            case.refuse("next_update_at.past", "next_update_at", given=self.next_update_at)
        if self.next_update_at is not None and case.incident.place.category is Category.TERMINAL:
            case.refuse("next_update_at.over", "next_update_at")
        if self.eta is not None and self.eta <= case.at:
            case.refuse("eta.past", "eta", given=self.eta)
        if self.eta is None and self.confidence is not None:
            case.refuse("confidence.unused", "eta")
        yield StakeholdersUpdated(
            self.text, self.next_update_at, self.eta, self.confidence, self.eta_audience
        )
