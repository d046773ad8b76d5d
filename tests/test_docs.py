"""The documentation: every Python block of every page runs, and every link leads somewhere."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").rglob("*.md"))
FENCE = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHOWN = re.compile(r"^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")


def named(page: Path) -> str:
    """Name a page by its path below the documentation."""
    return str(page.relative_to(ROOT / "docs"))


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_the_code_of_a_page_runs(
    page: Path,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """
    Blocks of one page run in order, in an empty directory; a tutorial prints what it shows.

    They need no public holidays, which are an extra.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "holidays", None)
    names: dict[str, object] = {}
    for place, code in enumerate(FENCE.findall(page.read_text("utf-8"))):
        run = compile(code, f"{named(page)}, block {place}", "exec", dont_inherit=True)
        exec(run, names)  # noqa: S102 - our own

    printed = capsys.readouterr().out.splitlines()
    shown = SHOWN.findall(page.read_text("utf-8")) if page.parent.name == "tutorial" else ()

    assert [] == [line for text in shown for line in text.splitlines() if line not in printed]
    assert "__builtins__" in names or "```python" not in page.read_text("utf-8")


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.name)
def test_the_links_of_a_page_lead_somewhere(page: Path) -> None:
    """A link to another page names a file that is there."""
    links = LINK.findall(page.read_text("utf-8"))
    dead = [link for link in links if not (page.parent / link).exists()]

    assert [] == dead
