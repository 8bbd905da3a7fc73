"""Columns of every kind: planted segments come back; special cases are the mixtures they are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln

from segmentary.models.cluster.em_kinds import Count, Ordered
from segmentary.models.cluster.gaussian_mixture import GaussianMixture
from segmentary.models.cluster.latent_class import LatentClass
from segmentary.models.cluster.mixed_mixture import MixedMixture

KINDS = ["numeric", "count", "nominal", "ordinal"]


def planted(n: int = 900, missing: float = 0.1, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    z = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    number = rng.normal(np.array([0, 2, 4])[z], np.array([1, 0.5, 1.5])[z])
    count = rng.negative_binomial(2, 2 / (2 + np.array([1, 5, 12])[z]))
    nominal = (rng.random((n, 1)) > np.cumsum([[0.7, 0.1, 0.1], [0.1, 0.7, 0.1], [0.1, 0.1, 0.4]], axis=1)[z]).sum(
        axis=1
    )
    rise = np.array([0, 0.5, 0.7, 0.4, -0.2]) + np.array([-0.8, 0, 0.9])[:, None] * np.arange(5)
    p = np.exp(rise) / np.exp(rise).sum(axis=1, keepdims=True)
    order = (rng.random((n, 1)) > np.cumsum(p, axis=1)[:, :-1][z]).sum(axis=1)
    x = np.column_stack([number, count, nominal, order]).astype(np.float64)
    x[rng.random(x.shape) < missing] = np.nan
    return x, z


def test_planted_segments_come_back():
    x, z = planted()
    model = MixedMixture(3, kinds=KINDS).fit(x)
    number, count, nominal, order = model.profiles_
    assert model.weights_ == pytest.approx([0.5, 0.3, 0.2], abs=0.05)
    assert number["mean"] == pytest.approx([0, 2, 4], abs=0.4)
    assert np.sqrt(number["variance"]) == pytest.approx([1, 0.5, 1.5], abs=0.3)
    assert count["mean"] == pytest.approx([1, 5, 12], rel=0.2)
    assert count["size"] == pytest.approx(2, abs=0.7)
    assert nominal["probabilities"][0, 0] == pytest.approx(0.7, abs=0.08)
    assert order["slopes"] == pytest.approx([-0.8, 0.0, 0.9], abs=0.3)
    assert (model.labels_ == z).mean() > 0.85
    bics = [MixedMixture(k, kinds=KINDS, n_init=10).fit(x).bic_ for k in (1, 2, 3, 4)]
    assert int(np.argmin(bics)) == 2


def test_counts_are_counts():
    """Where normal components find a segment for every frequent value, counts have as many as were planted."""
    rng = np.random.default_rng(0)
    z = rng.choice(3, 600, p=[0.4, 0.35, 0.25])
    x = np.column_stack([rng.poisson(np.array([0.4, 3, 12])[z]), rng.poisson(np.array([1, 6, 2])[z])]).astype(float)
    counted = [MixedMixture(k, kinds=["count"] * 2, n_init=10).fit(x).bic_ for k in range(1, 6)]
    poisson = [MixedMixture(k, kinds=["count"] * 2, counts="poisson", n_init=10).fit(x).bic_ for k in range(1, 6)]
    assert int(np.argmin(counted)) + 1 == int(np.argmin(poisson)) + 1 == 3
    normal = [MixedMixture(k, n_init=10).fit(x).bic_ for k in range(1, 6)]
    assert int(np.argmin(normal)) + 1 > 3


def test_coded_columns_alone_are_latent_classes():
    x, _ = planted()
    codes = x[:, 2:]
    one, two = LatentClass(2).fit(codes), MixedMixture(2, kinds=["nominal", "nominal"]).fit(codes)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=0.01)
    assert two.n_parameters_ == one.n_parameters_


def test_numbers_alone_are_a_normal_mixture():
    x, _ = planted(missing=0.0)
    one = GaussianMixture(3, covariance="VVI", variance_floor=1e-3).fit(x[:, :2])
    two = MixedMixture(3).fit(x[:, :2])
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=0.01)
    assert two.n_parameters_ == one.n_parameters_


def test_two_levels_in_order_are_a_binary_column():
    x, _ = planted(missing=0.0)
    binary = (x > np.median(x, axis=0)).astype(np.float64)
    one, two = (MixedMixture(2, kinds=[kind] * 4, n_init=20).fit(binary) for kind in ("binary", "ordinal"))
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=0.01)
    assert two.n_parameters_ == one.n_parameters_


def test_the_dispersion_is_where_the_likelihood_is_highest():
    rng = np.random.default_rng(2)
    x = rng.negative_binomial(1.5, 1.5 / 5.5, 2000).astype(np.float64)
    model = MixedMixture(1, kinds=["count"]).fit(x[:, None])
    size, mean = model.profiles_[0]["size"], model.profiles_[0]["mean"][0]

    def known(r: float) -> float:
        each = gammaln(x + r) - gammaln(r) - gammaln(x + 1) + r * np.log(r / (r + mean)) + x * np.log(mean / (r + mean))
        return float(each.sum())

    assert mean == pytest.approx(x.mean())
    assert model.log_likelihood_ == pytest.approx(known(size), abs=1e-6)
    assert known(size) > max(known(size * 1.02), known(size / 1.02))


def test_counts_without_spread_become_poisson():
    x = np.array([[2.0], [3.0], [2.0], [3.0]] * 20)
    model = MixedMixture(1, kinds=["count"]).fit(x)
    assert model.profiles_[0]["size"] > 1e3
    assert isinstance(model._parts[0], Count)
    with pytest.warns(UserWarning, match="different rows"):
        zero = MixedMixture(2, kinds=["count"], n_init=2).fit(np.zeros((20, 1)))
    assert np.isfinite(zero.predict_proba([[0.0], [5.0]])).all()


def test_thresholds_fit_one_segment_exactly():
    counts = np.array([10.0, 0.0, 30.0, 60.0])
    part = Ordered(counts)
    place = part.maximised(counts[:, None], None)
    p = np.exp(part.logs(place, 1))[:, 0]
    assert p[counts > 0] == pytest.approx(counts[counts > 0] / 100, abs=1e-6)


def test_wrong_columns_are_refused():
    x, _ = planted(60, missing=0.0)
    with pytest.raises(ValueError, match="kinds"):
        MixedMixture(kinds=["numeric"]).fit(x)
    with pytest.raises(ValueError, match="kinds"):
        MixedMixture(kinds=["strange"] * 4).fit(x)
    with pytest.raises(ValueError, match="column 0 is count"):
        MixedMixture(kinds=["count"] * 4).fit(x)
    with pytest.raises(ValueError, match="counts"):
        MixedMixture(counts="normal").fit(x)


def test_many_rows_start_from_a_sample():
    x, _ = planted(8000)
    model = MixedMixture(3, kinds=KINDS, n_init=10).fit(x)
    assert model.weights_ == pytest.approx([0.5, 0.3, 0.2], abs=0.03)
    assert model.log_likelihood_ == pytest.approx(model.score_samples(x).sum(), rel=1e-9)


def test_columns_nobody_answered_change_nothing():
    x, _ = planted(300)
    more = np.column_stack([x, np.full((300, 4), np.nan)])
    one = MixedMixture(2, kinds=KINDS, n_init=5).fit(x)
    two = MixedMixture(2, kinds=KINDS * 2, n_init=5).fit(more)
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_, abs=1e-3)
    assert np.isfinite(two.predict_proba(np.column_stack([x, x]))).all()
    lost = MixedMixture(2, kinds=KINDS, n_init=2)
    with pytest.warns(UserWarning, match="different rows"):
        lost.fit(np.full((20, 4), np.nan))
    assert np.isfinite(lost.predict_proba(x)).all()


def test_weights_of_very_different_size():
    x, _ = planted(300)
    weight = 10 ** np.random.default_rng(0).uniform(-6, 6, 300)
    model = MixedMixture(2, kinds=KINDS, n_init=5).fit(x, sample_weight=weight)
    assert np.isfinite(model.predict_proba(x)).all()
    assert np.isfinite([model.bic_, model.icl_, model.entropy_]).all()
