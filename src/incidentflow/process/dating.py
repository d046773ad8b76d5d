"""Dating: the world-time of a command, and what is odd about it (rules L8 and J4)."""

from __future__ import annotations

import enum
from datetime import datetime

from incidentflow.incident import Case, Incident


class Origin(enum.Enum):
    """Where commands come from."""

    LIVE = "live"
    IMPORTED = "imported"


def world_time(case: Case, before: Incident, origin: Origin) -> tuple[datetime, tuple[str, ...]]:
    """
    Say when a command happened, and what is odd about it.

    Args:
        case: The command, and the incident after the commands before it in the same commit.
        before: The incident before the whole commit.
        origin: Where the command comes from; an import may run backwards.

    Raises:
        TransitionRefused: It lies ahead, or before the latest change of state.

    """
    at, odd = _dated(case, before, origin)
    return at, (*odd, *_miscounted(case, before))


def _dated(case: Case, before: Incident, origin: Origin) -> tuple[datetime, tuple[str, ...]]:
    given, since = case.command.at, case.incident.settled_at
    if given is None:
        return max(case.now, since), ()
    odd = ("late_entry",) if case.now - given > case.policy.late_entry else ()
    if given - case.now > case.policy.clock_skew:
        case.refuse("at.future", "at", given=given, now=case.now)
    if origin is Origin.IMPORTED and given <= before.updated_at:
        equal = given == before.updated_at
        return given, (*odd, "equal_times" if equal else "runs_backwards")
    if given >= since or not before.version or case.command.may_look_back:
        return given, odd
    return case.refuse("at.before_last_change", "at", since=since, given=given)


def _miscounted(case: Case, before: Incident) -> tuple[str, ...]:
    """Say whether the source's own count skips or goes back; once in a commit where it skips."""
    given, last = case.command.source_sequence, before.source_sequence
    if given is None or last is None or case.incident.source_sequence != last or given == last + 1:
        return ()
    if given > last:
        return ("gap",)
    return ("sequence_repeats" if given == last else "sequence_runs_backwards",)
