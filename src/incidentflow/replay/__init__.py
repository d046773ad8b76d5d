"""Replay another system's event log: what happened there happens here, at its own times."""

from incidentflow.replay.backtesting import backtest_log
from incidentflow.replay.replaying import replay
from incidentflow.replay.report import Replayed

__all__ = ["Replayed", "backtest_log", "replay"]
