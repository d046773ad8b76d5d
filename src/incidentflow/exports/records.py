"""
The format of an export: lines of JSON (rule J7).

First what it is; then for each subject one line of what is stored of it, and one line for each
entry of its journal, with the very texts that were hashed; last how many subjects there were, and
a digest of all lines before. Every page ends where the next begins: joined they are the export.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence

from incidentflow.codec import canonical
from incidentflow.errors import InvalidInput
from incidentflow.ports import Line, Stored
from incidentflow.words import frozen

FORMAT = 1
INCLUDED, LEFT_OUT = PERSONAL = ("included", "left_out")
NOTHING_LEFT = "{}"
CURSOR = re.compile(
    r"(?P<digest>[0-9a-f]{64})/(?P<subjects>\d+)/(?P<personal>\w+)/(?P<kind>\w+)/(?P<id>.*)"
)


@frozen
class Exported:
    """
    A subject as an export holds it.

    Attributes:
        stored: The subject; its snapshot is empty where personal texts were left out.
        lines: Its journal.

    """

    stored: Stored
    lines: tuple[Line, ...]


@frozen
class ExportPage:
    """
    A part of an export; all parts in order, joined, are the file.

    Attributes:
        text: Whole lines of it.
        subjects: How many subjects are in this part.
        entries: How many journal entries.
        after: What to give as ``after`` for the next part; None at the end.

    """

    text: str
    subjects: int
    entries: int
    after: str | None = None


@frozen
class Cursor:
    """
    Where an export stands between two pages.

    Attributes:
        digest: Of all lines so far.
        subjects: How many there were so far.
        personal: Whether personal texts are in it.
        kind: The kind of subject it is at.
        id: The subject it came to last; empty: none of this kind.

    """

    digest: str
    subjects: int
    personal: str
    kind: str
    id: str = ""

    def __str__(self) -> str:
        """Show it as text that `begun` reads."""
        return "/".join((self.digest, str(self.subjects), self.personal, self.kind, self.id))


def begin(kind: str, personal: str = INCLUDED) -> Cursor:
    """Begin an export at a kind of subject."""
    return Cursor(hashlib.sha256().hexdigest(), 0, personal, kind)


def begun(after: object, kinds: tuple[str, ...], personal: str) -> Cursor:
    """
    Read where an export stands.

    Raises:
        InvalidInput: It is no cursor of such an export.

    """
    found = CURSOR.fullmatch(after) if isinstance(after, str) else None
    if found is None or found["kind"] not in kinds or found["personal"] != personal:
        raise InvalidInput.of("after", after, "cursor.none")
    return Cursor(found["digest"], int(found["subjects"]), personal, found["kind"], found["id"])


def digest(before: str, line: str) -> str:
    """Return the digest of all lines up to and including one."""
    return hashlib.sha256(f"{before}\n{line}".encode()).hexdigest()


def header(tenant: str, release: str, at: str, personal: str) -> str:
    """Write the first line."""
    head = {"export": FORMAT, "tenant": tenant, "release": release, "at": at, "personal": personal}
    return canonical(head)


def write_page(
    exported: Sequence[Exported], cursor: Cursor, next_at: tuple[str, str] | None, first: str
) -> ExportPage:
    """
    Write one page.

    Args:
        exported: The subjects in it.
        cursor: Where the export stood before it.
        next_at: The kind of subject and the id to go on after; None: it ends here.
        first: The first line of the export, if this is its first page; else empty.

    """
    lines, sum_ = [first] if first else [], cursor.digest
    for each in exported:
        lines.extend(_written(each, cursor.personal))
    for line in lines:
        sum_ = digest(sum_, line)
    subjects = cursor.subjects + len(exported)
    after = None
    if next_at is None:
        lines.append(canonical({"end": subjects, "digest": sum_}))
    else:
        after = str(Cursor(sum_, subjects, cursor.personal, *next_at))
    entries = sum(len(each.lines) for each in exported)
    return ExportPage("".join(f"{line}\n" for line in lines), len(exported), entries, after)


def _written(exported: Exported, personal: str) -> Iterator[str]:
    stored, whole = exported.stored, personal == INCLUDED
    yield canonical(
        {
            "kind": stored.subject.kind,
            "id": stored.subject.id,
            "number": stored.number,
            "version": stored.version,
            "head": stored.head,
            "due_at": stored.due_at,
            "snapshot": stored.snapshot.decode() if whole else "",
        }
    )
    for line in exported.lines:
        beside = line.personal if whole else NOTHING_LEFT
        yield canonical([line.sequence, line.body, beside, line.hash])
