"""Latent classes beside StepMix, by hand, and on what breaks them."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.cluster.latent_class import LatentClass


def answers(n: int = 800, seed: int = 2, levels: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(levels, 0.5), (3, 7))
    z = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    draws = rng.random((n, 7, 1))
    return (draws > np.cumsum(p[z], axis=2)[:, :, :-1]).sum(axis=2).astype(np.float64)


@pytest.mark.parametrize("levels", [2, 4])
def test_as_likely_as_stepmix(levels):
    from stepmix.stepmix import StepMix

    x = answers(levels=levels)
    peer = StepMix(3, measurement="categorical", n_init=3, random_state=1, progress_bar=0, verbose=0, abs_tol=1e-7)
    peer.fit(x)
    ours = LatentClass(3).fit(x)
    assert ours.log_likelihood_ >= peer.score(x) * len(x) - 1e-4
    assert ours.n_parameters_ == peer.n_parameters


def test_missing_answers_say_nothing():
    from stepmix.stepmix import StepMix

    x = answers()
    x[np.random.default_rng(0).random(x.shape) < 0.2] = np.nan
    x[5] = np.nan
    peer = StepMix(3, measurement="binary_nan", n_init=3, random_state=1, progress_bar=0, verbose=0, abs_tol=1e-7)
    peer.fit(x)
    ours = LatentClass(3).fit(x)
    assert ours.log_likelihood_ == pytest.approx(peer.score(x) * len(x), abs=0.01)
    assert ours.predict_proba(x[5:6])[0] == pytest.approx(ours.weights_)


def test_the_sample_of_patterns_finds_what_all_rows_do():
    rng = np.random.default_rng(11)
    p = np.clip(rng.beta(0.6, 0.6, (5, 20)), 0.05, 0.95)
    z = rng.choice(5, 12_000, p=[0.3, 0.25, 0.2, 0.15, 0.1])
    x = (rng.random((12_000, 20)) < p[z]).astype(np.float64)
    ours = LatentClass(5).fit(x)
    assert len(ours._patterns.weight) > 6_000
    assert np.abs(ours.weights_ - [0.3, 0.25, 0.2, 0.15, 0.1]).max() < 0.02
    order = np.argsort(
        [np.abs(p - one).sum(axis=1).argmin() for one in np.array([q[:, 1] for q in ours.probabilities_]).T]
    )
    assert sorted(order.tolist()) == [0, 1, 2, 3, 4]


def test_standard_errors_are_those_of_the_curve():
    """Against second differences of the likelihood itself, two classes and three items, by brute force."""
    rng = np.random.default_rng(4)
    z = rng.random(600) < 0.6
    x = (rng.random((600, 4)) < np.where(z[:, None], 0.85, 0.25)).astype(np.float64)
    model = LatentClass(2).fit(x)
    p = np.array([table[:, 1] for table in model.probabilities_])  # (items, classes)
    at = np.concatenate([[np.log(model.weights_[0] / model.weights_[1])], np.log(p / (1 - p)).ravel()])

    def known(theta: np.ndarray) -> float:
        share = 1 / (1 + np.exp(-theta[0]))
        q = 1 / (1 + np.exp(-theta[1:].reshape(4, 2)))
        each = x @ np.log(q) + (1 - x) @ np.log(1 - q) + np.log([share, 1 - share])
        return float(np.logaddexp(each[:, 0], each[:, 1]).sum())

    d, h = len(at), 1e-4
    curve = np.empty((d, d))
    e = np.eye(d) * h
    for i in range(d):
        for j in range(d):
            corners = (
                known(at + e[i] + e[j]) - known(at + e[i] - e[j]) - known(at - e[i] + e[j]) + known(at - e[i] - e[j])
            )
            curve[i, j] = corners / (4 * h * h)
    errors = np.sqrt(np.diag(np.linalg.inv(-curve)))
    found = model.standard_errors()
    assert found.determined
    assert found.weights[0] == pytest.approx(errors[0] * model.weights_[0] * model.weights_[1], rel=1e-3)
    ours = np.array([table[:, 1] for table in found.probabilities])
    assert ours == pytest.approx(errors[1:].reshape(4, 2) * p * (1 - p), rel=1e-3)
    robust = model.standard_errors("robust")
    assert robust.weights == pytest.approx(found.weights, rel=0.2)


def test_errors_say_when_nothing_determines_them():
    x = np.array([[0, 0], [0, 1], [1, 0], [1, 1]] * 20 + [[0, 0]] * 9 + [[1, 1]] * 9, dtype=np.float64)
    found = LatentClass(2).fit(x).standard_errors()
    assert not found.determined
    assert np.isnan(found.weights).all()


def test_residuals_point_at_the_pair_that_depends():
    rng = np.random.default_rng(9)
    z = rng.random(3000) < 0.5
    x = (rng.random((3000, 6)) < np.where(z[:, None], 0.8, 0.2)).astype(np.float64)
    x[:, 5] = np.where(rng.random(3000) < 0.25, x[:, 4], x[:, 5])
    found = LatentClass(2).fit(x).bivariate_residuals()
    assert found.shape == (6, 6)
    assert (found == found.T).all()
    place = np.unravel_index(found.argmax(), found.shape)
    assert set(place) == {4, 5}
    assert found.max() > 3.84


def test_levels_nobody_answered():
    x = answers(levels=3)
    x[x[:, 0] == 1, 0] = 2
    plain = LatentClass(2, n_init=5).fit(x)
    wider = LatentClass(2, n_init=5, levels=[5] * 7).fit(x)
    assert plain.n_parameters_ == 2 - 1 + 2 * (1 + 6 * 2)
    assert wider.n_parameters_ == plain.n_parameters_
    assert wider.log_likelihood_ == pytest.approx(plain.log_likelihood_, abs=1e-6)
    never = x.copy()
    never[:, 0] = 1
    assert np.isfinite(plain.predict_proba(never)).all()


def test_a_column_nobody_answered_changes_nothing():
    x = answers()
    more = np.column_stack([x, np.full(len(x), np.nan)])
    one, two = LatentClass(2, n_init=5).fit(x), LatentClass(2, n_init=5).fit(more)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-6)
    assert two.n_parameters_ == one.n_parameters_


def test_many_items_do_not_underflow():
    rng = np.random.default_rng(0)
    z = rng.random(300) < 0.5
    x = (rng.random((300, 1500)) < np.where(z[:, None], 0.9, 0.1)).astype(np.float64)
    model = LatentClass(2, n_init=5).fit(x)
    assert np.isfinite(model.log_likelihood_)
    assert sorted(np.bincount(model.labels_)) == sorted([int(z.sum()), int((~z).sum())])


def test_what_is_no_code_is_refused():
    with pytest.raises(ValueError, match="Negative values"):
        LatentClass().fit([[-1.0, 0.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="measurements"):
        LatentClass().fit([[1e7, 0.0], [1.0, 1.0]])
    with pytest.raises(ValueError, match="levels"):
        LatentClass(levels=[2, 2]).fit([[2.0, 0.0], [1.0, 1.0]])
    with pytest.warns(UserWarning, match="fractions"):
        LatentClass(n_init=1).fit([[0.5, 0.0], [1.0, 1.0], [1.0, 0.0]])
