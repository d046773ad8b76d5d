"""Where incidents come from: event logs of other systems."""

from incidentflow.sources.mapping import LogMapping, load_mapping, read_mapping
from incidentflow.sources.rows import BadRow, Row, read_rows
from incidentflow.sources.steps import Reteller, Retold

__all__ = [
    "BadRow",
    "LogMapping",
    "Reteller",
    "Retold",
    "Row",
    "load_mapping",
    "read_mapping",
    "read_rows",
]
