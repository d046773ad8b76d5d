"""Metrics and exceptions from the command line."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from incidentflow import Acknowledge, Correct, IncidentDesk, OverridePriority, Resolve
from incidentflow.cli import measuring
from incidentflow.testing.clock import MONDAY, ManualClock

Run = Callable[..., Any]
SINCE, UNTIL = "2026-03-02T00:00Z", "2026-03-12T00:00Z"


@pytest.fixture(autouse=True)
def _filled() -> None:
    """Report three incidents in two months; acknowledge two and resolve one."""
    clock = ManualClock()
    with IncidentDesk("sqlite:///incidents.db", clock=clock) as desk:
        mail = desk.report("Mail", by="ana", service="mail")
        web = desk.report("Web", by="ana", service="web")
        clock.advance(minutes=5, seconds=30)
        desk.apply(mail, Acknowledge(by="ana"))
        clock.advance(days=1, hours=2)
        desk.apply(mail, Resolve(by="ana", code="fixed", note="n"))
        desk.apply(web, OverridePriority(by="bo", priority=1, reason="the\nboard"))
        desk.apply(web, Correct(by="bo", reason="r", raw="Moon", at=MONDAY))
        clock.set(datetime(2026, 4, 1, tzinfo=UTC) - timedelta(minutes=1))
        last = desk.report("Mail", by="ana")
        clock.advance(seconds=0)
        desk.apply(last, Acknowledge(by="ana"))


def test_metrics_are_shown_for_people(run: Run) -> None:
    """With what is left out, and shares in percent."""
    outcome = run("metrics", "--availability", "--since", SINCE, "--until", UNTIL)
    lines = [" ".join(line.split()) for line in outcome.out.splitlines()]

    assert 0 == outcome.code
    assert "2 incidents reported in the period" == lines[0]
    assert "METRIC N MEDIAN MEAN P75 P90 MAX LEFT OUT" in lines
    assert "reported_to_acknowledged 1 5m 30s 5m 30s 5m 30s 5m 30s 5m 30s 1 censored" in lines
    assert "reported_to_resolved 1 1d 2h 1d 2h 1d 2h 1d 2h 1d 2h 1 censored" in lines
    assert "METRIC SHARE COUNT OF BESIDE" in lines
    assert "reopened 0.0 % 0 1 -" in lines
    assert "updates_on_time - 0 0 -" in lines
    assert "availability 3.333 % 8h 10d 2 intervals, 1 ongoing" in lines


def test_a_period_may_begin_and_end_so_long_ago(run: Run) -> None:
    """As for every other option that takes a span; one thing is not many."""
    with IncidentDesk("sqlite:///incidents.db") as desk:
        desk.report("Printer", by="ana", service="print")
    lately = run("metrics", "--availability", "--by", "service", "--since", "1h").out
    ago = "--until", "1h"

    assert 1 == lately.count("\n1 incident reported in the period\n")
    assert "1 interval, 1 ongoing" in lately
    assert run("metrics", *ago).out.startswith("3 incidents reported")
    assert 3 == len(run("exceptions", "--format", "json", *ago).data)
    assert [] == run("exceptions", "--format", "json", "--since", "1h").data


def test_groups_are_shown_one_after_another(run: Run) -> None:
    """By the month of a zone, and with a count in the end."""
    outcome = run("metrics", "--by", "service, month", "--zone", "Europe/Berlin")
    lines = outcome.out.splitlines()

    assert [
        "service mail, month 2026-03",
        "service web, month 2026-03",
        "service -, month 2026-04",
    ] == [line for line in lines if line.startswith("service")]
    assert "3 groups, 3 incidents in all." == lines[-1]
    assert "reported_to_acknowledged    1  0s" in outcome.out


def test_a_duration_of_ones_own(run: Run) -> None:
    """Milestone to milestone, alone."""
    asked = ("metrics", "--between", "acknowledged:resolved", "--format", "csv")
    outcome = run(*asked, "--between", "reported:resolved:total")
    rows = list(csv.reader(io.StringIO(outcome.out)))

    assert ["metric", "figure", "value"] == rows[0]
    assert ["", "incidents", "3"] == rows[1]
    assert ["acknowledged_to_resolved", "max_us", str(26 * 3600 * 10**6)] in rows
    assert ["reported_to_resolved_total", "n", "1"] in rows
    assert 22 == len(rows)


def test_metrics_for_programs(run: Run) -> None:
    """Every key is there."""
    data = run("metrics", "--format", "json", "--by", "priority").data

    assert {"at", "since", "until", "zone", "by", "whole", "groups", "unreadable"} == set(data)
    assert [{"priority": "P1"}, {"priority": None}] == [group["key"] for group in data["groups"]]
    assert 3 == data["whole"]["incidents"]


def test_exceptions_are_shown_for_people(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each, page after page."""
    monkeypatch.setattr(measuring, "PAGE", 1)
    outcome = run("exceptions")
    lines = [" ".join(line.split()) for line in outcome.out.splitlines()]

    assert [
        "2026-03-03 10:05Z INC-0000002 override bo priority overridden to P1: the board",
        "2026-03-03 10:05Z INC-0000002 correction bo 2026-03-02 08:00Z: corrected: r [Moon]",
        "2026-03-03 10:05Z INC-0000002 late entry bo 2026-03-02 08:00Z: corrected: r [Moon]",
        "3 exceptions in sqlite:///incidents.db.",
    ] == lines


