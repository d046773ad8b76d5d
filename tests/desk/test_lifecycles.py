"""Invariant: what this desk does not know is said, left alone, and holds nobody up (L12, J1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
from attrs import evolve, frozen

from incidentflow import (
    ITIL,
    Acknowledge,
    Advance,
    Command,
    Correct,
    Event,
    Hold,
    Incident,
    IncidentDesk,
    Note,
    RenameState,
    Resolve,
    State,
    Step,
)
from incidentflow.codec import Codec
from incidentflow.errors import InvalidInput, TransitionRefused, UnreadableJournal
from incidentflow.incident import Case, Entry
from incidentflow.journal import genesis, read, seal
from incidentflow.ports import Line, Lookup, Query, Store, Stored, Subject
from incidentflow.testing.clock import MONDAY, ManualClock, SeededEntropy

Build = Callable[..., Any]
RESOLVE = Resolve(by="ana", code="fixed", note="restarted")
OLD = ITIL.extend(
    State("contained", "open", marks={"restored"}),
    State("parked", "open", marks={"waiting"}),
    Step("contain", "new", "contained", needs=("note",)),
    Step("park", "new", "parked"),
    Step("resolve", ("contained", "parked"), "resolved", needs=("code", "note")),
    name="OURS",
)
NEW = ITIL.extend(
    State("isolated", "open", marks={"restored"}),
    Step("isolate", "new", "isolated"),
    Step("resolve", "isolated", "resolved", needs=("code", "note")),
    name="OURS",
    contained="isolated",
)


@pytest.fixture
def changed(build: Build) -> tuple[Any, Incident, Incident, Incident]:
    """Give a desk whose lifecycle lost two states, an incident in each, and one that is fine."""
    before = build(lifecycle=OLD)
    contain = Advance(by="ana", step="contain", note="cable cut")
    return (
        build(lifecycle=NEW),
        before.report("Leak", contain, by="ana"),
        before.report("Slow", Advance(by="ana", step="park"), by="ana"),
        before.report("Mail is down", by="ana"),
    )


Changed = tuple[IncidentDesk, Incident, Incident, Incident]


def test_a_desk_counts_incidents_in_states_it_lost(changed: Changed, build: Build) -> None:
    """By state, in its own tenant; a desk that has the states knows no strangers."""
    desk, *_ = changed

    assert {"contained": 1, "parked": 1} == desk.describe().strangers
    assert {} == build(lifecycle=OLD).describe().strangers
    assert {} == desk.tenant("acme").describe().strangers


def test_strangers_are_refused_every_step(changed: Changed) -> None:
    """The error names the state and the lifecycle; nothing of the incident is lost."""
    desk, leak, slow, _ = changed
    for incident in (leak, slow):
        with pytest.raises(TransitionRefused, match=r"while (contained|parked)") as caught:
            desk.apply(incident, RESOLVE)
        assert "state.unknown" in {failure.code for failure in caught.value.failures}

    assert (leak, slow) == (desk.get(leak), desk.get(slow))
    assert () == desk.options(leak, by="ana")
    assert ["contained"] == [one.state for one in desk.find(state="contained")]
    assert [2, 2] == [len(desk.history(one)) for one in (leak, slow)]


def test_a_declared_renaming_is_a_step(changed: Changed) -> None:
    """An event of its own kind; then the incident goes on (rule L12)."""
    desk, leak, slow, _ = changed
    renamed = desk.apply(leak, RenameState(by="ana"))
    with pytest.raises(TransitionRefused, match="no new name is declared for state 'parked'"):
        desk.apply(slow, RenameState(by="ana"))
    done = desk.apply(leak, RESOLVE)

    assert ("isolated", NEW.reference) == (renamed.state, renamed.place.lifecycle)
    assert ("resolved", {"parked": 1}) == (done.state, desk.describe().strangers)
    assert "state renamed from contained" == desk.history(leak)[2].event.describe()
    assert desk.verify().holds


def test_a_correction_puts_a_stranger_right(changed: Changed) -> None:
    """The one administrative override works here too (rule L6)."""
    desk, _, slow, _ = changed
    corrected = desk.apply(slow, Correct(by="ana", state="triaged", reason="parked is gone"))

    assert ("triaged", {"contained": 1}) == (corrected.state, desk.describe().strangers)


def test_a_desk_goes_on_with_the_rest(changed: Changed, clock: ManualClock) -> None:
    """Notes on strangers, steps of the others, ticks of all."""
    desk, leak, _, fine = changed
    noted = desk.apply(leak, Note(by="ana", text="still contained"))
    hold = Hold(by="ana", reason="scheduled", until=MONDAY + timedelta(hours=1))
    desk.apply(fine, Acknowledge(by="ana"), hold)
    clock.advance(hours=2)
    ticked = desk.tick()

    assert (1, "in_progress", ()) == (
        noted.counts.notes,
        ticked.incidents[0].state,
        ticked.failed,
    )
    assert 3 == len(desk.find())
    assert desk.verify().holds


def test_many_strangers_are_counted_page_by_page(build: Build) -> None:
    """However many there are."""
    with build(lifecycle=OLD).batch() as batch:
        for number in range(250):
            batch.report(f"{number}", Advance(by="ana", step="park"), by="ana")
    desk = build(lifecycle=NEW)

    assert {"parked": 250} == desk.describe().strangers
    assert 250 == desk.verify().incidents


@frozen
class Sung(Event):
    """A host's own event."""

    song: str

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Sing it."""
        del entry
        return evolve(incident, substatus=self.song)


@frozen(kw_only=True)
class Sing(Command):
    """A host's own command."""

    song: str

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Sing."""
        del case
        return (Sung(self.song),)


def test_a_host_has_its_own_events_and_commands(build: Build) -> None:
    """Given to the desk, they are journaled, folded, repeated and verified like all others."""
    desk = build(events=[Sung], commands=(Sing,))
    incident = desk.report("Mail is down", by="ana")
    sung = desk.apply(incident, Sing(by="ana", song="la"), key="k")
    desk.apply(incident, Note(by="ana", text="x"))

    assert ("la", "sung") == (sung.substatus, desk.history(incident)[1].kind)
    assert sung == desk.apply(incident, Sing(by="ana", song="la"), key="k")
    assert desk.verify().holds


@frozen(kw_only=True)
class Contain(Command):
    """A host's own command for a step of its own."""

    trigger: ClassVar[str] = "contain"

    note: str

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Contain it."""
        del case
        return (Sung(self.note),)


def test_a_step_with_a_command_of_the_host_is_not_taken_by_advance(build: Build) -> None:
    """A desk that knows the command names it; one that does not lets Advance take the step."""
    knows = build(lifecycle=OLD, events=[Sung], commands=[Contain])
    incident = knows.report("Leak", by="ana")
    with pytest.raises(InvalidInput, match=r"step = 'contain': has its own command; give Contain"):
        knows.apply(incident, Advance(by="ana", step="contain", note="shut"))

    assert incident == knows.get(incident)
    assert "contained" == knows.apply(incident, Contain(by="ana", note="shut")).state
    plain = build(lifecycle=OLD).report(
        "Leak", Advance(by="ana", step="contain", note="shut"), by="ana"
    )
    assert "contained" == plain.state


def test_a_kind_from_elsewhere_is_an_error_for_that_incident_only(build: Build) -> None:
    """It can be read as it stands, its journal cannot, and the others are not affected (J1)."""
    newer, older = build(events=(Sung,)), build()
    sung = newer.report("Song", Sing(by="ana", song="la"), by="ana")
    fine = newer.report("Mail is down", by="ana")
    with pytest.raises(UnreadableJournal, match=r"entry 2 of .* event 'sung' of shape 1") as caught:
        older.history(sung)
    verified = older.verify()

    assert (sung.id, 2) == (caught.value.incident, caught.value.sequence)
    assert sung == older.get(sung)
    assert {fine.id, sung.id} == {one.id for one in older.find()}
    assert [(sung.id, 2)] == [(one.subject, one.sequence) for one in verified.broken]
    assert "la" == newer.history(sung)[1].event.song  # type: ignore[attr-defined]
    assert newer.verify().holds


class Altered:
    """A store of which somebody has changed one incident."""

    def __init__(self, store: Store, **changes: Any) -> None:  # noqa: ANN401 - of stored values
        self._store = store
        self._changes = changes
        self.lines: Callable[[list[Line]], list[Line]] = list

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the store has
        """Do what the store does."""
        return getattr(self._store, name)

    def load(self, lookup: Lookup) -> Stored | None:
        """Load what is not true."""
        stored = self._store.load(lookup)
        return None if stored is None else evolve(stored, **self._changes)

    def find(self, query: Query) -> tuple[Stored, ...]:
        """Find what is not true."""
        return tuple(evolve(stored, **self._changes) for stored in self._store.find(query))

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Tell what did not happen."""
        return tuple(self.lines(list(self._store.history(subject, after))))


