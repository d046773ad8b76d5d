"""The notifiers a desk is given: checked, filed under their channels, opened when there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentflow.errors import InvalidInput, shorten
from incidentflow.ports import AsyncNotifier, Notifier, Outbox, Sending
from incidentflow.usecases import named

AnyNotifier = Notifier | AsyncNotifier
Notifiers = Mapping[str, AnyNotifier]
OpenOutbox = Callable[[Notifiers, Sending], Outbox]


def by_channel(notifiers: object) -> Notifiers:
    """
    Check notifiers, and file them under their channels.

    Raises:
        InvalidInput: One is no notifier, or two carry the same channel.

    """
    found: dict[str, AnyNotifier] = {}
    if not isinstance(notifiers, (list, tuple, set, frozenset)):
        raise InvalidInput("notifiers", shorten(notifiers), "are no notifiers; give a list of them")
    for each in notifiers:
        if isinstance(each, type):
            problem = f"is a class; give an object: {each.__name__}()"
            raise InvalidInput("notifiers", shorten(each), problem)
        channel = getattr(each, "channel", None)
        if not callable(getattr(each, "send", None)) or not isinstance(channel, str):
            problem = "is no notifier; give an object with a channel and send(notification)"
            raise InvalidInput("notifiers", shorten(each), problem)
        if found.setdefault(named(channel, "channel"), each) is not each:
            problem = f"carries channel {channel!r}, which another one carries already"
            raise InvalidInput("notifiers", shorten(each), problem)
    return found


def on_threads(notifiers: Notifiers, sending: Sending) -> Outbox:
    """Open the outbox of a sync desk."""
    from incidentflow.desk.sends import ThreadOutbox  # noqa: PLC0415 - slow to import

    return ThreadOutbox(notifiers, sending)
