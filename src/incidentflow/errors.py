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
    └── MissingExtra          (ImportError)    an optional library is not installed

Facts are attributes; the text is for people and is not part of the interface.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import ClassVar

from attrs import define, frozen

SHORT = 60


def shorten(value: object) -> str:
    """Show any value in one short, printable line."""
    text = ascii(value) if isinstance(value, str) and not value.isprintable() else repr(value)
    return text if len(text) <= SHORT else f"{text[: SHORT - 1]}…"


def nearest(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word, as a clause to end a sentence with."""
    known = sorted(known)
    close = difflib.get_close_matches(word, known, n=1)
    if close:
        return f"did you mean {close[0]!r}?"
    return f"known: {', '.join(known)}" if known else "none is configured"


@frozen
class Failure:
    """
    Why one guard refused: a stable code, a sentence, and the inputs that would cure it.

    Attributes:
        code: Stable and dotted, such as ``"resolution.missing"``.
        text: A sentence for people; not part of the interface.
        inputs: Names of the command's inputs that would cure it; empty when none can.
    """

    code: str
    text: str
    inputs: tuple[str, ...] = ()


class IncidentflowError(Exception):
    """The root of every error raised by incidentflow; ``code`` is stable."""

    code: ClassVar[str] = "error"


@define(eq=False)
class InvalidInput(IncidentflowError, ValueError):
    """
    A value that can never be right, whatever state the incident is in.

    Attributes:
        field: Which input, as a dotted path.
        value: What was given, shortened and printable.
        problem: What is wrong with it, and what would do.
    """

    code: ClassVar[str] = "input.invalid"

    field: str
    value: str
    problem: str

    def __str__(self) -> str:
        """Name the field, the value and what would do."""
        return f"{self.field} = {self.value}: {self.problem}"


@define(eq=False)
class TransitionRefused(IncidentflowError, ValueError):
    """
    The command is not possible as the incident stands; nothing was changed (rule L5).

    Attributes:
        incident: The incident's number, or its id before it has one.
        state: The state it is in.
        asked: What was asked, as a trigger or a command's name.
        failures: Every guard that failed.
        open_steps: The triggers that are open now.
    """

    code: ClassVar[str] = "transition.refused"

    incident: str
    state: str
    asked: str
    failures: tuple[Failure, ...]
    open_steps: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Name the incident, what was asked, why not, and what would work."""
        why = "; ".join(f"{failure.text} [{failure.code}]" for failure in self.failures)
        now = ", ".join(self.open_steps) or "none"
        return f"{self.incident} cannot {self.asked} while {self.state}: {why}. Open now: {now}."


@define(eq=False)
class IncidentNotFound(IncidentflowError, LookupError):
    """
    No incident answers to this id or number in this tenant.

    Attributes:
        reference: The id or number that was asked for.
        tenant: The tenant that was searched.
    """

    code: ClassVar[str] = "incident.not_found"

    reference: str
    tenant: str

    def __str__(self) -> str:
        """Name what was looked for and where."""
        return (
            f"no incident {self.reference} in tenant {self.tenant!r}; "
            "give an id or a number such as INC-0000001"
        )


@define(eq=False)
class StaleIncident(IncidentflowError, RuntimeError):
    """
    Somebody else changed the incident first; nothing was changed by this command (rule J3).

    Attributes:
        incident: The incident's number or id.
        expected: The version this command was decided on.
        found: The version that stands now.
        changed_by: Who made the latest change, as ``kind:id``.
    """

    code: ClassVar[str] = "incident.stale"

    incident: str
    expected: int
    found: int
    changed_by: str

    def __str__(self) -> str:
        """Name both versions and who was faster."""
        return (
            f"{self.incident} is at version {self.found}, not {self.expected}: "
            f"changed by {self.changed_by}. Read it again and decide anew."
        )


@define(eq=False)
class KeyReused(IncidentflowError, ValueError):
    """
    This idempotency key already stands for a request with other content (rule J3).

    Attributes:
        key: The key that was given.
        incident: The id of the incident that the first request changed.
    """

    code: ClassVar[str] = "key.reused"

    key: str
    incident: str

    def __str__(self) -> str:
        """Name the key and the first use."""
        return (
            f"key {shorten(self.key)} was used for another request, on {self.incident}; "
            "use a fresh key for a new request"
        )


@define(eq=False)
class _Problems(IncidentflowError, ValueError):
    """
    Several problems found at once.

    Attributes:
        name: What was being built.
        problems: One sentence each.
    """

    name: str
    problems: tuple[str, ...]

    def __str__(self) -> str:
        """List all problems, numbered."""
        lines = (f"  {n}. {problem}" for n, problem in enumerate(self.problems, 1))
        return "\n".join((f"{self.name}: {len(self.problems)} problem(s)", *lines))


class LifecycleError(_Problems):
    """A lifecycle that cannot work; lists every problem at once (rule L7)."""

    code: ClassVar[str] = "lifecycle.invalid"


class PolicyError(_Problems):
    """A policy that cannot work; lists every problem at once."""

    code: ClassVar[str] = "policy.invalid"


class MappingError(_Problems):
    """An event-log mapping that cannot be used; lists every problem at once."""

    code: ClassVar[str] = "mapping.invalid"


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

    def __str__(self) -> str:
        """Name the incident and the entry."""
        where = f"entry {self.sequence}" if self.sequence else "the snapshot"
        return (
            f"{where} of {self.incident} cannot be read: {self.problem}. "
            "Nothing is lost; other incidents are not affected."
        )


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

    def __str__(self) -> str:
        """Say what failed and what to do about it."""
        advice = (
            "nothing was changed"
            if self.outcome == "not_applied"
            else "the change may stand: repeat the command with the same key"
        )
        return f"cannot {self.action}: {self.detail}; {advice}"


class ForeignDatabase(StoreError):
    """The file is not a database of incidentflow, or was written by a newer release."""

    code: ClassVar[str] = "store.foreign"


@define(eq=False)
class CommitConflict(IncidentflowError, RuntimeError):
    """
    Something a commit relied on has changed; raised by stores, handled by desks.

    Attributes:
        what: ``"version"``, ``"read"``, ``"key"``, ``"dedup_key"``, ``"number"`` or ``"token"``.
        subject: The id of the subject concerned.

    """

    code: ClassVar[str] = "commit.conflict"

    what: str
    subject: str

    def __str__(self) -> str:
        """Name what has changed."""
        return f"the {self.what} this commit to {self.subject} relied on has changed"


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

    def __str__(self) -> str:
        """Give the command that installs it."""
        return f"{self.feature} needs an extra: pip install 'incidentflow[{self.extra}]'"
