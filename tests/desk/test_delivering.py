"""Invariant: every message ends delivered, suppressed or dead, and one notifier delays its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from attrs import evolve, frozen

from incidentflow import (
    Command,
    Escalate,
    IncidentDesk,
    Note,
    Policy,
    Reclassify,
    Resolve,
    StakeholderUpdate,
)
from incidentflow.errors import InvalidInput, NotifierFailed, StoreError
from incidentflow.events import DeliveryFailed, DeliverySuppressed, ThreadOpened
from incidentflow.incident import Event, Incident
from incidentflow.notifiers import callback
from incidentflow.policy import Audience, Subscription
from incidentflow.ports import (
    By,
    Line,
    Lookup,
    Notification,
    Outcome,
    Owed,
    OwedKind,
    Receipt,
    Sending,
    Settlement,
    Store,
    Write,
)
from incidentflow.process.delivery import Record
from incidentflow.testing.clock import ManualClock, SeededEntropy
from incidentflow.testing.notifiers import RecordingNotifier
from incidentflow.texts import Catalogue, Text
from incidentflow.words import SYSTEM, micros

Build = Callable[..., Any]
TEAM = Subscription(Audience.TEAM, ("reported", "escalated", "reclassified"))
QUICK = Sending(limit=timedelta(milliseconds=20))
RETRY = Receipt(Outcome.RETRY, detail="busy")
UNKNOWN = Receipt(Outcome.UNKNOWN)
REJECTED = Receipt(Outcome.REJECTED, detail="no such address")


def telling(*channels: str) -> Policy:
    """Tell the team of reports and more on each channel."""
    return Policy(subscriptions=tuple(evolve(TEAM, channel=channel) for channel in channels))


def kinds(desk: Any, incident: Incident) -> list[str]:  # noqa: ANN401 - either desk
    """Say what became of an incident's messages."""
    events = [entry.event for entry in desk.history(incident)]
    told = (DeliveryFailed, DeliverySuppressed, ThreadOpened)
    return [event.kind for event in events if isinstance(event, told)]


class Hanging:
    """A notifier that answers nothing until it is let go."""

    def __init__(self, channel: str = "hangs") -> None:
        self.channel = channel
        self.sent: list[Notification] = []
        self.let_go = threading.Event()

    def send(self, notification: Notification) -> Receipt:
        """Wait."""
        self.sent.append(notification)
        self.let_go.wait(30)
        return Receipt(Outcome.DELIVERED)


class AsyncHanging:
    """The same, awaited."""

    channel = "hangs"

    async def send(self, notification: Notification) -> Receipt:
        """Wait for what never comes."""
        del notification
        await asyncio.Event().wait()
        raise AssertionError


@pytest.fixture
def build(build: Build) -> Build:
    """Build desks whose team is told of a report on one channel, unless told otherwise."""
    return partial(build, policy=telling("default"))


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    """Give a notifier that hangs, and let go of it in the end."""
    notifier = Hanging()
    yield notifier
    notifier.let_go.set()


def test_a_message_is_sent_once_and_ends(build: Build) -> None:
    """With all that its text needs; then nothing is owed."""
    notifier = RecordingNotifier()
    desk = build(notifiers=[notifier])
    incident = desk.report("Mail is down", by="ana", team="net", impact="high", urgency="high")
    done = desk.deliver()
    (sent,) = notifier.sent

    assert (sent,) == done.sent
    assert (incident.id, incident.number, "net", "reported") == (
        sent.incident,
        sent.number,
        sent.recipient,
        sent.kind,
    )
    assert (1, None, "ana", "Mail is down", incident.priority) == (
        sent.attempt,
        sent.thread,
        sent.by,
        sent.title,
        sent.priority,
    )
    assert incident.number in sent.subject
    assert "Mail is down" in sent.text
    assert "Priority: P1" in sent.text
    assert desk.deliver() == type(done)()
    assert [] == kinds(desk, incident)


def test_a_tick_carries_out_what_is_owed(build: Build) -> None:
    """One call for a worker to make."""
    notifier = RecordingNotifier()
    desk = build(notifiers=[notifier])
    desk.report("Mail is down", by="ana", team="net")

    ticked = desk.tick()

    assert tuple(notifier.sent) == ticked.delivered.sent
    assert 1 == len(notifier.sent)


def test_a_desk_without_notifiers_leaves_messages_alone(build: Build) -> None:
    """Another desk has them; none is lost, and no attempt is counted."""
    notifier = RecordingNotifier()
    desk, worker = build(), build(notifiers=[notifier])
    desk.report("Mail is down", by="ana", team="net")
    for _ in range(3):
        desk.tick()
        desk.deliver()
    worker.deliver()

    assert [1] == [sent.attempt for sent in notifier.sent]


