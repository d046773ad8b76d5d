"""Invariant: a mapping that cannot work is refused when it is read, with every problem listed."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from incidentflow import load_policy
from incidentflow.errors import InvalidInput, MappingError, PolicyError
from incidentflow.sources import load_mapping, read_mapping

GOOD: dict[str, Any] = {
    "log": {"number": "id", "at": "at", "state": "state"},
    "states": {"New": "new"},
}


def problems(**changes: object) -> tuple[str, ...]:
    """Read a good mapping with some sections changed, and list what is wrong with it."""
    with pytest.raises(MappingError, match="mapping 'mine'") as caught:
        read_mapping({**GOOD, **changes}, "mine")
    return caught.value.problems


def test_a_small_mapping_is_enough() -> None:
    """Three columns and one word make a mapping; everything else has a default."""
    mapping = read_mapping(GOOD, "mine")

    assert ("mine", ("state",), "iso", "arrival") == (
        mapping.name,
        mapping.layout.state,
        mapping.layout.time,
        mapping.layout.order,
    )
    assert ["id", "at", "state"] == list(mapping.wanted())
    assert () == mapping.policy.requirements


def test_the_shipped_mapping_loads() -> None:
    """ServiceNow's words, levels and habits."""
    mapping = load_mapping("servicenow")

    assert "servicenow" == mapping.name
    assert ("on_hold", "awaiting_vendor") == (
        mapping.states["Awaiting Vendor"].state,
        mapping.states["Awaiting Vendor"].hold_reason,
    )
    assert mapping.policy.reopen_closed
    assert mapping.policy.reopen_window is None


def test_a_users_file_loads_by_its_path(tmp_path: Path) -> None:
    """The name of the file is the name of the mapping, unless it says another one."""
    text = '[log]\nnumber = "id"\nat = "at"\nstate = "state"\n[states]\nNew = "new"\n'
    path = tmp_path / "ours.toml"
    path.write_text(text, "utf-8-sig")
    named = tmp_path / "other.toml"
    named.write_text(f'name = "call centre"\n{text}', "utf-8")

    assert "ours" == load_mapping(path).name
    assert "call centre" == load_mapping(str(named)).name


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "No such file or directory; give a TOML file, or a shipped mapping: servicenow"),
        (b"\xff\xfe", "is no UTF-8 text; give a TOML file"),
        (b"[log", "is no TOML: "),
        (b"x = " + b"[" * 5000 + b"]" * 5000, "is nested too deeply; give at most a few levels"),
        (b"x = " + b"1" * 5000, "has a number with thousands of digits; give at most 18"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, content: bytes | None, problem: str
) -> None:
    """The error says what would do."""
    path = tmp_path / "ours.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(MappingError, match=problem):
        load_mapping(path)


@pytest.mark.parametrize("load", [load_mapping, load_policy])
def test_what_is_no_small_file_is_refused(load: Callable[[Any], object], tmp_path: Path) -> None:
    """It might never end, as a device does; what is no path at all is no file either."""
    large, pipe = tmp_path / "large.toml", tmp_path / "pipe"
    large.write_text("#" * (1 << 20), "utf-8")
    os.mkfifo(pipe)

    with suppress(MappingError):
        load(large)
    large.write_text("#" * ((1 << 20) + 1), "utf-8")
    for path, problem in (
        (large, "is larger than 1 MiB; give a TOML file"),
        (pipe, "is no regular file; give a TOML file"),
        (Path("/dev/zero"), "is no regular file; give a TOML file"),
        (str(tmp_path), "is no regular file; give a TOML file"),
        ("a\x00b", "is no path; give a TOML file"),
    ):
        with pytest.raises((MappingError, PolicyError), match=problem):
            load(path)
    for nothing in (5, None, b"ours.toml"):
        with pytest.raises(InvalidInput, match=r"^path = .*give the name of a file"):
            load(nothing)


def test_all_problems_are_listed_at_once() -> None:
    """Whoever writes a mapping mends it in one go."""
    found = problems(
        log={"numbr": "id", "at": "at", "state": 5, "order": "random", "zone": "Mars/Base"},
        columns={"titel": "title", "impact": []},
        colours={},
        states={"New": "knew", "Wait": "on_hold", "Work": "in_progress: lunch", "X": 5},
        levels={"impact": ["a", "b", "c", "d"], "mood": ["good"]},
        defaults={"impact": "hihg", "title": "{nummer}", "by": "system:me", "cod": "x"},
        fields={"two words": "x"},
        policy={"matrix": "servicenew", "reopen_closed": "yes", "window": 5},
    )

    assert {
        "unknown section: 'colours'; did you mean 'columns'?",
        "unknown key of [log]: 'numbr'; did you mean 'number'?",
        "[log] needs 'number': the name of a column",
        "[log] state is 5; give text, or several in brackets",
        "[log] order is 'random'; known: arrival, time",
        "[log] zone 'Mars/Base' is unknown; give one such as 'Europe/Berlin'",
        "unknown input in [columns]: 'titel'; did you mean 'title'?",
        "[columns] impact is []; give text, or several in brackets",
        "[fields] 'two words' is no identifier",
        "[states] 'New' means 'knew'; did you mean 'new'?",
        "[states] 'Wait' waits for what? write 'on_hold: awaiting_vendor'",
        "[states] 'Work' gives a reason to hold, but 'in_progress' does not wait",
        (
            "[states] 'X' means '5'; known: cancelled, closed, in_progress, merged, mitigated, "
            "new, on_hold, resolved, triaged"
        ),
        "unknown scale in [levels]: 'mood'; known: impact, priority, severity, urgency",
        "unknown key of [defaults]: 'cod'; did you mean 'code'?",
        (
            "[defaults] impact = 'hihg': is not on the scale high, medium, low, minor, minimal "
            "(1 to 5); did you mean 'high'?"
        ),
        "[defaults] title '{nummer}' knows no other brace than {number}",
        "[defaults] by is 'system:me'; give a person or a service",
        (
            "policy: unknown key 'window'; known: close_unresolved, matrix, reopen_closed, "
            "require_assignee"
        ),
        "policy.reopen_closed is 'yes'; give true or false",
        "policy.matrix is 'servicenew'; did you mean 'servicenow'?",
    } == set(found)


