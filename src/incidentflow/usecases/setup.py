"""What a use case works with: ports, practice and tenant, as one value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from attrs import Factory, evolve, field

from incidentflow.charter import Charter
from incidentflow.codec import Codec
from incidentflow.engine import Practice
from incidentflow.errors import IncidentNotFound, InvalidInput, NotAllowed, UnreadableJournal
from incidentflow.incident import Command, Incident
from incidentflow.ports import (
    DESK,
    INCIDENT,
    AsyncStore,
    By,
    Clock,
    Entropy,
    Lookup,
    Outbox,
    Sending,
    Stored,
    Subject,
)
from incidentflow.usecases.outside import Outside
from incidentflow.words import MAX_LINE, Actor, ActorKind, as_actor, checked, frozen, utc, visible

UUID_LENGTH = 36
LONGEST_NAME = 200
TRIES = 5


def named(value: object, field: str) -> str:
    """
    Check a name that callers give: of a tenant, a number, an idempotency key.

    Raises:
        InvalidInput: It is no visible text, or too long.

    """
    return visible(value, field, LONGEST_NAME)


@frozen(kw_only=True, slots=False)
class Setup:
    """
    Everything a use case needs from its desk.

    Attributes:
        store: Where incidents live.
        practice: Lifecycle, policy and origin of commands.
        clock: Where the present instant comes from.
        entropy: Where ids and salts come from.
        codec: What turns values into bytes and back.
        tenant: The world it works in (rule T1).
        actor: Turns the host's own user object into an actor (rule A1), or None.
        is_joined: Whether all this is part of a transaction of the host: then nothing is tried
            again, and nobody is told, for all of it may be taken back (rule J9).
        outside: Whom it asks outside: permission, routing, observers.
        viewer: For whose eyes it works (rule A3); None: the host's own, who sees all.
        outbox: What carries messages; None: another desk does.
        sending: How what is owed is carried out.
        adopted: The tenants whose desk's journal is known to name this practice (rule J6).

    """

    store: AsyncStore
    practice: Practice
    clock: Clock
    entropy: Entropy
    codec: Codec
    tenant: str = "default"
    actor: Callable[[object], Actor] | None = None
    is_joined: bool = False
    outside: Outside = Factory(Outside)
    viewer: Actor | None = None
    outbox: Outbox | None = None
    sending: Sending = Sending()
    adopted: set[str] = field(factory=set, eq=False, repr=False)

    @property
    def tries(self) -> int:
        """How often a command is decided, when others are faster."""
        return 1 if self.is_joined else TRIES

    def over(self, store: AsyncStore, outside: Outside) -> Setup:
        """Return the same over a store whose commits may yet be taken back."""
        return evolve(self, store=store, outside=outside, adopted={*self.adopted})

    def remember_adoption(self) -> None:
        """Look no more whether the desk's journal names this practice: a commit has seen to it."""
        if not self.is_joined:
            self.adopted.add(self.tenant)

    def now(self) -> datetime:
        """Return the present instant in UTC."""
        return utc(self.clock.now(), "clock")

    def subject(self, incident: str) -> Subject:
        """Name an incident of this tenant."""
        return Subject(self.tenant, INCIDENT, incident)

    @property
    def desk(self) -> Subject:
        """The desk of this tenant as a subject, with a journal of its own (rule J6)."""
        return Subject(self.tenant, DESK, DESK)

    def read(self, stored: Stored) -> Incident:
        """
        Read a stored incident, with its number.

        Raises:
            UnreadableJournal: This release cannot read the snapshot.

        """
        try:
            return self.codec.read_incident(stored.snapshot, stored.number)
        except ValueError as error:
            raise UnreadableJournal(stored.subject.id, 0, str(error)) from None

    def read_charter(self, stored: Stored) -> Charter:
        """
        Read the stored charter of a desk.

        Raises:
            UnreadableJournal: This release cannot read the snapshot.

        """
        try:
            return self.codec.read_charter(stored.snapshot)
        except ValueError as error:
            raise UnreadableJournal(stored.subject.id, 0, str(error)) from None

    def actor_of(self, by: object) -> Actor:
        """
        Turn text or a host's user object into an actor, and let nobody claim to be the system.

        Raises:
            InvalidInput: It is no actor, or claims to be the system (rule A1).

        """
        actor = as_actor(by)
        if self.actor is not None and not isinstance(actor, Actor):
            actor = self.actor(actor)
        if not isinstance(actor, Actor):
            raise InvalidInput.of("by", by, "actor.none")
        if actor.kind is ActorKind.SYSTEM:
            raise InvalidInput.of("by", str(actor), "actor.system")
        return actor

    def acting(self, by: object) -> Actor:
        """
        Turn somebody into an actor, who in a view for somebody is that one.

        Raises:
            InvalidInput: It is no actor, claims to be the system, or is not whom the view is for.

        """
        actor = self.actor_of(by)
        if self.viewer not in (None, actor):
            raise InvalidInput.of("by", str(actor), "actor.other", viewer=str(self.viewer))
        return actor

    def admit(self, command: Command) -> Command:
        """
        Let a command in from outside, under its actor (rule A1).

        Raises:
            InvalidInput: It is no command, or its actor is none or claims to be the system.

        """
        if not isinstance(command, Command):
            raise InvalidInput.of("commands", command, "command.none")
        if command.instead:
            raise InvalidInput.of("commands", command, "command.internal", instead=command.instead)
        actor = self.acting(command.by)
        return command if actor is command.by else evolve(command, by=actor)

    def as_seen_by(self, actor: Actor) -> Setup:
        """Work for an actor's eyes, unless it is for somebody's already."""
        return self if self.viewer is not None else evolve(self, viewer=actor)

    def shows(self, stored: Stored) -> bool:
        """Whether the viewer may see an incident; what cannot be read is for the host alone."""
        if self.viewer is None or not self.outside.authorisers:
            return True
        try:
            incident = self.read(stored)
        except UnreadableJournal:
            return False
        return self.outside.denial(self.viewer, "read", incident) is None

    def permit(self, actor: Actor, action: str, incident: Incident, name: str) -> None:
        """
        Let an actor do something, if every authoriser allows it (rule A2).

        Args:
            actor: Who.
            action: What, as an authoriser knows it.
            incident: With what.
            name: What to call the incident; empty where there is none yet.

        Raises:
            NotAllowed: One of them denies it.

        """
        denied = self.outside.denial(actor, action, incident)
        if denied is not None:
            who = f"{actor.kind.value}:{actor.id}"
            raise NotAllowed(who, action, name, denied.code, denied.reason)

    def require_host(self, verb: str) -> None:
        """
        Refuse what only the host itself does, in a view for somebody.

        Raises:
            InvalidInput: This is such a view.

        """
        if self.viewer is not None:
            raise InvalidInput.of("seen_by", str(self.viewer), "view.host_only", verb=verb)


