"""Invariant: what is a person's goes from everywhere, all else stays, and every chain holds."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from attrs import frozen

from incidentflow import (
    AcceptMajor,
    Acknowledge,
    Actor,
    ActorKind,
    Assign,
    Close,
    Command,
    Describe,
    Escalate,
    Event,
    FieldRule,
    IncidentDesk,
    LegalHold,
    Merge,
    Note,
    Policy,
    Reclassify,
    ReleaseLegalHold,
    Resolve,
    SetFields,
)
from incidentflow.errors import (
    CommitConflict,
    IncidentNotFound,
    InvalidInput,
    KeyReused,
    MissingCapability,
    StoreError,
    TransitionRefused,
    UnreadableJournal,
)
from incidentflow.incident import Case, Entry, Incident
from incidentflow.notifiers import callback
from incidentflow.ports import (
    By,
    Line,
    Lookup,
    Notification,
    Outcome,
    Owed,
    OwedKind,
    Query,
    Receipt,
    Store,
    Stored,
    Write,
)
from incidentflow.process.retention import Erased
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import ManualClock
from incidentflow.testing.store_data import SECOND
from incidentflow.usecases import Erasure, sweeping
from incidentflow.usecases.persons import Person
from incidentflow.words import ERASED, personal

Build = Callable[..., Any]
REQUEST = {"by": "dpo", "reason": "request 7"}
POLICY = Policy(fields=(FieldRule("phone", personal=True), FieldRule("tier")))


def everything(store: Store, tenant: str = "default") -> str:
    """Show all that a store holds of a tenant."""
    found = store.find(Query(tenant=tenant))
    owed = [store.load(Lookup(tenant, By.OWED, each.subject.id)) for each in found]
    lines = [store.history(each.subject) for each in found]
    return repr((found, owed, lines))


def told(desk: Any, incident: Incident) -> list[str]:  # noqa: ANN401 - either desk
    """Tell a timeline, each entry by who did it and what happened."""
    return [f"{each.by}: {each.event.describe()}" for each in desk.history(incident)]


def test_what_somebody_wrote_and_who_they_are_goes(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Their id wherever it stands and their words; not those of others, nor who else is named."""
    ana = Actor(ActorKind.PERSON, "ana", "Ana Seghers")
    incident = desk.report("Queue stuck", by=ana, requester="zoe", description="since noon")
    desk.apply(incident, Assign(by="bo", assignee="ana"), Acknowledge(by=ana))
    desk.apply(incident, Assign(by="ana", assignee="cy", team="mail"), Note(by="bo", text="Hm"))
    desk.apply(incident, Escalate(by="bo", target="ana", reason="slow", axis="hierarchical"))
    desk.apply(incident, Resolve(by="ana", code="fixed", note="restarted"))
    erased = desk.erase("ana", **REQUEST)
    after, held = desk.get(incident), everything(store)

    assert [
        f"{ERASED}: reported: {ERASED}",
        f"bo: assigned to {ERASED}",
        f"{ERASED}: acknowledged; {ERASED} works on it",
        f"{ERASED}: assigned to mail / cy",
        "bo: note: Hm",
        f"bo: escalated to {ERASED} (hierarchical): slow",
        f"{ERASED}: resolved (fixed): {ERASED}",
        "dpo: 12 personal texts erased: request 7",
    ] == [line for line in told(desk, incident) if not line.startswith("system")]
    assert (after.title, after.logged_by, after.acknowledged_by) == (ERASED, ERASED, ERASED)
    assert (after.requester, after.assignee, after.escalated_to.management) == (
        "zoe",
        "cy",
        ERASED,
    )
    assert Erasure(incidents=1, texts=12, owed=2) == erased
    assert [] == [word for word in ('"ana"', "Seghers", "stuck", "noon", "restart") if word in held]
    assert desk.verify().holds


def test_what_was_requested_goes_whoever_wrote_it(desk: Any, store: Store) -> None:  # noqa: ANN401
    """All texts of an incident for them, but not who worked on it; a later requester counts."""
    one = desk.report("Phone lost", by="ana", requester="zoe", location="Room 5", team="mail")
    desk.apply(one, Acknowledge(by="bo"), Reclassify(by="bo", customer="Zimt GmbH"))
    other = desk.report("Mail down", by="ana")
    desk.apply(other, Note(by="bo", text="told"), Describe(by="ana", requester="zoe"))
    third = desk.report("Disk full", by="ana", requester="cy")
    desk.erase("zoe", **REQUEST)
    held = everything(store)

    assert [] == [w for w in ("zoe", "Phone", "Room 5", "Zimt", "Mail d", "told") if w in held]
    assert ("ana", "bo", "ana") == (
        desk.get(one).logged_by,
        desk.get(one).assignee,
        desk.history(other)[2].by.id,
    )
    assert third == desk.get(third)
    assert desk.verify().holds


