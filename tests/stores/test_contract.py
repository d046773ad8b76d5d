"""The conformance kit says what is missing."""

from __future__ import annotations

import pytest

from incidentflow.stores import MemoryStore
from incidentflow.testing.store import StoreContract
from incidentflow.testing.store_data import conflict, write


def test_a_contract_needs_a_store() -> None:
    """Whoever forgets to override `make_store` is told so."""
    with pytest.raises(NotImplementedError):
        StoreContract().make_store()


def test_what_should_conflict_and_does_not_is_an_error() -> None:
    """A store that commits what it should refuse does not pass."""
    with pytest.raises(AssertionError, match="should conflict"):
        conflict(MemoryStore(), write("a"))
