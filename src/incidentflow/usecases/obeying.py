"""Carrying out owed commands, through the same door as everything else (rule J5)."""

from __future__ import annotations

import json

import attrs
from attrs import field

from incidentflow.errors import (
    CommitConflict,
    IncidentNotFound,
    InvalidInput,
    StaleIncident,
    StoreError,
    TransitionRefused,
)
from incidentflow.ports import Claim, Settlement
from incidentflow.process.delivery import OwedRefused, Record
from incidentflow.usecases.changing import change
from incidentflow.usecases.setup import Setup, seek
from incidentflow.words import SYSTEM, evolve, frozen, micros


@frozen
class Obeyed:
    """What became of owed commands; lists that one ``deliver`` fills."""

    done: list[str] = field(factory=list)
    refused: list[str] = field(factory=list)
    waiting: list[str] = field(factory=list)
    failed: list[tuple[str, Exception]] = field(factory=list)


async def obey(setup: Setup, claim: Claim, obeyed: Obeyed) -> None:
    """
    Carry out one owed command, and settle it in the same commit.

    A refusal is settled with an event on the incident that owed it. What was overtaken is tried
    again; so is what failed for another reason, as often as a message is.
    """
    there = evolve(setup, tenant=claim.subject.tenant)
    key, final = claim.owed.key, claim.attempts >= setup.sending.attempts
    asked, to = "command", claim.subject.id
    try:
        body = json.loads(claim.owed.body)
        to, asked = body["to"], body["command"]["kind"]
        command = there.codec.read_command(body["command"])
        asked = command.asked
        await change(there, to, (command,), settles=_settles(claim, "done"))
        obeyed.done.append(key)
    except StoreError:
        raise
    except TransitionRefused as refused:
        codes = tuple(failure.code for failure in refused.failures)
        await _refuse(there, claim, OwedRefused(asked, to, codes), obeyed)
    except (IncidentNotFound, InvalidInput) as refused:
        await _refuse(there, claim, OwedRefused(asked, to, (refused.code,)), obeyed)
    except Exception as error:  # noqa: BLE001 - a host's guard included: nobody is held up
        obeyed.failed.append((key, error))
        overtaken = isinstance(error, (CommitConflict, StaleIncident))
        if final and not overtaken:
            reason = type(error).__name__
            await _refuse(there, claim, OwedRefused(asked, to, (reason,)), obeyed)
        else:
            await _wait(there, claim, obeyed)


async def _refuse(there: Setup, claim: Claim, happened: OwedRefused, obeyed: Obeyed) -> None:
    settles = _settles(claim, "refused")
    try:
        refuser = await seek(there, happened.to)
        numbered = attrs.evolve(happened, number=refuser.number if refuser is not None else None)
        record = Record(by=SYSTEM, happened=numbered)
        await change(there, claim.subject.id, (record,), settles=settles)
        obeyed.refused.append(claim.owed.key)
    except StoreError:
        raise
    except Exception as error:  # noqa: BLE001 - another worker has it, or it cannot be read
        obeyed.failed.append((claim.owed.key, error))
        await _wait(there, claim, obeyed)


async def _wait(there: Setup, claim: Claim, obeyed: Obeyed) -> None:
    at = micros(there.now() + there.sending.pause(claim.attempts))
    settlement = Settlement(claim.owed.key, claim.token, "waiting", at)
    if await there.store.settle(there.tenant, settlement):
        obeyed.waiting.append(claim.owed.key)


def _settles(claim: Claim, state: str) -> Settlement:
    return Settlement(claim.owed.key, claim.token, state)
