"""What a desk works with inside a transaction of its host."""

from __future__ import annotations

import attrs
from attrs import evolve

from incidentflow.desk.drivers import join_host
from incidentflow.errors import InvalidInput, shorten
from incidentflow.ports import AsyncStore, Store
from incidentflow.usecases import Overlay, Setup


def joined(setup: Setup, store: Store | AsyncStore, connection: object) -> Setup:
    """
    Return what a desk works with inside the transaction that is open on a host's connection.

    Raises:
        MissingCapability: The store cannot join a transaction of the host.
        InvalidInput: The connection cannot be used, or the desk is a batch.

    """
    if isinstance(setup.store, Overlay):
        problem = "a batch is a transaction of its own; open it inside: desk.using(...).batch()"
        raise InvalidInput("connection", shorten(connection), problem)
    unobserved = attrs.evolve(setup.outside, observers=())
    there = join_host(store, connection)
    return evolve(setup, store=there, is_joined=True, outside=unobserved)
