"""Invariant: an export is what is stored; whatever is changed in it shows, most of it unsealed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import (
    AsyncIncidentDesk,
    Command,
    Event,
    Incident,
    IncidentDesk,
    Note,
    Resolve,
)
from incidentflow.codec import Codec, canonical
from incidentflow.errors import CommitConflict, InvalidInput
from incidentflow.exports import Seal, Verification, verify_export
from incidentflow.exports.records import begin, digest
from incidentflow.hookspecs import hookimpl
from incidentflow.incident import Case, Entry
from incidentflow.journal import Broken
from incidentflow.ports import Allow, Deny, Line, Query, Store, Subject
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import ManualClock, SeededEntropy

Build = Callable[..., Any]


def lived(desk: Any, incidents: int = 3) -> Any:  # noqa: ANN401 - either desk
    """Let some incidents happen."""
    for place in range(incidents):
        one = desk.report(f"Mail {place}", by="ana", requester="zoe", dedup_key=f"{place}")
        desk.apply(one, Note(by="bo", text="Hm"), Resolve(by="bo", code="fixed", note="restarted"))
    return desk


def exported(desk: Any, limit: int = 100, personal: str = "included") -> str:  # noqa: ANN401
    """Join all pages of an export."""
    text, after = "", None
    while True:
        page = desk.export(after=after, limit=limit, personal=personal)
        text, after = text + page.text, page.after
        if after is None:
            return text


def made() -> tuple[list[str], Seal]:
    """Export and seal a small desk."""
    desk = lived(IncidentDesk(clock=ManualClock(), entropy=SeededEntropy()))
    return exported(desk).splitlines(), desk.seal()


LINES, SEAL = made()


@attrs.frozen
class Looked(Event):
    """A host's own event."""

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Change nothing."""
        del entry
        return incident


@attrs.frozen(kw_only=True)
class Look(Command):
    """Look."""

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Tell it."""
        del case
        return (Looked(),)


def signed(lines: list[str]) -> list[str]:
    """End lines as an export ends, as somebody does who forges all of it."""
    total, body = begin("").digest, lines[:-1]
    for line in body:
        total = digest(total, line)
    subjects = sum("snapshot" in json.loads(line) for line in body)
    return [*body, canonical({"end": subjects, "digest": total})]


