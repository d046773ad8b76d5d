"""Replay another system's event log: what happened there happens here, at its own times."""

from incidentflow.replay.replaying import replay
from incidentflow.replay.report import Replayed

__all__ = ["Replayed", "replay"]
