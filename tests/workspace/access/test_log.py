"""The log of who did what cannot be edited unseen."""

from __future__ import annotations

import pytest

from segmentary.workspace.access.access import Access
from segmentary.workspace.access.log import take_down, verdict_of
from segmentary.workspace.opening import init_workspace


@pytest.mark.parametrize(
    "sabotage",
    [
        "update access_log set caller = 'bob' where number = 2",
        "update access_log set happened_at = '2020-01-01T00:00:00.000000Z' where number = 2",
        "update access_log set detail = '{}' where number = 2",
        "delete from access_log where number = 2",
        "delete from access_log where number = 4",
        "delete from access_log where number > 0",
        "delete from access_log",
        "delete from access_log where number = 0",
        "update access_log set number = number + 10 where number > 2",
        "insert into access_log select 5, happened_at, caller, '', '', '{}', '', '', '' from access_log limit 1",
    ],
)
def test_an_edited_or_removed_entry_is_found(access, sabotage):
    for number in range(4):
        access.log("ada", "segment changed", f"s{number}", {"number": number})
    assert access.verify_log().intact
    assert access.anchors()[0][1] == 4
    with access.writing() as ledger:
        ledger.connection.execute(sabotage)
    assert not access.verify_log().intact


def test_an_empty_log_is_intact(tmp_path, clock):
    with init_workspace(tmp_path / "shop", clock=clock) as workspace:
        access = Access(workspace)
        assert access.verify_log().intact
        access.close()


def test_the_command_line_writes_the_same_chain(access):
    access.log("ada", "one")
    with access.writing() as ledger:
        take_down(access.folder.root, ledger, "local:x", "two", "", {}, at=access.tick())
        assert verdict_of(access.folder.root, ledger).entries == 2
    access.log("ada", "three")
    assert access.verify_log().intact
    assert access.pseudonym("c1") == access.pseudonym("c1") != access.pseudonym("c2")
    assert "c1" not in access.pseudonym("c1")
