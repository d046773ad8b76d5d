"""
The pytest plugin of incidentflow: fixtures for tests of an application.

It is loaded in every test session of an environment that has incidentflow installed, so it imports
nothing but pytest; the library is imported by the first test that takes a fixture. That is also
why it does not live inside the package, whose import costs a quarter of a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from pathlib import Path

    from incidentflow import Lifecycle, Policy
    from incidentflow.testing.desk import WindableDesk


@pytest.fixture
def incidents(
    incidentflow_policy: Policy | Path | None,
    incidentflow_lifecycle: Lifecycle,
    incidentflow_start: datetime,
    incidentflow_options: Mapping[str, Any],
) -> Iterator[WindableDesk]:
    """An incident desk in memory, with a clock to wind and everything it sent."""
    from incidentflow.testing.desk import WindableDesk  # noqa: PLC0415 - only when it is used

    with WindableDesk(
        start=incidentflow_start,
        policy=incidentflow_policy,
        lifecycle=incidentflow_lifecycle,
        **incidentflow_options,
    ) as desk:
        yield desk


@pytest.fixture
def incidentflow_policy() -> Policy | Path | None:
    """How the desk of `incidents` works; override it to return your policy, or its file."""
    return None


@pytest.fixture
def incidentflow_lifecycle() -> Lifecycle:
    """The lifecycle of `incidents`; override it to return your own."""
    from incidentflow import ITIL  # noqa: PLC0415 - only when it is used

    return ITIL


@pytest.fixture
def incidentflow_start() -> datetime:
    """The instant at which `incidents` begins: a Monday, 08:00 UTC; override it for another."""
    from incidentflow.testing.clock import MONDAY  # noqa: PLC0415 - only when it is used

    return MONDAY


@pytest.fixture
def incidentflow_options() -> Mapping[str, Any]:
    """Further arguments of the desk of `incidents`, such as ``events``; override it to add some."""
    return {}
