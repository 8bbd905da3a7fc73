"""Ways to say who will leave: what each is fitted by, and what is left of it as formulas.

- ``logistic``: ridge logistic regression; numbers enter as they are and by their logarithm, so that a risk that falls
  fast at first and slowly later needs no more than the duration.
- ``cox``: Cox's regression; the chance is 1 - S(t + horizon) / S(t), with S of the person's features.
- ``mean``: the mean of the chances of the logistic regression and of boosted trees.

Each is a tuple of parts, a chance each, whose mean is taken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from segmentary.errors import NoAnswerError
from segmentary.models.predict.contractual_trials import Trials
from segmentary.models.predict.encoding import encoded, linear_encodings, moments
from segmentary.models.predict.formula import Encoding, Formula, floats
from segmentary.models.predict.trees import LEAF, NEAR, Tree
from segmentary.models.table.typed_table import Floats, TypedTable

Way: TypeAlias = Literal["logistic", "cox", "mean"]
WAYS: tuple[Way, ...] = ("logistic", "cox", "mean")
"""From the plainest on: a later one has to be clearly better to be taken."""
TITLES: dict[Way, str] = {
    "logistic": "logistic regression",
    "cox": "Cox regression",
    "mean": "the mean of logistic regression and boosted trees",
}
HOLD = 1.0
"""Ridge of Cox's standardised coefficients."""
BINS = 48
"""Pieces the risk over time is cut into."""
SOONEST = 1e-9


@dataclass(frozen=True)
class Part:
    """One chance: a formula of the sum before the link, and the link (``logit``, or ``cloglog``: 1 - exp(-exp))."""

    formula: Formula
    link: Literal["logit", "cloglog"]

    def chance(self, table: TypedTable) -> Floats:
        """Return the chance of each row; (n,)."""
        raw = np.clip(self.formula.raw(table), -700.0, 700.0)
        return 1 / (1 + np.exp(-raw)) if self.link == "logit" else -np.expm1(-np.exp(raw))

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"formula": self.formula.to_document(), "link": self.link}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the part a document describes."""
        return cls(Formula.from_document(document["formula"]), document["link"])


def chance_of(parts: Sequence[Part], table: TypedTable) -> Floats:
    """Return the mean of the parts' chances; (n,)."""
    return np.asarray(np.mean([part.chance(table) for part in parts], axis=0))


def fit_way(
    way: Way, trials: Trials, rows: npt.NDArray[np.intp], duration: str, *, horizon: float, seed: int
) -> tuple[Part, ...]:
    """Fit one way on some of the trials.

    Raises
    ------
    NoAnswerError
        nothing differs between people, or nobody left.
    """
    if way == "cox":
        return (cox_part(trials, rows, duration, horizon),)
    table, y = trials.table.take(rows), trials.left[rows]
    linear = logistic_part(table, y, seed)
    if way == "logistic":
        return (linear,)
    from segmentary.models.predict.learners import fit_boosting

    trees = fit_boosting(table, y, seed=seed)
    return linear, Part(replace(trees, link="identity"), "logit")


def logistic_part(table: TypedTable, y: Floats, seed: int) -> Part:
    """Return the ridge logistic regression with logarithms beside the numbers."""
    from segmentary.models.predict.glm import fit_ridge

    encodings, notes = linear_encodings(table)
    encodings = with_logs(encodings, table)
    fit = fit_ridge(encoded(encodings, table), y, table.weight, "logistic", penalty="auto", seed=seed)
    formula = Formula(table.columns, encodings, float(fit.beta[0]), floats(fit.beta[1:]), link="identity", notes=notes)
    return Part(formula, "logit")


def with_logs(encodings: tuple[Encoding, ...], table: TypedTable) -> tuple[Encoding, ...]:
    """Return the features and, of every number of at least 0, its logarithm beside it (or beside that, itself)."""
    more = []
    for one in encodings:
        column = table.column(one.column)
        if one.way not in ("number", "log") or column.kind not in ("numeric", "count") or (one.low or 0.0) < 0:
            continue
        x = table.values[:, table.place(one.column)]
        known = ~np.isnan(x)
        if len(np.unique(x[known][:1000])) <= 2:
            continue
        plain = Encoding(one.column, "log" if one.way == "number" else "number", one.low, one.high)
        centre, spread = moments(plain.of(x[known]), table.weight[known])
        if spread > 0:
            more.append(replace(plain, centre=centre, scale=spread, fill=0.0))
    return (*encodings, *more)


def cox_part(trials: Trials, rows: npt.NDArray[np.intp], duration: str, horizon: float) -> Part:
    """Return Cox's regression of the people behind some trials, as one formula: risk by time stayed, and features."""
    from segmentary.models.survival.cox import CoxRegression

    table = trials.table.take(rows)
    names = [name for name in table.names if name != duration]
    if not names:
        raise NoAnswerError("there is no feature beside the duration", hint="logistic regression needs none")
    encodings, notes = linear_encodings(table.select(names))
    persons, first = np.unique(trials.person[rows], return_index=True)
    x = encoded(encodings, table.select(names).take(first))
    fit = CoxRegression(penalty=HOLD).fit(
        x,
        trials.until[persons],
        trials.gone[persons],
        entry=trials.entry[persons],
        weights=trials.worth[persons],
    )
    start = table.values[:, table.place(duration)]
    tree = risk_over_time(start, fit.baseline_.between(start, horizon), table.weight, len(encodings))
    formula = Formula(
        table.columns,
        (*encodings, Encoding(duration, fill=float(np.average(start, weights=table.weight)))),
        -float(fit.means_ @ fit.coefficients_),
        (*floats(fit.coefficients_), 0.0),
        (tree,),
        "identity",
        notes=(*notes, *([fit.note_] if fit.note_ else [])),
    )
    return Part(formula, "cloglog")


def risk_over_time(start: Floats, hazard: Floats, weight: Floats, place: int) -> Tree:
    """Return the logarithm of the hazard met within the horizon as a tree of the time stayed: at most 48 pieces."""
    distinct = np.unique(start)
    if len(distinct) > BINS:
        distinct = np.unique(np.quantile(start, np.linspace(0, 1, BINS + 1)[:-1]))
    edges = (distinct[1:] + distinct[:-1]) / 2 if len(distinct) > 1 else np.empty(0)
    piece = np.searchsorted(edges, start, side="left")
    mass = np.bincount(piece, weight, minlength=len(edges) + 1)
    met = np.bincount(piece, weight * hazard, minlength=len(edges) + 1)
    # Where nobody of many left, risk is small, not nothing: a twentieth of the average.
    floor = max(SOONEST, 0.05 * float(met.sum() / mass.sum()))
    return balanced(edges, np.log(np.maximum(met / np.maximum(mass, 1e-300), floor)), place)


def balanced(edges: Floats, values: Floats, place: int) -> Tree:
    """Return the tree of a step function: values[i] between edges[i - 1] (excluded) and edges[i]."""
    nodes: list[list[Any]] = []

    def grow(low: int, high: int) -> int:
        at = len(nodes)
        nodes.append([place, 0.0, True, LEAF, LEAF, float(values[low])])
        if low < high:
            middle = (low + high) // 2
            edge = float(edges[middle])
            left, right = grow(low, middle), grow(middle + 1, high)
            nodes[at] = [place, edge + NEAR * abs(edge), True, left, right, 0.0]
        return at

    grow(0, len(values) - 1)
    return Tree(*(tuple(column) for column in zip(*nodes, strict=True)))
