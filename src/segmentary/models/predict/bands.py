"""How far predictions of a size were off on average, held out: the interval of an expectation.

People are parted into tenths by their prediction. In each the mean prediction is held against the mean of what came:
its error is what was seen there (the bias) and what may have come by chance (the standard error of the mean), added as
squares. It is about the average of people of like predictions; what a single one does scatters far more.

The bias belongs in it: next time's season will not be this time's, and how far the last one was off is the best there
is to say how far the next one will be.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.language.sql import binary, choose
from segmentary.models.assign.sql import double
from segmentary.models.intervals import normal_quantile
from segmentary.models.predict.metrics import tenths
from segmentary.models.table.typed_table import Floats

Scale: TypeAlias = Literal["share", "chance"]
Z = normal_quantile(0.95)


@dataclass(frozen=True, slots=True)
class Bands:
    """Half widths of 95% intervals by size of prediction.

    edges : (k - 1,) rising; a prediction at an edge is below it. halves : (k,) as shares of the prediction (scale
    ``share``: money, low is at least 0) or as they are (``chance``: both ends are within 0 and 1).
    """

    edges: tuple[float, ...]
    halves: tuple[float, ...]
    scale: Scale

    @classmethod
    def of(cls, actual: npt.ArrayLike, predicted: npt.ArrayLike, scale: Scale) -> Self:
        """Return the bands of predictions with what came of them; (n,) each."""
        came, told = np.asarray(actual, dtype=np.float64), np.asarray(predicted, dtype=np.float64)
        part = tenths(told)
        found: list[tuple[float, float]] = []
        for k in np.unique(part):
            here = part == k
            found.append((float(told[here].max()), half_of(came[here], told[here], scale)))
        if not found:
            return cls((), (1.0,), scale)
        edges = (above(told, edge) for edge, _ in found[:-1])
        return cls(tuple(edges), tuple(half for _, half in found), scale)

    def around(self, predicted: Floats) -> tuple[Floats, Floats]:
        """Return low and high of predictions; (n,) each."""
        half = np.asarray(self.halves)[np.searchsorted(np.asarray(self.edges), predicted, side="left")]
        if self.scale == "share":
            return predicted * np.maximum(0.0, 1 - half), predicted * (1 + half)
        return np.maximum(0.0, predicted - half), np.minimum(1.0, predicted + half)

    def expressions(self, predicted: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
        """Return low and high of a prediction, as SQL."""

        def by_size(values: Sequence[float]) -> exp.Expr:
            tests = [binary(exp.LTE, predicted.copy(), double(edge)) for edge in self.edges]
            if not tests:
                return double(values[-1])
            return choose(
                *((test, double(value)) for test, value in zip(tests, values[:-1], strict=True)),
                otherwise=double(values[-1]),
            )

        if self.scale == "share":
            below, above = [max(0.0, 1 - half) for half in self.halves], [1 + half for half in self.halves]
            return (
                binary(exp.Mul, predicted.copy(), by_size(below)),
                binary(exp.Mul, predicted.copy(), by_size(above)),
            )
        low, high = (binary(kind, predicted.copy(), by_size(self.halves)) for kind in (exp.Sub, exp.Add))
        return exp.Greatest(this=low, expressions=[double(0.0)]), exp.Least(this=high, expressions=[double(1.0)])

    def to_document(self) -> dict[str, Any]:
        """Return them as JSON values."""
        return {"edges": list(self.edges), "halves": list(self.halves), "scale": self.scale}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the bands a document describes."""
        return cls(tuple(document["edges"]), tuple(document["halves"]), document["scale"])


def half_of(came: Floats, told: Floats, scale: Scale) -> float:
    """Return the half width for people of like predictions."""
    n, mean = len(came), float(told.mean())
    gap = float(came.mean()) - mean
    # Of one person nothing is known about the spread: as wide as the prediction.
    square = float(came.var(ddof=1)) / n if n > 1 else max(mean, 1e-12) ** 2
    if scale == "chance":
        # Nobody or everybody: a variance of zero would claim to know for certain (Agresti & Coull 1998).
        share = (float(came.sum()) + 2) / (n + 4)
        square = max(square, share * (1 - share) / (n + 4))
    half = Z * math.sqrt(square + gap * gap)
    if scale == "chance":
        return half
    return half / mean if mean > 0 else 0.0


def cuts_of(predicted: Floats) -> tuple[float, ...]:
    """Return the nine borders of tenths of predictions; fewer where many are equal."""
    if not len(predicted):
        return ()
    borders = np.unique(np.quantile(predicted, np.arange(1, 10) / 10, method="lower"))
    return tuple(above(predicted, float(one)) for one in borders if one < predicted.max())


def above(predicted: Floats, border: float) -> float:
    """Return a border half way to the next prediction: nobody stands on it, whatever the last digits are elsewhere."""
    return (border + float(predicted[predicted > border].min())) / 2


def tenth_expression(predicted: exp.Expr, cuts: Sequence[float]) -> exp.Expr:
    """Return 1 (lowest) to 10 of a prediction by the cuts, as SQL."""
    number = exp.Literal.number
    if not cuts:
        return number(10)
    tests = [(binary(exp.LTE, predicted.copy(), double(cut)), number(k + 1)) for k, cut in enumerate(cuts)]
    return choose(*tests, otherwise=number(10))


def tenth_of(predicted: Floats, cuts: Sequence[float]) -> npt.NDArray[np.int64]:
    """Return 1 (lowest) to 10 of predictions; (n,)."""
    place = np.searchsorted(np.asarray(cuts), predicted, side="left")
    return np.where(place == len(cuts), 10, place + 1).astype(np.int64)
