"""A year in daily files one by one ends in the same state as all of them at once, and as the whole file."""

import os

import duckdb
import pytest

import segmentary as sg
from segmentary.engine.sqlfile import parse_query

pytestmark = [pytest.mark.real_data, pytest.mark.slow]

GOOD = """
segment: good
where:
  all:
    - {trait: recency, lte: 30}
    - {trait: order_count, gte: 5}
    - {trait: monetary, gte: 1000}
"""
FILES = int(os.environ.get("SEGMENTARY_REPLAY_DAYS", "31"))
"""Into how many files the 305 days go; `make replay` takes one for each."""
STATE = {
    "order_lines": "record_id, order_id, happened_at, sale_kind, cancels_order_id, product_id, quantity, amount",
    "events": "customer_id, name, happened_at, order_id, product_id, amount, quantity, properties",
    "customers": "customer_id, first_seen_at",
    "customer_attributes": "customer_id, name, value, value_type, valid_from, valid_to",
    "traits": "*",
}


def state(workspace):
    """Everything that must not depend on how the rows came in."""
    found = {}
    for table, columns in STATE.items():
        workspace.engine.create_as("compared", parse_query(f"select {columns} from {table}"), temporary=True)
        found[table] = workspace.engine.checksum("compared")
    return found


@pytest.fixture(scope="module")
def days(real_data, tmp_path_factory):
    """The file, split as the shop would have delivered it: each of `FILES` holds the same number of days."""
    folder = tmp_path_factory.mktemp("days") / "online_retail"
    folder.mkdir()
    source = real_data / "online_retail" / "online_retail.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute(f"select distinct cast(InvoiceDate as date) from '{source}' order by 1").fetchall()
        connection.execute(f"create table everything as select * from '{source}'")
        days = [day for (day,) in rows]
        assert len(days) == 305
        each = -(-len(days) // FILES)
        for first in range(0, len(days), each):
            part = days[first : first + each]
            between = f"cast(InvoiceDate as date) between date '{part[0]}' and date '{part[-1]}'"
            place = folder / f"{part[0]}.parquet"
            connection.execute(f"copy (select * from everything where {between}) to '{place}' (format parquet)")
    files = sorted(folder.iterdir())
    assert len(files) == FILES
    return files


def finished(workspace):
    (workspace.folder.segments / "good.yaml").write_text(GOOD)
    workspace.apply()
    workspace.run(as_of="2011-12-10")
    return state(workspace), workspace.segment("good").ids()


def test_one_by_one_equals_all_at_once_equals_one_file(days, real_data, tmp_path):
    whole_file = real_data / "online_retail" / "online_retail.parquet"
    with sg.init(tmp_path / "whole", currency="GBP") as workspace:
        workspace.add(whole_file, name="online_retail")
        whole = finished(workspace)
    assert len(whole[1]) == 739
    with sg.init(tmp_path / "folder", currency="GBP") as workspace:
        assert len(workspace.add(days[0].parent)) == FILES
        assert finished(workspace) == whole
        assert all(report.already_loaded for report in workspace.add(days[0].parent))
    with sg.init(tmp_path / "daily", currency="GBP") as workspace:
        for file in days:
            (report,) = workspace.add(file, name="online_retail")
            assert report.rows_read == report.rows_kept
        assert finished(workspace) == whole
