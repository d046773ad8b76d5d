"""The messages in the hands of one ``deliver``: claimed, sent, settled (rules D2 to D5)."""

from __future__ import annotations

import json
from datetime import timedelta

from attrs import evolve, field

from incidentflow.errors import (
    CommitConflict,
    NotifierFailed,
    PluginFailed,
    StaleIncident,
    StoreError,
)
from incidentflow.incident import Event
from incidentflow.incident.owed import Message
from incidentflow.journal import read
from incidentflow.policy import Audience
from incidentflow.ports import Answer, Claim, Notification, Outcome, Receipt, Round, Settlement
from incidentflow.process.delivery import (
    DeliveryFailed,
    DeliverySuppressed,
    Record,
    ThreadOpened,
    thread_of,
)
from incidentflow.process.wording import word
from incidentflow.usecases.changing import change
from incidentflow.usecases.setup import Setup, load
from incidentflow.words import MICROSECOND, SYSTEM, frozen, micros

CRASHES = 3
NO_NOTIFIER = "no_notifier"
LONGEST_AFTER = timedelta(days=1)


@frozen
class Held:
    """
    One claimed message.

    Attributes:
        claim: The claim.
        message: What it says.
        start_by: The latest instant to start sending, in microseconds: later the lease could run
            out during the send.

    """

    claim: Claim
    message: Message
    start_by: int

    @property
    def line(self) -> tuple[str, ...]:
        """Whose order it keeps: that of its incident, channel and recipient (rule D5)."""
        subject, message = self.claim.subject, self.message
        return subject.tenant, subject.id, message.channel, message.recipient


@frozen
class Ended:
    """What became of messages; lists that one ``deliver`` fills."""

    sent: list[Notification] = field(factory=list)
    waiting: list[str] = field(factory=list)
    dead: list[str] = field(factory=list)
    suppressed: list[str] = field(factory=list)
    failed: list[tuple[str, Exception]] = field(factory=list)


