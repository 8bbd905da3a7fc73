from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from segmentary.errors import SourceError
from segmentary.sources.files import Limits
from segmentary.sources.parquet import Parquet


def written(folder: Path, table: pa.Table) -> Parquet:
    path = folder / "file.parquet"
    pq.write_table(table, path)
    return Parquet("file", path)


def test_types_are_kept_and_nesting_is_flattened(tmp_path: Path) -> None:
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int32()),
            "price": pa.array([Decimal("1.50"), None], pa.decimal128(10, 2)),
            "at": pa.array([dt.datetime(2026, 3, 1, 12), None], pa.timestamp("us")),
            "kind": pa.array(["a", "b"]).dictionary_encode(),
            "who": pa.array([{"name": "Zoë", "at": {"city": "Köln"}}, None]),
            "tags": pa.array([["x", "y"], None]),
            "raw": pa.array([b"ab", b"\xff\x00"]),
            "none": pa.nulls(2),
        }
    )
    delivery = written(tmp_path, table)
    first, second = delivery.read().read_all().to_pylist()
    assert first == {
        "row_number": 1,
        "n": 1,
        "price": Decimal("1.50"),
        "at": dt.datetime(2026, 3, 1, 12),
        "kind": "a",
        "who.name": "Zoë",
        "who.at.city": "Köln",
        "tags": '["x", "y"]',
        "raw": "ab",
        "none": None,
    }
    assert second["raw"] == "ff00"
    assert second["who.name"] is None
    assert [c.type for c in delivery.columns][:4] == ["integer", "number", "time", "text"]
    assert delivery.facts.rows == 2


def test_no_rows_and_taken_names(tmp_path: Path) -> None:
    delivery = written(tmp_path, pa.table({"row_number": pa.array([], pa.int64()), "a": pa.array([], pa.string())}))
    assert delivery.names == ("row_number_2", "a")
    assert delivery.read().read_all().num_rows == 0


def test_damaged_files_and_bombs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.parquet"
    path.write_bytes(b"PAR1 nonsense PAR1")
    with pytest.raises(SourceError, match="not a readable Parquet file"):
        Parquet("file", path)
    big = pa.table({"a": pa.array(["x" * 1_000] * 200_000).dictionary_encode()})
    pq.write_table(big, path)
    with pytest.raises(SourceError, match="rows and"):
        Parquet("file", path, limits=Limits(rows=1_000))
    with pytest.raises(SourceError, match="would unpack"):
        Parquet("file", path, limits=Limits(decoded_bytes=1 << 20)).read().read_all()


def test_rows_are_numbered_over_batches(tmp_path: Path) -> None:
    delivery = written(tmp_path, pa.table({"a": range(120_000)}))
    numbers = delivery.read().read_all().column("row_number").to_pylist()
    assert numbers == list(range(1, 120_001))
