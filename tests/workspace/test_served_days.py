"""A shop's year, day by day: what was served on a day is what that day's knowledge says, evaluated today."""

import datetime as dt
import os

import duckdb
import pytest

import segmentary as sg

pytestmark = [pytest.mark.real_data, pytest.mark.slow, pytest.mark.timeout(0)]

SEGMENTS = """
segment: recent
where: {trait: recency, lte: 30}
---
segment: frequent
where: {event: order_completed, during: {last: 90d}, count: {gte: 3}}
---
segment: lapsing
where: {all: [{event: order_completed, count: {gte: 2}}, {event: order_completed, during: {last: 60d}, did_not: true}]}
---
segment: best_in_country
where: {rank: {by: {trait: monetary}, top: 10%, within: {trait: country}}}
---
segment: regular
where: {all: [{segment: frequent}, {not: {segment: lapsing}}, {trait: average_order, gte: 100}]}
"""
DAYS = int(os.environ.get("SEGMENTARY_REPLAY_DAYS", "8"))
"""How many of the 305 days; `make replay` takes all."""


def test_served_each_day_is_what_that_day_knew(real_data, tmp_path):
    source = real_data / "online_retail" / "online_retail.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"create table everything as select * from '{source}'")
        query = "select distinct cast(InvoiceDate as date) from everything order by 1"
        days = [day for (day,) in connection.execute(query).fetchall()]
        step = max(1, len(days) // DAYS)
        chosen = days[step - 1 :: step][:DAYS]
        files, last = [], dt.date(2000, 1, 1)
        for day in chosen:
            place = tmp_path / f"{day}.parquet"
            between = f"cast(InvoiceDate as date) > date '{last}' and cast(InvoiceDate as date) <= date '{day}'"
            connection.execute(f"copy (select * from everything where {between}) to '{place}' (format parquet)")
            files.append((day + dt.timedelta(days=1), place))
            last = day
    with sg.init(tmp_path / "shop", currency="GBP") as workspace:
        (workspace.folder.segments / "all.yaml").write_text(SEGMENTS)
        served = []
        for number, (day, file) in enumerate(files):
            workspace.add(file, name="online_retail")
            if number == 0:
                workspace.apply()
            workspace.run(as_of=day)
            served.append((day, workspace.last_run()))
        names = list(workspace.segments_defined())
        for day, run in served:
            evaluated = workspace.evaluate(workspace.segments_defined(), workspace.context(day, run.started_at))
            for name in names:
                view = workspace.segment(name)
                column = evaluated.segment_columns[name]
                query = f'select customer_id from "{evaluated.flags}" where "{column}" order by 1'
                expected = [row[0] for row in workspace.engine.run(query).fetchall()]
                assert view.ids(served_at=run.finished_at) == expected, (name, day)
        assert any(workspace.segment(name).history()[-1].left for name in names)
