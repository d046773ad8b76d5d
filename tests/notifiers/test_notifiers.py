"""The notifiers that are shipped."""

from __future__ import annotations

import asyncio
import logging

import pytest
from attrs import evolve

from incidentflow.notifiers import (
    AsyncCallbackNotifier,
    CallbackNotifier,
    LoggingNotifier,
    callback,
)
from incidentflow.policy import Audience
from incidentflow.ports import Notification, Outcome, Receipt
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.notifiers import RecordingNotifier

TOLD = Notification(
    key="1/2/mail/team",
    tenant="default",
    incident="1",
    number="INC-0000001",
    channel="mail",
    audience=Audience.REQUESTER,
    recipient="zoe",
    kind="resolved",
    at=MONDAY,
    subject="[INC-0000001] resolved",
    text="restarted",
)


def test_a_log_names_the_incident_and_not_the_recipient(caplog: pytest.LogCaptureFixture) -> None:
    """What a log keeps is seldom erased."""
    with caplog.at_level(logging.INFO):
        receipt = LoggingNotifier("mail").send(TOLD)
    (record,) = caplog.records

    assert Receipt(Outcome.DELIVERED) == receipt
    assert ("[INC-0000001] resolved", "restarted") == TOLD.render("de")
    assert "to requester: [INC-0000001] resolved" == record.getMessage()
    assert ("incidentflow.messages", "INFO") == (record.name, record.levelname)
    assert ("INC-0000001", "mail") == (vars(record)["incident"], vars(record)["channel"])
    assert "zoe" not in str(vars(record))


def test_a_log_without_a_number_names_the_id(caplog: pytest.LogCaptureFixture) -> None:
    """Each incident has one of them."""
    LoggingNotifier(logger="ours", level=logging.ERROR).send(evolve(TOLD, number=None))

    assert ("ours", "1") == (caplog.records[0].name, vars(caplog.records[0])["incident"])


def test_a_callback_is_given_the_notification() -> None:
    """Nothing answered is accepted; a receipt passes."""
    seen: list[Notification] = []
    plain = callback("mail", seen.append)
    picky = callback("mail", lambda _: Receipt(Outcome.REJECTED))

    assert isinstance(plain, CallbackNotifier)
    assert isinstance(picky, CallbackNotifier)
    assert Receipt(Outcome.ACCEPTED) == plain.send(TOLD)
    assert Receipt(Outcome.REJECTED) == picky.send(TOLD)
    assert [TOLD] == seen


def test_an_awaited_callback_is_awaited() -> None:
    """The same, for a coroutine function."""

    async def send(told: Notification) -> Receipt | None:
        return Receipt(Outcome.DELIVERED, reference=told.key)

    notifier = callback("mail", send)

    assert isinstance(notifier, AsyncCallbackNotifier)
    assert Receipt(Outcome.DELIVERED, reference=TOLD.key) == asyncio.run(notifier.send(TOLD))


def test_a_recording_notifier_keeps_and_answers() -> None:
    """As it is told, then always delivered."""
    notifier = RecordingNotifier("mail", Receipt(Outcome.RETRY), OSError("gone"))

    assert Outcome.RETRY is notifier.send(TOLD).outcome
    with pytest.raises(OSError, match="gone"):
        notifier.send(TOLD)
    assert Outcome.DELIVERED is notifier.send(TOLD).outcome
    assert [TOLD] * 3 == notifier.sent
