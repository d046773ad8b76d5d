"""
Values to plain data and back: cattrs does the work, this page says what is particular here.

Types are strict: ``"5"`` is not 5. Defaults are left out. Events and commands carry their kind,
events the version of their shape too, so that an old one can be upcast when it is read (rule J1).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any, TypeVar, get_args, get_origin

from attrs import frozen
from cattrs import Converter
from cattrs.errors import ForbiddenExtraKeysError, StructureHandlerNotFoundError
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.strategies import configure_union_passthrough

from incidentflow.errors import InvalidInput, nearest, shorten
from incidentflow.events import EVENTS
from incidentflow.incident import Command, Entry, Event, Incident
from incidentflow.incident.owed import Message
from incidentflow.process import COMMANDS
from incidentflow.words import MICROSECOND

Data = Any
T = TypeVar("T")
K = TypeVar("K", bound=type[Event] | type[Command])
RESERVED = frozenset({"kind", "v"})


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
    Turns incidents, entries, commands and messages into plain data and back.

    Args:
        events: The classes of events that can be read, beside the library's own.
        commands: The classes of commands that can be read, beside the library's own.
        fast: What writes snapshots; the journal's text is always the standard library's.

    Raises:
        InvalidInput: A class cannot be told from another one, or is no attrs class.

    """

    def __init__(
        self,
        events: Iterable[type[Event]] = (),
        commands: Iterable[type[Command]] = (),
        fast: Json | None = None,
    ) -> None:
        self._events = _by_kind("events", (*EVENTS, *events), Event)
        self._commands = _by_kind("commands", (*COMMANDS, *commands), Command)
        self._json = fast or fast_json()
        self._converter = self._make_converter()

    @property
    def events(self) -> tuple[type[Event], ...]:
        """The classes of events that it knows."""
        return tuple(self._events.values())

    @property
    def commands(self) -> tuple[type[Command], ...]:
        """The classes of commands that it knows."""
        return tuple(self._commands.values())

    def write_incident(self, incident: Incident) -> bytes:
        """Write a snapshot; the number is the store's and is left out (rule J2)."""
        return self._json.dumps(self._converter.unstructure(incident))

    def read_incident(self, snapshot: bytes, number: str | None = None) -> Incident:
        """
        Read a snapshot, and give it the number that the store keeps beside it.

        Raises:
            ValueError: It cannot be read.

        """
        data = self._json.loads(snapshot)
        if number is not None and isinstance(data, dict):
            data["number"] = number
        return self._read(data, Incident)

    def entry_data(self, entry: Entry) -> dict[str, Data]:
        """Turn an entry into plain data."""
        self._require(entry.event, self._events, "events")
        data: dict[str, Data] = self._converter.unstructure(entry)
        return data

    def read_entry(self, data: Data) -> Entry:
        """
        Read an entry.

        Raises:
            ValueError: Its kind or the version of its shape is unknown, or it cannot be read.

        """
        return self._read(data, Entry)

    def command_data(self, command: Command) -> dict[str, Data]:
        """Turn a command into plain data."""
        self._require(command, self._commands, "commands")
        data: dict[str, Data] = self._converter.unstructure(command)
        return data

    def read_command(self, data: Data) -> Command:
        """
        Read a command.

        Raises:
            ValueError: Its kind is unknown, or it cannot be read.

        """
        return self._read(data, Command)  # type: ignore[type-abstract] # a hook reads any command

    def message_data(self, message: Message) -> dict[str, Data]:
        """Turn a message that is owed into plain data."""
        data: dict[str, Data] = self._converter.unstructure(message)
        return data

    @staticmethod
    def _require(value: Event | Command, known: Mapping[str, object], parameter: str) -> None:
        if known.get(value.kind) is not type(value):
            problem = f"is of a kind this desk cannot read; build the desk with {parameter}="
            raise InvalidInput(parameter, value.kind, problem)

    def _read(self, data: Data, cls: type[T]) -> T:
        try:
            return self._converter.structure(data, cls)
        except (
            ArithmeticError,
            AttributeError,
            ForbiddenExtraKeysError,
            LookupError,
            StructureHandlerNotFoundError,
            TypeError,
            ValueError,
        ) as error:
            msg = f"{type(error).__name__}: {error}"
            raise ValueError(msg) from None

    def _make_converter(self) -> Converter:
        converter = Converter(
            omit_if_default=True, forbid_extra_keys=True, detailed_validation=False
        )
        for primitive in (str, int, bool):
            converter.register_structure_hook(primitive, _reader(primitive))
        configure_union_passthrough(str | int | bool | None, converter)
        converter.register_structure_hook_func(
            _is_tuple,
            lambda data, cls: tuple(
                [converter.structure(one, get_args(cls)[0]) for one in _strictly(data, list)]
            ),
        )
        converter.register_unstructure_hook(datetime, datetime.isoformat)
        converter.register_structure_hook(datetime, _instant)
        converter.register_unstructure_hook(timedelta, lambda span: span // MICROSECOND)
        converter.register_structure_hook(
            timedelta, lambda number, _: _strictly(number, int) * MICROSECOND
        )
        converter.register_unstructure_hook(
            Incident,
            make_dict_unstructure_fn(
                Incident, converter, _cattrs_omit_if_default=True, number=override(omit=True)
            ),
        )
        converter.register_unstructure_hook_factory(_extends(Event), _writer(converter, Event))
        converter.register_unstructure_hook_factory(_extends(Command), _writer(converter, Command))
        converter.register_structure_hook_func(
            lambda cls: cls is Event, lambda data, _: self._read_event(converter, data)
        )
        converter.register_structure_hook_func(
            lambda cls: cls is Command, lambda data, _: self._read_command(converter, data)
        )
        return converter

    def _read_event(self, converter: Converter, data: dict[str, Data]) -> Event:
        kind, version = data["kind"], _strictly(data["v"], int)
        cls = self._events.get(kind)
        if cls is None or not 0 < version <= cls.schema:
            msg = f"event {kind!r} of shape {version} is unknown, as from a newer release"
            raise ValueError(msg)
        rest = {name: value for name, value in data.items() if name not in RESERVED}
        for old in range(version, cls.schema):
            rest = cls.upcast(rest, old)
        return converter.structure(rest, cls)

    def _read_command(self, converter: Converter, data: dict[str, Data]) -> Command:
        kind = data["kind"]
        if kind not in self._commands:
            msg = f"unknown command {kind!r}; {nearest(str(kind), self._commands)}"
            raise ValueError(msg)
        rest = {name: value for name, value in data.items() if name != "kind"}
        return converter.structure(rest, self._commands[kind])


def _by_kind(what: str, classes: Iterable[K], base: type) -> dict[str, K]:
    known: dict[str, K] = {}
    for cls in classes:
        if not _extends(base)(cls) or "__attrs_attrs__" not in vars(cls):
            problem = f"is no attrs class of {base.__name__}; write @frozen above the class"
            raise InvalidInput(what, shorten(cls), problem)
        if known.setdefault(cls.kind, cls) is not cls:
            problem = f"has the kind {cls.kind!r} of another class; call it something else"
            raise InvalidInput(what, shorten(cls), problem)
        for name in RESERVED & {field.name for field in vars(cls)["__attrs_attrs__"]}:
            problem = f"has an attribute {name!r}, which is reserved; call it something else"
            raise InvalidInput(what, shorten(cls), problem)
    return known


def _is_tuple(cls: Any) -> bool:  # noqa: ANN401 - as cattrs calls it
    return get_origin(cls) is tuple


def _extends(base: type) -> Callable[[Any], bool]:
    return lambda cls: isinstance(cls, type) and issubclass(cls, base)


def _reader(primitive: type) -> Callable[[Data, Any], Data]:
    def read(value: Data, cls: Any) -> Data:  # noqa: ANN401 - as cattrs calls it
        strict = _strictly(value, primitive)
        return strict if cls is primitive else cls(strict)

    return read


def _instant(text: Data, _: Any) -> datetime:  # noqa: ANN401 - as cattrs calls it
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        msg = f"{text!r} has no time zone"
        raise ValueError(msg)
    return moment.astimezone(UTC)


def _strictly(value: Data, cls: type) -> Data:
    if type(value) is not cls:
        msg = f"{value!r} is not {cls.__name__}"
        raise TypeError(msg)
    return value


def _writer(converter: Converter, base: type) -> Callable[[Any], Callable[[Any], Data]]:
    def make(cls: Any) -> Callable[[Any], Data]:  # noqa: ANN401 - as cattrs calls it
        if cls is base:
            return lambda value: converter.unstructure(value, type(value))
        head = {"kind": cls.kind, "v": cls.schema} if base is Event else {"kind": cls.kind}
        plain = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True)
        return lambda value: {**head, **plain(value)}

    return make
