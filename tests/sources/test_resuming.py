"""Invariant: a replay that was interrupted anywhere and run again is as if it had not been."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incidentflow import IncidentDesk
from incidentflow.errors import CommitConflict
from incidentflow.journal import verify
from incidentflow.ports import Query, Store, Write
from incidentflow.replay import Replayed, replay
from incidentflow.sources import LogMapping
from incidentflow.stores import MemoryStore, SQLiteStore

Cells = dict[str, str]
WriteLog = Callable[..., Path]
Rows = Callable[..., list[Cells]]
STATES = ("New", "Queued", "Work", "Vendor", "Done", "Shut", "Odd")


def told(store: Store) -> dict[str, Any]:
    """Tell all of a store but what is drawn by chance: each incident, and its journal."""
    desk = IncidentDesk(store)
    return {
        str(incident.number): (evolve(incident, id=""), desk.history(incident))
        for incident in desk.find(limit=1000)
    }


def totals(replayed: Replayed) -> dict[str, object]:
    """Return the counts that do not tell of runs."""
    counts = replayed.summary()
    return {name: counts[name] for name in counts if name not in {"seconds", "resumed"}}


def interleaved(count: int) -> list[Cells]:
    """Tell of some incidents whose rows are scattered over the log, some of them bad."""
    return [
        {
            "id": str(n * n % 7),
            "at": "never" if n % 13 == 5 else f"2026-03-{1 + n * 7 % 29:02} {n % 24:02}:00",
            "state": STATES[n * 5 % 11 % 7],
            "team": f"team {n % 3}",
        }
        for n in range(count)
    ]


@st.composite
def logs(draw: st.DrawFn) -> tuple[list[Cells], int]:
    """Draw the rows of a log, and after how many of them it is interrupted."""
    row = st.fixed_dictionaries(
        {
            "id": st.sampled_from("1234"),
            "at": st.sampled_from(("never", *(f"2026-03-02 {hour:02}:00" for hour in range(8)))),
            "state": st.sampled_from(STATES),
        },
        optional={"team": st.sampled_from("ab"), "impact": st.sampled_from(("big", "odd"))},
    )
    rows = draw(st.lists(row, min_size=1, max_size=12))
    return rows, draw(st.integers(0, len(rows)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told_of=logs())
def test_a_log_that_grows_is_replayed_as_if_it_were_whole(
    write: WriteLog, mapping: LogMapping, told_of: tuple[list[Cells], int]
) -> None:
    """Stopped behind any row, and run again with all of them: same incidents, same counts."""
    rows, stopped = told_of
    once, twice = MemoryStore(), MemoryStore()
    whole = replay(write(*rows), mapping, store=once)
    before = replay(write(*rows[:stopped]), mapping, store=twice)
    again = replay(write(*rows), mapping, store=twice)

    assert told(once) == told(twice)
    assert totals(whole) == totals(again)
    assert (0, stopped) == (whole.resumed, again.resumed)
    assert whole.refusals == before.refusals + again.refusals


class Failing(MemoryStore):
    """A store that fails after some commits, as if the process were killed."""

    def __init__(self, commits: int) -> None:
        super().__init__()
        self.commits = commits

    def commit(self, writes: Sequence[Write]) -> tuple[str | None, ...]:
        """Commit, or die."""
        if not self.commits:
            raise KeyboardInterrupt
        self.commits -= 1
        return super().commit(writes)


@pytest.mark.parametrize("order", ["arrival", "time"])
@pytest.mark.parametrize("commits", [0, 1, 2])
def test_a_replay_that_is_killed_goes_on_where_its_last_batch_ended(
    write: WriteLog, mapping: LogMapping, commits: int, order: str
) -> None:
    """Incidents whose rows lie on both sides are resumed; nothing is applied twice."""
    ordered = evolve(mapping, layout=evolve(mapping.layout, order=order))
    log, once, killed = write(*interleaved(1_300)), MemoryStore(), Failing(commits)
    whole = replay(log, ordered, store=once)
    with pytest.raises(KeyboardInterrupt):
        replay(log, ordered, store=killed)
    killed.commits = 100
    again = replay(log, ordered, store=killed)

    assert told(once) == told(killed)
    assert totals(whole) == totals(again)
    assert commits * 500 <= again.resumed <= commits * 600


def test_a_replay_that_was_whole_has_nothing_left(
    write: WriteLog, mapping: LogMapping, tmp_path: Path
) -> None:
    """Run again it writes nothing, and counts the same; also from a file."""
    log = write(*interleaved(40))
    url = f"sqlite:///{tmp_path / 'incidents.db'}"
    whole = replay(log, mapping, store=url)
    again = replay(log, mapping, store=url)
    with SQLiteStore(tmp_path / "incidents.db") as store:
        (stored,) = store.find(Query(tenant="default", kind="source"))
        broken = verify(stored.subject, store.history(stored.subject), stored.head)

    assert (1, None) == (stored.version, broken)
    assert (totals(whole), 40) == (totals(again), again.resumed)


def test_a_log_that_was_changed_is_another_log(
    write: WriteLog, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Where a row differs before the end of the earlier run, nothing of it is resumed."""
    one, two = rows("New", "Work"), rows("New", "Work", number="2")
    replay(write(*one), mapping, store=store)
    changed = [one[0], {**one[1], "title": "changed"}]
    later = replay(write(*changed, *two[:1]), mapping, store=store)
    resumed = replay(write(*changed, *two), mapping, store=store)
    shorter = replay(write(*one[:1]), mapping, store=store)
    other = replay(write(*one), evolve(mapping, digest="changed"), store=store)

    assert [(0, 2), (3, 2), (0, 1), (0, 2)] == [
        (each.resumed, each.refused) for each in (later, resumed, shorter, other)
    ]
    desk = IncidentDesk(store)
    assert ("in_progress", 2) == (desk.get("2").state, desk.get("1").counts.notes + 2)


def test_an_incident_from_elsewhere_is_not_resumed(
    write: WriteLog, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """What the log did not begin stays as it is, in the next run too."""
    IncidentDesk(store).report("Mine", by="ana", number="1")
    log = rows("New", "Work")
    first = replay(write(*log[:1]), mapping, store=store)
    again = replay(write(*log), mapping, store=store)

    assert [(0, 1), (1, 2)] == [(each.resumed, each.refused) for each in (first, again)]
    assert "new" == IncidentDesk(store).get("1").state


def test_two_replays_of_one_log_at_once_are_told(
    write: WriteLog, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """The one that is slower commits nothing; run again, it finds all done."""
    log = write(*(row for n in range(600) for row in rows("New", number=str(n))))

    def meanwhile(rows_so_far: int, _: int) -> None:
        assert (500, 600) == (rows_so_far, replay(log, mapping, store=store).rows)

    with pytest.raises(CommitConflict):
        replay(log, mapping, store=store, progress=meanwhile)

    assert 600 == replay(log, mapping, store=store).resumed
    assert 600 == len(IncidentDesk(store).find(limit=1000))
