"""Notifiers that hand messages to a function of the host."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from typing import cast

from incidentflow.ports import Notification, Outcome, Receipt
from incidentflow.words import frozen

Send = Callable[[Notification], Receipt | None]
AsyncSend = Callable[[Notification], Awaitable[Receipt | None]]


@frozen
class CallbackNotifier:
    """
    Hands each message to a function.

    Args:
        channel: The channel it carries.
        function: Takes the notification; answers a receipt, or None when it took the message.

    """

    channel: str
    function: Send

    def send(self, notification: Notification) -> Receipt:
        """Call the function."""
        return _receipt(self.function(notification))


@frozen
class AsyncCallbackNotifier:
    """
    Hands each message to a function that is awaited; as `CallbackNotifier`.

    Args:
        channel: The channel it carries.
        function: Takes the notification; answers a receipt, or None when it took the message.

    """

    channel: str
    function: AsyncSend

    async def send(self, notification: Notification) -> Receipt:
        """Await the function."""
        return _receipt(await self.function(notification))


def callback(channel: str, function: Send | AsyncSend) -> CallbackNotifier | AsyncCallbackNotifier:
    """
    Turn a function of the host into a notifier.

    Args:
        channel: The channel it carries.
        function: Takes a notification, plain or awaited; answers a receipt, or None when it took
            the message.

    """
    if inspect.iscoroutinefunction(function):
        return AsyncCallbackNotifier(channel, cast("AsyncSend", function))
    return CallbackNotifier(channel, cast("Send", function))


def _receipt(answer: Receipt | None) -> Receipt:
    return Receipt(Outcome.ACCEPTED) if answer is None else answer
