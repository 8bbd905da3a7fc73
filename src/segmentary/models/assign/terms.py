"""What every method's assignment comes down to: one score per segment, a sum over columns; the highest wins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from segmentary.models.table.typed_table import Floats

TIE = 1e-9
"""Scores closer than this are equal: sums of the same figures in another order differ in their last digits."""
BLOCK_ROWS = 8_192
"""Rows scored together: what is made on the way stays in the cache."""


@dataclass(frozen=True, eq=False)
class Terms:
    """Scores of k segments for a row x of what an estimator was fitted on.

    score_k = constant_k + sum_j linear_kj x_j + sum_j quadratic_kj x_j^2 + x' cross_k x
            + sum over coded columns j of lookups[j][k, code of x_j]
            + sum over count columns j of counts[j][0, k] + counts[j][1, k] x_j

    A missing x_j adds nothing from lookups and counts, and counts as 0 in linear, quadratic and cross: estimators that
    take missing numbers by likelihood put a number's whole contribution (its constant too) into ``numbers``.

    Attributes
    ----------
    constant : (k,). linear, quadratic : (k, q), zero where unused. cross : (k, q, q) or None.
    lookups : place of a coded column -> (k, L). counts : place of a count column -> (2, k).
    numbers : place of a number column -> (3, k): c + b x + a x^2 added where x is known (rows: c, b, a).
    posterior : whether exp(score) is proportional to the probability of membership. Otherwise scores only rank, and
        confidence is that of the mixture the method is the hard limit of (the scores are scaled to be that).
    """

    constant: Floats
    linear: Floats
    quadratic: Floats
    cross: Floats | None = None
    lookups: Mapping[int, Floats] = field(default_factory=dict)
    counts: Mapping[int, Floats] = field(default_factory=dict)
    numbers: Mapping[int, Floats] = field(default_factory=dict)
    posterior: bool = True

    @property
    def segments(self) -> int:
        """How many segments there are."""
        return len(self.constant)

    def scores(self, x: Floats) -> Floats:
        """Return (n, k) scores of rows (n, q)."""
        if len(x) <= BLOCK_ROWS:
            return self._scores(x)
        blocks = [self._scores(x[first : first + BLOCK_ROWS]) for first in range(0, len(x), BLOCK_ROWS)]
        return np.concatenate(blocks)

    def _scores(self, x: Floats) -> Floats:
        """Return the scores of few rows; parts that are unused cost nothing, and nothing overflows in them."""
        known = np.where(np.isnan(x), 0.0, x)
        found = np.tile(self.constant, (len(x), 1))
        if self.linear.any():
            found += known @ self.linear.T
        if self.quadratic.any():
            found += (known**2) @ self.quadratic.T
        if self.cross is not None:
            found = found + np.einsum("ni,kij,nj->nk", known, self.cross, known, optimize=True)
        for place, table in self.lookups.items():
            levels = table.shape[1]
            codes = np.nan_to_num(x[:, place], nan=-1.0, posinf=-1.0, neginf=-1.0)
            codes = np.where((codes > -1) & (codes < levels), codes, levels).astype(np.intp)
            found += np.vstack([table.T, np.zeros(self.segments)])[codes]  # the last row: what is no level adds nothing
        for part in (self.counts, self.numbers):
            if part:
                places = list(part)
                curves = np.stack([part[place] for place in places])
                found += (~np.isnan(x[:, places])).astype(np.float64) @ curves[:, 0] + known[:, places] @ curves[:, 1]
                if curves.shape[1] > 2 and curves[:, 2].any():
                    found += known[:, places] ** 2 @ curves[:, 2]
        return np.asarray(found, dtype=np.float64)

    def labels(self, x: Floats) -> npt.NDArray[np.intp]:
        """Return (n,) the segment with the highest score; of those within `TIE` of it, the first."""
        scores = self.scores(x)
        return np.asarray(np.argmax(scores >= scores.max(axis=1, keepdims=True) - TIE, axis=1))

    def probabilities(self, x: Floats) -> Floats:
        """Return (n, k) softmax of the scores."""
        return softmax(self.scores(x))

    def to_document(self) -> dict[str, Any]:
        """Return them as JSON values."""
        return {
            "constant": self.constant.tolist(),
            "linear": self.linear.tolist(),
            "quadratic": self.quadratic.tolist(),
            "cross": None if self.cross is None else self.cross.tolist(),
            "lookups": {str(place): table.tolist() for place, table in self.lookups.items()},
            "counts": {str(place): table.tolist() for place, table in self.counts.items()},
            "numbers": {str(place): table.tolist() for place, table in self.numbers.items()},
            "posterior": self.posterior,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the terms a document describes."""

        def placed(key: str) -> dict[int, Floats]:
            return {int(place): np.asarray(table, dtype=np.float64) for place, table in document[key].items()}

        cross = document["cross"]
        return cls(
            np.asarray(document["constant"], dtype=np.float64),
            np.asarray(document["linear"], dtype=np.float64),
            np.asarray(document["quadratic"], dtype=np.float64),
            None if cross is None else np.asarray(cross, dtype=np.float64),
            placed("lookups"),
            placed("counts"),
            placed("numbers"),
            document["posterior"],
        )


def softmax(scores: Floats) -> Floats:
    """Return (n, k) probabilities in proportion to exp(score). scores : (n, k)."""
    raised = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), dtype=np.float64)
