"""
Values to plain data and back: cattrs does the work, this page says what is particular here.

Types are strict: ``"5"`` is not 5. Defaults are left out. Events and commands carry their kind,
events the version of their shape too, so that an old one can be upcast when it is read (rule J1).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from importlib.util import find_spec
from typing import Any, TypeVar

from attrs import frozen
from cattrs import Converter
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.strategies import configure_union_passthrough

from incidentflow.errors import nearest
from incidentflow.events import EVENTS
from incidentflow.incident import Command, Entry, Event, Incident
from incidentflow.incident.owed import Message
from incidentflow.policy import Policy
from incidentflow.process import COMMANDS
from incidentflow.words import MICROSECOND

Data = Any
T = TypeVar("T")
Upcaster = Callable[[dict[str, Data]], dict[str, Data]]


@frozen
class Json:
    """A pair of functions between plain data and JSON bytes."""

    dumps: Callable[[Data], bytes]
    loads: Callable[[bytes], Data]


def standard_json() -> Json:
    """Use the standard library."""
    return Json(lambda data: canonical(data).encode(), json.loads)


def fast_json() -> Json:
    """Use msgspec where the extra ``fast`` is installed, else the standard library."""
    if find_spec("msgspec") is None:
        return standard_json()
    import msgspec.json  # noqa: PLC0415 - an extra, imported where it is used

    return Json(msgspec.json.encode, msgspec.json.decode)


def canonical(data: Data) -> str:
    """Write plain data in the one form that is hashed, whichever accelerator is installed."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


class Codec:
    """
    Turns incidents, entries, commands and policies into plain data and back.

    Args:
        events: The classes of events that can be read, beside the library's own.
        commands: The classes of commands that can be read, beside the library's own.
        upcasters: For old shapes of events: by kind and version, a function from the data of
            that version to the data of the next.
        fast: What writes snapshots; the journal's text is always the standard library's.

    """

    def __init__(
        self,
        events: Iterable[type[Event]] = (),
        commands: Iterable[type[Command]] = (),
        upcasters: Mapping[tuple[str, int], Upcaster] | None = None,
        fast: Json | None = None,
    ) -> None:
        self._events: dict[str, type[Event]] = {event.kind: event for event in (*EVENTS, *events)}
        self._commands: dict[str, type[Command]] = {
            command.kind: command for command in (*COMMANDS, *commands)
        }
        self._upcasters = dict(upcasters or {})
        self._json = fast or fast_json()
        self._converter = self._make_converter()

    def write_incident(self, incident: Incident) -> bytes:
        """Write a snapshot; the number is the store's and is left out (rule J2)."""
        return self._json.dumps(self._converter.unstructure(incident))

    def read_incident(self, snapshot: bytes) -> Incident:
        """
        Read a snapshot.

        Raises:
            ValueError: It cannot be read.

        """
        return self._read(self._json.loads(snapshot), Incident)

    def entry_data(self, entry: Entry) -> dict[str, Data]:
        """Turn an entry into plain data."""
        data: dict[str, Data] = self._converter.unstructure(entry)
        return data

    def read_entry(self, data: dict[str, Data]) -> Entry:
        """
        Read an entry.

        Raises:
            ValueError: Its kind or the version of its shape is unknown, or it cannot be read.

        """
        return self._read(data, Entry)

    def command_data(self, command: Command) -> dict[str, Data]:
        """Turn a command into plain data."""
        data: dict[str, Data] = self._converter.unstructure(command)
        return data

    def read_command(self, data: dict[str, Data]) -> Command:
        """
        Read a command.

        Raises:
            ValueError: Its kind is unknown, or it cannot be read.

        """
        kind = data.get("kind")
        if kind not in self._commands:
            msg = f"unknown command {kind!r}; {nearest(str(kind), self._commands)}"
            raise ValueError(msg)
        rest = {name: value for name, value in data.items() if name != "kind"}
        return self._read(rest, self._commands[kind])

    def message_data(self, message: Message) -> dict[str, Data]:
        """Turn a message that is owed into plain data."""
        data: dict[str, Data] = self._converter.unstructure(message)
        return data

    def policy_data(self, policy: Policy) -> dict[str, Data]:
        """Turn a policy into plain data."""
        data: dict[str, Data] = self._converter.unstructure(policy)
        return data

    def _read(self, data: Data, cls: type[T]) -> T:
        try:
            return self._converter.structure(data, cls)
        except (TypeError, KeyError, AttributeError, ValueError) as error:
            msg = f"{type(error).__name__}: {error}"
            raise ValueError(msg) from None

    def _make_converter(self) -> Converter:
        converter = Converter(
            omit_if_default=True, forbid_extra_keys=True, detailed_validation=False
        )
        for primitive in (str, int, bool):
            converter.register_structure_hook_func(_is(primitive), _strictly)
        configure_union_passthrough(str | int | bool | None, converter)
        converter.register_unstructure_hook(datetime, datetime.isoformat)
        converter.register_structure_hook(datetime, lambda text, _: datetime.fromisoformat(text))
        converter.register_unstructure_hook(timedelta, lambda span: span // MICROSECOND)
        converter.register_unstructure_hook(
            Incident,
            make_dict_unstructure_fn(
                Incident, converter, _cattrs_omit_if_default=True, number=override(omit=True)
            ),
        )
        converter.register_unstructure_hook_factory(_extends(Event), self._event_writer(converter))
        converter.register_structure_hook_func(
            lambda cls: cls is Event, lambda data, _: self._read_event(converter, data)
        )
        converter.register_unstructure_hook_factory(_extends(Command), _tagger(converter))
        return converter

    def _event_writer(self, converter: Converter) -> Callable[[Any], Callable[[Any], Data]]:
        def make(cls: Any) -> Callable[[Any], Data]:  # noqa: ANN401 - as cattrs calls it
            if cls is Event:
                return lambda event: converter.unstructure(event, type(event))
            plain = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True)
            return lambda event: {"kind": event.kind, "v": event.schema, **plain(event)}

        return make

    def _read_event(self, converter: Converter, data: dict[str, Data]) -> Event:
        kind, version = data["kind"], data["v"]
        cls = self._events.get(kind)
        if cls is None or version > cls.schema:
            msg = (
                f"event {kind!r} of shape {version} comes from a newer release; upgrade to read it"
            )
            raise ValueError(msg)
        rest = {name: value for name, value in data.items() if name not in ("kind", "v")}
        for old in range(version, cls.schema):
            rest = self._upcasters[kind, old](rest)
        return converter.structure(rest, cls)


def _is(primitive: type) -> Callable[[Any], bool]:
    return lambda cls: cls is primitive


def _extends(base: type) -> Callable[[Any], bool]:
    return lambda cls: isinstance(cls, type) and issubclass(cls, base)


def _strictly(value: Data, cls: type) -> Data:
    if type(value) is not cls:
        msg = f"{value!r} is not {cls.__name__}"
        raise TypeError(msg)
    return value


def _tagger(converter: Converter) -> Callable[[Any], Callable[[Any], Data]]:
    def make(cls: Any) -> Callable[[Any], Data]:  # noqa: ANN401 - as cattrs calls it
        if cls is Command:
            return lambda command: converter.unstructure(command, type(command))
        plain = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True)
        return lambda command: {"kind": command.kind, **plain(command)}

    return make
