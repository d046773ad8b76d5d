"""The two desks: everything that a host application calls; the async one is in `aio`."""

from incidentflow.desk.description import Description
from incidentflow.desk.policies import load_policy
from incidentflow.desk.sync import IncidentDesk

__all__ = ["Description", "IncidentDesk", "load_policy"]