def test_an_export_is_what_is_stored(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Byte by byte: each journal line, snapshot, number and head; whatever the pages' length."""
    lived(desk)
    text = exported(desk)
    rows = [json.loads(line) for line in text.splitlines()]
    subjects = [row for row in rows if "snapshot" in row]
    found = [
        *store.find(Query(tenant="default")),
        *store.find(Query(tenant="default", kind="desk")),
    ]

    assert [(one.subject.id, one.number, one.head, one.version, one.due_at) for one in found] == [
        (row["id"], row["number"], row["head"], row["version"], row["due_at"]) for row in subjects
    ]
    assert [one.snapshot.decode() for one in found] == [row["snapshot"] for row in subjects]
    assert [attrs.astuple(line) for one in found for line in store.history(one.subject)] == [
        tuple(row) for row in rows if isinstance(row, list)
    ]
    assert text == exported(desk, 1) == exported(desk, 2) == exported(desk, 3)
    assert Verification(3, 14, (), 1, snapshots=4) == verify_export(text.splitlines(keepends=True))
    assert desk.verify(seal=desk.seal()).holds


def test_an_export_without_personal_texts_still_holds(desk: Any) -> None:  # noqa: ANN401
    """Its chains and its seal; nobody stands in it."""
    lived(desk)
    text = exported(desk, 2, "left_out")

    assert [] == [word for word in ("ana", '"bo', "zoe", "Mail", "Hm", "restarted") if word in text]
    assert verify_export(text.splitlines(), seal=desk.seal()).holds


def test_an_empty_tenant_is_an_export(desk: Any) -> None:  # noqa: ANN401
    """Of nothing."""
    text = exported(desk)

    assert 2 == len(text.splitlines())
    assert Verification() == verify_export(text.splitlines(), seal=desk.seal())


@pytest.mark.parametrize(
    "wrong",
    [
        {"after": "x"},
        {"after": 5},
        {"after": str(begin("nonsense"))},
        {"after": str(begin("incident", "left_out"))},
        {"limit": 0},
        {"personal": "some"},
    ],
)
def test_a_wrong_page_is_refused(desk: Any, wrong: dict[str, Any]) -> None:  # noqa: ANN401
    """A cursor of another export, too few, an unknown choice."""
    with pytest.raises(InvalidInput):
        desk.export(**wrong)


class Hides:
    """An authoriser that lets cy read one incident alone, and export none called secret."""

    def authorise(self, actor: Any, action: str, incident: Any) -> Allow | Deny:  # noqa: ANN401
        """Look at the title."""
        del actor
        hidden = {"read": ("Hidden",), "export": ("Hidden", "Secret")}.get(action, ())
        return Deny("role", "not for them") if incident.title in hidden else Allow()


def test_a_view_exports_what_may_be_exported(build: Build) -> None:
    """What may be read is not always what may be exported; sealing is the host's."""
    desk = build(authorise=Hides().authorise)
    for title in ("Open", "Secret", "Hidden"):
        desk.report(title, by="ana")
    view = desk.seen_by("cy")
    text = exported(view)
    rows = [json.loads(line) for line in text.splitlines()]

    assert ["incident"] == [row["kind"] for row in rows if "kind" in row]
    assert "Open" in text
    assert verify_export(text.splitlines()).holds
    assert [2, 3] == [view.verify().incidents, desk.verify().incidents]
    with pytest.raises(InvalidInput, match="seal serves everybody"):
        view.seal()


@given(st.integers(1, len(LINES) - 2), st.data())
def test_any_altered_line_is_found(place: int, data: st.DataObject) -> None:
    """Whatever character it is, whether the end of the file is forged to match or not."""
    at = data.draw(st.integers(0, len(LINES[place]) - 1))
    line = LINES[place]
    other = "0" if line[at] != "0" else "1"
    lines = [*LINES]
    lines[place] = line[:at] + other + line[at + 1 :]

    assert not verify_export(lines).holds
    try:
        forged = signed(lines)
    except (TypeError, ValueError):
        return
    checked = verify_export(forged, seal=SEAL)
    assert not checked.holds or _personal_key(lines[place], line)


def _personal_key(one: str, other: str) -> bool:
    """Whether two lines are the same but for a name that nobody reads."""
    return json.loads(one) == json.loads(other)


@given(st.integers(0, len(LINES) - 1), st.integers(1, len(LINES)))
def test_any_gap_is_found(place: int, count: int) -> None:
    """What is cut out or off shows: by itself, and against the seal also when it was forged."""
    cut = LINES[:place] + LINES[place + count :]

    assert not verify_export(cut).holds
    if 0 < place < len(LINES) - 1 and place + count < len(LINES):
        assert not verify_export(signed(cut), seal=SEAL).holds


@given(st.permutations(range(1, len(LINES) - 1)))
def test_another_order_is_found(order: list[int]) -> None:
    """Lines in another order are not those that were written."""
    lines = [LINES[0], *(LINES[place] for place in order), LINES[-1]]

    assert verify_export(lines).holds is (lines == LINES)


@pytest.mark.parametrize("personal", ["included", "left_out"])
def test_another_version_is_found(personal: str) -> None:
    """It is that of the journal, with a snapshot beside it or without."""
    desk = lived(IncidentDesk(), 1)
    first, subject, *lines = exported(desk, personal=personal).splitlines()
    other = canonical({**json.loads(subject), "version": 99})
    [broken] = verify_export(signed([first, other, *lines])).broken

    assert (0, "the stored version is not that of its journal") == (
        broken.sequence,
        broken.problem,
    )


def test_a_journal_that_stands_twice_is_found() -> None:
    """One that is sealed hides none that was written anew behind it, nor before it."""
    starts = [place for place, line in enumerate(LINES) if '"snapshot"' in line]
    again = LINES[starts[0] : starts[1]]
    for place in (*starts[1:], len(LINES) - 1):
        twice = signed([*LINES[:place], *again, *LINES[place:]])

        assert "there twice" in verify_export(twice, seal=SEAL).broken[0].problem


def test_the_first_broken_entry_is_named() -> None:
    """By its subject and sequence number."""
    place = next(n for n, line in enumerate(LINES) if line.startswith("[2,"))
    subject = json.loads(LINES[place - 2])["id"]
    altered = json.loads(LINES[place])
    altered[1] = altered[1].replace("2026", "2027")
    gone = signed(LINES[:place] + LINES[place + 1 :])
    forged = signed([*LINES[:place], canonical(altered), *LINES[place + 1 :]])

    assert (Broken(subject, 2, "entry 2 is missing"),) == verify_export(gone).broken
    problem = "its text is not the one that was hashed"
    assert (Broken(subject, 2, problem),) == verify_export(forged).broken


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ([], "it ends after line 0"),
        (["nonsense"], "line 1 cannot be read"),
        (["[]"], "line 1 cannot be read"),
        (['{"export":2}'], "format 2 is unknown"),
        (LINES[:1], "it ends after line 1"),
        ([*LINES, LINES[1]], f"it goes on after line {len(LINES)}, its end"),
        ([*LINES, "", LINES[1]], f"it goes on after line {len(LINES)}, its end"),
        ([LINES[0].replace("included", "in part")], "neither included nor left_out"),
        ([LINES[0].replace("included", "left_out"), *LINES[1:]], "are said to be left out"),
        ([LINES[0], "5", *LINES[1:]], "line 2 cannot be read"),
    ],
)
def test_a_file_that_is_none_says_why(lines: list[str], problem: str) -> None:
    """In a line of its own, beside what is wrong with journals."""
    checked = verify_export(lines)

    assert any(problem in one.problem for one in checked.broken)


