"""Invariant: everything is done by somebody, and nobody passes for the library itself (rule A1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen

from incidentflow import Acknowledge, Actor, ActorKind, IncidentDesk, Note, Report
from incidentflow.errors import InvalidInput
from incidentflow.words import SYSTEM

Build = Callable[..., Any]


@frozen
class User:
    """A host's own user object."""

    login: str
    full_name: str = ""


def as_person(user: object) -> Actor:
    """Turn a host's user into an actor."""
    assert isinstance(user, User)
    return Actor(ActorKind.PERSON, user.login, user.full_name)


@pytest.mark.parametrize(
    ("by", "kind", "name"),
    [
        ("ana", ActorKind.PERSON, "ana"),
        ("person:ana", ActorKind.PERSON, "ana"),
        ("monitor:probe-3", ActorKind.MONITOR, "probe-3"),
        ("service: chat", ActorKind.SERVICE, "chat"),
        ("group:ops", ActorKind.PERSON, "group:ops"),
        (Actor(ActorKind.SERVICE, "chat"), ActorKind.SERVICE, "chat"),
    ],
)
def test_text_is_an_actor(desk: IncidentDesk, by: Actor | str, kind: ActorKind, name: str) -> None:
    """A person, unless it says what else."""
    incident = desk.report("Mail is down", by=by)
    (entry,) = desk.history(incident)

    assert (kind, name) == (entry.by.kind, entry.by.id)


def test_the_hosts_own_users_become_actors(build: Build) -> None:
    """In reports, in commands, in what follows them, and when options are asked for."""
    desk, ana = build(actor=as_person), User("ana", "Ana Aguilar")
    note = Note(by=ana, text="hello")  # type: ignore[arg-type]
    incident = desk.report("Mail is down", note, by=ana)
    desk.apply(incident, Acknowledge(by=User("bo")))  # type: ignore[arg-type]
    desk.apply(incident, Note(by="cy", text="a name is a name"))
    history = desk.history(incident)

    assert ["Ana Aguilar", "Ana Aguilar", "bo", "cy"] == [str(entry.by) for entry in history]
    assert "bo" == desk.get(incident).assignee
    assert desk.options(incident, by=ana) == desk.options(incident, by="ana")


def test_a_repeat_is_known_by_the_actor_it_becomes(build: Build) -> None:
    """Two user objects of one person ask for the same thing."""
    desk = build(actor=as_person)
    first = desk.report("Mail is down", by=User("ana"), key="k")

    assert first == desk.report("Mail is down", by=User("ana"), key="k")
    assert first == desk.report("Mail is down", by="ana", key="k")


@pytest.mark.parametrize("by", [User("ana"), 5, None, ["ana"]])
def test_a_desk_without_a_conversion_refuses_objects(desk: IncidentDesk, by: Any) -> None:  # noqa: ANN401
    """The error says what would do."""
    incident = desk.report("Mail is down", by="ana")
    for ask in (
        lambda: desk.report("Printer", by=by),
        lambda: desk.report("Printer", Note(by=by, text="x"), by="ana"),
        lambda: desk.apply(incident, Note(by=by, text="x")),
        lambda: desk.options(incident, by=by),
    ):
        with pytest.raises(InvalidInput, match="give an Actor, a str, or build the desk with"):
            ask()

    assert 1 == len(desk.find())


@pytest.mark.parametrize("answer", [None, "ana", User("ana")])
def test_a_conversion_must_give_an_actor(build: Build, answer: object) -> None:
    """What comes back is checked as what came in."""
    with pytest.raises(InvalidInput, match="is no actor"):
        build(actor=lambda _: answer).report("Mail is down", by=User("ana"))


@pytest.mark.parametrize("by", [SYSTEM, "system:cron", Actor(ActorKind.SYSTEM, "me"), User("root")])
def test_nobody_claims_to_be_the_system(build: Build, by: Any) -> None:  # noqa: ANN401
    """Neither by name, nor by value, nor through the host's conversion."""
    desk = build(actor=lambda _: SYSTEM)
    incident = desk.report("Mail is down", by="ana")
    for ask in (
        lambda: desk.report("Printer", by=by),
        lambda: desk.report(Report(title="Printer", by=by)),
        lambda: desk.apply(incident, Note(by=by, text="x")),
        lambda: desk.options(incident, by=by),
    ):
        with pytest.raises(InvalidInput, match="only the library itself acts as the system"):
            ask()

    assert 1 == desk.get(incident).version


@pytest.mark.parametrize("by", ["", " ", "monitor:", "a\0b", "x" * 501])
def test_an_actor_is_visible_text(desk: IncidentDesk, by: str) -> None:
    """Who did it can be shown."""
    with pytest.raises(InvalidInput):
        desk.report("Mail is down", by=by)
