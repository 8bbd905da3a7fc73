from __future__ import annotations

import datetime as dt
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from segmentary.settings import Settings
from segmentary.sources.delivery import SAMPLE_ROWS
from segmentary.sources.mapping import propose, settled
from segmentary.sources.open import open_source


def test_columns_are_profiled_on_a_sample(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("id,late\n" + "".join(f"{i},\n" for i in range(SAMPLE_ROWS)) + "x,1\n")
    (delivery,) = open_source(path)
    identity, late = delivery.columns
    assert (identity.type, identity.filled, identity.distinct) == ("integer", SAMPLE_ROWS, 1_000)
    assert (late.type, late.filled) == ("text", 0)
    assert delivery.read().read_all().num_rows == SAMPLE_ROWS + 1


@pytest.fixture(scope="module")
def retail(real_data: Path) -> pa.Table:
    return pq.read_table(real_data / "online_retail" / "online_retail.parquet")


@pytest.mark.real_data
def test_half_a_million_rows_as_text_equal_the_typed_file(retail: pa.Table, tmp_path: Path) -> None:
    path = tmp_path / "retail.csv"
    pyarrow.csv.write_csv(retail, path)
    (delivery,) = open_source(path)
    rows = total = 0
    for batch in delivery.read():
        rows += batch.num_rows
        total += sum(int(v) for v in batch.column("Quantity").to_pylist())
    assert (rows, total) == (541_909, 5_176_450)
    assert delivery.rejected == []
    mapping = settled(propose(delivery, settings=Settings()))
    assert (mapping.kind, mapping.date_order, mapping.cancellation_prefix) == ("order_lines", "iso", "C")


@pytest.mark.real_data
def test_305_daily_files_are_one_source(retail: pa.Table, tmp_path: Path) -> None:
    days = retail.column("InvoiceDate").cast(pa.date32())
    for day in sorted(set(days.to_pylist())):
        rows = retail.filter(pa.compute.equal(days, day)).slice(0, 40)
        written = [v.strftime("%d/%m/%Y %H:%M") for v in rows.column("InvoiceDate").to_pylist()]
        rows = rows.set_column(4, "InvoiceDate", pa.array(written))
        pyarrow.csv.write_csv(rows, tmp_path / f"{day:%Y-%m-%d}.csv")
    deliveries = open_source(tmp_path, name="retail")
    assert len(deliveries) == 305
    assert {d.name for d in deliveries} == {"retail"}
    # The first day alone, 1 December, could be 12 January: the other days decide.
    assert deliveries[0].columns[4].examples[0].startswith(dt.date(2010, 12, 1).strftime("%d/%m/%Y"))
    mapping = settled(propose(deliveries[0], settings=Settings()))
    assert (mapping.kind, mapping.date_order) == ("order_lines", "day_first")
