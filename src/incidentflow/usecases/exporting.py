"""Exporting, sealing and verifying: every journal of a tenant, one subject after another."""

from __future__ import annotations

from incidentflow.errors import CommitConflict, InvalidInput, hint
from incidentflow.exports import Checker, Exported, ExportPage, Head, Seal, Verification
from incidentflow.exports.records import PERSONAL, begin, begun, header, write_page
from incidentflow.journal import Broken, read
from incidentflow.ports import INCIDENT, KINDS, By, Index, Lookup, Query, Stored
from incidentflow.usecases.setup import Reference, Setup, load
from incidentflow.usecases.veiling import told
from incidentflow.usecases.writing import index_of
from incidentflow.words import evolve

SEARCHED = (
    "state",
    "category",
    "priority",
    "service",
    "team",
    "assignee",
    "dedup_key",
    "fields",
)
BEHIND = "~"
"""Sorts behind every character of an id."""
PAGE = 200
LOOKS = 5


async def export(setup: Setup, after: object, limit: int, personal: object) -> ExportPage:
    """Export what is stored, one page of one kind; what the viewer may not have stays out."""
    from importlib.metadata import version  # noqa: PLC0415 - slow to import

    if not isinstance(personal, str) or personal not in PERSONAL:
        raise InvalidInput.of("personal", personal, "choice.unknown", hint=hint(personal, PERSONAL))
    at = setup.now().isoformat()
    first = header(setup.tenant, version("incidentflow"), at, personal) if after is None else ""
    cursor = begin(KINDS[0], personal) if after is None else begun(after, KINDS, personal)
    exported: list[Exported] = []
    last, is_over = cursor.id, False
    while len(exported) < limit and not is_over:
        size = limit - len(exported)
        rows = await _rows(setup, cursor.kind, last, size)
        for row in rows:
            if _may_export(setup, row):
                exported.extend(await _told(setup, await _whole(setup, row)))
            last = row.subject.id
        is_over = len(rows) < size
    kinds = KINDS[KINDS.index(cursor.kind) + is_over :]
    if not kinds:
        return write_page(exported, cursor, None, first)
    return write_page(exported, cursor, (kinds[0], "" if is_over else last), first)


async def seal(setup: Setup) -> Seal:
    """List where every journal of this tenant ends."""
    setup.require_host("seal")
    heads: list[Head] = []
    for kind in KINDS:
        after = ""
        while rows := await _rows(setup, kind, after, PAGE):
            heads.extend(
                Head(kind, row.subject.id, row.number, row.version, row.head) for row in rows
            )
            after = rows[-1].subject.id
    return Seal(setup.tenant, setup.now(), tuple(heads))


async def verify(
    setup: Setup, reference: Reference | None = None, seal: Seal | None = None
) -> Verification:
    """Check chains and folds, of one incident or of all of this tenant, and against a seal."""
    if seal is not None:
        setup.require_host("verify with a seal")
    if not (seal is None or isinstance(seal, Seal)):
        raise InvalidInput.of("seal", seal, "seal.none")
    if seal is not None and seal.tenant != setup.tenant:
        raise InvalidInput.of("seal", seal.tenant, "seal.tenant", tenant=setup.tenant)
    checker, checked = Checker(setup.codec, seal), Verification()
    if reference is not None:
        stored = await load(setup, reference)
        found = await _rows(setup, stored.subject.kind, f"{stored.subject.id}{BEHIND}", 1)
        told = (row for row in found if row.subject == stored.subject)
        return await _verified(setup, checker, next(told, stored))
    for kind in KINDS:
        after = ""
        while rows := await _rows(setup, kind, after, PAGE):
            for row in rows:
                if setup.shows(row):
                    checked += await _verified(setup, checker, row)
            after = rows[-1].subject.id
    return checked + checker.missing()


async def _verified(setup: Setup, checker: Checker, row: Stored) -> Verification:
    checked = checker.check(await _whole(setup, row))
    return checked if checked.broken else checked + Verification(broken=_misfiled(setup, row))


def _misfiled(setup: Setup, row: Stored) -> tuple[Broken, ...]:
    """Say by what a store would search for an incident that it does not have, if it tells."""
    if row.index is None or row.subject.kind != INCIDENT:
        return ()
    incident = setup.read(row)
    index, there = index_of(setup, incident, None), row.index
    if there.dedup_key is None and not incident.place.is_unfinished:
        index = evolve(index, dedup_key=None)
    wrong = ", ".join(
        [name for name in SEARCHED if getattr(index, name) != getattr(there, name)]
        + ["span"] * (not _spans(there, index))
    )
    problem = f"the store searches by another {wrong} than it has"
    return (Broken(row.subject.id, 0, problem),) if wrong else ()


def _spans(there: Index, index: Index) -> bool:
    """Whether an incident is found for every period that it concerns; for more is no harm."""
    ends = index.ended_at if there.ended_at is None else there.ended_at
    return there.begun_at <= index.begun_at and (
        ends is None or (index.ended_at is not None and ends >= index.ended_at)
    )


async def _rows(setup: Setup, kind: str, after: str, limit: int) -> tuple[Stored, ...]:
    cursor = (0, after) if after else None
    query = Query(tenant=setup.tenant, kind=kind, after=cursor, limit=limit)
    return await setup.store.find(query)


async def _whole(setup: Setup, stored: Stored) -> Exported:
    """Read the journal that belongs to a snapshot, though somebody may be adding to it."""
    subject = stored.subject
    for _ in range(LOOKS):
        lines = await setup.store.history(subject)
        if len(lines) <= stored.version:
            return Exported(stored, lines)
        found = await setup.store.load(Lookup(subject.tenant, By.ID, subject.id, subject.kind))
        if found is None or found.version == stored.version:
            return Exported(stored, lines)
        stored = found
    raise CommitConflict("version", subject.id)


async def _told(setup: Setup, exported: Exported) -> tuple[Exported, ...]:
    """Leave out whose journal names an incident that the viewer may not see; it must stay whole."""
    subject = exported.stored.subject
    if setup.viewer is None or not setup.outside.authorisers:
        return (exported,)
    entries = read(setup.codec, subject.id, exported.lines)
    return (exported,) if len(await told(setup, entries)) == len(entries) else ()


def _may_export(setup: Setup, stored: Stored) -> bool:
    """Whether a viewer may have a subject; all but incidents are the host's alone."""
    if setup.viewer is None:
        return True
    if stored.subject.kind != INCIDENT or not setup.shows(stored):
        return False
    outside = setup.outside
    return (
        not outside.authorisers
        or outside.denial(setup.viewer, "export", setup.read(stored)) is None
    )
