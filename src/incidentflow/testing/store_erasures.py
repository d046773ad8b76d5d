"""What a store must take out when it is told to, and leave (rule J8); for those that erase."""

from __future__ import annotations

from attrs import evolve

from incidentflow.errors import CommitConflict
from incidentflow.ports import By, Lookup, Query, Redaction, Store, Stored
from incidentflow.testing.store_data import (
    ACME,
    OTHER,
    SECOND,
    TOKEN,
    MakesStores,
    by_dedup_key,
    by_id,
    by_key,
    ids,
    incident,
    keys,
    lines,
    message,
    settlement,
    write,
)


class StoreErasures(MakesStores):
    """Redactions, and what is owed by one subject."""

    def test_what_a_subject_owes_comes_along(self) -> None:
        """All that it ever owed, as it stands, settled or not; and nothing of another's."""
        store = self.fresh()
        store.commit([write("a", owed=(message("a/1", body="one"), message("a/2", body="two")))])
        store.commit([write("b", owed=(message("b/1"),)), write("ab", owed=(message("ab/1"),))])
        store.commit([write(incident("a", OTHER), owed=(message("a/1", body="theirs"),))])
        [first, *_] = store.claim(0, 1, SECOND, TOKEN)
        store.settle(ACME, settlement(first.owed.key))
        found = _owing(store, "a")
        plain = by_id(store, "a")

        assert [(each.key, each.body) for each in found.owed] == [("a/1", "one"), ("a/2", "two")]
        assert plain == evolve(found, owed=())
        assert _owing(store, "b").owed == (message("b/1"),)
        assert store.load(Lookup(ACME, By.OWED, "c")) is None

    def test_a_redaction_takes_out_what_it_names(self) -> None:
        """Beside lines and of what is owed; bodies, hashes, keys and the rest stay."""
        store = self.fresh()
        if "erases" not in store.capabilities:
            return
        owed = (message("a/1", body="to her"), message("a/2", body="to him"))
        store.commit(
            [write("a", 0, 3, number="X-1", dedup_key="disk", owed=owed, key="k", fingerprint="f")]
        )
        store.commit([write("b", owed=(message("b/1"),))])
        gone = write("a", 3, assignee="[erased]", dedup_key="disk", due_at=7)
        store.erase([Redaction(write=gone, personal=((2, "{}"),), owed=(("a/1", ""),))])
        store.erase(())
        kept, found = lines(1, 4), by_id(store, "a")

        assert store.history(incident("a")) == (
            kept[0],
            evolve(kept[1], personal="{}"),
            *kept[2:],
        )
        assert found is not None
        assert (found.snapshot, found.head, found.version, found.number, found.due_at) == (
            b"a at 4",
            "head 4",
            4,
            "X-1",
            7,
        )
        assert found == by_dedup_key(store, "disk")
        assert by_key(store, "k") == evolve(found, fingerprint="f", result=3)
        assert ids(store.find(Query(tenant=ACME, assignee="[erased]"))) == ["a"]
        assert [each.body for each in _owing(store, "a").owed] == ["", "to him"]
        assert store.history(incident("b")) == lines(1, 1)
        assert sorted(keys(store.claim(0, 9, SECOND, TOKEN))) == ["a/2", "b/1"]

    def test_what_is_owed_ends_when_nothing_stays_of_it(self) -> None:
        """A claim that runs is void, what was settled keeps its end, what changed still waits."""
        store = self.fresh()
        if "erases" not in store.capabilities:
            return
        store.commit([write("a", owed=(message("a/1"), message("a/2"), message("a/3")))])
        store.claim(0, 9, SECOND, TOKEN)
        store.settle(ACME, settlement("a/2"))
        owed = (("a/1", ""), ("a/2", ""), ("a/3", "less"))
        store.erase([Redaction(write=write("a", 1), owed=owed)])

        assert not store.settle(ACME, settlement("a/1", state="waiting"))
        assert not store.settle(ACME, settlement("a/2"))
        assert store.settle(ACME, settlement("a/3", state="waiting"))
        [left] = store.claim(SECOND, 9, SECOND, "later")
        assert (left.owed.key, left.owed.body) == ("a/3", "less")

    def test_an_erasure_is_all_or_nothing(self) -> None:
        """A version that is not the latest leaves everything as it was."""
        store = self.fresh()
        if "erases" not in store.capabilities:
            return
        for name in "ab":
            store.commit([write(name, 0, 2, owed=(message(f"{name}/1"),))])
        before = [_owing(store, name) for name in "ab"]
        redactions = [
            Redaction(write=write(name, version), personal=((1, "{}"),), owed=((f"{name}/1", ""),))
            for name, version in (("a", 2), ("b", 1))
        ]
        try:
            store.erase(redactions)
        except CommitConflict as refused:
            found = refused
        else:
            raise AssertionError("erased, but should conflict")

        assert (found.what, found.subject) == ("version", "b")
        assert before == [_owing(store, name) for name in "ab"]
        assert lines(1, 2) == store.history(incident("a")) == store.history(incident("b"))
        assert sorted(keys(store.claim(0, 9, SECOND, TOKEN))) == ["a/1", "b/1"]

    def test_what_is_erased_stays_erased(self) -> None:
        """After reopening a durable store too; and wiping again does no harm."""
        store = self.fresh()
        if "erases" not in store.capabilities:
            return
        store.commit([write("a", 0, 2)])
        store.erase([Redaction(write=write("a", 2), personal=((1, "{}"), (2, "{}")))])
        store.erase(())
        store.erase(())
        again = self.reopened(store) or store

        assert [line.personal for line in again.history(incident("a"))] == [
            "{}",
            "{}",
            "personal 3",
        ]


def _owing(store: Store, name: str) -> Stored:
    found = store.load(Lookup(ACME, By.OWED, name))
    assert found is not None
    return found
