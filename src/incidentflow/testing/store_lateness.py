"""What a store must know of lateness: who owes longest, and who was looked at in vain (rule D8)."""

from __future__ import annotations

from attrs import evolve

from incidentflow.ports import By, Lookup, Order, OwedKind, Query, Settlement, Store, Stored
from incidentflow.testing.store_data import (
    ACME,
    OTHER,
    SECOND,
    TOKEN,
    MakesStores,
    by_id,
    ids,
    incident,
    message,
    write,
)

OWING = Query(tenant=ACME, order=Order.OWING)


class StoreLateness(MakesStores):
    """Who owes what since when, and what was looked at in vain."""

    def test_who_has_owed_longest_is_found_first(self) -> None:
        """By what waits, whatever was claimed or put off meanwhile, and of one tenant."""
        store = indebted(self.fresh())
        store.claim(50, 1, SECOND, TOKEN)

        assert ids(store.find(OWING)) == ["b", "a"]
        assert ids(store.find(evolve(OWING, limit=1))) == ["b"]
        assert ids(store.find(evolve(OWING, tenant=OTHER))) == ["z"]
        assert ids(store.find(evolve(OWING, kind="schedule"))) == []
        assert ids(store.find(evolve(OWING, states=("new",)))) == ["a"]
        assert ids(store.find(evolve(OWING, limit=0))) == []

    def test_who_owes_nothing_any_more_is_not_found(self) -> None:
        """What was settled for good waits no longer; what is to be tried again does."""
        store = indebted(self.fresh())
        states = {"b/1": "done", "a/1": "waiting", "a/2": "dead", "z/1": "refused"}
        for claim in store.claim(SECOND, 9, SECOND, TOKEN):
            key = claim.owed.key
            tenant = claim.subject.tenant
            assert store.settle(tenant, Settlement(key, TOKEN, states[key], 9 * SECOND))

        assert ids(store.find(OWING)) == ["a"]
        assert states == {
            owed.key: owed.state
            for subject in (incident("a"), incident("b"), incident("z", OTHER))
            for owed in owing(store, subject.tenant, subject.id).owed
        }

    def test_looks_are_counted_until_a_commit(self) -> None:
        """So that what is looked at again and again is seen to fail."""
        store = self.fresh()
        store.commit([write("a", due_at=10), write("b", due_at=10)])
        for now in (SECOND, 9 * SECOND):
            assert {each.id for each in store.due(now, 9, SECOND)} == {"a", "b"}
        store.commit([write("b", 1, due_at=10)])

        looks = {each.subject.id: each.looks for each in store.find(Query(tenant=ACME))}
        assert looks == {"a": 2, "b": 0}
        assert [getattr(by_id(store, name), "looks", None) for name in "ab"] == [2, 0]


def owing(store: Store, tenant: str, name: str) -> Stored:
    """Load a subject with all that it ever owed."""
    found = store.load(Lookup(tenant, By.OWED, name))
    assert found is not None
    return found


def indebted(store: Store) -> Store:
    """Commit what is owed: by *b* first, though what *a* owes may be claimed before."""
    command = evolve(message("a/1", 10), kind=OwedKind.COMMAND)
    store.commit([write("b", owed=(message("b/1", 40),), state="held")])
    store.commit([write("a", owed=(command,), state="new"), write("c")])
    store.commit([write("a", 1, owed=(message("a/2", 20),), state="new")])
    store.commit([write(incident("z", OTHER), owed=(message("z/1", 30),))])
    return store
