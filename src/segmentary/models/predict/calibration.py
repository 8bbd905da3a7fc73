"""Making chances mean what they say: recalibrated on people a model was not fitted on.

References: Platt (1999), Advances in Large Margin Classifiers; Zadrozny & Elkan (2002), KDD, for isotonic.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Self

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.errors import DataError
from segmentary.language.sql import binary, cast, choose
from segmentary.models.assign.sql import double, times
from segmentary.models.predict.formula import floats, linked, log_odds
from segmentary.models.predict.formula_sql import link_expression
from segmentary.models.predict.metrics import pair
from segmentary.models.table.typed_table import Floats

Way = Literal["platt", "isotonic", "none"]
EDGE = 1e-12
MOST_KNOTS = 200


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a chance as a model says it to one that holds.

    Platt: the log odds become intercept + slope * log odds. With knots (isotonic) instead: linear between (x, y), the
    first and last y beyond them.
    """

    intercept: float = 0.0
    slope: float = 1.0
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def apply(self, p: Floats) -> Floats:
        """Return calibrated chances; (n,)."""
        if self.x:
            return np.interp(p, self.x, self.y)
        return linked(self.intercept + self.slope * log_odds(p), "logit")

    def expression(self, p: exp.Expr) -> exp.Expr:
        """Return the same of a column inside an engine."""
        if self.x:
            return self.between_knots(p)
        held = exp.Least(
            this=exp.Greatest(this=p, expressions=[double(EDGE)]),
            expressions=[double(1 - EDGE)],
        )
        against = cast(binary(exp.Sub, double(1.0), held.copy()), "double")
        odds = exp.Ln(this=exp.Div(this=cast(held, "double"), expression=against))
        return link_expression(binary(exp.Add, double(self.intercept), times(odds, self.slope)), "logit")

    def between_knots(self, p: exp.Expr) -> exp.Expr:
        """Return the piecewise linear function; missing stays missing."""
        branches = [(exp.LTE(this=p.copy(), expression=double(self.x[0])), double(self.y[0]))]
        for x0, x1, y0, y1 in zip(self.x, self.x[1:], self.y, self.y[1:], strict=False):
            away = times(binary(exp.Sub, p.copy(), double(x0)), (y1 - y0) / (x1 - x0))
            branches.append((exp.LTE(this=p.copy(), expression=double(x1)), binary(exp.Add, double(y0), away)))
        beyond = exp.GT(this=p.copy(), expression=double(self.x[-1]))
        return choose(*branches, (beyond, double(self.y[-1])))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"intercept": self.intercept, "slope": self.slope, "x": list(self.x), "y": list(self.y)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the calibration a document describes."""
        return cls(document["intercept"], document["slope"], tuple(document["x"]), tuple(document["y"]))


def calibrated(y: npt.ArrayLike, predicted: npt.ArrayLike, *, way: Way = "platt") -> Calibration:
    """Return how to recalibrate chances of people the model was not fitted on.

    y : (n,) 0 or 1; predicted : (n,) chances. With outcomes all alike nothing can be learnt: they stay as they are.

    Raises
    ------
    DataError
        outcomes are no 0 and 1.
    """
    actual, told = pair(y, predicted)
    if not np.isin(actual, (0.0, 1.0)).all():
        raise DataError("outcomes must be 0 or 1")
    if way == "none" or not len(actual) or actual.min() == actual.max() or told.min() == told.max():
        return Calibration()
    return isotonic(actual, told) if way == "isotonic" else platt(actual, told)


def platt(actual: Floats, told: Floats) -> Calibration:
    """Return Platt's scaling by maximum likelihood; where its slope is not positive, only the level."""
    from segmentary.models.predict.glm import newton, start_of

    design = np.column_stack([np.ones(len(told)), log_odds(told)])
    weight = np.ones(len(told))
    # Platt's targets: one more of either outcome keeps the slope finite where people are told apart perfectly.
    k, n = float(actual.sum()), len(actual)
    target = np.where(actual > 0, (k + 1) / (k + 2), 1 / (n - k + 2))
    fit = newton(design, target, weight, "logistic", 0.0, start_of(design, target, weight, "logistic"))
    intercept, slope = (float(one) for one in fit.beta)
    if slope > 0:
        return Calibration(intercept, slope)
    flat = newton(design[:, :1], actual, weight, "logistic", 0.0, np.zeros(1))
    return Calibration(float(flat.beta[0]) - float(np.mean(design[:, 1])), 1.0)


def isotonic(actual: Floats, told: Floats) -> Calibration:
    """Return the monotone step function of least squares, its middle points joined by lines."""
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.0, y_max=1.0, out_of_bounds="clip").fit(told, actual)
    value = np.asarray(fitted.predict(told))
    levels, place = np.unique(value, return_inverse=True)
    # One knot per step, where its people stand; never a chance of exactly 0 or 1: of n people nobody is no proof.
    people = np.bincount(place)
    x = np.bincount(place, told) / people
    y = (levels * people + 0.5) / (people + 1.0)
    y = np.maximum.accumulate(y)
    if len(x) > MOST_KNOTS:
        kept = np.unique(np.linspace(0, len(x) - 1, MOST_KNOTS).astype(int))
        x, y = x[kept], y[kept]
    if len(x) < 2:
        return Calibration()
    return Calibration(0.0, 1.0, floats(x), floats(y))
