"""Recalibration: chances that hold, in arrays and in the engine."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from sqlglot import exp

from segmentary.engine.duckdb import DuckDB
from segmentary.errors import DataError
from segmentary.models.predict.calibration import Calibration, calibrated
from segmentary.models.predict.metrics import calibration_bins, expected_calibration_error


def told(seed: int = 0, n: int = 4_000):
    rng = np.random.default_rng(seed)
    truth = rng.beta(1, 4, n)
    odds = np.log(truth / (1 - truth))
    return (rng.random(n) < truth).astype(float), 1 / (1 + np.exp(-(2.5 * odds + 1)))


@pytest.mark.parametrize("way", ["platt", "isotonic"])
def test_chances_that_say_too_much_are_mended(way):
    y, p = told()
    mended = calibrated(y, p, way=way)
    new, other = told(1)
    before = expected_calibration_error(calibration_bins(new, other))
    after = expected_calibration_error(calibration_bins(new, mended.apply(other)))
    assert before > 0.08
    assert after < 0.025
    assert (np.diff(mended.apply(np.linspace(0, 1, 200))) >= 0).all()
    if way == "platt":
        assert mended.slope == pytest.approx(0.4, abs=0.04)


@pytest.mark.parametrize("way", ["platt", "isotonic", "none"])
def test_the_engine_says_the_same(way):
    y, p = told(2, 500)
    mended = calibrated(y, p, way=way)
    assert Calibration.from_document(json.loads(json.dumps(mended.to_document()))) == mended
    x = np.concatenate([[0.0, 1.0, 1e-15, 1 - 1e-15], np.linspace(0, 1, 301)])
    engine = DuckDB()
    engine.ingest("p", pa.table({"place": np.arange(len(x)), "p": x}))
    value = mended.expression(exp.column("p", quoted=True)).as_("q")
    rows = engine.rows(exp.select("place", value).from_(exp.table_("p", quoted=True)).order_by("place"))
    np.testing.assert_allclose([row[1] for row in rows], mended.apply(x), rtol=1e-9)


def test_where_nothing_can_be_learnt_chances_stay():
    p = np.array([0.1, 0.2, 0.3])
    for y, given in (([0, 0, 0], p), ([0, 1, 0], np.full(3, 0.2)), ([], np.empty(0))):
        assert calibrated(y, given) == Calibration()
    with pytest.raises(DataError):
        calibrated([0.5, 1.0, 0.0], p)


def test_an_order_that_is_wrong_moves_only_the_level():
    y, p = told(3)
    mended = calibrated(1 - y, p)
    assert mended.slope == 1.0


def test_perfect_people_have_finite_chances():
    y = np.repeat([0.0, 1.0], 50)
    for way in ("platt", "isotonic"):
        found = calibrated(y, np.linspace(0.01, 0.99, 100), way=way).apply(np.array([0.01, 0.5, 0.99]))
        assert ((found > 0) & (found < 1)).all()