def test_a_seal_is_read_again() -> None:
    """As it was written; a damaged one is refused."""
    text = SEAL.to_text()

    assert SEAL == Seal.from_text(text)
    for damaged in ("", "[]", "{}", text.replace('"default"', '"other"'), text[:-20]):
        with pytest.raises(InvalidInput, match="is no seal, or was damaged"):
            Seal.from_text(damaged)


def test_a_seal_of_another_tenant_is_refused(desk: Any) -> None:  # noqa: ANN401
    """On a desk; and told of an export."""
    lived(desk)
    with pytest.raises(InvalidInput, match="is not of the tenant"):
        desk.tenant("acme").verify(seal=desk.seal())
    other = attrs.evolve(SEAL, tenant="acme", heads=())

    assert "not of the tenant 'acme'" in verify_export(LINES, seal=other).broken[0].problem


class Tampered(MemoryStore):
    """A store whose owner writes to it directly."""

    def cut(self, subject: Subject, version: int, head: str) -> None:
        """Cut a journal off, and set the version and head to match."""
        row = self._rows.get(subject)
        assert row is not None
        del row.lines[version:]
        stored = attrs.evolve(row.stored, version=version, head=head)
        self._rows.replace(row, attrs.evolve(row, stored=stored))

    def rows(self, subject: Subject) -> list[Line]:
        """Give a journal, to be changed."""
        return self._rows.lines(subject)

    def drop(self, subject: Subject) -> None:
        """Let a subject be gone."""
        self._rows.replace(self._rows.get(subject), None)


def test_a_seal_shows_what_a_chain_cannot(build: Build) -> None:
    """A journal cut off with its head, one that is gone, one written anew, another number."""
    store = Tampered()
    desk = lived(build(store))
    seal = desk.seal()
    cut, gone, anew = desk.find()
    stored = {one.subject.id: one for one in store.find(Query(tenant="default"))}
    lines = store.history(stored[cut.id].subject)
    store.cut(stored[cut.id].subject, 2, lines[1].hash)
    store.drop(stored[gone.id].subject)
    desk.apply(anew, Note(by="bo", text="later entries are no harm"))
    heads = tuple(
        attrs.evolve(one, number="INC-9") if one.id == anew.id else one for one in seal.heads
    )
    broken = {one.subject: (one.sequence, one.problem) for one in desk.verify(seal=seal).broken}
    renumbered = desk.verify(anew, seal=attrs.evolve(seal, heads=heads))
    forged = tuple(attrs.evolve(one, hash="0" * 64) for one in seal.heads)
    rewritten = desk.verify(anew, seal=attrs.evolve(seal, heads=forged))

    assert (1, "it is gone") == (broken[gone.id][0], broken[gone.id][1][:10])
    assert {cut.id, gone.id} == broken.keys()
    assert "its number is not INC-9" in renumbered.broken[0].problem
    assert [(4, True)] == [
        (one.sequence, "not the journal that was sealed" in one.problem) for one in rewritten.broken
    ]
    assert desk.verify(anew, seal=seal).holds


def test_entries_that_are_gone_are_counted_from() -> None:
    """Against a seal, the first that is missing is named, though the rest holds."""
    heads = [attrs.evolve(one, version=one.version + 2) for one in SEAL.heads]
    checked = verify_export(LINES, seal=attrs.evolve(SEAL, heads=tuple(heads)))

    assert [one.version + 1 for one in SEAL.heads] == [one.sequence for one in checked.broken]
    assert all("entries are gone" in one.problem for one in checked.broken)


