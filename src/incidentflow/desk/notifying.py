"""The notifiers a desk is given: checked, filed under their channels, opened when there are any."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from incidentflow.errors import InvalidInput, PluginFailed, shorten
from incidentflow.plugins import Plugins, blamed
from incidentflow.ports import AnyNotifier, Outbox, Sending
from incidentflow.usecases import named

Notifiers = Mapping[str, AnyNotifier]
HOOK = "incidentflow_notifiers"
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


def all_notifiers(given: object, plugins: Plugins) -> Notifiers | None:
    """
    Join the notifiers of the host and those of plugins; None when there is nobody to send.

    Raises:
        InvalidInput: One of the host's is no notifier, or two carry the same channel.
        PluginFailed: The same, of a plugin.

    """
    found = {} if given is None else {**by_channel(given)}
    for one in plugins.notifiers():
        with blamed(one.plugin, HOOK):
            try:
                theirs = by_channel((one.part,))
            except InvalidInput as error:
                raise PluginFailed(one.plugin, HOOK, f"{error.value} {error.problem}") from None
        for channel in theirs.keys() & found.keys():
            problem = f"carries channel {channel!r}, which another one carries already"
            raise PluginFailed(one.plugin, HOOK, problem)
        found |= theirs
    return found if found or given is not None else None


def on_threads(notifiers: Notifiers, sending: Sending) -> Outbox:
    """Open the outbox of a sync desk."""
    from incidentflow.desk.sends import ThreadOutbox  # noqa: PLC0415 - slow to import

    return ThreadOutbox(notifiers, sending)
