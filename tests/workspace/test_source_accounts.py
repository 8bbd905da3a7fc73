"""Every row is accounted for, and a source is late by its own rhythm."""

import datetime as dt

import pytest

from segmentary.errors import UnknownNameError
from segmentary.workspace.identity_account import identity_account
from segmentary.workspace.opening import init_workspace
from segmentary.workspace.source_accounts import freshness, refused_rows, source_account, source_accounts

NOW = dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
ORDERS = "order_id,customer_id,ordered_at,amount\no1,c1,2026-04-02,5\no2,c2,2026-04-03,7\no2,c2,2026-04-03,7\n"


def test_an_empty_workspace_has_no_sources(tmp_path):
    with init_workspace(tmp_path / "shop") as workspace:
        assert source_accounts(workspace) == []
        assert refused_rows(workspace, "orders") == []
        assert identity_account(workspace).customers == 0
        with pytest.raises(UnknownNameError):
            source_account(workspace, "orders")


def test_rows_read_are_kept_known_set_aside_or_refused(tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text(ORDERS + "o4,c4,not a day,1\nbad,row\n" + "o9,c9,2026-04-09,one\n" * 3)
    with init_workspace(tmp_path / "shop", clock=lambda: NOW) as workspace:
        workspace.add(path, columns={"happened_at": "ordered_at"}, kind="orders")
        one = source_account(workspace, "orders")
        assert one.rows_read == 8 == one.rows_kept + one.rows_known + one.rows_set_aside + one.rows_refused
        assert sum(one.reasons.values()) == one.rows_refused
        assert one.newest_record == dt.datetime(2026, 4, 9, tzinfo=dt.UTC)
        assert one.freshness == "fresh"
        rows = refused_rows(workspace, "orders")
        assert len(rows) == one.rows_refused
        assert [row.row_number for row in rows] == sorted(row.row_number for row in rows)
        paged, after = [], None
        while page := refused_rows(workspace, "orders", after=after, limit=2):
            paged += page
            after = (page[-1].ordinal, page[-1].row_number, page[-1].stored_reason)
        assert paged == rows
        assert refused_rows(workspace, "orders", reason=rows[0].reason)[0] == rows[0]
        assert refused_rows(workspace, "orders", set_aside=True) == []


@pytest.mark.parametrize(
    ("newest", "last", "gap", "expected"),
    [
        (NOW - DAY, NOW, None, "fresh"), (NOW - 50 * DAY, NOW, None, "old"), (None, NOW, None, "timeless"),
        (NOW - 4 * DAY, NOW - 4 * DAY, 1.0, "late"), (NOW - 2 * DAY, NOW - 2 * DAY, 1.0, "fresh"),
        (NOW, NOW - 4 * DAY, 0.01, "late"), (NOW - 8 * DAY, NOW - 8 * DAY, 7.0, "fresh"),
    ],
)  # fmt: skip
def test_a_source_is_late_by_its_own_rhythm(newest, last, gap, expected):
    assert freshness(newest, last, gap, NOW) == expected
