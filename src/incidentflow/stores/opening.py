"""Open a store by its URL."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl

from incidentflow.errors import InvalidInput, nearest
from incidentflow.ports import AsyncStore, Opener, Store
from incidentflow.stores.memory import MemoryStore
from incidentflow.stores.sqlite import SQLiteStore
from incidentflow.stores.sqlite_file import OWN

SQLITE_OPTIONS = ("file", "synchronous")
EXAMPLES = "give 'memory:' or 'sqlite:///incidents.db'"


def open_store(url: str, openers: Mapping[str, Opener] | None = None) -> Store | AsyncStore:
    """
    Open the store that a URL names.

    Args:
        url: ``memory:``, ``sqlite:///relative.db`` or ``sqlite:////absolute/path.db``; the
            latter with ``?synchronous=normal`` if the last commits may be lost to a power failure,
            and with ``?file=shared`` if a host keeps its tables in the same file.
        openers: How to open each kind, by scheme; None: the built-in kinds.

    Raises:
        InvalidInput: There is no such kind of store, or it cannot be opened this way.
        StoreError: The storage failed.

    """
    openers = OPENERS if openers is None else openers
    scheme, colon, _ = url.partition(":")
    if not colon:
        raise InvalidInput("store", "a text without a scheme", f"is no URL; {EXAMPLES}")
    if scheme not in openers:
        raise _refused(scheme, f"is no known kind of store; {nearest(scheme, openers)}")
    return openers[scheme](url)


def _memory(url: str) -> Store:
    if url != "memory:":
        raise _refused("memory", "takes neither a path nor options; give 'memory:'")
    return MemoryStore()


def _sqlite(url: str) -> Store:
    place, _, query = url.partition(":")[2].partition("?")
    options = dict(parse_qsl(query, keep_blank_values=True))
    for option in options:
        if option not in SQLITE_OPTIONS:
            hint = nearest(option, SQLITE_OPTIONS)
            raise _refused("sqlite", f"knows no option of this name; {hint}")
    path = place.removeprefix("///")
    if path in {"", place}:
        problem = "names no file; write three slashes before a path: sqlite:///incidents.db"
        raise _refused("sqlite", problem)
    synchronous = options.get("synchronous", "FULL").upper()
    return SQLiteStore(path, file=options.get("file", OWN), synchronous=synchronous)


def _refused(scheme: str, problem: str) -> InvalidInput:
    """Refuse a URL by its scheme alone: the rest of it may hold a password."""
    return InvalidInput("store", f"{scheme}:…", problem)


OPENERS: Mapping[str, Opener] = {
    "memory": _memory,
    "sqlite": _sqlite,
}
