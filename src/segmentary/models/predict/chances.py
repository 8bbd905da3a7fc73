"""A chance from several formulas: their mean, recalibrated, with the interval and the decile of held-out people.

The interval of somebody's chance is what came of held-out people with chances like theirs: Wilson's interval of the bin
the chance falls in, widened to hold the chance itself. It is about people like these, not about one person.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from sqlglot import exp

from segmentary.errors import NoAnswerError
from segmentary.language.sql import choose
from segmentary.models.assign.sql import Input, added, double, outside
from segmentary.models.predict.calibration import Calibration
from segmentary.models.predict.formula import Formula, floats
from segmentary.models.predict.formula_sql import formula_query
from segmentary.models.predict.metrics import calibration_bins, tenths
from segmentary.models.table.typed_table import Floats, TypedTable


@dataclass(frozen=True)
class Bins:
    """Bins of chances: (b - 1,) inner borders (a chance equal to one is below it), (b,) low and high of each."""

    edges: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]

    @classmethod
    def of(cls, y: npt.ArrayLike, predicted: Floats) -> Self:
        """Return bins of held-out people: twenty where each has a hundred, else ten."""
        count = 20 if len(predicted) >= 2_000 else 10
        told = calibration_bins(y, predicted, bins=count)
        if not told:
            raise NoAnswerError("nobody was held out: no interval can be said")
        part = tenths(predicted, count)
        highest = [float(predicted[part == k].max()) for k in np.unique(part)]
        return cls(borders(highest[:-1]), tuple(one.actual.low for one in told), tuple(one.actual.high for one in told))

    def interval(self, p: Floats) -> tuple[Floats, Floats]:
        """Return low and high of each chance; (n,) each."""
        place = np.searchsorted(self.edges, p, side="left")
        low, high = np.asarray(self.low)[place], np.asarray(self.high)[place]
        return np.minimum(low, p), np.maximum(high, p)

    def expressions(self, p: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
        """Return the same of a column inside an engine."""
        return (
            exp.Least(this=stepped(p, self.edges, self.low), expressions=[p.copy()]),
            exp.Greatest(this=stepped(p, self.edges, self.high), expressions=[p.copy()]),
        )

    def to_document(self) -> dict[str, Any]:
        """Return them as JSON values."""
        return {"edges": list(self.edges), "low": list(self.low), "high": list(self.high)}

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """Return the bins a document describes."""
        return cls(*(tuple(document[name]) for name in ("edges", "low", "high")))


def stepped(p: exp.Expr, edges: tuple[float, ...], values: tuple[float, ...]) -> exp.Expr:
    """Return the value of the bin a column falls in."""
    branches = [
        (exp.LTE(this=p.copy(), expression=double(edge)), double(value))
        for edge, value in zip(edges, values, strict=False)
    ]
    return choose(*branches, otherwise=double(values[-1])) if branches else double(values[-1])


def decile_cuts(scores: Floats) -> tuple[float, ...]:
    """Return (9,) the highest score of each tenth of people but the last: above it begins the next."""
    return borders(np.quantile(scores, np.arange(1, 10) / 10, method="lower")) if len(scores) else (0.0,) * 9


def borders(scores: npt.ArrayLike) -> tuple[float, ...]:
    """Return scores of people as borders above which the next bin begins.

    They are raised by less than what matters: engines differ in the last bits of a score, and whoever is at a border is
    to stand below it everywhere.
    """
    told = np.asarray(scores, dtype=np.float64)
    return floats(told + 1e-12 + 1e-9 * np.abs(told))


def deciles(scores: Floats, cuts: tuple[float, ...]) -> npt.NDArray[np.intp]:
    """Return 1 (lowest) to 10; (n,). Equal scores have one decile."""
    return np.searchsorted(np.asarray(cuts), scores, side="left").astype(np.intp) + 1


def decile_expression(score: exp.Expr, cuts: tuple[float, ...]) -> exp.Expr:
    """Return the decile of a column inside an engine, a whole number."""
    branches = [
        (exp.LTE(this=score.copy(), expression=double(cut)), exp.Literal.number(place + 1))
        for place, cut in enumerate(cuts)
    ]
    return choose(*branches, otherwise=exp.Literal.number(len(cuts) + 1))


@dataclass(frozen=True)
class Chances:
    """A fitted chance: formulas of like weight by name, how their mean is recalibrated, bins, cut points of deciles."""

    parts: Mapping[str, Formula]
    calibration: Calibration
    bins: Bins
    cuts: tuple[float, ...]

    def mean(self, table: TypedTable) -> Floats:
        """Return the mean of the formulas; (n,)."""
        return mean_of(self.parts, table)

    def probability(self, table: TypedTable) -> Floats:
        """Return the recalibrated chance of each person; (n,)."""
        return self.calibration.apply(self.mean(table))

    def query(
        self, source: exp.Table | exp.Subquery, inputs: Mapping[str, Input], *, key: str = "customer_id"
    ) -> exp.Select:
        """Return one row per person: key, probability, low, high, decile."""
        inner = formula_query(self.parts, source, inputs, key=key)
        total = added(exp.column(name, quoted=True) for name in self.parts)
        mean = exp.Div(this=exp.cast(exp.Paren(this=total), "double"), expression=double(float(len(self.parts))))
        inner = outside(inner, key, (), {"mean": mean})
        inner = outside(inner, key, (), {"probability": self.calibration.expression(exp.column("mean", quoted=True))})
        p = exp.column("probability", quoted=True)
        low, high = self.bins.expressions(p)
        found = {"low": low, "high": high, "decile": decile_expression(p, self.cuts)}
        return outside(inner, key, ("probability",), found)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "parts": {name: one.to_document() for name, one in self.parts.items()},
            "calibration": self.calibration.to_document(),
            "bins": self.bins.to_document(),
            "cuts": list(self.cuts),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the chances a document describes."""
        return cls(
            {name: Formula.from_document(one) for name, one in document["parts"].items()},
            Calibration.from_document(document["calibration"]),
            Bins.from_document(document["bins"]),
            tuple(document["cuts"]),
        )


def mean_of(parts: Mapping[str, Formula], table: TypedTable) -> Floats:
    """Return the mean of what formulas predict; (n,)."""
    total = np.zeros(len(table))
    for one in parts.values():
        total = total + one.predict(table)
    return total / len(parts)
