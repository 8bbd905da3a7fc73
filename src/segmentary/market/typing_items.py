"""Questions as numbers: each item a small block of coordinates in which "not answered" is nothing at all.

Coordinates have mean 0 and a missing answer is 0 everywhere: it leaves the other answers to speak. Every model that
adds up coordinates becomes `Terms` that add up answers.
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

    column : what is asked. shares : of a coded item, the (weighted) share of each level. basis : (levels, width) of a
    coded item, the coordinates of each level, with mean 0. transform : of a number, which has one coordinate.
    """

    column: Column
    shares: Floats
    basis: Floats
    transform: Transform

    @property
    def width(self) -> int:
        """How many coordinates it takes."""
        return self.basis.shape[1] if self.column.coded else 1

    def block(self, x: Floats) -> Floats:
        """Return (n, width) coordinates of answers x (n,); zeros where there is none."""
        known = ~np.isnan(x)
        if not self.column.coded:
            return np.where(known, self.transform.apply(x), 0.0)[:, None]
        known &= (x >= 0) & (x < len(self.basis))
        return np.where(known[:, None], self.basis[np.where(known, x, 0).astype(np.intp)], 0.0)

    def answers(self, slope: Floats) -> Floats:
        """Return (levels, k) what each answer of a coded item adds to the scores. slope : (width, k)."""
        return np.asarray(self.basis @ slope)


def basis_of(column: Column, shares: Floats) -> Floats:
    """Return (levels, width) coordinates of levels with mean 0 among the people.

    Binary: its second level. Nominal: one per level. Ordinal: its steps and their square, both of deviation 1/2 (that
    of an even question), so that the middle can be told from the ends without a coordinate for every level.
    """
    levels = len(shares)
    if column.kind == "nominal":
        return np.eye(levels) - shares
    steps = np.arange(levels, dtype=np.float64)
    if column.kind == "binary":
        return (steps - shares @ steps)[:, None]
    found: list[Floats] = []
    for degree in (1, 2):
        z = steps**degree
        z = z - shares @ z
        for earlier in found:
            z = z - (shares @ (z * earlier)) / (shares @ earlier**2) * earlier
        deviation = float(np.sqrt(shares @ z**2))
        if deviation > 1e-6:
            found.append(z / deviation / 2)
    return np.column_stack(found)


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
            found.append(Item(column, shares, basis_of(column, shares), Transform()))
        else:
            found.append(Item(column, np.zeros(0), np.zeros((0, 0)), standardised(answers, weight)))
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
    linear: list[Floats] = []
    for item, slope in zip(items, slopes, strict=True):
        if not item.column.coded:
            features.append(Feature(item.column.name, item.transform, None, 0.0))
            linear.append(slope)
            continue
        # What an answer adds is its own and no sum with others: an indicator per level, a missing answer none of them.
        names = [Feature(item.column.name, Transform(), code, 0.0) for code in range(len(item.basis))]
        features += names
        linear.append(item.answers(slope))
    matrix = np.ascontiguousarray(np.vstack(linear).T)
    return Preparation(tuple(features)), Terms(constant, matrix, np.zeros_like(matrix))
