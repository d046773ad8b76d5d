"""
Every error that incidentflow raises, in one tree.

    IncidentflowError
    ├── InvalidInput          (ValueError)     a value that can never be right
    ├── TransitionRefused     (ValueError)     not possible as the incident stands
    ├── IncidentNotFound      (LookupError)    no such incident for this tenant
    ├── StaleIncident         (RuntimeError)   somebody else changed it first
    ├── KeyReused             (ValueError)     one idempotency key, two different requests
    ├── LifecycleError        (ValueError)     a lifecycle that cannot work, all problems at once
    ├── PolicyError           (ValueError)     a policy that cannot work, all problems at once
    ├── MappingError          (ValueError)     an event-log mapping or row that cannot be read
    ├── UnreadableJournal     (ValueError)     an entry this release cannot read
    ├── StoreError            (OSError)        the storage failed; says whether the change stands
    │   └── ForeignDatabase   (OSError)        not a database of ours, or one of a newer release
    ├── CommitConflict        (RuntimeError)   for stores: something a commit relied on has changed
    ├── MissingCapability     (NotImplementedError)  the store cannot do this, another kind can
    ├── NotAllowed            (PermissionError) the actor may not do this
    ├── PluginFailed          (RuntimeError)   a plugin raised, or gave what cannot be used
    ├── NotifierFailed        (RuntimeError)   a notifier raised, hung, or answered no receipt
    └── MissingExtra          (ImportError)    an optional library is not installed

Facts are attributes; the text is for people, in their language, and is no part of the interface.
"""

from incidentflow.errors.definitions import LifecycleError, MappingError, PolicyError
from incidentflow.errors.delivery import NotifierFailed
from incidentflow.errors.outside import NotAllowed, PluginFailed
from incidentflow.errors.refusals import (
    Failure,
    IncidentNotFound,
    InvalidInput,
    KeyReused,
    StaleIncident,
    TransitionRefused,
)
from incidentflow.errors.root import IncidentflowError, closest, hint, nearest
from incidentflow.errors.storage import (
    CommitConflict,
    ForeignDatabase,
    MissingCapability,
    MissingExtra,
    StoreError,
    UnreadableJournal,
)
from incidentflow.texts import shorten, told

__all__ = [
    "CommitConflict",
    "Failure",
    "ForeignDatabase",
    "IncidentNotFound",
    "IncidentflowError",
    "InvalidInput",
    "KeyReused",
    "LifecycleError",
    "MappingError",
    "MissingCapability",
    "MissingExtra",
    "NotAllowed",
    "NotifierFailed",
    "PluginFailed",
    "PolicyError",
    "StaleIncident",
    "StoreError",
    "TransitionRefused",
    "UnreadableJournal",
    "closest",
    "hint",
    "nearest",
    "shorten",
    "told",
]
