"""The folder store does what every store must do, and survives what a folder may suffer."""

from __future__ import annotations

import os
from pathlib import Path
from tempfile import mkdtemp

import pytest
from incidentflow_folder import FolderStore, again

from incidentflow import IncidentDesk, Note
from incidentflow.errors import InvalidInput, StoreError
from incidentflow.testing.store import StoreContract


class TestFolderStore(StoreContract):
    """The contract of stores."""

    @pytest.fixture(autouse=True)
    def _give_a_folder(self, tmp_path: Path) -> None:
        self.folder = tmp_path

    def make_store(self) -> FolderStore:
        """Make an empty one."""
        return FolderStore(mkdtemp(dir=self.folder))

    def reopen(self, store: FolderStore) -> FolderStore:
        """Open the same folder again."""
        return again(store)


def test_a_desk_opens_it_by_its_url(tmp_path: Path) -> None:
    """The plugin is installed, and asked for by name."""
    url = f"folder:{tmp_path}/incidents"
    incident = IncidentDesk(url, plugins=["folder"]).report("Mail is down", by="ana")

    assert incident == IncidentDesk(url, plugins="installed").get("INC-0000001")


def test_a_line_without_an_end_never_happened(tmp_path: Path) -> None:
    """What a crash leaves is cut off by the next who writes."""
    desk = IncidentDesk(FolderStore(tmp_path))
    incident = desk.report("Mail is down", by="ana")
    desk.apply(incident, Note(by="ana", text="a note that is longer than others"))
    file = tmp_path / "asked.jsonl"
    whole = file.read_bytes()
    for length in range(len(whole.splitlines(keepends=True)[0]), len(whole), 61):
        os.truncate(file, length)
        again = IncidentDesk(FolderStore(tmp_path))
        standing = again.get(incident)
        after = again.apply(incident, Note(by="bo", text="short"))

        assert incident == standing
        assert 2 == after.version
        assert again.verify().holds
        file.write_bytes(whole)


def test_two_processes_see_each_other(tmp_path: Path) -> None:
    """Each reads what the other has written before it answers."""
    one, other = (IncidentDesk(FolderStore(tmp_path)) for _ in range(2))
    incident = one.report("Mail is down", by="ana")
    other.apply(incident, Note(by="bo", text="n"))

    assert 2 == one.get(incident).version
    assert "INC-0000002" == other.report("Printer", by="bo").number
    assert "INC-0000003" == one.report("Door", by="ana").number


def test_a_folder_that_cannot_be_used_is_one_clear_error(tmp_path: Path) -> None:
    """When it is opened, and when it goes away later."""
    (tmp_path / "file").touch()
    with pytest.raises(InvalidInput, match="names no folder"):
        FolderStore("")
    with pytest.raises(StoreError, match=r"cannot open .*nothing was changed"):
        FolderStore(tmp_path / "file")
    desk = IncidentDesk(FolderStore(tmp_path / "folder"))
    desk.adopt(by="ana", reason="go live")
    (tmp_path / "folder/asked.jsonl").unlink()
    with pytest.raises(StoreError, match=r"cannot commit .*the change may stand"):
        desk.report("Mail is down", by="ana")
