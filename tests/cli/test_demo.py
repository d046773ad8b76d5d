"""The demo: five everyday cases, from report to review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from incidentflow import Acknowledge, IncidentDesk
from incidentflow.cli import demo
from incidentflow.cli.stories import STORIES, Story
from incidentflow.cli.stories.story import refusal
from incidentflow.testing.clock import ManualClock

Run = Callable[..., Any]


CASES = (
    "Mail and network outage",
    "Hardware failure",
    "Software bug",
    "Data leak",
    "Power failure",
)


def test_the_demo_plays_five_cases_and_verifies_them(run: Run) -> None:
    """Every case has its title and timeline; it ends well and leaves nothing behind."""
    outcome = run("demo")

    assert (0, "") == (outcome.code, outcome.err)
    for place, title in enumerate(CASES, 1):
        assert f"\n{place}. {title}\n" in outcome.out
    for words in (
        "reported again: ",
        "merged into INC-0000001",
        "(functional)",
        "(hierarchical)",
        "major incident: ",
        "told stakeholders: ",
        "Next update ",
        "Expected resolution ",
        "on hold, awaiting_vendor",
        "on hold, scheduled until ",
        "relapsed: ",
        "(refused)    [transition.refused] INC-0000001 cannot close while",
        "cause identified: ",
        "reopened: ",
        "review drafted: ",
        "reviewed; root cause: ",
        "review waived, approved by mia",
        "[late entry, recorded ",
        "6 incidents and their desk with ",
        "every chain holds, every snapshot is the fold of its journal.",
        "incidentflow demo --keep demo.db",
    ):
        assert words in outcome.out
    assert outcome.out.endswith("  incidentflow --help\n")
    assert [] == list(Path().iterdir())


def test_the_demo_is_the_same_every_time(run: Run) -> None:
    """Its clock is virtual: two runs print the same."""
    assert run("demo").out == run("demo").out


def test_the_demo_may_be_kept_and_looked_around_in(run: Run) -> None:
    """What it printed can be shown again, and verified."""
    out = run("demo", "--keep", "demo.db").out
    store = ("--store", "sqlite:///demo.db")

    assert "incidentflow show INC-0000001 --store sqlite:///demo.db" in out
    assert "Nothing was left behind" not in out
    assert 6 == len(run("list", *store, "--json").data["incidents"])
    assert run("verify", *store, "--json").data["holds"]
    assert "relapsed: " in run("show", "INC-0000001", *store).out


def test_the_demo_overwrites_nothing(run: Run) -> None:
    """A file that exists is not touched."""
    Path("mine.db").write_text("mine", "utf-8")
    outcome = run("demo", "--keep", "mine.db")

    assert (2, "") == (outcome.code, outcome.out)
    assert "keep = 'mine.db': exists already" in outcome.err
    assert "mine" == Path("mine.db").read_text("utf-8")


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.title)
def test_each_story_ends_closed_and_reviewed(story: Story) -> None:
    """Each plays by itself, on any desk; nothing that was required stays open."""
    clock = ManualClock()
    desk = IncidentDesk(clock=clock)
    told = story.play(desk, clock)

    assert "terminal" == told.incident.place.category.value
    assert not any(each.is_raised for each in told.incident.requirements)
    assert desk.verify().holds
    assert desk.next_due() is None


def test_what_is_not_refused_is_no_refusal() -> None:
    """A story that expects a refusal in vain shows none."""
    clock = ManualClock()
    desk = IncidentDesk(clock=clock)
    incident = desk.report("x", by="ana")

    assert () == refusal(desk, clock, incident, Acknowledge(by="ana"))


def test_a_broken_demo_does_not_end_well(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """When its own journals did not hold, the exit code says so."""
    monkeypatch.setattr(demo, "_verified", lambda *_: False)

    assert 1 == run("demo").code
