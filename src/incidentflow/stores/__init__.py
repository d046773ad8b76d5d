"""Where incidents are kept: stores, and how one is named by a URL."""

from __future__ import annotations

from incidentflow.stores.memory import MemoryStore
from incidentflow.stores.opening import OPENERS, open_store
from incidentflow.stores.sqlite import SQLiteStore

__all__ = ["OPENERS", "MemoryStore", "SQLiteStore", "open_store"]
