"""Three steps: beside StepMix, and planted truths covered by intervals."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.models.cluster.latent_class import LatentClass
from segmentary.models.cluster.latent_class_steps import assigned, distal, membership_by

SHAPES = np.array([[0.85] * 6, [0.2, 0.2, 0.2, 0.8, 0.8, 0.8], [0.2] * 6])


def planted(n: int = 1500, seed: int = 5):
    """Items of three classes, covariates that move membership, a numeric and a nominal outcome."""
    rng = np.random.default_rng(seed)
    z = rng.normal(size=(n, 2))
    logits = np.column_stack([np.zeros(n), 0.3 + z @ [1.0, 0.0], -0.2 + z @ [-0.5, 0.8]])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    c = (rng.random((n, 1)) > np.cumsum(p, axis=1)).sum(axis=1)
    x = (rng.random((n, 6)) < SHAPES[c]).astype(np.float64)
    y = np.array([0.0, 1.0, 3.0])[c] + rng.normal(size=n)
    chances = np.array([[0.6, 0.3, 0.1], [0.2, 0.6, 0.2], [0.1, 0.2, 0.7]])
    level = (rng.random((n, 1)) > np.cumsum(chances[c], axis=1)).sum(axis=1).astype(np.float64)
    return x, z, y, level


@pytest.fixture(scope="module")
def fitted():
    x, z, y, level = planted()
    return x, z, y, level, LatentClass(3).fit(x).predict_proba(x)


@pytest.mark.parametrize(("ours", "theirs"), [("bch", "BCH"), ("ml", "ML"), ("none", None)])
def test_outcomes_as_stepmix_has_them(fitted, ours, theirs):
    from stepmix.stepmix import StepMix

    x, _, y, level, p = fitted
    options = {"n_steps": 3, "correction": theirs, "assignment": "modal", "random_state": 0, "n_init": 3}
    options |= {"progress_bar": 0, "verbose": 0, "abs_tol": 1e-8}
    peer = StepMix(3, measurement="binary", structural="gaussian_diag", **options).fit(x, y[:, None])
    means = np.sort(peer.get_parameters()["structural"]["means"].ravel())
    assert np.sort(distal(y, p, correction=ours).estimates[:, 0]) == pytest.approx(means, abs=5e-3)
    peer = StepMix(3, measurement="binary", structural="categorical", **options).fit(x, level)
    shares = np.sort(peer.get_parameters()["structural"]["pis"][:, 0])
    found = distal(level, p, kind="nominal", correction=ours)
    assert np.sort(found.estimates[:, 0]) == pytest.approx(shares, abs=2e-3)
    assert found.estimates.sum(axis=1) == pytest.approx(np.ones(3))


@pytest.mark.parametrize(("ours", "theirs"), [("bch", "BCH"), ("ml", "ML"), ("none", None)])
def test_covariates_as_stepmix_has_them(fitted, ours, theirs):
    from stepmix.stepmix import StepMix

    x, z, _, _, p = fitted
    options = {"n_steps": 3, "correction": theirs, "assignment": "modal", "random_state": 0, "n_init": 3}
    options |= {"progress_bar": 0, "verbose": 0, "abs_tol": 1e-9}
    structural = {"method": "newton-raphson", "max_iter": 50}
    peer = StepMix(3, measurement="binary", structural="covariate", structural_params=structural, **options).fit(x, z)
    theirs_found = np.asarray(peer.get_parameters()["structural"]["beta"])
    found = membership_by(z, p, correction=ours).coefficients
    apart = [np.abs(found - (theirs_found - theirs_found[base])[list(order)]).max() for base, order in orders()]
    assert min(apart) < 0.01


def orders():
    from itertools import permutations

    return [(order[0], order) for order in permutations(range(3))]


@pytest.mark.parametrize("correction", ["bch", "ml"])
def test_corrections_cover_the_truth_and_none_does_not(correction):
    inside = plain = total = 0
    for seed in range(12):
        x, _, y, _ = planted(800, seed)
        model = LatentClass(3, n_init=10).fit(x)
        p = model.predict_proba(x)
        shapes = np.array([table[:, 1] for table in model.probabilities_]).T
        truth = np.array([0.0, 1.0, 3.0])[[np.abs(SHAPES - one).sum(axis=1).argmin() for one in shapes]]
        for way in (correction, "none"):
            found = distal(y, p, correction=way)
            covered = ((found.low[:, 0] <= truth) & (truth <= found.high[:, 0])).sum()
            inside += covered * (way == correction)
            plain += covered * (way == "none")
        total += 3
    assert inside >= 0.8 * total
    assert plain < 0.6 * total


def test_the_test_of_no_difference_holds_its_level():
    claims = 0
    for seed in range(40):
        x, _, _, _ = planted(400, seed)
        y = np.random.default_rng(seed).normal(size=400)
        claims += distal(y, LatentClass(2, n_init=3).fit(x).predict_proba(x)).p < 0.05
    assert claims <= 6


def test_weights_and_missing():
    x, z, y, _ = planted(400)
    p = LatentClass(2, n_init=5).fit(x).predict_proba(x)
    times = np.random.default_rng(0).integers(1, 4, 400)
    for correction in ("bch", "ml"):
        one = distal(y, p, times, correction=correction)
        two = distal(np.repeat(y, times), np.repeat(p, times, axis=0), correction=correction)
        assert one.estimates == pytest.approx(two.estimates, abs=1e-6)
        assert one.n == two.n == times.sum()
    y[:100] = np.nan
    z[50:120, 0] = np.nan
    assert distal(y, p).n == 300
    assert membership_by(z, p).n == 330


def test_what_cannot_be_said_is_refused():
    x, z, _, _ = planted(300)
    p = LatentClass(2, n_init=5).fit(x).predict_proba(x)
    with pytest.raises(ValueError, match="cannot be told"):
        assigned(np.full((50, 2), 0.5))
    with pytest.raises(ValueError, match="missing for everybody"):
        distal(np.full(300, np.nan), p)
    with pytest.raises(ValueError, match="constant"):
        membership_by(np.ones(300), p)
    with pytest.raises(ValueError, match="separate"):
        membership_by((p[:, 0] > 0.5).astype(float), p, correction="none")
    with pytest.raises(ValueError, match="one segment"):
        membership_by(z, np.ones((300, 1)))
