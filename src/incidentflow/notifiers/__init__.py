"""Notifiers that need nothing beside the standard library: a log, and a host's own function."""

from incidentflow.notifiers.callback import AsyncCallbackNotifier, CallbackNotifier, callback
from incidentflow.notifiers.logging import LoggingNotifier

__all__ = ["AsyncCallbackNotifier", "CallbackNotifier", "LoggingNotifier", "callback"]
