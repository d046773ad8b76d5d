"""The period a report is about: half-open, and open where nothing is said (rule K0)."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo

from attrs import field

from incidentflow.errors import InvalidInput
from incidentflow.texts import Text
from incidentflow.words import aware, frozen, show, to_utc


@frozen
class Period:
    """
    The instants from *since* on and before *until*; what is None is open.

    Args:
        since: The first instant, aware.
        until: The first instant after it, aware.
        zone: The time zone in which months begin.

    Raises:
        InvalidInput: An instant has no time zone, or the period ends before it begins.

    """

    since: datetime | None = field(default=None, converter=to_utc, validator=aware)
    until: datetime | None = field(default=None, converter=to_utc, validator=aware)
    zone: tzinfo = UTC

    def __attrs_post_init__(self) -> None:
        """Refuse an empty one."""
        if not isinstance(self.zone, tzinfo):
            raise InvalidInput.of("zone", self.zone, "zone.none")
        if self.since is not None and self.until is not None and self.until <= self.since:
            raise InvalidInput(
                "until", show(self.until), Text("problem.period.backwards", {"since": self.since})
            )

    def covers(self, at: datetime) -> bool:
        """Whether an instant lies in it."""
        has_begun = self.since is None or at >= self.since
        return has_begun and (self.until is None or at < self.until)

    def month(self, at: datetime) -> str:
        """Return the month of an instant, as ``"2026-03"``, by the wall clock of its zone."""
        return f"{at.astimezone(self.zone):%Y-%m}"
