"""What goes wrong where incidents are kept, or for want of a library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from attrs import define

from incidentflow.errors.root import IncidentflowError


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
    """

    code: ClassVar[str] = "store.failed"

    action: str
    detail: str
    outcome: str = "not_applied"


class ForeignDatabase(StoreError):
    """The file is not a database of incidentflow, or was written by a newer release."""

    code: ClassVar[str] = "store.foreign"


@define(eq=False)
class CommitConflict(IncidentflowError, RuntimeError):
    """
    Something a commit relied on has changed; raised by stores, handled by desks.

    Attributes:
        what: ``"version"``, ``"read"``, ``"key"``, ``"dedup_key"``, ``"number"``,
            ``"token"`` or ``"owed"``.
        subject: The id of the subject concerned.

    """

    code: ClassVar[str] = "commit.conflict"

    what: str
    subject: str


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