def test_an_unreadable_snapshot_is_an_error_for_that_incident_only(
    build: Build, store: Store
) -> None:
    """Every verb names it, and what it is."""
    before = build(lifecycle=OLD)
    incident = before.report("Leak", Advance(by="ana", step="contain", note="cut"), by="ana")
    desk = build(Altered(store, snapshot=b'{"tenant":"default"}'))
    for ask in (
        lambda: desk.get(incident),
        lambda: desk.apply(incident, Note(by="ana", text="x")),
        lambda: desk.options(incident, by="ana"),
        lambda: desk.forecast(incident, MONDAY),
    ):
        with pytest.raises(UnreadableJournal, match=f"the snapshot of {incident.id}"):
            ask()

    assert ["reported", "advanced"] == [entry.kind for entry in desk.history(incident)]
    assert [(incident.id, 0)] == [
        (one.subject, one.sequence) for one in desk.verify(incident).broken
    ]
    assert [incident.id] == [error.incident for error in desk.find().unreadable]
    assert {"(unreadable)": 1} == desk.describe().strangers


def test_a_snapshot_that_is_not_the_fold_is_found(
    build: Build, store: Store, other: IncidentDesk
) -> None:
    """Whoever changed the one and not the other is found out (rule J1)."""
    incident = other.report("Mail is down", by="ana")
    stored = store.find(Query(tenant="default"))[0]
    forged = stored.snapshot.replace(b"Mail is down", b"Mail is fine")
    broken, desk = build(Altered(store, snapshot=forged)).verify().broken

    assert ("desk", 0) == (desk.subject, desk.sequence)
    assert (incident.id, 0, "the snapshot is not the fold of the journal") == (
        broken.subject,
        broken.sequence,
        broken.problem,
    )


