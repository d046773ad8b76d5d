"""Errors: one tree, facts as attributes, text that says what would work."""

from __future__ import annotations

import copy
import pickle

import attrs
import pytest

from incidentflow import errors
from incidentflow.errors import (
    CommitConflict,
    Failure,
    ForeignDatabase,
    IncidentflowError,
    IncidentNotFound,
    InvalidInput,
    KeyReused,
    LifecycleError,
    MappingError,
    MissingCapability,
    MissingExtra,
    NotAllowed,
    NotifierFailed,
    PluginFailed,
    PolicyError,
    StaleIncident,
    StoreError,
    TransitionRefused,
    UnreadableJournal,
    nearest,
    shorten,
)

REFUSED = TransitionRefused(
    "INC-0000007",
    "new",
    "resolve",
    (Failure("code.missing", {"input": "code"}), Failure("note.missing", {"input": "note"})),
    ("triage", "cancel"),
)
EXAMPLES = [
    (
        NotifierFailed("mail", "SmtpNotifier", "raised ConnectionError"),
        RuntimeError,
        "notifier.failed",
        "notifier SmtpNotifier of channel 'mail' raised ConnectionError; it is tried again",
    ),
    (
        NotAllowed("person:ana", "close", "INC-0000007", "role.missing", "only managers close"),
        PermissionError,
        "not_allowed",
        (
            "person:ana is not allowed to close INC-0000007: only managers close [role.missing]; "
            "ask somebody who is"
        ),
    ),
    (
        PluginFailed("pager", "incidentflow_notifiers", "raised KeyError: 'PAGER_TOKEN'"),
        RuntimeError,
        "plugin.failed",
        "plugin 'pager', incidentflow_notifiers: raised KeyError: 'PAGER_TOKEN'",
    ),
    (
        InvalidInput("title", "''", "is blank; give some visible text"),
        ValueError,
        "input.invalid",
        "title = '': is blank; give some visible text",
    ),
    (
        REFUSED,
        ValueError,
        "transition.refused",
        (
            "INC-0000007 cannot resolve while new: code must be given [code.missing]; note must be "
            "given [note.missing]. Open now: triage, cancel."
        ),
    ),
    (
        TransitionRefused("INC-1", "closed", "close", ()),
        ValueError,
        "transition.refused",
        "INC-1 cannot close while closed: . Open now: none.",
    ),
    (
        IncidentNotFound("INC-9", "acme"),
        LookupError,
        "incident.not_found",
        "no incident 'INC-9' in tenant 'acme'; give an id or a number such as INC-0000001",
    ),
    (
        StaleIncident("INC-9", 3, 5, "person:bo"),
        RuntimeError,
        "incident.stale",
        "INC-9 is at version 5, not 3: changed by person:bo. Read it again and decide anew.",
    ),
    (
        KeyReused("order-7", "INC-9"),
        ValueError,
        "key.reused",
        "key 'order-7' was used for another request, on INC-9; use a fresh key for a new request",
    ),
    (
        LifecycleError("lifecycle 'ours'", ("no end", "no start")),
        ValueError,
        "lifecycle.invalid",
        "lifecycle 'ours': 2 problem(s)\n  1. no end\n  2. no start",
    ),
    (
        PolicyError("policy", ("negative",)),
        ValueError,
        "policy.invalid",
        "policy: 1 problem(s)\n  1. negative",
    ),
    (
        MappingError("log.toml", ("no columns",)),
        ValueError,
        "mapping.invalid",
        "log.toml: 1 problem(s)\n  1. no columns",
    ),
    (
        UnreadableJournal("INC-9", 4, "kind 'x' is unknown"),
        ValueError,
        "journal.unreadable",
        (
            "entry 4 of INC-9 cannot be read: kind 'x' is unknown. "
            "Nothing is lost; other incidents are not affected."
        ),
    ),
    (
        UnreadableJournal("INC-9", 0, "cut short"),
        ValueError,
        "journal.unreadable",
        (
            "the snapshot of INC-9 cannot be read: cut short. "
            "Nothing is lost; other incidents are not affected."
        ),
    ),
    (
        StoreError("commit", "disk is full"),
        OSError,
        "store.failed",
        "cannot commit: disk is full; nothing was changed",
    ),
    (
        StoreError("commit", "The disk is gone. Sorry...", reason="disk"),
        OSError,
        "store.failed",
        (
            "cannot commit: The disk is gone. Sorry; look after the disk, then try again; "
            "nothing was changed"
        ),
    ),
    (
        StoreError("commit", "connection lost", "unknown"),
        OSError,
        "store.failed",
        (
            "cannot commit: connection lost; "
            "the change may stand: repeat the command with the same key"
        ),
    ),
    (
        ForeignDatabase("open", "not ours"),
        StoreError,
        "store.foreign",
        "cannot open: not ours; nothing was changed",
    ),
    (
        CommitConflict("version", "INC-9"),
        RuntimeError,
        "commit.conflict",
        "the version this commit to INC-9 relied on has changed",
    ),
    (
        CommitConflict("snapshot", "INC-9"),
        RuntimeError,
        "commit.conflict",
        (
            "the snapshot this commit to INC-9 relied on has changed; "
            "roll back, and begin the transaction again"
        ),
    ),
    (
        MissingCapability("joins_host", "memory:"),
        NotImplementedError,
        "store.incapable",
        (
            "the store 'memory:' does not declare 'joins_host'; give the desk one that does, "
            "such as 'sqlite:///incidents.db'"
        ),
    ),
    (
        NotifierFailed("mail", "Mail", "ran out of time", is_known=False),
        RuntimeError,
        "notifier.failed",
        "notifier Mail of channel 'mail' ran out of time; whether it was sent is unknown",
    ),
    (
        MissingExtra("PostgreSQL", "postgres"),
        ImportError,
        "extra.missing",
        "PostgreSQL needs an extra: pip install 'incidentflow[postgres]'",
    ),
]


