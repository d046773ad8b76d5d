"""What a store must give once only: numbers, and dedup keys while they are held."""

from __future__ import annotations

from incidentflow.ports import By, Lookup, Store, Subject
from incidentflow.testing.store_data import (
    ACME,
    OTHER,
    MakesStores,
    by_dedup_key,
    by_id,
    by_number,
    conflict,
    incident,
    write,
)


class StoreNumbers(MakesStores):
    """Numbers and dedup keys."""

    def test_numbers_follow_one_another(self) -> None:
        """Each series of each tenant counts from one, in seven digits or more (rule T2)."""
        store = self.fresh()

        assert new(store, "a", series="INC") == "INC-0000001"
        assert new(store, "b", series="INC") == "INC-0000002"
        assert new(store, "c", series="SEC") == "SEC-0000001"
        assert new(store, incident("a", OTHER), series="INC") == "INC-0000001"
        assert new(store, incident("a", kind="drill"), series="INC") == "INC-0000003"
        assert new(store, "d", series="INC", number="INC-9999999") == "INC-9999999"
        assert new(store, "e", series="INC") == "INC-10000000"

    def test_a_number_stays(self) -> None:
        """Later commits neither change a number nor draw or take another."""
        store = self.fresh()
        store.commit([write("a", series="INC"), write("b")])

        assert store.commit(
            [write("a", 1, series="SEC", number="X-1"), write("b", 1, series="INC")]
        ) == ("INC-0000001", None)
        assert by_number(store, "INC-0000001") == by_id(store, "a")
        assert by_number(store, "X-1") is None
        assert new(store, "c", series="INC") == "INC-0000002"

    def test_without_a_series_there_is_no_number(self) -> None:
        """A subject that names no series has no number."""
        store = self.fresh()

        assert new(store, "a") is None
        assert new(store, "b", series="INC") == "INC-0000001"

    def test_a_number_may_be_brought_along(self) -> None:
        """An imported number is kept as it is, and found."""
        store = self.fresh()

        for place, number in enumerate(("4711", "INC-5", "", "INC 7 / \U0001f692")):
            assert number == new(store, f"{place}", series="INC", number=number)
            assert by_number(store, number) == by_id(store, f"{place}")

    def test_a_number_brought_along_is_never_drawn(self) -> None:
        """A brought number of a series' form moves the series past it, and never back."""
        store = self.fresh()
        store.commit([write("a", series="INC", number="INC-0000041")])
        store.commit([write("b", number="SEC-0000007")])
        store.commit([write("c", series="INC", number="INC-0000005")])

        assert new(store, "d", series="INC") == "INC-0000042"
        assert new(store, "e", series="SEC") == "SEC-0000008"
        assert new(store, incident("d", OTHER), series="INC") == "INC-0000001"

    def test_a_number_of_another_form_moves_nothing(self) -> None:
        """What no series can reach does not move it."""
        store = self.fresh()
        for place, number in enumerate(
            (
                "INC-44",
                "INC-00000044",
                "INC-000004a",
                "INC-4444444444444444444444",
                "INC-\u0664\u0664\u0664\u0664\u0664\u0664\u0664",
                "INC-0000044-1",
                "inc-0000044",
                "INC0000044",
            )
        ):
            store.commit([write(f"{place}", series="INC", number=number)])

        assert new(store, "last", series="INC") == "INC-0000001"

    def test_a_number_is_taken_once(self) -> None:
        """A number that another subject of the tenant has is refused, of whatever kind it is."""
        store = self.fresh()
        store.commit([write("a", series="INC"), write("b", number="4711")])
        schedule = incident("c", kind="schedule")

        assert conflict(store, write("c", number="INC-0000001")) == "number"
        assert conflict(store, write(schedule, number="4711")) == "number"
        assert conflict(store, write("c", number="1"), write("d", number="1")) == "number"
        store.commit([write(incident("c", OTHER), number="4711"), write("c", number="1")])

    def test_a_dedup_key_has_one_holder(self) -> None:
        """A key that another subject holds is refused; its holder keeps it."""
        store = self.fresh()
        store.commit([write("a", dedup_key="disk"), write("b")])
        store.commit([write("a", 1, dedup_key="disk")])

        assert conflict(store, write("c", dedup_key="disk")) == "dedup_key"
        assert conflict(store, write("b", 1, dedup_key="disk")) == "dedup_key"
        assert by_dedup_key(store, "disk") == by_id(store, "a")
        store.commit([write(incident("a", OTHER), dedup_key="disk")])

    def test_a_dedup_key_can_be_let_go(self) -> None:
        """A key that is let go, or changed, is free at once, also within one commit."""
        store = self.fresh()
        store.commit([write("a", dedup_key="disk")])
        store.commit([write("a", 1), write("b", dedup_key="disk")])

        assert by_dedup_key(store, "disk") == by_id(store, "b")
        store.commit([write("b", 1, dedup_key="memory"), write("a", 2, dedup_key="disk")])
        assert by_dedup_key(store, "disk") == by_id(store, "a")
        assert by_dedup_key(store, "memory") == by_id(store, "b")
        store.commit([write("a", 3), write("b", 2)])
        assert [by_dedup_key(store, key) for key in ("disk", "memory")] == [None, None]

    def test_the_empty_text_is_a_key_like_others(self) -> None:
        """Only None holds no dedup key and names no command."""
        store = self.fresh()
        store.commit([write("a", dedup_key="", key=""), write("b"), write("c")])

        assert conflict(store, write("d", dedup_key="")) == "dedup_key"
        assert conflict(store, write("d", key="")) == "key"
        assert by_id(store, "a") == store.load(Lookup(ACME, By.DEDUP_KEY, ""))


def new(store: Store, subject: Subject | str, **index: object) -> str | None:
    """Commit a new subject and return its number."""
    [number] = store.commit([write(subject, **index)])
    return number
