"""
The use cases, written once as coroutines over ports.

They use nothing of asyncio and hold no generator open, so that a sync desk can step them, an async
desk can await them, and a simulator can suspend them at every port call.
"""

from incidentflow.usecases.adopting import adopt, adoptions, charter, chosen
from incidentflow.usecases.backtesting import (
    Backtested,
    Compared,
    Verdicts,
    backtest,
    last_change,
)
from incidentflow.usecases.batching import Held, Overlay
from incidentflow.usecases.changing import apply, change, report
from incidentflow.usecases.delivering import Delivered, deliver
from incidentflow.usecases.erasing import erase, traces
from incidentflow.usecases.expiring import erase_expired, expired
from incidentflow.usecases.exporting import export, seal, verify
from incidentflow.usecases.health import Failing, Health, health, unsent
from incidentflow.usecases.measuring import list_exceptions, measure
from incidentflow.usecases.outside import Given, Outside, PluginInfo
from incidentflow.usecases.reading import (
    Page,
    Search,
    find,
    forecast,
    get,
    history,
    next_due,
    options,
    strangers,
)
from incidentflow.usecases.redacting import Erasure
from incidentflow.usecases.setup import Reference, Setup, named
from incidentflow.usecases.ticking import Ticked, tick

__all__ = [
    "Backtested",
    "Compared",
    "Delivered",
    "Erasure",
    "Failing",
    "Given",
    "Health",
    "Held",
    "Outside",
    "Overlay",
    "Page",
    "PluginInfo",
    "Reference",
    "Search",
    "Setup",
    "Ticked",
    "Verdicts",
    "adopt",
    "adoptions",
    "apply",
    "backtest",
    "change",
    "charter",
    "chosen",
    "deliver",
    "erase",
    "erase_expired",
    "expired",
    "export",
    "find",
    "forecast",
    "get",
    "health",
    "history",
    "last_change",
    "list_exceptions",
    "measure",
    "named",
    "next_due",
    "options",
    "report",
    "seal",
    "strangers",
    "tick",
    "traces",
    "unsent",
    "verify",
]