def test_further_words_and_incidents_are_named(build: Build, store: Store) -> None:
    """A name or address as a word in any value; and incidents all of whose texts go."""
    desk = build(policy=POLICY)
    one = desk.report("Anna called", by="bo", customer="anna.s@example.org")
    desk.apply(one, SetFields(by="bo", fields={"phone": "+49 30 1", "tier": "gold"}))
    desk.apply(one, Note(by="bo", text="Susanna knows"), Note(by="bo", text="ask ANNA, please"))
    two = desk.report("Secret", by="bo", assignee="cy")
    kept = desk.report("Other", by="bo")
    names = ["Anna", "anna.s@example.org", "+49 30 1"]
    erased = desk.erase("u17", names=names, incidents=[two.number], **REQUEST)
    held = everything(store)

    assert [] == [w for w in ("Anna", "ANNA", "example.org", "+49", "Secret") if w in held]
    assert "Susanna knows" in held
    assert (Erasure(2, 5, 0), "cy", kept) == (erased, desk.get(two).assignee, desk.get(kept))
    assert (ERASED, "gold") == tuple(desk.get(one).field(name) for name in ("phone", "tier"))
    assert [one.id] == [each.id for each in desk.find(fields={"phone": ERASED})]
    assert desk.verify().holds


def test_an_actor_with_a_name_is_known_by_it_too(desk: Any, store: Store) -> None:  # noqa: ANN401
    """The name that stands with the id is one of the words."""
    desk.report("Ana S. called", by="bo")
    desk.erase(Actor(ActorKind.PERSON, "ana", "Ana S."), **REQUEST)

    assert "Ana S." not in everything(store)


def test_a_namesake_of_another_kind_stays(desk: Any) -> None:  # noqa: ANN401
    """A monitor, a team or a group called like a person is none."""
    incident = desk.report("Down", by="monitor:ana", team="ana")
    before = told(desk, incident)

    assert desk.erase("ana", **REQUEST).is_empty
    assert before == told(desk, incident)
    assert desk.erase("monitor:ana", **REQUEST).texts == 3
    assert told(desk, incident)[0] == f"monitor:{ERASED}: reported: {ERASED}"


