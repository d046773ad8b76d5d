"""What a store must keep of command keys, and of commits to which nothing but a key belongs."""

from __future__ import annotations

from attrs import evolve

from incidentflow.testing.store_data import (
    ACME,
    OTHER,
    SECOND,
    TOKEN,
    MakesStores,
    by_dedup_key,
    by_id,
    by_key,
    conflict,
    incident,
    lines,
    message,
    settlement,
    write,
)


class StoreKeys(MakesStores):
    """Command keys, and writes without lines."""

    def test_a_command_key_counts_once(self) -> None:
        """A key is taken once in a tenant, whatever subject uses it, and before all else."""
        store = self.fresh()
        store.commit([write("a", key="k", fingerprint="f", dedup_key="disk")])

        assert conflict(store, write("b", key="k")) == "key"
        assert conflict(store, write("a", 1, key="k"), write("b")) == "key"
        assert conflict(store, write("b", key="l"), write("c", key="l")) == "key"
        assert conflict(store, write("a", 9, key="k")) == "key"
        assert conflict(store, write("b", dedup_key="disk", key="k")) == "key"
        store.commit([write("a", 1, key="l")])

    def test_a_command_key_finds_its_first_result(self) -> None:
        """A key leads to the subject as it is now, and to what the command led to then."""
        store = self.fresh()
        store.commit([write("a", 0, 2, key="k", fingerprint="f")])
        store.commit([write("a", 2, 3, key="l", fingerprint="g")])
        now = by_id(store, "a")

        assert now is not None
        assert (now.fingerprint, now.result) == ("", 0)
        assert evolve(now, fingerprint="f", result=2) == by_key(store, "k")
        assert evolve(now, fingerprint="g", result=5) == by_key(store, "l")
        assert by_key(store, "k", OTHER) is None

    def test_a_write_may_hold_no_lines(self) -> None:
        """Then key, settlement and index are written, and the journal stays as it is."""
        store = self.fresh()
        store.commit([write("a", 0, 2, dedup_key="disk", owed=(message("page"),))])
        store.claim(0, 1, SECOND, TOKEN)
        store.commit([write("a", 2, 0, key="k", settles=settlement("page"), due_at=7)])
        found = by_key(store, "k")

        assert (found and (found.result, found.version, found.due_at)) == (2, 2, 7)
        assert lines(1, 2) == store.history(incident("a"))
        assert not store.settle(ACME, settlement("page"))
        assert by_dedup_key(store, "disk") is None
        assert conflict(store, write("a", 1, 0)) == "version"
        assert conflict(store, write("a", 2, 0, key="k")) == "key"
        store.commit([write("b", dedup_key="disk"), write("a", 2, 1)])
