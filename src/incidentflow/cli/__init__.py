"""The command line: ``incidentflow demo``, ``incidentflow report`` and the rest."""

from incidentflow.cli.program import main

__all__ = ["main"]
