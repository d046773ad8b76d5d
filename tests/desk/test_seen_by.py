"""Invariant: what a viewer may not see leaves no trace in anything they can see (rules A3, X2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from incidentflow import (
    Actor,
    Attach,
    Command,
    Describe,
    Detach,
    FieldRule,
    Hold,
    Incident,
    IncidentDesk,
    Merge,
    Note,
    Policy,
    Reinstate,
    Reopen,
    Resolve,
    SetFields,
)
from incidentflow.errors import (
    IncidentflowError,
    IncidentNotFound,
    InvalidInput,
    KeyReused,
    NotAllowed,
    TransitionRefused,
)
from incidentflow.policy import Numbering
from incidentflow.ports import Allow, By, Deny, Lookup, Store, Write
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY, ManualClock

Build = Callable[..., Any]
APART = Policy(
    fields=(FieldRule("secret", "flag"),), numbering=(Numbering({"secret": True}, "SEC"),)
)
SOON, LATER = MONDAY + timedelta(hours=2), MONDAY + timedelta(hours=5)


def need_to_know(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
    """Keep what is secret from everybody but ana."""
    del action
    if incident.title.startswith("Secret") and actor.id != "ana":
        return Deny("restricted", "need to know")
    return Allow()


def told(desk: Any, public: list[Incident]) -> list[object]:  # noqa: ANN401 - either desk
    """Ask every reading verb, and keep what it says."""
    first, second = public
    pages, after = [], None
    while not pages or after is not None:
        page = desk.find(limit=1, after=after)
        after = page.after
        pages.append((page.incidents, page.unreadable, page.after))
    return [
        pages,
        [each.number for each in desk.find()],
        desk.metrics(),
        desk.exceptions(),
        [desk.find(limit=limit) for limit in (1, 2, 3, 100)],
        desk.find(order="due", limit=1),
        desk.find(order="due"),
        desk.find(state="on_hold"),
        desk.find(priority=1),
        desk.find(service="mail"),
        desk.next_due(),
        desk.verify(),
        desk.verify(second),
        desk.describe(),
        desk.get(first.id),
        desk.history(first),
        desk.options(first),
        desk.forecast(second, MONDAY + timedelta(days=30)),
        [exported(desk, limit) for limit in (1, 2, 100)],
    ]


def exported(desk: Any, limit: int) -> list[object]:  # noqa: ANN401 - either desk
    """Export page by page."""
    pages = [desk.export(limit=limit)]
    while pages[-1].after is not None:
        pages.append(desk.export(limit=limit, after=pages[-1].after))
    return list(pages)


class Named:
    """Chance that depends on a name, so that the same incident is the same in both worlds."""

    name = ""

    def draw(self, size: int) -> bytes:
        """Draw the same bytes for a name."""
        return hashlib.sha256(self.name.encode()).digest()[:size]


def world(desk: IncidentDesk, chance: Named, *, secrets: bool) -> list[Incident]:
    """Report two incidents everybody may see, and perhaps secret ones around them."""
    public, fields = [], {"secret": True}
    for name, until in (("A-1", LATER), ("A-2", LATER + timedelta(hours=1))):
        hold = Hold(by="ana", reason="awaiting_vendor", reference="T-1", until=until)
        if secrets:
            soon = Hold(by="ana", reason="awaiting_vendor", reference="T-1", until=SOON)
            chance.name = title = f"Secret {name}"
            desk.report(title, soon, by="ana", service="mail", severity="sev1", fields=fields)
        chance.name = name
        public.append(desk.report("Mail", hold, by="ana", service="mail"))
    if secrets:
        chance.name = "last"
        desk.report("Secret and last", by="ana", fields=fields)
    return public


def test_a_world_with_secrets_looks_like_one_without(build: Build) -> None:
    """Every reading verb answers the same; the two worlds differ for ana only."""
    seen = []
    for secrets in (False, True):
        chance = Named()
        desk = build(MemoryStore(), authorise=need_to_know, entropy=chance, policy=APART)
        public = world(desk, chance, secrets=secrets)
        shown = len(list(desk.seen_by("ana").find()))
        seen.append((told(desk.seen_by("bo"), public), shown))
    (plain, one), (hiding, other) = seen

    assert plain == hiding
    assert ["INC-0000002", "INC-0000001"] == plain[1]
    assert (2, 5) == (one, other)


REPORTS = st.tuples(st.booleans(), st.booleans(), st.sampled_from((None, "k", "l")))


@given(reports=st.lists(REPORTS, max_size=12))
def test_no_number_is_missing_in_what_everybody_sees(reports: list[tuple[Any, ...]]) -> None:
    """However secret incidents are reported in between: alone, in a batch, under a key in use."""
    with IncidentDesk(authorise=need_to_know, clock=ManualClock(), policy=APART) as desk:
        for is_secret, in_batch, dedup_key in reports:
            with desk.batch() if in_batch else nullcontext(desk) as door:
                door.report(
                    "Secret" if is_secret else "Mail",
                    by="ana" if is_secret else "bo",
                    fields={"secret": is_secret},
                    dedup_key=None if dedup_key is None else f"{dedup_key} {is_secret}",
                )
        seen = [each.number for each in desk.seen_by("bo").find()]
        every = {each.number for each in desk.find()}

    assert {*seen} == {f"INC-{place:07d}" for place in range(1, len(seen) + 1)}
    assert every - {*seen} == {f"SEC-{place:07d}" for place in range(1, len(every - {*seen}) + 1)}


def test_what_is_hidden_later_keeps_its_number(build: Build) -> None:
    """A number stays for ever, so that one is missing from then on; the next ones do not move."""
    desk = build(authorise=need_to_know, policy=APART)
    one, two = (desk.report("Mail", by="ana") for _ in range(2))
    desk.apply(
        one, Describe(by="ana", title="Secret"), SetFields(by="ana", fields={"secret": True})
    )
    desk.report("Mail", by="ana")

    assert "INC-0000001" == desk.get(one).number
    assert {"INC-0000003", two.number} == {each.number for each in desk.seen_by("bo").find()}


ACTS = ("attach", "detach", "merge", "resolve", "reopen", "reinstate", "give_up", "report")


def act(desk: Any, by: str, name: str, one: Incident, other: Incident) -> object:  # noqa: ANN401 - either desk
    """Do one thing, or say why not."""
    commands: dict[str, Command] = {
        "attach": Attach(by=by, parent=other.id),
        "detach": Detach(by=by),
        "merge": Merge(by=by, into=other.id),
        "resolve": Resolve(by=by, code="fixed", note="n", cascade=False),
        "reopen": Reopen(by=by, reason="r"),
        "reinstate": Reinstate(by=by, reason="r"),
        "give_up": Reopen(by=by, reason="r", give_up_key=True),
    }
    try:
        if name == "report":
            return desk.report("Mail", by=by, dedup_key=one.dedup_key or "k0")
        return desk.apply(one, commands[name])
    except IncidentflowError as error:
        return str(error), repr(error)


STEPS = st.tuples(st.sampled_from(ACTS), st.integers(0, 3), st.integers(0, 3), st.booleans())


@given(steps=st.lists(STEPS, max_size=8), asks=st.lists(STEPS, max_size=4))
def test_nothing_tells_of_what_is_hidden(steps: list[Any], asks: list[Any]) -> None:
    """However incidents are tied together: no id, number or title in any answer or error."""
    with IncidentDesk(authorise=need_to_know, clock=ManualClock()) as desk:
        titles = ("Secret a", "Mail", "Secret b", "Printer")
        every = [
            desk.report(title, by="ana", number=f"{title[0]}-00{place}", dedup_key=f"k{place}")
            for place, title in enumerate(titles)
        ]
        for name, one, other, delivers in steps:
            act(desk, "ana", name, every[one], every[other])
            if delivers:
                desk.deliver()
        view, public = desk.seen_by("bo"), [every[1], every[3]]
        said = [told(view, public)]
        for name, one, other, delivers in asks:
            said.append(act(view, "bo", name, public[one % 2], public[other % 2]))
            if delivers:
                desk.deliver()
            said.append([(view.get(each), view.history(each)) for each in public])
            said.append([view.options(each) for each in public])
        desk.deliver()
        said.append(told(view, public))
        text = repr(said)

    for secret in (every[0], every[2]):
        assert secret.id not in text
        assert secret.title not in text
        assert str(secret.number) not in text


@pytest.mark.parametrize("name", ["id", "number"])
def test_forbidden_and_missing_are_one_answer(desk: Any, build: Build, name: str) -> None:  # noqa: ANN401
    """For every verb that takes an incident."""
    ours = build(authorise=need_to_know)
    secret = ours.report("Secret", by="ana")
    view = ours.seen_by("bo")
    known, unknown = getattr(secret, name), getattr(secret, name)[:-1] + "7"
    for ask in (
        view.get,
        view.history,
        view.options,
        view.verify,
        lambda one: view.forecast(one, MONDAY),
        lambda one: view.apply(one, Note(by="bo", text="n")),
    ):
        answers = []
        for reference in (known, unknown):
            with pytest.raises(IncidentNotFound) as raised:
                ask(reference)
            answers.append(str(raised.value).replace(f"incident {reference!r}", "X"))

        assert answers[0] == answers[1]
    assert secret == ours.seen_by("ana").get(secret) == desk.get(secret)


def test_a_view_acts_for_its_viewer_only(build: Build) -> None:
    """A report needs no actor; somebody else's command is refused."""
    view = build().seen_by("bo")
    incident = view.report("Mail is down", service="mail")

    view.apply(incident, Note(by="bo", text="n"))

    assert ["bo", "bo"] == [entry.by.id for entry in view.history(incident)]
    with pytest.raises(InvalidInput, match="is not bo, for whom this view of the desk acts"):
        view.apply(incident, Note(by="ana", text="n"))
    with pytest.raises(InvalidInput, match="is not bo"):
        view.report("Printer", by="ana")


