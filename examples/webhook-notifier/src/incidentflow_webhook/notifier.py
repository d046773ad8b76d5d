"""The notifier: one class with a channel and ``send``."""

from __future__ import annotations

import json
from datetime import timedelta
from http import HTTPStatus
from http.client import HTTPResponse
from urllib.error import HTTPError, URLError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from incidentflow.ports import Notification, Outcome, Receipt

BUSY = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
LONGEST = 500


class _Stay(HTTPRedirectHandler):
    """Follows nobody: whoever is sent on fetches a page, and the message is lost."""

    def redirect_request(self, *_: object) -> None:
        """Take it as the answer."""


OPENER = build_opener(_Stay)


class WebhookNotifier:
    """
    Posts each message as JSON.

    Args:
        url: Where to; ``http`` or ``https``.
        channel: The channel it carries.
        timeout: How many seconds the server may take; less than the desk's own limit.

    Raises:
        ValueError: The address is of another kind.

    """

    def __init__(self, url: str, channel: str = "default", timeout: float = 5) -> None:
        if not url.startswith(("http://", "https://")):
            msg = "the address of a webhook begins with http:// or https://"
            raise ValueError(msg)
        self.channel = channel
        self._url = url
        self._timeout = timeout

    def send(self, notification: Notification) -> Receipt:
        """Post one message, and read from the answer what became of it."""
        request = Request(  # noqa: S310 - the scheme was checked
            self._url,
            data=json.dumps(_body(notification)).encode(),
            headers={"Content-Type": "application/json", "Idempotency-Key": notification.key},
        )
        try:
            with OPENER.open(request, timeout=self._timeout) as answer:
                return Receipt(Outcome.DELIVERED, reference=_reference(answer))
        except HTTPError as error:
            return _refused(error)
        except TimeoutError:
            return Receipt(Outcome.UNKNOWN, detail="no answer in time")
        except URLError as error:
            return Receipt(Outcome.RETRY, detail=f"not reached: {error.reason}")


def _body(notification: Notification) -> dict[str, object]:
    return {
        "recipient": notification.recipient,
        "audience": notification.audience.value,
        "subject": notification.subject,
        "text": notification.text,
        "incident": notification.number,
        "state": notification.state,
        "priority": notification.priority,
        "thread": notification.thread,
    }


def _reference(answer: HTTPResponse) -> str | None:
    """Read what the server calls the message; whatever it says, the message was taken."""
    try:
        given = json.load(answer)["id"]
    except (LookupError, TypeError, ValueError):
        return None
    name = "" if given is None else str(given).strip()
    return name if name.isprintable() and 0 < len(name) <= LONGEST else None


def _refused(error: HTTPError) -> Receipt:
    detail = f"the server answered {error.code}"
    if error.code in BUSY:
        seconds = error.headers.get("Retry-After", "")
        after = timedelta(seconds=int(seconds)) if seconds.isdigit() else None
        return Receipt(Outcome.RETRY, after=after, detail=detail)
    if error.code < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Receipt(Outcome.REJECTED, detail=detail)
    return Receipt(Outcome.RETRY, detail=detail)