@pytest.mark.parametrize(("error", "builtin", "code", "text"), EXAMPLES)
def test_an_error_is_what_a_user_would_guess_and_says_what_would_work(
    error: IncidentflowError, builtin: type[Exception], code: str, text: str
) -> None:
    """It is one of the tree and a builtin, has a stable code, and a text for people."""
    assert isinstance(error, IncidentflowError)
    assert isinstance(error, builtin)
    assert code == error.code
    assert text == str(error)


@pytest.mark.parametrize("error", [error for error, *_ in EXAMPLES])
def test_an_error_survives_being_copied_and_sent(error: IncidentflowError) -> None:
    """A queue or a process pool hands on all its facts."""
    for same in (pickle.loads(pickle.dumps(error)), copy.copy(error)):  # noqa: S301 - our own
        assert type(error) is type(same)
        assert attrs.asdict(error) == attrs.asdict(same)
        assert str(error) == str(same)


def test_every_error_has_an_example_here() -> None:
    """A new error must say what it is."""
    shown = {type(error) for error, *_ in EXAMPLES}
    known = {getattr(errors, name) for name in errors.__all__}

    assert shown == {
        each for each in known if isinstance(each, type) and issubclass(each, IncidentflowError)
    } - {IncidentflowError}


def test_the_tree_at_the_top_names_every_error() -> None:
    """Whoever reads the module's first lines has seen them all."""
    assert all(type(error).__name__ in (errors.__doc__ or "") for error, *_ in EXAMPLES)


def test_values_are_shown_short_and_printable() -> None:
    """Whatever was given, it fits on a line."""
    assert "'abc'" == shorten("abc")
    assert "'a\\x00'" == shorten("a\x00")
    assert 60 == len(shorten("x" * 1_000))
    assert shorten("x" * 1_000).endswith("…")


def test_the_nearest_word_is_suggested() -> None:
    """Or all of them, or none at all."""
    assert "did you mean 'close'?" == nearest("closed", ["close", "open"])
    assert "known: close, open" == nearest("zzz", ["open", "close"])
    assert "none is configured" == nearest("zzz", [])
