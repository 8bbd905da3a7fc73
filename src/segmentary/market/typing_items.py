"""Questions as numbers: each item a small block of coordinates in which "not answered" is nothing at all.

A coded item is one indicator per level, less the level's share; a number its logarithm or itself, standardised. So a
missing answer (0 everywhere) leaves the other answers to speak, and every model that adds up coordinates becomes
`Terms` that add up answers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentary.models.assign.terms import Terms
from segmentary.models.describe.estimates import sums_by
from segmentary.models.table.columns import Column
from segmentary.models.table.preparation import Feature, Preparation, Transform
from segmentary.models.table.typed_table import Floats, TypedTable

SKEWED = 2.0
"""Numbers with a larger skewness are taken by their logarithm."""


@dataclass(frozen=True, eq=False)
class Item:
    """One question: what it is, and how answers become coordinates.

    column : what is asked. centres : of a coded item, the (weighted) share of each level. transform : of a number.
    A binary item takes one coordinate (its second level), other coded items one per level.
    """

    column: Column
    centres: Floats
    transform: Transform

    @property
    def width(self) -> int:
        """How many coordinates it takes."""
        return len(self.centres) if self.column.coded and self.column.kind != "binary" else 1

    def block(self, x: Floats) -> Floats:
        """Return (n, width) coordinates of answers x (n,); zeros where there is none."""
        missing = np.isnan(x)
        if not self.column.coded:
            z = self.transform.apply(x)
            return np.where(missing, 0.0, z)[:, None]
        first = len(self.centres) - self.width
        one_hot = (x[:, None] == np.arange(first, len(self.centres))).astype(np.float64)
        return np.where(missing[:, None], 0.0, one_hot - self.centres[first:])

    def answers(self, slope: Floats) -> Floats:
        """Return (levels, k) what each answer of a coded item adds to the scores. slope : (width, k)."""
        first = len(self.centres) - self.width
        return np.asarray(np.eye(len(self.centres))[:, first:] @ slope - self.centres[first:] @ slope)


def items_of(table: TypedTable) -> tuple[Item, ...]:
    """Return the columns as items, centred by the weighted answers there are; constant and empty ones are left out."""
    found = []
    for column, x in zip(table.columns, table.values.T, strict=True):
        known = ~np.isnan(x)
        if not known.any() or np.nanmin(x) == np.nanmax(x):
            continue
        weight, answers = table.weight[known], x[known]
        if column.coded:
            codes = answers.astype(np.intp)
            shares = sums_by(codes, weight, len(column.levels)) / weight.sum()
            found.append(Item(column, shares, Transform()))
        else:
            found.append(Item(column, np.zeros(0), standardised(answers, weight)))
    return tuple(found)


def standardised(x: Floats, weight: Floats) -> Transform:
    """Return the transform to mean 0 and deviation 1, by the logarithm where the numbers are very skewed."""
    for way in ("standardise", "log"):
        z = Transform(way).apply(x) if way == "log" else x
        centre = float(np.average(z, weights=weight))
        scale = float(np.sqrt(np.average((z - centre) ** 2, weights=weight)))
        skewness = float(np.average(((z - centre) / scale) ** 3, weights=weight)) if scale > 0 else 0.0
        if way == "log" or abs(skewness) <= SKEWED:
            break
    return Transform("log" if way == "log" else "standardise", 1.0, centre, scale if scale > 0 else 1.0)


def design(items: Sequence[Item], table: TypedTable) -> list[Floats]:
    """Return each item's block of coordinates."""
    return [item.block(table.values[:, table.place(item.column.name)]) for item in items]


def terms_of(items: Sequence[Item], constant: Floats, slopes: Sequence[Floats]) -> tuple[Preparation | None, Terms]:
    """Return scores constant + sum over items of block @ slopes as terms, with the preparation they are about.

    constant : (k,). slopes : per item (width, k). Coded items alone need no preparation: lookups of the codes.
    """
    k = len(constant)
    if all(item.column.coded for item in items):
        lookups = {
            place: np.ascontiguousarray(item.answers(slope).T)
            for place, (item, slope) in enumerate(zip(items, slopes, strict=True))
        }
        zeros = np.zeros((k, len(items)))
        return None, Terms(constant, zeros, zeros.copy(), lookups=lookups)
    features: list[Feature] = []
    for item in items:
        if item.column.coded:
            first = len(item.centres) - item.width
            features += [
                Feature(item.column.name, Transform("none", 1.0, float(item.centres[code]), 1.0), code, 0.0)
                for code in range(first, len(item.centres))
            ]
        else:
            features.append(Feature(item.column.name, item.transform, None, 0.0))
    linear = np.vstack(list(slopes)).T
    return Preparation(tuple(features)), Terms(constant, np.ascontiguousarray(linear), np.zeros_like(linear))
