"""Invariant: a row is retold by the steps people would have taken, or by one correction."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import evolve

from incidentflow import IncidentDesk
from incidentflow.ports import Store
from incidentflow.replay import Replayed, replay
from incidentflow.sources import LogMapping
from incidentflow.stores import MemoryStore

Cells = dict[str, str]
Write = Callable[..., Path]
Rows = Callable[..., list[Cells]]


def kinds(store: Store, number: str) -> list[str]:
    """Name what happened to one incident, in the order of its journal."""
    entries = IncidentDesk(store).history(number)
    return [entry.kind for entry in sorted(entries, key=lambda entry: entry.sequence)]


def told(store: Store, number: str) -> list[str]:
    """Tell what happened to one incident."""
    return [entry.event.describe() for entry in IncidentDesk(store).history(number)]


def counts(replayed: Replayed) -> tuple[int, int, int, int, int]:
    """Sum up what a replay did."""
    return (
        replayed.rows,
        replayed.incidents,
        replayed.replayed,
        replayed.corrections,
        replayed.refused,
    )


def test_a_life_is_retold_step_by_step(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Every state change is the step that a person would have taken, at the row's own time."""
    log = write(*rows("New", "Work", "Vendor", "Work", "Done", "Work", "Done", "Shut"))
    replayed = replay(log, mapping, store=store)

    assert (8, 1, 1, 0, 0) == counts(replayed)
    assert ["reported", "acknowledged", "held", "resumed", "acknowledged"] == kinds(store, "1")[:5]
    assert ["resolved", "reopened", "resolved", "closed"] == kinds(store, "1")[5:]
    assert {"new": 1} == replayed.start
    assert 2 == replayed.matrix["in_progress -> resolved"]
    assert (1, 1, 100.0) == (
        replayed.reopens,
        replayed.reopened_incidents,
        replayed.hold_share_percent,
    )
    entries = IncidentDesk(store).history("1")
    assert [True] * 9 == [entry.at == entry.recorded_at for entry in entries]
    assert [8, 9, 10, 11, 11, 12, 13, 14, 15] == [entry.at.hour for entry in entries]
    assert [()] * 9 == [entry.warnings for entry in entries]


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Work", "in_progress"),
        ("Vendor", "on_hold"),
        ("Eased", "mitigated"),
        ("Done", "resolved"),
        ("Shut", "closed"),
        ("Void", "cancelled"),
    ],
)
def test_a_first_row_may_begin_in_any_state(
    write: Write, rows: Rows, mapping: LogMapping, word: str, state: str
) -> None:
    """What was fixed at first contact is reported and resolved in one commit."""
    replayed = replay(write(*rows(word)), mapping)

    assert ((1, 1, 1, 0, 0), {state: 1}) == (counts(replayed), replayed.start)


