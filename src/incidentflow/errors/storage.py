"""What goes wrong where incidents are kept, or for want of a library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from incidentflow.errors.root import IncidentflowError

SNAPSHOT = "snapshot"


@define(eq=False)
class UnreadableJournal(IncidentflowError, ValueError):
    """
    This release cannot read an entry of one incident; nothing of it is lost (rule J1).

    Attributes:
        incident: The id of the incident, or its subject kind and id.
        sequence: The entry's sequence number; 0 for the snapshot.
        problem: What cannot be read.
    """

    code: ClassVar[str] = "journal.unreadable"

    incident: str
    sequence: int
    problem: str

    @property
    def parameters(self) -> Mapping[str, object]:
        """The facts; no sequence for the snapshot."""
        return {**super().parameters, "sequence": self.sequence or None}


@define(eq=False)
class StoreError(IncidentflowError, OSError):
    """
    The storage failed.

    Attributes:
        action: What was being done.
        detail: What the storage said.
        outcome: ``"not_applied"`` when nothing was changed, ``"unknown"`` when the change may
            stand: then repeat the command with the same key.
        reason: Why, where that is known: ``"busy"``, ``"readonly"``, ``"full"``,
            ``"cannot_open"``, ``"damaged"`` or ``"disk"``; the text says what would do.
    """

    code: ClassVar[str] = "store.failed"

    action: str
    detail: str
    outcome: str = "not_applied"
    reason: str = ""

    @property
    def parameters(self) -> Mapping[str, object]:
        """The facts; what the storage said is no sentence of its own."""
        return {**super().parameters, "detail": self.detail.rstrip(" .")}


class ForeignDatabase(StoreError):
    """The file is not a database of incidentflow, or was written by a newer release."""

    code: ClassVar[str] = "store.foreign"


@define(eq=False)
class CommitConflict(IncidentflowError, RuntimeError):
    """
    Something a commit relied on has changed; raised by stores, handled by desks.

    Attributes:
        what: ``"version"``, ``"read"``, ``"key"``, ``"dedup_key"``, ``"number"``,
            ``"token"`` or ``"owed"``; ``"snapshot"`` when a host's transaction as a whole was
            overtaken.
        subject: The id of the subject concerned.

    """

    code: ClassVar[str] = "commit.conflict"

    what: str
    subject: str

    @property
    def parameters(self) -> Mapping[str, object]:
        """The facts, and whether only a new transaction helps."""
        return {**super().parameters, "overtaken": self.what == SNAPSHOT}


@define(eq=False)
class MissingCapability(IncidentflowError, NotImplementedError):
    """
    The store of this desk cannot do what is asked; another kind of store can.

    Attributes:
        capability: What it would have to declare, such as ``"joins_host"``.
        store: The store's name.
    """

    code: ClassVar[str] = "store.incapable"

    capability: str
    store: str


@define(eq=False)
class MissingExtra(IncidentflowError, ImportError):
    """
    An optional library is not installed.

    Attributes:
        feature: What needs it.
        extra: The extra that brings it.
    """

    code: ClassVar[str] = "extra.missing"

    feature: str
    extra: str
