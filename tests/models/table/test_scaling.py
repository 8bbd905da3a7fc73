from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import UnknownNameError
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Preparation
from segmentary.models.table.scaling import best_power, described, knots, prepare, quantiles, skewness
from segmentary.models.table.typed_table import TypedTable

CHANCE = np.random.default_rng(11)
N = 600
COLUMNS = (
    Column("height", "numeric"),
    Column("income", "numeric"),
    Column("orders", "count"),
    Column("mood", "ordinal", ("1", "2", "3", "4", "5")),
    Column("member", "binary", ("no", "yes")),
    Column("town", "nominal", ("a", "b", "c", "d")),
)


def mixed(weights: bool = True) -> TypedTable:
    values = np.column_stack(
        [
            CHANCE.normal(170, 8, N),
            CHANCE.lognormal(10, 0.9, N),
            CHANCE.poisson(CHANCE.lognormal(0.5, 1, N)),
            CHANCE.integers(0, 5, N),
            CHANCE.random(N) < 0.3,
            CHANCE.choice(4, N, p=[0.4, 0.3, 0.2, 0.1]),
        ]
    ).astype(float)
    values[CHANCE.random(values.shape) < 0.05] = np.nan
    return TypedTable(COLUMNS, values, CHANCE.uniform(0.2, 3, N) if weights else None)


def test_every_column_weighs_as_one() -> None:
    table = mixed()
    preparation = prepare(table)
    found = preparation.apply(table)
    assert not np.isnan(found).any()
    assert np.average(found, axis=0, weights=table.weight) == pytest.approx(0, abs=1e-9)
    for column in table.columns:
        places = [i for i, feature in enumerate(preparation.features) if feature.column == column.name]
        known = ~np.isnan(table.values[:, table.place(column.name)])
        part, w = found[known][:, places], table.weight[known]
        variance = np.average((part - np.average(part, axis=0, weights=w)) ** 2, axis=0, weights=w).sum()
        assert variance == pytest.approx(1, abs=1e-9)


def test_ways_by_kind() -> None:
    ways = {feature.column: feature.transform.way for feature in prepare(mixed()).features}
    assert ways == {
        "height": "standardise",
        "income": "yeo_johnson",
        "orders": "log",
        "mood": "standardise",
        "member": "standardise",
        "town": "standardise",
    }
    table = mixed()
    sentences = described(prepare(table, way={"mood": "rank"}), table.columns)
    assert len(sentences) == 6
    assert sentences[3] == "mood: rank, standardised."


def test_none_gives_raw_values() -> None:
    table = mixed()
    found = prepare(table, way="none").apply(table)
    known = ~np.isnan(table.values[:, 0])
    assert np.array_equal(found[known, 0], table.values[known, 0])
    towns = np.nan_to_num(table.values[:, 5], nan=9) == np.arange(4)[:, None]
    rows = ~np.isnan(table.values[:, 5])
    assert np.array_equal(found[rows][:, 5:], towns.T[rows])


def test_a_binary_table_stays_as_it_is() -> None:
    columns = tuple(Column(name, "binary", ("no", "yes")) for name in "abc")
    values = (CHANCE.random((50, 3)) < 0.4).astype(float)
    table = TypedTable(columns, values)
    assert np.array_equal(prepare(table).apply(table), values)
    values[0, 0] = np.nan
    assert prepare(table).apply(table)[0, 0] == pytest.approx(values[1:, 0].mean())
    assert prepare(table, way="standardise").apply(table)[1:].std() > 0.9


def test_a_rare_level_does_not_outweigh_everything() -> None:
    values = np.column_stack(
        [np.arange(1000) == 0, np.where(np.arange(1000) < 2, np.arange(1000), 2), CHANCE.random(1000)]
    )
    columns = (
        Column("rare", "binary", ("no", "yes")),
        Column("town", "nominal", ("a", "b", "c")),
        Column("x", "numeric"),
    )
    table = TypedTable(columns, values.astype(float))
    found = prepare(table).apply(table)
    assert np.abs(found).max() < 3