def test_a_channel_without_a_notifier_ends_suppressed(build: Build) -> None:
    """Where there are notifiers, but not this one; its incident says of whom, and why (D3)."""
    desk = build(notifiers=[], policy=telling("mail", "chat"))
    incident = desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()
    first, second = [each.event for each in desk.history(incident) if each.by == SYSTEM][-2:]

    assert 2 == len(done.suppressed)
    assert ["delivery_suppressed"] * 2 == kinds(desk, incident)
    assert ("mail", "reported", 1, "no_notifier", "net") == (
        first.channel,
        first.told_of,
        first.sequence,
        first.reason,
        first.recipient,
    )
    assert (
        "net was not told of reported on chat: no notifier here carries that channel"
        == second.describe()
    )
    assert "chat nicht über reported unterrichtet: kein Benachr" in second.describe("de")
    assert () == desk.deliver().suppressed
    assert ((), True) == (desk.deliver().failed, desk.verify().holds)


@pytest.mark.parametrize("answer", [RETRY, UNKNOWN, OSError("secret-token"), "nonsense", None])
def test_what_went_wrong_is_tried_again(build: Build, clock: ManualClock, answer: Any) -> None:  # noqa: ANN401
    """After a wait that doubles; under the same key, with the attempts counted."""
    notifier = RecordingNotifier("default", answer, answer)
    if answer is None or isinstance(answer, str):
        notifier = RecordingNotifier()
        odd = [answer, answer]

        def send(told: Notification) -> Any:  # noqa: ANN401 - nonsense is the point
            notifier.sent.append(told)
            return odd.pop() if odd else Receipt(Outcome.ACCEPTED)

        desk = build(notifiers=[Function(send)])
    else:
        desk = build(notifiers=[notifier])
    desk.report("Mail is down", by="ana", team="net")
    first = desk.deliver()
    early = desk.deliver()
    clock.advance(seconds=15)
    second = desk.deliver()
    clock.advance(seconds=29)
    too_early = desk.deliver()
    clock.advance(seconds=1)
    third = desk.deliver()

    assert (1, 0, 1, 0) == tuple(len(one.waiting) for one in (first, early, second, too_early))
    assert [1, 2, 3] == [sent.attempt for sent in notifier.sent]
    assert 1 == len({sent.key for sent in notifier.sent})
    assert 1 == len(third.sent)
    assert "secret-token" not in str(first.failed)


class Function:
    """A notifier that does what it is told."""

    def __init__(self, send: Callable[[Notification], Any], channel: str = "default") -> None:
        self.channel = channel
        self.send = send


def test_a_failing_notifier_is_named(build: Build) -> None:
    """With its channel and what it did, and nothing of what it said."""
    desk = build(notifiers=[RecordingNotifier("default", OSError("secret-token"))])
    desk.report("Mail is down", by="ana", team="net")
    ((_, error),) = desk.deliver().failed

    assert isinstance(error, NotifierFailed)
    assert "notifier RecordingNotifier of channel 'default' raised OSError" in str(error)
    assert "it is tried again" in str(error)
    assert isinstance(error.__cause__, OSError)


def test_nonsense_has_an_unknown_outcome(build: Build) -> None:
    """It may have been sent."""
    desk = build(notifiers=[Function(lambda _: "sent!")])
    desk.report("Mail is down", by="ana", team="net")
    ((_, error),) = desk.deliver().failed

    assert "answered str, which is no Receipt; whether it was sent is unknown" in str(error)


def forged(**facts: object) -> Receipt:
    """Make a receipt that was never checked."""
    receipt = object.__new__(Receipt)
    for name, value in facts.items():
        object.__setattr__(receipt, name, value)
    return receipt


@pytest.mark.parametrize(
    "answer",
    [forged(), forged(outcome="sent!", reference=None, after=None, detail=""), forged(outcome=5)],
)
def test_a_receipt_that_cannot_be_read_holds_nobody_up(build: Build, answer: Receipt) -> None:
    """It is as unknown as any other nonsense."""
    good = RecordingNotifier("good")
    liar = Function(lambda _: answer, "liar")
    desk = build(notifiers=[liar, good], policy=telling("liar", "good"))
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()
    ((_, error),) = done.failed

    assert "answered a receipt that cannot be read" in str(error)
    assert ["good"] == [sent.channel for sent in done.sent]
    assert 1 == len(done.waiting)


@pytest.mark.parametrize(
    ("detail", "kept"),
    [
        ("no such\naddress\t", "no such address"),
        ("\ud800", "'\\ud800'"),
        ("x" * 10_000, "x" * 500),
        (5, "5"),
        ("", ""),
    ],
)
def test_one_line_of_a_providers_words_is_kept(build: Build, detail: Any, kept: str) -> None:  # noqa: ANN401
    """Whatever it says, the journal can hold it."""
    answer = Receipt("rejected", detail=detail)  # type: ignore[arg-type]  # as its value is taken too
    desk = build(notifiers=[RecordingNotifier("default", answer)])
    incident = desk.report("Mail is down", by="ana", team="net")
    desk.deliver()
    failed = desk.history(incident)[-1].event

    assert kept == answer.detail
    assert f"rejected: {kept}".rstrip(": ") + "; attempt 1" == failed.reason
    assert desk.verify().holds


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        (" ", "it is blank; give some visible text"),
        ("", "it is blank; give some visible text"),
        ("<1>\n", "it holds the unprintable character '\\n' at 3; remove it"),
        ("<1>\n<2>", "it holds the unprintable character '\\n' at 3; remove it"),
        (" <1>", "it has white space around it"),
        ("x" * 501, "it has 501 characters; at most 500 are kept"),
        ("\ud800", "it holds the unprintable character '\\ud800' at 0; remove it"),
        (4711, "it is not text; give a str"),
        (object(), "it is not text; give a str"),
    ],
)
def test_a_reference_that_cannot_be_kept_sends_nothing_again(
    build: Build,
    clock: ManualClock,
    reference: Any,  # noqa: ANN401 - whatever a provider says
    why: str,
) -> None:
    """The message is out; only the thread is lost, and the receipt says why (rule D4)."""
    answers: list[Receipt] = []

    def send(_: Notification) -> Receipt:
        answers.append(Receipt(Outcome.ACCEPTED, reference, detail="queued"))
        return answers[-1]

    desk = build(notifiers=[Function(send)])
    incident = desk.report("Mail is down", by="ana", team="net")
    first = desk.deliver()
    clock.advance(hours=2)
    again = desk.deliver()

    assert (1, 0, 0) == (len(first.sent), len(first.failed), len(again.sent))
    assert [Receipt(Outcome.ACCEPTED, detail=f"reference not kept: {why}. queued")] == answers
    assert [] == kinds(desk, incident)