class Messages:
    """Claimed messages, waiting here for a place at their notifier, or being sent."""

    def __init__(self, setup: Setup, ended: Ended) -> None:
        self._setup = setup
        self._sending = setup.sending
        outbox = setup.outbox
        self._channels = outbox.channels if outbox else frozenset[str]()
        self._round = outbox.open_round() if outbox else None
        self._ended = ended
        self._pending: list[Held] = []
        self._flying: dict[tuple[str, str], Held] = {}

    def __len__(self) -> int:
        """Count the messages in hand."""
        return len(self._pending) + len(self._flying)

    async def take(self, claim: Claim, claimed_at: int) -> None:
        """Take a claimed message into hand, or end it where it cannot be sent."""
        try:
            message = self._setup.codec.read_message(json.loads(claim.owed.body))
        except ValueError as error:
            self._ended.failed.append((claim.owed.key, error))
            await self._wait_or_drop(claim)
            return
        spare = self._sending.lease - self._sending.limit - self._sending.skew
        held = Held(claim, message, claimed_at + spare // MICROSECOND)
        if message.channel not in self._channels:
            await self._suppress(held)
        elif claim.attempts > CRASHES * self._sending.attempts:
            await self._give_up(held, f"claimed {claim.attempts} times and never ended")
        else:
            self._pending.append(held)

    async def start(self) -> None:
        """Start what may be sent now: the oldest of each line, where its notifier has room."""
        if self._round is None:
            return
        lines = {held.line for held in self._flying.values()}
        for held in tuple(self._pending):
            if held.line in lines or held not in self._pending:
                continue
            lines.add(held.line)
            channel = held.message.channel
            if self._round.room(channel) > 0:
                self._pending.remove(held)
                await self._start(held, self._round)
            elif all(other.message.channel != channel for other in self._flying.values()):
                self._pending.remove(held)
                problem = "is busy with sends that outlived their limit"
                failure = NotifierFailed(channel, "", problem)
                await self._end(held, None, failure)

    async def finish(self) -> None:
        """Wait until a send is finished or out of time, and settle all that are."""
        if self._round is None or not self._flying:
            return
        errors: list[StoreError] = []
        for notification, answer in await self._round.finished():
            held = self._flying.pop((notification.tenant, notification.key))
            try:
                await self._end(held, notification, answer)
            except StoreError as error:
                errors.append(error)
        for first in errors:
            raise first

    async def drain(self) -> None:
        """Settle what is being sent as far as the store still can; begin nothing more."""
        self._pending.clear()
        while self._flying:
            try:
                await self.finish()
            except StoreError:
                continue

    async def _start(self, held: Held, sends: Round) -> None:
        if micros(self._setup.now()) > held.start_by:
            await self._settle(held.claim, "waiting", micros(self._setup.now()))
            return
        try:
            notification = await self._notification(held)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - a host's event included: nobody is held up
            self._ended.failed.append((held.claim.owed.key, error))
            await self._wait_or_drop(held.claim)
            return
        self._flying[notification.tenant, notification.key] = held
        sends.start(notification)

    async def _notification(self, held: Held) -> Notification:
        claim, message = held.claim, held.message
        there = self._there(claim)
        incident = there.read(await load(there, claim.subject.id))
        lines = await there.store.history(claim.subject, message.sequence - 1)
        (entry,) = read(there.codec, incident.id, lines[:1])
        subject, text = word(incident, entry, message.audience)
        is_public = message.audience is Audience.STAKEHOLDERS
        return Notification(
            key=claim.owed.key,
            tenant=claim.subject.tenant,
            incident=incident.id,
            number=incident.number,
            channel=message.channel,
            audience=message.audience,
            recipient=message.recipient,
            kind=message.kind,
            at=entry.at,
            by="" if is_public else str(entry.by),
            title="" if is_public else incident.title,
            state=incident.state,
            priority=incident.priority,
            subject=str(subject),
            text=str(text),
            message=(subject, text),
            attempt=claim.attempts,
            thread=thread_of(incident, message.channel, message.recipient),
        )

    async def _end(self, held: Held, sent: Notification | None, answer: Answer) -> None:
        for each in dict.fromkeys(sent.broken if sent else ()):
            problem = f"{each.problem}; other words went out on {held.message.channel!r}"
            self._setup.outside.note(PluginFailed(f"catalogue {each.locale}", each.code, problem))
        if isinstance(answer, NotifierFailed):
            self._ended.failed.append((held.claim.owed.key, answer))
            outcome = Outcome.RETRY if answer.is_known else Outcome.UNKNOWN
            answer = Receipt(outcome, detail=answer.problem)
        if sent and answer.outcome in (Outcome.DELIVERED, Outcome.ACCEPTED):
            self._ended.sent.append(sent)
            await self._settle_sent(held, sent, answer)
            return
        detail = f"{answer.outcome.value}: {answer.detail}".rstrip(": ")
        if answer.outcome is Outcome.REJECTED or held.claim.attempts >= self._sending.attempts:
            await self._give_up(held, f"{detail}; attempt {held.claim.attempts}")
            return
        after = min(answer.after or timedelta(0), LONGEST_AFTER)
        wait = max(self._sending.pause(held.claim.attempts), after)
        await self._wait(held, micros(self._setup.now() + wait))

    async def _wait(self, held: Held, at: int) -> None:
        """Let a message wait, and all behind it, so that their order stays (rule D5)."""
        behind = [other for other in self._pending if other.line == held.line]
        self._pending = [other for other in self._pending if other.line != held.line]
        for each in (held, *behind):
            self._ended.waiting.append(each.claim.owed.key)
            await self._settle(each.claim, "waiting", at)

    async def _wait_or_drop(self, claim: Claim) -> None:
        """Let what cannot be read wait for a release that can; its incident cannot be told."""
        if claim.attempts >= self._sending.attempts:
            self._ended.dead.append(claim.owed.key)
            await self._settle(claim, "dead")
            return
        self._ended.waiting.append(claim.owed.key)
        wait = self._sending.pause(claim.attempts)
        await self._settle(claim, "waiting", micros(self._setup.now() + wait))

    async def _settle_sent(self, held: Held, sent: Notification, receipt: Receipt) -> None:
        """Settle a message that went out; the first reference of its line becomes the thread."""
        state = receipt.outcome.value
        if receipt.reference is None or sent.thread is not None:
            await self._settle(held.claim, state)
            return
        opened = ThreadOpened(sent.channel, receipt.reference, sent.recipient)
        try:
            await self._record(held.claim, opened, state)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - better without a thread than sent again
            await self._settle(held.claim, state)

    async def _suppress(self, held: Held) -> None:
        """End a message that nobody here carries; its incident says so (rule D3)."""
        message = held.message
        happened = DeliverySuppressed(
            message.channel, message.kind, message.sequence, NO_NOTIFIER, message.recipient
        )
        await self._end_untold(held.claim, happened, "suppressed", self._ended.suppressed)

    async def _give_up(self, held: Held, reason: str) -> None:
        message = held.message
        happened = DeliveryFailed(
            message.channel, message.kind, message.sequence, reason, message.recipient
        )
        await self._end_untold(held.claim, happened, "dead", self._ended.dead)

    async def _end_untold(
        self, claim: Claim, happened: Event, state: str, ended: list[str]
    ) -> None:
        try:
            await self._record(claim, happened, state)
        except StoreError:
            raise
        except (CommitConflict, StaleIncident) as error:
            # Another worker has it, or too much happens there just now: its lease decides.
            self._ended.failed.append((claim.owed.key, error))
            return
        except Exception as error:  # noqa: BLE001 - no event can tell of it, and yet it ends
            self._ended.failed.append((claim.owed.key, error))
            await self._wait_or_drop(claim)
            return
        ended.append(claim.owed.key)

    async def _record(self, claim: Claim, happened: Event, state: str) -> None:
        settles = Settlement(claim.owed.key, claim.token, state)
        record = Record(by=SYSTEM, happened=happened)
        await change(self._there(claim), claim.subject.id, (record,), settles=settles)

    async def _settle(self, claim: Claim, state: str, at: int = 0) -> None:
        settlement = Settlement(claim.owed.key, claim.token, state, at)
        await self._setup.store.settle(claim.subject.tenant, settlement)

    def _there(self, claim: Claim) -> Setup:
        return evolve(self._setup, tenant=claim.subject.tenant)