def test_weights_count_as_rows() -> None:
    table = mixed(weights=False)
    times = np.random.default_rng(5).integers(1, 4, N)
    weighted = TypedTable(table.columns, table.values, times.astype(float))
    repeated = TypedTable(table.columns, np.repeat(table.values, times, axis=0))
    for way in ("auto", "rank", "yeo_johnson", "log", "standardise"):
        one, other = prepare(weighted, way=way), prepare(repeated, way=way)  # type: ignore[arg-type]
        assert one.apply(table) == pytest.approx(other.apply(table), abs=1e-4)


def test_order_of_rows_does_not_matter() -> None:
    table = mixed()
    other = table.take(np.random.default_rng(1).permutation(N))
    assert prepare(table).apply(table) == pytest.approx(prepare(other).apply(table), abs=1e-9)


def test_row_centring_takes_the_persons_own_level_away() -> None:
    columns = tuple(Column(f"i{j}", "ordinal", ("1", "2", "3", "4", "5")) for j in range(6))
    wanted = np.random.default_rng(2).integers(0, 2, (300, 6))
    style = np.random.default_rng(3).integers(0, 3, (300, 1))
    table = TypedTable(columns, (wanted + style).astype(float))
    preparation = prepare(table, way="none", row_centre=True)
    assert preparation.row_centred == table.names
    assert preparation.apply(table) == pytest.approx(wanted - wanted.mean(axis=1, keepdims=True))
    assert prepare(table, row_centre=("i0", "i1")).row_centred == ("i0", "i1")
    assert prepare(mixed(), row_centre=True).row_centred == ()


def test_a_document_keeps_a_preparation() -> None:
    table = mixed()
    preparation = prepare(table, way={"height": "rank", "income": "yeo_johnson"})
    again = Preparation.from_document(preparation.to_document())
    assert np.array_equal(again.apply(table), preparation.apply(table))


@pytest.mark.parametrize("way", ["auto", "none", "standardise", "yeo_johnson", "log", "rank"])
@pytest.mark.parametrize(
    "column",
    [np.zeros(4), np.full(4, np.nan), np.array([1e300, -1e300, 0, 1]), np.array([1e-300, 0, 0, 0]), np.zeros(1)],
    ids=["constant", "missing", "huge", "tiny", "one row"],
)
def test_hostile_columns_give_numbers(way: str, column: np.ndarray) -> None:
    table = TypedTable((Column("x", "numeric"),), column[:, None])
    with np.errstate(over="ignore", invalid="ignore"):
        found = prepare(table, way=way).apply(table)  # type: ignore[arg-type]
    assert found.shape == (len(column), 1)
    assert not np.isnan(found).any()


def test_unknown_names_are_refused() -> None:
    with pytest.raises(UnknownNameError):
        prepare(mixed(), way={"heigth": "log"})
    with pytest.raises(UnknownNameError):
        prepare(mixed(), way="squared")  # type: ignore[arg-type]
    with pytest.raises(UnknownNameError):
        prepare(mixed(), row_centre=["heigth"])


def test_power_is_that_of_scipy() -> None:
    from scipy.stats import yeojohnson_normmax

    x = np.random.default_rng(8).gamma(1.3, 4, 500) - 2
    assert best_power(x, np.ones(500)) == pytest.approx(yeojohnson_normmax(x), abs=1e-4)
    assert abs(skewness(x, np.ones(500))) > 1


def test_weighted_quantiles() -> None:
    x, w = np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 2.0])
    assert quantiles(x, w, np.array([0.0, 0.25, 0.26, 0.75, 0.76, 1.0])).tolist() == [1, 1, 2, 2, 3, 3]
    assert knots(x, w)[0] == 1
    assert knots(x, w)[-1] == 3
