"""The tree of categories: paths, of which every beginning is a category too (rule Q4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from incidentflow.errors import nearest

BETWEEN = "/"


def tree_of(paths: Iterable[str]) -> frozenset[str]:
    """Return every category of a tree: its paths and all above them."""
    return frozenset(above for path in paths for above in _upwards(path))


def category_problem(category: str | None, tree: frozenset[str]) -> str | None:
    """Say what is wrong with a category; a tree without any accepts all."""
    if category is None or not tree or category in tree:
        return None
    return f"is no category; {nearest(category, tree)}"


def tree_problems(paths: Iterable[str]) -> Iterator[str]:
    """Say which paths are none."""
    for path in paths:
        names = path.split(BETWEEN)
        if not all(name and name.strip() == name for name in names):
            yield f"category {path!r} is no path; give names with a slash between two of them"


def _upwards(path: str) -> Iterator[str]:
    names = path.split(BETWEEN)
    return (BETWEEN.join(names[:depth]) for depth in range(1, len(names) + 1))
