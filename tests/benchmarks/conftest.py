"""
Compare two ways of doing the same, side by side, and print the ratios beside their bars.

Both ways take turns within each round, so that whatever else the machine does hits both; the ratio
is the median over the rounds. What waits for nothing is measured in processor time, the rest by the
clock on the wall. Nothing here is asserted: a busy machine is no fault of the code.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from statistics import median
from time import thread_time
from typing import TYPE_CHECKING

import pytest
from attrs import frozen

if TYPE_CHECKING:
    from pytest_benchmark.fixture import BenchmarkFixture

Side = Callable[[], object]
Clock = Callable[[], float]
Compare = Callable[..., None]
HEAD = ("what", "ours", "reference", "reached", "bar")


@frozen
class Compared:
    """
    What one comparison found.

    Attributes:
        what: What was compared.
        ours: The best time of our side, in seconds.
        reference: The best time of the other side.
        reached: The median ratio, as it is shown.
        bar: What was to be reached.

    """

    what: str
    ours: float
    reference: float
    reached: str
    bar: str

    @property
    def row(self) -> tuple[str, ...]:
        """Show it in one line of a table."""
        return (self.what, shown(self.ours), shown(self.reference), self.reached, self.bar)


FOUND: list[Compared] = []


def shown(seconds: float) -> str:
    """Show a time in the unit that suits it."""
    return f"{seconds * 1e3:.0f} ms" if seconds > 0.01 else f"{seconds * 1e6:.2f} us"


def timed(side: Side, number: int, clock: Clock) -> float:
    """Measure one side, in seconds for one call."""
    start = clock()
    for _ in range(number):
        side()
    return (clock() - start) / number


@pytest.fixture
def compare(benchmark: BenchmarkFixture) -> Compare:
    """Return what compares two sides: ``at_most`` times as slow, or ``at_least`` that share."""

    def run(
        what: str,
        ours: Side,
        reference: Side,
        *,
        number: int = 1,
        rounds: int = 50,
        clock: Clock = thread_time,
        at_most: float = 0.0,
        at_least: float = 0.0,
    ) -> None:
        times: list[tuple[float, float]] = []
        gc.collect()
        gc.freeze()  # the test run's own heap is neither side's

        def take_turns() -> None:
            times.append((timed(ours, number, clock), timed(reference, number, clock)))

        benchmark.pedantic(take_turns, rounds=rounds, warmup_rounds=3)
        ratio = median(mine / other for mine, other in times[3:])
        reached = f"{ratio:.2f} x" if at_most else f"{1 / ratio:.0%}"
        bar = f"<= {at_most:g} x" if at_most else f">= {at_least:.0%}"
        mine, other = map(min, zip(*times, strict=True))
        found = Compared(what, mine, other, reached, bar)
        FOUND.append(found)
        benchmark.extra_info.update(what=what, ratio=ratio, bar=bar)

    return run


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was found as a table."""
    if FOUND:
        terminalreporter.section("ratios")
        rows = [HEAD, *(each.row for each in FOUND)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            terminalreporter.line("  ".join(cells).rstrip())


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Write bytecode as an installed package has it, and give back what was set aside."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    yield
    gc.unfreeze()
