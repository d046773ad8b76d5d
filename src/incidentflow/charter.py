"""
The charter: by which lifecycle and policy a desk has worked, since when and why (rule J6).

It is the fold of the desk's own journal, as an incident is of its. Nothing was ever decided under
a lifecycle or a policy that is not in it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime

from attrs import evolve, field

from incidentflow.incident import Entry, Occurrence
from incidentflow.lifecycle import Lifecycle
from incidentflow.policy import Policy
from incidentflow.words import (
    EPOCH,
    SYSTEM,
    Actor,
    Difference,
    as_actor,
    difference,
    frozen,
    personal,
    prose,
)


@frozen
class Adopted:
    """
    What a desk works by.

    Attributes:
        reference: Its name and digest, as in ``"ITIL@3f0c9a..."``.
        definition: All of it, in lines.
        since: When it was adopted.
        by: Who adopted it.
        reason: Why.

    """

    reference: str
    definition: tuple[str, ...]
    since: datetime
    by: Actor
    reason: str = personal()


@frozen(kw_only=True)
class Charter:
    """
    What the desk of one tenant works by, at one version.

    Attributes:
        tenant: The world it works in (rule T1).
        version: How many entries its journal has.
        updated_at: The record-time of the latest.
        lifecycle: The lifecycle adopted last, or None.
        policy: The policy adopted last, or None.

    """

    tenant: str
    version: int = 0
    updated_at: datetime = EPOCH
    lifecycle: Adopted | None = None
    policy: Adopted | None = None


@frozen
class Adoption(Occurrence):
    """
    Something that a desk works by was adopted.

    Attributes:
        reference: Its name and digest.
        definition: All of it, in lines.
        differs: What differs from the one before; nothing for the first.
        reason: Why.

    """

    reference: str
    definition: tuple[str, ...]
    differs: Difference = Difference()
    reason: str = personal(default="")

    @abstractmethod
    def apply(self, charter: Charter, entry: Entry) -> Charter:
        """Yield the charter after it, which *entry* places in time."""

    def adopted(self, entry: Entry) -> Adopted:
        """Return what stands from then on."""
        return Adopted(self.reference, self.definition, entry.at, entry.by, self.reason)


@frozen
class LifecycleAdopted(Adoption):
    """The desk works by another lifecycle from here on."""

    def apply(self, charter: Charter, entry: Entry) -> Charter:
        """Put it in the charter."""
        return evolve(charter, lifecycle=self.adopted(entry))


@frozen
class PolicyAdopted(Adoption):
    """The desk works by another policy from here on."""

    def apply(self, charter: Charter, entry: Entry) -> Charter:
        """Put it in the charter."""
        return evolve(charter, policy=self.adopted(entry))


@frozen
class AdoptersErased(Occurrence):
    """
    Personal texts were taken out of a desk's journal; written by `erase` alone (rule J8).

    Attributes:
        texts: How many.
        reason: Why.

    """

    texts: int
    reason: str = personal()

    def apply(self, charter: Charter, entry: Entry) -> Charter:
        """Leave the charter as it is."""
        del entry
        return charter


DESK_EVENTS: tuple[type[Occurrence], ...] = (AdoptersErased, LifecycleAdopted, PolicyAdopted)


@frozen(kw_only=True)
class Adopt:
    """
    Ask that a desk adopts what it works by.

    Args:
        by: Who adopts it.
        reason: Why.

    """

    by: Actor = field(converter=as_actor)
    reason: str = field(validator=prose)

    def decide(
        self, charter: Charter, lifecycle: Lifecycle, policy: Policy, now: datetime
    ) -> tuple[Entry, ...]:
        """
        Say what happens: nothing when the charter names both already.

        A policy that the library alone adopted, at its first use, somebody may choose all the same.
        """
        now = max(now, charter.updated_at)
        events = (
            *self._adoption(LifecycleAdopted, charter.lifecycle, lifecycle),
            *self._adoption(PolicyAdopted, charter.policy, policy),
        )
        return tuple(
            Entry(sequence, now, now, self.by, event)
            for sequence, event in enumerate(events, charter.version + 1)
        )

    def _chooses(self, kind: type[Adoption], before: Adopted) -> bool:
        return kind is PolicyAdopted and before.by == SYSTEM and self.by != SYSTEM

    def _adoption(
        self, kind: type[Adoption], before: Adopted | None, now: Lifecycle | Policy
    ) -> Iterator[Adoption]:
        if before is None:
            yield kind(now.reference, now.definition, reason=self.reason)
        elif before.reference != now.reference or self._chooses(kind, before):
            differs = difference(before.definition, now.definition)
            yield kind(now.reference, now.definition, differs, self.reason)


def enact(charter: Charter, entries: Iterable[Entry]) -> Charter:
    """
    Fold entries of a desk's journal into its charter (rule J1).

    Raises:
        TypeError: An entry is of another kind of subject.

    """
    for entry in entries:
        event = entry.event
        if not isinstance(event, (Adoption, AdoptersErased)):
            msg = f"{event.kind} happens to no desk"
            raise TypeError(msg)
        charter = evolve(charter, version=entry.sequence, updated_at=entry.recorded_at)
        charter = event.apply(charter, entry)
    return charter
