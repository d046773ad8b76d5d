"""Actors, instants, ids, ranks and text: what they accept and what they refuse."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta, timezone

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow.errors import InvalidInput
from incidentflow.events import Noted
from incidentflow.process import Reopen
from incidentflow.testing.rehearsal import Rehearsal
from incidentflow.testing.strategies import actors, instants, texts
from incidentflow.words import (
    EPOCH,
    MAX_LINE,
    MAX_TEXT,
    SYSTEM,
    Actor,
    ActorKind,
    Impact,
    Priority,
    Rank,
    Severity,
    Urgency,
    as_fields,
    evolve,
    from_micros,
    frozen,
    line,
    member,
    micros,
    prose,
    show,
    strings,
    utc,
    uuid7,
)


@attrs.frozen
class Label:
    """A value with one line and some prose."""

    name: str | None = attrs.field(default=None, validator=line())
    text: str | None = attrs.field(default=None, validator=prose)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "blank"),
        ("  \n ", "unprintable"),
        ("\u200b\u200d \u200b", "blank"),
        ("\u00a0\u3000", "blank"),
        ("two\nlines", "unprintable character '\\n' at 3"),
        ("bell\a", "unprintable"),
        ("lone \ud800", "unprintable"),
        ("\u202eevil", "unprintable"),
        ("x" * (MAX_LINE + 1), "at most 500"),
        (5, "give a str"),
        (b"bytes", "give a str"),
    ],
)
def test_a_line_is_visible_printable_and_short(text: object, problem: str) -> None:
    """Everything else is refused, with what would do."""
    with pytest.raises(InvalidInput, match="name = ") as caught:
        Label(name=text)

    assert problem in str(caught.value.problem)
    assert caught.value.value.isprintable()


@pytest.mark.parametrize(
    "text",
    [
        "Postfach klemmt",
        "می‌خواهم",
        "日本　語",
        "10\u202f000 €",
        "👩\u200d🚒 fire",
        "עברית\u200f!",
        "x" * MAX_LINE,
    ],
)
def test_people_write_in_their_own_script(text: str) -> None:
    """Joiners, direction marks and the spaces of every typography are text."""
    assert text == Label(name=text).name


def test_prose_may_have_lines_and_tabs() -> None:
    """It is longer too, but not without end."""
    assert "a\n\tb\r\n" == Label(text="a\n\tb\r\n").text

    for text in ("\n", "x" * (MAX_TEXT + 1), "\x00"):
        with pytest.raises(InvalidInput, match="text = "):
            Label(text=text)


@given(texts())
def test_visible_text_of_any_script_is_kept(text: str) -> None:
    """What is printable passes unchanged."""
    assert text == Label(name=text, text=text).name


@pytest.mark.parametrize("text", [" ana", "ana ", "\u3000ana"])
def test_a_line_has_no_white_space_around_it(text: str) -> None:
    """It would look like another name; the right one is suggested."""
    with pytest.raises(InvalidInput, match="give 'ana'"):
        Label(name=text)


@pytest.mark.parametrize("wrong", ["no", 0, None])
def test_yes_is_not_what_is_merely_like_it(wrong: object) -> None:
    """A truthy text would switch on what it says no to."""
    with pytest.raises(InvalidInput, match="neither True nor False"):
        Reopen(by="ana", give_up_key=wrong)


def test_names_are_one_or_several() -> None:
    """One name, several or none become a tuple."""
    assert () == strings(None)
    assert ("a",) == strings("a")
    assert ("a", "b") == strings(["a", " b "])

    for wrong in (5, [5], b"ab", ["x\0"]):
        with pytest.raises(InvalidInput, match="names"):
            strings(wrong)


def test_a_member_is_read_from_itself_or_its_value() -> None:
    """Anything else is refused with the nearest one."""
    assert ActorKind.MONITOR is member(ActorKind, ActorKind.MONITOR, "kind")
    assert ActorKind.MONITOR is member(ActorKind, "monitor", "kind")

    with pytest.raises(InvalidInput, match="did you mean 'monitor'"):
        member(ActorKind, "moniter", "kind")


def test_own_fields_are_copied() -> None:
    """Nobody changes them afterwards, and what is no mapping is refused."""
    given = {"tier": "gold"}
    copied = as_fields(given)
    given["tier"] = "lead"

    assert {"tier": "gold"} == copied

    with pytest.raises(InvalidInput, match="no mapping"):
        as_fields("tier")


@pytest.mark.parametrize(
    ("text", "kind", "name"),
    [
        ("ana", ActorKind.PERSON, "ana"),
        ("  ana ", ActorKind.PERSON, "ana"),
        ("person: ana", ActorKind.PERSON, "ana"),
        ("monitor:probe-3", ActorKind.MONITOR, "probe-3"),
        ("service:a:b", ActorKind.SERVICE, "a:b"),
        ("urn:x", ActorKind.PERSON, "urn:x"),
    ],
)
def test_actors_are_read_from_text(text: str, kind: ActorKind, name: str) -> None:
    """A kind before a colon, or a person."""
    assert Actor(kind, name) == Actor.parse(text)


@pytest.mark.parametrize("wrong", ["", " ", "monitor:", 5, None, "a\0b"])
def test_what_is_no_actor_is_refused(wrong: object) -> None:
    """Blank text and other things do not act."""
    with pytest.raises(InvalidInput):
        Actor.parse(wrong)


def test_actors_show_their_names() -> None:
    """A person by name, everything else with its kind."""
    assert "Ana" == str(Actor(ActorKind.PERSON, "7", "Ana"))
    assert "monitor:probe-3" == str(Actor.parse("monitor:probe-3"))
    assert "system:incidentflow" == str(SYSTEM)
    assert ActorKind.PERSON is Actor("person", "ana").kind


@given(actors())
def test_an_actor_is_read_as_itself(actor: Actor) -> None:
    """Reading what is an actor already changes nothing."""
    assert actor is Actor.parse(actor)


@given(instants())
def test_microseconds_keep_an_instant_whole(moment: datetime) -> None:
    """There and back is the same instant, in UTC (rule K0)."""
    assert moment == from_micros(micros(moment))
    assert UTC == from_micros(micros(moment)).tzinfo


@given(
    st.datetimes(
        min_value=datetime(2, 1, 1),  # noqa: DTZ001 - Hypothesis adds the zone
        max_value=datetime(9998, 12, 31),  # noqa: DTZ001 - the same
        timezones=st.timezones(),
    )
)
def test_every_zone_is_read_as_utc(moment: datetime) -> None:
    """The instant stays, the zone goes."""
    wall, offset = moment.replace(tzinfo=None), moment.utcoffset() or timedelta(0)

    assert (wall - offset).replace(tzinfo=UTC) == utc(moment)
    assert UTC == utc(moment).tzinfo


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (datetime(2026, 1, 1), "has no time zone"),  # noqa: DTZ001 - that is the point
        ("2026-01-01", "is no instant"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), "outside all years"),
    ],
)
def test_what_is_no_instant_is_refused(wrong: object, problem: str) -> None:
    """A wall-clock reading is no instant."""
    with pytest.raises(InvalidInput, match=problem):
        utc(wrong)


def test_instants_are_shown_to_the_minute() -> None:
    """In UTC, and said so."""
    assert "1970-01-01 00:00Z" == show(EPOCH)


@given(instants(), st.binary(min_size=10, max_size=10))
def test_ids_are_uuids_of_version_seven(moment: datetime, entropy: bytes) -> None:
    """Python reads them as such, and they carry their millisecond."""
    made = uuid.UUID(uuid7(moment, entropy))

    assert (7, uuid.RFC_4122) == (made.version, made.variant)
    assert micros(moment) // 1000 == made.int >> 80


@given(instants(), st.integers(1, 10**9), st.binary(min_size=10, max_size=10))
def test_ids_sort_by_the_time_they_were_made(moment: datetime, later: int, entropy: bytes) -> None:
    """A later millisecond makes a greater id."""
    after = moment + timedelta(milliseconds=later)

    assert uuid7(moment, b"\xff" * 10) < uuid7(after, entropy)


@pytest.mark.parametrize("scale", [Impact, Urgency, Severity, Priority])
def test_one_is_the_most_severe(scale: type[Rank]) -> None:
    """Each scale runs from 1, and outranks what is greater (rule Q1)."""
    first, *others = scale

    assert [1, 2, 3, 4, 5] == [int(each) for each in scale]
    assert all(first.outranks(other) and not other.outranks(first) for other in others)
    assert not first.outranks(first)


def test_ranks_are_read_from_names_and_numbers() -> None:
    """A member, its number or its name; nothing is converted silently (rule I6)."""
    assert Impact.HIGH is Impact.parse("high")
    assert Impact.HIGH is Impact.parse(" High ")
    assert Priority.P3 is Priority.parse(3)
    assert Severity.SEV2 is Severity.parse(Severity.SEV2)
    assert "sev2" == Severity.SEV2.label


@pytest.mark.parametrize("wrong", ["hihg", "1", 0, 6, True, 1.0, None, [], Urgency.HIGH])
def test_what_stands_on_no_scale_is_refused(wrong: object) -> None:
    """Text that is a number, truth values and other scales are not read."""
    with pytest.raises(InvalidInput, match=r"impact = .*1 to 5"):
        Impact.parse(wrong)


def test_a_copy_differs_in_what_is_given_and_in_nothing_else() -> None:
    """The quick copy is the library's own; the original stays as it is."""
    before = Rehearsal().report(title="Mail down", service="mail")
    after = evolve(before, title="Mail up")

    assert attrs.evolve(before, title="Mail up") == after
    assert ("Mail down", "Mail up") == (before.title, after.title)
    assert before is not evolve(before)
    assert before == evolve(before)


