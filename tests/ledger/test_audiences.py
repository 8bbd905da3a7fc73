import datetime as dt
import sqlite3

import pytest

from segmentary.errors import WorkspaceError
from segmentary.ledger.audiences import (
    append_audience,
    arms_before,
    audience_entry,
    audiences_of,
    counts_of,
    drawn_first_in,
    member_of,
    members_of,
    set_document,
    set_state,
)
from segmentary.ledger.ledger import Ledger

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
ANN, BOB, CYD = ("ann", "vip", "treated", "x", ""), ("bob", "vip", "holdout", "", ""), ("cyd", "vip", "", "", "refused")


def put(ledger, name, members):
    append_audience(
        ledger, name, campaign="autumn", campaign_version="v", as_of=NOW, frozen_at=NOW, document={"a": 1},
        members=members,
    )  # fmt: skip


def test_an_audience_is_whole_or_not_there(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")

    def broken():
        yield ANN
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        put(ledger, "autumn-1", broken())
    with pytest.raises((sqlite3.Error, WorkspaceError)):
        put(ledger, "autumn-1", [ANN, ANN])
    assert audiences_of(ledger) == []
    assert ledger.rows("select * from audience_members") == []
    put(ledger, "autumn-1", [ANN, BOB, CYD])
    assert audience_entry(ledger, "autumn-1").document == {"a": 1}


def test_people_are_read_by_arm_and_reason(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    put(ledger, "autumn-1", [CYD, BOB, ANN])
    assert [one for block in members_of(ledger, "autumn-1") for one in block] == [ANN, BOB, CYD]
    assert list(members_of(ledger, "autumn-1", arm="treated")) == [[ANN]]
    assert list(members_of(ledger, "autumn-1", reason="refused")) == [[CYD]]
    assert list(members_of(ledger, "autumn-1", reason="", after="ann")) == [[BOB]]
    assert member_of(ledger, "autumn-1", "bob") == BOB
    assert member_of(ledger, "autumn-1", "eve") is None
    assert sum(row[4] for row in counts_of(ledger, "autumn-1")) == 3


def test_a_draw_counts_once(tmp_path):
    ledger = Ledger(tmp_path / "ledger.sqlite")
    put(ledger, "autumn-1", [ANN, BOB])
    put(ledger, "autumn-2", [ANN, ("dan", "vip", "treated", "", "")])
    assert arms_before(ledger, "autumn") == {"ann": "treated", "bob": "holdout", "dan": "treated"}
    assert drawn_first_in(ledger, "autumn-1") == [("ann", "treated"), ("bob", "holdout")]
    assert drawn_first_in(ledger, "autumn-2") == [("dan", "treated")]
    set_state(ledger, "autumn-1", "cancelled", at=NOW)
    set_document(ledger, "autumn-1", {"b": 2})
    entry = audiences_of(ledger, "autumn")[0]
    assert (entry.state, entry.document) == ("cancelled", {"b": 2})