class Busy(MemoryStore):
    """A store in which somebody adds to a journal each time before it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.times = 0

    def history(self, subject: Subject, after: int = 0) -> tuple[Line, ...]:
        """Let them be faster."""
        if self.times and subject.kind == "incident":
            self.times -= 1
            IncidentDesk(self, clock=ManualClock()).apply(subject.id, Note(by="bo", text="x"))
        return super().history(subject, after)


@pytest.mark.parametrize("times", [1, 3])
def test_a_journal_that_grows_is_read_whole(build: Build, times: int) -> None:
    """An export and a check see a snapshot and the journal that belongs to it."""
    store = Busy()
    desk = lived(build(store), 1)
    store.times = times
    checked = desk.verify()
    store.times = times

    assert checked.holds
    assert verify_export(exported(desk).splitlines()).holds


def test_a_journal_that_never_rests_is_given_up(build: Build) -> None:
    """After a number of looks."""
    store = Busy()
    desk = lived(build(store), 1)
    store.times = 99
    with pytest.raises(CommitConflict):
        desk.verify()


def test_a_journal_longer_than_its_version_is_told(build: Build) -> None:
    """Nobody adds to it: it is wrong as it stands."""
    store = Tampered()
    desk = lived(build(store), 1)
    [stored] = store.find(Query(tenant="default"))
    store.rows(stored.subject).append(Line(5, "{}", "{}", "h"))

    assert [5] == [one.sequence for one in desk.verify().broken]
    assert desk.seen_by("cy").export().subjects == 1


@pytest.mark.parametrize("build_desk", [IncidentDesk, AsyncIncidentDesk])
def test_who_knows_a_hosts_own_kinds_of_event_can_check_them(build_desk: Build) -> None:
    """A desk with the same kinds, given or of a plugin, over no store in particular."""

    class Eyes:
        @hookimpl
        def incidentflow_events(self) -> tuple[type[Event], ...]:
            """Add the event."""
            return (Looked,)

    desk = IncidentDesk(events=[Looked])
    desk.report("Mail is down", Look(by="ana"), by="ana")
    lines = exported(desk).splitlines()
    given, plugged = build_desk(events=[Looked]), build_desk(plugins=[Eyes()])

    assert [True, True] == [
        verify_export(lines, codec=each.codec).holds for each in (given, plugged)
    ]
    assert "event 'looked' of shape 1 is unknown" in verify_export(lines).broken[0].problem


def test_a_journal_that_no_longer_folds_is_broken() -> None:
    """An event that cannot be applied holds up no other check."""
    desk = IncidentDesk(events=[Looked])
    desk.report("Mail is down", Look(by="ana"), by="ana")
    verified = verify_export(exported(desk).splitlines(), codec=Codec(events=[unable()]))

    assert (1, 2) == (verified.incidents, verified.snapshots)
    assert ["the snapshot is not the fold of the journal"] == [
        each.problem for each in verified.broken
    ]


def unable() -> type[Event]:
    """Make the same kind of event, which cannot be applied."""

    @attrs.frozen
    class Looked(Event):
        """Another release's."""

        def apply(self, incident: Incident, entry: Entry) -> Incident:
            """Look for what is not there."""
            del entry
            return incident.clocks[99]  # type: ignore[return-value] # there is none

    return Looked


def test_what_neither_chain_nor_seal_binds_is_what_the_documentation_says() -> None:
    """A number shows against a seal alone; a due instant where there is a snapshot."""
    desk = lived(IncidentDesk(clock=ManualClock(), entropy=SeededEntropy()), 1)
    whole, bare = (exported(desk, personal=how).splitlines() for how in ("included", "left_out"))

    def forged(lines: list[str], **facts: object) -> list[str]:
        told = [json.loads(line) for line in lines]
        place = next(n for n, each in enumerate(told) if "due_at" in each)
        return signed([*lines[:place], canonical({**told[place], **facts}), *lines[place + 1 :]])

    assert verify_export(forged(whole, number="INC-0000009")).holds
    assert not verify_export(forged(whole, number="INC-0000009"), seal=desk.seal()).holds
    assert not verify_export(forged(whole, due_at=5)).holds
    assert verify_export(forged(bare, due_at=5), seal=desk.seal()).holds
