"""Notifiers: what carries a message to somebody, in two kinds, one contract (rule D3)."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any, Protocol

import attrs
from attrs import field

from incidentflow.errors import InvalidInput, NotifierFailed, shorten
from incidentflow.policy import Audience
from incidentflow.texts import BrokenEntry, Catalogue, Text, render
from incidentflow.words import MAX_LINE, Priority, frozen, member, visible

UNKEPT = "reference not kept"
"""How the detail of a receipt begins whose reference cannot be stored."""


class Outcome(enum.Enum):
    """What became of one attempt to send (rule D3)."""

    DELIVERED = "delivered"
    ACCEPTED = "accepted"
    RETRY = "retry"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


def _outcome(value: Outcome | str) -> Outcome:
    return member(Outcome, value, "outcome")


def _one_line(value: object) -> str:
    """Keep what can be stored of a provider's words; they must not cost the answer."""
    text = " ".join(value.split()) if type(value) is str else shorten(value)
    return (text if text.isprintable() else ascii(text))[:MAX_LINE]


def _unkept(reference: object) -> str | None:
    """Say why a reference cannot be stored, or None when it can."""
    try:
        kept = visible(reference, "reference", MAX_LINE)
    except InvalidInput as error:
        return str(error.problem)
    return None if kept == reference else "has white space around it"


