"""BG/BB: the donors of the paper, recovery of what was planted, and cells that tell too little."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import numpy as np
import pytest
from tests.models.value.people import opportunities

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.value.bg_bb import BetaGeoBetaBinomial, log_likelihood


@pytest.mark.real_data
def test_donations_as_published(real_data: Path) -> None:
    with gzip.open(real_data / "clv" / "donations_bgbb_summary.csv.gz", "rt") as file:
        rows = list(csv.DictReader(file))
    x, last, n, count = (
        np.array([float(row[k]) for row in rows]) for k in ("frequency", "recency", "periods", "weights")
    )
    model = BetaGeoBetaBinomial().fit(x, last, n, count)
    assert model.people_ == 11_104
    assert list(model.params_.values()) == pytest.approx([1.2035, 0.7497, 0.6568, 2.7838], rel=1e-3)
    assert model.log_likelihood_ == pytest.approx(-33225.58, abs=0.01)
    assert model.expected_purchases([4], [5], [6], 10)[0] == pytest.approx(3.6279, rel=1e-4)


def cells() -> tuple[np.ndarray, ...]:
    return opportunities(3_000, 6, seed=1)


def test_the_gradient_is_that_of_the_likelihood() -> None:
    x, last, n = cells()
    theta = np.array([0.2, -0.3, -0.5, 0.9])
    count = np.ones(len(x))
    _, gradient = log_likelihood(theta, x, last, n, count)
    for place in range(4):
        step = np.zeros(4)
        step[place] = 1e-5
        slope = log_likelihood(theta + step, x, last, n, count)[0] - log_likelihood(theta - step, x, last, n, count)[0]
        assert gradient[place] == pytest.approx(slope / 2e-5, rel=1e-6, abs=1e-4)


def test_probabilities_of_all_histories_sum_to_one() -> None:
    from math import comb

    histories = [(0, 0)] + [(x, last) for last in range(1, 6) for x in range(1, last + 1)]
    ways = np.array([1 if last == 0 else comb(last - 1, x - 1) for x, last in histories], dtype=float)
    x, last = np.array(histories, dtype=float).T
    theta = np.array([0.1, 0.4, -0.2, 0.6])
    single = [
        log_likelihood(theta, x[i : i + 1], last[i : i + 1], np.full(1, 5.0), np.ones(1))[0] for i in range(len(x))
    ]
    assert (ways * np.exp(single)).sum() == pytest.approx(1.0, abs=1e-12)


def test_planted_parameters_predict_what_comes() -> None:
    x, _, _ = opportunities(20_000, 12, seed=2)
    calibration = opportunities(20_000, 12, seed=2, seen=6)
    model = BetaGeoBetaBinomial().fit(*calibration)
    ahead = model.expected_purchases(*calibration, 6)
    assert ahead.sum() == pytest.approx((x - calibration[0]).sum(), rel=0.04)
    estimate, low, high = model.alive_interval(*calibration)
    assert (low <= estimate).all()
    assert (estimate <= high).all()
    assert ((estimate > 0) & (estimate < 1)).all()


def test_the_interval_covers_the_expectation() -> None:
    inside = 0
    for seed in range(60):
        model = BetaGeoBetaBinomial().fit(*opportunities(1_500, 6, seed=seed))
        _, low, high = model.expected_purchases_interval([3], [4], [6], 5)
        inside += low[0] <= TRUTH_3_4_6_5 <= high[0]
    assert 53 <= inside <= 60


def truth() -> float:
    from tests.models.value.people import DONORS

    model = BetaGeoBetaBinomial()
    model.keep(np.log(DONORS), np.zeros((4, 4)), 0.0)
    return float(model.expected_purchases([3], [4], [6], 5)[0])


TRUTH_3_4_6_5 = truth()


@pytest.mark.parametrize(
    ("x", "last", "n", "said"),
    [
        ([0, 0], [0, 0], [3, 6], "nobody ever bought"),
        ([2], [3], [5], "one cell"),
        ([3, 5], [3, 5], [3, 5], "at every opportunity"),
        ([0, 1], [0, 1], [1, 1], "more than one opportunity"),
    ],
)
def test_cells_that_tell_too_little(x: list[int], last: list[int], n: list[int], said: str) -> None:
    model = BetaGeoBetaBinomial().fit(x, last, n, np.full(len(x), 10))
    assert said in model.note_
    values = np.array(model.expected_purchases_interval(x, last, n, 5))
    assert np.isfinite(values).all()
    assert ((values >= 0) & (values <= 5)).all()
    assert BetaGeoBetaBinomial.from_document(json.loads(json.dumps(model.to_document()))).note_ == model.note_


def test_nobody_leaves() -> None:
    draw = np.random.default_rng(3)
    bought = draw.random((2_000, 8)) < draw.beta(2, 3, 2_000)[:, None]
    last = np.where(bought.any(axis=1), 8 - np.argmax(bought[:, ::-1], axis=1), 0)
    model = BetaGeoBetaBinomial().fit(bought.sum(axis=1), last, np.full(2_000, 8))
    assert model.params_["gamma"] / (model.params_["gamma"] + model.params_["delta"]) < 0.02
    assert np.isfinite(model.expected_purchases([3], [5], [8], 10)).all()


def test_nothing_ahead_is_nothing() -> None:
    model = BetaGeoBetaBinomial().fit(*cells())
    assert model.expected_purchases([1], [1], [6], 0).tolist() == [0.0]
    assert model.expected_from_start(1) == pytest.approx(
        model.params_["alpha"]
        / (model.params_["alpha"] + model.params_["beta"])
        * model.params_["delta"]
        / (model.params_["gamma"] + model.params_["delta"])
    )


def test_what_is_impossible_is_refused() -> None:
    with pytest.raises(DataError, match="impossible"):
        BetaGeoBetaBinomial().fit([3], [2], [6])
    with pytest.raises(DataError, match="impossible"):
        BetaGeoBetaBinomial().fit([0], [2], [6])
    with pytest.raises(DataError, match="impossible"):
        BetaGeoBetaBinomial().fit([0.5], [2], [6])
    with pytest.raises(NoAnswerError):
        BetaGeoBetaBinomial().fit([], [], [])
    with pytest.raises(NoAnswerError):
        BetaGeoBetaBinomial().fit([0], [0], [0])
    with pytest.raises(UsageError, match="not been fitted"):
        BetaGeoBetaBinomial().alive([0], [0], [1])
    with pytest.raises(DataError, match="not a BG/BB"):
        BetaGeoBetaBinomial.from_document({})


def test_a_document_and_back() -> None:
    model = BetaGeoBetaBinomial().fit(*cells())
    document = json.loads(json.dumps(model.to_document()))
    back = BetaGeoBetaBinomial.from_document(document)
    assert back.to_document() == document
    assert back.alive([2], [3], [6]).tolist() == model.alive([2], [3], [6]).tolist()
