"""Another company's log, with a state of two levels, through the mapping that the docs show."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from incidentflow import IncidentDesk
from incidentflow.incident import Incident
from incidentflow.replay import Replayed, replay
from incidentflow.sources import LogMapping, load_mapping
from incidentflow.stores import MemoryStore

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "import-an-event-log.md"
HEADER = (
    "SR Number;Change Date+Time;Status;Sub Status;Involved ST Function Div;Involved ST;"
    "SR Latest Impact;Product;Country;Owner First Name"
)
FIRST = """
1-1001;2012-03-31T15:59:42+01:00;Accepted;In Progress;A2_1;G97 2nd;Medium;PROD582;fr;Frederic
1-1001;2012-03-31T16:00:56+01:00;Accepted;In Progress;A2_1;G97 2nd;Medium;PROD582;fr;Frederic
1-1001;2012-04-06T15:44:07+02:00;Queued;Awaiting Assignment;A2_1;G230 2nd;Medium;PROD582;fr;Anne
1-1001;2012-04-06T15:45:07+02:00;Accepted;Assigned;A2_1;G230 2nd;High;PROD582;fr;Anne
1-1001;2012-04-07T09:00:00+02:00;Accepted;Wait - User;A2_1;G230 2nd;High;PROD582;fr;Anne
1-1001;2012-04-07T10:00:00+02:00;Accepted;Wait - Vendor;A2_1;G230 2nd;High;PROD582;fr;Anne
1-1001;2012-04-08T10:00:00+02:00;Accepted;In Progress;A2_1;G230 2nd;High;PROD582;fr;Anne
1-1001;2012-04-09T10:00:00+02:00;Completed;Resolved;A2_1;G230 2nd;High;PROD582;fr;Anne
1-1001;2012-05-11T00:26:15+02:00;Completed;Closed;A2_1;G230 2nd;High;PROD582;fr;Siebel
""".strip().splitlines()
SECOND = """
1-2002;2012-03-31T15:00:00+01:00;Queued;Awaiting Assignment;B1;S42;Low;PROD13;se;Olof
1-2002;2012-04-01T08:00:00+02:00;Accepted;Wait;B1;S42;Low;PROD13;se;Olof
1-2002;2012-04-02T08:00:00+02:00;Completed;In Call;B1;S42;Low;PROD13;se;Olof
1-2002;2012-04-03T08:00:00+02:00;Accepted;In Progress;B1;S42;Major;PROD13;se;Olof
1-2002;2012-04-04T08:00:00+02:00;Completed;Closed;B1;S42;Major;PROD13;se;Olof
1-2002;2012-04-05T08:00:00+02:00;Accepted;Assigned;B1;S42;Major;PROD13;se;Olof
1-2002;2012-04-06T08:00:00+02:00;Completed;Resolved;B1;S42;Major;PROD13;se;Olof
""".strip().splitlines()

Tell = Callable[..., tuple[Replayed, IncidentDesk]]


@pytest.fixture
def mapping(tmp_path: Path) -> LogMapping:
    """Give the mapping that the documentation shows, as a user's file."""
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    path = tmp_path / "ours.toml"
    path.write_text(text, "utf-8")
    return load_mapping(path)


@pytest.fixture
def tell(tmp_path: Path, mapping: LogMapping) -> Tell:
    """Replay rows, and give what came of them."""

    def run(*rows: str) -> tuple[Replayed, IncidentDesk]:
        log = tmp_path / "log.csv"
        log.write_text("\n".join((HEADER, *rows, "")), "utf-8")
        store = MemoryStore()
        return replay(log, mapping, store=store), IncidentDesk(store)

    return run


def unknown(row: str, word: str = "-100;-100") -> str:
    """Put an unknown state into a row."""
    cells = row.split(";")
    return ";".join((*cells[:2], word, *cells[4:]))


def history(desk: IncidentDesk, number: str) -> list[str]:
    """Name what happened to an incident."""
    return [entry.kind for entry in desk.history(number)]


