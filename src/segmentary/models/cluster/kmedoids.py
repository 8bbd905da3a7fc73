"""K-medoids: segments around typical people, by Gower's dissimilarity."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import (  # noqa: TID253  # estimators are scikit-learn's; imported inside functions by everybody else
    BaseEstimator,
    ClusterMixin,
)

from segmentary.models.assign.terms import Terms
from segmentary.models.cluster.gower import APART, Gower, Measure
from segmentary.models.cluster.partition import plain
from segmentary.models.cluster.problem import Places, by_size, levels_of
from segmentary.models.cluster.search import seed_of, threads
from segmentary.models.progress import Tell, quiet
from segmentary.models.table.patterns import distinct
from segmentary.models.table.typed_table import Floats

SAMPLES = 5
MOST_STARTS, AGREEING = 8, 2
PART_ROWS = 256


@dataclass(frozen=True, eq=False)
class Medoids:
    """Medoids found: their (k, q) values, the weighted sum of dissimilarities to them, and (m,) the nearest of each."""

    cost: float
    values: Floats
    nearest: npt.NDArray[np.intp]
    sweeps: int
    starts: int


class KMedoids(ClusterMixin, BaseEstimator):  # type: ignore[misc]
    """Segments around medoids: each segment is about one person who is there, who is least apart from the others.

    Up to `max_rows` distinct rows the search (FasterPAM) sees all of them, and needs 4 x max_rows^2 bytes; above, it
    sees five random samples of half as many, and the medoids best for everybody are taken (CLARA).

    Parameters
    ----------
    n_clusters : segments.
    categorical_features : places of the columns that hold codes, or (q,) whether each does: compared as same or not.
    measures : (q,) how each column is compared, instead (`segmentary.models.cluster.gower.Measure`: ordered codes,
        and binary answers of which two times no says nothing).
    feature_weights : (q,) how much each column counts; None: all alike.
    n_init : starts; "auto": until two of them end at the same best cost, at most 8.
    max_rows, random_state : see above; the seed.

    Attributes
    ----------
    medoids_ : (k, q) in the order of size. labels_ : (n,) 0 the largest: the nearest medoid. cost_ : weighted sum of
        dissimilarities to it. agreement_ : weighted share of the fitted whom `predict` puts where the method did.
    n_iter_, n_starts_.

    References
    ----------
    Schubert & Rousseeuw (2021), Information Systems 101; Kaufman & Rousseeuw (1990), Finding Groups in Data (PAM,
    CLARA); Gower (1971), Biometrics 27(4).
    """

    def __init__(
        self,
        n_clusters: int = 3,
        *,
        categorical_features: Sequence[int] | Sequence[bool] | None = None,
        measures: Sequence[Measure] | None = None,
        feature_weights: Sequence[float] | None = None,
        n_init: int | str = "auto",
        max_rows: int = 5_000,
        random_state: Any = 0,
    ):
        self.n_clusters = n_clusters
        self.categorical_features = categorical_features
        self.measures = measures
        self.feature_weights = feature_weights
        self.n_init = n_init
        self.max_rows = max_rows
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        """Say what scikit-learn asks."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        return tags

    def fit(self, X: Any, y: Any = None, sample_weight: Any = None, *, tell: Tell = quiet) -> Self:  # noqa: N803
        """Find the medoids.

        X : (n, q) numbers and codes, NaN missing. sample_weight : (n,) not negative, in any scale.

        Raises
        ------
        ValueError : fewer rows of positive weight than segments, or a parameter out of range.
        """
        from sklearn.utils import check_random_state
        from sklearn.utils.validation import _check_sample_weight, validate_data

        x: Floats = validate_data(self, X, dtype=np.float64, order="C", ensure_all_finite="allow-nan")
        weights = _check_sample_weight(sample_weight, x, dtype=np.float64, ensure_non_negative=True)
        self._checked(int((weights > 0).sum()))
        if not np.isfinite(weights.sum()):  # heavier together than any number
            weights = weights / weights.max()
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        here = np.flatnonzero(weights > 0)
        self.gower_ = Gower.of(x[here], self._measures(x.shape[1]), self.feature_weights)
        heaviest = float(weights[here].max())
        packed = distinct(x[here], weights[here] / heaviest)
        k = min(int(self.n_clusters), len(packed))
        found = self._search(packed.values, packed.weights, k, seed, tell)
        self._learn(x, weights, here, packed.inverse, packed.weights, found)
        self.cost_ = found.cost * heaviest
        self.n_iter_, self.n_starts_ = found.sweeps, found.starts
        return self

    def _checked(self, rows: int) -> None:
        for name, least in (("n_clusters", 1), ("max_rows", 10), ("n_init", 1)):
            value = getattr(self, name)
            whole = isinstance(value, int | np.integer) and not isinstance(value, bool) and value >= least
            if not whole and not (name == "n_init" and value == "auto"):
                raise ValueError(f"{name}={value!r}: it has to be a whole number of at least {least}")
        if rows < self.n_clusters:
            raise ValueError(f"n_samples={rows} (of positive weight) should be >= n_clusters={self.n_clusters}.")

    def _measures(self, q: int) -> tuple[Measure, ...]:
        """Return how each column is compared."""
        from segmentary.models.cluster.kprototypes import coded_places

        if self.measures is not None:
            if self.categorical_features is not None:
                raise ValueError("give measures or categorical_features, not both")
            return tuple(self.measures)
        coded = set(coded_places(self.categorical_features, q).tolist())
        return tuple("nominal" if place in coded else "number" for place in range(q))

    def _search(self, x: Floats, w: Floats, k: int, seed: int, tell: Tell) -> Medoids:
        """Return the best medoids of all distinct rows, or of samples where they are many."""
        if len(x) <= self.max_rows:
            return self._pam(x, w, k, seed, tell)
        random = np.random.default_rng(seed)
        best: Medoids | None = None
        size = int(self.max_rows)
        for sample in range(SAMPLES):
            rows = np.sort(random.permutation(len(x))[: max(size // 2, k)])
            tell(f"sample {sample + 1} of {SAMPLES}", sample / SAMPLES)
            few = self._pam(x[rows], w[rows], k, seed + sample, quiet)
            near, nearest = self._nearest(x, few.values)
            cost = float((w * near).sum())
            if best is None or cost < best.cost:
                best = Medoids(cost, few.values, nearest, few.sweeps, few.starts)
        assert best is not None  # noqa: S101  # SAMPLES is positive
        return best

    def _pam(self, x: Floats, w: Floats, k: int, seed: int, tell: Tell) -> Medoids:
        """Return the best medoids of a few starts over all dissimilarities."""
        from segmentary.models.cluster.medoid_kernels import faster_pam, gower_rows

        n = len(x)
        scaled, kinds, weights = self.gower_.scaled(x), self.gower_.kinds, self.gower_.weights
        between = np.empty((n, n), dtype=np.float32)
        limit = MOST_STARTS if self.n_init == "auto" else int(self.n_init)
        done: list[Any] = []
        with ThreadPoolExecutor(threads()) as pool:
            parts = [(first, min(first + PART_ROWS, n)) for first in range(0, n, PART_ROWS)]

            def fill(part: tuple[int, int]) -> None:
                gower_rows(scaled, kinds, weights, APART, part[0], part[1], between)

            for place, _ in enumerate(pool.map(fill, parts)):
                tell(f"dissimilarities of {n:,} rows", 0.5 * place / len(parts))
            while len(done) < limit:
                wave = [seed_of(seed, at) for at in range(len(done), min(len(done) + AGREEING, limit))]
                for found in pool.map(lambda state: faster_pam(between, w, k, 100, state), wave):
                    done.append(found)
                    tell(f"start {len(done)} of at most {limit}", 0.5 + 0.5 * len(done) / limit)
                best = min(done, key=lambda one: one[0])
                if self.n_init == "auto" and sum(one[0] <= best[0] * (1 + 1e-9) for one in done) >= AGREEING:
                    break
        _, medoids, nearest, sweeps = best
        near = self._nearest(x, x[medoids])[0]
        return Medoids(float((w * near).sum()), x[medoids], nearest, int(sweeps), len(done))

    def _nearest(self, x: Floats, medoids: Floats) -> tuple[Floats, npt.NDArray[np.intp]]:
        """Return (n,) the dissimilarity to the nearest medoid, and which it is."""
        from segmentary.models.cluster.medoid_kernels import to_medoids

        near = np.zeros(len(x))
        of = to_medoids(
            self.gower_.scaled(x), self.gower_.scaled(medoids), self.gower_.kinds, self.gower_.weights, APART, near
        )
        return near, of

    def _learn(
        self, x: Floats, weights: Floats, here: Places, inverse: Places, packed_weights: Floats, found: Medoids
    ) -> None:
        """Keep the medoids in the order of size, and the terms that place others."""
        mass = np.bincount(found.nearest, packed_weights, minlength=len(found.values))
        self.medoids_ = found.values[by_size(mass, found.values)]
        nearest = self._nearest(x, self.medoids_)[1]
        somebody = np.bincount(nearest[here], minlength=len(self.medoids_)) > 0
        if not somebody.all():  # all of its rows are as near to a larger one
            self.medoids_ = self.medoids_[somebody]
            nearest = self._nearest(x, self.medoids_)[1]
        self.labels_ = nearest.astype(np.intp)
        if len(self.medoids_) < self.n_clusters:
            import warnings

            from sklearn.exceptions import ConvergenceWarning

            text = f"{len(self.medoids_)} segments, not {self.n_clusters}: too few rows differ"
            warnings.warn(text, ConvergenceWarning, stacklevel=3)
        self._levels = {
            j: levels_of(x[here, j])
            for j, measure in enumerate(self.gower_.measures)
            if measure in ("nominal", "asymmetric")
        }
        self._plain = all(plain(levels) for levels in self._levels.values())
        self._terms = self._scored(x, weights)
        placed = self.predict(x)
        self.agreement_ = float(weights[placed == self.labels_].sum() / weights.sum())

    def _scored(self, x: Floats, weights: Floats) -> Terms:
        """Return terms of the nearest profile, as sure as the spread about the profiles lets them be.

        Of a number the squared difference from the segment's mean, over ranges; of a level the share of the segment
        that has another.
        """
        k, q = len(self.medoids_), x.shape[1]
        rows = self._encoded(x)
        members = [np.flatnonzero((self.labels_ == c) & (weights > 0)) for c in range(k)]
        slopes: dict[int, Floats] = {}
        tables: dict[int, Floats] = {}
        spread = 0.0
        share = self.gower_.weights / self.gower_.weights.sum()
        for j in range(q):
            column, known = rows[:, j], ~np.isnan(rows[:, j])
            if j in self._levels:
                size = int(np.nanmax(column[weights > 0], initial=0.0)) + 1
                tables[j] = np.zeros((k, size))
                for c, rows_c in enumerate(members):
                    mine = rows_c[known[rows_c]]
                    counts = np.bincount(column[mine].astype(np.intp), weights[mine], minlength=size)
                    part = counts / counts.sum() if counts.sum() > 0 else np.full(size, 1.0 / size)
                    tables[j][c] = share[j] * part
                    spread += share[j] * float(counts @ (1 - part))
            else:
                unit = self.gower_.ranges[j] if self.gower_.ranges[j] > 0 else 1.0
                middle = float(column[known & (weights > 0)].mean()) if (known & (weights > 0)).any() else 0.0
                means = np.zeros(k)
                for c, rows_c in enumerate(members):
                    mine = rows_c[known[rows_c]]
                    z = column[mine] / unit - middle / unit
                    means[c] = float((weights[mine] * z).sum() / weights[mine].sum()) if len(mine) else 0.0
                    spread += share[j] * float((weights[mine] * (z - means[c]) ** 2).sum())
                slope = 2 * share[j] * means / unit
                slopes[j] = np.stack([-slope * middle - share[j] * means**2, slope, np.zeros(k)])
        beta = 0.5 * q / max(spread / float(weights.sum()), 1e-9)
        numbers = {j: beta * one for j, one in slopes.items()}
        lookups = {j: beta * one for j, one in tables.items()}
        nothing = np.zeros((k, q))
        return Terms(np.zeros(k), nothing, nothing, lookups=lookups, numbers=numbers, posterior=False)

    def _encoded(self, x: Floats) -> Floats:
        """Return rows as the terms read them."""
        from segmentary.models.cluster.problem import places_of

        if self._plain:
            return x
        found = x.copy()
        for j, levels in self._levels.items():
            codes = places_of(x[:, j], levels, 0)
            found[:, j] = np.where(codes < 0, np.nan, codes)
        return found

    def predict(self, X: Any) -> npt.NDArray[np.intp]:  # noqa: N803
        """Return (n,) the segment whose profile is nearest: no medoid's own rule, see `terms`."""
        from sklearn.utils.validation import check_is_fitted, validate_data

        check_is_fitted(self)
        x: Floats = validate_data(self, X, dtype=np.float64, ensure_all_finite="allow-nan", reset=False)
        return self._terms.labels(self._encoded(x))

    def terms(self) -> Terms:
        """Return how others are placed: by the nearest profile of a segment (means, and shares of levels).

        The nearest medoid by Gower's dissimilarity is no sum of terms over columns; `agreement_` is the weighted share
        of the fitted for whom both are the same.

        Raises
        ------
        ValueError : it was fitted on values that are no codes 0, 1, 2 ... where codes are read.
        """
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        if not self._plain:
            raise ValueError("terms are about codes 0, 1, 2 ...: it was fitted on other values")
        return self._terms
