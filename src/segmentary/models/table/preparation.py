"""From typed columns to the coordinates a geometric method measures distances in.

Frozen, so that anybody can be placed later by the same figures, in arrays here and inside the engine
(`segmentary.models.assign`).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, Self, TypeAlias

import numpy as np

from segmentary.models.table.typed_table import Floats, TypedTable

Way: TypeAlias = Literal["none", "standardise", "yeo_johnson", "log", "rank"]
WAYS: tuple[Way, ...] = ("none", "standardise", "yeo_johnson", "log", "rank")


@dataclass(frozen=True, slots=True)
class Transform:
    """What is done to one number x: z = (g(x) - centre) / scale.

    way : g. none and standardise: x. log: sign(x) ln(1 + |x|). yeo_johnson: Yeo & Johnson (2000) with ``power``.
        rank: the share of people at or below, linear between the ``knots`` (knots[i] is the i/(len-1) quantile,
        ascending; a repeated knot counts as the middle of its repeats), then taken from 0..1.
    """

    way: Way = "none"
    power: float = 1.0
    centre: float = 0.0
    scale: float = 1.0
    knots: tuple[float, ...] = ()

    def apply(self, x: Floats) -> Floats:
        """Return z; missing stays missing."""
        return (self.curve(x) - self.centre) / self.scale

    def curve(self, x: Floats) -> Floats:
        """Return g(x)."""
        match self.way:
            case "none" | "standardise":
                return x
            case "log":
                return np.sign(x) * np.log1p(np.abs(x))
            case "yeo_johnson":
                return yeo_johnson(x, self.power)
            case "rank":
                return ranked(x, self.knots)


def yeo_johnson(x: Floats, power: float) -> Floats:
    """Return the Yeo-Johnson transform of x (Yeo & Johnson 2000, Biometrika 87(4))."""
    up, down = np.where(x >= 0, x, 0.0), np.where(x < 0, -x, 0.0)
    high = np.log1p(up) if power == 0 else ((1 + up) ** power - 1) / power
    low = -np.log1p(down) if power == 2 else -((1 + down) ** (2 - power) - 1) / (2 - power)
    return np.where(np.isnan(x), np.nan, np.where(x >= 0, high, low))


def ranked(x: Floats, knots: tuple[float, ...]) -> Floats:
    """Return the share of people at or below x, linear between knots; a repeated knot is the middle of its repeats."""
    places = np.asarray(knots)
    values, first, counts = np.unique(places, return_index=True, return_counts=True)
    shares = (first + (counts - 1) / 2) / max(1, len(places) - 1)
    return np.where(np.isnan(x), np.nan, np.interp(x, values, shares))


@dataclass(frozen=True, slots=True)
class Feature:
    """One coordinate.

    column : the column it is made of; level : the code whose indicator (1 or 0) it is, None: the number itself (of
        coded kinds the code). fill : z where the value is missing.
    """

    column: str
    transform: Transform = Transform()
    level: int | None = None
    fill: float = 0.0


@dataclass(frozen=True, slots=True)
class Preparation:
    """The coordinates of a geometric method.

    features : (q,) in order. row_centred : columns from whose values the mean of the row over these columns (those
        answered) is taken first: answers relative to the person's own level (ipsatising), against response styles.
    """

    features: tuple[Feature, ...]
    row_centred: tuple[str, ...] = ()

    def apply(self, table: TypedTable) -> Floats:
        """Return (n, q) coordinates without missing values."""
        values = self.centred(table)
        found = np.empty((len(table), len(self.features)))
        for place, feature in enumerate(self.features):
            x = values[:, table.place(feature.column)]
            if feature.level is not None:
                x = np.where(np.isnan(x), np.nan, (x == feature.level).astype(np.float64))
            z = feature.transform.apply(x)
            found[:, place] = np.where(np.isnan(z), feature.fill, z)
        return found

    def centred(self, table: TypedTable) -> Floats:
        """Return the values, those of the row-centred columns less their mean of the row."""
        if not self.row_centred:
            return table.values
        places = [table.place(name) for name in self.row_centred]
        values = table.values.copy()
        part = values[:, places]
        known = ~np.isnan(part)
        answered = np.maximum(known.sum(axis=1), 1)
        values[:, places] = part - (np.where(known, part, 0.0).sum(axis=1) / answered)[:, None]
        return values

    def to_document(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"features": [asdict(feature) for feature in self.features], "row_centred": list(self.row_centred)}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> Self:
        """Return the preparation a document describes."""
        features = tuple(
            Feature(
                one["column"],
                Transform(**{**one["transform"], "knots": tuple(one["transform"]["knots"])}),
                one["level"],
                one["fill"],
            )
            for one in document["features"]
        )
        return cls(features, tuple(document["row_centred"]))
