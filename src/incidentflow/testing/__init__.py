"""
What test authors import: checks of a lifecycle, a search, contracts, a clock to wind.

The fixture ``incidents`` comes with the package, as a plugin for pytest. `lifecycle_machine` needs
the extra ``test``; so do the strategies in `incidentflow.testing.strategies`.
"""

from incidentflow.testing.checking import check_lifecycle
from incidentflow.testing.machine import lifecycle_machine
from incidentflow.testing.searching import Search, never

__all__ = ["Search", "check_lifecycle", "lifecycle_machine", "never"]
