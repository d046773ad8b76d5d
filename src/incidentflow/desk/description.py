"""What a desk says of itself."""

from __future__ import annotations

from collections.abc import Mapping

from incidentflow import usecases
from incidentflow.charter import Adopted
from incidentflow.errors import PluginFailed
from incidentflow.usecases import PluginInfo, Setup
from incidentflow.words import frozen


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
        policy: The policy's digest.
        adopted: What the desk's own journal says it works by, since when and why (rule J6);
            the first commit adds what is at work and not in it.
        states: Its states.
        triggers: Its triggers.
        matrix: The name of the priority matrix.
        plugins: The plugins it was built with, and the hooks they answer.
        faults: What went wrong lately when plugins were asked, and which entries of catalogues
            could not word a message, the latest last; for the host alone, as they may tell of
            anything.
        strangers: How many incidents are in states the lifecycle no longer has (rule L12).

    """

    version: str
    tenant: str
    store: str
    capabilities: tuple[str, ...]
    lifecycle: str
    policy: str
    adopted: tuple[Adopted, ...]
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
    charter, _ = await usecases.charter(setup)
    return Description(
        version=version("incidentflow"),
        tenant=setup.tenant,
        store=setup.store.name,
        capabilities=tuple(sorted(setup.store.capabilities)),
        lifecycle=lifecycle.reference,
        policy=setup.practice.policy.reference,
        adopted=tuple(each for each in (charter.lifecycle, charter.policy) if each is not None),
        states=tuple(lifecycle.places),
        triggers=tuple(dict.fromkeys(step.trigger for step in lifecycle.steps)),
        matrix=setup.practice.policy.matrix.name,
        plugins=setup.outside.plugins,
        faults=() if setup.viewer is not None else tuple(setup.outside.faults),
        strangers=await usecases.strangers(setup),
    )
