"""Invariant: one key has one effect, and nobody overwrites what they have not seen (rule J3)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from attrs import frozen

from incidentflow import Acknowledge, Command, Event, IncidentDesk, Merge, Note, Resolve
from incidentflow.errors import (
    CommitConflict,
    InvalidInput,
    KeyReused,
    StaleIncident,
    TransitionRefused,
)
from incidentflow.incident import Case
from incidentflow.ports import Store, Write
from incidentflow.testing.clock import ManualClock
from incidentflow.usecases.setup import TRIES

Build = Callable[..., Any]
Meddle = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")


class Silent:
    """A store that nothing may be written to."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do what the store does."""
        return getattr(self._store, name)

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Refuse."""
        raise AssertionError(f"{writes} should not be written")


def test_a_repeated_report_returns_the_first_result(desk: IncidentDesk, clock: ManualClock) -> None:
    """Though the incident has moved on since, and time as well."""
    first = desk.report("Mail is down", Note(by="ana", text="again"), by="ana", key="order-7")
    desk.apply(first, RESOLVE)
    clock.advance(days=1)
    again = desk.report("Mail is down", Note(by="ana", text="again"), by="ana", key="order-7")

    assert (first, first.number) == (again, again.number)
    assert 1 == len(desk.find())
    assert "resolved" == desk.get(first).state


def test_a_repeated_command_returns_the_first_result(desk: IncidentDesk) -> None:
    """As it stood then, whoever asks by whatever name, with whatever spaces around the key."""
    incident = desk.report("Mail is down", by="ana")
    first = desk.apply(incident, Acknowledge(by="ana"), key="k")
    desk.apply(incident, RESOLVE)
    again = [desk.apply(name, Acknowledge(by="ana"), key=" k ") for name in (incident, first.id)]

    assert [first, first] == again
    assert first == desk.apply("INC-0000001", Acknowledge(by="ana"), key="k", expect=1)
    assert ["acknowledged"] == [
        entry.kind for entry in desk.history(incident) if entry.kind == "acknowledged"
    ]


def test_a_key_with_other_content_is_refused(desk: IncidentDesk) -> None:
    """Other words, other commands, another actor, another verb, another number."""
    incident = desk.report("Mail is down", by="ana", key="k", number="T-1")
    for again in (
        lambda: desk.report("Printer", by="ana", key="k", number="T-1"),
        lambda: desk.report("Mail is down", by="bo", key="k", number="T-1"),
        lambda: desk.report("Mail is down", by="ana", key="k", number="T-2"),
        lambda: desk.report("Mail is down", RESOLVE, by="ana", key="k", number="T-1"),
        lambda: desk.apply(incident, RESOLVE, key="k"),
    ):
        with pytest.raises(KeyReused, match="key 'k' was used for another request, on T-1"):
            again()

    assert incident == desk.report("Mail is down", by="ana", key="k", number="T-1")
    assert incident == desk.report("Mail is down", by="ana", key="k")
    assert [incident] == list(desk.find())


def test_a_key_belongs_to_one_incident(desk: IncidentDesk) -> None:
    """The same command on another incident is another request."""
    one, two = (desk.report(title, by="ana") for title in ("Mail is down", "Printer"))
    desk.apply(one, Note(by="ana", text="hello"), key="k")
    with pytest.raises(KeyReused, match="on INC-0000001"):
        desk.apply(two, Note(by="ana", text="hello"), key="k")

    assert two == desk.get(two)


@frozen(kw_only=True)
class Wink(Command):
    """A host's own command that nothing comes of."""

    at_whom: str = "bo"

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Yield nothing."""
        del case
        return ()


def test_a_command_without_effect_uses_its_key(build: Build) -> None:
    """Nothing happened, and that is the first result, however often it is asked for."""
    desk = build(commands=[Wink])
    incident = desk.report("Mail is down", by="ana")
    first = desk.apply(incident, Wink(by="ana"), key="k")
    desk.apply(incident, Acknowledge(by="ana"))

    assert incident == first == desk.apply(incident, Wink(by="ana"), key="k")
    with pytest.raises(KeyReused):
        desk.apply(incident, Wink(by="ana", at_whom="cy"), key="k")
    assert ["reported", "acknowledged"] == [entry.kind for entry in desk.history(incident)]
    assert desk.verify().holds
    with desk.batch() as batch:
        batch.apply(incident, Wink(by="ana"), key="l")
        batch.apply(incident, Note(by="ana", text="x"))
        assert 2 == batch.apply(incident, Wink(by="ana"), key="l").version
    assert 2 == desk.apply(incident, Wink(by="ana"), key="l").version


def test_a_command_without_effect_and_without_key_writes_nothing(
    build: Build, store: Store
) -> None:
    """There is nothing to remember."""
    desk = build(commands=[Wink])
    incident = desk.report("Mail is down", by="ana")
    silent = build(Silent(store), commands=[Wink])

    assert incident == silent.apply(incident, Wink(by="ana"))


def test_a_refused_command_uses_up_no_key(desk: IncidentDesk) -> None:
    """Whoever is refused may ask for something else with it."""
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(TransitionRefused):
        desk.apply(incident, Resolve(by="ana"), key="k")

    assert "resolved" == desk.apply(incident, RESOLVE, key="k").state


def test_a_key_that_somebody_uses_meanwhile_has_one_effect(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """The loser of the race gets the winner's result, or is told of the other request."""
    incident = other.report("Mail is down", by="ana")
    same = Note(by="ana", text="same")
    desk = build(
        meddle(
            lambda: other.apply(incident, same, key="k"),
            lambda: other.apply(incident, same, key="l"),
            lambda: other.report("Printer", by="ana", key="m"),
            lambda: other.report("Printer", by="ana", key="n"),
        )
    )

    assert 1 == desk.apply(incident, same, key="k").counts.notes
    with pytest.raises(KeyReused):
        desk.apply(incident, Note(by="ana", text="other"), key="l")
    assert "INC-0000002" == desk.report("Printer", by="ana", key="m").number
    with pytest.raises(KeyReused):
        desk.report("Plotter", by="ana", key="n")
    assert (2, 3) == (desk.get(incident).counts.notes, len(desk.find()))


