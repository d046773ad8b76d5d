"""Every hook is documented as it is, and has a test of its name."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

import pytest

from incidentflow import hookspecs

PAGE = Path(__file__).parents[2] / "docs/reference/hooks.md"
TESTS = Path(__file__).parent
HOOKS = {
    name: hook
    for name, hook in vars(hookspecs).items()
    if name.startswith("incidentflow_") and callable(hook)
}


def signature(hook: object) -> str:
    """Write a hook as it is declared."""
    shown = inspect.signature(hook)  # type: ignore[arg-type]  # a function
    return f"{shown}".replace("'", "")


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_all_that_its_author_must_know(name: str) -> None:
    """When it is called, what to return, and an example."""
    text = inspect.getdoc(HOOKS[name]) or ""

    assert "Called when" in text
    assert "Returns:\n" in text
    assert "Example:\n" in text
    assert hasattr(HOOKS[name], "incidentflow_spec")


def test_the_page_lists_every_hook_with_its_signature() -> None:
    """Neither more nor fewer, and no other signature."""
    shown = re.findall(r"^### `(incidentflow_\w+)(\(.*)`$", PAGE.read_text("utf-8"), re.MULTILINE)

    assert {name: signature(hook) for name, hook in HOOKS.items()} == dict(shown)
    assert len(shown) == len(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_has_a_test_of_its_name(name: str) -> None:
    """So that nobody adds one in silence."""
    tests = (TESTS / "test_hooks.py").read_text("utf-8")

    assert f"def test_{name}(" in tests
