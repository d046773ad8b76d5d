"""The contract of notifiers finds each planted fault, and finds nothing in a sound notifier."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidentflow.notifiers import LoggingNotifier, callback
from incidentflow.ports import Notification, Outcome, Receipt
from incidentflow.testing.contract import checks
from incidentflow.testing.notifier import NotifierContract
from incidentflow.testing.notifiers import RecordingNotifier

DONE = threading.Event()


class TestLogging(NotifierContract):
    """The notifier that logs."""

    def make_notifier(self) -> LoggingNotifier:
        """Make one."""
        return LoggingNotifier()


class TestCallback(NotifierContract):
    """A function of the host."""

    def make_notifier(self) -> Any:  # noqa: ANN401 - of either kind
        """Make one."""
        return callback("mail", lambda told: Receipt(Outcome.ACCEPTED, told.key))


class TestAwaitedCallback(NotifierContract):
    """A function of the host that is awaited."""

    def make_notifier(self) -> Any:  # noqa: ANN401 - of either kind
        """Make one."""

        async def send(told: Notification) -> Receipt:
            return Receipt(Outcome.ACCEPTED, told.key)

        return callback("mail", send)


class KnowsRepeats(RecordingNotifier):
    """A provider that knows a message by its key."""

    def send(self, notification: Notification) -> Receipt:
        """Keep what is new."""
        if notification.key not in {told.key for told in self.sent}:
            self.sent.append(notification)
        return Receipt(Outcome.DELIVERED, notification.key)


class TestRecording(NotifierContract):
    """The notifier that keeps what it is given."""

    def make_notifier(self) -> RecordingNotifier:
        """Make one."""
        return RecordingNotifier()


class TestKnowingRepeats(NotifierContract):
    """One that tells nobody twice."""

    knows_repeats = True

    def make_notifier(self) -> KnowsRepeats:
        """Make one."""
        return KnowsRepeats()

    def went_out(self, notifier: Any) -> int:  # noqa: ANN401 - what was made
        """Count what it kept."""
        return len(notifier.sent)


class Raises(RecordingNotifier):
    """Cannot write what is not ASCII."""

    def send(self, notification: Notification) -> Receipt:
        """Encode."""
        notification.title.encode("ascii")
        return Receipt(Outcome.DELIVERED)


class Hangs(RecordingNotifier):
    """Waits for a provider that never answers."""

    def send(self, notification: Notification) -> Receipt:
        """Wait."""
        DONE.wait(5)
        return super().send(notification)


class Nonsense(RecordingNotifier):
    """Answers what its client answered."""

    def send(self, notification: Notification) -> Any:  # noqa: ANN401 - nonsense is the point
        """Answer text."""
        return f"250 OK {notification.key}"


class AnswersForAnother(RecordingNotifier):
    """Answers with the reference of the first message."""

    def send(self, notification: Notification) -> Receipt:
        """Keep, and answer for the first."""
        super().send(notification)
        return Receipt(Outcome.DELIVERED, self.sent[0].key)


class NoChannel(RecordingNotifier):
    """Has a number for a channel."""

    channel: Any

    def __init__(self) -> None:
        super().__init__()
        self.channel = 25


class MovingChannel(RecordingNotifier):
    """Changes its channel with every message."""

    def send(self, notification: Notification) -> Receipt:
        """Move."""
        self.channel += "'"
        return super().send(notification)


class ForgetsToAwait(RecordingNotifier):
    """Answers a coroutine from a function that is not declared to."""

    def send(self, notification: Notification) -> Any:  # noqa: ANN401 - nonsense is the point
        """Answer what nobody awaits."""
        return self._later(notification)

    async def _later(self, notification: Notification) -> Receipt:
        return super().send(notification)


class Meddles(RecordingNotifier):
    """Writes its own mark into the message."""

    def send(self, notification: Notification) -> Receipt:
        """Write."""
        object.__setattr__(notification, "title", f"[seen] {notification.title}")
        return super().send(notification)


class Doubles(RecordingNotifier):
    """Says that it knows repeats, and tells everybody twice."""


class LosesThreads(RecordingNotifier):
    """Cannot continue a thread."""

    def send(self, notification: Notification) -> Receipt:
        """Look for a thread that it never opened."""
        if notification.thread is not None:
            raise KeyError(notification.thread)
        return Receipt(Outcome.ACCEPTED, notification.key)


class RunsOn(RecordingNotifier):
    """Calls a message what its client printed, line feed and all."""

    def send(self, notification: Notification) -> Receipt:
        """Answer the line."""
        return Receipt(Outcome.ACCEPTED, f"{notification.key}\n")


FOUND: dict[type[RecordingNotifier], str] = {
    Raises: "test_it_raises_nothing_at_odd_messages",
    Hangs: "test_it_answers_in_time",
    Nonsense: "test_it_answers_a_receipt",
    AnswersForAnother: "test_each_answer_is_for_its_own_message",
    NoChannel: "test_its_channel_is_a_name",
    MovingChannel: "test_its_channel_is_a_name",
    ForgetsToAwait: "test_its_send_is_what_it_is_declared_as",
    Meddles: "test_it_leaves_the_message_as_it_is",
    Doubles: "test_a_repeated_key_is_safe",
    RunsOn: "test_what_it_calls_a_message_can_be_kept",
    LosesThreads: "test_a_thread_is_continued",
}
"""For each fault the check that is meant for it; some cannot help breaking others too."""


def failing(make: Callable[[], RecordingNotifier]) -> set[str]:
    """Name the checks that a notifier fails."""
    body = {
        "make_notifier": lambda _: make(),
        "went_out": lambda _, notifier: len(notifier.sent),
        "knows_repeats": make is Doubles,
        "limit": timedelta(milliseconds=20 if make is Hangs else 5000),
    }
    contract: Any = type("Contract", (NotifierContract,), body)
    failed = set()
    for check in checks(NotifierContract):
        try:
            getattr(contract(), check)()
        except AssertionError:
            failed.add(check)
    return failed


@pytest.mark.parametrize("fault", FOUND, ids=lambda fault: fault.__name__)
def test_each_fault_is_found_by_its_check(fault: type[RecordingNotifier]) -> None:
    """The check that is meant for it fails, and names what is wrong."""
    found = failing(fault)
    if fault is Hangs:
        DONE.set()

    assert FOUND[fault] in found


def test_each_check_finds_a_fault() -> None:
    """No check is there for nothing."""
    assert {*checks(NotifierContract)} == {*FOUND.values()}


def test_a_sound_notifier_fails_nothing() -> None:
    """The faults are not of the harness's making."""
    assert set() == failing(RecordingNotifier)


def test_a_contract_says_what_must_be_made() -> None:
    """Until it is said, nothing passes."""
    bare = NotifierContract()
    with pytest.raises(NotImplementedError):
        bare.make_notifier()
    with pytest.raises(NotImplementedError):
        bare.went_out(RecordingNotifier())
