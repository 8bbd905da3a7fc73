"""Every method by name: what it is fit for, how it is built, and what it is fed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import DataError, UnknownNameError
from segmentary.models.assign.terms import Terms
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.columns import Column
from segmentary.models.table.typed_table import Floats

Feed: TypeAlias = Literal["features", "mixed", "codes", "values"]
"""features: scaled coordinates without missing values. mixed: scaled numbers, codes as they are. codes: codes of levels
only, missing as NaN. values: the columns as they are, missing as NaN."""


class Estimator(Protocol):
    """What an estimator of `segmentary.models.cluster` can do."""

    labels_: npt.NDArray[np.intp]

    def fit(self, X: Floats, y: None = None, sample_weight: Floats | None = None) -> Any:  # noqa: N803
        """Fit it."""

    def predict(self, X: Floats) -> npt.NDArray[np.intp]:  # noqa: N803
        """Place rows."""

    def terms(self) -> Terms:
        """Return how anybody is placed."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to find segments.

    Attributes
    ----------
    name, title : in programs, for people. module, estimator : where it is built. count : the parameter that holds k;
        empty: it finds k by itself. feeds : what it is fed. mixture : whether it has a likelihood and probabilities.
    most : rows its search sees at most, a random sample of more (its work or memory grows faster than they do); the
        others go where they are nearest.
    options : what is set beside k and the seed. large : what is set where there are many rows. quick : what is set for
        a bootstrap sample. most_repetitions, most_bootstrap : bootstrap pairs, and people in them, its work allows.
    """

    name: str
    title: str
    module: str
    estimator: str
    count: str
    feeds: Feed
    mixture: bool = False
    most: int = 10_000_000
    options: tuple[tuple[str, Any], ...] = ()
    large: tuple[tuple[str, Any], ...] = ()
    quick: tuple[tuple[str, Any], ...] = ()
    most_repetitions: int = 100
    most_bootstrap: int = 2_000

    def takes(self, columns: Sequence[Column]) -> bool:
        """Whether the method can read these columns."""
        return self.feeds != "codes" or all(column.coded for column in columns)

    def build(self, k: int, columns: Sequence[Column], seed: int, *, tell: Tell = quiet, **options: Any) -> Estimator:
        """Return the estimator, not fitted."""
        found = getattr(import_module(f"segmentary.models.cluster.{self.module}"), self.estimator)
        given: dict[str, Any] = dict(self.options) | options
        if self.count:
            given[self.count] = k
        given["random_state"] = seed
        if self.mixture:
            given["tell"] = tell
        if self.name in ("k_prototypes", "k_medoids"):
            given["categorical_features"] = [place for place, column in enumerate(columns) if column.coded]
        if self.name in ("latent_class", "mixed_mixture"):
            # A sample may lack the highest answer: the levels are those of the column.
            given["levels"] = [max(1, len(column.levels)) for column in columns]
        if self.name == "mixed_mixture":
            given["kinds"] = [column.kind for column in columns]
        estimator: Estimator = found(**given)
        return estimator


FEW = (("n_init", 3), ("swaps", 0))
SHORT = (("n_init", 5), ("tol", 1e-6))
SHORTER = (("n_init", 10), ("tol", 1e-6))
SHORTEST = (("n_init", 3), ("tol", 1e-5))
MANY_VALUES = 50_000
"""Distinct rows x columns from which there are many: likelihoods then differ clearly, and starts cost much."""
METHODS: dict[str, Method] = {
    one.name: one
    for one in (
        Method("k_means", "k-means", "kmeans", "KMeans", "n_clusters", "features", quick=FEW),
        Method("k_modes", "k-modes", "kmodes", "KModes", "n_clusters", "codes", quick=FEW),
        Method("k_prototypes", "k-prototypes", "kprototypes", "KPrototypes", "n_clusters", "mixed", quick=FEW),
        Method(
            "gaussian_mixture",
            "Gaussian mixture",
            "gaussian_mixture",
            "GaussianMixture",
            "n_components",
            "features",
            mixture=True,
            large=SHORTER,
            quick=SHORTEST,
            most_repetitions=20,
            most_bootstrap=1_000,
        ),
        Method(
            "latent_class",
            "latent classes",
            "latent_class",
            "LatentClass",
            "n_components",
            "codes",
            mixture=True,
            large=SHORTER,
            quick=SHORT,
            most_repetitions=50,
        ),
        Method(
            "mixed_mixture",
            "mixed mixture",
            "mixed_mixture",
            "MixedMixture",
            "n_components",
            "values",
            mixture=True,
            large=SHORTER,
            quick=SHORTEST,
            most_repetitions=20,
            most_bootstrap=1_000,
        ),
        Method(
            "hierarchical",
            "hierarchical",
            "hierarchical",
            "Hierarchical",
            "n_clusters",
            "features",
            most=5_000,
            options=(("max_rows", 5_000),),
            most_repetitions=25,
            most_bootstrap=1_000,
        ),
        Method(
            "density",
            "density (HDBSCAN)",
            "density",
            "Density",
            "",
            "features",
            most=10_000,
            options=(("max_rows", 10_000),),
        ),
        Method(
            "k_medoids",
            "k-medoids",
            "kmedoids",
            "KMedoids",
            "n_clusters",
            "mixed",
            most=2_000,
            options=(("max_rows", 2_000),),
            quick=(("n_init", 1),),
            most_repetitions=25,
            most_bootstrap=500,
        ),
    )
}


def method_of(name: str) -> Method:
    """Return the method of a name.

    Raises
    ------
    UnknownNameError : there is none.
    """
    if name not in METHODS:
        raise UnknownNameError("method", name, METHODS, see="one of " + ", ".join(METHODS))
    return METHODS[name]


def fit_for(columns: Sequence[Column], people: int) -> tuple[str, ...]:
    """Return the methods that suit these columns, the most fitting first.

    Answers only: latent classes, k-modes, k-means on the codes. Numbers only: k-means, a Gaussian mixture (with counts
    a mixed mixture, in which counts are counts), trees on up to 5,000 people. Both: k-prototypes, a mixed mixture,
    k-means on scaled indicators, and k-medoids by Gower's distance on up to 5,000 people.
    """
    coded = [column.coded for column in columns]
    if all(coded):
        return ("latent_class", "k_modes", "k_means")
    if any(coded):
        found: tuple[str, ...] = ("k_prototypes", "mixed_mixture", "k_means")
        return (*found, "k_medoids") if people <= 5_000 else found
    counts = any(column.kind == "count" for column in columns)
    found = ("k_means", "mixed_mixture" if counts else "gaussian_mixture")
    return (*found, "hierarchical") if people <= METHODS["hierarchical"].most else found


def chosen(methods: str | Sequence[str], columns: Sequence[Column], people: int) -> tuple[Method, ...]:
    """Return the methods asked for, or those that suit.

    Raises
    ------
    UnknownNameError : there is no such method. DataError : one cannot read these columns.
    """
    if isinstance(methods, str):
        methods = fit_for(columns, people) if methods == "auto" else [methods]
    found = tuple(method_of(name) for name in dict.fromkeys(methods))
    for method in found:
        if not method.takes(columns):
            numbers = ", ".join(column.name for column in columns if not column.coded)
            raise DataError(
                f"{method.title} reads answers, not numbers: {numbers}",
                hint="use k_prototypes or mixed_mixture, or leave those columns out",
            )
    return found
