"""Intervals of expectations: they hold the mean of people of like predictions, in arrays and in an engine."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.models.predict.bands import Bands, cuts_of, tenth_expression, tenth_of

SCALES = ("share", "chance")


def people(seed: int, n: int = 4_000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(seed)
    told = chance.beta(1, 3, n)
    return (chance.random(n) < told).astype(float), told


def test_they_hold_the_mean_of_what_comes_next() -> None:
    held, told = [], []
    for seed in range(30):
        came, predicted = people(seed)
        bands = Bands.of(came, predicted, "chance")
        again, later = people(seed + 1_000)
        low, high = bands.around(later)
        for k in range(10):
            part = slice(k * 400, (k + 1) * 400)
            order = np.argsort(later)[part]
            held.append(low[order].mean() <= later[order].mean() <= high[order].mean())
            told.append(again[order].mean() - later[order].mean())
    assert all(held)
    assert abs(float(np.mean(told))) < 0.01


def test_a_bias_makes_them_wide_and_money_never_falls_below_nothing() -> None:
    chance = np.random.default_rng(3)
    told = chance.gamma(2, 20, 2_000)
    fair = Bands.of(told * chance.gamma(1, 1, 2_000), told, "share")
    off = Bands.of(2 * told * chance.gamma(1, 1, 2_000), told, "share")
    assert min(off.halves) > max(fair.halves)
    low, high = off.around(told)
    assert (low >= 0).all()
    assert (high > told).all()


@pytest.mark.parametrize("scale", SCALES)
def test_the_engine_says_the_same(scale: str) -> None:
    came, told = people(5)
    bands = Bands.from_document(Bands.of(came, told, scale).to_document())  # type: ignore[arg-type]
    cuts = cuts_of(told)
    engine = DuckDB(threads=1)
    engine.ingest("said", pa.table({"place": np.arange(len(told)), "p": told}))
    low, high = bands.expressions(exp.column("p", quoted=True))
    query = (
        exp.select(low.as_("low"), high.as_("high"), tenth_expression(exp.column("p", quoted=True), cuts).as_("tenth"))
        .from_("said")
        .order_by("place")
    )
    found = engine.table(query)
    expected = bands.around(told)
    np.testing.assert_allclose(found.column("low").to_numpy(), expected[0], rtol=1e-12)
    np.testing.assert_allclose(found.column("high").to_numpy(), expected[1], rtol=1e-12)
    np.testing.assert_array_equal(found.column("tenth").to_numpy(), tenth_of(told, cuts))


def test_nobody_one_person_and_equal_predictions() -> None:
    nobody = Bands.of([], [], "share")
    assert nobody.around(np.array([10.0]))[0].tolist() == [0.0]
    one = Bands.of([3.0], [10.0], "share")
    assert len(one.halves) == 1
    assert one.halves[0] > 1
    same = Bands.of([0.0, 1.0, 1.0, 1.0], [0.5] * 4, "chance")
    assert same.edges == ()
    never = Bands.of(np.zeros(100), np.full(100, 0.01), "chance")
    assert never.halves[0] > 0.02  # nobody in a hundred is not nobody ever
    assert cuts_of(np.zeros(0)) == ()
    assert tenth_of(np.array([1.0]), ()).tolist() == [10]
    assert cuts_of(np.full(20, 3.0)) == ()
