"""The five everyday cases that the demo plays, each from report to review."""

from incidentflow.cli.stories import (
    data_leak,
    hardware_failure,
    mail_and_network_outage,
    power_failure,
    software_bug,
)
from incidentflow.cli.stories.story import Story, Told

STORIES: tuple[Story, ...] = (
    mail_and_network_outage.STORY,
    hardware_failure.STORY,
    software_bug.STORY,
    data_leak.STORY,
    power_failure.STORY,
)

__all__ = ["STORIES", "Story", "Told"]
