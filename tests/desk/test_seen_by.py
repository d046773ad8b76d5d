"""Invariant: what a viewer may not see leaves no trace in anything they can see (rules A3, X2)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from attrs import evolve

from incidentflow import Actor, Hold, Incident, IncidentDesk, Note, Resolve
from incidentflow.errors import IncidentNotFound, InvalidInput, KeyReused, NotAllowed
from incidentflow.ports import Allow, By, Deny, Lookup, Store, Write
from incidentflow.stores import MemoryStore
from incidentflow.testing.clock import MONDAY

Build = Callable[..., Any]
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
    ]


class Named:
    """Chance that depends on a name, so that the same incident is the same in both worlds."""

    name = ""

    def draw(self, size: int) -> bytes:
        """Draw the same bytes for a name."""
        return hashlib.sha256(self.name.encode()).digest()[:size]


def world(desk: IncidentDesk, chance: Named, *, secrets: bool) -> list[Incident]:
    """Report two incidents everybody may see, and perhaps secret ones around them."""
    public = []
    for number, until in (("A-1", LATER), ("A-2", LATER + timedelta(hours=1))):
        hold = Hold(by="ana", reason="awaiting_vendor", reference="T-1", until=until)
        if secrets:
            soon = Hold(by="ana", reason="awaiting_vendor", reference="T-1", until=SOON)
            title, hidden = f"Secret {number}", f"S-{number}"
            chance.name = title
            desk.report(title, soon, by="ana", service="mail", number=hidden, severity="sev1")
        chance.name = number
        public.append(desk.report("Mail", hold, by="ana", service="mail", number=number))
    if secrets:
        chance.name = "last"
        desk.report("Secret and last", by="ana", number="S-9")
    return public


def test_a_world_with_secrets_looks_like_one_without(build: Build) -> None:
    """Every reading verb answers the same; the two worlds differ for ana only."""
    seen = []
    for secrets in (False, True):
        chance = Named()
        desk = build(MemoryStore(), authorise=need_to_know, entropy=chance)
        public = world(desk, chance, secrets=secrets)
        shown = len(list(desk.seen_by("ana").find()))
        seen.append((told(desk.seen_by("bo"), public), shown))
    (plain, one), (hiding, other) = seen

    assert plain == hiding
    assert (2, 5) == (one, other)


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
