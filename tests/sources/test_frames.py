from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from segmentary.errors import SourceError
from segmentary.sources.open import open_source

COLUMNS: dict[str, list[Any]] = {"id": ["a", "b"], "n": [1, 2], "at": [dt.datetime(2026, 3, 1), None]}
ARROW = pa.table(COLUMNS)


@pytest.mark.parametrize(
    "target",
    [
        pl.DataFrame(COLUMNS),
        pl.DataFrame(COLUMNS).lazy(),
        pd.DataFrame(COLUMNS),
        ARROW,
        ARROW.to_batches()[0],
    ],
    ids=["polars", "polars lazy", "pandas", "arrow", "arrow batch"],
)
def test_any_dataframe_is_a_delivery(target: Any) -> None:
    (delivery,) = open_source(target, name="orders")
    assert delivery.name == "orders"
    for _ in range(2):
        assert delivery.read().read_all().to_pylist() == [
            {"row_number": 1, "id": "a", "n": 1, "at": dt.datetime(2026, 3, 1)},
            {"row_number": 2, "id": "b", "n": 2, "at": None},
        ]
    assert [c.type for c in delivery.columns] == ["text", "integer", "time"]


def test_a_duckdb_relation_is_a_delivery() -> None:
    with duckdb.connect() as connection:
        (delivery,) = open_source(connection.from_arrow(ARROW))
        assert delivery.read().read_all().num_rows == 2


def test_a_reader_is_kept_whole_because_it_can_be_read_once_only() -> None:
    (delivery,) = open_source(ARROW.to_reader())
    assert delivery.read().read_all().num_rows == delivery.read().read_all().num_rows == 2


def test_pandas_oddities() -> None:
    frame = pd.DataFrame(
        {"mixed": [1, "x", np.nan], "c": pd.Categorical(["u", "v", "u"]), "o": [{"k": 1}, None, {"k": 2}]},
        index=pd.Index(["r1", "r2", "r3"], name="key"),
    )
    (delivery,) = open_source(frame)
    first, second, third = delivery.read().read_all().to_pylist()
    assert first == {"row_number": 1, "key": "r1", "mixed": "1", "c": "u", "o.k": 1}
    assert (second["mixed"], third["mixed"], second["o.k"]) == ("x", None, None)


def test_twice_named_columns_and_no_rows() -> None:
    frame = pd.DataFrame([[1, 2]], columns=["a", "a"])
    (delivery,) = open_source(frame)
    assert [c.name for c in delivery.columns] == ["a", "a_2"]
    (empty,) = open_source(pl.DataFrame({"a": []}))
    assert empty.read().read_all().num_rows == 0


def test_what_is_no_table_is_refused() -> None:
    for target in (12, [1], {"a": 1}, pd.Series([1])):
        with pytest.raises(SourceError):
            open_source(target)
