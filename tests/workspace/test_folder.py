import pytest

from segmentary.errors import UsageError, WorkspaceError, WorkspaceLockedError
from segmentary.settings import Settings
from segmentary.workspace.folder import Folder, Lock


def test_a_folder_is_made_once(tmp_path):
    folder = Folder(tmp_path / "shop")
    with pytest.raises(UsageError, match="no folder"):
        folder.check()
    folder.make(Settings())
    folder.check()
    with pytest.raises(WorkspaceError, match="already"):
        folder.make(Settings())


def test_a_warehouse_without_its_ledger_is_no_workspace(tmp_path):
    folder = Folder(tmp_path / "shop")
    folder.make(Settings())
    folder.warehouse.touch()
    with pytest.raises(WorkspaceError, match="ledger"):
        folder.check()


def test_one_at_a_time(tmp_path):
    folder = Folder(tmp_path)
    lock = Lock(folder)
    with pytest.raises(WorkspaceLockedError):
        Lock(folder)
    lock.release()
    Lock(folder).release()
