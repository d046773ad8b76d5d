"""
The conformance kit for stores: inherit, make one, run pytest.

    class TestMyStore(StoreContract):
        def make_store(self):
            return MyStore(...)

A store that passes does what `incidentflow.ports.Store` says, sentence by sentence. An
`AsyncStore` is made in the same way, outside any event loop; all of them are awaited in one.
What a store can do beyond that it declares in its ``capabilities``. A class that leaves out or
replaces a check without a visible reason is refused: ``incidentflow.testing.contract``.
"""

from __future__ import annotations

from incidentflow.testing.store_commits import StoreCommits
from incidentflow.testing.store_erasures import StoreErasures
from incidentflow.testing.store_finds import StoreFinds
from incidentflow.testing.store_keys import StoreKeys
from incidentflow.testing.store_lateness import StoreLateness
from incidentflow.testing.store_numbers import StoreNumbers
from incidentflow.testing.store_queues import StoreQueues
from incidentflow.testing.store_spans import StoreSpans
from incidentflow.testing.store_turns import StoreTurns

CAPABILITIES = frozenset({"durable", "joins_host", "server_clock", "erases"})


class StoreContract(
    StoreCommits,
    StoreKeys,
    StoreNumbers,
    StoreFinds,
    StoreSpans,
    StoreQueues,
    StoreTurns,
    StoreLateness,
    StoreErasures,
):
    """
    Everything that a store must do, as tests.

    Override `make_store`; for a durable store `reopen` as well.
    """

    def test_it_says_what_it_is(self) -> None:
        """A store has a name to show, and knows only capabilities that there are."""
        store = self.fresh()

        assert store.name
        assert store.capabilities <= CAPABILITIES

    def test_a_durable_store_is_checked_for_it(self) -> None:
        """Whoever claims to be durable overrides `reopen`, and nobody else does."""
        store = self.fresh()

        has_reopen = "durable" in store.capabilities
        wanted = "override reopen, in a shell --reopen" if has_reopen else "leave reopen out"
        assert has_reopen == (self.reopened(store) is not None), wanted
