"""Invariant: shipped matrices give the priorities that other products give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from incidentflow import Impact, Matrix, Urgency
from incidentflow.policy import MATRICES


def matrix_of(case: dict[str, object]) -> Matrix:
    """Choose the shipped matrix of the product that a case comes from."""
    known = [name for name in ("itop", "servicenow") if name in str(case["scale"]).lower()]
    assert len(known) == 1, f"no shipped matrix for {case['scale']}"
    return MATRICES[known[0]]


def level(said: object) -> int:
    """Read a level: 1 is the most severe in all of these products, as in ``"1 - High"``."""
    return int(str(said).partition(" ")[0])


@pytest.fixture(scope="session")
def cases(data: Path) -> list[dict[str, object]]:
    """Read every case of every file of this kind."""
    paths = sorted((data / "oracles").glob("priority_matrix_*.json"))
    found = [case for path in paths for case in json.loads(path.read_text("utf-8"))["cases"]]
    assert found, "the folder has no priority matrix"
    return found


def test_every_case_has_the_priority_of_its_product(cases: list[dict[str, object]]) -> None:
    """Through the shipped matrix of that product."""
    differing = [
        case
        for case in cases
        if level(case["expected_priority"])
        != matrix_of(case).priority(
            {"impact": Impact(level(case["impact"])), "urgency": Urgency(level(case["urgency"]))}
        )
    ]

    assert [] == differing