def _ahead(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not (value is None or (isinstance(value, timedelta) and value >= timedelta(0))):
        raise InvalidInput(attribute.name, shorten(value), "is no span of time; give a timedelta")


@frozen(kw_only=True)
class Notification:
    """
    One message to one recipient on one channel, as a notifier is given it.

    Attributes:
        key: Stable over all attempts, unique in the tenant; give it to a provider that can tell
            repeats by it.
        tenant: The world it belongs to.
        incident: The incident's id.
        number: The incident's number, or None.
        channel: The channel it goes out on.
        audience: In which role the recipient is told.
        recipient: The host's id of a person, a team or a group.
        kind: The kind of event it tells of, such as ``"resolved"``.
        at: When that happened in the world.
        by: Who did it, to show; empty for stakeholders, who may be the public (rule C4).
        title: The incident's title now; empty for stakeholders.
        state: The incident's state now.
        priority: The incident's priority now, or None.
        subject: The message in one line, in English and UTC.
        text: The message, in English and UTC.
        message: Subject and text before they are worded; see `render`.
        attempt: Which attempt this is, from 1.
        thread: What the provider called the first message of this incident to this recipient on
            this channel, or None.
        broken: The entries of catalogues that could not word it, as far as it was rendered; the
            desk keeps them among its faults (rule C6).

    """

    key: str
    tenant: str
    incident: str
    number: str | None = None
    channel: str
    audience: Audience
    recipient: str
    kind: str
    at: datetime
    by: str = ""
    title: str = ""
    state: str = ""
    priority: Priority | None = None
    subject: str = ""
    text: str = ""
    message: tuple[Text, Text] | None = None
    attempt: int = 1
    thread: str | None = None
    broken: list[BrokenEntry] = field(factory=list, init=False, eq=False, repr=False)

    def render(
        self, locale: str = "en", zone: tzinfo = UTC, catalogues: Sequence[Catalogue] = ()
    ) -> tuple[str, str]:
        """
        Word subject and text for the recipient, whose language and zone the notifier knows (C7).

        Args:
            locale: The recipient's language, as ``"de"`` or ``"de-AT"``.
            zone: The recipient's time zone.
            catalogues: The host's own, asked before the library's.

        Returns:
            Subject and text, as `subject` and `text` are in English and UTC.

        """
        if self.message is None:
            return self.subject, self.text
        subject, text = (
            render(each.code, each.parameters, locale, zone, catalogues, broken=self.broken)
            for each in self.message
        )
        return subject, text


@frozen
class Receipt:
    """
    What a notifier answers for one attempt.

    Attributes:
        outcome: Delivered; accepted by a provider; to be tried again; rejected for good; or
            unknown, which is tried again too.
        reference: What the provider calls the message, in one line without white space around
            it; later messages see it as their thread. What cannot be stored becomes None, and
            *detail* says so: the message is out all the same (rule D4).
        after: For a retry: not before this span is over; None leaves it to the desk.
        detail: What else is worth knowing; one line of it is kept. Without secrets.

    """

    outcome: Outcome = field(converter=_outcome)
    reference: str | None = None
    after: timedelta | None = field(default=None, validator=_ahead)
    detail: str = field(default="", converter=_one_line)

    def __attrs_post_init__(self) -> None:
        """Let go of a reference that cannot be stored, rather than of the answer."""
        problem = None if self.reference is None else _unkept(self.reference)
        if problem is not None:
            detail = f"{UNKEPT}: it {problem}. {self.detail}"
            object.__setattr__(self, "reference", None)
            object.__setattr__(self, "detail", _one_line(detail))


class Notifier(Protocol):
    """
    Carries messages of one channel; implemented by hosts and plugins.

    It is called on a thread of its own and may block, up to the desk's limit.
    """

    @property
    def channel(self) -> str:
        """The channel it carries, as subscriptions name it."""

    def send(self, notification: Notification) -> Receipt:
        """Send one message, and say what became of it; raising means to try again."""


class AsyncNotifier(Protocol):
    """A notifier whose ``send`` is awaited; the same contract as `Notifier`."""

    @property
    def channel(self) -> str:
        """The channel it carries, as subscriptions name it."""

    async def send(self, notification: Notification) -> Receipt:
        """Send one message, and say what became of it."""


AnyNotifier = Notifier | AsyncNotifier
"""A notifier of either kind; every desk takes both."""


@frozen(kw_only=True)
class Sending:
    """
    How a desk carries out what is owed; checked as a whole when it is built (rule D2).

    Attributes:
        limit: How long one send may take before it is abandoned and its outcome unknown.
        lease: How long a claim is held; longer than *limit* and *skew* together.
        skew: By how much the clocks of two workers may differ.
        at_once: How many sends of one channel may run at the same time.
        attempts: How often a message is tried before it is given up.
        wait: How long to wait after the first failure; twice as long after each further one.
        longest_wait: The longest wait.

    Raises:
        InvalidInput: A span or number cannot work, or the lease is too short.

    """

    limit: timedelta = timedelta(seconds=10)
    lease: timedelta = timedelta(seconds=60)
    skew: timedelta = timedelta(seconds=5)
    at_once: int = 4
    attempts: int = 8
    wait: timedelta = timedelta(seconds=15)
    longest_wait: timedelta = timedelta(hours=1)

    def __attrs_post_init__(self) -> None:
        """Refuse what would send twice, or never."""
        nothing = timedelta(0)
        for name in ("limit", "lease", "skew", "wait", "longest_wait"):
            span = getattr(self, name)
            if not isinstance(span, timedelta) or span < nothing or (name != "skew" and not span):
                raise InvalidInput(name, shorten(span), "is no span of time; give a timedelta")
        for name in ("at_once", "attempts"):
            number = getattr(self, name)
            if type(number) is not int or number < 1:
                raise InvalidInput(name, shorten(number), "is no whole number of at least 1")
        if self.lease <= self.limit + self.skew:
            problem = (
                f"is not longer than limit and skew together, {self.limit + self.skew}: "
                "a message could be claimed again while it is being sent"
            )
            raise InvalidInput("lease", str(self.lease), problem)

    def pause(self, attempts: int) -> timedelta:
        """Return how long to wait after so many attempts that failed."""
        return min(self.wait * (1 << min(attempts - 1, 30)), self.longest_wait)


Answer = Receipt | NotifierFailed
"""What became of one send: what the notifier answered, or how it failed."""


class Round(Protocol):
    """The sends of one ``deliver``: started here, and waited for together."""

    def room(self, channel: str) -> int:
        """Say how many more sends of a channel may be started now."""

    def start(self, notification: Notification) -> None:
        """Start one send; its channel has a notifier, and room."""

    async def finished(self) -> Sequence[tuple[Notification, Answer]]:
        """Wait until one that was started has ended or run out of time; answer all that have."""


class Outbox(Protocol):
    """A desk's notifiers, and where their sends run; implemented by each kind of desk."""

    @property
    def channels(self) -> frozenset[str]:
        """The channels that have a notifier."""

    def open_round(self) -> Round:
        """Begin the sends of one ``deliver``."""

    def close(self) -> None:
        """Let go of what notifiers ran in."""