def test_a_view_is_of_an_actor(build: Build) -> None:
    """A host's own user object is turned into one; nobody sees as the system."""
    desk = build(actor=lambda user: Actor("person", user["login"]))

    incident = desk.seen_by({"login": "bo"}).report("Mail")

    assert Actor("person", "bo") == desk.history(incident)[0].by
    with pytest.raises(InvalidInput, match="only the library itself acts as the system"):
        desk.seen_by("system:incidentflow")


def test_a_family_is_seen_as_far_as_its_members_are(build: Build) -> None:
    """Parent, children and what tells of them; for the host and those who may see, all of it."""
    desk = build(authorise=need_to_know)
    secret, child, parent = (
        desk.report(title, by="ana") for title in ("Secret", "Printer", "Mail")
    )
    for young in (secret, child):
        desk.apply(young, Attach(by="ana", parent=parent.id))
    desk.deliver()
    seen, whole = desk.seen_by("bo").get(parent), desk.get(parent)

    assert (secret.id, child.id) == whole.children
    assert (child.id,) == seen.children
    assert whole == desk.seen_by("ana").get(parent)
    assert [("child_added", child.id)] == [
        (entry.kind, entry.event.child) for entry in desk.seen_by("bo").history(parent)[1:]
    ]
    assert 3 == len(desk.history(parent)) == seen.version == whole.version
    assert parent.id == desk.seen_by("bo").get(child).parent


