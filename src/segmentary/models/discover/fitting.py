"""One method with one number of segments, fitted on the sample: what it is fed, what it costs, how it places people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from segmentary.models.assign.terms import Terms
from segmentary.models.discover.methods import MANY_VALUES, Method
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.patterns import distinct
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import Floats, TypedTable
from segmentary.models.validate.criteria import CriteriaRow, Spread

Labels = npt.NDArray[np.intp]
LOOK = 2_000
MISSING_CODE = -1.0
"""What stands for a missing answer in mixed coordinates: no level has it, so it adds nothing to a score."""


@dataclass(frozen=True, eq=False)
class Fed:
    """What a method is fitted on.

    rows : (m, q) distinct rows, or all of them where few are alike. weight : (m,) people each stands for. place : (n,)
    the row of each person of the sample. preparation : how rows come of the columns; None: they are the columns.
    """

    rows: Floats
    weight: Floats
    place: Labels
    preparation: Preparation | None

    @property
    def people(self) -> float:
        """Weighted people."""
        return float(self.weight.sum())


@dataclass(frozen=True, eq=False)
class Candidate:
    """One method with one number of segments, fitted.

    k : segments there are. terms : how anybody is placed. labels : (m,) of the rows it was fitted on, -1 noise.
    agreement : weighted share of them whom the terms put where the method did. figures : what its criteria are made of.
    options : the method's own. stability, segments : bootstrap stability of the whole and of each segment.
    note : what it was looked at on.
    """

    method: Method
    k: int
    fed: Fed
    terms: Terms
    labels: Labels
    agreement: float
    figures: dict[str, float] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)
    stability: Spread | None = None
    segments: tuple[Spread, ...] = ()
    note: str = ""

    @property
    def row(self) -> CriteriaRow:
        """The candidate as a row of the table of criteria."""
        figures: dict[str, Any] = dict(self.figures)
        if "parameters" in figures:
            figures["parameters"] = int(figures["parameters"])
        return CriteriaRow(
            self.method.name,
            self.k,
            **figures,
            stability=self.stability,
            smallest=int(self.sizes.min()),
            note=self.note,
        )

    @property
    def sizes(self) -> npt.NDArray[np.intp]:
        """People (unweighted) of the sample in each segment."""
        return np.bincount(self.terms.labels(self.fed.rows)[self.fed.place], minlength=self.k)


def fed(method: Method, table: TypedTable, scaled: Callable[[], Preparation]) -> Fed:
    """Return what a method is fitted on; `scaled` makes the coordinates of all columns."""
    preparation: Preparation | None = None
    if method.feeds == "features":
        preparation = scaled()
    elif method.feeds == "mixed":
        preparation = mixed(table, scaled())
    rows = table.values if preparation is None else preparation.apply(table)
    if method.feeds == "mixed":
        coded = [place for place, column in enumerate(table.columns) if column.coded]
        rows[:, coded] = np.where(rows[:, coded] == MISSING_CODE, np.nan, rows[:, coded])
    if method.name in ("hierarchical", "density") or not worth_packing(rows):
        return Fed(rows, table.weight, np.arange(len(rows)), preparation)
    return packed(rows, table.weight, preparation)


def mixed(table: TypedTable, scaled: Preparation) -> Preparation:
    """Return coordinates of which numbers are scaled and codes stay codes."""
    numbers = {feature.column: feature for feature in scaled.features if not table.column(feature.column).coded}
    return Preparation(
        tuple(numbers.get(name, Feature(name, Transform(), None, MISSING_CODE)) for name in table.names),
        tuple(name for name in scaled.row_centred if name in numbers),
    )


def worth_packing(rows: Floats) -> bool:
    """Whether many rows are alike, by the first of them."""
    few = rows[:LOOK]
    return len(rows) > 1 and len(np.unique(few, axis=0)) <= len(few) * 0.6


def packed(rows: Floats, weight: Floats, preparation: Preparation | None) -> Fed:
    """Return the distinct rows with the people they stand for."""
    found = distinct(rows, weight)
    return Fed(found.values, found.weights, found.inverse, preparation)


def fit(
    method: Method, k: int, given: Fed, table: TypedTable, seed: int, *, tell: Tell = quiet, **options: Any
) -> Candidate:
    """Fit one method with one number of segments."""
    rows, weight = given.rows, given.weight
    given_options = (dict(method.large) if rows.size > MANY_VALUES else {}) | options
    estimator = method.build(k, table.columns, seed, tell=tell, **given_options)
    estimator.fit(rows, sample_weight=weight)
    terms = estimator.terms()
    labels = np.asarray(estimator.labels_, dtype=np.intp)
    agreement = float(weight[terms.labels(rows) == labels].sum() / weight.sum())
    own = figures(estimator)
    if method.name == "k_means":
        own["bic"] = round_bic(rows, weight, labels, terms.segments)
    note = f"searched among {method.most:,} of {len(rows):,} rows" if len(rows) > method.most else ""
    return Candidate(method, terms.segments, given, terms, labels, agreement, own, chosen_by(estimator), note=note)


def round_bic(rows: Floats, weight: Floats, labels: Labels, k: int) -> float:
    """Return the BIC of the mixture of equal round normals k-means is the limit of, at its centres.

    In the same coordinates it can be compared with that of a Gaussian mixture.
    """
    n, q = float(weight.sum()), rows.shape[1]
    shares = np.bincount(labels, weight, minlength=k)
    sums = np.stack([np.bincount(labels, weight * column, minlength=k) for column in rows.T], axis=1)
    centres = sums / np.maximum(shares, 1e-300)[:, None]
    squares = np.maximum((rows**2).sum(axis=1)[:, None] - 2 * rows @ centres.T + (centres**2).sum(axis=1), 0.0)
    variance = max(float(weight @ squares[np.arange(len(rows)), labels]) / (n * q), 1e-12)
    logs = np.log(np.maximum(shares / n, 1e-300)) - squares / (2 * variance) - 0.5 * q * np.log(2 * np.pi * variance)
    most = logs.max(axis=1)
    likelihood = float(weight @ (most + np.log(np.exp(logs - most[:, None]).sum(axis=1))))
    return float(-2 * likelihood + (k - 1 + k * q + 1) * np.log(n))


def figures(estimator: Any) -> dict[str, float]:
    """Return what an estimator says of itself, by the names of `CriteriaRow`."""
    found: dict[str, float] = {}
    for name, attribute in (
        ("cost", "inertia_"),
        ("cost", "cost_"),
        ("log_likelihood", "log_likelihood_"),
        ("parameters", "n_parameters_"),
        ("aic", "aic_"),
        ("bic", "bic_"),
        ("icl", "icl_"),
        ("entropy", "entropy_"),
    ):
        value = getattr(estimator, attribute, None)
        if value is not None:
            found[name] = float(value)
    return found


def chosen_by(estimator: Any) -> dict[str, Any]:
    """Return the options an estimator chose by itself."""
    found: dict[str, Any] = {}
    for option, attribute in (("covariance", "covariance_"), ("gamma", "gamma_")):
        value = getattr(estimator, attribute, None)
        if value is not None:
            found[option] = value if isinstance(value, str) else float(value)
    return found
