"""A notifier that keeps what it is given, for tests of what is sent."""

from __future__ import annotations

from incidentflow.ports import Notification, Outcome, Receipt


class RecordingNotifier:
    """
    Keeps every notification in ``sent``, and answers as it is told.

    Args:
        channel: The channel it carries.
        answers: What it answers, one after another: a receipt, or an error to raise; then always
            that the message was delivered.

    """

    def __init__(self, channel: str = "default", *answers: Receipt | Exception) -> None:
        self.channel = channel
        self.sent: list[Notification] = []
        self._answers = list(answers)

    def send(self, notification: Notification) -> Receipt:
        """Keep a notification."""
        self.sent.append(notification)
        answer = self._answers.pop(0) if self._answers else Receipt(Outcome.DELIVERED)
        if isinstance(answer, Exception):
            raise answer
        return answer
