"""The incident and its parts; what it means to ask, to happen and to apply."""

from incidentflow.incident.aggregate import Entry, Event, Incident, apply
from incidentflow.incident.case import Ask, Case, Command, Facts, Steps
from incidentflow.incident.occurrence import Occurrence
from incidentflow.incident.places import Category, Mark, Place

__all__ = [
    "Ask",
    "Case",
    "Category",
    "Command",
    "Entry",
    "Event",
    "Facts",
    "Incident",
    "Mark",
    "Occurrence",
    "Place",
    "Steps",
    "apply",
]