def test_exceptions_are_in_the_order_of_recording(run: Run) -> None:
    """Whichever incident they are of; what was entered late at once is one row."""
    late = ("report", "Printer", "--at", "2026-03-02T07:00Z", "--team", "print", "--service", "p")
    assert 0 == run(*late).code
    assert 0 == run("apply", "INC-0000001", "correct", "--reason", "typo", "--raw", "x").code
    data = run("exceptions", "--format", "json").data
    told = [(each["number"], each["kind"]) for each in data[3:]]

    assert [("INC-0000004", "late_entry"), ("INC-0000001", "correction")] == told
    assert "reported" in data[3]["what"]


def test_exceptions_for_programs(run: Run) -> None:
    """The same rows as CSV and as JSON."""
    rows = list(csv.DictReader(io.StringIO(run("exceptions", "--format", "csv").out)))
    data = run("exceptions", "--format", "json", "--since", SINCE, "--until", UNTIL).data

    assert rows == [{**each, "sequence": str(each["sequence"])} for each in data]
    assert ["override", "correction", "late_entry"] == [each["kind"] for each in data]
    assert "the\nboard" == data[0]["reason"]
    assert [] == run("exceptions", "--format", "json", "--until", SINCE).data


def test_what_cannot_be_read_is_told(run: Run) -> None:
    """Beside the output, and it is in no figure."""
    connection = sqlite3.connect("incidents.db")
    connection.execute(
        "UPDATE incidentflow_subject SET snapshot = x'7B7D' WHERE number = 'INC-0000003'"
    )
    connection.commit()
    connection.close()
    measured, listed = run("metrics", "--between", "reported:resolved"), run("exceptions")

    assert measured.out.startswith("2 incidents reported")
    assert "METRIC  SHARE" not in measured.out
    assert 1 == measured.err.count("cannot be read") == listed.err.count("cannot be read")


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("metrics", "--between", "reported"), "is not of the form START:STOP"),
        (("metrics", "--between", "reported:closed"), "is no milestone"),
        (("metrics", "--zone", "Moon"), "is no time zone; give a name such as Europe/Berlin"),
        (("metrics", "--zone", "../x"), "is no time zone"),
        (("metrics", "--by", "colour"), "is no key"),
        (("metrics", "--format", "xml"), "is not in the set"),
        (("metrics", "--since", "yesterday"), "is no instant, such as 2026-03-02T08:30Z, nor how"),
        (("exceptions", "--until", "5 parsecs"), "nor how long ago one was, such as 12h or 30d"),
        (("metrics", "--since", "999999d"), "lies outside all years"),
        (("metrics", "--availability"), "a share of time is of a period"),
        (("exceptions", "--format", "xml"), "is not in the set"),
    ],
)
def test_what_is_wrong_is_said(run: Run, words: tuple[str, ...], problem: str) -> None:
    """With what would work."""
    outcome = run(*words)

    assert (2, "") == (outcome.code, outcome.out)
    assert problem in outcome.err


@pytest.mark.parametrize(
    ("span", "shown"),
    [
        (None, "-"),
        (timedelta(0), "0s"),
        (timedelta(milliseconds=5), "<1s"),
        (timedelta(days=3, hours=1, minutes=5), "3d 1h"),
        (timedelta(minutes=61), "1h 1m"),
    ],
)
def test_a_span_is_shown_by_its_two_greatest_units(span: timedelta | None, shown: str) -> None:
    """None is no zero."""
    assert shown == measuring.show_span(span)
