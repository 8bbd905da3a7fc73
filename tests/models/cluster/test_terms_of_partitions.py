"""How anybody is placed: terms are the prediction, whatever is missing or unheard of."""

from __future__ import annotations

import numpy as np
import pytest

from segmentary.errors import NoAnswerError
from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.density import Density
from segmentary.models.cluster.hierarchical import Hierarchical
from segmentary.models.cluster.kmeans import KMeans
from segmentary.models.cluster.kmedoids import KMedoids
from segmentary.models.cluster.kmodes import KModes
from segmentary.models.cluster.kprototypes import KPrototypes


def table(n: int = 200, missing: float = 0.0, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    segment = random.integers(0, 3, n)
    x = np.column_stack(
        [
            random.normal(4 * segment, 1),
            random.normal(-3 * segment, 1),
            random.integers(0, 2, n) + segment,
            (segment + random.integers(0, 2, n)) % 3,
        ]
    ).astype(float)
    x[random.random(x.shape) < missing] = np.nan
    return x


WHOLE = [KMeans(3), Hierarchical(3), Hierarchical(3, method="genie"), Density(min_cluster_size=8)]
GAPPY = [KPrototypes(3, categorical_features=[2, 3]), KMedoids(3, categorical_features=[False, False, True, True])]


@pytest.mark.parametrize("estimator", WHOLE + GAPPY, ids=str)
def test_terms_are_the_prediction(estimator):
    estimator.fit(table(missing=0.1 if estimator in GAPPY else 0.0))
    others = table(500, 0.3 if estimator in GAPPY else 0.0, seed=1)
    if estimator in GAPPY:
        others[0] = np.nan
        others[1, 3] = 99  # an answer nobody gave
    terms = Terms.from_document(estimator.terms().to_document())
    assert (terms.labels(others) == estimator.predict(others)).all()
    assert not terms.posterior
    assert np.isfinite(terms.scores(others)).all()


def test_modes_place_by_what_is_known():
    x = table(missing=0.2)[:, 2:]
    found = KModes(3).fit(x)
    others = np.vstack([x, [[np.nan, np.nan], [77, np.nan], [-1, 0], [0.5, 1]]])
    assert (found.terms().labels(others) == found.predict(others)).all()
    assert found.predict([[np.nan, np.nan]])[0] == 0  # nothing known: the largest


@pytest.mark.parametrize("estimator", [KMeans(3), *GAPPY[:1]], ids=str)
def test_labels_are_the_nearest_prototypes_and_cost_is_theirs(estimator):
    x = table(missing=0.1 if estimator in GAPPY else 0.0)
    weights = np.random.default_rng(2).uniform(0.2, 3, len(x))
    estimator.fit(x, sample_weight=weights)
    assert (estimator.labels_ == estimator.predict(x)).all()
    costs = estimator.transform(x) ** (2 if isinstance(estimator, KMeans) else 1)
    assert (costs[np.arange(len(x)), estimator.labels_] <= costs.min(axis=1) + 1e-9).all()
    assert float(weights @ costs.min(axis=1)) == pytest.approx(estimator.cost_, rel=1e-9)
    assert estimator.score(x, sample_weight=weights) == pytest.approx(-estimator.cost_, rel=1e-9)


def test_confidence_is_that_of_equal_spheres():
    random = np.random.default_rng(5)
    x = np.concatenate([random.normal(-4, 1, (4000, 1)), random.normal(4, 1, (4000, 1))])
    found = KMeans(2).fit(x)
    a, b = found.cluster_centers_[:, 0]
    variance = found.inertia_ / len(x)
    at = np.array([[-0.2], [0.0], [0.3]])
    odds = np.exp(-((at[:, 0] - a) ** 2 - (at[:, 0] - b) ** 2) / (2 * variance))
    np.testing.assert_allclose(found.terms().probabilities(at)[:, 0], odds / (1 + odds), rtol=1e-6)


def test_confidence_of_modes_is_that_of_equal_error_rates():
    random = np.random.default_rng(6)
    truth = random.integers(0, 2, 20_000)
    x = np.where(random.random((20_000, 9)) < 0.1, 1 - truth[:, None], truth[:, None]).astype(float)
    found = KModes(2).fit(x)
    one = found.terms().probabilities(np.array([[0.0] + [np.nan] * 8])).max()
    assert one == pytest.approx(0.9, abs=0.01)  # one answer is as sure as answers are reliable


def test_terms_need_codes():
    found = KModes(2).fit(np.array([[-1.0], [2.0], [2.0]]))
    assert found.predict([[-1.0], [2.0], [9.0]]).tolist() == [1, 0, 0]
    with pytest.raises(ValueError, match="codes"):
        found.terms()


def test_fractions_of_codes_are_cut_off_with_a_warning():
    with pytest.warns(UserWarning, match="fractions are cut off"):
        found = KModes(2).fit(np.array([[0.5], [1.5], [1.0]]))
    assert found.cluster_modes_.tolist() == [[1.0], [0.0]]
    assert found.terms().labels(np.array([[0.0], [1.0]])).tolist() == [1, 0]


def test_nobody_dense():
    found = Density(min_cluster_size=30).fit(np.random.default_rng(0).normal(size=(40, 3)))
    assert found.n_clusters_ == 0
    assert (found.labels_ == -1).all()
    assert (found.predict([[0.0, 0, 0]]) == -1).all()
    with pytest.raises(NoAnswerError):
        found.terms()
