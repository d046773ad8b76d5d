"""
What the library needs from outside, as protocols; nobody has to inherit anything.

A store receives bytes and a small index record, never domain objects. Instants are whole
microseconds since 1970 in UTC.
"""

from incidentflow.ports.notifier import (
    Answer,
    AnyNotifier,
    AsyncNotifier,
    Notification,
    Notifier,
    Outbox,
    Outcome,
    Receipt,
    Round,
    Sending,
)
from incidentflow.ports.people import (
    Allow,
    Authoriser,
    Deny,
    EscalationBackend,
    Observer,
    RoutingRule,
)
from incidentflow.ports.queries import (
    DESK,
    EMPTIED,
    INCIDENT,
    KINDS,
    SOURCE,
    WORKER,
    By,
    Lookup,
    Order,
    Query,
)
from incidentflow.ports.records import (
    Claim,
    Index,
    Line,
    Owed,
    OwedKind,
    Redaction,
    Settlement,
    Stored,
    Subject,
    Write,
)
from incidentflow.ports.store import AsyncStore, JoiningStore, Opener, Store
from incidentflow.ports.world import Clock, Entropy

__all__ = [
    "DESK",
    "EMPTIED",
    "INCIDENT",
    "KINDS",
    "SOURCE",
    "WORKER",
    "Allow",
    "Answer",
    "AnyNotifier",
    "AsyncNotifier",
    "AsyncStore",
    "Authoriser",
    "By",
    "Claim",
    "Clock",
    "Deny",
    "Entropy",
    "EscalationBackend",
    "Index",
    "JoiningStore",
    "Line",
    "Lookup",
    "Notification",
    "Notifier",
    "Observer",
    "Opener",
    "Order",
    "Outbox",
    "Outcome",
    "Owed",
    "OwedKind",
    "Query",
    "Receipt",
    "Redaction",
    "Round",
    "RoutingRule",
    "Sending",
    "Settlement",
    "Store",
    "Stored",
    "Subject",
    "Write",
]