def test_a_hidden_parent_is_not_named(build: Build) -> None:
    """Neither on its child, nor by the refusal of another parent, nor in an export."""
    desk = build(authorise=need_to_know)
    secret, child, other = (desk.report(title, by="ana") for title in ("Secret", "Mail", "Disk"))
    desk.apply(child, Attach(by="ana", parent=secret.id))
    view = desk.seen_by("bo")
    with pytest.raises(TransitionRefused, match="it is a child of another incident already"):
        view.apply(child, Attach(by="bo", parent=other.id))
    with pytest.raises(TransitionRefused, match=f"it is a child of {secret.number} already"):
        desk.apply(child, Attach(by="ana", parent=other.id))

    assert None is view.get(child).parent
    assert 1 == view.export().subjects
    assert other.id in view.export().text
    assert 3 == desk.export().subjects


def test_a_key_that_a_hidden_incident_holds_names_nobody(build: Build) -> None:
    """The way back to work is closed until the key is given up, and says no more."""
    desk = build(authorise=need_to_know)
    mine = desk.report("Mail", Resolve(by="bo", code="fixed", note="n"), by="bo", dedup_key="k")
    secret = desk.report("Secret", by="ana", dedup_key="k")
    view = desk.seen_by("bo")
    for reopens in (view, desk):
        with pytest.raises(TransitionRefused, match="another incident holds its dedup key 'k'"):
            reopens.apply(mine, Reopen(by="bo", reason="r"))
    with pytest.raises(TransitionRefused, match=f"{secret.number} holds its dedup key 'k'"):
        desk.apply(mine, Reopen(by="ana", reason="r"))
    closed = [option for option in view.options(mine) if option.trigger == "reopen"]

    assert secret.name not in repr(closed)
    assert None is view.apply(mine, Reopen(by="bo", reason="r", give_up_key=True)).dedup_key
    given_up = view.history(mine)[-1].event
    assert "gave up dedup key k" == given_up.describe()


