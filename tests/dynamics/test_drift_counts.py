"""Traits counted in the engine are those counted one by one."""

import numpy as np
import pyarrow as pa
from sqlglot import exp

from segmentary.dynamics.drift_counts import borders_of, drift_counts, number_counts, text_counts
from segmentary.engine.duckdb import DuckDB
from segmentary.models.table.findings import Finding


def engine_with(then, now):
    engine = DuckDB()
    engine.ingest("then", pa.table(then))
    engine.ingest("now", pa.table(now))
    return engine, exp.table_("then", quoted=True), exp.table_("now", quoted=True)


def test_numbers_are_binned_by_the_quantiles_then():
    chance = np.random.default_rng(1)
    x, y = np.append(chance.gamma(2, 10, 500), np.nan), chance.gamma(2, 12, 400)
    engine, then, now = engine_with({"x": pa.array(x, from_pandas=True)}, {"x": pa.array(y)})
    found = number_counts(engine, then, now, "x")
    borders = borders_of(engine, then, "x")
    assert len(borders) == 49
    known = x[~np.isnan(x)]
    for counts, values in ((found.then, known), (found.now, y)):
        assert np.array_equal(counts, np.bincount(np.searchsorted(borders, values), minlength=50))
    assert (found.missing_then, found.missing_now) == (1, 0)
    assert np.isclose(found.moments[1].mean, y.mean())
    assert np.isclose(found.moments[0].variance, known.var(ddof=1))


def test_ties_constants_and_nobody():
    engine, then, now = engine_with(
        {"flat": [3.0] * 5, "none": pa.array([None] * 5, pa.float64()), "ties": [0.0, 0.0, 0.0, 1.0, 2.0]},
        {"flat": [4.0], "none": [1.0], "ties": [1.0]},
    )
    assert number_counts(engine, then, now, "flat").then == (5.0,)
    assert number_counts(engine, then, now, "none").now == (1.0,)
    ties = number_counts(engine, then, now, "ties")
    assert (ties.labels, ties.then, ties.now) == (("up to 0", "0 to 1", "above 1"), (3.0, 1.0, 1.0), (0.0, 1.0, 0.0))


def test_levels_rare_ones_together_and_too_many_refused():
    engine, then, now = engine_with(
        {"town": ["Bonn", "Bonn", None, "'; drop table now --"], "id": [f"c{i}" for i in range(4)]},
        {"town": ["Köln", "Bonn", "Bonn", None], "id": [f"c{i}" for i in range(4)]},
    )
    found = text_counts(engine, then, now, "town")
    assert dict(zip(found.labels, zip(found.then, found.now, strict=True), strict=True)) == {
        "Bonn": (2.0, 2.0), "Köln": (0.0, 1.0), "'; drop table now --": (1.0, 0.0),
    }  # fmt: skip
    assert (found.missing_then, found.missing_now) == (1.0, 1.0)
    many = {"id": [f"c{i}" for i in range(1200)]}
    engine, then, now = engine_with(many, many)
    assert isinstance(text_counts(engine, then, now, "id"), Finding)
    counted, findings = drift_counts(engine, then, now, {"id": "text"}, titles={}, must={})
    assert (counted, len(findings)) == ([], 1)