def test_a_forged_reference_sends_nothing_again(build: Build) -> None:
    """One that no receipt would have taken is none."""
    answer = forged(outcome=Outcome.ACCEPTED, reference=5, after=None, detail="")
    desk = build(notifiers=[Function(lambda _: answer)])
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()

    assert (1, ()) == (len(done.sent), done.failed)


def test_why_there_is_no_thread_is_cut_like_any_detail() -> None:
    """It stands first, and what the provider said is cut."""
    answer = Receipt(Outcome.REJECTED, "", detail="x" * 500)

    assert 500 == len(answer.detail)
    assert answer.detail.startswith("reference not kept: it is blank; give some visible text. xxx")


def test_what_this_library_says_inside_a_notifier_is_repeated(build: Build) -> None:
    """It tells the notifier's author what to mend; it holds no secrets."""

    def send(_: Notification) -> Receipt:
        return Receipt(Outcome.RETRY, after=30)  # type: ignore[arg-type]  # what is refused

    desk = build(notifiers=[Function(send)])
    desk.report("Mail is down", by="ana", team="net")
    ((_, error),) = desk.deliver().failed

    assert "raised InvalidInput: 'after = 30: is no span of time; give a timedelta'" in str(error)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("error", [SystemExit(1), KeyboardInterrupt()])
def test_one_that_ends_the_process_delays_only_its_own(build: Build, error: BaseException) -> None:
    """Awaited in the host's loop or in its own, again and again."""

    async def end(_: Notification) -> Receipt:
        raise error

    async def send(_: Notification) -> Receipt:
        return Receipt(Outcome.DELIVERED)

    notifiers = [callback("ends", end), callback("good", send)]
    desk = build(notifiers=notifiers, policy=telling("ends", "good"))
    for _ in range(2):
        desk.report("Mail is down", by="ana", team="net")
        done = desk.deliver()

        assert ["good"] == [sent.channel for sent in done.sent]
        assert 1 == len(done.waiting)
        assert isinstance(done.failed[0][1].__cause__, RuntimeError)
    desk.close()


def test_one_that_blocks_its_loop_delays_only_its_own(store: Store) -> None:
    """In a sync desk; in an async one the loop is the host's, and awaited code must not block."""
    let_go = threading.Event()

    async def block(_: Notification) -> Receipt:
        let_go.wait(30)
        return Receipt(Outcome.DELIVERED)

    async def send(_: Notification) -> Receipt:
        return Receipt(Outcome.DELIVERED)

    desk = IncidentDesk(
        store,
        notifiers=[callback("blocks", block), callback("good", send)],
        policy=telling("blocks", "good"),
        sending=Sending(limit=timedelta(milliseconds=200)),
    )
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()
    let_go.set()
    desk.close()

    assert ["good"] == [sent.channel for sent in done.sent]
    assert 1 == len(done.waiting)


def test_a_coroutine_is_nonsense_from_a_function_that_is_not_awaited(build: Build) -> None:
    """It is closed, not left to warn."""

    async def later() -> Receipt:
        raise AssertionError

    desk = build(notifiers=[Function(lambda _: later())])
    desk.report("Mail is down", by="ana", team="net")
    ((_, error),) = desk.deliver().failed

    assert "answered coroutine" in str(error)


def test_a_cancelled_send_is_tried_again(build: Build) -> None:
    """An awaited notifier may be cancelled by its own library."""

    async def cancelled(_: Notification) -> Receipt:
        raise asyncio.CancelledError

    desk = build(notifiers=[callback("default", cancelled)])
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()

    assert 1 == len(done.waiting)
    assert "raised CancelledError" in str(done.failed[0][1])


def test_a_notifier_may_name_the_wait(build: Build, clock: ManualClock) -> None:
    """Where it is longer than ours; within a day."""
    later = [Receipt(Outcome.RETRY, after=timedelta(days=days)) for days in (0, 1000)]
    notifier = RecordingNotifier("default", *later)
    desk = build(notifiers=[notifier])
    desk.report("Mail is down", by="ana", team="net")
    for span in (0, 14, 1, 24 * 3600 - 1, 1):
        clock.advance(seconds=span)
        desk.deliver()
        notifier.sent.append(None)  # type: ignore[arg-type] # a mark between two calls

    sent = [told is not None for told in notifier.sent]
    assert [True, False, False, True, False, False, True, False] == sent