def test_the_first_row_may_carry_an_earlier_report(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """It was reported when the log says so, and recorded when the row was saved."""
    opened = "2026-03-01 23:00"
    replay(write(*rows("New", opened=opened), *rows("New", number="2")), mapping, store=store)
    later = rows("New", number="3", opened="2026-03-05 23:00")
    replay(write(*later), mapping, store=store)
    desk = IncidentDesk(store)

    assert (1, 23) == (desk.get("1").reported_at.day, desk.get("1").reported_at.hour)
    assert (("late_entry",), 2) == (
        desk.history("1")[0].warnings,
        desk.history("1")[0].recorded_at.day,
    )
    assert [2, 2] == [desk.get(number).reported_at.day for number in ("2", "3")]


def test_steps_that_do_not_exist_become_one_correction(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Where the lifecycle has no way, the state is put right, with the source's own word."""
    log = write(*rows("Shut", "New", "Joined", "Queued"))
    replayed = replay(log, mapping, store=store)

    assert (4, 1, 1, 2, 0) == counts(replayed)
    assert ["reported", "closed", "corrected", "corrected", "reinstated"] == kinds(store, "1")
    assert [
        "corrected: as in the source log [New]",
        "corrected: as in the source log [Joined]",
    ] == told(store, "1")[2:4]
    assert "triaged" == IncidentDesk(store).get("1").state


@pytest.mark.parametrize("word", ["-100", "", "New?", "?"])
@pytest.mark.parametrize("words", ["_ New Work Done", "New _ Work Done", "New Work Done _"])
def test_an_unknown_word_is_a_correction_that_keeps_the_state(
    write: Write, rows: Rows, mapping: LogMapping, word: str, words: str
) -> None:
    """First, in the middle or last: the state stays, and the raw word is kept (rule L6)."""
    store = MemoryStore()
    said = [word if one == "_" else one for one in words.split()]
    replayed = replay(write(*rows(*said)), mapping, store=store)
    incident = IncidentDesk(store).get("1")

    assert (4, 1, 1, 1, 0) == counts(replayed)
    assert ("resolved", 1) == (incident.state, incident.counts.corrections)
    assert [f"corrected: as in the source log [{word or '(empty)'}]"] == [
        text for text in told(store, "1") if text.startswith("corrected")
    ]


def test_a_row_in_which_nothing_changed_is_a_note(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Never silently nothing: somebody saved it, and that is recorded."""
    replayed = replay(write(*rows("New", "New", "Vendor", "Vendor")), mapping, store=store)

    assert (4, 1, 1, 0, 0) == counts(replayed)
    assert ["reported", "noted", "held", "noted"] == kinds(store, "1")
    assert "note: saved; nothing that is followed has changed" == told(store, "1")[1]


def test_waiting_for_somebody_else_is_a_new_hold(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """The state stays, the reason changes, and so one interval ends and the next begins."""
    replay(write(*rows("Vendor", "User", "Work")), mapping, store=store)
    incident = IncidentDesk(store).get("1")

    assert ["awaiting_vendor", "awaiting_requester"] == [one.reason for one in incident.holds]
    assert ["reported", "held", "held", "resumed", "acknowledged"] == kinds(store, "1")


def test_what_changes_on_later_rows_is_recorded(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Classification, assignment and own fields follow the log, in the commit of their row."""
    first, second, third = rows("New", "Work", "Shut", impact="small", urgency="later")
    second |= {"impact": "big", "urgency": "now", "team": "mail", "tier": "gold", "area": "mail"}
    third |= {"impact": "big", "urgency": "now", "team": "web", "tier": "lead", "title": "Web"}
    replayed = replay(write(first, second, third), mapping, store=store)
    incident = IncidentDesk(store).get("1")

    assert (3, 1, 1, 0, 0) == counts(replayed)
    assert ("mail", "web", "lead", "P1") == (
        incident.category,
        incident.team,
        incident.field("tier"),
        incident.priority and incident.priority.name,
    )
    assert ["prioritised", "assigned", "fields_set"] == kinds(store, "1")[3:6]


def test_other_words_are_followed_in_every_state(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Title, description, source and requester, as the log says them last."""
    first, second, third, fourth = rows("New", "Work", "Shut", "Shut")
    second |= {"title": "Mail is late", "by": "bo"}
    third |= {"title": "Mail is late", "by": "cy"}
    fourth |= {"title": "Mail was late"}
    told_by = evolve(mapping, columns={"title": ("title",), "requester": ("by",)})
    replayed = replay(write(first, second, third, fourth), told_by, store=store)
    incident = IncidentDesk(store).get("1")

    assert (4, 1, 1, 0, 0) == counts(replayed)
    assert ("Mail was late", "cy") == (incident.title, incident.requester)
    assert [
        "described: title Mail is late, requester bo",
        "described: requester cy",
        "described: title Mail was late",
    ] == [text for text in told(store, "1") if text.startswith("described")]


def test_a_change_in_a_finished_incident_comes_after_its_reopening(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """A closed incident has no team to change; reopened in the same row it has."""
    first, second, third = rows("Shut", "Work", "Shut", team="mail")
    second["team"] = third["team"] = "web"
    policy = evolve(mapping.policy, reopen_closed=True)
    replayed = replay(write(first, second, third), evolve(mapping, policy=policy), store=store)

    assert (3, 1, 1, 0, 0) == counts(replayed)
    assert "web" == IncidentDesk(store).get("1").team


def test_a_change_that_a_closed_incident_cannot_take_is_a_correction(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """It keeps the state and its milestones, and says what the row said."""
    first, second = rows("Shut", "Shut", team="mail")
    second["team"] = "web"
    replayed = replay(write(first, second), mapping, store=store)
    incident = IncidentDesk(store).get("1")

    assert (2, 1, 1, 1, 0) == counts(replayed)
    assert ("closed", "mail", 8) == (incident.state, incident.team, incident.since.hour)
    assert "corrected: as in the source log [Shut]" == told(store, "1")[-1]


def test_another_priority_than_the_matrix_gives_is_an_override(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """It ends when an axis changes, comes back when the log says so, and every row is counted."""
    said = [("small", "later", "P5"), ("small", "later", "P5"), ("big", "later", "P2")]
    said += [("big", "later", "P1"), ("big", "now", "P2"), ("big", "now", "P1")]
    told_rows = rows(*["New"] * 6)
    for row, (impact, urgency, priority) in zip(told_rows, said, strict=True):
        row |= {"impact": impact, "urgency": urgency, "priority": priority}
    replayed = replay(write(*told_rows), mapping, store=store)

    assert 4 == replayed.priority_mismatches
    assert [
        ["reported", "prioritised", "priority_overridden"],
        ["noted"],
        ["reclassified", "prioritised"],
        ["priority_overridden"],
        ["reclassified", "prioritised", "priority_overridden"],
        ["priority_overridden"],
    ] == [
        [entry.kind for entry in IncidentDesk(store).history("1") if entry.at.hour == hour]
        for hour in range(8, 14)
    ]


def test_an_override_stays_while_only_another_scale_changes(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """The matrix does not look at severity, so a change of it does not end the override."""
    columns = {**mapping.columns, "severity": ("topic",)}
    first, second, third = rows("New", "New", "New", impact="big", urgency="now", topic="SEV1")
    first["priority"] = second["priority"] = "P4"
    second["topic"] = third["topic"] = "SEV2"
    third["priority"] = "P1"
    replay(write(first, second, third), evolve(mapping, columns=columns), store=store)

    assert ["reported", "prioritised", "priority_overridden"] == kinds(store, "1")[:3]
    assert ["reclassified", "priority_overridden"] == kinds(store, "1")[3:]
    assert "P1" == str(IncidentDesk(store).get("1").priority.name)  # type: ignore[union-attr]


def test_defaults_stand_in_for_what_the_log_lacks(
    write: Write, rows: Rows, mapping: LogMapping, store: MemoryStore
) -> None:
    """Levels, title, reasons and codes; a column that says something goes first."""
    defaults = {**mapping.defaults, "urgency": "high", "title": "Call {number}", "code": "unsaid"}
    log = write(*rows("Done", impact="small"), *rows("Void", number="2", title="Printer"))
    replay(log, evolve(mapping, defaults=defaults), store=store)
    desk = IncidentDesk(store)

    assert ["P2", None] == [
        incident.priority and incident.priority.name for incident in (desk.get("1"), desk.get("2"))
    ]
    assert ["Call 1", "Printer"] == [desk.get("1").title, desk.get("2").title]
    assert "unsaid" == desk.get("1").resolution.code  # type: ignore[union-attr]
    assert "withdrawn" == desk.get("2").ending
