"""Invariant: what happens in one tenant leaves no trace in another (rules T1 to T3)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from incidentflow import FieldRule, Hold, IncidentDesk, Merge, Note, Policy, Resolve, SetFields
from incidentflow.errors import IncidentNotFound, InvalidInput, TransitionRefused
from incidentflow.ports import Store
from incidentflow.testing.clock import MONDAY, ManualClock

Build = Callable[..., Any]


def test_ids_numbers_and_keys_are_a_tenants_own(desk: IncidentDesk) -> None:
    """The same number, key and dedup key stand for different incidents."""
    acme, zeta = desk.tenant("acme"), desk.tenant("zeta")
    ours = acme.report("Mail is down", by="ana", dedup_key="mail", key="k")
    theirs = zeta.report("Printer", by="bo", dedup_key="mail", key="k")

    assert ("INC-0000001", "INC-0000001") == (ours.number, theirs.number)
    assert ("acme", "zeta") == (ours.tenant, theirs.tenant)
    assert ours.id != theirs.id
    assert ([ours], [theirs], []) == (list(acme.find()), list(zeta.find()), list(desk.find()))
    assert ours == acme.report("Mail is down", by="ana", dedup_key="mail", key="k")


def test_an_incident_of_another_tenant_is_not_found(desk: IncidentDesk) -> None:
    """Not by its id, not as an object, not to merge into."""
    acme = desk.tenant("acme")
    ours, mine = acme.report("Mail is down", by="ana"), desk.report("Printer", by="ana")
    for name in (ours, ours.id):
        with pytest.raises(IncidentNotFound, match="in tenant 'default'"):
            desk.get(name)
        with pytest.raises(IncidentNotFound):
            desk.apply(name, Note(by="ana", text="x"))
    with pytest.raises(TransitionRefused, match=f"there is no incident {ours.id}"):
        desk.apply(mine, Merge(by="ana", into=ours.id))

    assert ours == acme.get(ours)


def test_one_tick_serves_all_tenants(desk: IncidentDesk, clock: ManualClock) -> None:
    """One worker is enough (rule T1)."""
    hold = Hold(by="ana", reason="scheduled", until=MONDAY + timedelta(hours=1))
    for tenant in ("acme", "zeta"):
        desk.tenant(tenant).report("Mail is down", hold, by="ana")
    clock.advance(hours=2)
    ticked = desk.tick()

    assert {"acme": "new", "zeta": "new"} == {one.tenant: one.state for one in ticked.incidents}
    assert () == ticked.failed


def test_a_tenant_is_the_desks_own_from_the_start(build: Build) -> None:
    """Named when built, or viewed later: the same world."""
    acme = build(tenant=" acme ")
    incident = acme.report("Mail is down", by="ana")

    assert incident == build().tenant("acme").get("INC-0000001")
    assert "acme" == acme.describe().tenant


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\nb", 5, None])
def test_a_tenant_is_visible_text(build: Build, name: Any) -> None:  # noqa: ANN401
    """A world without a name could not be found again."""
    with pytest.raises(InvalidInput, match="tenant"):
        build(tenant=name)
    with pytest.raises(InvalidInput, match="tenant"):
        build().tenant(name)


def test_numbers_are_never_used_again(build: Build) -> None:
    """Each series counts by itself, in each tenant; a refused report draws none."""
    desk = build()
    secret = build(policy=Policy(series="SEC"))
    with pytest.raises(TransitionRefused):
        desk.report("Mail is down", by="ana", to="resolved")
    numbers = [each.report("x", by="ana").number for each in (desk, secret, desk, secret)]

    assert ["INC-0000001", "SEC-0000001", "INC-0000002", "SEC-0000002"] == numbers


def test_own_fields_are_kept_found_and_required(build: Build) -> None:
    """Declared by the policy, set by any command, needed before a step (rule T3)."""
    fields = (
        FieldRule("tier", required_at=("resolve",)),
        FieldRule("seats", "number"),
        FieldRule("vip", "flag", personal=True),
    )
    desk = build(policy=Policy(fields=fields))
    incident = desk.report("Mail is down", by="ana", fields={"seats": 5, "vip": True})
    with pytest.raises(TransitionRefused, match="own field tier must be given"):
        desk.apply(incident, Resolve(by="ana", code="fixed", note="x"))
    desk.apply(incident, SetFields(by="ana", fields={"seats": 6}))
    done = desk.apply(incident, Resolve(by="ana", code="fixed", note="x", fields={"tier": "gold"}))

    assert ("gold", 6, True, None) == tuple(
        done.field(name) for name in ("tier", "seats", "vip", "other")
    )
    assert [done] == list(desk.find(fields={"tier": "gold", "seats": 6, "vip": True}))
    assert [] == list(desk.find(fields={"seats": 5}))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"teir": "gold"}, r"fields.teir = 'gold': is no declared field; did you mean 'tier'\?"),
        ({"tier": 5}, "fields.tier = 5: is not of the declared type text"),
        ({"seats": "5"}, "fields.seats = '5': is not of the declared type number"),
        ({"seats": True}, "is not of the declared type number"),
        ({"seats": 1.5}, "is not of the declared type number"),
        ({"seats": 1 << 63}, "is larger than 64 bits hold"),
        (["tier"], "is no mapping"),
    ],
)
def test_own_fields_are_checked(build: Build, fields: Any, problem: str) -> None:  # noqa: ANN401
    """Names and types as they were declared; nothing is converted (rule I6)."""
    desk = build(policy=Policy(fields=(FieldRule("tier"), FieldRule("seats", "number"))))
    with pytest.raises(InvalidInput, match=problem):
        desk.report("Mail is down", by="ana", fields=fields)

    assert 0 == len(desk.find())


def test_a_view_costs_no_connection(desk: IncidentDesk, store: Store) -> None:
    """A thousand tenants share one store."""
    views = [desk.tenant(f"t{number}") for number in range(1000)]

    assert "t999" == views[-1].report("Mail is down", by="ana").tenant
    assert store.name == views[-1].describe().store


def test_a_tick_serves_tenants_in_turn(desk: IncidentDesk, clock: ManualClock) -> None:
    """One tenant's backlog does not hold up another's one incident (rule T1)."""
    resolve = Resolve(by="ana", code="fixed", note="restarted")
    for number in range(5):
        desk.tenant("acme").report(f"Old {number}", resolve, by="ana")
    clock.advance(hours=1)
    desk.tenant("zeta").report("New", resolve, by="ana")
    clock.advance(days=30)

    assert ["acme", "zeta"] == [each.tenant for each in desk.tick(limit=2).incidents]
    assert ["acme"] * 4 == [each.tenant for each in desk.tick().incidents]
