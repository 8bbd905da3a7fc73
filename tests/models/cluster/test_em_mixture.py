"""What all mixtures promise: scikit-learn's rules, terms, weights, missing values, order, threads."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks
from threadpoolctl import threadpool_limits

from segmentary.models.cluster.gaussian_mixture import GaussianMixture
from segmentary.models.cluster.latent_class import LatentClass
from segmentary.models.cluster.latent_class_regression import LatentClassRegression
from segmentary.models.cluster.mixed_mixture import MixedMixture
from segmentary.models.cluster.regression_mixture import RegressionMixture

KINDS = ["numeric", "count", "nominal", "ordinal"]


@parametrize_with_checks(
    [
        GaussianMixture(n_init=2),
        LatentClass(n_init=2),
        LatentClassRegression(n_init=2),
        MixedMixture(n_init=2),
        RegressionMixture(n_init=2),
    ]
)
def test_scikit_learn_asks(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)


def people(n: int = 240, seed: int = 3) -> np.ndarray:
    """Three segments in a number, a count, a nominal and an ordinal column."""
    rng = np.random.default_rng(seed)
    z = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    return np.column_stack(
        [
            np.round(rng.normal(np.array([0.0, 3.0, 6.0])[z], 1.0), 1),
            rng.poisson(np.array([1.0, 4.0, 12.0])[z]),
            (z + (rng.random(n) < 0.2)) % 3,
            np.clip(z * 2 + rng.integers(-1, 2, n), 0, 4),
        ]
    ).astype(np.float64)


def cases() -> list[tuple[str, object, np.ndarray]]:
    x = people()
    return [
        ("normal", GaussianMixture(3, covariance="VVV", n_init=5), x[:, :2]),
        ("flat", GaussianMixture(3, covariance="VVI", n_init=5), x[:, :2]),
        ("classes", LatentClass(3, n_init=5), x[:, 2:]),
        ("covariates", LatentClassRegression(2, covariates=[0], n_init=5), x[:, [0, 2, 3]]),
        ("mixed", MixedMixture(3, kinds=KINDS, n_init=5), x),
        ("lines", RegressionMixture(2, n_init=5), x[:, :2]),
    ]


CASES = pytest.mark.parametrize(("name", "model", "x"), cases(), ids=[name for name, _, _ in cases()])


@CASES
def test_terms_place_as_predict_does(name, model, x):
    model.fit(x)
    new = x.copy()
    if model._missing:
        new[np.random.default_rng(0).random(new.shape) < 0.3] = np.nan
        new[0] = np.nan
        new[1, -1] = 99  # a level nobody answered
    terms = model.terms()
    assert (terms.labels(new) == model.predict(new)).all()
    assert np.abs(terms.probabilities(new) - model.predict_proba(new)).max() < 1e-9
    assert np.isfinite(model.predict_proba(new)).all()
    assert (model.labels_ == model.predict(x)).all()
    again = type(terms).from_document(terms.to_document())
    assert (again.labels(new) == model.predict(new)).all()


@CASES
def test_weights_are_repetitions(name, model, x):
    times = np.random.default_rng(1).integers(0, 4, len(x))
    weighted = model.fit(x, sample_weight=times)
    kept = (weighted.log_likelihood_, weighted.bic_, weighted.icl_, weighted.predict_proba(x))
    repeated = model.fit(np.repeat(x, times, axis=0)[::-1])
    assert repeated.log_likelihood_ == pytest.approx(kept[0], rel=1e-9)
    assert repeated.bic_ == pytest.approx(kept[1], rel=1e-9)
    assert repeated.icl_ == pytest.approx(kept[2], rel=1e-9)
    assert np.abs(repeated.predict_proba(x) - kept[3]).max() < 1e-9


@CASES
@pytest.mark.parametrize("factor", [1e-6, 1e6])
def test_the_unit_of_weights_changes_nothing_but_the_likelihood(name, model, x, factor):
    plain = model.fit(x).predict_proba(x)
    one = model.log_likelihood_
    scaled = model.fit(x, sample_weight=np.full(len(x), factor))
    assert scaled.log_likelihood_ == pytest.approx(one * factor, rel=1e-6)
    assert np.abs(scaled.predict_proba(x) - plain).max() < 1e-3


@CASES
def test_order_of_rows_and_threads_change_nothing(name, model, x):
    with threadpool_limits(1):
        one = model.fit(x).predict_proba(x)
    assert (np.diff(model.weights_) <= 1e-9).all()
    with threadpool_limits(2):
        two = model.fit(x).predict_proba(x)
    assert (one == two).all()
    turned = model.fit(x[::-1]).predict_proba(x)
    assert np.abs(turned - one).max() < 1e-9


@CASES
def test_the_likelihood_is_that_of_the_rows(name, model, x):
    model.fit(x)
    assert model.score_samples(x).sum() == pytest.approx(model.log_likelihood_, rel=1e-9)
    assert model.score(x) * len(x) == pytest.approx(model.log_likelihood_, rel=1e-9)
    assert model.bic_ == pytest.approx(-2 * model.log_likelihood_ + model.n_parameters_ * np.log(len(x)))
    assert model.icl_ >= model.bic_ - 1e-9
    assert 0 <= model.entropy_ <= 1
    assert 0 <= model.classification_error_ <= 1 - 1 / model.n_components


@CASES
def test_odd_tables(name, model, x):
    same = np.repeat(x[:1], 12, axis=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isfinite(model.fit(same).predict_proba(same)).all()
        constant = x.copy()
        constant[:, 0] = 1.0
        assert np.isfinite(model.fit(constant).predict_proba(x)).all()
    with pytest.raises(ValueError, match="n_samples = 1"):
        model.fit(x[:1])
    with pytest.raises(ValueError, match="weight"):
        model.fit(x, sample_weight=np.zeros(len(x)))


@CASES
def test_one_component(name, model, x):
    one = type(model)(**{**model.get_params(), "n_components": 1}).fit(x)
    assert one.weights_.tolist() == [1.0]
    assert (one.labels_ == 0).all()
    assert one.entropy_ == 1.0
    assert one.icl_ == pytest.approx(one.bic_)


def test_raising_from_tell_cancels():
    class Enough(Exception):  # noqa: N818
        pass

    def tell(sentence: str, done: float) -> None:
        assert 0 <= done <= 1
        if done > 0.05:
            raise Enough

    with pytest.raises(Enough):
        LatentClass(3, tell=tell).fit(people()[:, 2:])


@pytest.mark.parametrize("bad", [{"n_components": 0}, {"n_components": 1.5}, {"n_init": 0}, {"n_init": "many"}])
def test_wrong_parameters_are_refused(bad):
    with pytest.raises(ValueError, match=next(iter(bad))):
        LatentClass(**bad).fit(people()[:, 2:])
