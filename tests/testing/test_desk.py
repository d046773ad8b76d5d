"""A desk with a clock to wind: what falls due happens on the way, at its instant."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from incidentflow import ITIL, Hold, Merge, Policy, Resolve, Step
from incidentflow.errors import Failure, InvalidInput, LifecycleError
from incidentflow.incident import Case
from incidentflow.policy import Audience, HoldReason, Subscription
from incidentflow.policy.file import write_policy
from incidentflow.testing.clock import MONDAY
from incidentflow.testing.desk import WindableDesk
from incidentflow.testing.notifiers import RecordingNotifier

RESOLVE = Resolve(by="ana", code="fixed", note="restarted")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def recorded(desk: WindableDesk, name: str) -> Iterable[tuple[str, datetime]]:
    """List what happened to an incident, and when it was recorded."""
    return [(entry.kind, entry.recorded_at) for entry in desk.history(name)]


def test_what_falls_due_on_the_way_happens_at_its_due_instant() -> None:
    """Not when the winding ends; and what follows from it happens on the way, too."""
    desk = WindableDesk(policy=Policy(hold_reasons=(HoldReason("parked"),)))
    first = desk.report("Mail stuck", by="ana", to="resolved", code="fixed", note="restarted")
    second = desk.report("Disk full", by="ana")
    desk.apply(second, Hold(by="ana", reason="parked", until=MONDAY + HOUR))

    assert MONDAY + 6 * DAY == desk.advance(days=6) == desk.now
    assert ("closed", MONDAY + 5 * DAY) in recorded(desk, first.id)
    assert ("resumed", MONDAY + HOUR) in recorded(desk, second.id)


def test_nothing_happens_before_its_instant() -> None:
    """A microsecond short of closing it is still resolved; at the instant it is closed."""
    desk = WindableDesk()
    incident = desk.report("Mail stuck", by="ana", to="resolved", code="fixed", note="restarted")
    desk.advance(days=5, microseconds=-1)

    assert "resolved" == desk.get(incident).state
    assert MONDAY + 5 * DAY == desk.advance(microseconds=1)
    assert "closed" == desk.get(incident).state


def test_every_tenant_s_time_passes() -> None:
    """One clock serves all tenants, whichever view winds it."""
    desk = WindableDesk()
    acme = desk.tenant("acme")
    incident = acme.report("Mail stuck", by="ana", to="resolved", code="fixed", note="restarted")
    desk.advance(days=5)

    assert "closed" == acme.get(incident).state
    assert desk.now == acme.now
    assert acme.advance(hours=1) == desk.now


def test_time_passes_until_something_is_true() -> None:
    """It stops at the first due instant that made it true, or at once."""
    desk = WindableDesk()
    incident = desk.report("Mail stuck", by="ana", to="resolved", code="fixed", note="restarted")

    assert MONDAY + 5 * DAY == desk.tick_until(lambda: desk.get(incident).state == "closed")
    assert MONDAY + 5 * DAY == desk.tick_until(lambda: desk.get(incident).state == "closed")
    assert MONDAY + 6 * DAY == desk.tick_until(MONDAY + 6 * DAY)


@pytest.mark.parametrize("within", [timedelta(days=4), timedelta(days=400)])
def test_what_never_becomes_true_is_said(within: timedelta) -> None:
    """Whether it is due later, or never."""
    desk = WindableDesk()
    desk.report("Mail stuck", by="ana", to="resolved", code="fixed", note="restarted")

    with pytest.raises(AssertionError, match=r"not true by 202[67]-"):
        desk.tick_until(lambda: False, within=within)


def test_time_is_never_wound_back() -> None:
    """A test that asks for it has made a mistake, which is told."""
    desk = WindableDesk()
    with pytest.raises(InvalidInput, match="is past; the clock stands at 2026-03-02 08:00"):
        desk.advance(seconds=-1)
    with pytest.raises(InvalidInput, match="has no time zone"):
        desk.tick_until(datetime(2026, 3, 3))  # noqa: DTZ001 - that is the point

    assert MONDAY == desk.advance() == desk.now


def test_a_policy_may_be_a_file_as_for_every_desk(tmp_path: Path) -> None:
    """Its messages are recorded; what is no policy is told as by every desk."""
    file = tmp_path / "policy.toml"
    file.write_text(write_policy(Policy(auto_close=2 * DAY)), "utf-8")
    desk = WindableDesk(policy=file)
    incident = desk.report("Mail stuck", by="ana", team="mail")
    desk.apply(incident, RESOLVE)
    desk.advance(days=2)

    assert "closed" == desk.get(incident).state
    assert {"mail"} == {each.recipient for each in desk.sent}
    with pytest.raises(InvalidInput, match="policy = 5: is no Policy"):
        WindableDesk(policy=5)


def test_a_tick_that_fails_is_raised_with_the_incident() -> None:
    """A guard with a fault does not stay hidden in what a worker would only count."""

    def faulty(case: Case) -> Failure | None:
        msg = f"no guard for {case.incident.state}"
        raise LookupError(msg)

    ours = ITIL.extend(Step("close", "triaged", "closed", guards=faulty))
    steps = tuple(
        Step("close", "resolved", "closed", guards=faulty)
        if (step.trigger, step.sources) == ("close", ("resolved",))
        else step
        for step in ours.steps
    )
    desk = WindableDesk(lifecycle=type(ITIL)("ours", ours.states, steps))
    incident = desk.report("Mail stuck", by="ana", to="resolved", code="fixed", note="restarted")

    with pytest.raises(LifecycleError, match=r"guard 'faulty' .* raised LookupError") as caught:
        desk.advance(days=6)

    assert [f"while ticking incident {incident.id} at {MONDAY + 5 * DAY}"] == caught.value.__notes__


def test_what_was_sent_is_kept_in_order() -> None:
    """Recipient, kind and incident, once it went out; owed commands are no messages."""
    with WindableDesk() as desk:
        other = desk.report("Disk full", by="ana")
        incident = desk.report("Mail stuck", by="ana", requester="rita", team="mail")

        assert () == desk.sent

        desk.advance(hours=1)
        desk.apply(incident, RESOLVE)
        desk.apply(other, Merge(by="bo", into=desk.report("Disk", by="ana").id))
        desk.tick()

        assert [
            ("mail", Audience.TEAM, "reported", incident.id),
            ("mail", Audience.TEAM, "assigned", incident.id),
            ("rita", Audience.REQUESTER, "resolved", incident.id),
        ] == [(each.recipient, each.audience, each.kind, each.incident) for each in desk.sent]
        assert () == desk.tenant("acme").sent


def test_every_channel_of_the_policy_is_recorded() -> None:
    """Unless the desk is given notifiers of its own."""
    told = Subscription("team", "reported", channel="pager")
    mine = RecordingNotifier("pager")
    for options, recorded in (({}, 1), ({"notifiers": [mine]}, 0)):
        with WindableDesk(policy=Policy(subscriptions=(told,)), **options) as desk:
            desk.report("Mail stuck", by="ana", team="mail")
            desk.advance(minutes=1)

            assert recorded == len(desk.sent)

    assert ["mail"] == [each.recipient for each in mine.sent]


def test_what_did_not_stand_was_not_sent() -> None:
    """A batch that fails leaves nothing."""
    with WindableDesk() as desk:
        with suppress(LookupError), desk.batch() as batch:
            batch.report("Mail stuck", by="ana", team="mail")
            raise LookupError
        desk.advance(minutes=1)

        assert () == desk.sent


def test_the_same_seed_gives_the_same_journal() -> None:
    """And another seed gives another; the beginning is chosen too."""
    start = datetime(2030, 1, 1, tzinfo=UTC)
    one, same, other = (
        WindableDesk(start=start, seed=seed).report("x", by="a") for seed in (1, 1, 2)
    )

    assert one == same
    assert one.id != other.id
    assert start == one.reported_at