@pytest.mark.parametrize("section", ["log", "columns", "fields", "states", "levels", "policy"])
def test_a_section_that_is_no_table_is_named(section: str) -> None:
    """And the other sections are still looked at."""
    found = problems(**{section: 5, "colours": {}})

    assert f"[{section}] is no table" in found
    assert any("colours" in problem for problem in found)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"name": 5}, "name is 5; give text"),
        ({"states": {}}, "[states] is empty: say what each word"),
        ({"log": {**GOOD["log"], "delimiter": ";;"}}, "[log] delimiter is not one character"),
        ({"log": {**GOOD["log"], "delimiter": 5}}, "[log] delimiter is 5; give text"),
        ({"log": {**GOOD["log"], "encoding": "klingon"}}, "[log] encoding 'klingon' is unknown"),
        ({"log": {**GOOD["log"], "encoding": "a\0b"}}, "[log] encoding 'a\\x00b' is unknown"),
        ({"log": {**GOOD["log"], "zone": "../etc"}}, "[log] zone '../etc' is unknown"),
        ({"log": {**GOOD["log"], "zone": "Europe"}}, "[log] zone 'Europe' is unknown"),
        ({"log": {**GOOD["log"], "time": "%Q"}}, "[log] time '%Q' is no format for strptime"),
        ({"log": {**GOOD["log"], "state": ["a", "a"]}}, "[log] state names something twice"),
        ({"log": {**GOOD["log"], "state": ["a", 5]}}, "[log] state is ['a', 5]; give text"),
        ({"log": {**GOOD["log"], "state": "a\nb"}}, "unprintable character"),
        ({"levels": {"impact": 3}}, "[levels] impact is 3; give text"),
        ({"levels": {"impact": ["a", "a"]}}, "[levels] impact names something twice"),
        (
            {"levels": {"severity": list("abcdef")}},
            "[levels] severity lists 6 words; the scale has 5 levels",
        ),
        (
            {"levels": {"impact": list("abcd")}},
            "[levels] impact lists 4 words; matrix 'ITIL 3x3' has 3",
        ),
        ({"defaults": {"impact": 4}}, "[defaults] impact lies beyond matrix 'ITIL 3x3'"),
        ({"defaults": {"impact": "hihg"}}, "[defaults] impact = 'hihg': is not on the scale"),
        ({"defaults": {"title": 5}}, "[defaults] title is 5; give visible text"),
        ({"defaults": {"title": "{0}"}}, "knows no other brace than {number}"),
        ({"defaults": {"title": "{"}}, "knows no other brace than {number}"),
        ({"defaults": {"title": "{number.x}"}}, "knows no other brace than {number}"),
        ({"defaults": {"by": "service:"}}, "[defaults] by is 'service:'"),
        ({"policy": {"matrix": 5}}, "policy.matrix is 5; give a table"),
        ({"policy": {"matrix": {}}}, "policy.matrix needs 'cells'"),
        ({"policy": {"matrix": {"cells": 5}}}, "policy.matrix.cells is 5; give several"),
        ({"policy": {"matrix": {"cells": [[7]]}}}, "policy.matrix.cells[1][1] is 7"),
        ({"policy": {"matrix": {"rows": 5, "cells": [[1]]}}}, "policy.matrix.rows is 5"),
        (
            {"policy": {"matrix": {"cells": [[1], [2]], "colums": "urgency"}}},
            "policy.matrix: unknown key 'colums'; did you mean 'columns'?",
        ),
        (
            {"policy": {"matrix": {"cells": [[2], [1]]}}},
            "policy.matrix: cell (2, 1) is P1, more urgent than P2",
        ),
        ({"policy": {"matrix": {"rows": "mood", "cells": [[1]]}}}, "policy.matrix: unknown axis"),
    ],
)
def test_every_kind_of_problem_is_named(changes: dict[str, object], problem: str) -> None:
    """Each in one sentence that says what would do."""
    found = problems(**changes)

    assert any(problem in one for one in found), found


def test_a_matrix_of_ones_own_is_drawn_in_the_mapping() -> None:
    """Four levels of impact alone decide, as in another company's log."""
    mapping = read_mapping(
        {
            **GOOD,
            "levels": {"impact": ["Major", "High", "Medium", "Low"]},
            "policy": {"matrix": {"rows": "impact", "cells": [[1], [2], [3], [4]]}},
        },
        "mine",
    )

    assert ("impact",) == mapping.policy.matrix.axes


def test_a_word_of_two_levels_counts_before_the_first_alone() -> None:
    """Say one level where the second does not matter, and both where it does."""
    states = {"Done": "resolved", "Done / In Call": "closed"}
    mapping = read_mapping({**GOOD, "states": states}, "mine")

    assert ["closed", "resolved", "resolved", None] == [
        target and target.state
        for target in (
            mapping.target(("Done", "In Call")),
            mapping.target(("Done", "Other")),
            mapping.target(("Done", "")),
            mapping.target(("Dome", "In Call")),
        )
    ]
