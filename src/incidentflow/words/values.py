"""What frozen values share: a quick copy, and one way to be shown, compared and hashed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import attrs

T = TypeVar("T")

if TYPE_CHECKING:
    from attrs import evolve as evolve  # noqa: PLC0414 - the checker's plugin knows its types
else:

    def evolve(value: T, /, **changes: Any) -> T:  # noqa: ANN401 - attributes have any type
        """
        Copy a frozen value with some attributes changed, as `attrs.evolve`, ten times as fast.

        Nothing is checked or converted: what made the value has seen to that. For values with
        ``slots=False``; those that check what they are given are copied by `attrs.evolve`.

        Raises:
            TypeError: It has no such attribute.

        """
        copy = object.__new__(type(value))
        attributes = copy.__dict__
        attributes.update(value.__dict__)
        known = len(attributes)
        attributes.update(changes)
        if len(attributes) > known:
            msg = f"{type(value).__name__} has no {', '.join(changes.keys() - vars(value).keys())}"
            raise TypeError(msg)
        return copy


def share_methods(cls: type) -> None:
    """
    Give a class that is about to become an attrs class its ``repr``, comparison and hash.

    They are those that attrs would make. But attrs compiles its own for every class, which took a
    third of the time of importing the package; what stands in a class already, it leaves alone.
    """
    for name, method in _SHARED.items():
        if name not in vars(cls):
            setattr(cls, name, method)


def _show(value: object) -> str:
    shown = (f"{one.name}={getattr(value, one.name)!r}" for one in _attributes(value) if one.repr)
    return f"{type(value).__name__}({', '.join(shown)})"


def _equals(value: object, other: object) -> bool:
    if type(other) is not type(value):
        return NotImplemented  # type: ignore[no-any-return] # what Python asks for
    compared = (one.name for one in _attributes(value) if one.eq)
    return all(getattr(value, name) == getattr(other, name) for name in compared)


def _hash(value: object) -> int:
    hashed = (one for one in _attributes(value) if (one.eq if one.hash is None else one.hash))
    return hash((type(value), *(getattr(value, one.name) for one in hashed)))


def _attributes(value: object) -> tuple[attrs.Attribute[Any], ...]:
    return getattr(value, "__attrs_attrs__", ())


_SHARED: Mapping[str, Callable[..., object]] = {
    "__repr__": _show,
    "__eq__": _equals,
    "__hash__": _hash,
}