def test_the_mapping_is_short() -> None:
    """A user writes no more than thirty lines."""
    (text,) = re.findall(r"^```toml\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)

    assert len([line for line in text.splitlines() if line.strip()]) <= 30
    assert {"log", "columns", "states", "levels", "policy"} == set(tomllib.loads(text))


def test_both_incidents_are_retold_without_a_correction(tell: Tell) -> None:
    """Every step of theirs is a step of the lifecycle."""
    replayed, desk = tell(*FIRST, *SECOND)
    first, second = desk.get("1-1001"), desk.get("1-2002")

    assert (16, 2, 2, 0, 0) == (
        replayed.rows,
        replayed.incidents,
        replayed.replayed,
        replayed.corrections,
        replayed.refused,
    )
    assert {"in_progress": 1, "triaged": 1} == replayed.start
    assert ("closed", "resolved", 2) == (first.state, second.state, second.counts.reopens)
    assert (2, 1, 100.0) == (
        replayed.reopens,
        replayed.reopened_incidents,
        replayed.hold_share_percent,
    )
    assert ("PROD582", "G230 2nd", "P2") == (
        first.category,
        first.team,
        first.priority and first.priority.name,
    )
    assert ["awaiting_requester", "awaiting_vendor"] == [hold.reason for hold in first.holds]
    assert desk.verify().holds


def test_times_with_an_offset_are_instants(tell: Tell) -> None:
    """A change of offset is no change of order, and who saved a row is who did it."""
    _, desk = tell(*FIRST)
    entries = desk.history("1-1001")

    assert (14, 59, "Frederic") == (entries[0].at.hour, entries[0].at.minute, entries[0].by.id)
    assert (22, 26, "Siebel") == (entries[-1].at.hour, entries[-1].at.minute, entries[-1].by.id)
    assert [()] * len(entries) == [entry.warnings for entry in entries]


@pytest.mark.parametrize(
    "mixed", [FIRST[::-1] + SECOND[::-1], sorted(FIRST + SECOND, reverse=True)]
)
def test_rows_in_any_order_tell_the_same(tell: Tell, mixed: list[str]) -> None:
    """The mapping sorts them by time, so that interleaved and reversed rows fall into place."""
    replayed, desk = tell(*mixed)
    straight, other = tell(*FIRST, *SECOND)

    assert straight.matrix == replayed.matrix
    for number in ("1-1001", "1-2002"):
        assert history(other, number) == history(desk, number)


@pytest.mark.parametrize("place", range(len(FIRST)))
def test_an_unknown_state_anywhere_is_one_correction(tell: Tell, place: int) -> None:
    """First, in the middle or last: the state before it stays, and the raw words are kept."""
    rows = list(FIRST)
    rows[place] = unknown(rows[place])
    replayed, desk = tell(*rows)
    incident: Incident = desk.get("1-1001")
    (corrected,) = (entry for entry in desk.history("1-1001") if entry.kind == "corrected")

    assert (len(FIRST), 1, 1, 0) == (
        replayed.rows,
        replayed.replayed,
        replayed.corrections,
        replayed.refused,
    )
    assert "corrected: as in the source log [-100 / -100]" == corrected.event.describe()
    assert (None, "resolved" if place == len(FIRST) - 1 else "closed") == (
        corrected.to,
        incident.state,
    )


def test_a_first_row_that_is_unknown_begins_as_new(tell: Tell) -> None:
    """Nothing is known of it yet but that it exists."""
    replayed, desk = tell(unknown(FIRST[0]))

    assert ({"new": 1}, "new") == (replayed.start, desk.get("1-1001").state)


def test_an_impossible_step_is_one_correction(tell: Tell) -> None:
    """From closed nothing leads back to resolved, so it is put right."""
    replayed, desk = tell(*FIRST, FIRST[-2].replace("2012-04-09", "2012-06-01"))

    assert (1, "resolved") == (replayed.corrections, desk.get("1-1001").state)
    assert "corrected: as in the source log [Completed / Resolved]" == str(
        desk.history("1-1001")[-1].event.describe()
    )


def test_an_unknown_level_is_refused_with_its_line(tell: Tell) -> None:
    """A level is never guessed; the rows around it are retold."""
    replayed, desk = tell(FIRST[0], FIRST[1].replace("Medium", "Huge"), FIRST[2])

    assert (3, 1, 0, 1) == (
        replayed.rows,
        replayed.incidents,
        replayed.replayed,
        replayed.refused,
    )
    assert (
        "line 3, 1-1001: impact 'Huge' is not in [levels]; known: High, Low, Major, Medium",
    ) == replayed.refusals
    assert "triaged" == desk.get("1-1001").state
