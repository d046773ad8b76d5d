"""What a desk says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from incidentflow import usecases
from incidentflow.errors import PluginFailed
from incidentflow.usecases import PluginInfo, Setup


@frozen(kw_only=True)
class Description:
    """
    A desk as it is set up.

    Attributes:
        version: The release of incidentflow.
        tenant: The world it works in.
        store: The store's name, without secrets.
        capabilities: What the store can do.
        lifecycle: The lifecycle's name and digest.
        states: Its states.
        triggers: Its triggers.
        matrix: The name of the priority matrix.
        plugins: The plugins it was built with, and the hooks they answer.
        faults: What went wrong lately when plugins were asked, the latest last.
        strangers: How many incidents are in states the lifecycle no longer has (rule L12).

    """

    version: str
    tenant: str
    store: str
    capabilities: tuple[str, ...]
    lifecycle: str
    states: tuple[str, ...]
    triggers: tuple[str, ...]
    matrix: str
    plugins: tuple[PluginInfo, ...]
    faults: tuple[PluginFailed, ...]
    strangers: Mapping[str, int]


async def describe(setup: Setup) -> Description:
    """Describe what a desk works with."""
    from importlib.metadata import version  # noqa: PLC0415 - slow to import

    lifecycle = setup.practice.lifecycle
    return Description(
        version=version("incidentflow"),
        tenant=setup.tenant,
        store=setup.store.name,
        capabilities=tuple(sorted(setup.store.capabilities)),
        lifecycle=lifecycle.reference,
        states=tuple(lifecycle.places),
        triggers=tuple(dict.fromkeys(step.trigger for step in lifecycle.steps)),
        matrix=setup.practice.policy.matrix.name,
        plugins=setup.outside.plugins,
        faults=tuple(setup.outside.faults),
        strangers=await usecases.strangers(setup),
    )
