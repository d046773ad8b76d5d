"""A notifier that writes messages to a log."""

from __future__ import annotations

import logging

from incidentflow.ports import Notification, Outcome, Receipt
from incidentflow.words import frozen


@frozen
class LoggingNotifier:
    """
    Writes each message to a log of the standard library, in one line that names the incident.

    The recipient is not written: what a log keeps is seldom erased.

    Args:
        channel: The channel it carries.
        logger: The name of the logger.
        level: The level it logs at.

    """

    channel: str = "default"
    logger: str = "incidentflow.messages"
    level: int = logging.INFO

    def send(self, notification: Notification) -> Receipt:
        """Log one message."""
        facts = {
            "incident": notification.number or notification.incident,
            "tenant": notification.tenant,
            "channel": notification.channel,
            "key": notification.key,
        }
        audience = notification.audience.value
        log = logging.getLogger(self.logger)
        log.log(self.level, "to %s: %s", audience, notification.subject, extra=facts)
        return Receipt(Outcome.DELIVERED)
