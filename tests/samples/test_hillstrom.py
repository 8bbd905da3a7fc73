"""The Hillstrom file, read where it is."""

from __future__ import annotations

import pyarrow as pa
import pytest
from pyarrow import csv

from segmentary.errors import SourceError
from segmentary.samples.hillstrom import COLUMNS, customers, exposures, read_hillstrom, write_files


@pytest.fixture
def file(tmp_path):
    rows = {name: [1, 2, 3] for name in COLUMNS} | {"segment": ["No E-Mail", "Mens E-Mail", "Womens E-Mail"]}
    csv.write_csv(pa.table(rows), tmp_path / "hillstrom.csv")
    return tmp_path / "hillstrom.csv"


def test_one_row_per_customer_and_one_per_exposure(file, tmp_path):
    table = read_hillstrom(file)
    assert customers(table).column_names[:3] == ["customer_id", "months_since_purchase", "spend_before"]
    assert "segment" not in customers(table).column_names
    assert exposures(table).column("arm").to_pylist() == ["none", "mens", "womens"]
    assert all(one.is_file() for one in write_files(file, tmp_path / "made"))


def test_another_file_is_refused(tmp_path):
    with pytest.raises(SourceError, match="there is no file"):
        read_hillstrom(tmp_path / "nothing.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(SourceError, match="lacks recency"):
        read_hillstrom(tmp_path / "other.csv")


@pytest.mark.real_data
def test_the_real_file(real_data):
    table = read_hillstrom(real_data / "clv" / "hillstrom.parquet")
    assert table.num_rows == 64_000
    assert exposures(table).column("arm").value_counts().to_pylist() == [
        {"values": "womens", "counts": 21_387},
        {"values": "none", "counts": 21_306},
        {"values": "mens", "counts": 21_307},
    ]  # fmt: skip
