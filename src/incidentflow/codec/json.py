"""Incidents as JSON bytes and back, and data as text, as fast as what is installed allows."""

from __future__ import annotations

import json
from importlib.util import find_spec
from typing import Protocol

from incidentflow.codec.text import Data, canonical
from incidentflow.incident import Incident


class Json(Protocol):
    """
    How snapshots and texts are written and read; whoever wrote one, the others read it.

    A snapshot leaves out the number, which is the store's (rule J2). A text is the canonical one
    (see `canonical`), whoever writes it.
    """

    def write(self, incident: Incident) -> bytes:
        """Write an incident."""

    def read(self, snapshot: bytes) -> Incident:
        """
        Read an incident, without its number.

        Raises:
            ValueError: It cannot be read, or holds what this release does not know.

        """

    def text(self, data: Data) -> str:
        """Write plain data in the canonical form."""


class Plain:
    """JSON by cattrs and the standard library, with nothing else to install."""

    def __init__(self) -> None:
        from incidentflow.codec.values import Values  # noqa: PLC0415 - slow to import

        self._values = Values({}, {})

    def write(self, incident: Incident) -> bytes:
        """Write an incident."""
        return canonical(self._values.write(incident)).encode()

    def read(self, snapshot: bytes) -> Incident:
        """Read an incident, without its number."""
        return self._values.read(json.loads(snapshot), Incident)

    def text(self, data: Data) -> str:
        """Write plain data in the canonical form."""
        return canonical(data)


def fastest() -> Json:
    """Use msgspec where the extra ``fast`` is installed, else the standard library."""
    if find_spec("msgspec") is None:
        return Plain()
    from incidentflow.codec.mirror import Mirrored  # noqa: PLC0415 - an extra

    return Mirrored()