Reference = Incident | str
"""An incident, its id or its number: every verb takes either (rule T2)."""


def lookup(setup: Setup, reference: Reference) -> Lookup:
    """
    Say how to load what *reference* means.

    Raises:
        InvalidInput: It is neither an incident nor text.

    """
    if isinstance(reference, Incident):
        return Lookup(setup.tenant, By.ID, reference.id)
    if not isinstance(reference, str):
        raise InvalidInput.of("incident", reference, "incident.none")
    text = checked(reference, "incident", MAX_LINE)
    by = By.ID if len(text) == UUID_LENGTH and text.count("-") == 4 else By.NUMBER  # noqa: PLR2004 - a UUID's shape
    return Lookup(setup.tenant, by, text.lower() if by is By.ID else text)


def means(reference: Reference, stored: Stored) -> bool:
    """Whether *reference* is this incident, its id or its number."""
    text = reference.id if isinstance(reference, Incident) else reference.strip()
    return stored.number == text or stored.subject.id == text.lower()


async def seek(setup: Setup, reference: Reference) -> Stored | None:
    """Load what *reference* means, or None; forbidden and missing are one answer (rule X2)."""
    wanted = lookup(setup, reference)
    stored = await setup.store.load(wanted)
    if stored is None and wanted.by is By.ID and isinstance(reference, str):
        wanted = Lookup(setup.tenant, By.NUMBER, reference.strip())
        stored = await setup.store.load(wanted)
    return stored if stored is None or setup.shows(stored) else None


async def load(setup: Setup, reference: Reference) -> Stored:
    """
    Load what *reference* means.

    Raises:
        IncidentNotFound: No incident of this tenant answers to it.

    """
    stored = await seek(setup, reference)
    if stored is None:
        raise IncidentNotFound(lookup(setup, reference).value, setup.tenant)
    return stored
