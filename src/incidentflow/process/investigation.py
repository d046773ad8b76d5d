"""Investigation: what was found, and the cause (rule W1)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from typing import ClassVar

from attrs import field

from incidentflow.incident import Case, Category, Command, Entry, Event, Incident
from incidentflow.incident.places import ANYWHERE
from incidentflow.words import evolve, frozen, member, personal, prose, strings


class FindingKind(enum.Enum):
    """How sure a finding is."""

    OBSERVATION = "observation"
    HYPOTHESIS = "hypothesis"
    RULED_OUT = "ruled_out"


def _kind(value: FindingKind | str) -> FindingKind:
    return member(FindingKind, value, "kind_of")


def _evidence(value: Iterable[str] | str | None) -> tuple[str, ...]:
    return strings(value, "evidence")


@frozen
class FindingRecorded(Event):
    """Somebody found something."""

    finding: FindingKind
    text: str = personal()
    evidence: tuple[str, ...] = ()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Count it."""
        del entry
        counts = evolve(incident.counts, findings=incident.counts.findings + 1)
        return evolve(incident, counts=counts)


@frozen
class Identified(Event):
    """The cause is known."""

    cause: str = personal()
    evidence: tuple[str, ...] = ()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Record the cause; the first time in an episode is its milestone."""
        episode = incident.episode
        if episode.identified_at is None:
            episode = evolve(episode, identified_at=entry.at)
        return evolve(incident, cause=self.cause, episodes=(*incident.episodes[:-1], episode))


@frozen(kw_only=True)
class Finding(Command):
    """
    Record an observation, a hypothesis, or what was ruled out.

    Args:
        text: What was found.
        kind_of: ``"observation"``, ``"hypothesis"`` or ``"ruled_out"``.
        evidence: URIs or digests; the library keeps no blobs.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE
    may_look_back: ClassVar[bool] = True

    text: str = field(validator=prose)
    kind_of: FindingKind = field(default=FindingKind.OBSERVATION, converter=_kind)
    evidence: tuple[str, ...] = field(default=(), converter=_evidence)

    def decide(self, case: Case) -> Iterable[Event]:
        """Record it."""
        del case
        yield FindingRecorded(self.kind_of, self.text, self.evidence)


@frozen(kw_only=True)
class Identify(Command):
    """
    Record the cause.

    Args:
        cause: What it is.
        evidence: URIs or digests.

    """

    legal_in: ClassVar[frozenset[Category]] = ANYWHERE

    cause: str = field(validator=prose)
    evidence: tuple[str, ...] = field(default=(), converter=_evidence)

    def decide(self, case: Case) -> Iterable[Event]:
        """Identify it."""
        del case
        yield Identified(self.cause, self.evidence)