@pytest.mark.parametrize("answer", [RETRY, UNKNOWN, OSError()])
def test_a_message_dies_after_its_last_attempt(
    build: Build,
    clock: ManualClock,
    answer: Any,  # noqa: ANN401
) -> None:
    """That is an event on its incident, in the commit that settles it (rule D3)."""
    notifier = RecordingNotifier("default", *[answer] * 99)
    desk = build(notifiers=[notifier], sending=Sending(attempts=3))
    incident = desk.report("Mail is down", by="ana", team="net")
    rounds = []
    for _ in range(6):
        rounds.append(desk.deliver())
        clock.advance(hours=1)
    event = desk.history(incident)[-1].event

    assert [0, 0, 1, 0, 0, 0] == [len(one.dead) for one in rounds]
    assert 3 == len(notifier.sent)
    assert isinstance(event, DeliveryFailed)
    assert ("default", "reported", 1, "net") == (
        event.channel,
        event.told_of,
        event.sequence,
        event.recipient,
    )
    assert "net was not told of reported on default: " in str(desk.history(incident)[-1])
    assert desk.verify().holds


def test_a_rejected_message_dies_at_once(build: Build) -> None:
    """The provider will never take it."""
    desk = build(notifiers=[RecordingNotifier("default", REJECTED)])
    incident = desk.report("Mail is down", by="ana", team="net")

    assert 1 == len(desk.deliver().dead)
    assert "rejected: no such address" in str(desk.history(incident)[-1])


def test_nobody_is_told_that_nobody_could_be_told(build: Build) -> None:
    """A failure may be told on another channel; the failure of that one ends it."""
    fails = Subscription(Audience.TEAM, ("delivery_failed",), "chat")
    notifiers = [RecordingNotifier(name, *[REJECTED] * 99) for name in ("default", "chat")]
    desk = build(notifiers=notifiers, policy=Policy(subscriptions=(TEAM, fails)))
    incident = desk.report("Mail is down", by="ana", team="net")
    for _ in range(9):
        desk.deliver()

    assert ["delivery_failed", "delivery_failed"] == kinds(desk, incident)
    assert [1, 1] == [len(each.sent) for each in notifiers]


def test_failing_and_suppressed_messages_do_not_tell_of_one_another(build: Build) -> None:
    """A channel that fails and one that nobody carries: it ends all the same."""
    untold = Subscription(Audience.TEAM, ("delivery_suppressed",))
    fails = Subscription(Audience.TEAM, ("delivery_failed",), "chat")
    notifier = RecordingNotifier("default", *[REJECTED] * 99)
    desk = build(notifiers=[notifier], policy=Policy(subscriptions=(TEAM, fails, untold)))
    incident = desk.report("Mail is down", by="ana", team="net")
    for _ in range(9):
        desk.deliver()

    assert ["delivery_failed", "delivery_suppressed"] == kinds(desk, incident)
    assert 1 == len(notifier.sent)


def test_later_messages_see_the_first_ones_reference(build: Build) -> None:
    """Of the same incident, recipient and channel; kept in the journal, once (rule D3)."""
    answers = [Receipt(Outcome.ACCEPTED, reference=f"<{n}@mail>") for n in range(4)]
    notifier = RecordingNotifier("default", *answers)
    desk = build(notifiers=[notifier], policy=Policy(subscriptions=(TEAM,)))
    one, two = (desk.report(title, by="ana", team="net") for title in ("One", "Two"))
    desk.deliver()
    for _ in range(2):
        desk.apply(one, Escalate(by="ana", target="boss", reason="r", axis="hierarchical"))
        desk.deliver()

    assert [None, None, "<0@mail>", "<0@mail>"] == [sent.thread for sent in notifier.sent]
    assert ["thread_opened"] == kinds(desk, one) == kinds(desk, two)
    assert "net on default, as <0@mail>" in "".join(map(str, desk.history(one)))
    assert desk.verify().holds


def test_messages_of_one_line_keep_their_order(build: Build, clock: ManualClock) -> None:
    """The second is not sent before the first one is; others do not wait for them (rule D5)."""
    notifier = RecordingNotifier("default", RETRY)
    desk = build(notifiers=[notifier], policy=Policy(subscriptions=(TEAM,)))
    one = desk.report("One", by="ana", team="net")
    desk.apply(one, Escalate(by="ana", target="boss", reason="r", axis="hierarchical"))
    two = desk.report("Two", by="ana", team="net")
    first = desk.deliver()
    clock.advance(seconds=15)
    desk.deliver()
    told = [(sent.incident, sent.kind) for sent in notifier.sent]

    assert 2 == len(first.waiting)
    assert (one.id, "reported") == told[0]
    assert [(two.id, "reported"), (one.id, "reported"), (one.id, "escalated")] == told[1:]


