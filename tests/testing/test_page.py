"""The page for test authors is a test module: everything in it passes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "test-your-lifecycle.md"
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_for_test_authors_passes(pytester: pytest.Pytester) -> None:
    """As somebody would copy it, block after block, into one file."""
    pytester.makeconftest((ROOT / "tests" / "conftest.py").read_text("utf-8"))
    pytester.makepyfile("\n\n".join(FENCE.findall(PAGE.read_text("utf-8"))))
    outcomes = pytester.runpytest("-p", "no:cacheprovider").parseoutcomes()

    assert set() == outcomes.keys() & {"failed", "errors", "skipped"}
    assert outcomes["passed"] > 60
