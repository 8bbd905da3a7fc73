from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segmentary.models.table.columns import Column
from segmentary.models.table.leakage import Telling, duplicate_findings, gini, leak_findings, leaking, tellings
from segmentary.models.table.reading import typed_table
from segmentary.models.table.typed_table import TypedTable

N = 1500


def shop(seed: int, *, leak: float) -> TypedTable:
    chance = np.random.default_rng(seed)
    want = chance.normal(size=N)
    bought = (want + chance.normal(0, 1.5, N) > 1).astype(float)
    values = np.column_stack(
        [
            want + chance.normal(size=N),
            chance.poisson(np.exp(want / 2)),
            (want + chance.normal(0, 2, N) > 0),
            chance.integers(0, 4, N),
            leak * bought + chance.normal(size=N),
            bought,
        ]
    ).astype(float)
    values[:, 4] = np.where(chance.random(N) < 0.1, np.nan, values[:, 4])
    columns = (
        Column("visits", "numeric"),
        Column("views", "count"),
        Column("member", "binary", ("no", "yes")),
        Column("town", "nominal", ("a", "b", "c", "d")),
        Column("paid_page", "numeric"),
        Column("bought", "binary", ("no", "yes")),
    )
    return TypedTable(columns, values, chance.uniform(0.5, 2, N))


@pytest.mark.parametrize("seed", range(5))
def test_a_planted_leak_is_refused_and_honest_columns_are_not(seed: int) -> None:
    found = leak_findings(shop(seed, leak=3), "bought")
    assert [(one.code, one.level, one.columns) for one in found] == [("leak", "refusal", ("paid_page",))]
    assert "'bought'" in found[0].message
    assert leak_findings(shop(seed, leak=0), "bought") == ()


def test_an_outcome_beside_the_table() -> None:
    table = shop(1, leak=3)
    beside = leak_findings(table.select(table.names[:-1]), table.values[:, -1])
    assert [one.columns for one in beside] == [("paid_page",)]
    assert "the outcome" in beside[0].message


def test_a_reason_only_those_who_left_have_is_a_leak() -> None:
    chance = np.random.default_rng(2)
    left = (chance.random(800) < 0.2).astype(float)
    reason = np.where(left == 1, chance.integers(0, 3, 800), np.nan)
    columns = (Column("reason", "nominal", ("a", "b", "c")), Column("x", "numeric"))
    found = leak_findings(TypedTable(columns, np.column_stack([reason, chance.normal(size=800)])), left)
    assert [one.columns for one in found] == [("reason",)]


def test_numbers_and_many_levels_can_be_outcomes() -> None:
    chance = np.random.default_rng(3)
    x = chance.normal(size=(600, 4))
    columns = tuple(Column(name, "numeric") for name in "abcd")
    money = np.exp(x[:, 0]) * 100
    assert [one.columns for one in leak_findings(TypedTable(columns, x), money)] == [("a",)]
    level = np.digitize(x[:, 1], [-0.5, 0.5]).astype(float)
    assert [one.columns for one in leak_findings(TypedTable(columns, x), level)] == [("b",)]


def test_noise_tells_nothing() -> None:
    chance = np.random.default_rng(4)
    columns = (Column("town", "nominal", tuple(map(str, range(25)))), Column("x", "numeric"))
    table = TypedTable(columns, np.column_stack([chance.integers(0, 25, 300), chance.normal(size=300)]).astype(float))
    assert all(one.strength < 0.2 for one in tellings(table, (chance.random(300) < 0.3).astype(float)))


@pytest.mark.parametrize(
    ("strengths", "leaks"),
    [
        ((0.6, 0.3, 0.2), 1),
        ((0.6, 0.5, 0.2), 0),
        ((0.8, 0.78, 0.3, 0.2, 0.2, 0.1, 0.1, 0.1), 2),
        ((0.95, 0.8, 0.7), 1),
        ((0.45, 0.1), 0),
        ((0.95,), 1),
        ((0.6,), 0),
        ((), 0),
    ],
)
def test_what_counts_as_a_leak(strengths: tuple[float, ...], leaks: int) -> None:
    assert leaking(tuple(Telling(str(i), value) for i, value in enumerate(strengths))) == leaks


@pytest.mark.parametrize("outcome", [np.full(60, np.nan), np.ones(60), np.zeros(0)])
def test_nothing_to_tell(outcome: np.ndarray) -> None:
    table = TypedTable((Column("x", "numeric"),), np.arange(float(len(outcome)))[:, None])
    assert tellings(table, outcome) == ()


def test_gini_counts_ties_half() -> None:
    assert gini(np.array([1.0, 2, 2, 3]), np.array([0.0, 0, 1, 1]), np.ones(4)) == pytest.approx(2 * 3.5 / 4 - 1)
    assert gini(np.ones(4), np.array([0.0, 0, 1, 1]), np.ones(4)) == 0


def test_columns_in_other_words() -> None:
    chance = np.random.default_rng(5)
    town = chance.integers(0, 6, 300).astype(float)
    price = chance.lognormal(3, 1, 300)
    values = np.column_stack([town, 5 - town, town // 2, price, np.log(price), chance.normal(size=300)])
    columns = (
        Column("town", "nominal", tuple("abcdef")),
        Column("code", "nominal", tuple("uvwxyz")),
        Column("region", "nominal", tuple("NES")),
        *(Column(name, "numeric") for name in ("price", "log_price", "noise")),
    )
    found = {(one.code, one.columns) for one in duplicate_findings(TypedTable(columns, values))}
    assert found == {
        ("duplicate", ("town", "code")),
        ("determined", ("town", "region")),
        ("determined", ("code", "region")),
        ("duplicate", ("price", "log_price")),
    }


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "outcome", "leaks"),
    [
        ("bank_marketing/bank-full.parquet", "y", ["duration"]),
        ("web/online_shoppers_intention.csv.gz", "Revenue", ["PageValues"]),
        ("telco_churn/Telco-Customer-Churn.csv.gz", "Churn", []),
        ("customer_personality/marketing_campaign.csv.gz", "Response", []),
    ],
)
def test_leaks_of_real_data_and_only_those(real_data: Path, path: str, outcome: str, leaks: list[str]) -> None:
    file = real_data / path
    frame = pd.read_parquet(file) if file.suffix == ".parquet" else pd.read_csv(file, sep=None, engine="python")
    assert [one.columns[0] for one in leak_findings(typed_table(frame).table, outcome)] == leaks