def test_one_that_hangs_delays_only_its_own(build: Build, hanging: Hanging) -> None:
    """Its sends are abandoned, their outcome unknown; everybody else's are delivered (rule D5)."""
    good = RecordingNotifier("good")
    desk = build(notifiers=[hanging, good], policy=telling("hangs", "good"), sending=QUICK)
    for place in range(10):
        desk.report(f"Number {place}", by="ana", team="net")
    done = desk.deliver()
    errors = [str(error) for _, error in done.failed]

    assert 10 == len(good.sent) == len(done.waiting)
    assert 4 == len(hanging.sent)
    assert 4 == sum("did not answer within 0.02 seconds" in error for error in errors)
    assert 6 == sum("is busy with sends that outlived their limit" in error for error in errors)


def test_a_place_is_free_again_when_a_late_send_ends(
    build: Build, hanging: Hanging, clock: ManualClock
) -> None:
    """What was abandoned goes on by itself; its answer changes nothing any more."""
    desk = build(
        notifiers=[hanging],
        policy=telling("hangs"),
        sending=Sending(at_once=1, attempts=10_000, limit=timedelta(milliseconds=200)),
    )
    desk.report("Mail is down", by="ana", team="net")
    assert 1 == len(desk.deliver().waiting)
    hanging.let_go.set()
    for _ in range(1000):
        clock.advance(hours=1)
        if desk.deliver().sent:
            break

    assert 2 == len(hanging.sent)


def test_an_awaited_one_that_hangs_delays_only_its_own(build: Build) -> None:
    """In a task of the host's loop, or in the loop of a sync desk."""
    good = RecordingNotifier("good")
    desk = build(notifiers=[AsyncHanging(), good], policy=telling("hangs", "good"), sending=QUICK)
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()
    desk.close()

    assert ["good"] == [sent.channel for sent in done.sent]
    assert 1 == len(done.waiting)


def test_an_awaited_notifier_keeps_its_loop(build: Build) -> None:
    """A client that belongs to a loop can be kept from one send to the next."""
    loops = []

    async def send(_: Notification) -> None:
        loops.append(asyncio.get_running_loop())

    desk = build(notifiers=[callback("default", send)])
    for title in ("One", "Two", "Three"):
        desk.report(title, by="ana", team="net")
        desk.deliver()
    desk.close()

    assert 3 == len(loops)
    assert 1 == len(set(loops))


def test_no_more_than_the_limit_is_taken_into_hand(build: Build) -> None:
    """The rest stays for the next call."""
    notifier = RecordingNotifier()
    desk = build(notifiers=[notifier])
    for title in ("One", "Two", "Three"):
        desk.report(title, by="ana", team="net")
    desk.deliver(limit=2)

    assert ["One", "Two"] == [sent.title for sent in notifier.sent]
    with pytest.raises(InvalidInput, match="limit"):
        desk.deliver(limit=0)


def test_a_send_does_not_begin_when_the_lease_could_end_first(
    build: Build, clock: ManualClock
) -> None:
    """It goes back, and is claimed anew (rule D2)."""
    attempts = []

    def slow(told: Notification) -> None:
        attempts.append((told.title, told.attempt))
        clock.advance(seconds=46)

    sending = Sending(at_once=1)
    desk = build(notifiers=[callback("default", slow)], sending=sending)
    for title in ("One", "Two"):
        desk.report(title, by="ana", team="net")
    done = desk.deliver()

    assert [("One", 1), ("Two", 2)] == attempts
    assert 2 == len(done.sent)


def test_who_is_late_settles_nothing(build: Build, store: Store, clock: ManualClock) -> None:
    """Another worker has claimed it meanwhile: its settlement stands (rule D2)."""
    stolen = []

    def steal(_: Notification) -> Receipt:
        clock.advance(minutes=5)
        stolen.extend(store.claim(micros(clock.now()), 9, 1, "thief"))
        return REJECTED

    desk = build(notifiers=[callback("default", steal)])
    incident = desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()

    assert () == done.dead
    assert "the token this commit" in str(done.failed[0][1])
    assert [] == kinds(desk, incident)
    assert store.settle("default", Settlement(stolen[0].owed.key, "thief"))


def test_a_message_that_always_crashes_its_worker_dies(build: Build, store: Store) -> None:
    """Attempts are counted when it is claimed, so that it reaches its end unsent."""
    notifier = RecordingNotifier()
    desk = build(notifiers=[notifier], sending=Sending(attempts=1))
    incident = desk.report("Mail is down", by="ana", team="net")
    for number in range(3):
        store.claim(micros(ManualClock().now()), 9, 0, f"crashed-{number}")
    done = desk.deliver()

    assert 1 == len(done.dead)
    assert [] == notifier.sent
    assert "claimed 4 times and never ended" in str(desk.history(incident)[-1])


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ({"notifiers": [RecordingNotifier]}, r"is a class; give an object: RecordingNotifier\(\)"),
        ({"notifiers": [RecordingNotifier("a"), RecordingNotifier("a")]}, "carries channel 'a'"),
        ({"notifiers": [print]}, "is no notifier"),
        ({"notifiers": [Function(lambda _: None, 5)]}, "is no notifier"),  # type: ignore[arg-type]
        ({"notifiers": [Function(lambda _: None, " ")]}, "is blank"),
        ({"notifiers": RecordingNotifier()}, "give a list"),
        ({"notifiers": "mail"}, "give a list"),
        ({"sending": 5}, "is no Sending"),
    ],
)
def test_what_is_no_notifier_is_refused(build: Build, parts: Any, problem: str) -> None:  # noqa: ANN401
    """When the desk is built, with what would work."""
    with pytest.raises(InvalidInput, match=problem):
        build(**parts)


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"limit": 5}, "limit = 5: is no span"),
        ({"limit": timedelta(0)}, "limit"),
        ({"skew": timedelta(-1)}, "skew"),
        ({"attempts": 0}, "attempts = 0: is no whole number"),
        ({"at_once": True}, "at_once"),
        ({"lease": timedelta(seconds=15)}, "is not longer than limit and skew together, 0:00:15"),
    ],
)
def test_a_lease_that_is_too_short_is_refused(given: Any, problem: str) -> None:  # noqa: ANN401
    """It would send twice without a crash (rule D2)."""
    with pytest.raises(InvalidInput, match=problem):
        Sending(**given)


