"""What was measured is kept until what it rests on changes."""

from __future__ import annotations

import segmentary as sg
from segmentary.ledger.records import append_record
from segmentary.workspace.kept_findings import MOST, keep, key_of, recall


def test_a_new_record_makes_it_unknown(tmp_path):
    with sg.init(tmp_path / "shop") as workspace:
        key = key_of(workspace, "market", "a", 2)
        keep(key, "found")
        assert recall(key_of(workspace, "market", "a", 2)) == "found"
        assert recall(key_of(workspace, "market", "a", 3)) is None
        append_record(workspace.ledger, "market", "b", {"market": "b"}, at=workspace.tick())
        assert recall(key_of(workspace, "market", "a", 2)) is None


def test_only_so_much_is_kept():
    for number in range(MOST + 5):
        keep(("here", str(number)), number)
    assert recall(("here", "0")) is None
    assert recall(("here", str(MOST + 4))) == MOST + 4