def test_a_copy_has_no_other_attributes() -> None:
    """A name that is not there is refused, as when the value is made."""
    before = Rehearsal().report()
    with pytest.raises(TypeError, match=r"^Incident has no colour$"):
        evolve(before, colour="red")


@frozen
class Happened:
    """A value of ours."""

    text: str
    aside: str = attrs.field(default="", eq=False, repr=False)
    weight: int = attrs.field(default=0, hash=False)


@attrs.frozen
class Alike:
    """The same attributes, with all that attrs writes."""

    text: str
    aside: str = attrs.field(default="", eq=False, repr=False)
    weight: int = attrs.field(default=0, hash=False)


TRIPLES = st.tuples(st.sampled_from("ab"), st.sampled_from("ab"), st.integers(0, 1))


@given(TRIPLES, TRIPLES)
def test_values_are_shown_compared_and_hashed_as_attrs_would(
    one: tuple[str, str, int], other: tuple[str, str, int]
) -> None:
    """What is shared by all values does what attrs writes for each class."""
    mine, yours, like_mine, like_yours = (
        Happened(*one),
        Happened(*other),
        Alike(*one),
        Alike(*other),
    )

    assert (mine == yours) is (like_mine == like_yours)
    assert (hash(mine) == hash(yours)) is (hash(like_mine) == hash(like_yours))
    assert repr(mine) == repr(like_mine).replace("Alike", "Happened")
    assert mine != like_mine


def test_values_without_attributes_are_equal() -> None:
    """There is nothing in which they could differ, but their class."""

    @frozen
    class Empty:
        pass

    @frozen
    class Void:
        pass

    assert "Empty()" == repr(Empty())
    assert Empty() == Empty() != Void()
    assert hash(Empty()) == hash(Empty()) != hash(Void())


def test_an_event_keeps_the_methods_it_brings() -> None:
    """A class that says itself how it is shown or compared is not overruled."""

    @frozen
    class Odd(Noted):
        def __repr__(self) -> str:
            return "odd"

    assert "odd" == repr(Odd("x"))
    assert Odd("x") == Odd("x") != Noted("x")
    assert {Odd("x"): 1} == {Odd("x"): 1}