def test_a_due_instant_that_is_not_the_agendas_is_found(
    build: Build, store: Store, other: IncidentDesk
) -> None:
    """It stands beside the snapshot, so that it can be forged; it decides what a worker sees."""
    incident = other.report("Mail is down", by="ana")
    broken, desk = build(Altered(store, due_at=5)).verify().broken

    assert ("desk", broken.problem) == (desk.subject, desk.problem)
    assert (incident.id, "the stored due instant is not the agenda's") == (
        broken.subject,
        broken.problem,
    )


def test_a_journal_that_cannot_be_folded_is_found(
    build: Build, store: Store, other: IncidentDesk
) -> None:
    """A journal that somebody hashed anew, without its beginning, breaks no verification."""
    incident = other.report("Mail is down", Acknowledge(by="ana"), by="ana")
    subject = Subject("default", "incident", incident.id)
    entries = read(Codec(), incident.id, store.history(subject))[1:]
    forged, head = seal(
        Codec(), SeededEntropy(), genesis(subject), [evolve(entries[0], sequence=1, to=None)]
    )
    altered = Altered(store, head=head)
    altered.lines = lambda _: list(forged)
    verified = build(altered).verify(incident)

    assert [(0, 1)] == [(one.sequence, verified.entries) for one in verified.broken]
