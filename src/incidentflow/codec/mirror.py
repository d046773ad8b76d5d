"""
JSON by msgspec: the extra ``fast``.

msgspec reads and writes attrs classes by itself, but cannot leave out what was not said, nor
refuse what it does not know. So each class of the aggregate has a mirror: a struct with the same
attributes, made from it, that does both.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache, reduce
from operator import or_
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import attrs
import msgspec

from incidentflow.codec.text import Data
from incidentflow.incident import Incident

BY_THE_STORE: Mapping[type, str] = {Incident: "number"}


class Mirrored:
    """JSON by way of mirrors."""

    def __init__(self) -> None:
        self._mirror = mirror(Incident)
        self._encode = msgspec.json.Encoder().encode
        self._sorted = msgspec.json.Encoder(order="sorted").encode
        self._decode = msgspec.json.Decoder(self._mirror).decode

    def write(self, incident: Incident) -> bytes:
        """Write an incident."""
        return self._encode(msgspec.convert(incident, self._mirror, from_attributes=True))

    def read(self, snapshot: bytes) -> Incident:
        """Read an incident, without its number."""
        try:
            return msgspec.convert(self._decode(snapshot), Incident, from_attributes=True)
        except msgspec.MsgspecError as error:
            msg = f"{type(error).__name__}: {error}"
            raise ValueError(msg) from None

    def text(self, data: Data) -> str:
        """Write plain data in the canonical form; whole numbers have 64 bits at most."""
        return self._sorted(data).decode()


@cache
def mirror(cls: type[attrs.AttrsInstance]) -> type[msgspec.Struct]:
    """Make the struct with the attributes of a class of the aggregate."""
    hints = get_type_hints(cls)
    fields = [
        (field.name, _mirrored(hints[field.name]), _default(field.default))
        for field in attrs.fields(cls)
        if field.name != BY_THE_STORE.get(cls)
    ]
    return msgspec.defstruct(
        cls.__name__,
        fields,
        forbid_unknown_fields=True,
        frozen=True,
        kw_only=True,
        omit_defaults=True,
    )


def _mirrored(hint: Any) -> Any:  # noqa: ANN401 - a type of any form
    if get_origin(hint) in (Union, UnionType):
        return reduce(or_, map(_mirrored, get_args(hint)))
    if get_origin(hint) is tuple:
        return tuple[_mirrored(get_args(hint)[0]), ...]  # type: ignore[misc] # made at run time
    if hint is datetime:
        return Annotated[datetime, msgspec.Meta(tz=True)]
    return mirror(hint) if attrs.has(hint) else hint


def _default(value: object) -> object:
    if value is attrs.NOTHING:
        return msgspec.NODEFAULT
    if attrs.has(type(value)):
        return msgspec.convert(value, mirror(type(value)), from_attributes=True)  # type: ignore[arg-type] # every class is hashable
    return value