@pytest.mark.parametrize(
    "given",
    [("sent", None, None), ("delivered", None, timedelta(-1)), (5,)],
)
def test_a_receipt_is_checked(given: Any) -> None:  # noqa: ANN401
    """Nonsense is found where it is made."""
    with pytest.raises(InvalidInput):
        Receipt(*given)
    assert Outcome.REJECTED is Receipt("rejected").outcome  # type: ignore[arg-type]


def test_the_pause_doubles_up_to_its_longest() -> None:
    """However often it failed."""
    pauses = [Sending().pause(attempts).total_seconds() for attempts in (1, 2, 3, 9, 9999)]

    assert [15, 30, 60, 3600, 3600] == pauses


def test_the_journals_own_records_are_not_asked_for(desk: Any) -> None:  # noqa: ANN401
    """Nobody claims a delivery that never was."""
    incident = desk.report("Mail is down", by="ana")

    with pytest.raises(InvalidInput, match="the library's own"):
        desk.apply(incident, Record(by="ana", happened=ThreadOpened("mail", "<1>", "zoe")))


def test_a_storage_error_ends_what_is_being_sent(build: Build, store: Store) -> None:
    """What can still be settled is; then the error is the caller's."""
    notifier = RecordingNotifier()
    failing = FailsToSettle(store)
    desk = build(failing, notifiers=[notifier])
    for title in ("One", "Two"):
        desk.report(title, by="ana", team="net")
    with pytest.raises(StoreError):
        desk.deliver()
    again = build(notifiers=[notifier]).deliver()

    assert 2 == len(notifier.sent)
    assert () == again.sent
    assert 2 == failing.asked


def test_a_storage_error_while_reading_sends_nothing(build: Build, store: Store) -> None:
    """It is not the message's fault: its lease decides, no attempt of it is settled."""

    def lost(*_: object) -> tuple[Line, ...]:
        raise StoreError("history", "the network is gone")

    notifier = RecordingNotifier()
    build().report("Mail is down", by="ana", team="net")
    failing = FailsToSettle(store)
    desk = build(failing, notifiers=[notifier])
    failing.history = lost
    with pytest.raises(StoreError):
        desk.deliver()

    assert (0, []) == (failing.asked, notifier.sent)


class FailsToSettle:
    """A store whose first settlements fail, and the claim after the first if that is asked."""

    def __init__(self, store: Store, fails: int = 1, let_go: threading.Event | None = None) -> None:
        self._store = store
        self._fails = fails
        self._let_go = let_go
        self.history = store.history
        self.asked = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do as the store does."""
        return getattr(self._store, name)

    def load(self, lookup: Any) -> Any:  # noqa: ANN401 - as the store
        """Load."""
        return self._store.load(lookup)

    def claim(self, *asked: Any) -> Any:  # noqa: ANN401 - as the store
        """Claim; the second time fail, and let go of what hangs."""
        if self._let_go is not None and self.asked:
            self._let_go.set()
            raise StoreError("claim", "the network is gone")
        return self._store.claim(*asked)

    def settle(self, tenant: str, settlement: Settlement) -> bool:
        """Fail a few times."""
        self.asked += 1
        if self.asked in range(2 if self._let_go else 1, 1 + self._fails):
            raise StoreError("settle", "the network is gone", "unknown")
        return self._store.settle(tenant, settlement)


def test_what_is_being_sent_is_waited_for(build: Build, store: Store, hanging: Hanging) -> None:
    """A storage error begins nothing more, and what has begun is settled if that is possible."""
    failing = FailsToSettle(store, 2, hanging.let_go)
    good = RecordingNotifier("good")
    desk = build(failing, notifiers=[hanging, good], policy=telling("hangs", "good"))
    desk.report("Mail is down", by="ana", team="net")
    with pytest.raises(StoreError, match="cannot claim"):
        desk.deliver()

    assert 2 == failing.asked
    assert 1 == len(hanging.sent)


def test_a_desk_closes_what_its_notifiers_ran_in(build: Build) -> None:
    """Also where nothing ever did."""
    desk = build(notifiers=[RecordingNotifier()])

    assert None is desk.close()


@frozen
class Mute(Event):
    """A host's event that cannot say what it is."""

    problem: str

    def apply(self, incident: Incident, entry: Any) -> Incident:  # noqa: ANN401
        """Change nothing."""
        del entry
        return incident

    def wording(self) -> Text:
        """Fail, or say what no catalogue knows."""
        if self.problem == "nonsense":
            return 5  # type: ignore[return-value]  # what a host should not do
        if self.problem == "unspeakable":
            return Text("event.mute", {"what": Unspeakable()})  # type: ignore[dict-item]  # the same
        if self.problem:
            raise RuntimeError(self.problem)
        return super().wording()


