"""What a store must find: everything that fits, in order, page by page."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import evolve

from incidentflow.ports import Order, Query, Store
from incidentflow.testing.store_data import (
    ACME,
    OTHER,
    MakesStores,
    by_id,
    ids,
    incident,
    walk,
    write,
)
from incidentflow.words import FieldValue

SOME: Mapping[str, Mapping[str, object]] = {
    "a": {"state": "new", "category": "open", "priority": 1, "due_at": 50, "service": "mail"},
    "b": {"state": "new", "category": "open", "priority": 3, "due_at": 40, "team": "linux"},
    "c": {"state": "held", "category": "open", "due_at": 50, "assignee": "ana"},
    "d": {"state": "solved", "category": "done", "priority": 2, "service": "mail"},
    "e": {"state": "closed", "category": "done", "priority": 5, "team": "mail"},
    "f": {"state": "new", "category": "open", "priority": 4, "due_at": -1, "assignee": "mail"},
    "g": {},
    "h": {"state": "held", "category": "done", "priority": 1, "due_at": 0, "service": ""},
}
ALL = tuple(SOME)


class StoreFinds(MakesStores):
    """Queries; a store may answer with more than fits, but with all of it."""

    def test_everything_is_found_newest_first(self) -> None:
        """Without conditions a query finds all subjects of its tenant and kind, by id."""
        store = populated(self.fresh())

        assert list(reversed(ALL)) == ids(walk(store, Query(tenant=ACME)))
        assert ids(walk(store, Query(tenant=OTHER))) == ["a"]
        assert ids(walk(store, Query(tenant=ACME, kind="schedule"))) == ["s"]
        assert walk(store, Query(tenant="nobody")) == []

    def test_what_is_found_is_what_is_loaded(self) -> None:
        """A found subject is complete."""
        store = populated(self.fresh())

        for found in walk(store, Query(tenant=ACME)):
            assert by_id(store, found.subject) == found

    def test_what_is_found_tells_what_it_is_searched_by(self) -> None:
        """All of it, as it was written last, or nothing at all."""
        store = populated(self.fresh())
        fields: Mapping[str, FieldValue] = {"a b": "x\ny", "n": 5, "yes": True, "": "", "t": "5"}
        last = {"state": "new", "category": "open", "dedup_key": "disk", "fields": fields}
        store.commit([write("g", 1, **last)])
        wanted = {name: write(name, **index).index for name, index in {**SOME, "g": last}.items()}
        for found in walk(store, Query(tenant=ACME)):
            told = found.index or wanted[found.subject.id]

            assert wanted[found.subject.id] == evolve(told, series="", number=None)

    def test_places(self) -> None:
        """States and categories choose, each by itself and together."""
        store = populated(self.fresh())

        finds(store, "fba", states=("new",))
        finds(store, "hfcba", states=("new", "held"))
        finds(store, "hfcba", states=("held", "new", "new", "nowhere"))
        finds(store, "", states=("nowhere",))
        finds(store, "hgedc", other_states=("new",))
        finds(store, "ged", other_states=("held", "new"))
        finds(store, "hed", categories=("done",))
        finds(store, "hfedcba", categories=("open", "done"))
        finds(store, "h", categories=("done",), states=("held", "new"))
        finds(store, "ed", categories=("done",), other_states=("held",))
        finds(store, "hc", states=("new", "held"), other_states=("new", "solved"))
        finds(store, "g", states=("",), categories=("",))

    def test_columns(self) -> None:
        """Priority, service, team and assignee choose."""
        store = populated(self.fresh())

        finds(store, "ha", priority=1)
        finds(store, "hdba", priority=3)
        finds(store, "hfedba", priority=5)
        finds(store, "da", service="mail")
        finds(store, "h", service="")
        finds(store, "e", team="mail")
        finds(store, "c", assignee="ana")
        finds(store, "a", service="mail", states=("new",), priority=2)

    def test_own_fields(self) -> None:
        """Own fields choose by name, type and value, all of them together."""
        store = self.fresh()
        odd = "\0'\"\\%_\n, \U0001f692"
        fields: dict[str, dict[str, FieldValue]] = {
            "a": {"tier": "gold", "seats": 5},
            "b": {"tier": "golden", "seats": 50},
            "c": {"seats": 5, "tier": "gold", "paid": True},
            "d": {"seats": "5", "paid": 1, odd: odd},
            "e": {"seats": 5 << 80, "paid": False, "tier": ""},
            "f": {},
        }
        for name, given in fields.items():
            store.commit([write(name, fields=given)])

        finds(store, "ca", fields={"tier": "gold"})
        finds(store, "ca", fields={"seats": 5, "tier": "gold"})
        finds(store, "c", fields={"paid": True})
        finds(store, "d", fields={"seats": "5"})
        finds(store, "e", fields={"seats": 5 << 80, "paid": False})
        finds(store, "e", fields={"tier": ""})
        finds(store, "d", fields={odd: odd})

    def test_what_is_due_is_found_soonest_first(self) -> None:
        """In the order of due instants, equal ones by id; without one nothing is found."""
        store = populated(self.fresh())

        finds(store, "fhbac", order=Order.DUE)
        finds(store, "fba", order=Order.DUE, states=("new",))
        finds(store, "fbac", order=Order.DUE, categories=("open",), other_states=("closed",))
        finds(store, "fba", order=Order.DUE, priority=4, categories=("open",))

    def test_changes_are_found(self) -> None:
        """A subject is found by what it was last committed with, and by nothing before."""
        store = populated(self.fresh())
        store.commit([write("a", 1, state="closed", category="done", priority=2, team="linux")])

        finds(store, "ea", states=("closed",))
        finds(store, "ba", team="linux")
        finds(store, "fhbc", order=Order.DUE)
        store.commit([write("a", 2, **SOME["a"])])
        finds(store, "fba", states=("new",))
        finds(store, "fhbac", order=Order.DUE)

    def test_pages_miss_and_repeat_nothing(self) -> None:
        """Whatever the size of a page, all pages together are the whole."""
        store = populated(self.fresh())
        for limit in range(1, len(ALL) + 2):
            for order in Order:
                query = Query(tenant=ACME, order=order, limit=limit)

                assert len(store.find(query)) <= limit
                assert walk(store, Query(tenant=ACME, order=order)) == walk(store, query)
        assert store.find(Query(tenant=ACME, limit=0)) == ()

    def test_a_page_does_not_move_with_the_newest(self) -> None:
        """What is added or changed before a page does not move what comes after."""
        store = populated(self.fresh())
        first = store.find(Query(tenant=ACME, limit=3))
        store.commit([write("z", state="new"), write("h", 1)])
        rest = store.find(Query(tenant=ACME, after=(0, first[-1].subject.id)))

        assert list("hgfedcba") == ids([*first, *rest])

    def test_many_states_are_found(self) -> None:
        """Hundreds of states are no obstacle."""
        store = self.fresh()
        names = [f"{place:03d}" for place in range(300)]
        store.commit([write(name, state=name) for name in names])

        assert names[:0:-1] == ids(walk(store, Query(tenant=ACME, other_states=("000",))))
        assert names[::-1] == ids(walk(store, Query(tenant=ACME, states=tuple(names))))

    def test_answers_do_not_depend_on_the_order_of_writing(self) -> None:
        """Two stores with the same content, written in opposite order, find the same."""
        one, two = populated(self.fresh()), populated(self.fresh(), backwards=True)

        for query in (
            Query(tenant=ACME),
            Query(tenant=ACME, order=Order.DUE),
            Query(tenant=ACME, states=("new", "held")),
        ):
            assert ids(walk(one, query)) == ids(walk(two, query))
        assert set(one.due(50, 9, 1)) == set(two.due(50, 9, 1))


def populated(store: Store, *, backwards: bool = False) -> Store:
    """Fill a store with some incidents, and with strangers that no query may find."""
    for name in sorted(SOME, reverse=backwards):
        store.commit([write(name, **SOME[name])])
    for stranger in (incident("a", OTHER), incident("s", kind="schedule")):
        store.commit([write(stranger, due_at=45, state="new", category="open", priority=1)])
    return store


def finds(store: Store, names: str, **conditions: object) -> None:
    """Check that a query finds these incidents of one letter each, in this order."""
    found = ids(walk(store, Query(tenant=ACME, **conditions)))  # type: ignore[arg-type] # by name

    assert list(names) == [name for name in found if name in names]
