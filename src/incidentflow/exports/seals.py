"""A seal: where every journal of a desk ended at an instant, to be kept elsewhere (rule J7)."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Self

from incidentflow.codec import canonical
from incidentflow.errors import InvalidInput
from incidentflow.exports.records import Exported
from incidentflow.journal import Broken
from incidentflow.words import frozen, show, utc

FORMAT = 1


@frozen
class Head:
    """
    Where one journal ended.

    Attributes:
        kind: The kind of subject, such as ``"incident"``.
        id: Its id.
        number: Its number, or None.
        version: How many entries its journal had.
        hash: The chain's hash at the last.

    """

    kind: str
    id: str
    number: str | None
    version: int
    hash: str


@frozen
class Seal:
    """
    Where all journals of a desk ended.

    Attributes:
        tenant: The tenant.
        at: When it was made, by the desk's clock.
        heads: One for each subject.

    """

    tenant: str
    at: datetime
    heads: tuple[Head, ...]

    @property
    def digest(self) -> str:
        """A hash of all of it: what to print, sign or publish where a file is too long."""
        return hashlib.sha256(canonical(self._data()).encode()).hexdigest()

    def to_text(self) -> str:
        """Write it as JSON, to be kept elsewhere."""
        return canonical({**self._data(), "digest": self.digest}) + "\n"

    @classmethod
    def from_text(cls, text: str) -> Self:
        """
        Read what `to_text` wrote.

        Raises:
            InvalidInput: It is no seal, or was damaged.

        """
        try:
            data = json.loads(text)
            heads = tuple(Head(*head) for head in data["heads"])
            read = cls(data["tenant"], utc(datetime.fromisoformat(data["at"]), "at"), heads)
            whole = (data["seal"], data["digest"]) == (FORMAT, read.digest)
        except (AttributeError, LookupError, RecursionError, TypeError, ValueError):
            whole = False
        if not whole:
            raise InvalidInput.of("seal", text, "seal.damaged")
        return read

    def _data(self) -> dict[str, object]:
        heads = [[one.kind, one.id, one.number, one.version, one.hash] for one in self.heads]
        return {"seal": FORMAT, "tenant": self.tenant, "at": self.at.isoformat(), "heads": heads}


def unlike_seal(exported: Exported | None, head: Head, at: datetime) -> Broken | None:
    """
    Say where a journal is not the one that was sealed, or None.

    Args:
        exported: The subject as it is now; None: it is gone.
        head: Its head in the seal.
        at: When the seal was made.

    """
    then = show(at)
    if exported is None:
        return Broken(head.id, 1, f"it is gone; {then} it was sealed with {head.version} entries")
    lines, place = exported.lines, head.version
    if len(lines) < place:
        problem = f"entries are gone; {then} it was sealed with {place} of them"
        return Broken(head.id, len(lines) + 1, problem)
    if lines[place - 1].hash != head.hash:
        return Broken(head.id, place, f"up to here it is not the journal that was sealed {then}")
    if exported.stored.number != head.number:
        return Broken(head.id, 0, f"its number is not {head.number}, as it was sealed {then}")
    return None
