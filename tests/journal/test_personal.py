"""Invariant: nothing personal is passed over, however a host's classes are built."""

from __future__ import annotations

import enum
from datetime import datetime
from typing import Annotated, Any

import pytest
from attrs import frozen

from incidentflow.events import EVENTS, Noted
from incidentflow.incident import Entry, Place
from incidentflow.personal import personal_attributes, personal_shape
from incidentflow.words import Actor, OwnField, personal


class Colour(enum.Enum):
    """A closed set, as hosts declare them."""

    RED = "red"


@frozen
class Plain:
    """Holds nothing personal."""

    colour: Colour
    when: datetime | None = None
    tags: tuple[str, ...] = ()
    same: tuple[Plain, ...] = ()


@frozen
class Person:
    """Holds something personal, and more of its kind."""

    name: str = personal()
    plain: Plain | None = None
    friends: tuple[Person, ...] = ()


@frozen
class There:
    """Leads to a person by way of another class, and back."""

    back: Back | None


@frozen
class Back:
    """The other way round."""

    there: There | None
    person: Annotated[Person | None, ["a", "note"]] = None


@frozen
class Loose:
    """Says nothing of what its attributes are."""

    anything: Any
    base: Noted | object


@pytest.mark.parametrize(
    ("cls", "names"),
    [
        (Plain, []),
        (Person, ["name", "friends"]),
        (There, ["back"]),
        (Back, ["there", "person"]),
        (Loose, ["anything", "base"]),
        (Place, []),
        (Entry, ["by", "event"]),
        (Actor, ["id", "name"]),
        (OwnField, ["value"]),
        (int, []),
    ],
)
def test_whatever_may_lead_to_something_personal_is_walked(cls: type, names: list[str]) -> None:
    """Through tuples, unions, circles and types that say nothing; what cannot, is not."""
    assert names == [name for name, _ in personal_shape(cls)]


def test_names_that_stand_in_no_module_are_walked() -> None:
    """A class inside a function cannot be resolved: nothing is known of its parts."""

    @frozen
    class Inner:
        name: str = personal()

    @frozen
    class Outer:
        inner: Inner

    assert ["inner"] == [name for name, _ in personal_shape(Outer)]


def test_every_class_with_personal_parts_has_a_shape() -> None:
    """What is known to be personal, and what is walked, agree for every event of the library."""
    for cls in EVENTS:
        assert bool(personal_attributes(cls)) == bool(personal_shape(cls)), cls
