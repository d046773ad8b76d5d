"""How an async desk erases: the verbs of `Eraser`, awaited."""

from __future__ import annotations

from collections.abc import Iterable

from incidentflow import usecases
from incidentflow.desk.aio_reading import AsyncReader, documented_as
from incidentflow.desk.erasing import Eraser
from incidentflow.usecases import Erasure, Reference
from incidentflow.words import Actor


class AsyncEraser(AsyncReader):
    """The same verbs as `Eraser`, awaited."""

    @documented_as(Eraser.traces)
    async def traces(
        self,
        person: Actor | str,
        *,
        names: Iterable[str] = (),
        incidents: Iterable[Reference] = (),
    ) -> Erasure:
        return await usecases.traces(self._setup, person, names, incidents)

    @documented_as(Eraser.expired)
    async def expired(self) -> Erasure:
        return await usecases.expired(self._setup)

    @documented_as(Eraser.erase)
    async def erase(
        self,
        person: Actor | str,
        *,
        by: Actor | str,
        reason: str,
        names: Iterable[str] = (),
        incidents: Iterable[Reference] = (),
    ) -> Erasure:
        return await usecases.erase(
            self._setup, person, by=by, reason=reason, names=names, incidents=incidents
        )

    @documented_as(Eraser.erase_expired)
    async def erase_expired(self, *, by: Actor | str, reason: str) -> Erasure:
        return await usecases.erase_expired(self._setup, by, reason)
