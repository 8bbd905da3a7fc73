"""Everything scikit-learn asks of an estimator, and what our terms promise."""

from __future__ import annotations

import warnings

from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentary.models.cluster.kmeans import KMeans
from segmentary.models.cluster.kmodes import KModes
from segmentary.models.cluster.kprototypes import KPrototypes

NUMBERS = "it reads levels: normal numbers without repeats are levels that never agree"


@parametrize_with_checks(
    [KMeans(), KModes(), KPrototypes()],
    expected_failed_checks=lambda one: {"check_clustering": NUMBERS} if isinstance(one, KModes) else {},
)
def test_scikit_learn_asks(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)
