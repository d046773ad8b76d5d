"""Where notifiers run: on threads, in a loop, or as tasks; bounded, limited, apart (rule D5)."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection
from concurrent import futures
from typing import Any, Generic, TypeVar

from incidentflow.desk.notifying import Notifiers
from incidentflow.errors import IncidentflowError, NotifierFailed, told
from incidentflow.ports import Answer, Notification, Receipt, Sending

ThreadFuture = futures.Future[object]
TaskFuture = asyncio.Future[object]
Send = Callable[[Notification], Any]
F = TypeVar("F", ThreadFuture, TaskFuture)


class Outbox(ABC, Generic[F]):
    """
    A desk's notifiers, and what they do at this moment.

    Args:
        notifiers: By their channels.
        sending: How long a send may take, and how many may run at once.

    """

    def __init__(self, notifiers: Notifiers, sending: Sending) -> None:
        self.notifiers = notifiers
        self.sending = sending
        self.calls: dict[str, Send] = {name: each.send for name, each in notifiers.items()}
        self.late: dict[F, str] = {}

    @property
    def channels(self) -> frozenset[str]:
        """The channels that have a notifier."""
        return frozenset(self.notifiers)

    def open_round(self) -> Sends[F]:
        """Begin the sends of one ``deliver``."""
        return Sends(self)

    def leave(self, sent: F, channel: str) -> None:
        """Wait for a send no longer; it goes on, and takes a place until it ends."""
        self.late[sent] = channel
        sent.add_done_callback(self._forget)

    def _forget(self, sent: F) -> None:
        self.late.pop(sent, None)
        if not sent.cancelled():
            sent.exception()

    @abstractmethod
    def begin(self, notification: Notification) -> F:
        """Begin one send."""

    @abstractmethod
    async def wait(self, sent: Collection[F], seconds: float) -> None:
        """Wait until one of some sends has ended, but no longer than so many seconds."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what notifiers ran in."""


class Sends(Generic[F]):
    """The sends of one ``deliver``."""

    def __init__(self, outbox: Outbox[F]) -> None:
        self._outbox: Outbox[F] = outbox
        self._limit = outbox.sending.limit.total_seconds()
        self._flying: dict[F, tuple[Notification, float]] = {}

    def room(self, channel: str) -> int:
        """Say how many more sends of a channel may be started now."""
        flying = sum(told.channel == channel for told, _ in self._flying.values())
        late = sum(each == channel for each in tuple(self._outbox.late.values()))
        return self._outbox.sending.at_once - flying - late

    def start(self, notification: Notification) -> None:
        """Start one send."""
        sent = self._outbox.begin(notification)
        self._flying[sent] = notification, time.monotonic() + self._limit

    async def finished(self) -> list[tuple[Notification, Answer]]:
        """Wait until one that was started has ended or run out of time; answer all that have."""
        soonest = min(limit for _, limit in self._flying.values())
        await self._outbox.wait(self._flying.keys(), max(soonest - time.monotonic(), 0))
        answers: list[tuple[Notification, Answer]] = []
        for sent, (notification, limit) in tuple(self._flying.items()):
            if sent.done():
                answers.append((notification, self._read(sent, notification)))
            elif time.monotonic() >= limit:
                self._outbox.leave(sent, notification.channel)
                problem = f"did not answer within {self._limit:g} seconds"
                answers.append((notification, self._failed(notification, problem, is_known=False)))
            else:
                continue
            del self._flying[sent]
        return answers

    def _read(self, sent: F, notification: Notification) -> Answer:
        error = asyncio.CancelledError() if sent.cancelled() else sent.exception()
        if error is not None:
            is_ours = isinstance(error, IncidentflowError)
            text = told(error) if is_ours else type(error).__name__
            failed = self._failed(notification, f"raised {text}")
            failed.__cause__ = error
            return failed
        answer = sent.result()
        if inspect.iscoroutine(answer):
            answer.close()
        try:
            if isinstance(answer, Receipt):
                return Receipt(answer.outcome, answer.reference, answer.after, answer.detail)
            problem = f"answered {type(answer).__name__}, which is no Receipt"
        except Exception as error:  # noqa: BLE001 - what a notifier made of it
            problem = f"answered a receipt that cannot be read: {type(error).__name__}"
        return self._failed(notification, problem, is_known=False)

    def _failed(
        self, notification: Notification, problem: str, *, is_known: bool = True
    ) -> NotifierFailed:
        name = type(self._outbox.notifiers[notification.channel]).__name__
        return NotifierFailed(notification.channel, name, problem, is_known)


