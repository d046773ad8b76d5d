"""Errors, in English."""

from __future__ import annotations

from collections.abc import Mapping

ERRORS: Mapping[str, str] = {
    "*.invalid": "{name}: {count} problem(s)\n{problems:lines}",
    "commit.conflict": (
        "the {what} this commit to {subject} relied on has changed"
        "[{overtaken?}; roll back, and begin the transaction again]"
    ),
    "error": "[{text}|something went wrong]",
    "extra.missing": "{feature} needs an extra: pip install 'incidentflow[[{extra}]]'",
    "incident.not_found": (
        "no incident {reference:quoted} in tenant {tenant:quoted}; "
        "give an id or a number such as INC-0000001"
    ),
    "incident.stale": (
        "{incident} is at version {found}, not {expected}: changed by {changed_by}. "
        "Read it again and decide anew."
    ),
    "input.invalid": "{field} = {value}: {problem}",
    "journal.unreadable": (
        "[entry {sequence}|the snapshot] of {incident} cannot be read: {problem}. "
        "Nothing is lost; other incidents are not affected."
    ),
    "key.reused": (
        "key {key:quoted} was used for another request, on {incident}; "
        "use a fresh key for a new request"
    ),
    "listed": "  {number}. {problem}",
    "not_allowed": (
        "{actor} is not allowed to {action}[ {incident}]: {reason} [[{denied}]]; "
        "ask somebody who is"
    ),
    "plugin.failed": "plugin {plugin:quoted}, {hook}: {problem}",
    "notifier.failed": (
        "notifier [{notifier} ]of channel {channel:quoted} {problem}; "
        "[{is_known?}it is tried again|whether it was sent is unknown]"
    ),
    "refusal": "{why} [[{code}]]",
    "store.failed": "cannot {action}: {detail}[; {reason:storage}]; {outcome:outcome}",
    "store.foreign": "cannot {action}: {detail}[; {reason:storage}]; {outcome:outcome}",
    "store.incapable": (
        "the store {store:quoted} does not declare {capability:quoted}; "
        "give the desk one that does, such as 'sqlite:///incidents.db'"
    ),
    "transition.refused": (
        "{incident} cannot {asked}[{later?} after the commands before it] while {state}: "
        "[{failures:each}|]. Open now: [{open_steps:list}|none]."
    ),
    "word.outcome.not_applied": "nothing was changed",
    "word.outcome.unknown": "the change may stand: repeat the command with the same key",
    "word.storage.busy": "another process is writing: try again in a moment",
    "word.storage.cannot_open": "see that the folder exists, and that this process may write in it",
    "word.storage.damaged": "bring back a copy of the file, or give the path of another one",
    "word.storage.disk": "look after the disk, then try again",
    "word.storage.full": "make room, then try again",
    "word.storage.readonly": "let this process write there, or give the path of another file",
}
