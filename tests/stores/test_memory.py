"""The memory store keeps the contract of all stores."""

from __future__ import annotations

from incidentflow.ports import Store
from incidentflow.stores import MemoryStore
from incidentflow.testing.store import StoreContract


class TestMemoryStore(StoreContract):
    """The contract."""

    def make_store(self) -> Store:
        """Return a fresh store."""
        return MemoryStore()
