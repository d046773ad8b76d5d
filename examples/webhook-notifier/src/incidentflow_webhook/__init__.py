"""Messages of incidentflow, posted as JSON to an address of yours."""

import os
from collections.abc import Iterable

from incidentflow.hookspecs import hookimpl
from incidentflow.ports import AnyNotifier
from incidentflow_webhook.notifier import WebhookNotifier

__all__ = ["WebhookNotifier", "incidentflow_notifiers"]


@hookimpl
def incidentflow_notifiers() -> Iterable[AnyNotifier]:
    """Carry the default channel to the address in the environment, if there is one."""
    url = os.environ.get("INCIDENTFLOW_WEBHOOK_URL")
    return [WebhookNotifier(url)] if url else []
