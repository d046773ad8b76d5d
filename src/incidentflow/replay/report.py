"""What a replay did: the counts while it runs, and the report at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
from attrs import Factory, define

from incidentflow.incident import Command, Incident
from incidentflow.process import Correct
from incidentflow.words import frozen


@frozen(kw_only=True)
class Replayed:
    """
    What a replay did.

    Attributes:
        rows: How many rows the log has.
        resumed: How many of them an earlier run had seen to; all counts include them.
        incidents: How many incidents it tells of.
        replayed: How many of them were replayed without a refused row.
        corrections: How many rows were recorded as a correction.
        refused: How many rows could not be recorded at all.
        reopens: How often incidents were reopened.
        reopened_incidents: How many incidents were reopened.
        hold_share_percent: How many in a hundred were ever on hold.
        priority_mismatches: How many rows carry another priority than the matrix gives.
        start: How many incidents began in each state of the lifecycle.
        matrix: How many rows led from each state to each, as ``"new -> resolved"``.
        seconds: How long it took.
        refusals: The first rows that this run refused, each with its line and why.

    """

    rows: int
    resumed: int
    incidents: int
    replayed: int
    corrections: int
    refused: int
    reopens: int
    reopened_incidents: int
    hold_share_percent: float
    priority_mismatches: int
    start: dict[str, int]
    matrix: dict[str, int]
    seconds: float
    refusals: tuple[str, ...] = ()

    def summary(self) -> dict[str, object]:
        """Return it as plain data, without the samples of refusals."""
        return attrs.asdict(self, filter=lambda field, _: field.name != "refusals")


@define
class Tally:
    """
    The counts of a replay under way, over all of its runs.

    Attributes:
        counts: Rows, refused rows, corrections and so on, by name.
        start: How many incidents began in each state.
        matrix: How many rows led from each state to each.

    """

    counts: Counter[str] = Factory(Counter)
    start: Counter[str] = Factory(Counter)
    matrix: Counter[str] = Factory(Counter)

    def take(self, before: Incident | None, after: Incident, commands: Sequence[Command]) -> None:
        """Count a row that was recorded."""
        counts = self.counts
        counts["corrections"] += any(isinstance(command, Correct) for command in commands)
        if before is None:
            self.start[after.state] += 1
            counts["held"] += _was_held(after)
            return
        self.matrix[f"{before.state} -> {after.state}"] += 1
        counts["held"] += _was_held(after) and not _was_held(before)
        counts["reopens"] += after.counts.reopens - before.counts.reopens
        counts["reopened"] += before.counts.reopens == 0 < after.counts.reopens

    def report(
        self,
        *,
        resumed: int,
        incidents: int,
        refused: int,
        seconds: float,
        refusals: Sequence[str],
    ) -> Replayed:
        """Sum up, given how many incidents there are and of how many a row was refused."""
        counts = self.counts
        share = 100 * counts["held"] / incidents if incidents else 0.0
        return Replayed(
            rows=counts["rows"],
            resumed=resumed,
            incidents=incidents,
            replayed=incidents - refused,
            corrections=counts["corrections"],
            refused=counts["refused"],
            reopens=counts["reopens"],
            reopened_incidents=counts["reopened"],
            hold_share_percent=round(share, 2),
            priority_mismatches=counts["mismatches"],
            start=dict(self.start.most_common()),
            matrix=dict(self.matrix.most_common()),
            seconds=round(seconds, 3),
            refusals=tuple(refusals),
        )

    def data(self) -> dict[str, Any]:
        """Return all counts as plain data."""
        return attrs.asdict(self)

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tally:
        """Read plain data back."""
        return cls(**{name: Counter(data[name]) for name in ("counts", "start", "matrix")})


def _was_held(incident: Incident) -> bool:
    return incident.hold is not None or bool(incident.holds)
