"""Values to plain data and back: cattrs does the work, this page says what is particular here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from operator import attrgetter
from typing import Any, TypeVar, get_args, get_origin

from cattrs import Converter
from cattrs.errors import ForbiddenExtraKeysError, StructureHandlerNotFoundError
from cattrs.gen import make_dict_unstructure_fn, override
from cattrs.strategies import configure_union_passthrough

from incidentflow.codec.text import RESERVED, Data
from incidentflow.errors import nearest
from incidentflow.incident import Command, Incident, Occurrence
from incidentflow.words import MICROSECOND

T = TypeVar("T")
UNREADABLE = (
    ArithmeticError,
    AttributeError,
    ForbiddenExtraKeysError,
    LookupError,
    StructureHandlerNotFoundError,
    TypeError,
    ValueError,
)


class Values:
    """
    Turns incidents, entries, messages, events and commands into plain data and back.

    Args:
        events: The classes of events that can be read, by kind.
        commands: The classes of commands that can be read, by kind.

    """

    def __init__(
        self, events: Mapping[str, type[Occurrence]], commands: Mapping[str, type[Command]]
    ) -> None:
        self._converter = _make_converter(events, commands)

    def write(self, value: object) -> dict[str, Data]:
        """Turn a value into plain data."""
        data: dict[str, Data] = self._converter.unstructure(value)
        return data

    def read(self, data: Data, cls: type[T]) -> T:
        """
        Turn plain data into a value.

        Raises:
            ValueError: It cannot be read.

        """
        try:
            return self._converter.structure(data, cls)
        except UNREADABLE as error:
            msg = f"{type(error).__name__}: {error}"
            raise ValueError(msg) from None


def _make_converter(
    events: Mapping[str, type[Occurrence]], commands: Mapping[str, type[Command]]
) -> Converter:
    converter = Converter(omit_if_default=True, forbid_extra_keys=True, detailed_validation=False)
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
    converter.register_unstructure_hook_func(_is_enum, attrgetter("_value_"))
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
    converter.register_unstructure_hook_factory(
        _extends(Occurrence), _writer(converter, Occurrence)
    )
    converter.register_unstructure_hook_factory(_extends(Command), _writer(converter, Command))
    converter.register_structure_hook_func(
        lambda cls: cls is Occurrence, lambda data, _: _read_event(converter, events, data)
    )
    converter.register_structure_hook_func(
        lambda cls: cls is Command, lambda data, _: _read_command(converter, commands, data)
    )
    return converter


def _extends(base: type) -> Callable[[Any], bool]:
    return lambda cls: isinstance(cls, type) and issubclass(cls, base)


def _read_event(
    converter: Converter, events: Mapping[str, type[Occurrence]], data: dict[str, Data]
) -> Occurrence:
    kind, version = data["kind"], _strictly(data["v"], int)
    cls = events.get(kind)
    if cls is None or not 0 < version <= cls.schema:
        msg = f"event {kind!r} of shape {version} is unknown, as from a newer release"
        raise ValueError(msg)
    rest = {name: value for name, value in data.items() if name not in RESERVED}
    for old in range(version, cls.schema):
        rest = cls.upcast(rest, old)
    return converter.structure(rest, cls)


def _read_command(
    converter: Converter, commands: Mapping[str, type[Command]], data: dict[str, Data]
) -> Command:
    kind = data["kind"]
    if kind not in commands:
        msg = f"unknown command {kind!r}; {nearest(str(kind), commands)}"
        raise ValueError(msg)
    rest = {name: value for name, value in data.items() if name != "kind"}
    return converter.structure(rest, commands[kind])


def _is_enum(cls: Any) -> bool:  # noqa: ANN401 - as cattrs calls it
    return isinstance(cls, type) and issubclass(cls, Enum)


def _is_tuple(cls: Any) -> bool:  # noqa: ANN401 - as cattrs calls it
    return get_origin(cls) is tuple


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
        head = {"kind": cls.kind, "v": cls.schema} if base is Occurrence else {"kind": cls.kind}
        plain = make_dict_unstructure_fn(cls, converter, _cattrs_omit_if_default=True)
        return lambda value: {**head, **plain(value)}

    return make