class Unspeakable:
    """A value that no text can be made of."""

    def __str__(self) -> str:
        """Raise."""
        raise RuntimeError("no text")

    __repr__ = __str__


@frozen(kw_only=True)
class BeMute(Command):
    """A host's command."""

    problem: str = ""

    def decide(self, case: Any) -> tuple[Event, ...]:  # noqa: ANN401
        """Be mute."""
        del case
        return (Mute(self.problem),)


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("", "mute"),
        ("no template", "mute"),
        ("nonsense", "5"),
        ("unspeakable", "event mute: what (Unspeakable)"),
    ],
)
def test_an_event_without_words_stops_no_message(build: Build, problem: str, said: str) -> None:
    """Its kind goes out instead (rule C6)."""
    notifier = RecordingNotifier()
    policy = Policy(subscriptions=(Subscription(Audience.TEAM, ("mute",)),))
    desk = build(notifiers=[notifier], policy=policy, events=[Mute], commands=[BeMute])
    incident = desk.report("Mail is down", by="ana", team="net")
    desk.apply(incident, BeMute(by="ana", problem=problem))
    desk.deliver()

    assert [f"[{incident.number}] {said}"] == [sent.subject for sent in notifier.sent]


def test_what_this_release_cannot_read_waits_and_dies(
    build: Build, store: Store, clock: ManualClock
) -> None:
    """A newer release may have written it; nothing else waits for it."""
    notifier = RecordingNotifier()
    policy = Policy(subscriptions=(Subscription(Audience.TEAM, ("mute",)), TEAM))
    newer = build(policy=policy, events=[Mute], commands=[BeMute])
    incident = newer.report("Mail is down", by="ana", team="net")
    newer.apply(incident, BeMute(by="ana"))
    message = Owed(key="k", kind=OwedKind.MESSAGE, body='{"to": 5}', available_at=0)
    stored = store.load(Lookup("default", By.ID, incident.id))
    assert stored is not None
    store.commit(
        [
            Write(
                subject=stored.subject,
                expected=stored.version,
                version=stored.version,
                snapshot=stored.snapshot,
                head=stored.head,
                lines=(),
                owed=(message,),
            )
        ]
    )
    desk = build(notifiers=[notifier], sending=Sending(attempts=2))
    first = desk.deliver()
    clock.advance(hours=1)
    second = desk.deliver()

    assert (2, 0) == (len(first.waiting), len(first.dead))
    assert (0, 2) == (len(second.waiting), len(second.dead))
    assert 4 == len(first.failed) + len(second.failed)
    assert ["reported"] == [sent.kind for sent in notifier.sent]


def test_a_death_that_cannot_be_recorded_waits(
    build: Build,
    meddle: Build,
    store: Store,
    clock: ManualClock,
) -> None:
    """Where too much happens at once, its lease decides; nothing is lost."""
    other = IncidentDesk(store, clock=clock, entropy=SeededEntropy(99))
    desk = build(notifiers=[])
    incident = desk.report("Mail is down", by="ana", team="net")

    def interfere() -> None:
        other.apply(incident, Note(by="bo", text="x"))

    notifier = RecordingNotifier("default", REJECTED, REJECTED)
    busy = build(meddle(*[interfere] * 5), notifiers=[notifier])
    first = busy.deliver()
    clock.advance(minutes=2)
    second = busy.deliver()

    assert ((), 1) == (first.dead, len(first.failed))
    assert 1 == len(second.dead)
    assert ["delivery_failed"] == kinds(desk, incident)


def test_a_death_that_can_never_be_recorded_is_one(
    build: Build, meddle: Build, clock: ManualClock
) -> None:
    """Nothing stays in between, though no event can tell of it (rule D3)."""

    def fail() -> None:
        raise RuntimeError("what a host's own event raises")

    notifier = RecordingNotifier("default", REJECTED, REJECTED)
    desk = build(meddle(fail, fail), notifiers=[notifier], sending=Sending(attempts=2))
    incident = build().report("Mail is down", by="ana", team="net")
    first = desk.deliver()
    clock.advance(hours=1)
    second = desk.deliver()

    assert ((1, 0), (0, 1)) == (
        (len(first.waiting), len(first.dead)),
        (len(second.waiting), len(second.dead)),
    )
    assert ["RuntimeError"] * 2 == [type(e).__name__ for _, e in (*first.failed, *second.failed)]
    assert [] == kinds(desk, incident)


