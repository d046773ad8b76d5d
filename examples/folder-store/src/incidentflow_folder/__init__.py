"""Incidents in a folder: a store for incidentflow in one file that only grows."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import mkdtemp

from incidentflow.hookspecs import hookimpl
from incidentflow.ports import Opener
from incidentflow_folder.store import FolderStore

__all__ = ["FolderStore", "again", "in_a_new_folder", "incidentflow_stores"]


@hookimpl
def incidentflow_stores() -> Mapping[str, Opener]:
    """Open ``folder:path/to/folder``."""
    return {"folder": lambda url: FolderStore(url.partition(":")[2])}


def in_a_new_folder() -> FolderStore:
    """Make an empty store, for the conformance kit."""
    return FolderStore(Path(mkdtemp()))


def again(store: FolderStore) -> FolderStore:
    """Open a store again, as another process would."""
    return FolderStore(store.name.partition(":")[2])
