"""
The conformance kit for notifiers: inherit, make one, run pytest.

    class TestMyNotifier(NotifierContract):
        def make_notifier(self):
            return MyNotifier(client=FakeClient())

Give it a fake of the provider that takes every message. What a notifier answers when its provider
fails is its own matter: raising is always allowed, and is a retry (rule D3).
"""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from attrs import evolve

from incidentflow.policy import Audience
from incidentflow.ports import AsyncNotifier, Notification, Notifier, Receipt
from incidentflow.ports.notifier import UNKEPT
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.contract import Contract
from incidentflow.words import Priority

SAMPLE = Notification(
    key="019cad8f/2/mail/team",
    tenant="default",
    incident="019cad8f-ac00-741c-acd8-be6f9f6209c2",
    number="INC-0000001",
    channel="default",
    audience=Audience.TEAM,
    recipient="net",
    kind="reported",
    at=MONDAY,
    by="ana",
    title="Mail is down",
    state="new",
    priority=Priority.P1,
)

UNAWAITED = "a coroutine, from a send that is no coroutine function"


class NotifierContract(Contract):
    """
    Everything that a notifier must do, as tests.

    Override `make_notifier`; and where the provider tells repeats by a message's key, set
    ``knows_repeats`` and override `went_out`.

    Attributes:
        limit: How long one send may take.
        knows_repeats: Whether a key that is sent twice reaches the recipient once.

    """

    limit: ClassVar[timedelta] = timedelta(seconds=10)
    knows_repeats: ClassVar[bool] = False

    def make_notifier(self) -> Notifier | AsyncNotifier:
        """Return a fresh notifier over a provider that takes every message."""
        raise NotImplementedError

    def went_out(self, notifier: Notifier | AsyncNotifier) -> int:
        """Count the messages that reached their recipients; needed with ``knows_repeats``."""
        raise NotImplementedError

    def test_its_channel_is_a_name(self) -> None:
        """Visible text that stays the same, so that a subscription can name it."""
        notifier = self.make_notifier()
        channel: object = notifier.channel

        assert isinstance(channel, str)
        assert channel.strip()
        self._send(notifier)
        assert channel == notifier.channel

    def test_its_send_is_what_it_is_declared_as(self) -> None:
        """Only ``async def send`` is awaited."""
        notifier = self.make_notifier()

        assert UNAWAITED not in self._send(notifier)

    def test_it_answers_a_receipt(self) -> None:
        """And nothing else, whatever it has to tell."""
        notifier = self.make_notifier()

        assert all(isinstance(answer, Receipt) for answer in self._send(notifier))

    def test_it_raises_nothing_at_odd_messages(self) -> None:
        """Any script, several lines, nothing that may be missing."""
        notifier = self.make_notifier()
        texts = ("Größe 停電 עברית\u200f 🔥", "x" * 10_000, "one\ntwo", "100 % {no} %s \\")
        odd = [evolve(told, title=text) for told in self._told(notifier) for text in texts]
        bare = [
            evolve(told, number=None, priority=None, by="", title="")
            for told in self._told(notifier)
        ]
        raised = [one for one in self._send(notifier, odd + bare) if _is_error(one)]

        assert raised == []

    def test_a_repeated_key_is_safe(self) -> None:
        """A second attempt is answered; where repeats are known, nobody is told twice."""
        notifier = self.make_notifier()
        (told,) = self._told(notifier)[:1]
        first, second = self._send(notifier, [told, evolve(told, attempt=2)])

        assert isinstance(first, Receipt)
        assert isinstance(second, Receipt)
        assert not self.knows_repeats or self.went_out(notifier) == 1

    def test_each_answer_is_for_its_own_message(self) -> None:
        """Two messages never have one reference."""
        notifier = self.make_notifier()
        answers = self._send(notifier)
        references = [one.reference for one in answers if isinstance(one, Receipt)]
        named = [reference for reference in references if reference is not None]

        assert len(set(named)) == len(named)

    def test_what_it_calls_a_message_can_be_kept(self) -> None:
        """One visible line of text, or nothing; else later messages find no thread."""
        notifier = self.make_notifier()
        details = [one.detail for one in self._send(notifier) if isinstance(one, Receipt)]

        assert [detail for detail in details if detail.startswith(UNKEPT)] == []

    def test_a_thread_is_continued(self) -> None:
        """What it called the first message comes back with the next one."""
        notifier = self.make_notifier()
        told = self._told(notifier)[0]
        (first,) = self._send(notifier, [told])
        thread = first.reference if isinstance(first, Receipt) else None
        later = evolve(told, key="019cad8f/3/mail/team", kind="assigned", thread=thread)

        assert isinstance(self._send(notifier, [later])[0], Receipt)

    def test_it_answers_in_time(self) -> None:
        """Within the limit, after which a desk waits no longer."""
        notifier = self.make_notifier()

        assert all(not isinstance(answer, TimeoutError) for answer in self._send(notifier))

    def test_it_leaves_the_message_as_it_is(self) -> None:
        """The desk, and other channels, go on with it."""
        notifier = self.make_notifier()
        told = self._told(notifier)
        copies = [evolve(one) for one in told]
        self._send(notifier, told)

        assert told == copies

    def _told(self, notifier: Notifier | AsyncNotifier) -> list[Notification]:
        mine = evolve(SAMPLE, channel=notifier.channel)
        return [mine, evolve(mine, key="019cad8f/2/mail/assignee", recipient="bo")]

    def _send(
        self, notifier: Notifier | AsyncNotifier, told: Sequence[Notification] | None = None
    ) -> list[object]:
        """Send on a thread as a desk does, and return what came back, errors included."""
        asked = self._told(notifier) if told is None else told
        answers: list[object] = []

        def work() -> None:
            answers.extend(_answer(notifier, one) for one in asked)

        sending = threading.Thread(target=work, daemon=True)
        sending.start()
        sending.join(self.limit.total_seconds())
        return [*answers, *[TimeoutError()] * (len(asked) - len(answers))]


def _answer(notifier: Notifier | AsyncNotifier, told: Notification) -> object:
    try:
        answer: object = notifier.send(told)
        if inspect.iscoroutinefunction(notifier.send) and inspect.iscoroutine(answer):
            return asyncio.run(answer)
        if inspect.iscoroutine(answer):
            answer.close()
            return UNAWAITED
    except Exception as error:  # noqa: BLE001 - whatever it raises is what it answers here
        return error
    return answer


def _is_error(answer: object) -> bool:
    return isinstance(answer, Exception) and not isinstance(answer, TimeoutError)