def test_a_thread_that_cannot_be_recorded_is_let_go(
    build: Build,
    meddle: Build,
    store: Store,
    clock: ManualClock,
) -> None:
    """Better that than to send the message again."""
    other = IncidentDesk(store, clock=clock, entropy=SeededEntropy(99))
    desk = build()
    incident = desk.report("Mail is down", by="ana", team="net")

    def interfere() -> None:
        other.apply(incident, Note(by="bo", text="x"))

    notifier = RecordingNotifier("default", Receipt(Outcome.ACCEPTED, reference="<1>"))
    build(meddle(*[interfere] * 5), notifiers=[notifier]).deliver()
    clock.advance(hours=2)
    again = build(notifiers=[notifier]).deliver()

    assert () == again.sent
    assert 1 == len(notifier.sent)
    assert [] == kinds(desk, incident)


@pytest.mark.parametrize("answer", [Receipt(Outcome.ACCEPTED, reference="<1>"), REJECTED])
def test_a_storage_error_while_recording_is_raised(
    build: Build,
    meddle: Build,
    answer: Receipt,
) -> None:
    """The outcome is not known to be stored, so nothing more is settled."""

    def fail() -> None:
        raise StoreError("commit", "the network is gone", "unknown")

    build().report("Mail is down", by="ana", team="net")
    desk = build(meddle(fail), notifiers=[RecordingNotifier("default", answer)])

    with pytest.raises(StoreError):
        desk.deliver()


def test_stakeholders_read_what_was_written_for_them(build: Build) -> None:
    """Of anything else they read no more than that it happened (rule C4)."""
    told = Subscription(Audience.STAKEHOLDERS, ("stakeholders_updated", "resolved"))
    notifier = RecordingNotifier()
    desk = build(notifiers=[notifier], policy=Policy(subscriptions=(told,)))
    incident = desk.report("Mail is down", by="ana")
    desk.apply(incident, StakeholderUpdate(by="ana", text="We work on it."))
    desk.apply(incident, Resolve(by="ana", code="fixed", note="Bob broke it."))
    desk.deliver()
    first, second = notifier.sent

    assert {("", "")} == {(sent.title, sent.by) for sent in notifier.sent}
    assert "We work on it." in first.text
    assert "Bob" not in second.text + second.subject
    assert "resolved" in second.subject
    assert first.render()[1] == first.text
    assert first.render("de")[0] == first.subject
    assert first.render("de")[1].startswith("We work on it.\n\nVorfall: ")
    assert second.render("de")[0].endswith("er ist gelöst")


def test_a_desk_claims_by_kind(store: Store, build: Build) -> None:
    """Without notifiers it takes commands only, whatever lies in front of them."""
    desk = build()
    desk.report("Mail is down", by="ana", team="net")
    desk.deliver()
    (claim,) = store.claim(micros(ManualClock().now()), 9, 1, "t")

    assert (OwedKind.MESSAGE, 1) == (claim.owed.kind, claim.attempts)


def test_a_reclassified_incident_tells_nothing_twice(build: Build) -> None:
    """Each event owes its own message, under its own key."""
    notifier = RecordingNotifier()
    desk = build(notifiers=[notifier], policy=Policy(subscriptions=(TEAM,)))
    incident = desk.report("Mail is down", by="ana", team="net", impact="low", urgency="low")
    desk.apply(incident, Reclassify(by="ana", impact="high"))
    desk.deliver()

    assert len(notifier.sent) == len({sent.key for sent in notifier.sent})
    assert SYSTEM.id not in {sent.by for sent in notifier.sent}


@pytest.mark.parametrize(
    ("entry", "problem"),
    [("{nobody} knows", "KeyError"), ("{team", "ValueError"), (None, "TypeError")],
)
def test_a_broken_entry_of_a_catalogue_is_a_fault_and_the_message_goes_out(
    build: Build,
    entry: Any,  # noqa: ANN401 - also what is no text
    problem: str,
) -> None:
    """In the words of the library; the desk keeps which entry, and why (rule C6)."""
    sent: list[tuple[str, str]] = []
    ours = Catalogue("de", {"happened.reported": entry})

    def send(notification: Notification) -> None:
        sent.append(notification.render("de", catalogues=[ours]))

    desk = build(notifiers=[callback("default", send)])
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()
    faults = desk.describe().faults

    assert (1, ()) == (len(done.sent), done.failed)
    assert "gemeldet: Mail is down" in sent[0][1]
    assert [("catalogue de", "happened.reported")] == [(each.plugin, each.hook) for each in faults]
    assert faults[0].problem.startswith(problem)
    assert faults[0].problem.endswith("; other words went out on 'default'")


def test_a_catalogue_that_cannot_be_asked_is_a_fault_of_a_message(build: Build) -> None:
    """Also when the send fails, for it is rendered all the same; nothing broken is no fault."""

    def send(notification: Notification) -> None:
        notification.render("de")
        assert notification.render("de", catalogues=[None]) == notification.render("de")  # type: ignore[list-item]  # that is the point
        raise OSError

    desk = build(notifiers=[callback("default", send)])
    desk.report("Mail is down", by="ana", team="net")
    done = desk.deliver()

    assert 1 == len(done.waiting)
    assert [
        ("catalogue de", "message.subject", True),
        ("catalogue de", "message.colleagues", True),
    ] == [
        (each.plugin, each.hook, each.problem.startswith("AttributeError"))
        for each in desk.describe().faults
    ]
