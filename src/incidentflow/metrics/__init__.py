"""
What many incidents have in common, in numbers (rules M1 to M4).

    Between("reported", "acknowledged")   a duration, named by its two milestones
    attainment("response")                the share of clocks that were met
    AVAILABILITY                          the share of a period without impact
    REOPENED, RETURNED, CLOSED_BY_SYSTEM  shares of incidents
    UPDATES_ON_TIME, ESTIMATES_KEPT       promises and estimates, and what came of them

All of it is pure: an incident, where needed its journal, and an instant give figures.
"""

from incidentflow.metrics.attainment import attainment
from incidentflow.metrics.availability import (
    AVAILABILITY,
    Availability,
    AvailabilityOf,
    span_of,
)
from incidentflow.metrics.durations import Between, Durations, Per
from incidentflow.metrics.estimates import ESTIMATE_ERROR, ESTIMATES_KEPT, EstimateError
from incidentflow.metrics.exceptions import Exceptional, Exceptions, exceptions
from incidentflow.metrics.grouping import make_keys
from incidentflow.metrics.life import Life
from incidentflow.metrics.period import Period
from incidentflow.metrics.report import Figures, Gathering, Group, Metric, MetricsReport
from incidentflow.metrics.shares import (
    CLOSED_BY_SYSTEM,
    REOPENED,
    RETURNED,
    UPDATES_ON_TIME,
    Share,
    ShareOf,
)
from incidentflow.policy import Policy

STANDARD: tuple[Metric, ...] = (
    Between("occurred", "detected"),
    Between("reported", "acknowledged"),
    Between("reported", "restored"),
    Between("reported", "resolved"),
    Between("reported", "resolved", "total"),
    REOPENED,
    RETURNED,
    CLOSED_BY_SYSTEM,
    UPDATES_ON_TIME,
    ESTIMATES_KEPT,
    ESTIMATE_ERROR,
)
"""What is measured where nothing else is asked for, beside the attainment of clocks."""


def standard(policy: Policy) -> tuple[Metric, ...]:
    """
    Return what is measured where nothing else is asked for.

    Args:
        policy: The clocks for which it has targets are measured too.

    """
    return (
        *STANDARD,
        *(attainment(rule.name) for rule in policy.clocks if rule.name in policy.rows),
    )


__all__ = [
    "AVAILABILITY",
    "CLOSED_BY_SYSTEM",
    "ESTIMATES_KEPT",
    "ESTIMATE_ERROR",
    "REOPENED",
    "RETURNED",
    "STANDARD",
    "UPDATES_ON_TIME",
    "Availability",
    "AvailabilityOf",
    "Between",
    "Durations",
    "EstimateError",
    "Exceptional",
    "Exceptions",
    "Figures",
    "Gathering",
    "Group",
    "Life",
    "Metric",
    "MetricsReport",
    "Per",
    "Period",
    "Share",
    "ShareOf",
    "attainment",
    "exceptions",
    "make_keys",
    "span_of",
    "standard",
]