def reports_under_a_key(view: Any, chance: Named, key: str) -> list[object]:  # noqa: ANN401 - either desk
    """Report the same thing again and again as bo, and keep all that is answered."""
    said: list[object] = []
    chance.name = "first"
    first = view.report("Disk is full", by="bo", dedup_key=key)
    said += [first, view.report("Disk is full", by="bo", dedup_key=key, key="again")]
    said.append(view.report("Disk is full", by="bo", dedup_key=key, key="again"))
    said.append(view.apply(first, Resolve(by="bo", code="fixed", note="n")))
    chance.name = "second"
    second = view.report("Disk is full", by="bo", dedup_key=key)
    with pytest.raises(TransitionRefused) as refused:
        view.apply(first, Reopen(by="bo", reason="r"))
    said += [second, str(refused.value), view.options(first)]
    said.append(view.apply(first, Reopen(by="bo", reason="r", give_up_key=True)))
    for one in (first, second):
        said += [view.get(one), view.history(one), view.options(one)]
    return [*said, view.find(), view.metrics(), view.verify()]


@pytest.mark.parametrize("key", ["disk", "disk (0123456789ab-cdef01)", "k" * 400])
def test_who_reports_under_a_hidden_key_is_shown_the_key_they_gave(build: Build, key: str) -> None:
    """Whatever they ask answers as in a world without the hidden ones (rule X2)."""

    def each_their_own(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        del action
        secret = incident.title.startswith("Secret") and not incident.title.endswith(actor.id)
        return Deny("restricted", "need to know") if secret else Allow()

    worlds, held = [], []
    for secrets in ((), ("ana",), ("ana", "eve")):
        chance = Named()
        desk = build(MemoryStore(), authorise=each_their_own, entropy=chance, policy=APART)
        for by in secrets:
            chance.name = f"secret of {by}"
            desk.report(f"Secret of {by}", by=by, dedup_key=key, fields={"secret": True})
        worlds.append(repr(reports_under_a_key(desk.seen_by("bo"), chance, key)))
        held.append({one.dedup_key for one in desk.find() if one.title == "Disk is full"})

    assert worlds[0] == worlds[1] == worlds[2]
    assert {key, None} == held[0]
    assert 4 == len(held[0] | held[1] | held[2])


def test_what_only_the_host_may_know_is_not_for_a_view(build: Build) -> None:
    """Faults of plugins, which may name anything; seals, which name every incident."""

    def breaks(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        if incident.title == "Secret":
            raise ConnectionError(incident.id)
        return need_to_know(actor, action, incident)

    desk = build(authorise=breaks)
    secret = build().report("Secret", by="ana")
    view = desk.seen_by("bo")
    with pytest.raises(IncidentNotFound):
        view.get(secret)

    assert () == view.describe().faults
    assert secret.id in str(desk.describe().faults)
    with pytest.raises(InvalidInput, match="verify with a seal serves everybody"):
        view.verify(seal=desk.seal())


def test_a_view_asks_for_its_viewers_options_only(build: Build) -> None:
    """What somebody else may do is theirs to know."""
    desk = build()
    incident = desk.report("Mail is down", by="ana")
    with pytest.raises(InvalidInput, match="is not bo, for whom this view of the desk acts"):
        desk.seen_by("bo").options(incident, by="ana")


def test_options_need_somebody_to_be_asked_for(build: Build) -> None:
    """A desk of its own has no viewer to ask for."""
    desk = build()
    incident = desk.report("Mail is down", by="ana")

    assert desk.options(incident, by="bo") == desk.seen_by("bo").options(incident)
    with pytest.raises(InvalidInput, match="by = None: is no actor"):
        desk.options(incident)


def test_what_serves_everybody_is_not_for_a_view(build: Build) -> None:
    """A worker is nobody's view."""
    with pytest.raises(InvalidInput, match="tick serves everybody; call it on the desk itself"):
        build().seen_by("bo").tick()
    with pytest.raises(InvalidInput, match="deliver serves everybody"):
        build().seen_by("bo").deliver()


def test_the_desks_own_journal_is_the_hosts_alone(build: Build) -> None:
    """Authorisers are asked about incidents, and it is none; so no view reads or exports it."""
    asked = []

    def listen(actor: Actor, action: str, incident: Incident) -> Allow:
        asked.append((actor.id, action, incident.title))
        return Allow()

    desk = build(authorise=listen)
    desk.report("Mail is down", by="ana")
    view = desk.seen_by("bo")
    with pytest.raises(InvalidInput, match="adoptions serves everybody; call it on the desk its"):
        view.adoptions()

    assert 2 == len(desk.adoptions())
    assert 1 == sum(page.subjects for page in exported(view, 100))
    assert 2 == sum(page.subjects for page in exported(desk, 100))
    assert {"Mail is down"} == {title for *_, title in asked}


def test_a_view_stays_one_in_tenants_and_batches(build: Build) -> None:
    """However views are combined."""
    desk = build(authorise=need_to_know)
    for base in (desk, desk.tenant("acme")):
        secret = base.report("Secret", by="ana")
        with pytest.raises(IncidentNotFound):
            base.seen_by("bo").get(secret)
    with desk.seen_by("bo").batch() as batch:
        batch.report("Mail is down")
        with pytest.raises(InvalidInput, match="is not bo"):
            batch.report("Printer", by="ana")

    with pytest.raises(IncidentNotFound):
        desk.seen_by("bo").tenant("acme").get(secret)


def test_a_key_of_a_hidden_incident_says_nothing_of_it(build: Build) -> None:
    """Neither its number nor what was asked."""
    desk = build(authorise=need_to_know)
    secret = desk.report("Secret", by="ana", key="k")
    with pytest.raises(KeyReused) as raised:
        desk.seen_by("bo").report("Secret", key="k")

    assert "another incident" == raised.value.incident
    assert secret.number not in str(raised.value)


def test_what_nobody_can_read_no_viewer_sees(build: Build, store: Store) -> None:
    """An incident of a newer release may be a secret one."""
    desk = build(authorise=need_to_know)
    incident = desk.report("Mail is down", Resolve(by="ana", code="fixed", note="n"), by="ana")
    spoil(store, incident)

    assert 1 == len(desk.find().unreadable)
    assert () == desk.seen_by("bo").find().unreadable
    with pytest.raises(IncidentNotFound):
        desk.seen_by("bo").get(incident)


def spoil(store: Store, incident: Incident) -> None:
    """Make the stored snapshot one that cannot be read."""
    stored = store.load(Lookup("default", By.ID, incident.id))
    assert stored is not None
    line = store.history(stored.subject)[-1]
    store.commit(
        [
            Write(
                subject=stored.subject,
                expected=stored.version,
                version=stored.version + 1,
                snapshot=b"{}x",
                head=stored.head,
                lines=(evolve(line, sequence=stored.version + 1),),
            )
        ]
    )


def test_not_allowed_is_said_where_the_incident_may_be_seen(build: Build) -> None:
    """Only then is a refusal no leak."""

    def no_notes(actor: Actor, action: str, incident: Incident) -> Allow | Deny:
        del actor, incident
        return Deny("notes", "no notes") if action == "note" else Allow()

    view = build(authorise=no_notes).seen_by("bo")
    incident = view.report("Mail is down")
    with pytest.raises(NotAllowed):
        view.apply(incident, Note(by="bo", text="n"))
