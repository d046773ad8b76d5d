"""
How many examples Hypothesis tries, by the environment variable ``INCIDENTFLOW_PROFILE``.

Examples are never derandomised: every run explores further, and prints what repeats it.
The plugin for pytest is there even where this release of the package is not installed.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

import _incidentflow_pytest

pytest_plugins = ("pytester",)
PLUGIN = "incidentflow"
LONGEST = "oracles/test_event_logs"
EXAMPLES = {"smoke": 10, "ci": 60, "soak": 5_000}

for profile, examples in EXAMPLES.items():
    settings.register_profile(
        profile,
        deadline=None,
        max_examples=examples,
        print_blob=True,
        suppress_health_check=[HealthCheck.too_slow],
    )
settings.load_profile(os.environ.get("INCIDENTFLOW_PROFILE", "ci"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes longest, so that no process waits for another at the end."""
    items.sort(key=lambda item: LONGEST not in item.nodeid)


def pytest_configure(config: pytest.Config) -> None:
    """Register the plugin, unless its entry point has done so."""
    if not config.pluginmanager.has_plugin(PLUGIN):
        config.pluginmanager.register(_incidentflow_pytest, PLUGIN)