class ThreadOutbox(Outbox[ThreadFuture]):
    """The outbox of a sync desk: a thread for each send; each async notifier has a loop."""

    def __init__(self, notifiers: Notifiers, sending: Sending) -> None:
        super().__init__(notifiers, sending)
        self._loops: dict[str, asyncio.AbstractEventLoop] = {}
        self._lock = threading.Lock()

    def begin(self, notification: Notification) -> ThreadFuture:
        """Begin one send."""
        channel = notification.channel
        send = self.calls[channel]
        if inspect.iscoroutinefunction(send):
            loop = self._running_loop(channel)
            return asyncio.run_coroutine_threadsafe(_awaited(send, notification), loop)
        return in_thread(send, notification)

    async def wait(self, sent: Collection[ThreadFuture], seconds: float) -> None:
        """Wait until one of some sends has ended, but no longer than so many seconds."""
        futures.wait(sent, seconds, futures.FIRST_COMPLETED)

    def close(self) -> None:
        """Let the loop of async notifiers end, and what still runs in it."""
        with self._lock:
            loops, self._loops = self._loops, {}
        for loop in loops.values():
            loop.call_soon_threadsafe(loop.stop)

    def _running_loop(self, channel: str) -> asyncio.AbstractEventLoop:
        with self._lock:
            if channel not in self._loops:
                self._loops[channel] = asyncio.new_event_loop()
                in_thread(_run, self._loops[channel])
            return self._loops[channel]


class TaskOutbox(Outbox[TaskFuture]):
    """The outbox of an async desk: a task for each send; sync notifiers have threads."""

    def begin(self, notification: Notification) -> TaskFuture:
        """Begin one send."""
        send = self.calls[notification.channel]
        if inspect.iscoroutinefunction(send):
            task: TaskFuture = asyncio.ensure_future(_awaited(send, notification))
            return task
        return asyncio.wrap_future(in_thread(send, notification))

    async def wait(self, sent: Collection[TaskFuture], seconds: float) -> None:
        """Wait until one of some sends has ended, but no longer than so many seconds."""
        await asyncio.wait(sent, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)

    def close(self) -> None:
        """Do nothing: tasks are the host's loop's."""


async def _awaited(send: Send, notification: Notification) -> object:
    """Await a send, so that none that wants to end the process ends its loop."""
    try:
        return await send(notification)
    except (KeyboardInterrupt, SystemExit) as error:
        msg = "a send ended the process"
        raise RuntimeError(msg) from error


def in_thread(call: Callable[..., object], *args: object) -> ThreadFuture:
    """Call something on a thread of its own that keeps no process alive."""
    answered: ThreadFuture = futures.Future()

    def work() -> None:
        try:
            answer = call(*args)
        except BaseException as error:  # noqa: BLE001 - whatever it is, the one who waits gets it
            answered.set_exception(error)
        else:
            answered.set_result(answer)

    threading.Thread(target=work, name="incidentflow-send", daemon=True).start()
    return answered


def _run(loop: asyncio.AbstractEventLoop) -> None:
    """Run a loop until it is stopped; what is left in it is cancelled, and not waited for."""
    asyncio.set_event_loop(loop)
    loop.run_forever()
    for task in asyncio.all_tasks(loop):
        task.cancel()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
