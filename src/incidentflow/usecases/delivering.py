"""Carrying out what is owed: claim, act, settle (rules D2 and J5)."""

from __future__ import annotations

from incidentflow.errors import StoreError
from incidentflow.ports import Notification, OwedKind
from incidentflow.usecases.messages import Ended, Messages
from incidentflow.usecases.obeying import Obeyed, obey
from incidentflow.usecases.setup import Setup
from incidentflow.words import MICROSECOND, frozen, micros

BATCH = 50
TOKEN = 16


@frozen(kw_only=True)
class Delivered:
    """
    What one ``deliver`` did.

    Attributes:
        sent: The messages that were delivered, or accepted by a provider.
        waiting: The keys of what is tried again later.
        dead: The keys of messages that were given up; an event on their incident says so.
        suppressed: The keys of messages whose channel has no notifier here; they end so, and an
            event on their incident says so.
        done: The keys of owed commands that were carried out.
        refused: The keys of those that were refused; an event on the incident that owed them says
            so.
        failed: For each thing that did not go well: its key and why; it holds nobody up.

    """

    sent: tuple[Notification, ...] = ()
    waiting: tuple[str, ...] = ()
    dead: tuple[str, ...] = ()
    suppressed: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    failed: tuple[tuple[str, Exception], ...] = ()


async def deliver(setup: Setup, limit: int) -> Delivered:
    """
    Carry out what is owed now, in all tenants of the store.

    A desk that was given no notifiers leaves messages to one that was.

    Raises:
        InvalidInput: It is part of a transaction of the host, which may be taken back (rule J9),
            or a view for somebody.

    """
    setup.require_host("deliver")
    ended, obeyed = Ended(), Obeyed()
    messages = Messages(setup, ended)
    try:
        await _carry_out(setup, messages, obeyed, limit)
    except StoreError:
        await messages.drain()
        raise
    return Delivered(
        sent=tuple(ended.sent),
        waiting=(*obeyed.waiting, *ended.waiting),
        dead=tuple(ended.dead),
        suppressed=tuple(ended.suppressed),
        done=tuple(obeyed.done),
        refused=tuple(obeyed.refused),
        failed=(*obeyed.failed, *ended.failed),
    )


async def _carry_out(setup: Setup, messages: Messages, obeyed: Obeyed, limit: int) -> None:
    lease = setup.sending.lease // MICROSECOND
    kind = OwedKind.COMMAND if setup.outbox is None else None
    looked = 0
    while True:
        now, held = micros(setup.now()), len(messages)
        room = min(BATCH - held, limit - looked)
        token = setup.entropy.draw(TOKEN).hex()
        claims = await setup.store.claim(now, room, lease, token, kind) if room > 0 else ()
        looked += len(claims)
        for claim in claims:
            if claim.owed.kind is OwedKind.COMMAND:
                await obey(setup, claim, obeyed)
            else:
                await messages.take(claim, now)
        await messages.start()
        await messages.finish()
        if not (claims or held):
            return
