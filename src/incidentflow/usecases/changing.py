"""Changing an incident: load, decide, commit; again when somebody was faster (rule J3)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from incidentflow import engine
from incidentflow.errors import (
    CommitConflict,
    IncidentflowError,
    InvalidInput,
    KeyReused,
    StaleIncident,
)
from incidentflow.incident import Command, Facts, Incident
from incidentflow.journal import fold, genesis, read
from incidentflow.ports import By, Lookup, Settlement, Stored, Write
from incidentflow.process import Assign, Report, ReportAgain
from incidentflow.process.routing import route
from incidentflow.usecases.adopting import with_adoption
from incidentflow.usecases.joining import Taker, reporting, taker
from incidentflow.usecases.setup import Reference, Setup, load, means, named, seek
from incidentflow.usecases.veiling import veiled
from incidentflow.usecases.writing import fingerprint, is_same, to_write
from incidentflow.words import SYSTEM, evolve, uuid7


async def report(
    setup: Setup,
    command: Report,
    then: Sequence[Command] = (),
    *,
    key: str | None = None,
    number: str | None = None,
) -> Incident:
    """Log an incident, or join the unfinished one that holds the dedup key (rule I1)."""
    commands = [setup.admit(each) for each in (command, *then)]
    number = None if number is None else named(number, "number")
    key = None if key is None else named(key, "key")
    for _ in range(setup.tries):
        if key is not None and (first := await _first(setup, key, commands, number)) is not None:
            return await veiled(setup, first)
        taking = await reporting(setup.as_seen_by(commands[0].by), command.dedup_key)
        holder = taking.joins
        if holder is not None:
            if number is not None:
                raise InvalidInput.of(
                    "number", number, "number.joins", incident=holder.number or holder.subject.id
                )
            again = ReportAgain(
                by=commands[0].by, at=command.at, title=command.title, source=command.source
            )
            doing, before, head = [again, *commands[1:]], setup.read(holder), holder.head
        else:
            doing = [attrs.evolve(command, by=commands[0].by, dedup_key=taking.key), *commands[1:]]
            before = Incident(tenant=setup.tenant, id=uuid7(setup.now(), setup.entropy.draw(10)))
            head = genesis(setup.subject(before.id))
        try:
            after = await _decide(
                setup, before, head, doing, asked=commands, key=key, number=number, taking=taking
            )
        except CommitConflict as conflict:
            if conflict.what == "number":
                raise InvalidInput.of("number", number, "number.taken") from None
            lost = conflict
        else:
            return await veiled(setup, after)
    raise await _beaten(setup, before.id, before.version, lost)


async def apply(
    setup: Setup,
    reference: Reference,
    commands: Sequence[Command],
    *,
    key: str | None = None,
    expect: int | None = None,
) -> Incident:
    """Carry out what somebody outside asks for, as one commit."""
    admitted = [setup.admit(command) for command in commands]
    return await veiled(setup, await change(setup, reference, admitted, key=key, expect=expect))


async def change(
    setup: Setup,
    reference: Reference,
    commands: Sequence[Command],
    *,
    key: str | None = None,
    expect: int | None = None,
    settles: Settlement | None = None,
) -> Incident:
    """Carry out commands on one incident as one commit."""
    if not commands:
        raise InvalidInput.of("commands", (), "commands.none")
    if expect is not None and type(expect) is not int:
        raise InvalidInput.of("expect", expect, "version.none")
    key = None if key is None else named(key, "key")
    for _ in range(setup.tries):
        if key is not None and (first := await _first(setup, key, commands, reference)) is not None:
            return first
        stored = await load(setup, reference)
        if expect is not None and expect != stored.version:
            raise await _stale(setup, stored, expect)
        try:
            return await _decide(
                setup, setup.read(stored), stored.head, commands, key=key, settles=settles
            )
        except CommitConflict as conflict:
            if conflict.what == "token":
                raise
            reference, lost = stored.subject.id, conflict
    raise await _beaten(setup, stored.subject.id, stored.version, lost)


async def facts_for(setup: Setup, incident: Incident, commands: Sequence[Command]) -> Facts:
    """Gather what a decision on these commands asks to know."""
    incidents: dict[str, Incident] = {}
    holders: dict[str, Incident] = {}
    reached: dict[str, tuple[str, ...]] = {}
    asker = commands[0].by if commands else None
    for by, ask in engine.asks(incident, commands):
        if ask.incident is not None:
            found = await seek(setup.as_seen_by(by), ask.incident)
            if found is not None:
                incidents[ask.incident] = setup.read(found)
        if ask.dedup_key is not None:
            found_taker = await taker(setup, ask.dedup_key)
            holder = found_taker.holder(setup if asker is None else setup.as_seen_by(asker))
            if found_taker.held_by != setup.subject(incident.id):
                passed = (one for one in found_taker.passed if one.id != incident.id)
                incidents |= {one.id: one for one in passed}
                holders |= {} if holder is None else {ask.dedup_key: holder}
        if ask.reach is not None:
            reached[ask.reach] = setup.outside.reached(ask.reach, incident, setup.now())
    return Facts(incidents, holders, reached)


async def _decide(
    setup: Setup,
    before: Incident,
    head: str,
    commands: Sequence[Command],
    *,
    asked: Sequence[Command] = (),
    key: str | None = None,
    number: str | None = None,
    settles: Settlement | None = None,
    taking: Taker | None = None,
) -> Incident:
    facts = await facts_for(setup, before, commands)
    if taking is None and before.version and not before.place.is_unfinished:
        taking = await taker(setup, before.dedup_key)
    elif taking is not None:
        passed = {one.id: one for one in taking.passed}
        facts = attrs.evolve(facts, incidents={**facts.incidents, **passed})
    if before.version and settles is None:
        _permit(setup, asked or commands, before, before.name)
    commit = engine.decide(before, commands, setup.practice, setup.now(), facts)
    if not before.version:
        _permit(setup, asked or commands, commit.incident, number or "")
        for source in (_by_rules, _by_plugins):
            routed = tuple(source(setup, commit.incident))
            if routed:
                commands = (*commands, *routed)
                commit = engine.decide(before, commands, setup.practice, setup.now(), facts)
    if not commit.entries and key is None and settles is None:
        return before
    write = to_write(setup, commit, head)
    write = evolve(
        write,
        key=key,
        fingerprint=fingerprint(setup, asked or commands, write.lines) if key is not None else "",
        settles=settles,
        index=evolve(write.index, number=number, dedup_key=_held(write, commit, taking)),
    )
    writes = (*_freed(write, taking), *await with_adoption(setup, write))
    *_, given = await setup.store.commit(writes)
    setup.remember_adoption()
    after = commit.incident
    after = after if after.number == given else evolve(after, number=given)
    setup.outside.tell(after, commit.entries)
    return after


def _permit(setup: Setup, commands: Sequence[Command], incident: Incident, name: str) -> None:
    for command in commands:
        setup.permit(command.by, command.asked, incident, name)


def _by_rules(setup: Setup, incident: Incident) -> Iterator[Command]:
    """Sort a new incident by the policy's rules (rule Q4)."""
    if incident.place.is_unfinished:
        yield from route(incident, setup.practice.policy)


