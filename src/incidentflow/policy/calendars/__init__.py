"""
Calendars: when a service is open, exact over every change of the clocks (rules K9 and K10).

A calendar is open at an instant if the local wall clock then shows a time inside one of its
windows. So an opening that falls into a gap takes effect at the first instant after it, and
readings that occur twice are open twice.
"""

from incidentflow.policy.calendars.calendar import Calendar, OpeningHours, Union, read_calendar
from incidentflow.policy.calendars.counting import (
    add,
    add_business_days,
    elapsed,
    is_open,
    next_opening,
)
from incidentflow.policy.calendars.windows import SpecialDay, Window

ROUND_THE_CLOCK = Calendar("round the clock", week={"mon-sun": "00:00-24:00"})
"""Always open."""

__all__ = [
    "ROUND_THE_CLOCK",
    "Calendar",
    "OpeningHours",
    "SpecialDay",
    "Union",
    "Window",
    "add",
    "add_business_days",
    "elapsed",
    "is_open",
    "next_opening",
    "read_calendar",
]
