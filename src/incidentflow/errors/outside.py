"""What others forbid or get wrong: permission, and plugins."""

from __future__ import annotations

from typing import ClassVar

from attrs import define

from incidentflow.errors.root import IncidentflowError


@define(eq=False)
class NotAllowed(IncidentflowError, PermissionError):
    """
    The actor may not do this; it is not a matter of the incident's state (rule A2).

    Attributes:
        actor: Who asked, as ``kind:id``.
        action: What was asked: a trigger, a command's name, ``"read"`` or ``"export"``.
        incident: The incident's number, or its id; empty for one that was to be reported.
        denied: The authoriser's stable code.
        reason: The authoriser's sentence.
    """

    code: ClassVar[str] = "not_allowed"

    actor: str
    action: str
    incident: str
    denied: str
    reason: str


@define(eq=False)
class PluginFailed(IncidentflowError, RuntimeError):
    """
    A plugin raised, or gave something that cannot be used; nothing was lost.

    Attributes:
        plugin: The plugin's name.
        hook: The hook that was called, or the method of what the hook gave.
        problem: What went wrong, and what would do.
    """

    code: ClassVar[str] = "plugin.failed"

    plugin: str
    hook: str
    problem: str
