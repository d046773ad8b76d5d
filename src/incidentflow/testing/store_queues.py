"""What a store must hand out: subjects that are due, and things that are owed."""

from __future__ import annotations

from attrs import evolve

from incidentflow.ports import Order, OwedKind, Query, Store, Subject
from incidentflow.testing.store_data import (
    ACME,
    LATER_TOKEN,
    OTHER,
    SECOND,
    TOKEN,
    MakesStores,
    at_once,
    by_id,
    conflict,
    ids,
    incident,
    keys,
    lines,
    message,
    settlement,
    walk,
    write,
)

MANY = 100


class StoreQueues(MakesStores):
    """Wake-ups, claims and settlements."""

    # --- what is due -------------------------------------------------------------------------

    def test_what_is_due_is_claimed_at_its_instant(self) -> None:
        """Not a microsecond before; and what has no due instant never."""
        store = self.fresh()
        store.commit([write("a", due_at=10), write("b")])

        assert store.due(9, 5, SECOND) == ()
        assert (incident("a"),) == store.due(10, 5, SECOND)

    def test_due_subjects_come_soonest_first(self) -> None:
        """Those of all tenants and kinds, the longest waiting first, as many as are asked for."""
        store = self.fresh()
        subjects = [
            incident("a"),
            incident("a", OTHER),
            incident("a", kind="schedule"),
            incident("b", OTHER),
        ]
        for place, due_at in ((2, 30), (0, -10), (3, 40), (1, 20)):
            store.commit([write(subjects[place], due_at=due_at)])

        assert store.due(40, 0, SECOND) == ()
        assert tuple(subjects[:3]) == store.due(40, 3, SECOND)
        assert tuple(subjects[3:]) == store.due(40, 3, SECOND)
        assert store.due(40, 3, SECOND) == ()

    def test_a_claimed_subject_rests_twice_as_long_each_time(self) -> None:
        """Each claim without a commit doubles the lease."""
        store = self.fresh()
        store.commit([write("a", due_at=0)])
        now = 0
        for lease in (7, 14, 28, 56, 112, 224):
            assert (incident("a"),) == store.due(now, 1, 7)
            assert store.due(now + lease - 1, 1, 7) == ()
            now += lease

    def test_a_failing_subject_holds_up_no_other(self) -> None:
        """What is claimed over and over goes behind what is due in the meantime."""
        store = self.fresh()
        store.commit([write("bad", due_at=0)])
        store.due(0, 1, 10)
        store.commit([write("good", due_at=5)])

        assert (incident("good"), incident("bad")) == store.due(10, 2, 10)

    def test_a_commit_sets_the_wake_up_anew(self) -> None:
        """After a commit the due instant counts, and the lease starts short again."""
        store = self.fresh()
        store.commit([write("a", due_at=0)])
        store.due(0, 1, 10)
        store.due(10, 1, 10)
        store.commit([write("a", 1, due_at=12)])

        assert (incident("a"),) == store.due(12, 1, 10)
        assert store.due(21, 1, 10) == ()
        assert (incident("a"),) == store.due(22, 1, 10)

    def test_an_unchanged_due_instant_wakes_again(self) -> None:
        """A commit that leaves the due instant where it was wakes at once."""
        store = self.fresh()
        store.commit([write("a", due_at=0)])
        store.due(0, 1, SECOND)
        store.commit([write("a", 1, due_at=0)])

        assert (incident("a"),) == store.due(0, 1, SECOND)

    def test_a_commit_without_due_instant_ends_it(self) -> None:
        """What is no longer due is no longer claimed, leased or not."""
        store = self.fresh()
        store.commit([write("a", due_at=0), write("b", due_at=0)])
        store.commit([write("a", 1)])
        store.due(0, 5, 10)
        store.commit([write("b", 1)])

        assert store.due(SECOND, 5, 10) == ()

    def test_a_claim_does_not_move_the_due_instant(self) -> None:
        """Loading and finding tell when something was due, whoever works on it."""
        store = self.fresh()
        store.commit([write("a", due_at=0), write("b", due_at=1)])
        store.due(0, 1, SECOND)
        found = by_id(store, "a")

        assert found is not None
        assert found.due_at == 0
        assert ids(walk(store, Query(tenant=ACME, order=Order.DUE))) == ["a", "b"]

    def test_threads_share_what_is_due(self) -> None:
        """No subject is claimed by two, none is forgotten."""
        store = self.fresh()
        names = {f"{place:03d}" for place in range(MANY)}
        store.commit([write(name, due_at=int(name)) for name in names])

        def work(_: int) -> list[Subject]:
            mine: list[Subject] = []
            while len(mine) <= MANY and (due := store.due(MANY, 3, SECOND)):
                mine += due
            return mine

        claimed = [subject.id for mine in at_once(work) for subject in mine]

        assert sorted(names) == sorted(claimed)

    # --- what is owed ------------------------------------------------------------------------

    def test_what_is_owed_is_claimed_from_its_instant_on(self) -> None:
        """Whole, with its subject, counted from the first attempt."""
        store = self.fresh()
        command = evolve(message("k", 10, body="\U0001f692"), kind=OwedKind.COMMAND)
        store.commit([write(incident("a", OTHER, "schedule"), owed=(command,))])

        assert store.claim(9, 5, SECOND, TOKEN) == ()
        [claim] = store.claim(10, 5, SECOND, TOKEN)
        assert (incident("a", OTHER, "schedule"), command, 1, TOKEN) == (
            claim.subject,
            claim.owed,
            claim.attempts,
            claim.token,
        )

    def test_claims_come_oldest_first(self) -> None:
        """By the instant from which they are available, then in the order they were owed in."""
        store = self.fresh()
        store.commit([write("z", owed=(message("9", 5), message("3", 5)))])
        store.commit([write("a", owed=(message("2", 5), message("7", 4), message("0", 6)))])

        assert keys(store.claim(9, 0, SECOND, TOKEN)) == []
        assert keys(store.claim(9, 2, SECOND, TOKEN)) == ["7", "9"]
        assert keys(store.claim(9, 9, SECOND, TOKEN)) == ["3", "2", "0"]

    def test_a_claim_is_a_lease(self) -> None:
        """What is claimed and not settled comes again when the lease ends, and is counted."""
        store = owing(self.fresh(), "k")

        for attempt in (1, 2, 3):
            now = (attempt - 1) * 10
            [claim] = store.claim(now, 5, 10, f"{attempt}")
            assert (attempt, f"{attempt}") == (claim.attempts, claim.token)
            assert store.claim(now + 9, 5, 10, "early") == ()

    def test_only_the_latest_claim_settles(self) -> None:
        """A late worker's settlement is refused, and changes nothing (rule D2)."""
        store = owing(self.fresh(), "k")
        store.claim(0, 1, 10, TOKEN)
        store.claim(10, 1, 10, LATER_TOKEN)

        assert not store.settle(ACME, settlement("k"))
        assert not store.settle(OTHER, settlement("k", LATER_TOKEN))
        assert not store.settle(ACME, settlement("nothing", LATER_TOKEN))
        assert store.settle(ACME, settlement("k", LATER_TOKEN))

    def test_a_lease_that_ran_out_may_still_be_settled(self) -> None:
        """As long as nobody else has claimed it, it is not too late."""
        store = owing(self.fresh(), "k")
        store.claim(0, 1, 10, TOKEN)

        assert store.settle(ACME, settlement("k"))
        assert store.claim(SECOND, 1, 10, TOKEN) == ()

    def test_what_was_never_claimed_cannot_be_settled(self) -> None:
        """No token fits, not even an empty one."""
        store = owing(self.fresh(), "k")

        assert not store.settle(ACME, settlement("k", ""))
        assert keys(store.claim(0, 1, 10, TOKEN)) == ["k"]

    def test_an_end_is_final(self) -> None:
        """Done, refused and dead things are never claimed or settled again."""
        for state in ("done", "refused", "dead"):
            store = owing(self.fresh(), "k")
            store.claim(0, 1, 10, TOKEN)

            assert store.settle(ACME, settlement("k", state=state))
            assert not store.settle(ACME, settlement("k", state=state))
            assert not store.settle(ACME, settlement("k", state="waiting"))
            assert store.claim(SECOND, 1, 10, LATER_TOKEN) == ()

    def test_what_waits_is_claimed_again(self) -> None:
        """A settlement may say from when on to try again; the attempts are counted on."""
        store = owing(self.fresh(), "k")
        store.claim(0, 1, SECOND, TOKEN)

        assert store.settle(ACME, settlement("k", state="waiting", at=5))
        assert not store.settle(ACME, settlement("k"))
        assert store.claim(4, 1, 10, LATER_TOKEN) == ()
        [claim] = store.claim(5, 1, 10, LATER_TOKEN)
        assert (2, LATER_TOKEN, message("k", 5)) == (claim.attempts, claim.token, claim.owed)

    def test_a_commit_settles_what_caused_it(self) -> None:
        """The settlement stands with the commit, in the subject's tenant."""
        store = owing(self.fresh(), "k", "l")
        store.claim(0, 2, 10, TOKEN)
        store.commit([write("b", settles=settlement("k"), owed=(message("m", 9),))])
        store.commit([write("b", 1, settles=settlement("l", state="waiting", at=5))])

        assert not store.settle(ACME, settlement("k"))
        assert keys(store.claim(8, 9, SECOND, LATER_TOKEN)) == ["l"]
        assert keys(store.claim(SECOND, 9, SECOND, LATER_TOKEN)) == ["m"]

    def test_one_kind_of_what_is_owed_is_claimed_alone(self) -> None:
        """In its own order; the other kind stays for whoever asks for it."""
        store = self.fresh()
        command = evolve(message("c", 1), kind=OwedKind.COMMAND)
        store.commit([write("a", owed=(message("m"), command, message("n", 2)))])

        assert store.claim(0, 9, 10, TOKEN, OwedKind.COMMAND) == ()
        assert keys(store.claim(1, 9, SECOND, TOKEN, OwedKind.COMMAND)) == ["c"]
        assert keys(store.claim(2, 1, SECOND, TOKEN, OwedKind.MESSAGE)) == ["m"]
        assert keys(store.claim(SECOND, 9, SECOND, TOKEN)) == ["n"]

    def test_a_stale_settlement_refuses_the_commit(self) -> None:
        """Who has lost the claim commits nothing."""
        store = owing(self.fresh(), "k")
        store.claim(0, 1, 10, TOKEN)
        store.claim(10, 1, 10, LATER_TOKEN)
        elsewhere = incident("b", OTHER)

        assert conflict(store, write("b", settles=settlement("k"))) == "token"
        assert conflict(store, write(elsewhere, settles=settlement("k", LATER_TOKEN))) == "token"
        assert conflict(store, write("b", settles=settlement("l", LATER_TOKEN))) == "token"
        assert store.history(incident("b")) == ()
        store.commit([write("b", settles=settlement("k", LATER_TOKEN))])
        assert conflict(store, write("b", 1, settles=settlement("k", LATER_TOKEN))) == "token"
        assert lines(1, 1) == store.history(incident("b"))

    def test_nothing_is_owed_twice(self) -> None:
        """A key is owed once in a tenant, for ever (rule D1)."""
        store = owing(self.fresh(), "k")
        store.claim(0, 1, 10, TOKEN)
        store.settle(ACME, settlement("k"))

        assert conflict(store, write("b", owed=(message("k"),))) == "owed"
        assert conflict(store, write("b", owed=(message("l"), message("l")))) == "owed"
        store.commit([write(incident("b", OTHER), owed=(message("k"),))])
        assert keys(store.claim(0, 9, 10, TOKEN)) == ["k"]

    def test_threads_share_what_is_owed(self) -> None:
        """Nothing is claimed by two within its lease, nothing is forgotten."""
        store = owing(self.fresh(), *(f"{place:03d}" for place in range(MANY)))

        def work(number: int) -> list[str]:
            mine: list[str] = []
            while len(mine) <= MANY and (claims := store.claim(0, 3, SECOND, f"{number}")):
                mine += keys(claims)
            return mine

        claimed = [key for mine in at_once(work) for key in mine]

        assert [f"{place:03d}" for place in range(MANY)] == sorted(claimed)


def owing(store: Store, *owed: str) -> Store:
    """Let one incident owe messages, available at once."""
    store.commit([write("a", owed=tuple(message(key) for key in owed))])
    return store
