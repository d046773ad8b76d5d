"""What importing costs, each time in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from time import perf_counter

from conftest import Compare

THIRD_PARTIES = "import attrs, cattrs, pluggy, transitions"


def fresh(code: str) -> None:
    """Run one statement in a process of its own."""
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - the words are ours


def bench_import(compare: Compare) -> None:
    """The whole package, against the libraries that it stands on; both with Python's start."""
    fresh("import incidentflow")
    compare(
        "import in a fresh process",
        lambda: fresh("import incidentflow"),
        lambda: fresh(THIRD_PARTIES),
        rounds=15,
        clock=perf_counter,
        at_most=3,
    )