def test_what_is_expected_must_stand(desk: IncidentDesk) -> None:
    """Otherwise the error names both versions, and who was faster."""
    seen = desk.report("Mail is down", by="ana")
    desk.apply(seen, Acknowledge(by="service:chat", assignee="bo"))
    with pytest.raises(StaleIncident) as caught:
        desk.apply(seen, RESOLVE, expect=seen.version)

    assert ("INC-0000001", 1, 2, "service:chat") == (
        caught.value.incident,
        caught.value.expected,
        caught.value.found,
        caught.value.changed_by,
    )
    assert "resolved" == desk.apply(seen, RESOLVE, expect=2).state


def test_what_is_expected_must_still_stand_at_commit(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """A change between reading and committing is found too."""
    incident = other.report("Mail is down", by="ana")
    desk = build(meddle(lambda: other.apply(incident, Note(by="bo", text="hm"))))
    with pytest.raises(StaleIncident, match="at version 2, not 1: changed by person:bo"):
        desk.apply(incident, RESOLVE, expect=1)

    assert "new" == desk.get(incident).state


def test_a_command_is_decided_again_on_what_stands_now(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """Who expects nothing is not told of a change that does not matter to them."""
    incident = other.report("Mail is down", by="ana")
    desk = build(meddle(*[lambda: other.apply(incident, Note(by="bo", text="hm"))] * (TRIES - 1)))
    resolved = desk.apply(incident, RESOLVE)

    assert ("resolved", TRIES - 1) == (resolved.state, resolved.counts.notes)


def test_a_command_may_be_refused_when_decided_again(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """It is decided on what stands, not on what was seen."""
    incident = other.report("Mail is down", by="ana")
    desk = build(meddle(lambda: other.apply(incident, RESOLVE)))
    with pytest.raises(TransitionRefused, match="while resolved"):
        desk.apply(incident, RESOLVE)


def test_deciding_again_has_an_end(build: Build, meddle: Meddle, other: IncidentDesk) -> None:
    """After some tries the caller is told who is faster."""
    incident = other.report("Mail is down", by="ana")
    store = meddle(*[lambda: other.apply(incident, Note(by="bo", text="hm"))] * 99)
    with pytest.raises(StaleIncident, match="changed by person:bo"):
        build(store).apply(incident, RESOLVE)

    assert TRIES == store.commits
    assert (TRIES, "new") == (other.get(incident).counts.notes, other.get(incident).state)


def test_what_it_depends_on_may_change_too_often(
    build: Build, meddle: Meddle, other: IncidentDesk
) -> None:
    """Then the incident itself is not stale, and the error says what is."""
    incident, target = (other.report(title, by="ana") for title in ("Mail", "Relay"))
    store = meddle(*[lambda: other.apply(target, Note(by="bo", text="hm"))] * 99)
    with pytest.raises(CommitConflict, match="the read this commit to") as caught:
        build(store).apply(incident, Merge(by="ana", into=target.id))
    with pytest.raises(CommitConflict, match="the read this commit to"):
        build(store).report("Queue", Merge(by="ana", into=target.id), by="ana")

    assert ("read", incident.id) == (caught.value.what, caught.value.subject)
    assert TRIES * 2 == store.commits


def test_a_number_that_is_taken_is_refused(desk: IncidentDesk) -> None:
    """Numbers are never reused (rule T2); a series goes on past what was brought along."""
    desk.report("Mail is down", by="ana", number="INC-0000041")
    with pytest.raises(InvalidInput, match="is taken by another incident"):
        desk.report("Printer", by="ana", number="INC-0000041")

    assert "INC-0000042" == desk.report("Printer", by="ana").number
    assert "INC-0000041" == desk.tenant("acme").report("x", by="ana", number="INC-0000041").number


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"key": " "}, "key = ' ': is blank"),
        ({"key": 5}, "key = 5: is not text"),
        ({"key": "k" * 201}, "has 201 characters; at most 200 are kept"),
        ({"key": "a\0b"}, "unprintable"),
        ({"number": ""}, "number = '': is blank"),
        ({"number": 5}, "number = 5: is not text"),
    ],
)
def test_keys_and_numbers_are_visible_text(
    desk: IncidentDesk, options: dict[str, Any], problem: str
) -> None:
    """What cannot be shown cannot be asked for again."""
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(InvalidInput, match=problem):
        desk.report("Printer", by="ana", **options)
    if "key" in options:
        with pytest.raises(InvalidInput, match=problem):
            desk.apply(incident, RESOLVE, **options)

    assert [incident] == list(desk.find())


@pytest.mark.parametrize("expect", ["1", 1.0, True])
def test_a_version_is_a_whole_number(desk: IncidentDesk, expect: Any) -> None:  # noqa: ANN401
    """Nothing is converted (rule I6)."""
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(InvalidInput, match="is no version; give a whole number"):
        desk.apply(incident, RESOLVE, expect=expect)
