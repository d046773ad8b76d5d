"""
Values to plain data and back, and to bytes.

Types are strict: ``"5"`` is not 5. Defaults are left out. Events and commands carry their kind,
events the version of their shape too, so that an old one can be upcast when it is read (rule J1).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from json import loads
from typing import TYPE_CHECKING, TypeVar

from incidentflow.charter import Charter
from incidentflow.codec.json import Json, Plain, fastest
from incidentflow.codec.text import RESERVED, Data, canonical
from incidentflow.errors import InvalidInput, shorten
from incidentflow.events import DESK_EVENTS, EVENTS
from incidentflow.incident import Command, Entry, Event, Incident, Occurrence
from incidentflow.incident.owed import Message
from incidentflow.process import COMMANDS
from incidentflow.words import evolve

if TYPE_CHECKING:
    from incidentflow.codec.values import Values

__all__ = ["Codec", "Data", "Json", "Plain", "by_kind", "canonical", "fastest"]

K = TypeVar("K", bound=type[Occurrence] | type[Command])


class Codec:
    """
    Turns incidents, entries, commands and messages into plain data and back.

    Args:
        events: The classes of events that can be read, beside the library's own.
        commands: The classes of commands that can be read, beside the library's own.
        json: What writes and reads JSON; default the fastest that is installed.

    Raises:
        InvalidInput: A class cannot be told from another one, or is no attrs class.

    """

    def __init__(
        self,
        events: Iterable[type[Event]] = (),
        commands: Iterable[type[Command]] = (),
        json: Json | None = None,
    ) -> None:
        self._own = by_kind("events", (*EVENTS, *events), Event)
        self._events = by_kind("events", (*DESK_EVENTS, *self._own.values()), Occurrence)
        self._commands = by_kind("commands", (*COMMANDS, *commands), Command)
        self._json = json or fastest()

    @property
    def events(self) -> tuple[type[Event], ...]:
        """The classes of events that it knows of incidents."""
        return tuple(self._own.values())

    @property
    def commands(self) -> tuple[type[Command], ...]:
        """The classes of commands that it knows."""
        return tuple(self._commands.values())

    def write_incident(self, incident: Incident) -> bytes:
        """Write a snapshot; the number is the store's and is left out (rule J2)."""
        return self._json.write(incident)

    def read_incident(self, snapshot: bytes, number: str | None = None) -> Incident:
        """
        Read a snapshot, and give it the number that the store keeps beside it.

        Raises:
            ValueError: It cannot be read.

        """
        return evolve(self._json.read(snapshot), number=number)

    def write_charter(self, charter: Charter) -> bytes:
        """Write the snapshot of a desk (rule J6)."""
        return self.text(self._values.write(charter)).encode()

    def read_charter(self, snapshot: bytes) -> Charter:
        """
        Read the snapshot of a desk.

        Raises:
            ValueError: It cannot be read.

        """
        return self._values.read(loads(snapshot), Charter)

    def entry_data(self, entry: Entry) -> dict[str, Data]:
        """Turn an entry into plain data."""
        self._require(entry.event, self._events, "events")
        return self._values.write(entry)

    def read_entry(self, data: Data) -> Entry:
        """
        Read an entry.

        Raises:
            ValueError: Its kind or the version of its shape is unknown, or it cannot be read.

        """
        return self._values.read(data, Entry)

    def command_data(self, command: Command) -> dict[str, Data]:
        """Turn a command into plain data."""
        self._require(command, self._commands, "commands")
        return self._values.write(command)

    def read_command(self, data: Data) -> Command:
        """
        Read a command.

        Raises:
            ValueError: Its kind is unknown, or it cannot be read.

        """
        return self._values.read(data, Command)  # type: ignore[type-abstract] # a hook reads any command

    def message_data(self, message: Message) -> dict[str, Data]:
        """Turn a message that is owed into plain data."""
        return self._values.write(message)

    def read_message(self, data: Data) -> Message:
        """
        Read a message that is owed.

        Raises:
            ValueError: It cannot be read.

        """
        return self._values.read(data, Message)

    def text(self, data: Data) -> str:
        """Write plain data in the canonical form, as fast as what is installed allows."""
        return self._json.text(data)

    @cached_property
    def _values(self) -> Values:
        from incidentflow.codec.values import Values  # noqa: PLC0415 - slow to import

        return Values(self._events, self._commands)

    @staticmethod
    def _require(value: Occurrence | Command, known: Mapping[str, object], parameter: str) -> None:
        if known.get(value.kind) is not type(value):
            problem = f"is of a kind this desk cannot read; build the desk with {parameter}="
            raise InvalidInput(parameter, value.kind, problem)


def by_kind(what: str, classes: Iterable[K], base: type) -> dict[str, K]:
    """
    File classes of events or commands under their kinds.

    Raises:
        InvalidInput: A class cannot be told from another one, or is no attrs class.

    """
    known: dict[str, K] = {}
    for cls in classes:
        is_below = isinstance(cls, type) and issubclass(cls, base)  # type: ignore[redundant-expr] # whatever a host gives
        if not is_below or "__attrs_attrs__" not in vars(cls):
            problem = f"is no attrs class of {base.__name__}; write @frozen above the class"
            raise InvalidInput(what, shorten(cls), problem)
        if known.setdefault(cls.kind, cls) is not cls:
            problem = f"has the kind {cls.kind!r} of another class; call it something else"
            raise InvalidInput(what, shorten(cls), problem)
        for name in RESERVED & {field.name for field in vars(cls)["__attrs_attrs__"]}:
            problem = f"has an attribute {name!r}, which is reserved; call it something else"
            raise InvalidInput(what, shorten(cls), problem)
    return known
