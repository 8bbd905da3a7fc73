"""A fitted model as plain numbers: how columns become features, linear terms or trees over them, and the link.

A formula is what is left of a fit: it can be kept as JSON, evaluated in arrays (`Formula.predict`) and inside an engine
(`segmentary.models.predict.formula_sql`) with the same result, without the library it was fitted with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np

from segmentary.errors import DataError
from segmentary.models.predict.trees import Tree
from segmentary.models.table.columns import Column
from segmentary.models.table.matching import matched
from segmentary.models.table.typed_table import Floats, TypedTable

Way: TypeAlias = Literal["number", "log", "level", "missing"]
Link: TypeAlias = Literal["identity", "logit", "log"]
FAR = 700.0
"""Linear predictors are held within this: engines refuse to say what exp makes of more."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """How one feature comes of one column.

    way : ``number`` (as it is), ``log`` (sign(x) ln(1 + |x|)), ``level`` (1 where the code is one of `levels`, else 0),
    ``missing`` (1 where nothing is known, else 0). The result is (g(x) - centre) / scale.
    low, high : the value is held within them first (winsorised); None: no limit.
    fill : the feature where nothing is known; None: it stays missing, which only trees can take.
    """

    column: str
    way: Way = "number"
    low: float | None = None
    high: float | None = None
    centre: float = 0.0
    scale: float = 1.0
    fill: float | None = None
    levels: tuple[int, ...] = ()

    def of(self, x: Floats) -> Floats:
        """Return the feature of the values of its column; (n,)."""
        unknown = np.isnan(x)
        if self.way == "missing":
            return (unknown.astype(np.float64) - self.centre) / self.scale
        if self.way == "level":
            found = np.isin(x, self.levels).astype(np.float64)
        else:
            held = x if self.low is None else np.maximum(x, self.low)
            held = held if self.high is None else np.minimum(held, self.high)
            found = np.sign(held) * np.log(1.0 + np.abs(held)) if self.way == "log" else held
        found = (found - self.centre) / self.scale
        return np.where(unknown, np.nan if self.fill is None else self.fill, found)


@dataclass(frozen=True)
class Formula:
    """A prediction of one number per person.

    Attributes
    ----------
    columns : what it reads. encodings : the features, in the order of `weights` and of the trees' places.
    intercept, weights : linear terms; no weights: none. trees : added to them.
    link : what the sum means: itself, the log odds of a probability, the log of an amount.
    covariance : of (intercept, weights), where it is known: for intervals of the linear predictor; empty: unknown.
    notes : what was noticed in fitting, sentences. penalty : of the linear terms, as chosen.
    """

    columns: tuple[Column, ...]
    encodings: tuple[Encoding, ...]
    intercept: float
    weights: tuple[float, ...] = ()
    trees: tuple[Tree, ...] = ()
    link: Link = "identity"
    covariance: tuple[tuple[float, ...], ...] = ()
    notes: tuple[str, ...] = ()
    penalty: float = 0.0

    def __post_init__(self) -> None:
        """Refuse parts that do not fit each other."""
        if self.weights and len(self.weights) != len(self.encodings):
            raise DataError(f"{len(self.encodings)} features and {len(self.weights)} weights do not fit")
        if self.weights and any(one.fill is None and one.way != "missing" for one in self.encodings):
            raise DataError("linear terms need a fill for features that may be missing")

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the columns that matter."""
        used = self.used_places()
        named = {self.encodings[place].column for place in used}
        return tuple(column.name for column in self.columns if column.name in named)

    def used_places(self) -> set[int]:
        """Return the places of features with a weight other than zero or a split."""
        places = {place for place, weight in enumerate(self.weights) if weight}
        return places | {place for tree in self.trees for place in tree.places}

    def features(self, table: TypedTable) -> Floats:
        """Return the features of people; (n, m).

        Raises
        ------
        UnknownNameError
            when a column is not there.
        """
        known, _ = matched(table, self.columns)
        grid = np.empty((len(known), len(self.encodings)))
        for place, encoding in enumerate(self.encodings):
            grid[:, place] = encoding.of(known.values[:, known.place(encoding.column)])
        return grid

    def raw(self, table: TypedTable) -> Floats:
        """Return the sum before the link; (n,)."""
        return self.raw_of(self.features(table))

    def raw_of(self, features: Floats) -> Floats:
        """Return the sum before the link for features made already; (n,)."""
        found = np.full(len(features), self.intercept)
        if self.weights:
            found += features @ np.asarray(self.weights)
        for tree in self.trees:
            found += tree.values_of(features)
        return found

    def predict(self, table: TypedTable) -> Floats:
        """Return the prediction for each person; (n,)."""
        return linked(self.raw(table), self.link)

    def standard_errors(self, table: TypedTable) -> Floats:
        """Return the standard error of the sum before the link; (n,), NaN where no covariance is known."""
        if not self.covariance:
            return np.full(len(table), np.nan)
        design = np.column_stack([np.ones(len(table)), self.features(table)])
        spread = ((design @ np.asarray(self.covariance)) * design).sum(axis=1)
        errors: Floats = np.sqrt(np.maximum(0.0, spread))
        return errors

    def interval(self, table: TypedTable, *, level: float = 0.95) -> tuple[Floats, Floats]:
        """Return low and high of the expectation by the delta method on the scale before the link; (n,) each.

        What is not known of the people beside the features is not in it: it is about the average of people like these.
        """
        from segmentary.models.intervals import normal_quantile

        half = normal_quantile(level) * self.standard_errors(table)
        raw = self.raw(table)
        return linked(raw - half, self.link), linked(raw + half, self.link)

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values; numbers to their last bit."""
        return {
            "columns": [column.to_document() for column in self.columns],
            "encodings": [compact(asdict(one)) for one in self.encodings],
            "intercept": self.intercept,
            "weights": list(self.weights),
            "trees": [tree.to_document() for tree in self.trees],
            "link": self.link,
            "covariance": [list(row) for row in self.covariance],
            "notes": list(self.notes),
            "penalty": self.penalty,
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the formula a document describes."""
        return cls(
            tuple(map(Column.from_document, document["columns"])),
            tuple(Encoding(**{**one, "levels": tuple(one.get("levels", ()))}) for one in document["encodings"]),
            document["intercept"],
            tuple(document["weights"]),
            tuple(map(Tree.from_document, document["trees"])),
            document["link"],
            tuple(tuple(row) for row in document["covariance"]),
            tuple(document["notes"]),
            document.get("penalty", 0.0),
        )


def compact(encoding: dict[str, Any]) -> dict[str, Any]:
    """Return the fields that say something."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in encoding.items() if v is not None and v != ()}


def linked(raw: Floats, link: Link) -> Floats:
    """Return what a sum means through its link; (n,)."""
    if link == "identity":
        return raw
    held = np.clip(raw, -FAR, FAR)
    found: Floats = np.exp(held) if link == "log" else 1.0 / (1.0 + np.exp(-held))
    return found


def log_odds(probability: Floats) -> Floats:
    """Return ln(p / (1 - p)), p held within a millionth of a millionth of 0 and 1."""
    p = np.clip(probability, 1e-12, 1 - 1e-12)
    return np.log(p / (1 - p))


def floats(values: Sequence[float] | Floats) -> tuple[float, ...]:
    """Return numbers as JSON takes them."""
    return tuple(float(one) for one in values)
