import stat

import pytest

from segmentary.errors import WorkspaceError
from segmentary.workspace.keys import NAME, key


def test_a_key_stays_and_two_workspaces_share_no_byte_of_it(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir(), other.mkdir()
    assert key(one, "unsubscribe") == key(one, "unsubscribe")
    assert key(one, "unsubscribe") != key(one, "webhooks")
    assert key(one, "unsubscribe") != key(other, "unsubscribe")
    assert len(key(one, "webhooks")) == 32


def test_only_the_owner_may_read_it(tmp_path):
    key(tmp_path, "unsubscribe")
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", '{"unsubscribe": "short"}', '{"unsubscribe": 4}', "\0"])
def test_a_damaged_file_is_never_replaced(tmp_path, text):
    (tmp_path / NAME).write_text(text)
    with pytest.raises(WorkspaceError, match="damaged"):
        key(tmp_path, "unsubscribe")
    assert (tmp_path / NAME).read_text() == text
