"""Which texts are a person's: what erasing them takes out, and what it leaves (rule J8)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from incidentflow.charter import Charter
from incidentflow.codec import canonical
from incidentflow.incident import Entry, Incident, Occurrence
from incidentflow.journal import personal_values, redact
from incidentflow.personal import personal_attributes
from incidentflow.ports import Line, Owed, OwedKind
from incidentflow.process.announcement import GROUPS
from incidentflow.process.retention import Erased
from incidentflow.words import ERASED, Actor, frozen, plain

REQUESTER = "event.requester"
WHO_ACTED = "by."


@frozen
class Person:
    """
    A person, and how to tell what is theirs.

    Attributes:
        actor: Who they are.
        names: Other words for them: a name, an address, a telephone number. Any personal value
            in which one stands as a word is theirs.
        whole: The ids of incidents all of whose texts are theirs.

    """

    actor: Actor
    names: tuple[str, ...] = ()
    whole: frozenset[str] = frozenset()
    is_all = False

    def concerns(self, before: Incident | Charter) -> bool:
        """Whether it may hold something of theirs: anything may."""
        del before
        return True

    def redacted(
        self, subject: str, lines: Sequence[Line], entries: Sequence[Entry]
    ) -> tuple[Line, ...]:
        """Take out of the journal of an incident or a desk what is theirs."""
        requested = any(self.is_named(personal_values(line).get(REQUESTER)) for line in lines)
        whole = requested or subject in self.whole
        pairs = zip(lines, entries, strict=True)
        return tuple(self._redacted_line(line, entry, whole) for line, entry in pairs)

    def left_of(self, owed: Owed, gone: frozenset[str]) -> str:
        """
        Return what stays of an owed thing: nothing of a message to them.

        Args:
            owed: The message or command.
            gone: Texts that are erased, and that a command may repeat.

        """
        if not owed.body:
            return ""
        data = json.loads(owed.body)
        if owed.kind is OwedKind.MESSAGE:
            to_group = data["audience"] in {group.value for group in GROUPS}
            recipient = data["recipient"]
            to_them = self.is_mentioned(recipient) or (not to_group and self.is_named(recipient))
            return "" if to_them else owed.body

        def goes(text: str) -> bool:
            return text in gone or self.is_named(text) or self.is_mentioned(text)

        return canonical({**data, "command": without(data["command"], goes)})

    def acted(self, entry: Entry) -> bool:
        """Whether an entry is of what they did."""
        by = entry.by
        return by.kind is self.actor.kind and self.is_named(by.id)

    def is_named(self, value: object) -> bool:
        """Whether a value is their id, and nothing else."""
        if value is None or value == ERASED:
            return False
        forms = (self.actor.id, f"{self.actor.kind.value}:{self.actor.id}")
        return plain(str(value)) in map(plain, forms)

    def is_mentioned(self, value: object) -> bool:
        """Whether one of the other words for them stands in a value."""
        return any(pattern.search(plain(str(value))) for pattern in _patterns(self.names))

    def _redacted_line(self, line: Line, entry: Entry, whole: bool) -> Line:  # noqa: FBT001 - private
        wrote, names = self.acted(entry), _naming(type(entry.event))
        whole = whole and not isinstance(entry.event, Erased)

        def goes(path: str, value: object) -> bool:
            if self.is_mentioned(value):
                return True
            if path.startswith(WHO_ACTED):
                return wrote
            is_text = path.rpartition(".")[2] not in names
            return self.is_named(value) or (is_text and (wrote or whole))

        return redact(line, goes)


def without(data: Any, goes: Callable[[str], bool]) -> Any:  # noqa: ANN401 - plain data
    """Return plain data without the texts that go; which kind of thing it is stays."""
    if isinstance(data, dict):
        return {
            name: each if name == "kind" else without(each, goes) for name, each in data.items()
        }
    if isinstance(data, list):
        return [without(each, goes) for each in data]
    return ERASED if isinstance(data, str) and goes(data) else data


@cache
def _patterns(names: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(rf"(?<!\w){re.escape(plain(name))}(?!\w)") for name in names)


@cache
def _naming(event: type[Occurrence]) -> frozenset[str]:
    """Name the attributes of a kind of event that name a person by their id."""
    attributes = personal_attributes(event)
    return frozenset(each.name for each in attributes if each.metadata.get("person"))
