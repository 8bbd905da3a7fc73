"""Everything scikit-learn asks of an estimator."""

from __future__ import annotations

import warnings

from sklearn.utils.estimator_checks import parametrize_with_checks

from segmentary.models.cluster.density import Density
from segmentary.models.cluster.hierarchical import Hierarchical
from segmentary.models.cluster.kmeans import KMeans
from segmentary.models.cluster.kmedoids import KMedoids
from segmentary.models.cluster.kmodes import KModes
from segmentary.models.cluster.kprototypes import KPrototypes


@parametrize_with_checks(
    [KMeans(), KModes(), KPrototypes(), Hierarchical(), Hierarchical(method="genie"), Density(), KMedoids()],
)
def test_scikit_learn_asks(estimator, check):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        check(estimator)
