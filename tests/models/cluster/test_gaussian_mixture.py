"""Normal mixtures beside scikit-learn and mclust."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_iris

from segmentary.models.cluster.em_gaussian import FAMILIES, covariance_parameters, floored
from segmentary.models.cluster.gaussian_mixture import GaussianMixture

IRIS = load_iris().data


@pytest.mark.parametrize(
    ("family", "bic"),
    [
        ("EII", 878.7650),
        ("VII", 853.8144),
        ("EEI", 813.0504),
        ("EEE", 632.9647),
        ("VEV", 562.5522),
        ("VVV", 580.8396),
    ],
)
def test_iris_as_mclust_has_it(family, bic):
    """The BICs mclust 5 and 6 print for three segments (with their sign turned), not reached by less than theirs."""
    model = GaussianMixture(3, covariance=family).fit(IRIS)
    assert model.bic_ == pytest.approx(bic, abs=0.01)


def test_auto_takes_the_smallest_bic():
    model = GaussianMixture(2).fit(IRIS)
    assert model.covariance_ == "VEV"
    assert model.bic_ == pytest.approx(561.7285, abs=1e-3)
    assert min(model.family_bics_, key=model.family_bics_.__getitem__) == "VEV"


@pytest.mark.parametrize(("ours", "theirs"), [("VVV", "full"), ("EEE", "tied"), ("VVI", "diag"), ("VII", "spherical")])
def test_as_likely_as_scikit_learn(ours, theirs):
    from sklearn.mixture import GaussianMixture as Peer

    rng = np.random.default_rng(0)
    x = np.concatenate([rng.normal(m, s, (150, 3)) for m, s in ((0, 1), (3, 0.6), (7, 1.5))])
    peer = Peer(3, covariance_type=theirs, n_init=5, reg_covar=0, tol=1e-9, max_iter=1000, random_state=0).fit(x)
    model = GaussianMixture(3, covariance=ours).fit(x)
    assert model.log_likelihood_ >= peer.score(x) * len(x) - 1e-3
    assert model.n_parameters_ == peer._n_parameters()
    assert model.bic_ <= peer.bic(x) + 1e-2


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_between_the_ones_it_contains(family):
    model = GaussianMixture(3, covariance=family, n_init=10).fit(IRIS)
    known = {one: GaussianMixture(3, covariance=one, n_init=10).fit(IRIS).log_likelihood_ for one in ("EII", "VVV")}
    assert known["EII"] - 1e-6 <= model.log_likelihood_ <= known["VVV"] + 1e-6
    assert covariance_parameters("EII", 3, 4) <= covariance_parameters(family, 3, 4) <= 30
    volumes = np.linalg.det(model.covariances_)
    if family[0] == "E":
        assert volumes == pytest.approx(np.full(3, volumes[0]))
    if family[2] == "I":
        assert (model.covariances_ * (1 - np.eye(4)) == 0).all()


def test_units_do_not_matter():
    factor, shift = np.array([1e-5, 1.0, 1e5, 3.0]), np.array([0.0, 1e3, -1e6, 0.0])
    one = GaussianMixture(3, covariance="VVV").fit(IRIS)
    two = GaussianMixture(3, covariance="VVV").fit(IRIS * factor + shift)
    assert (one.labels_ == two.labels_).all()
    assert two.log_likelihood_ == pytest.approx(one.log_likelihood_ - 150 * np.log(factor).sum(), abs=1e-3)


def test_no_component_collapses_onto_a_few_rows():
    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 3))
    x[:4] = np.full(3, 5.0) + np.outer(np.arange(4), [1e-7, 0, 0])
    model = GaussianMixture(3, covariance="VVV").fit(x)
    assert np.bincount(model.labels_, minlength=3).min() >= 4
    assert np.linalg.eigvalsh(model.covariances_).min() >= 1e-6


def test_the_floor_lifts_only_what_is_below():
    fine = np.array([np.eye(2)])
    assert floored(fine, np.array([0.1, 0.1])) is fine
    thin = np.array([[[1.0, 1.0], [1.0, 1.0]]])
    assert np.linalg.eigvalsh(floored(thin, np.array([0.01, 0.01]))[0])[0] == pytest.approx(0.01)


def test_wrong_families_are_refused():
    with pytest.raises(ValueError, match="XXX"):
        GaussianMixture(covariance="XXX").fit(IRIS)


def test_many_rows_start_from_a_sample():
    rng = np.random.default_rng(3)
    centres = rng.normal(0, 3, (4, 5))
    z = rng.integers(0, 4, 9000)
    x = centres[z] + rng.normal(size=(9000, 5))
    model = GaussianMixture(4).fit(x)
    assert model.covariance_ in ("EII", "EEI")
    apart = np.linalg.norm(model.means_[:, None] - centres[None], axis=2).min(axis=1)
    assert apart.max() < 0.2
