"""What a store must keep of fairness: tenants are served in turn (rule T1)."""

from __future__ import annotations

from incidentflow.ports import Store, Subject
from incidentflow.testing.store_data import SECOND, MakesStores, incident, write

TENANTS = ("a", "b", "c", "d", "e")
BACKLOG = 7


class StoreTurns(MakesStores):
    """One worker serves all, fairly."""

    def test_one_claim_serves_tenants_in_turn(self) -> None:
        """A tenant with a long backlog takes no more than its turn of it, soonest first."""
        store = backlogs(self.fresh())
        claimed = store.due(SECOND, 2 * len(TENANTS), SECOND)

        assert set(TENANTS) == {subject.tenant for subject in claimed[: len(TENANTS)]}
        assert [subject.id for subject in claimed if subject.tenant == "a"] == [
            "00",
            "01",
            "02",
            "03",
            "04",
            "05",
        ]

    def test_small_claims_serve_tenants_in_turn(self) -> None:
        """However few are asked for at a time, nobody has a second turn before all had theirs."""
        for limit in (1, 2, 3):
            store, claimed = backlogs(self.fresh()), list[Subject]()
            while len(claimed) < len(TENANTS):
                turn = store.due(SECOND, limit, SECOND)
                assert turn, "what has waited is never claimed"
                claimed += turn

            assert set(TENANTS) == {subject.tenant for subject in claimed[: len(TENANTS)]}

    def test_turns_leave_nothing_out(self) -> None:
        """What a tenant does not need goes to those who wait; at last all are claimed, once."""
        store = backlogs(self.fresh())
        claimed = [subject for limit in (3, 100, 1) for subject in store.due(SECOND, limit, SECOND)]

        assert len(claimed) == len(set(claimed)) == BACKLOG + len(TENANTS) - 1


def backlogs(store: Store) -> Store:
    """Let the first tenant have a backlog, and every other one thing that fell due later."""
    for place in range(BACKLOG):
        store.commit([write(incident(f"{place:02}", "a"), due_at=place)])
    for tenant in TENANTS[1:]:
        store.commit([write(incident("late", tenant), due_at=BACKLOG + ord(tenant))])
    return store
