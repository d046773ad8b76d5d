"""What a store must know of periods: when a subject began and ended, and what that touches."""

from __future__ import annotations

from attrs import evolve

from incidentflow.ports import Order, Query, Store
from incidentflow.testing.store_data import ACME, MakesStores, conflict, walk, write
from incidentflow.testing.store_finds import finds

HOUR = 3_600_000_000
DAY, YEAR = 24 * HOUR, 365 * 24 * HOUR
LATEST = Query(tenant=ACME, order=Order.BEGUN)
SPANS = {
    "a": (0, 200 * YEAR),
    "b": (YEAR, None),
    "c": (2 * YEAR, 9 * YEAR),
    "d": (9 * YEAR - 3 * DAY, 9 * YEAR),
    "e": (9 * YEAR - HOUR, 9 * YEAR + 1),
    "f": (9 * YEAR, 9 * YEAR),
    "g": (9 * YEAR, 9 * YEAR + DAY),
    "h": (10 * YEAR, None),
}


class StoreSpans(MakesStores):
    """Queries for a period: all that touches it, however long ago it began."""

    def test_what_touches_a_period_is_found(self) -> None:
        """Begun before its end, and not ended before its beginning; the latest first."""
        store = spanning(self.fresh())
        year = 9 * YEAR

        finds(store, "hgfedcba", order=Order.BEGUN)
        finds(store, "gfedcba", order=Order.BEGUN, until=10 * YEAR)
        finds(store, "edcba", order=Order.BEGUN, until=year)
        finds(store, "a", order=Order.BEGUN, until=1)
        finds(store, "", order=Order.BEGUN, until=0)
        finds(store, "hgfedcba", order=Order.BEGUN, since=year)
        finds(store, "hgeba", order=Order.BEGUN, since=year + 1)
        finds(store, "gfedcba", order=Order.BEGUN, since=year, until=year + 1)
        finds(store, "geba", order=Order.BEGUN, since=year + 1, until=10 * YEAR)
        finds(store, "gba", order=Order.BEGUN, since=year + DAY, until=year + 2 * DAY)
        finds(store, "hb", order=Order.BEGUN, since=200 * YEAR + 1)
        finds(store, "hgeba", since=year + 1)
        finds(store, "c", order=Order.BEGUN, since=year, states=("held",))

    def test_a_period_is_found_page_by_page(self) -> None:
        """Whatever the size of a page, all pages together are the whole."""
        store = spanning(self.fresh())
        for query in (LATEST, evolve(LATEST, since=9 * YEAR, until=9 * YEAR + 1)):
            whole = walk(store, query)
            for limit in (1, 2, 3):
                assert walk(store, evolve(query, limit=limit)) == whole

    def test_the_first_beginning_is_kept(self) -> None:
        """Whatever is said later; an earlier one is believed."""
        store = self.fresh()
        store.commit([write("a", begun_at=50), write("b", begun_at=40)])
        store.commit([write("a", 1, begun_at=60, ended_at=70), write("b", 1, begun_at=30)])

        finds(store, "ab", order=Order.BEGUN)
        finds(store, "b", order=Order.BEGUN, until=50)
        finds(store, "ab", order=Order.BEGUN, until=51)
        store.commit([write("a", 2, begun_at=20, ended_at=25)])
        finds(store, "ba", order=Order.BEGUN)
        finds(store, "b", order=Order.BEGUN, since=26)

    def test_what_goes_on_again_has_not_ended(self) -> None:
        """The last commit says when a subject ended, or that it goes on; a refused one nothing."""
        store = self.fresh()
        store.commit([write("a", begun_at=0, ended_at=HOUR)])
        conflict(store, write("a", 9, begun_at=0))
        store.commit([write("a", 1, begun_at=0)])

        finds(store, "a", order=Order.BEGUN, since=2 * HOUR)


def spanning(store: Store) -> Store:
    """Fill a store with what lasted from nothing at all to for ever."""
    for name, (begun_at, ended_at) in SPANS.items():
        state = "held" if name == "c" else "new"
        store.commit([write(name, begun_at=begun_at, ended_at=ended_at, state=state)])
    return store
