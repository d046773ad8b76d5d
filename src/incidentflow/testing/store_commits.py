"""What a store must keep of its promise: together or not at all, once, and exactly."""

from __future__ import annotations

from functools import partial

from attrs import evolve

from incidentflow.errors import CommitConflict
from incidentflow.ports import INCIDENT, By, Line, Lookup, Store, Stored, Subject, Write
from incidentflow.testing.store_data import (
    ACME,
    OTHER,
    SECOND,
    THREADS,
    TOKEN,
    MakesStores,
    at_once,
    by_dedup_key,
    by_id,
    by_key,
    by_number,
    conflict,
    incident,
    keys,
    lines,
    message,
    settlement,
    write,
)

EXACT = "NUL \0, quote ' \" \\, line\r\n, é, e\u0301, \U0001f692, \u202e, \ud7ff\ue000\U0010ffff"


class StoreCommits(MakesStores):
    """Loading, committing and journals."""

    def test_what_was_committed_is_loaded(self) -> None:
        """A subject comes back as it was written, with its number and due instant."""
        store = self.fresh()
        [number] = store.commit([write("a", 0, 3, series="INC", due_at=5)])
        expected = Stored(
            subject=incident("a"),
            number=number,
            version=3,
            snapshot=b"a at 3",
            head="head 3",
            due_at=5,
        )

        assert expected == by_id(store, "a")

    def test_bytes_and_text_are_kept_exactly(self) -> None:
        """No character and no byte is lost, changed or normalised on the way."""
        store = self.fresh()
        subject = Subject(EXACT, EXACT, EXACT)
        line = Line(1, EXACT, EXACT, EXACT)
        exact = evolve(
            write(subject, number=EXACT, dedup_key=EXACT, state=EXACT, due_at=0),
            snapshot=bytes(range(256)),
            head=EXACT,
            lines=(line,),
            owed=(message(EXACT, body=EXACT),),
            key=EXACT,
            fingerprint=EXACT,
        )
        store.commit([exact])
        stored = by_key(store, EXACT, EXACT)
        [claim] = store.claim(0, 1, SECOND, EXACT)

        assert stored is not None
        assert (subject, EXACT, exact.snapshot, EXACT, EXACT) == (
            stored.subject,
            stored.number,
            stored.snapshot,
            stored.head,
            stored.fingerprint,
        )
        assert (line,) == store.history(subject)
        assert (subject, exact.owed[0], EXACT) == (claim.subject, claim.owed, claim.token)
        assert (subject,) == store.due(0, 1, SECOND)
        for by in (By.NUMBER, By.DEDUP_KEY):
            assert store.load(Lookup(EXACT, by, EXACT, EXACT)) == by_id(store, subject)

    def test_great_instants_and_texts_are_kept(self) -> None:
        """Instants of all years and a snapshot of a megabyte fit."""
        store = self.fresh()
        first, last = -62_135_596_800 * SECOND, 253_402_300_800 * SECOND
        store.commit([evolve(write("a", due_at=first), snapshot=b"\0" * SECOND)])
        store.commit([write("b", due_at=last)])
        a, b = by_id(store, "a"), by_id(store, "b")

        assert (first, last) == (a and a.due_at, b and b.due_at)
        assert (a and a.snapshot) == b"\0" * SECOND

    def test_what_is_not_there_is_none(self) -> None:
        """Whatever is looked up and was never written is None, or empty."""
        store = self.fresh()
        store.commit([write("a", number="X-1", dedup_key="disk", key="k")])

        assert [store.load(Lookup(ACME, by, "nothing")) for by in By] == [None] * len(By)
        assert store.history(incident("nothing")) == ()

    def test_kinds_are_apart(self) -> None:
        """Subjects of different kinds share ids and dedup keys, and are found by their kind."""
        store = self.fresh()
        schedule = incident("a", kind="schedule")
        store.commit([write("a", number="X-1", dedup_key="disk", key="k")])
        store.commit([write(schedule, 0, 2, number="X-2", dedup_key="disk", key="l")])
        found = store.load(Lookup(ACME, By.DEDUP_KEY, "disk", "schedule"))

        assert schedule == (found and found.subject)
        assert lines(1, 2) == store.history(schedule)
        assert lines(1, 1) == store.history(incident("a"))
        assert by_number(store, "X-2") is None
        assert [found.subject.kind for key in "kl" if (found := by_key(store, key))] == [
            INCIDENT,
            "schedule",
        ]

    def test_tenants_are_apart(self) -> None:
        """Two tenants use the same ids, numbers, dedup keys, command keys and owed keys."""
        store = self.fresh()
        for tenant in (ACME, OTHER):
            owed = (message("page"),)
            shared = {"series": "INC", "dedup_key": "disk", "key": "k", "owed": owed}
            store.commit([write(incident("a", tenant), **shared)])

            for found in (
                by_id(store, incident("a", tenant)),
                by_number(store, "INC-0000001", tenant),
                by_dedup_key(store, "disk", tenant),
                by_key(store, "k", tenant),
            ):
                assert incident("a", tenant) == (found and found.subject)

    def test_journals_grow_in_order(self) -> None:
        """A journal is read in order, whole or past a sequence number."""
        store = self.fresh()
        for expected, entries in ((0, 2), (2, 1), (3, 9)):
            store.commit([write("a", expected, entries)])

        assert lines(1, 12) == store.history(incident("a"))
        for after in (0, 1, 3, 11, 12, 13):
            assert lines(after + 1, 12) == store.history(incident("a"), after)

    def test_one_commit_may_hold_several_writes(self) -> None:
        """Writes take effect in order, also for one subject, and answer with their numbers."""
        store = self.fresh()
        numbers = store.commit(
            [
                write("a", series="INC", dedup_key="disk", key="k"),
                write("b", number="X-9", reads=((incident("a"), 1),)),
                write("a", 1, 2, key="l"),
                write("c", dedup_key="disk", reads=((incident("a"), 3), (incident("b"), 1))),
            ]
        )

        assert numbers == ("INC-0000001", "X-9", "INC-0000001", None)
        assert lines(1, 3) == store.history(incident("a"))
        assert [found.result for key in "kl" if (found := by_key(store, key))] == [1, 3]

    def test_an_empty_commit_does_nothing(self) -> None:
        """Nothing to write is no error."""
        assert self.fresh().commit([]) == ()

    def test_a_refused_commit_leaves_nothing(self) -> None:
        """When the last write conflicts, no trace of those before it stays."""
        store = self.fresh()
        store.commit([write("a", dedup_key="disk", due_at=9, owed=(message("page"),))])
        [claim] = store.claim(0, 9, SECOND, TOKEN)
        before = by_id(store, "a")
        refused = conflict(
            store,
            write("a", 1, due_at=0, key="k", settles=settlement("page")),
            write("b", number="X-1", dedup_key="disk", owed=(message("text"),), due_at=0),
            write("b", 1, key="l", state="new"),
            write("c", 5),
        )

        assert refused == "version"
        assert before == by_id(store, "a") == by_dedup_key(store, "disk")
        assert lines(1, 1) == store.history(incident("a"))
        assert store.history(incident("b")) == ()
        assert [
            by_id(store, "b"),
            by_number(store, "X-1"),
            by_key(store, "k"),
            by_key(store, "l"),
        ] == [None] * 4
        assert store.due(8, 9, SECOND) == ()
        assert store.claim(SECOND - 1, 9, SECOND, "late") == ()
        assert store.settle(ACME, settlement(claim.owed.key))
        store.commit([write("b", number="X-1", key="k", owed=(message("text"),)), write("c")])

    def test_a_version_must_be_the_latest(self) -> None:
        """A new subject must be new, a known one as it was read, and an unknown one is neither."""
        store = self.fresh()
        store.commit([write("a", 0, 2)])

        for stale in (write("a"), write("a", 1), write("a", 3), write("b", 1)):
            assert conflict(store, stale) == "version"
        store.commit([write("a", 2), write("b")])

    def test_reads_must_be_the_latest(self) -> None:
        """A commit conflicts when another subject it read has changed, come or gone."""
        store = self.fresh()
        store.commit([write("a", 0, 2)])

        for version in (0, 1, 3):
            assert conflict(store, write("b", reads=((incident("a"), version),))) == "read"
        assert conflict(store, write("b", reads=((incident("c"), 1),))) == "read"
        store.commit([write("b", reads=((incident("a"), 2), (incident("c"), 0)))])

    def test_a_conflict_names_the_writes_subject(self) -> None:
        """Which write of several conflicted can be told."""
        store = self.fresh()
        store.commit([write("a")])
        found = None
        try:
            store.commit([write("b"), write("c", reads=((incident("a"), 0),)), write("d")])
        except CommitConflict as refused:
            found = (refused.what, refused.subject)

        assert found == ("read", "c")

    def test_one_of_many_threads_wins(self) -> None:
        """Of threads that decided on one version exactly one commits; the others are told."""
        store = self.fresh()
        for version in range(5):
            rivals = [write("a", version, key=f"{version}.{number}") for number in range(THREADS)]
            outcomes = at_once(partial(_outcome, store, rivals))

            assert sorted(outcomes) == ["version"] * (THREADS - 1) + ["won"]
            assert lines(1, version + 1) == store.history(incident("a"))

    def test_threads_on_different_subjects_all_win(self) -> None:
        """Commits that do not concern one another neither conflict nor share a number."""
        store = self.fresh()
        new = at_once(lambda number: store.commit([write(f"{number}", series="INC")]))

        assert {(f"INC-{place:07d}",) for place in range(1, len(new) + 1)} == set(new)

    def test_a_durable_store_can_be_reopened(self) -> None:
        """A new process finds everything: subjects, journals, keys, numbers, what is owed."""
        store = self.fresh()
        store.commit(
            [write("a", series="INC", dedup_key="disk", due_at=7, key="k", owed=(message("m"),))]
        )
        before = by_key(store, "k")
        again = self.reopened(store)
        if again is None:
            return

        assert before == by_key(again, "k")
        assert by_dedup_key(again, "disk") == by_number(again, "INC-0000001") == by_id(again, "a")
        assert lines(1, 1) == again.history(incident("a"))
        assert (incident("a"),) == again.due(7, 9, SECOND)
        assert keys(again.claim(0, 9, SECOND, TOKEN)) == ["m"]
        assert again.commit([write("b", series="INC")]) == ("INC-0000002",)


def _outcome(store: Store, rivals: list[Write], number: int) -> str:
    try:
        store.commit([rivals[number]])
    except CommitConflict as lost:
        return lost.what
    return "won"