def test_a_tenant_is_one_world(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Another tenant's incidents are not touched."""
    desk.tenant("acme").report("Acme's", by="ana")
    before = everything(store, "acme")

    assert desk.erase("ana", **REQUEST).is_empty
    assert before == everything(store, "acme")


def test_messages_that_wait_for_them_are_not_sent(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Those to others are; and nobody called "[erased]" is told of anything later."""
    incident = desk.report("Down", by="bo", requester="zoe", team="mail")
    desk.apply(incident, Assign(by="bo", assignee="ana"), Resolve(by="bo", code="x", note="y"))
    desk.erase("zoe", **REQUEST)
    desk.erase("ana", **REQUEST)
    desk.apply(incident, Close(by="bo"))
    owed = [json.loads(claim.owed.body) for claim in store.claim(1 << 60, 99, SECOND, "t")]

    assert {"team"} == {each["audience"] for each in owed}


def test_what_a_provider_said_of_them_goes(build: Build, store: Store) -> None:
    """Its words for a failure, and what it calls the conversation, which is begun anew."""
    threads: list[str | None] = []

    def send(message: Notification) -> Receipt:
        threads.append(message.thread)
        if message.recipient == "ana":
            return Receipt(Outcome.REJECTED, detail="550 ana@example.org is unknown")
        return Receipt(Outcome.ACCEPTED, reference="cy, cc ana@example.org")

    desk = build(store, notifiers=[callback("default", send)])
    incident = desk.report("Queue stuck", by="bo")
    for assignee in ("ana", "cy", "di", "cy"):
        desk.apply(incident, Assign(by="bo", assignee=assignee))
        desk.deliver()
    names = ["ana@example.org"]
    held = everything(store), desk.erase("ana", names=names, **REQUEST), everything(store)
    for assignee in ("di", "cy"):
        desk.apply(incident, Assign(by="bo", assignee=assignee))
        desk.deliver()

    assert [True, False] == ["ana@example.org" in each for each in (held[0], held[2])]
    assert [None, None, None, "cy, cc ana@example.org", None, None] == threads
    assert desk.verify().holds


def test_an_owed_command_is_still_carried_out(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Without saying who asked for it."""
    one, two = desk.report("One", by="bo"), desk.report("Two", by="bo")
    desk.apply(one, Merge(by="ana", into=two.number))
    erased = desk.erase("ana", **REQUEST)
    bodies = [json.loads(claim.owed.body) for claim in store.claim(1 << 60, 99, SECOND, "t")]
    [command] = [each["command"] for each in bodies if "command" in each]

    assert (1, 1) == (erased.incidents, erased.owed)
    assert ("absorb", one.id, {"kind": "person", "id": ERASED}) == (
        command["kind"],
        command["source"],
        command["by"],
    )


def test_the_counts_stay(desk: Any) -> None:  # noqa: ANN401
    """Who was assigned can no longer be told apart, but how often it changed hands can."""
    incident = desk.report("Down", by="bo", assignee="ana")
    incident = desk.apply(incident, Assign(by="bo", assignee="cy"))
    desk.erase("ana", **REQUEST)
    desk.erase("cy", **REQUEST)
    after = desk.apply(incident, Note(by="bo", text="x"))

    assert (1, 2) == (after.counts.reassignments, after.counts.assignments)
    assert desk.verify().holds


def test_keys_still_count_once(desk: Any) -> None:  # noqa: ANN401
    """A dedup key is held, and a repeated command key answers as before; another's is refused."""
    asked = {"by": "ana", "dedup_key": "disk", "key": "k"}
    first = desk.report("Ana's disk", **asked)
    desk.report("Bo's mail", by="bo", key="l")
    desk.apply(first, Note(by="bo", text="x"))
    desk.erase("ana", **REQUEST)
    again = desk.report("Ana's disk", **asked)

    assert (first.id, 1, ERASED) == (again.id, again.version, again.title)
    assert first.id == desk.report("Disk", by="bo", dedup_key="disk").id
    with pytest.raises(KeyReused):
        desk.report("Something else", by="bo", key="l")


def test_a_fingerprint_goes_with_the_salts(desk: Any, store: Store) -> None:  # noqa: ANN401
    """After an erasure, no content can be told from a key: any is taken for the first."""
    desk.report("Ana's disk", by="ana", key="k")
    with pytest.raises(KeyReused):
        desk.report("Ana's mail", by="ana", key="k")
    desk.erase("ana", **REQUEST)

    assert ERASED == desk.report("Ana's mail", by="ana", key="k").title
    found = store.load(Lookup("default", By.COMMAND_KEY, "k"))
    assert "::" in (found.fingerprint if found else "")


def test_a_repeat_finds_nothing(desk: Any) -> None:  # noqa: ANN401
    """And writes nothing, and says so."""
    incident = desk.report("Down", by="ana")
    counted = desk.traces("ana")
    first, second = desk.erase("ana", **REQUEST), desk.erase("ana", **REQUEST)

    assert (counted, Erasure()) == (first, second)
    assert (False, True, True) == (first.is_empty, second.is_empty, second.is_complete)
    assert 2 == desk.get(incident).version
    assert desk.traces("ana").is_empty


def test_counting_changes_nothing(desk: Any, store: Store) -> None:  # noqa: ANN401
    """The same count as of the erasure, before it."""
    incident = desk.report("Down", by="bo", requester="ana", team="mail")
    before = everything(store)
    counted = desk.traces("ana", names=["Down"], incidents=[incident])

    assert (2, 0) == (counted.texts, counted.owed)
    assert before == everything(store)
    assert counted == desk.erase("ana", names=["Down"], incidents=[incident], **REQUEST)


def test_a_legal_hold_wins(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Nothing of an incident that is kept goes, until every matter has let it go."""
    one, two = desk.report("Kept", by="ana"), desk.report("Other", by="ana")
    for matter in ("case 1", "case 2"):
        desk.apply(one, LegalHold(by="law", matter=matter, reason="court"))
    desk.apply(one, ReleaseLegalHold(by="law", matter="case 1", reason="settled"))
    held = desk.erase("ana", **REQUEST)

    assert (1, (one.number,), False) == (held.incidents, held.held, held.is_complete)
    assert ("Kept", ERASED) == (desk.get(one).title, desk.get(two).title)
    desk.apply(one, ReleaseLegalHold(by="law", matter="case 2", reason="settled"))
    assert Erasure(1, 2, 0) == desk.erase("ana", **REQUEST)
    assert [
        "law: kept for case 1: court",
        "law: kept for case 2: court",
        "law: no longer kept for case 1: settled",
        "law: no longer kept for case 2: settled",
    ] == told(desk, one)[1:5]
    assert "Kept" not in everything(store)


def test_a_matter_is_placed_and_released_once(desk: Any) -> None:  # noqa: ANN401
    """A refusal says which matters there are."""
    incident = desk.report("Kept", by="ana")
    release = ReleaseLegalHold(by="law", matter="b", reason="x")
    with pytest.raises(TransitionRefused, match="it is not kept for b"):
        desk.apply(incident, release)
    desk.apply(incident, LegalHold(by="law", matter="a", reason="x"))
    with pytest.raises(TransitionRefused, match="not kept for b, but for a"):
        desk.apply(incident, release)
    with pytest.raises(TransitionRefused, match="it is kept for a already"):
        desk.apply(incident, LegalHold(by="law", matter="a", reason="x"))

    assert ("a",) == desk.get(incident).legal_holds


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"by": "ana"}, "let somebody else ask"),
        ({"by": "person: Ana"}, "let somebody else ask"),
        ({"by": "system:x"}, "as the system"),
        ({"reason": " "}, "is blank"),
        ({"reason": "Ana asked"}, "names the person"),
        ({"reason": "for A. Seghers", "names": ["A. Seghers"]}, "names the person"),
        ({"names": "Ana"}, "is no list of them"),
        ({"names": [" "]}, "is blank"),
        ({"incidents": "INC-0000001"}, "is no list of them"),
    ],
)
def test_a_wrong_request_is_refused(desk: Any, change: dict[str, Any], problem: str) -> None:  # noqa: ANN401
    """Before anything is changed."""
    incident = desk.report("Down", by="ana")
    with pytest.raises(InvalidInput, match=problem):
        desk.erase("ana", **{**REQUEST, **change})
    with pytest.raises(IncidentNotFound):
        desk.erase("ana", incidents=["INC-9"], **REQUEST)

    assert incident == desk.get(incident)


def test_an_erasure_is_erased_like_everything(desk: Any) -> None:  # noqa: ANN401
    """Who erased is a person too; but erasing others leaves who erased, and why."""
    incident = desk.report("Down", by="bo", requester="zoe")
    desk.erase("zoe", **REQUEST)
    desk.erase("cy", incidents=[incident], **REQUEST)
    desk.erase("dpo", by="boss", reason="left us")

    assert [
        f"bo: reported: {ERASED}",
        f"{ERASED}: 2 personal texts erased: {ERASED}",
        "boss: 2 personal texts erased: left us",
    ] == told(desk, incident)
    assert desk.verify().holds


def test_a_store_that_cannot_erase_says_so(build: Build) -> None:
    """By the name of what it lacks; a batch cannot either."""

    class Forgetless(MemoryStore):
        capabilities = frozenset()

    with pytest.raises(MissingCapability, match="erases"):
        build(Forgetless()).erase("ana", **REQUEST)
    with build().batch() as batch, pytest.raises(MissingCapability, match="erases"):
        batch.erase("ana", **REQUEST)


class Failing(MemoryStore):
    """Loses the connection at its third erasure, once."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def erase(self, redactions: Any) -> None:  # noqa: ANN401 - as the store takes them
        """Fail at the third."""
        self.calls += 1
        if self.calls == 3:
            raise StoreError("erase", "the network is gone")
        super().erase(redactions)


def test_an_interrupted_erasure_is_repeated(build: Build) -> None:
    """What was erased before stays so; the repeat does the rest."""
    store = Failing()
    desk = build(store)
    for title in "abcde":
        desk.report(title, by="ana")
    with pytest.raises(StoreError, match="network"):
        desk.erase("ana", **REQUEST)
    rest = desk.traces("ana").incidents

    assert (3, 3) == (rest, desk.erase("ana", **REQUEST).incidents)
    assert "ana" not in everything(store)
    assert desk.verify().holds


class Racing(MemoryStore):
    """Lets somebody else change the incident before an erasure, a number of times."""

    def __init__(self, times: int) -> None:
        super().__init__()
        self.times = times

    def erase(self, redactions: Any) -> None:  # noqa: ANN401 - as the store takes them
        """Let them be faster."""
        if self.times and redactions:
            self.times -= 1
            note = Note(by="ana", text="and another thing")
            IncidentDesk(self, clock=ManualClock()).apply(redactions[0].write.subject.id, note)
        super().erase(redactions)


def test_somebody_else_may_be_faster(build: Build) -> None:
    """The erasure looks again, a number of times, and then says that it failed."""
    store = Racing(2)
    desk = build(store)
    desk.report("Down", by="ana")
    quick = desk.erase("ana", **REQUEST)
    store.times = 99
    incident = desk.report("Up", by="ana")
    slow = desk.erase("ana", **REQUEST)
    [(which, why)] = slow.failed

    assert (1, 6) == (quick.incidents, quick.texts)
    assert (False, incident.id, True) == (
        slow.is_complete,
        which,
        isinstance(why, CommitConflict),
    )


@frozen
class Measured(Event):
    """A host's own event that cannot do without its number."""

    weight: str = personal()

    def apply(self, incident: Incident, entry: Entry) -> Incident:
        """Need a number."""
        del entry
        int(self.weight)
        return incident


@frozen(kw_only=True)
class Measure(Command):
    """A host's own command."""

    weight: str

    def decide(self, case: Case) -> tuple[Event, ...]:
        """Measure it."""
        del case
        return (Measured(self.weight),)


@frozen
class Weighed(Measured):
    """An event whose personal value is no text."""

    weight: int = personal()  # type: ignore[assignment] # on purpose


@frozen
class Box:
    """A part of an event that holds such a value, and one of its own kind."""

    weight: float = personal()
    inside: Box | None = None


@frozen
class Packed(Measured):
    """An event with such parts."""

    boxes: tuple[Box, ...] = ()


def test_what_cannot_be_erased_is_told_and_holds_up_nobody(build: Build, store: Store) -> None:
    """An incident whose host's event needs what is gone, and one of a newer release."""
    desk = build(events=[Measured], commands=[Measure])
    needs, later, plain = (desk.report(title, by="ana") for title in ("One", "Two", "Three"))
    desk.apply(needs, Measure(by="ana", weight="7"))
    desk.apply(later, Note(by="ana", text="x"))
    stored = store.load(Lookup("default", By.ID, later.id))
    assert stored is not None
    line = Line(3, '{"event":{"kind":"later","v":1}}', "{}", "h")
    store.commit([attrs.evolve(blank_write(stored), lines=(line,))])
    erased = desk.erase("ana", **REQUEST)

    assert {
        needs.id: ValueError,
        later.id: UnreadableJournal,
    } == {which: type(why) for which, why in erased.failed}
    assert (1, "One", ERASED) == (
        erased.incidents,
        desk.get(needs).title,
        desk.get(plain).title,
    )


def blank_write(stored: Stored) -> Write:
    """Continue a subject as it stands."""
    return Write(
        subject=stored.subject,
        expected=stored.version,
        version=stored.version + 1,
        snapshot=stored.snapshot,
        head="h",
        lines=(),
    )


@pytest.mark.parametrize("kind", [Weighed, Packed], ids=lambda kind: kind.__name__)
def test_a_personal_number_is_refused(build: Build, kind: type[Event]) -> None:
    """A desk is not built with an event that could not be read once it is erased."""
    with pytest.raises(InvalidInput, match=r"\.weight.* no text"):
        build(events=[kind])


def test_the_event_of_an_erasure_says_how_much(desk: Any) -> None:  # noqa: ANN401
    """And whom it was about stands nowhere."""
    incident = desk.report("Down", by="ana")
    desk.apply(
        incident,
        AcceptMajor(by="bo", business_impact="x", incident_manager="ana", communications_lead="cy"),
    )
    desk.erase("ana", **REQUEST)
    last = desk.history(incident)[-1]

    assert isinstance(last.event, Erased)
    assert (3, 0, "request 7", "dpo") == (
        last.event.texts,
        last.event.owed,
        last.event.reason,
        last.by.id,
    )
    assert (ERASED, "cy") == (
        desk.get(incident).major.incident_manager,
        desk.get(incident).major.communications_lead,
    )


def test_a_command_repeats_no_erased_text() -> None:
    """Wherever in it the text stands; what it is, and to whom it goes, stays."""
    whose = Person(Actor(ActorKind.PERSON, "ana"))
    command = {"kind": "ana", "by": {"id": "ana"}, "texts": ["gone", "kept", 5]}
    body = json.dumps({"to": "ana", "command": command})
    owed = Owed(key="a/1", kind=OwedKind.COMMAND, body=body, available_at=0)
    left = json.loads(whose.left_of(owed, frozenset({"gone"})))

    assert {
        "to": "ana",
        "command": {"kind": "ana", "by": {"id": ERASED}, "texts": [ERASED, "kept", 5]},
    } == left
    assert "" == whose.left_of(attrs.evolve(owed, body=""), frozenset())


class Forgetful(MemoryStore):
    """Finds what is gone a moment later."""

    def load(self, lookup: Lookup) -> Stored | None:
        """Find nothing."""
        return None if lookup.by is By.OWED else super().load(lookup)


def test_what_is_gone_meanwhile_is_not_erased(build: Build) -> None:
    """And is no error."""
    desk = build(Forgetful())
    desk.report("Down", by="ana")

    assert desk.erase("ana", **REQUEST).is_empty
    assert desk.traces("ana").is_empty


def test_who_adopted_what_goes_from_the_desks_own_journal(desk: Any, store: Store) -> None:  # noqa: ANN401
    """Who did, under which name, and their reasons; not what was adopted, nor who else did."""
    ana = Actor(ActorKind.PERSON, "ana", "Ana Seghers")
    desk.adopt(by=ana, reason="as Zoe Blum asked")
    before, counted = desk.describe().adopted, desk.traces("ana")
    erased = desk.erase("ana", **REQUEST)
    [held] = store.find(Query(tenant="default", kind="desk"))
    kept = repr((held, store.history(held.subject)))

    assert Erasure(texts=6, desks=1) == counted == erased
    assert not erased.is_empty
    assert [] == [word for word in ("ana", "Seghers", "Zoe") if word in kept]
    assert [each.reference for each in before] == [
        each.reference for each in desk.describe().adopted
    ]
    assert [f"{ERASED}: {each.reference} adopted: {ERASED}" for each in before] + [
        "dpo: 6 personal texts erased: request 7"
    ] == [f"{each.by}: {each.event.describe()}" for each in desk.adoptions()]
    assert desk.verify().holds
    assert desk.erase("ana", **REQUEST).is_empty


def test_the_desk_goes_on_from_an_erased_journal(desk: Any, build: Build, store: Store) -> None:  # noqa: ANN401
    """What is adopted later differs from what was; other names go, and the erasure's own too."""
    desk.adopt(by="bo", reason="as Zoe Blum asked")
    desk.erase("zoe", names=["Zoe Blum"], **REQUEST)
    other = build(store, policy=POLICY)
    other.adopt(by="ana", reason="phones")
    erased = desk.erase("dpo", by="boss", reason="left us")

    assert (2, 1) == (erased.texts, erased.desks)
    assert [
        "bo",
        "bo",
        ERASED,
        "ana",
        "boss",
    ] == [each.by.id for each in desk.adoptions()]
    assert POLICY.reference == desk.describe().adopted[1].reference
    assert desk.verify().holds


def test_a_desk_that_cannot_be_read_is_named(desk: Any, store: Store) -> None:  # noqa: ANN401
    """As written by a newer release; incidents are erased from all the same."""
    incident = desk.report("Down", by="ana")
    [held] = store.find(Query(tenant="default", kind="desk"))
    line = Line(held.version + 1, '{"by":{},"event":{"kind":"warp"}}', "{}", "0" * 64)
    newer = Write(
        subject=held.subject,
        expected=held.version,
        version=held.version + 1,
        snapshot=held.snapshot,
        head=line.hash,
        lines=(line,),
    )
    store.commit([newer])
    erased = desk.erase("ana", **REQUEST)

    assert [("desk", UnreadableJournal)] == [(id_, type(error)) for id_, error in erased.failed]
    assert (1, ERASED) == (erased.incidents, desk.get(incident).title)


@pytest.mark.parametrize("incidents", [1, 2, 3, 5, 6])
def test_erasing_goes_on_page_by_page(
    build: Build, incidents: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To the end, whether the last page is full or not."""
    monkeypatch.setattr(sweeping, "PAGE", 2)
    desk = build()
    for number in range(incidents):
        desk.report(f"Door {number}", by="zoe")

    assert incidents == desk.erase("zoe", **REQUEST).incidents
    assert Erasure() == desk.traces("zoe")
