"""The priority matrix: two axes in, one priority out (rules Q1 to Q3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from incidentflow.errors import InvalidInput, PolicyError, nearest, shorten
from incidentflow.words import Impact, Priority, Rank, Severity, Urgency, frozen, line

AXES: Mapping[str, type[Rank]] = {"impact": Impact, "urgency": Urgency, "severity": Severity}


def _cells(rows: object) -> tuple[tuple[Priority, ...], ...]:
    if not isinstance(rows, (tuple, list)) or not all(isinstance(r, (tuple, list)) for r in rows):
        raise InvalidInput("cells", shorten(rows), "is no table; give rows of priorities")
    return tuple(
        tuple(_cell(cell, f"cells[{r}][{c}]") for c, cell in enumerate(row, 1))
        for r, row in enumerate(rows, 1)
    )


def _cell(given: object, field: str) -> Priority:
    try:
        return Priority.parse(given)
    except InvalidInput as error:
        raise InvalidInput(field, error.value, error.problem) from None


def _axis(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    if not isinstance(value, str):
        problem = f"is no axis; give {', '.join(map(repr, AXES))}, or '' for no second one"
        raise InvalidInput(attribute.name, shorten(value), problem)


@frozen
class Matrix:
    """
    A total, monotone table from one or two axes to a priority.

    Attributes:
        name: What to call it.
        rows: The axis that selects the row: ``"impact"``, ``"urgency"`` or ``"severity"``.
        columns: The axis that selects the column; empty when the row alone decides.
        cells: One row per level, from the most to the least severe; priorities or 1 to 5.

    Raises:
        InvalidInput: The name is no line of text, an axis no text, or a cell no priority.
        PolicyError: An axis is unknown, the table has holes, or a less severe level would give
            a more urgent priority; every such cell is named (rule Q2).

    """

    name: str = attrs.field(validator=line())
    rows: str = attrs.field(validator=_axis)
    columns: str = attrs.field(validator=_axis)
    cells: tuple[tuple[Priority, ...], ...] = attrs.field(converter=_cells)

    def __attrs_post_init__(self) -> None:
        """Refuse a table that is not total and monotone."""
        problems = tuple(self._problems())
        if problems:
            raise PolicyError(f"matrix {self.name!r}", problems)

    @property
    def axes(self) -> tuple[str, ...]:
        """The names of its axes, one or two."""
        return (self.rows, self.columns) if self.columns else (self.rows,)

    @property
    def sizes(self) -> Mapping[str, int]:
        """How many levels it knows on each axis."""
        return dict(zip(self.axes, (len(self.cells), len(self.cells[0])), strict=False))

    def priority(self, axes: Mapping[str, Rank | None]) -> Priority | None:
        """
        Look the priority up, or None while an axis is unknown.

        Args:
            axes: The level on each axis by name; others than this matrix's are ignored.

        Raises:
            InvalidInput: A level lies beyond this matrix.

        """
        row = self._place(self.rows, axes, len(self.cells))
        column = self._place(self.columns, axes, len(self.cells[0])) if self.columns else 0
        return None if row is None or column is None else self.cells[row][column]

    def _place(self, axis: str, axes: Mapping[str, Rank | None], size: int) -> int | None:
        level = axes.get(axis)
        if level is None:
            return None
        if level > size:
            raise InvalidInput.of(
                axis, int(level), "rank.unmapped", matrix=self.name, axis=axis, most=size
            )
        return level - 1

    def _problems(self) -> Iterator[str]:
        for axis in self.axes:
            if axis not in AXES:
                yield f"unknown axis {axis!r}; {nearest(axis, AXES)}"
        if self.rows == self.columns:
            yield f"both axes are {self.rows!r}; name two"
        widths = {len(row) for row in self.cells}
        if not self.cells or 0 in widths or len(widths) > 1:
            yield f"rows of {sorted(widths)} cells; every row needs the same number, at least one"
            return
        if not self.columns and widths != {1}:
            yield "there is no second axis, so every row has exactly one cell"
        most = len(Impact)
        if len(self.cells) > most or max(widths) > most:
            yield f"larger than the scales, which have {most} levels"
        yield from self._inversions()

    def _inversions(self) -> Iterator[str]:
        for r, row in enumerate(self.cells):
            for c, cell in enumerate(row):
                for down, right in ((1, 0), (0, 1)):
                    if r + down < len(self.cells) and c + right < len(row):
                        other = self.cells[r + down][c + right]
                        if other.outranks(cell):
                            yield (
                                f"cell ({r + 1 + down}, {c + 1 + right}) is {other.name}, more "
                                f"urgent than {cell.name} at the more severe ({r + 1}, {c + 1})"
                            )


ITIL_3X3 = Matrix("ITIL 3x3", "impact", "urgency", ((1, 2, 3), (2, 3, 4), (3, 4, 5)))
SERVICENOW_3X3 = Matrix("ServiceNow 3x3", "impact", "urgency", ((1, 2, 3), (2, 3, 4), (3, 4, 4)))
ITOP_3X4 = Matrix("iTop 3x4", "impact", "urgency", ((1, 1, 2, 4), (1, 2, 3, 4), (2, 3, 3, 4)))
GLPI_5X5 = Matrix(
    "GLPI 5x5",
    "impact",
    "urgency",
    ((1, 1, 2, 3, 4), (1, 2, 2, 3, 4), (2, 2, 3, 4, 4), (3, 3, 4, 4, 5), (4, 4, 4, 5, 5)),
)
SEVERITY_IMPACT = Matrix(
    "severity x impact",
    "severity",
    "impact",
    ((1, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (4, 5, 5)),
)
SEVERITY = Matrix("SEV1 to SEV5", "severity", "", ((1,), (2,), (3,), (4,), (5,)))

MATRICES: Mapping[str, Matrix] = {
    "itil": ITIL_3X3,
    "servicenow": SERVICENOW_3X3,
    "itop": ITOP_3X4,
    "glpi": GLPI_5X5,
    "severity_impact": SEVERITY_IMPACT,
    "severity": SEVERITY,
}
