"""Cox's regression against published numbers, the definition of its likelihood, and simulation."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from tests.models.survival.leukaemia import EVENTS, GROUPS, WEEKS

from segmentary.errors import DataError, NoAnswerError, UsageError
from segmentary.models.survival.cox import CoxRegression

MP = np.array([one == "6-MP" for one in GROUPS], dtype=float)


@pytest.mark.parametrize(
    ("ties", "coefficient", "error", "likelihood"),
    # coxph of Freireich's data: efron -1.5721 (.4124), breslow -1.5092 (.4096); log-likelihoods -85.008, -86.380.
    [("efron", -1.5721, 0.4124, -85.0084), ("breslow", -1.5092, 0.4096, -86.3796)],
)
def test_leukaemia_as_published(ties: str, coefficient: float, error: float, likelihood: float) -> None:
    fit = CoxRegression(ties=ties).fit(MP, WEEKS, EVENTS, names=["mp"])  # type: ignore[arg-type]
    assert fit.coefficients_[0] == pytest.approx(coefficient, abs=5e-5)
    assert fit.standard_errors_[0] == pytest.approx(error, abs=5e-5)
    assert fit.log_likelihood_ == pytest.approx(likelihood, abs=5e-5)
    assert fit.note_ == ""
    assert fit.concordance().estimate == pytest.approx(0.690, abs=5e-4)
    (term,) = fit.terms_
    assert term.ratio.low < term.ratio.estimate == pytest.approx(math.exp(coefficient), rel=1e-4)


def naive(b, x, time, left, entry, weight, stratum, efron):  # type: ignore[no-untyped-def]
    """Log partial likelihood, term by term."""
    total = 0.0
    risk = weight * np.exp(x @ b)
    for s in np.unique(stratum):
        here = stratum == s
        for t in np.unique(time[here & left]):
            at_risk = here & (time >= t) & (entry < t)
            dead = here & (time == t) & left
            d = dead.sum()
            total += (weight[dead] * (x[dead] @ b)).sum()
            for k in range(d):
                f = k / d if efron else 0.0
                total -= weight[dead].mean() * math.log(risk[at_risk].sum() - f * risk[dead].sum())
    return total


def people(seed: int, n: int = 120):  # type: ignore[no-untyped-def]
    chance = np.random.default_rng(seed)
    x = np.column_stack([chance.normal(size=n), chance.integers(0, 2, n) * 3.0, chance.normal(50, 10, n)])
    time = np.ceil(chance.exponential(8 * np.exp(-0.5 * x[:, 0]), n))
    left = chance.random(n) < 0.7
    entry = np.floor(time * chance.random(n) * 0.8) * (chance.random(n) < 0.5)
    return x, time, left, entry, chance.integers(1, 4, n).astype(float), chance.integers(0, 3, n)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("ties", ["efron", "breslow"])
def test_the_maximum_is_that_of_the_definition(seed: int, ties: str) -> None:
    x, time, left, entry, weight, stratum = people(seed)
    fit = CoxRegression(ties=ties).fit(x, time, left, entry=entry, weights=weight, strata=stratum)  # type: ignore[arg-type]

    def value(b: np.ndarray) -> float:
        return float(naive(b, x, time, left, entry, weight, stratum, ties == "efron"))

    best = fit.coefficients_
    assert fit.log_likelihood_ == pytest.approx(value(best), abs=1e-8)
    assert fit.null_log_likelihood_ == pytest.approx(value(np.zeros(3)), abs=1e-8)
    curvature = np.empty((3, 3))
    steps = np.diag(1e-3 * fit.standard_errors_ * 30)
    for i in range(3):
        assert value(best + steps[i]) < fit.log_likelihood_ > value(best - steps[i])
        for j in range(3):
            corners = [value(best + a * steps[i] + b * steps[j]) * a * b for a in (1, -1) for b in (1, -1)]
            curvature[i, j] = -sum(corners) / (4 * steps[i, i] * steps[j, j])
    np.testing.assert_allclose(np.linalg.inv(curvature), fit.covariance_, rtol=0.02, atol=1e-9)


def test_weights_count_people_and_order_does_not_matter() -> None:
    x, time, left, _, _, _ = people(3)
    rows = np.random.default_rng(0).permutation(np.repeat(np.arange(len(x)), 2))
    twice = CoxRegression(ties="breslow").fit(x[rows], time[rows], left[rows])
    weighed = CoxRegression(ties="breslow").fit(x, time, left, weights=np.full(len(x), 2.0))
    np.testing.assert_allclose(twice.coefficients_, weighed.coefficients_, rtol=1e-8)
    np.testing.assert_allclose(twice.standard_errors_, weighed.standard_errors_, rtol=1e-8)


def test_robust_errors_are_those_of_leaving_people_out() -> None:
    n = 300
    x, time, left, entry, _, _ = people(4, n)
    everybody = np.arange(n)

    def coefficients(rows: np.ndarray) -> np.ndarray:
        return CoxRegression().fit(x[rows], time[rows], left[rows], entry=entry[rows]).coefficients_

    fit = CoxRegression(errors="robust").fit(x, time, left, entry=entry)
    moved = np.array([coefficients(everybody != i) - fit.coefficients_ for i in everybody])
    np.testing.assert_allclose(fit.standard_errors_, np.sqrt((moved**2).sum(axis=0)), rtol=0.06)
    # Households of two copies of one person: robust errors know that the copy adds nothing.
    doubled = CoxRegression(ties="breslow").fit(
        np.tile(x, (2, 1)), np.tile(time, 2), np.tile(left, 2), clusters=np.tile(everybody, 2)
    )
    alone = CoxRegression(ties="breslow", errors="robust").fit(x, time, left)
    np.testing.assert_allclose(doubled.standard_errors_, alone.standard_errors_, rtol=1e-6)


def test_survival_of_nobody_special_is_that_of_all() -> None:
    chance = np.random.default_rng(9)
    n = 4000
    x = chance.normal(size=(n, 2))
    time, until = chance.exponential(10 * np.exp(-(x @ [0.6, -0.3]))), chance.uniform(0, 40, n)
    fit = CoxRegression().fit(x, np.minimum(time, until), time <= until)
    assert fit.coefficients_ == pytest.approx([0.6, -0.3], abs=0.1)
    wanted = np.array([[0.0, 0.0], [1.0, 0.0], [-1.0, 2.0]])
    survival, low, high = fit.survival_interval(wanted, [5.0, 15.0])
    truth = np.exp(-np.outer(np.exp(wanted @ [0.6, -0.3]), [0.5, 1.5]))
    np.testing.assert_allclose(survival, truth, atol=0.05)
    assert ((low < survival) & (survival < high)).all()
    assert np.isnan(fit.survival(wanted, [1000.0])).all()
    np.testing.assert_allclose(fit.leaving_within(wanted, [5.0] * 3, 10.0), 1 - survival[:, 1] / survival[:, 0])
    again = CoxRegression.from_document(json.loads(json.dumps(fit.to_document(), allow_nan=False)))
    np.testing.assert_allclose(again.survival(wanted, [5.0, 15.0]), survival, atol=0.01)


def test_intervals_cover() -> None:
    chance = np.random.default_rng(11)
    held = kept = 0
    for _ in range(250):
        x = chance.normal(size=(100, 1))
        time, until = chance.exponential(10 * np.exp(-0.5 * x[:, 0])), chance.uniform(0, 30, 100)
        fit = CoxRegression().fit(x, np.minimum(time, until), time <= until)
        ratio = fit.terms_[0].ratio
        held += ratio.low <= math.exp(0.5) <= ratio.high
        _, low, high = fit.survival_interval([[1.0]], [6.0])
        kept += low[0, 0] <= math.exp(-0.6 * math.exp(0.5)) <= high[0, 0]
    assert 0.91 <= held / 250 <= 0.985
    assert 0.91 <= kept / 250 <= 0.985


def test_what_has_no_finite_maximum_is_held_and_said() -> None:
    told = CoxRegression().fit(np.array(EVENTS, dtype=float), WEEKS, EVENTS, names=["left"])
    assert "left tells perfectly who left" in told.note_
    assert np.isfinite(told.coefficients_).all()
    alike = CoxRegression().fit(np.column_stack([MP, MP, np.ones(42)]), WEEKS, EVENTS, names=["a", "b", "c"])
    assert "a, b are each other in other words" in alike.note_
    assert "c: the same for everybody" in alike.note_
    assert alike.coefficients_[0] == pytest.approx(alike.coefficients_[1])
    assert alike.coefficients_[2] == 0
    few = CoxRegression().fit(MP[:12], WEEKS[:12], EVENTS[:12] if any(EVENTS[:12]) else (1,) * 12)
    assert "shaky" in few.note_ or "same for everybody" in few.note_


def test_what_cannot_be_fitted_is_refused() -> None:
    with pytest.raises(NoAnswerError, match="nobody"):
        CoxRegression().fit([1.0, 2.0], [1, 2], [0, 0])
    with pytest.raises(DataError, match="missing"):
        CoxRegression().fit([np.nan, 2.0], [1, 2], [0, 1])
    with pytest.raises(DataError, match="do not fit"):
        CoxRegression().fit([[1.0], [2.0]], [1, 2, 3], [0, 1, 1])
    with pytest.raises(UsageError):
        CoxRegression(ties="x").fit([1.0, 2.0], [1, 2], [0, 1])  # type: ignore[arg-type]
    stratified = CoxRegression().fit(MP, WEEKS, EVENTS, strata=["a", "b"] * 21)
    with pytest.raises(UsageError, match="strata"):
        stratified.survival([[0.0]], [3.0])
    assert stratified.survival([[0.0]], [3.0], stratum="a").shape == (1, 1)
