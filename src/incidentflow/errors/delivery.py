"""What goes wrong between a desk and a notifier."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from incidentflow.errors.root import IncidentflowError


@define(eq=False)
class NotifierFailed(IncidentflowError, RuntimeError):
    """
    A notifier raised, hung, or answered what is no receipt; only its own messages wait (rule D5).

    What it raised is the cause of this error. Its text is repeated only if it is one of this
    library's; others may hold secrets.

    Attributes:
        channel: The notifier's channel.
        notifier: The name of its class.
        problem: What it did.
        is_known: Whether it is certain that nothing was sent.

    """

    code: ClassVar[str] = "notifier.failed"

    channel: str
    notifier: str
    problem: str
    is_known: bool = True