def _by_plugins(setup: Setup, incident: Incident) -> Iterator[Command]:
    """Assign a new incident that nobody was named for, if a routing rule says to whom."""
    if incident.place.is_unfinished and incident.team is None and incident.assignee is None:
        answer = setup.outside.team_for(incident)
        if answer is not None:
            team, plugin = answer
            yield Assign(by=SYSTEM, team=team, reason=f"routed by {plugin}")


def _held(write: Write, commit: engine.Commit, taking: Taker | None) -> str | None:
    """Let what is finished hold its key no longer, once somebody else does."""
    lost = taking is not None and taking.held_by != write.subject
    return None if lost and not commit.incident.place.is_unfinished else write.index.dedup_key


def _freed(write: Write, taking: Taker | None) -> Iterator[Write]:
    """Let a merged incident go of the key that this write takes, as nobody unfinished has it."""
    frees = taking and taking.frees
    if frees and taking and taking.key == write.index.dedup_key and frees.subject != write.subject:
        yield frees


async def _first(
    setup: Setup, key: str, commands: Sequence[Command], reference: Reference | None = None
) -> Incident | None:
    stored = await setup.store.load(Lookup(setup.tenant, By.COMMAND_KEY, key))
    if stored is None:
        return None
    if not setup.shows(stored):
        raise KeyReused(key, "another incident")
    lines = (await setup.store.history(stored.subject))[: stored.result]
    same = is_same(setup, commands, stored.fingerprint, lines)
    if not (same and (reference is None or means(reference, stored))):
        raise KeyReused(key, stored.number or stored.subject.id)
    if stored.version == stored.result:
        return setup.read(stored)
    entries = read(setup.codec, stored.subject.id, lines)
    blank = Incident(tenant=setup.tenant, id=stored.subject.id)
    return evolve(fold(blank, entries), number=stored.number)


async def _beaten(
    setup: Setup, incident: str, expected: int, lost: CommitConflict
) -> IncidentflowError:
    stored = await seek(setup, incident)
    if stored is None or stored.version == expected:
        return lost
    return await _stale(setup, stored, expected)


async def _stale(setup: Setup, stored: Stored, expected: int) -> StaleIncident:
    lines = await setup.store.history(stored.subject, stored.version - 1)
    last = read(setup.codec, stored.subject.id, lines)[-1]
    name = stored.number or stored.subject.id
    return StaleIncident(name, expected, stored.version, f"{last.by.kind.value}:{last.by.id}")
