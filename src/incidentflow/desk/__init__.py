"""The two desks: everything that a host application calls."""

from incidentflow.desk.aio import AsyncIncidentDesk
from incidentflow.desk.description import Description
from incidentflow.desk.sync import IncidentDesk

__all__ = ["AsyncIncidentDesk", "Description", "IncidentDesk"]
