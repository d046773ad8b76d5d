"""What the server answers is what becomes of the message."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from incidentflow_webhook import WebhookNotifier

from incidentflow import IncidentDesk, Note, Resolve
from incidentflow.policy import Audience
from incidentflow.ports import Notification, Outcome, Receipt
from incidentflow.testing.notifier import NotifierContract

MESSAGE = Notification(
    key="k/1",
    tenant="default",
    incident="i",
    number="INC-0000001",
    channel="default",
    audience=Audience.TEAM,
    recipient="messaging",
    kind="reported",
    at=datetime(2026, 3, 2, 8, tzinfo=UTC),
    subject="INC-0000001 Mail is down",
)


class Server:
    """A server that answers as it is told, and keeps what it was sent."""

    def __init__(self) -> None:
        self.status, self.body, self.headers = 200, b"{}", {}
        self.wait = threading.Event()
        self.wait.set()
        self.got: list[tuple[dict[str, Any], str | None]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Answer."""
                size = int(self.headers["Content-Length"])
                key = self.headers["Idempotency-Key"]
                server.got.append((json.loads(self.rfile.read(size)), key))
                server.wait.wait(10)
                self.send_response(server.status)
                for name, value in server.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(server.body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.http.server_port}/hook"


@pytest.fixture
def server() -> Iterator[Server]:
    """Run a server on a free port of this machine."""
    made = Server()
    with made.http:
        thread = threading.Thread(target=made.http.serve_forever)
        thread.start()
        yield made
        made.wait.set()
        made.http.shutdown()
        thread.join()


class TestWebhookNotifier(NotifierContract):
    """The contract of notifiers."""

    knows_repeats = True

    @pytest.fixture(autouse=True)
    def _give_a_server(self, server: Server) -> None:
        self.server = server

    def make_notifier(self) -> WebhookNotifier:
        """Make one whose server takes every message."""
        return WebhookNotifier(self.server.url)

    def went_out(self, notifier: object) -> int:
        """Count what a server that knows repeats by their key would pass on."""
        del notifier
        return len({key for _, key in self.server.got})


@pytest.mark.parametrize(
    ("status", "headers", "receipt"),
    [
        (200, {}, Receipt(Outcome.DELIVERED, reference="m-7")),
        (400, {}, Receipt(Outcome.REJECTED, detail="the server answered 400")),
        (302, {"Location": "/"}, Receipt(Outcome.REJECTED, detail="the server answered 302")),
        (500, {}, Receipt(Outcome.RETRY, detail="the server answered 500")),
        (
            429,
            {"Retry-After": "30"},
            Receipt(Outcome.RETRY, after=timedelta(seconds=30), detail="the server answered 429"),
        ),
        (
            503,
            {"Retry-After": "Mon, 02 Mar 2026 08:00:00 GMT"},
            Receipt(Outcome.RETRY, detail="the server answered 503"),
        ),
    ],
)
def test_an_answer_becomes_a_receipt(
    server: Server, status: int, headers: dict[str, str], receipt: Receipt
) -> None:
    """Every kind of answer has its outcome; the key goes with the message."""
    server.status, server.headers, server.body = status, headers, b'{"id": "m-7"}'

    assert receipt == WebhookNotifier(server.url).send(MESSAGE)
    assert [("messaging", "k/1")] == [(body["recipient"], key) for body, key in server.got]


def test_an_answer_without_an_id_has_no_thread(server: Server) -> None:
    """Whatever it says instead."""
    nameless = b'{"id": null}', b'{"id": " "}', b'{"id": "a\\nb"}', b'{"id": "%s"}' % (b"x" * 501)
    for body in (b"", b"ok", b"[]", b'{"name": 1}', *nameless):
        server.body = body

        assert Receipt(Outcome.DELIVERED) == WebhookNotifier(server.url).send(MESSAGE)


def test_what_did_not_answer_in_time_may_have_arrived(server: Server) -> None:
    """So the outcome is unknown."""
    server.wait.clear()
    receipt = WebhookNotifier(server.url, timeout=0.05).send(MESSAGE)

    assert Outcome.UNKNOWN == receipt.outcome


def test_a_server_that_is_not_there_is_tried_again(server: Server) -> None:
    """Nothing was sent, for certain."""
    url = server.url.replace(str(server.http.server_port), "1")

    assert Outcome.RETRY == WebhookNotifier(url).send(MESSAGE).outcome


def test_an_address_of_another_kind_is_refused() -> None:
    """A file is no server."""
    with pytest.raises(ValueError, match="begins with http"):
        WebhookNotifier("file:///etc/passwd")


def test_a_desk_sends_by_the_plugin(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """The address comes from the environment; later messages know their thread."""
    server.body = b'{"id": "m-7"}'
    monkeypatch.setenv("INCIDENTFLOW_WEBHOOK_URL", server.url)
    desk = IncidentDesk(plugins=["webhook"])
    incident = desk.report("Mail is down", by="ana", requester="zoe", team="messaging")
    desk.apply(incident, Note(by="ana", text="n"), Resolve(by="ana", code="fixed", note="n"))
    desk.deliver()

    assert {"messaging", "zoe"} == {body["recipient"] for body, _ in server.got}
    assert all(body["incident"] == "INC-0000001" for body, _ in server.got)


def test_without_an_address_nothing_is_carried(monkeypatch: pytest.MonkeyPatch) -> None:
    """The messages wait for a desk that has one."""
    monkeypatch.delenv("INCIDENTFLOW_WEBHOOK_URL", raising=False)
    desk = IncidentDesk(plugins=["webhook"])
    desk.report("Mail is down", by="ana", team="messaging")

    assert not desk.deliver().sent
