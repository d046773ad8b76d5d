"""Invariant: shipped matrices give the priorities that other products give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from incidentflow import Impact, Matrix, Urgency
from incidentflow.policy import MATRICES

PRODUCTS = {"itop": 1, "servicenow": 1, "glpi": 5}
"""The products whose matrices are shipped, and what the most severe level is called there."""


def product_of(case: dict[str, object]) -> str:
    """Name the product that a case comes from; its matrix is shipped."""
    known = [name for name in PRODUCTS if name in str(case["scale"]).lower()]
    assert len(known) == 1, f"no shipped matrix for {case['scale']}"
    return known[0]


def level(said: object, worst: int) -> int:
    """Read a level, as in ``"1 - High"``: 1 is the most severe here, in some products the least."""
    told = int(str(said).partition(" ")[0])
    return told if worst == 1 else worst + 1 - told


@pytest.fixture(scope="session")
def cases(data: Path) -> list[dict[str, object]]:
    """Read every case of every file of this kind."""
    paths = sorted((data / "oracles").glob("priority_matrix_*.json"))
    found = [case for path in paths for case in json.loads(path.read_text("utf-8"))["cases"]]
    assert found, "the folder has no priority matrix"
    return found


def differs(case: dict[str, object]) -> bool:
    """Whether the shipped matrix of its product gives another priority than a case expects."""
    name = product_of(case)
    impact, urgency, expected = (
        level(case[column], PRODUCTS[name]) for column in ("impact", "urgency", "expected_priority")
    )
    matrix: Matrix = MATRICES[name]
    found = matrix.priority({"impact": Impact(impact), "urgency": Urgency(urgency)})
    return found != expected


def test_every_case_has_the_priority_of_its_product(cases: list[dict[str, object]]) -> None:
    """Through the shipped matrix of that product."""
    assert [] == [case for case in cases if differs(case)]
